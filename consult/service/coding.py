"""Coding of submissions: the code book, what each coder found, how well coders agree, and how often each code was found."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import combinations
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from consult.domain import policy
from consult.domain.coding import cohen_kappa, krippendorff_alpha
from consult.domain.consulting import VOICES, shown, voice_of
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import written
from consult.model.coding import Code, Coding, CodingDone, ConsultationReport
from consult.model.consultations import Consultation
from consult.model.consulting import Contribution, ContributionVersion
from consult.model.members import Member
from consult.model.store import db
from consult.service import participation, submissions
from consult.service.act import Act, act
from consult.service.audit import stamp

OTHERS_CODE = "You wrote this submission or sent it for others, so you do not code it: two other officers do."


@dataclass(frozen=True)
class Agreement:
    """How well two coders agree on one code: over how many answers, and Cohen's kappa, None where not defined."""

    code: Code
    coders: tuple[str, str]
    #: The numbers by which they are told apart where no names are given: from one, in the order of joining.
    numbers: tuple[int, int]
    items: int
    alike: int
    kappa: Fraction | None


@dataclass(frozen=True)
class Found:
    """How often a code was found: submissions by voice, None where withheld; as the first coder's and the second's union.

    `read` says for each voice how many of its submissions at least one coder read for this code.
    """

    code: Code
    counts: dict[str, int | None]
    read: dict[str, int]


def codes_of(consultation_id: int, session: Session | None = None) -> list[Code]:
    """The code book, by name."""
    query = select(Code).where(Code.consultation_id == consultation_id).order_by(Code.name)
    return list((session or db.session()).scalars(query))


def code(code_id: int) -> Code:
    """One code.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(Code, code_id)
    if found is None:
        raise NotFound("There is no code of this number.")
    return found


def parts_of(document: dict[str, Any], asked: Iterable[str]) -> dict[str, str]:
    """The parts of a submission that are coded: those in people's own words; `asked` are the open questions' numbers.

    >>> parts_of({"answers": {"7": "Build.", "8": "Yes"}, "more": "", "minutes": {"text": "We met."}}, ["7"])
    {'7': 'Build.', 'minutes': 'We met.'}
    """
    given = document.get("answers", {})
    found = {key: given[key] for key in asked if given.get(key)}
    found |= {"more": document.get("more", ""), "minutes": (document.get("minutes") or {}).get("text", "")}
    return {key: text for key, text in found.items() if text}


def asked_openly(consultation_id: int, session: Session | None = None) -> list[str]:
    """The numbers of the open questions, in their order."""
    return [str(row.id) for row in participation.questions_of(consultation_id, session) if row.kind == "open"]


def own(version_id: int, by: Actor) -> dict[str, dict[int, str]]:
    """What this coder found in a version: part → code's number → the words marked, "" for the whole."""
    query = select(Coding).where(Coding.version_id == version_id, Coding.coder_id == by.member_id)
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for row in db.session.scalars(query):
        found[row.part][row.code_id] = row.quote
    return dict(found)


def reading_of(version_id: int, by: Actor, session: Session | None = None) -> CodingDone | None:
    """This coder's reading of a version, with the codes that it was read for; None where it was not read."""
    return (session or db.session()).get(CodingDone, (version_id, by.member_id))


def own_of(consultation_id: int, by: Actor, session: Session | None = None) -> set[int]:
    """The submissions that somebody wrote, or sent any version of for a unit: others code those."""
    sent = select(ContributionVersion.contribution_id).where(ContributionVersion.created_by == by.reference)
    query = select(Contribution.id).where(
        Contribution.consultation_id == consultation_id,
        (Contribution.author_id == by.member_id) | Contribution.id.in_(sent),
    )
    return set((session or db.session()).scalars(query))


def analyses(consultation_id: int, session: Session | None = None) -> tuple[datetime | None, datetime | None]:
    """When an analysis of this consultation was first and last published; what it rests on stays from then on."""
    published_at = ConsultationReport.published_at
    query = select(func.min(published_at), func.max(published_at)).where(
        ConsultationReport.consultation_id == consultation_id, ConsultationReport.kind == "analysis"
    )
    first, last = (session or db.session()).execute(query).one()
    return first, last


