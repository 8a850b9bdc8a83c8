"""Minutes: the quorate meeting that agreed to a motion or an amendment, with its text or file, kept for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from consult.domain.errors import Invalid, NotFound
from consult.domain.rulebook import Rulebook
from consult.model.amendments import Amendment
from consult.model.motions import Motion
from consult.model.procedure import Minute
from consult.model.store import db

#: The largest file of a minute, in bytes.
LARGEST = 5_000_000
LONGEST_TEXT = 50_000
#: How a file begins → what it is sent as; a file that begins otherwise is not taken.
_BEGINNINGS: tuple[tuple[bytes, str, tuple[str, ...]], ...] = (
    (b"%PDF-", "application/pdf", ("pdf",)),
    (b"\xff\xd8\xff", "image/jpeg", ("jpg", "jpeg")),
    (b"\x89PNG\r\n\x1a\n", "image/png", ("png",)),
    (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    (b"PK\x03\x04", "application/vnd.oasis.opendocument.text", ("odt",)),
)


@dataclass(frozen=True)
class Attached:
    """A file as it was uploaded: its name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Meeting:
    """The quorate meeting that agreed to a motion: its date, how many were there, and how they voted.

    `quorum` is what the minute says the quorum was (0: it does not say), `text` and `file` the minute itself.
    """

    held_on: date
    present: int
    votes_for: int
    votes_against: int
    quorum: int = 0
    text: str = ""
    file: Attached | None = None

    @property
    def sentence(self) -> str:
        """What is kept of it.

        >>> Meeting(date(2026, 3, 1), 31, 26, 4).sentence
        'Agreed by 26 votes to 4 at the meeting of 1 March 2026, with 31 present.'
        >>> Meeting(date(2026, 3, 1), 31, 26, 4, quorum=20).sentence
        'Agreed by 26 votes to 4 at the meeting of 1 March 2026, with 31 present (quorum 20).'
        """
        day = f"{self.held_on.day} {self.held_on:%B %Y}"
        votes = f"{self.votes_for} votes to {self.votes_against}"
        quorum = f" (quorum {self.quorum})" if self.quorum else ""
        return f"Agreed by {votes} at the meeting of {day}, with {self.present} present{quorum}."


def require(meeting: Meeting, rules: Rulebook, at: datetime) -> None:
    """Nothing for a quorate meeting that can have agreed.

    Raises:
        Invalid: at each field that cannot be right, or if the rules ask for the minute and there is none.
    """
    problems: dict[str, str] = {}
    if meeting.held_on > at.date():
        problems["held_on"] = "The meeting must have been held already."
    if meeting.present < 1:
        problems["present"] = "Say how many were present."
    needed = max(meeting.quorum, rules.meeting_quorum)
    if meeting.quorum < 0:
        problems["quorum"] = "The quorum is a number of members, such as 20."
    elif 1 <= meeting.present < needed:
        problems["present"] = f"The meeting was not quorate: {meeting.present} were present and the quorum is {needed}."
    if min(meeting.votes_for, meeting.votes_against) < 0 or meeting.votes_for + meeting.votes_against > meeting.present:
        problems["votes_for"] = "More voted than were present: check the numbers in the minutes."
    elif meeting.votes_for <= meeting.votes_against:
        problems["votes_for"] = "The meeting did not agree to it: more must have voted for it than against."
    if rules.minute_needed and not meeting.text.strip() and meeting.file is None:
        problems["minute"] = "Attach the minute of the meeting as a file, or paste its text: the rules ask for it."
    if len(meeting.text) > LONGEST_TEXT:
        problems["minute"] = (
            f"The minute has {len(meeting.text):,} characters; attach what is longer than {LONGEST_TEXT:,} as a file."
        )
    if meeting.file is not None and (sentence := _wrong(meeting.file)):
        problems["file"] = sentence
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _wrong(file: Attached) -> str:
    if not file.content:
        return "The file is empty: choose another."
    if len(file.content) > LARGEST:
        return f"The file is larger than {LARGEST // 1_000_000} MB: attach the page that matters."
    return "" if type_of(file) else "Attach the minute as PDF, DOCX, ODT, JPEG, PNG or plain text."


def type_of(file: Attached) -> str:
    """What a file is sent as, from how it begins and what it is called; "" for one that is not taken."""
    ending = file.name.rpartition(".")[2].lower()
    for beginning, kind, endings in _BEGINNINGS:
        if file.content.startswith(beginning) and ending in endings:
            return kind
    if ending == "txt" and b"\0" not in file.content:
        return "text/plain"
    return ""


def keep(session: Session, subject: Motion | Amendment, meeting: Meeting, *, by_id: int | None, at: datetime) -> Minute:
    """Keep the minute behind a motion or an amendment. Only acts call it, inside their transaction."""
    file = meeting.file
    made = Minute(
        motion_id=subject.id if isinstance(subject, Motion) else None,
        amendment_id=subject.id if isinstance(subject, Amendment) else None,
        unit_id=subject.unit_id,
        held_on=meeting.held_on,
        present=meeting.present,
        quorum=meeting.quorum,
        votes_for=meeting.votes_for,
        votes_against=meeting.votes_against,
        text=meeting.text.strip(),
        file_name=file.name.replace("\\", "/").rpartition("/")[2][-200:] if file else "",
        file_type=type_of(file) if file else "",
        file=file.content if file else None,
        file_hash=hashlib.sha256(file.content).hexdigest() if file else "",
        by_id=by_id,
        at=at,
    )
    session.add(made)
    session.flush()
    return made


def of(subject: Motion | Amendment) -> list[Minute]:
    """The minutes behind a motion or an amendment, the newest first; their files are not loaded."""
    mine = Minute.motion_id == subject.id if isinstance(subject, Motion) else Minute.amendment_id == subject.id
    return list(db.session.scalars(select(Minute).where(mine).order_by(Minute.id.desc())))


def get(minute_id: int) -> Minute:
    """One minute with its file, and what it stands behind.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(Minute).where(Minute.id == minute_id)
    query = query.options(undefer(Minute.file), joinedload(Minute.motion), joinedload(Minute.amendment))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no minute of this number.")
    return found
