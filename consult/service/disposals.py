"""What becomes of a motion without its own vote: prioritised or not, remitted, referred back, not put, withdrawn by leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.lifecycle import MOTION
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.rulebook import BY_BALLOT
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot, Question
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import Motion
from consult.model.procedure import SOURCES, Disposal
from consult.model.set_aside import SetAside
from consult.model.store import db
from consult.service import consultations, following
from consult.service.act import Act, act

SHORTEST = 10
LONGEST = 2_000


@dataclass(frozen=True)
class Way:
    """One way in which a motion leaves the order of business: its step, and what happens to its amendments."""

    step: str
    decision: str
    title: str
    meaning: str
    #: The step of each amendment on the order paper; "" leaves it there.
    amendments: str = "fall"
    #: The word of the rulebook's `hall` without which a meeting cannot do it; "" where none is needed.
    hall: str = ""


#: What can be decided, by its step.
WAYS: dict[str, Way] = {
    way.step: way
    for way in (
        Way("remit", "remitted", "Remit it", "The executive deals with it, without a vote for or against.", "remit", "remit"),
        Way("refer back", "referred back", "Refer it back", "It returns to those who brought it.", hall="refer back"),
        Way("leave unput", "not put", "Leave it unput", "It is not voted on; it can be taken up again.", ""),
        Way("take up again", "taken up again", "Take it up again", "It is back on the order paper.", ""),
        Way(
            "withdraw by leave", "withdrawn by leave", "Withdraw it by leave",
            "Its mover asked, and the meeting gave leave.", hall="withdraw by leave",
        ),
        Way("fall", "falls", "Declare it fallen", "Something that was carried or lost leaves it nothing to decide."),
    )
}  # fmt: skip
#: The states of a motion about which it can be decided whether it is taken.
PRIORITISABLE = ("published", "prioritised", "not prioritised")
#: By what motion of procedure a motion is left unput.
PROCEDURES = ("next business", "out of time", "lie on the table", "closure of the meeting", "not moved")


# -- reading ---------------------------------------------------------------------------------------------------------


def of(motion_id: int) -> list[Disposal]:
    """Everything decided about a motion otherwise than by its vote, oldest first."""
    query = select(Disposal).where(Disposal.motion_id == motion_id).options(joinedload(Disposal.by))
    return list(db.session.scalars(query.order_by(Disposal.id)))


def priorities(consultation_id: int) -> tuple[list[Disposal], list[Disposal]]:
    """The motions that are prioritised now: those that members chose, in their order, and apart from them those that a
    committee or a meeting added."""
    query = (
        select(Disposal)
        .join(Motion, Motion.id == Disposal.motion_id)
        .where(
            Motion.consultation_id == consultation_id,
            Disposal.decision.in_(("prioritised", "not prioritised")),
            _holds(),
        )
        .options(joinedload(Disposal.motion).joinedload(Motion.unit), joinedload(Disposal.ballot))
        .order_by(Disposal.id)
    )
    newest = {row.motion_id: row for row in db.session.scalars(query)}
    chosen = [row for row in newest.values() if row.decision == "prioritised"]
    by_members = sorted((row for row in chosen if row.source == "ballot"), key=lambda row: (row.place or 0, row.id))
    return by_members, sorted((row for row in chosen if row.source != "ballot"), key=lambda row: row.id)


def _holds() -> Any:
    """What was taken from a ballot that is set aside no longer holds."""
    return or_(Disposal.ballot_id.is_(None), Disposal.ballot_id.not_in(select(SetAside.ballot_id)))


def prioritisable(consultation_id: int) -> list[Motion]:
    """The motions of a consultation about which it can be decided whether they are taken, by number."""
    query = select(Motion).where(Motion.consultation_id == consultation_id, Motion.state.in_(PRIORITISABLE))
    return list(db.session.scalars(query.options(joinedload(Motion.unit)).order_by(Motion.number)))


def steps_for(motion: Motion) -> list[Way]:
    """What can be decided about a motion now, in the order of the table, as the rulebook's hall knows it."""
    legal = {step.name for step in MOTION.from_state(motion.state)}
    hall = consultations.rules_of(motion.consultation).hall
    return [way for way in WAYS.values() if way.step in legal and (not way.hall or way.hall in hall)]