def rests(reading: CodingDone | None, published_at: datetime | None) -> set[int]:
    """The codes of a reading on which a published analysis rests, so that they are not coded again."""
    if reading is None or published_at is None:
        return set()
    return {int(key) for key, at in reading.read.items() if at <= stamp(published_at)}


def fixed(version_id: int, by: Actor, published_at: datetime | None, session: Session | None = None) -> set[int]:
    """The codes for which nobody, or this coder, reads a version any more, because the analysis published last rests on it.

    One's own reading stays as it was; and what two officers had read when their agreement was published is read by no third.
    A second officer still reads what one alone had read: no agreement was published of that.
    """
    if published_at is None:
        return set()
    query = select(CodingDone).where(CodingDone.version_id == version_id)
    return _settled((session or db.session()).scalars(query), by.member_id, published_at)


def _settled(readings: Iterable[CodingDone], coder: int | None, published_at: datetime | None) -> set[int]:
    rested = {one.coder_id: rests(one, published_at) for one in readings}
    twice = Counter(code_id for codes in rested.values() for code_id in codes)
    return rested.get(coder or 0, set()) | {code_id for code_id, many in twice.items() if many > 1}


# -- the code book ---------------------------------------------------------------------------------------------------


@act(Permission.CONSULTATION_CODE, Event.CODE_BOOK_CHANGED)
def add_code(consultation: Consultation, name: str, meaning: str, *, by: Actor, at: datetime, act: Act) -> Code:
    """Add a code to the code book.

    Raises:
        Invalid: without a name or a meaning, or with a name that is taken.
    """
    name, meaning = " ".join(name.split()), " ".join(meaning.split())
    problems = {}
    if not 2 <= len(name) <= 80:
        problems["name"] = "Give the code a name of 2 to 80 characters."
    if not 10 <= len(meaning) <= 500:
        problems["meaning"] = "Say in 10 to 500 characters what the code stands for, so that two coders use it alike."
    if any(row.name.casefold() == name.casefold() for row in codes_of(consultation.id, act.session)):
        problems["name"] = "The code book has a code of this name already."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    made = Code(consultation_id=consultation.id, name=name, meaning=meaning)
    act.session.add(made)
    return made


@act(Permission.CONSULTATION_CODE, Event.CODE_BOOK_CHANGED)
def retire(row: Code, reason: str, *, by: Actor, at: datetime, act: Act) -> Code:
    """Close a code to further use, or open it again, with the reason; what was coded with it stands."""
    act.because(reason)
    row.retired = not row.retired
    return row


# -- coding ----------------------------------------------------------------------------------------------------------


