"""Motions: drafted in sections, submitted for a branch, withdrawn; found and listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.motion_states import PUBLIC as PUBLIC
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role, Status
from consult.domain.rulebook import Rulebook
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import Motion, Support
from consult.model.procedure import Submission
from consult.model.store import db
from consult.model.units import NetworkMembership, Unit
from consult.service import ballots, consultations, giving_back, limits, minutes, resubmission, versions
from consult.service.act import Act, act, require_revision
from consult.service.limits import Sending, require_words
from consult.service.minutes import Meeting as Meeting
from consult.text import align, forms
from consult.text.clauses import Document, Kind, word_count
from consult.text.parse import Preview

#: States in which it is its mover's alone.
PRIVATE = ("draft",)
#: The sections of the form, in its order.
SECTIONS = ("heading", "notes", "believes", "resolves", "rationale")
#: A section of a draft is at most so long, in characters.
LONGEST_SECTION = 40_000


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


def submission_of(motion: Motion) -> Submission | None:
    """As what and under which rules a motion was sent; None before that."""
    return db.session.get(Submission, motion.id)


def words_left(motion: Motion) -> int | None:
    """How many words of its budget the branch has left beside this motion; None where the rules set none."""
    rules = consultations.rules_of(motion.consultation)
    spent = limits.words_spent(db.session(), motion.consultation_id, motion.unit_id, but=motion)
    return rules.branch_words - spent if rules.branch_words else None


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
    return _begin(consultation, unit, read(sections).document(), topic, act)


@act(Permission.MOTION_DRAFT, Event.MOTION_DRAFTED)
def draft_document(
    consultation: Consultation, unit: Unit, document: Document, topic: str = "", *, by: Actor, at: datetime, act: Act
) -> Motion:
    """Begin a motion from clauses that its mover has looked at, as an import makes them; otherwise as `draft`."""
    return _begin(consultation, unit, document, topic, act)


def require_taken(consultation: Consultation) -> None:
    """Nothing where motions can be moved in a consultation.

    Raises:
        OutOfOrder: where its rules let nobody move one.
    """
    if not consultations.rules_of(consultation).takes_motions:
        raise OutOfOrder(
            f"“{consultation.title}” takes no motions: it only asks. Answer its questions in a submission."
        )


def _begin(consultation: Consultation, unit: Unit, document: Document, topic: str, act: Act) -> Motion:
    require_taken(consultation)
    limits.require_writing(consultation.phases, act.at, "Motions can be drafted")
    mover = act.by.member_id
    if mover is None or unit.id not in {own.id for own in units_of(mover, act.session)}:
        raise NotAllowed(f"A motion is drafted by one's own branch or network; {unit.name} is not one of yours.")
    motion = Motion(
        consultation_id=consultation.id,
        title=versions.title_of(document),
        topic=topic.strip()[:60],
        mover_id=mover,
        unit_id=unit.id,
        draft=document.to_data(),
        created_at=act.at,
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


# -- submitting ------------------------------------------------------------------------------------------------------


@act(Permission.MOTION_SUBMIT, Event.MOTION_SUBMITTED)
def submit(
    motion: Motion,
    meeting: Meeting,
    *,
    sending: Sending | None = None,
    revision: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Motion:
    """Submit a motion for its branch, with the meeting that agreed to it: it gets its number and its first version.

    A motion that was queried is submitted again after the closing date too, under its number, as a new version, and as
    the kind that it was first sent as. `sending` says whether it is late or an emergency.

    Raises:
        Stale: if the text was saved since the delegate read it. OutOfOrder: after the deadline, without its seconders,
        or beyond the branch's number of motions. Invalid: over the word limit or the branch's budget, or if the meeting
        cannot have agreed. NotAllowed: if the rules do not let such a unit move.
    """
    require_revision(motion, revision)
    rules = consultations.rules_of(motion.consultation)
    limits.require_mover(limits.mover_kind(motion.unit), rules.movers)
    minutes.require(meeting, rules, at)
    _send(act, motion, rules, limits.mover_kind(motion.unit), sending or Sending())
    minutes.keep(act.session, motion, meeting, by_id=by.member_id, at=at)
    motion.meeting_note = meeting.sentence
    return motion


@act(Permission.MOTION_SUBMIT_OWN, Event.MOTION_SUBMITTED)
def submit_as_member(
    motion: Motion,
    *,
    sending: Sending | None = None,
    revision: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Motion:
    """Submit a motion as a member, without a branch, where the rules let members move.

    Raises:
        NotAllowed: where they do not. Otherwise as `submit`.
    """
    require_revision(motion, revision)
    rules = consultations.rules_of(motion.consultation)
    limits.require_mover("member", rules.movers)
    _send(act, motion, rules, "member", sending or Sending())
    motion.meeting_note = ""
    return motion


def _send(act: Act, motion: Motion, rules: Rulebook, moved_by: str, sending: Sending) -> None:
    """What both ways of submitting share: the limits, the number, the version, and under which rules it was sent."""
    document, again = draft_of(motion), motion.number is not None
    sent = act.session.get(Submission, motion.id)
    if again and sent is not None:
        sending = Sending(sent.kind, sent.reason, sent.arose_on)
    if not again:
        limits.require_time(motion.consultation.phases, rules, sending, act.at)
    act.step(motion, "submit", check_permission=False)
    require_words(document, rules, sending.kind)
    limits.require_support(act.session, motion, rules)
    if moved_by != "member":
        limits.require_room(act.session, motion, rules, sending.kind)
        limits.require_budget(act.session, motion, word_count(document), rules)
    motion.number = motion.number or _next_number(act.session, motion.consultation_id)
    motion.submitted_at, motion.submitted_by_id = act.at, act.by.member_id
    motion.draft = None
    motion.revision += 1
    row = act.session.merge(
        Submission(
            motion_id=motion.id, kind=sending.kind, moved_by=moved_by, reason=sending.reason.strip(),
            arose_on=sending.arose_on, rulebook_id=motion.consultation.rulebook_id, at=act.at,
        )
    )  # fmt: skip
    parents = [motion.version.hash] if motion.version else []
    cause = "revised" if parents else "submitted"
    version = versions.add(
        act.session, motion, document, cause=cause, provenance={"parents": parents}, by=act.by.reference, at=act.at
    )
    found = resubmission.note(act.session, motion, document, rules, act.at)
    act.note(hash=version.hash, number=motion.number, words=version.word_count, kind=row.kind, moved_by=moved_by)
    act.note(rules=motion.consultation.rulebook.hash, resembles=[one.other.id for one in found])
    _announce(act, motion)


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
