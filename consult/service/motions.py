"""Motions: drafted in sections, opened for seconders, submitted for a branch, withdrawn; found and listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role, Status
from consult.domain.rulebook import Rulebook
from consult.domain.timetable import require_phase
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import Motion, Support
from consult.model.store import db
from consult.model.units import NetworkMembership, Unit
from consult.service import ballots, consultations, giving_back, versions
from consult.service.act import Act, act, require_revision
from consult.text import align, forms
from consult.text.clauses import Document, Kind, word_count
from consult.text.parse import Preview

#: States of a motion whose text everybody may read, signed in or not.
PUBLIC = (
    "published", "composited", "prioritised", "not prioritised", "on the order paper", "put to the vote", "carried",
    "carried as amended", "lost", "falls", "remitted", "referred back", "not put", "withdrawn by leave",
)  # fmt: skip
#: States in which it is its mover's alone.
PRIVATE = ("draft",)
#: The sections of the form, in its order.
SECTIONS = ("heading", "notes", "believes", "resolves", "rationale")
#: A section of a draft is at most so long, in characters.
LONGEST_SECTION = 40_000


@dataclass(frozen=True)
class Meeting:
    """The quorate meeting that agreed to a motion: its date, how many were there, and how they voted."""

    held_on: date
    present: int
    votes_for: int
    votes_against: int

    @property
    def sentence(self) -> str:
        """What is kept of it.

        >>> Meeting(date(2026, 3, 1), 31, 26, 4).sentence
        'Agreed by 26 votes to 4 at the meeting of 1 March 2026, with 31 present.'
        """
        day = f"{self.held_on.day} {self.held_on:%B %Y}"
        votes = f"{self.votes_for} votes to {self.votes_against}"
        return f"Agreed by {votes} at the meeting of {day}, with {self.present} present."


# -- reading ---------------------------------------------------------------------------------------------------------


def get(motion_id: int) -> Motion:
    """A motion, with its mover, its branch and its consultation.

    Raises:
        NotFound: if there is none of this number.
    """
    query = (
        select(Motion)
        .where(Motion.id == motion_id)
        .options(
            joinedload(Motion.mover),
            joinedload(Motion.unit),
            joinedload(Motion.version),
            joinedload(Motion.consultation).joinedload(Consultation.rulebook),
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no motion of this number.")
    return found


def on_order_paper(consultation_id: int) -> list[Motion]:
    """The motions of a consultation whose text is frozen and that are not yet put to the vote, in order of number."""
    query = select(Motion).where(Motion.consultation_id == consultation_id, Motion.state == "on the order paper")
    return list(db.session.scalars(query.order_by(Motion.number)))


def may_read(actor: Actor, state: str, mover_id: int, number: int | None) -> bool:
    """Whether a person may read a motion: what is published is everybody's, what is submitted the members', a draft the
    mover's; one that is seeking support is read by whoever is signed in and has its address."""
    if state in PUBLIC or (actor.member_id is not None and actor.member_id == mover_id):
        return True
    if state in PRIVATE or (state == "withdrawn" and number is None):
        return False
    return actor.member_id is not None and actor.status not in (Status.FORMER, Status.LAPSED)


def require_readable(actor: Actor, state: str, mover_id: int, number: int | None) -> None:
    """Nothing for somebody who may read the motion.

    Raises:
        NotFound: for anybody else, so that nobody learns of a draft.
    """
    if not may_read(actor, state, mover_id, number):
        sign_in = "" if actor.member_id is not None else " It may be one that members read once they are signed in."
        raise NotFound(f"There is no motion of this number that you can read.{sign_in}")


def units_of(member_id: int, session: Session | None = None) -> list[Unit]:
    """Where a member may move: the home branch first, then the networks joined."""
    session = session or db.session()
    home = session.scalars(select(Unit).join(Member, Member.unit_id == Unit.id).where(Member.id == member_id)).all()
    joined = select(Unit).join(NetworkMembership).where(NetworkMembership.member_id == member_id).order_by(Unit.name)
    return [*home, *session.scalars(joined)]


def supports(motion: Motion) -> list[Support]:
    """Who seconds or supports a motion, in order of time."""
    query = select(Support).where(Support.motion_id == motion.id).options(joinedload(Support.member))
    return list(db.session.scalars(query.order_by(Support.at, Support.member_id)))


def seconders(session: Session, motion: Motion) -> int:
    """How many members (supporters of the organisation apart) second a motion."""
    query = select(func.count()).where(Support.motion_id == motion.id, Support.status == Status.MEMBER.value)
    return session.scalar(query) or 0


# -- writing ---------------------------------------------------------------------------------------------------------