@act(Permission.SUBMISSION_WRITE, None)
def finish(
    contribution: Contribution,
    findings: Iterable[tuple[str, int, str]],
    *,
    seen: Iterable[int] | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> ContributionVersion:
    """Put down what one found in a submission, part by part, and that one has read it to its end for the codes in the book.

    `findings` are (part, code's number, the words marked or ""). What one found in this version before is replaced, but
    for the codes on which a published analysis rests (`fixed`): there it stays as it was. `seen` are the codes of the form.

    Raises:
        NotAllowed: for somebody who does not code, or who wrote or sent this submission. Invalid: for words that
        are not in the part, or a code that is not in use.
        OutOfOrder: for a submission that does not stand, or whose every code the published analysis rests on.
        Stale: if a code joined the book after the form was made.
    """
    policy.require(Permission.CONSULTATION_CODE, by, contribution.consultation, at=at)
    if contribution.id in own_of(contribution.consultation_id, by, act.session):
        raise NotAllowed(OTHERS_CODE)
    if contribution.state != "submitted" or contribution.version is None:
        raise OutOfOrder("Only a submission that stands is coded.")
    version = contribution.version
    parts = parts_of(version.document, asked_openly(contribution.consultation_id, act.session))
    codes = {row.id: row for row in codes_of(contribution.consultation_id, act.session)}
    open_ids = {row.id for row in codes.values() if not row.retired}
    reading = reading_of(version.id, by, act.session)
    _first, published_at = analyses(contribution.consultation_id, act.session)
    stays = fixed(version.id, by, published_at, act.session)
    if published_at is not None and stays and not open_ids - stays:
        raise OutOfOrder(
            f"The analysis published on {written(published_at)} rests on what was found here, and says how well two "
            "officers agreed who did not know where they differed: so it is not coded again."
        )
    if seen is not None and (joined := open_ids - set(seen)):
        names = ", ".join(f"“{codes[key].name}”" for key in sorted(joined))
        raise Stale(f"{names} joined the code book since you opened this page: read the submission for that too.")
    kept: dict[tuple[str, int], str] = {}
    for part, code_id, quote in findings:
        words = " ".join(quote.split())
        if part not in parts or code_id not in codes:
            raise Invalid("A part or a code that was sent is not there any more; open the page again.")
        if code_id in stays:
            continue
        if words and words not in " ".join(parts[part].split()):
            sentence = f"The words marked for “{codes[code_id].name}” are not in this answer: copy them as they stand."
            raise Invalid(sentence, {f"{part}-{code_id}": sentence})
        kept[part, code_id] = words
    mine = (Coding.version_id == version.id) & (Coding.coder_id == by.member_id)
    before = {row.code_id for row in act.session.scalars(select(Coding).where(mine))}
    fresh = next((codes[code_id] for _part, code_id in kept if codes[code_id].retired and code_id not in before), None)
    if fresh is not None:
        raise Invalid(f"The code “{fresh.name}” is closed to further use.")
    act.session.execute(delete(Coding).where(mine, Coding.code_id.not_in(stays)))
    act.session.add_all(
        Coding(version_id=version.id, part=part, code_id=code_id, coder_id=by.member_id, quote=quote)
        for (part, code_id), quote in kept.items()
    )
    if reading is None:
        reading = CodingDone(version_id=version.id, coder_id=by.member_id, at=at, read={})
        act.session.add(reading)
    # a code that was closed since stays read as it was; one that joins later is unread until the next reading
    reading.read = reading.read | {str(key): stamp(at) for key in sorted(open_ids - stays)}
    act.record(Event.SUBMISSION_CODED, contribution, version=version.sequence, findings=len(kept))
    return version


# -- figures ---------------------------------------------------------------------------------------------------------


class Figures:
    """Everything about the coding of a consultation, read in eight statements whatever its size.

    A reading counts for the codes that were open in the book when it was made: a code that joins later is unread until
    a coder reads for it, and enters neither agreement nor frequency over what nobody read for it.
    """

    def __init__(self, consultation_id: int, least: int) -> None:
        self.least = least
        self.codes = codes_of(consultation_id)
        self.asked = asked_openly(consultation_id)
        self.rows = [row for row in submissions.sent(consultation_id) if row.state == "submitted" and row.version]
        self.versions = {row.version_id: row for row in self.rows if row.version_id is not None}
        readings = list(db.session.scalars(select(CodingDone).where(CodingDone.version_id.in_(list(self.versions)))))
        #: Version → coder → the codes that they read it for.
        self.read: dict[int, dict[int, set[int]]] = defaultdict(dict)
        for one in readings:
            self.read[one.version_id][one.coder_id] = {int(key) for key in one.read}
        query = select(Coding).where(Coding.version_id.in_(list(self.versions)))
        self.found = {(c.version_id, c.part, c.code_id, c.coder_id) for c in db.session.scalars(query)
                      if c.code_id in self.read.get(c.version_id, {}).get(c.coder_id, ())}  # fmt: skip
        self.coders = sorted({one.coder_id for one in readings})
        named = select(Member.id, Member.name).where(Member.id.in_(self.coders))
        self.names: dict[int, str] = {row.id: row.name for row in db.session.execute(named)}
        #: When an analysis was first published, and how many readings were made, or gone on with, after that.
        self.published_at, self._last = analyses(consultation_id)
        self._readings = readings
        self.since = sum(self._is_later(one) for one in readings)

    def _is_later(self, reading: CodingDone) -> bool:
        return self.published_at is not None and any(at > stamp(self.published_at) for at in reading.read.values())

    def _readers(self, version_id: int, code_id: int) -> list[int]:
        return sorted(coder for coder, codes in self.read.get(version_id, {}).items() if code_id in codes)

    @property
    def voices(self) -> dict[str, int]:
        """How many submissions there are of each voice that spoke."""
        counts = Counter(voice_of(row.kind, row.author_status) for row in self.rows)
        return {voice: counts[voice] for voice in VOICES if counts[voice]}

    @property
    def coded(self) -> int:
        """How many submissions at least one coder has read for at least one code."""
        return sum(any(some.values()) for some in self.read.values())

    @property
    def twice(self) -> int:
        """How many submissions two coders or more have read for one and the same code."""
        return sum(any(len(self._readers(v, row.id)) > 1 for row in self.codes) for v in self.read)

    def readers(self, version_id: int | None) -> int:
        """How many coders have read a version, for whatever codes."""
        return len(self.read.get(version_id or 0, {}))

    def to_read(self, version_id: int | None, coder: int | None) -> list[Code]:
        """The codes that are open in the book, and for which this coder has not read a version and still may."""
        mine = set(self.read.get(version_id or 0, {}).get(coder or 0, set()))
        mine |= _settled([one for one in self._readings if one.version_id == version_id], coder, self._last)
        return [row for row in self.codes if not row.retired and row.id not in mine]

    def has_read(self, version_id: int | None, coder: int | None) -> bool:
        """Whether this coder has read a version, for whatever codes."""
        return coder in self.read.get(version_id or 0, {})

    def twice_for(self, row: Code) -> int:
        """How many submissions two coders or more have read for a code."""
        return sum(len(self._readers(v, row.id)) > 1 for v in self.read)

    def _parts(self, version_id: int) -> list[str]:
        version = self.versions[version_id].version
        return list(parts_of(version.document, self.asked)) if version else []

    def agreements(self) -> list[Agreement]:
        """For each code and each two coders: Cohen's kappa over the answers that both have read for that code."""
        made = []
        for row in self.codes:
            for (first, one), (second, two) in combinations(enumerate(self.coders, 1), 2):
                both = [v for v in self.read if {one, two} <= set(self._readers(v, row.id))]
                pairs = [
                    ((v, part, row.id, one) in self.found, (v, part, row.id, two) in self.found)
                    for v in both for part in self._parts(v)
                ]  # fmt: skip
                if pairs:
                    alike = sum(a == b for a, b in pairs)
                    names = (self.names[one], self.names[two])
                    made.append(Agreement(row, names, (first, second), len(pairs), alike, cohen_kappa(pairs)))
        return made

    def alpha(self) -> Fraction | None:
        """Krippendorff's alpha over every answer and every code that it was read for, whoever read it."""
        return krippendorff_alpha(
            [(v, part, row.id, coder) in self.found for coder in self._readers(v, row.id)]
            for v in self.read for part in self._parts(v) for row in self.codes
        )  # fmt: skip

    def how_often(self) -> list[Found]:
        """For each code: in how many submissions of each voice at least one coder found it, and of how many read for it.

        Where fewer people of a voice than the minimum group were read for a code, its figure is withheld.
        """
        voices = {v: voice_of(row.kind, row.author_status) for v, row in self.versions.items()}
        made = []
        for row in self.codes:
            read = Counter(voices[v] for v in self.read if self._readers(v, row.id))
            versions = {v for v, _part, code_id, _coder in self.found if code_id == row.id}
            counts = Counter(voices[v] for v in versions)
            told = {voice: shown(counts[voice], voice, self.least, read[voice]) for voice in self.voices}
            made.append(Found(row, told, {voice: read[voice] for voice in told}))
        return sorted(made, key=lambda one: (-sum(count or 0 for count in one.counts.values()), one.code.name))