# -- deciding --------------------------------------------------------------------------------------------------------


@act(Permission.MOTION_DISPOSE, None)
def dispose(
    motion: Motion,
    step: str,
    reason: str,
    *,
    procedure: str = "",
    sent_to: str = "",
    source: str = "meeting",
    by: Actor,
    at: datetime,
    act: Act,
) -> Disposal:
    """Record what was decided about a motion on the order paper, with the reason; its mover and delegate are told.

    `procedure` names the motion of procedure where a motion is left unput, `sent_to` to whom it is remitted or referred.

    Raises:
        OutOfOrder: from another state, while it is on a ballot, or if the rules do not know it.
        Invalid: without a reason, or without saying by what procedure or to whom.
    """
    way = WAYS.get(step)
    if way is None:
        raise NotFound("There is no such decision about a motion.")
    _require(act.session, motion, way, reason, procedure, sent_to, source)
    return carry_out(act, motion, way, reason, source=source, procedure=procedure, sent_to=sent_to)


def carry_out(
    act: Act, motion: Motion, way: Way, reason: str, *, source: str, procedure: str = "", sent_to: str = ""
) -> Disposal:
    """Inside an act: the step, its record, what becomes of the amendments, and the notice to mover and delegate."""
    taken = act.step(motion, way.step, check_permission=False)
    motion.revision += 1
    made = Disposal(
        motion_id=motion.id, decision=way.decision, procedure=procedure, source=source, sent_to=sent_to.strip(),
        reason=reason.strip(), by_id=act.by.member_id, at=act.at,
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    act.record(taken.event, motion, disposal=made.id, **act.data)
    if way.amendments:
        _settle(act, motion, way)
    tell(act, motion, made)
    return made


def _require(
    session: Session, motion: Motion, way: Way, reason: str, procedure: str, sent_to: str, source: str
) -> None:
    hall = consultations.rules_of(motion.consultation).hall
    if way.hall and way.hall not in hall:
        raise OutOfOrder(f"The rules of this body do not know “{way.hall}”.")
    if title := on_ballot(session, motion):
        raise OutOfOrder(f"{motion.label} is on the ballot “{title}”: cancel that, or take it off the paper first.")
    problems: dict[str, str] = {}
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        problems["reason"] = f"Give the reason in a sentence ({SHORTEST} to {LONGEST:,} characters)."
    if way.step == "leave unput" and procedure not in PROCEDURES:
        problems["procedure"] = "Say by what it was left unput."
    elif procedure in ("next business", "lie on the table") and procedure not in hall:
        problems["procedure"] = f"The rules of this body do not know “{procedure}”."
    if way.step in ("remit", "refer back") and not 2 <= len(sent_to.strip()) <= 200:
        problems["sent_to"] = "Say to whom it goes, such as the executive."
    if source not in SOURCES:
        problems["source"] = "Say who decided it."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def on_ballot(session: Session, motion: Motion) -> str | None:
    """The title of the ballot that a motion is on and that is not over, if there is one."""
    live = (
        select(Ballot.title)
        .join(Question)
        .where(Question.motion_id == motion.id, Ballot.state.not_in(("cancelled", "annulled", "published")))
    )
    return session.scalar(live.limit(1))


def _settle(act: Act, motion: Motion, way: Way) -> None:
    """Its amendments on the order paper go with it."""
    mine = select(Amendment).where(Amendment.motion_id == motion.id, Amendment.state == "on the order paper")
    for row in act.session.scalars(mine):
        taken = act.step(row, way.amendments, check_permission=False)
        row.revision += 1
        if way.amendments == "fall":
            row.falls_because = f"{motion.label} was {way.decision}, so there is nothing to amend."
        act.record(Event.AMENDMENT_DECIDED, row, outcome=taken.target)


def tell(act: Act, motion: Motion, made: Disposal) -> None:
    """To the mover and the delegate who submitted it: what became of the motion, and why."""
    for number in following.listening(act.session, motion.id, (motion.mover_id, motion.submitted_by_id)):
        act.notify(
            "motion-disposed", act.session.get_one(Member, number), once=f"motion-disposed:{made.id}:{number}",
            motion=motion.id, label=motion.label, title=motion.title, decision=made.decision, reason=made.reason,
            sent_to=made.sent_to,
        )  # fmt: skip


# -- priorities ------------------------------------------------------------------------------------------------------


@act(Permission.MOTION_PRIORITISE, None)
def prioritise(
    consultation: Consultation,
    order: Sequence[int],
    reason: str,
    *,
    source: str = "ballot",
    by: Actor,
    at: datetime,
    act: Act,
) -> Consultation:
    """Record by hand which motions are taken, in their order; the other published ones are not prioritised.

    Raises:
        Invalid: without a reason, or if `order` names a motion twice or one that is not published here.
        OutOfOrder: where the rules let members choose by ballot: then `priorities.take` takes it from the result.
    """
    require_by_hand(consultation)
    _require_reason(reason, source)
    query = select(Motion).where(Motion.consultation_id == consultation.id, Motion.state.in_(PRIORITISABLE))
    rows = {row.id: row for row in act.session.scalars(query.order_by(Motion.number))}
    if len(set(order)) != len(order) or not set(order) <= rows.keys():
        sentence = "Name each motion once, and only motions that are published and not yet frozen."
        raise Invalid(sentence, {"order": sentence})
    for place, number in enumerate(order, start=1):
        decide(act, rows[number], "prioritise", "prioritised", reason, source, None, place)
    for number, row in rows.items():
        if number not in set(order):
            decide(act, row, "not prioritise", "not prioritised", reason, source, None, None)
    return consultation


@act(Permission.MOTION_PRIORITISE, None)
def add(motion: Motion, reason: str, *, source: str = "committee", by: Actor, at: datetime, act: Act) -> Motion:
    """Take a motion beside those that members chose; it is shown apart from them, with the reason.

    Raises:
        Invalid: without a reason. OutOfOrder: if it is taken already, or not published.
    """
    _require_reason(reason, source)
    if source == "ballot":
        raise Invalid("What is added beside the ballot was not chosen in it: say whether a committee or a meeting did.")
    decide(act, motion, "prioritise", "prioritised", reason, source, None, None, quiet=False)
    return motion


def require_by_hand(consultation: Consultation) -> None:
    """Refuse priorities typed in where members choose by ballot."""
    if consultations.rules_of(consultation).selection in BY_BALLOT:
        raise OutOfOrder(
            "By the rules of this body members choose by ballot which motions are taken: take the order from its published "
            "result. What the committee adds is added motion by motion."
        )


def newest(session: Session, motion_ids: Sequence[int]) -> dict[int, Disposal]:
    """Motion → what was decided last about whether it is taken."""
    query = select(Disposal).where(
        Disposal.motion_id.in_(motion_ids), Disposal.decision.in_(("prioritised", "not prioritised")), _holds()
    )
    return {row.motion_id: row for row in session.scalars(query.order_by(Disposal.id))}


def _require_reason(reason: str, source: str) -> None:
    if not SHORTEST <= len(reason.strip()) <= LONGEST or source not in SOURCES:
        sentence = f"Say who decided it, and give the reason in a sentence ({SHORTEST} to {LONGEST:,} characters)."
        raise Invalid(sentence, {"reason": sentence})


def decide(
    act: Act, motion: Motion, step: str, decision: str, reason: str, source: str, ballot_id: int | None,
    place: int | None, *, quiet: bool = True,
) -> None:  # fmt: skip
    """One motion's priority, inside its act; one that is decided so already keeps its state and gets its new place."""
    if not (quiet and motion.state == decision):
        taken = act.step(motion, step, check_permission=False)
        motion.revision += 1
        act.record(taken.event, motion, **act.data, source=source, place=place, ballot=ballot_id)
    act.session.add(
        Disposal(
            motion_id=motion.id, decision=decision, source=source, ballot_id=ballot_id, place=place,
            reason=reason.strip(), by_id=act.by.member_id, at=act.at,
        )
    )  # fmt: skip
    act.session.flush()