def read(sections: Mapping[str, str]) -> Preview:
    """The clauses of the form's sections, with what could not be kept and what was assumed.

    Raises:
        Invalid: at the section's field, if it is far too long, or there is no heading or nothing else.
    """
    for name, text in sections.items():
        if len(text or "") > LONGEST_SECTION:
            sentence = f"This section has {len(text):,} characters; the most is {LONGEST_SECTION:,}."
            raise Invalid(sentence, {name: sentence})
    heading = " ".join(sections.get("heading", "").split())
    if not heading or len(heading) > 200:
        sentence = "Give the motion a heading of at most 200 characters."
        raise Invalid(sentence, {"heading": sentence})
    found = forms.from_form({name: text for name, text in sections.items() if name != "heading"} | {"heading": heading})
    if all(draft.kind in (Kind.HEADING, Kind.RATIONALE) for draft in found.drafts):
        sentence = "Write at least one clause: what the motion notes, believes or resolves."
        raise Invalid(sentence, {"resolves": sentence})
    return found


@act(Permission.MOTION_DRAFT, Event.MOTION_DRAFTED)
def draft(
    consultation: Consultation,
    unit: Unit,
    sections: Mapping[str, str],
    topic: str = "",
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> Motion:
    """Begin a motion for one of the mover's own branches or networks; nobody else sees it yet.

    Raises:
        Invalid: naming the section that is wrong. NotAllowed: for a branch that is not the mover's.
    """
    require_phase(consultation.phases, "drafting", at, "Motions can be drafted")
    if by.member_id is None or unit.id not in {own.id for own in units_of(by.member_id, act.session)}:
        raise NotAllowed(f"A motion is drafted by one's own branch or network; {unit.name} is not one of yours.")
    document = read(sections).document()
    motion = Motion(
        consultation_id=consultation.id,
        title=versions.title_of(document),
        topic=topic.strip()[:60],
        mover_id=by.member_id,
        unit_id=unit.id,
        draft=document.to_data(),
        created_at=at,
    )
    act.session.add(motion)
    act.note(hash=document.hash)
    return motion


@act(Permission.MOTION_EDIT, Event.MOTION_SAVED)
def save(
    motion: Motion,
    sections: Mapping[str, str],
    topic: str = "",
    *,
    revision: int | None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Motion:
    """Save a draft, or a motion that the committee queried.

    Raises:
        Stale: if it was saved elsewhere since the form was made. OutOfOrder: if its text is fixed, or people have
        seconded these words already.
    """
    require_revision(motion, revision)
    if motion.state not in ("draft", "seeking support", "queried"):
        raise OutOfOrder(f"{motion.label} is {motion.state}: its text can no longer be changed here.")
    if motion.state == "seeking support" and act.session.scalar(
        select(Support.at).where(Support.motion_id == motion.id)
    ):
        raise OutOfOrder(
            "People have seconded these words, so the words stay. To change them, withdraw it and draft it anew."
        )
    document = _document(motion, sections)
    motion.draft = document.to_data()
    motion.title = versions.title_of(document)
    motion.topic = topic.strip()[:60]
    motion.revision += 1
    act.note(hash=document.hash, revision=motion.revision)
    return motion


def _document(motion: Motion, sections: Mapping[str, str]) -> Document:
    """The clauses typed; those of an earlier version keep their ids."""
    found = read(sections)
    if motion.version is None:
        return found.document()
    base = versions.document_of(motion.version)
    return align.align(base, found.drafts, f"r{motion.version.sequence + 1}-{{}}".format)


def draft_of(motion: Motion) -> Document:
    """The text being written, or the one in force."""
    if motion.draft is not None:
        return Document.from_data(motion.draft)
    if motion.version is None:
        raise NotFound("This motion has no text.")
    return versions.document_of(motion.version)


# -- seconding -------------------------------------------------------------------------------------------------------


@act(Permission.MOTION_EDIT, Event.SUPPORT_SOUGHT)
def seek_support(motion: Motion, *, by: Actor, at: datetime, act: Act) -> Motion:
    """Open a draft for seconders: from here whoever has its address and is signed in may read it.

    Raises:
        Invalid: if it is over its word limit, so that nobody seconds words that cannot be submitted.
    """
    require_phase(motion.consultation.phases, "drafting", at, "Motions can be opened for seconders")
    document = draft_of(motion)
    require_words(document, consultations.rules_of(motion.consultation))
    act.step(motion, "seek support")
    act.note(hash=document.hash)
    return motion


def require_words(document: Document, rules: Rulebook) -> None:
    """Nothing if a motion is within its limit.

    Raises:
        Invalid: saying by how many words it is over.
    """
    count = word_count(document)
    if count > rules.motion_words:
        over = count - rules.motion_words
        raise Invalid(f"The motion has {count} words and the limit is {rules.motion_words}: take out {over}.")


@act(Permission.MOTION_SECOND, Event.MOTION_SECONDED)
def second(motion: Motion, *, by: Actor, at: datetime, act: Act) -> Motion:
    """Second a motion as a member, or support it as a supporter; the two are counted apart.

    Raises:
        OutOfOrder: if it is not seeking support, the time is over, or the person has done so already.
    """
    if motion.state != "seeking support":
        raise OutOfOrder(f"{motion.label} is {motion.state}; a motion can be seconded while it is seeking support.")
    require_phase(motion.consultation.phases, "drafting", at, "Motions can be seconded")
    if act.session.get(Support, (motion.id, by.member_id)) is not None:
        raise OutOfOrder("You have seconded this motion already; once is enough.")
    status = by.status.value if by.status else ""
    act.session.add(Support(motion_id=motion.id, member_id=by.member_id, status=status, at=at))
    act.session.flush()
    count = seconders(act.session, motion)
    act.note(seconders=count)
    act.notify("motion-seconded", motion.mover, motion=motion.id, title=motion.title, seconders=count)
    return motion


# -- submitting ------------------------------------------------------------------------------------------------------


@act(Permission.MOTION_SUBMIT, Event.MOTION_SUBMITTED)
def submit(
    motion: Motion, meeting: Meeting, *, revision: int | None = None, by: Actor, at: datetime, act: Act
) -> Motion:
    """Submit a motion for its branch, with the meeting that agreed to it: it gets its number and its first version.

    A motion that was queried is submitted again after the closing date too, under its number, as a new version.

    Raises:
        Stale: if the text was saved since the delegate read it. OutOfOrder: after the deadline, without its seconders,
        or beyond the branch's number of motions. Invalid: over the word limit, or if the meeting cannot have agreed.
    """
    require_revision(motion, revision)
    rules, document = consultations.rules_of(motion.consultation), draft_of(motion)
    again = motion.number is not None
    if not again:
        require_phase(motion.consultation.phases, "drafting", at, "Motions can be submitted")
    act.step(motion, "submit")
    _require_ready(act.session, motion, document, rules, meeting, at)
    motion.number = motion.number or _next_number(act.session, motion.consultation_id)
    motion.submitted_at, motion.submitted_by_id, motion.meeting_note = at, by.member_id, meeting.sentence
    motion.draft = None
    motion.revision += 1
    parents = [motion.version.hash] if motion.version else []
    cause = "revised" if parents else "submitted"
    version = versions.add(
        act.session, motion, document, cause=cause, provenance={"parents": parents}, by=by.reference, at=at
    )
    act.note(hash=version.hash, number=motion.number, words=version.word_count)
    _announce(act, motion)
    return motion


def _require_ready(
    session: Session, motion: Motion, document: Document, rules: Rulebook, meeting: Meeting, at: datetime
) -> None:
    require_words(document, rules)
    have = seconders(session, motion)
    if have < rules.seconders:
        raise OutOfOrder(
            f"This motion has {have} of the {rules.seconders} seconders that it needs. "
            "Open it for seconders and share its address."
        )
    if rules.motions_per_branch and motion.number is None and _of_branch(session, motion) >= rules.motions_per_branch:
        raise OutOfOrder(
            f"{motion.unit.name} has submitted {rules.motions_per_branch} motions, as many as the rules allow. "
            "One must be withdrawn before another can be submitted."
        )
    _require_meeting(meeting, at)


def _require_meeting(meeting: Meeting, at: datetime) -> None:
    problems: dict[str, str] = {}
    if meeting.held_on > at.date():
        problems["held_on"] = "The meeting must have been held already."
    if meeting.present < 1:
        problems["present"] = "Say how many were present."
    if min(meeting.votes_for, meeting.votes_against) < 0 or meeting.votes_for + meeting.votes_against > meeting.present:
        problems["votes_for"] = "More voted than were present: check the numbers in the minutes."
    elif meeting.votes_for <= meeting.votes_against:
        problems["votes_for"] = "The meeting did not agree to it: more must have voted for it than against."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _of_branch(session: Session, motion: Motion) -> int:
    """How many other motions of the branch count towards its number."""
    query = select(func.count()).where(
        Motion.consultation_id == motion.consultation_id,
        Motion.unit_id == motion.unit_id,
        Motion.number.is_not(None),
        Motion.state.not_in(("withdrawn", "ruled out for good")),
        Motion.id != motion.id,
    )
    return session.scalar(query) or 0


def _next_number(session: Session, consultation_id: int) -> int:
    last = session.scalar(select(func.max(Motion.number)).where(Motion.consultation_id == consultation_id))
    return (last or 0) + 1


def _announce(act: Act, motion: Motion) -> None:
    context: dict[str, Any] = {
        "motion": motion.id,
        "label": motion.label,
        "title": motion.title,
        "branch": motion.unit.name,
    }
    act.notify("motion-submitted", motion.mover, **context)
    for member in ballots.holders(act.session, Role.STANDING_ORDERS, act.at):
        if member.id != motion.mover_id:
            act.notify("motion-submitted", member, **context)


@act(Permission.MOTION_WITHDRAW, Event.MOTION_WITHDRAWN)
def withdraw(motion: Motion, *, revision: int | None = None, by: Actor, at: datetime, act: Act) -> Motion:
    """Withdraw a motion before its text is frozen; what was submitted stays readable to members."""
    require_revision(motion, revision)
    act.step(motion, "withdraw")
    taken = dict(act.data)
    giving_back.give_back(act, motion)
    act.data = taken
    motion.revision += 1
    return motion
