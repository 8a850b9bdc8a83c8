"""Declaring what a meeting decided: the figures are judged, and what follows is done in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.counting.result import Count
from consult.domain import hall
from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.amendments import Amendment
from consult.model.hall import BusinessItem, Division, Sitting
from consult.model.members import Member
from consult.model.motions import Motion
from consult.model.procedure import Disposal, MotionPart
from consult.service import (
    consequences,
    disposals,
    enacting,
    following,
    hall_minutes,
    hall_text,
    hall_votes,
    leaves,
    requisitions,
)
from consult.service.act import Act, act, require_revision
from consult.service.hall_votes import Figures


@dataclass(frozen=True)
class Told:
    """What the chair declares: figures where hands were counted, the side where it was by voice, and a casting vote."""

    figures: Figures | None = None
    #: By voice: "carried" or "lost".
    side: str = ""
    #: "" | for | against, where the votes are equal.
    casting: str = ""


@act(Permission.HALL_CHAIR, Event.QUESTION_DECLARED)
def declare(
    sitting: Sitting, division: Division, told: Told, *, revision: int | None = None, by: Actor, at: datetime, act: Act
) -> Division:
    """Declare a question carried or lost, and do what follows: decide the amendment, the motion, the procedure.

    Raises:
        OutOfOrder: if it was declared before, or tellers or cards are missing. Invalid: for figures that cannot be.
        Stale: if anything has happened since the page was opened.
    """
    _require_put(sitting, division)
    require_revision(sitting, revision)
    if division.procedure == "challenge to the chair" and sitting.presiding_id == by.member_id:
        raise OutOfOrder(
            "Whoever is in the chair does not declare a challenge to it: another chair of the sitting does."
        )
    figures, outcome = _outcome(act.session, sitting, division, told)
    if figures is not None:
        division.votes_for, division.votes_against = figures.votes_for, figures.votes_against
        division.abstained = figures.abstained
    division.casting = told.casting
    division.outcome, division.declared_at, division.declared_by_id = outcome, at, by.member_id
    sitting.by_card = False
    act.session.flush()
    effects = _EFFECTS[division.kind](act, sitting, division)
    for item in sitting.items:  # what fell with it is not waited for
        if item.state == hall.TO_COME and item.motion is not None and item.motion.state == "falls":
            item.state, item.ended_at, item.outcome = hall.DISPOSED, at, "Falls"
            effects.append(f"{item.motion.label} falls.")
    division.effects = effects
    hall_minutes.write(act, sitting, " ".join([sentence(division), *effects]), item=division.item, division=division)
    act.note(sitting=sitting.id, number=division.number, outcome=outcome)
    if figures is not None:
        act.note(votes_for=figures.votes_for, votes_against=figures.votes_against, abstained=figures.abstained)
    act.session.flush()
    return division


@act(Permission.HALL_CHAIR, Event.QUESTION_DECLARED)
def not_pressed(
    sitting: Sitting, division: Division, *, revision: int | None = None, by: Actor, at: datetime, act: Act
) -> Division:
    """Record that a question was taken back before it was decided; it can be put again."""
    _require_put(sitting, division)
    require_revision(sitting, revision)
    division.outcome, division.declared_at, division.declared_by_id = hall.NOT_PRESSED, at, by.member_id
    division.effects = []
    act.session.flush()
    hall_minutes.write(act, sitting, f"{division.words}: not pressed.", item=division.item, division=division)
    return division


def _require_put(sitting: Sitting, division: Division) -> None:
    if division.sitting_id != sitting.id:
        raise OutOfOrder("This question was put at another sitting.")
    if division.declared_at is not None:
        when = f"{division.declared_at:%H:%M} UTC on {division.declared_at.day} {division.declared_at:%B %Y}"
        raise OutOfOrder(f"Question {division.number} was declared at {when}: {division.outcome}. Nothing was changed.")
    if sitting.state != hall.OPEN:
        raise OutOfOrder(f"{sitting.title} is {sitting.state}; it must be open for this.")


def sentence(division: Division) -> str:
    """A declared question in one sentence, with its figures: for minutes and pages."""
    how = {"voice": "by voice", "nem con": "nem con", "hands": "on a show of hands", "tellers": "on the tellers’ count",
           "cards": "on a card vote"}[division.method]  # fmt: skip
    if division.outcome == hall.NOT_PRESSED:
        return f"{division.words}: not pressed."
    said = f"{division.words}: {division.outcome} {how}"
    if division.votes_for is not None and division.votes_against is not None:
        said += f", {Figures(division.votes_for, division.votes_against, division.abstained or 0)}"
    if not division.majority.simple:
        said += f" ({division.majority} needed)"
    if division.casting:
        said += f"; the chair gave the casting vote {division.casting}"
    return f"{said}."


# -- the figures -----------------------------------------------------------------------------------------------------


def _outcome(session: Session, sitting: Sitting, division: Division, told: Told) -> tuple[Figures | None, str]:
    if division.method in ("voice", "nem con"):
        return None, _by_voice(division, told)
    count, figures = _counted(session, sitting, division, told)
    if not told.casting:
        return figures, count.outcome
    if told.casting not in ("for", "against"):
        raise Invalid("A casting vote is for or against.", {"casting": "Choose for or against."})
    if not (figures.tied and division.majority.simple):
        sentence_ = "The chair has a casting vote only where the votes for and against are equal."
        raise Invalid(sentence_, {"casting": sentence_})
    return figures, hall.CARRIED if told.casting == "for" else hall.LOST


def _by_voice(division: Division, told: Told) -> str:
    if division.method == "nem con":
        return hall.CARRIED
    if told.side not in (hall.CARRIED, hall.LOST):
        raise Invalid("Say whether it is carried or lost.", {"side": "Choose carried or lost."})
    return told.side


def _counted(session: Session, sitting: Sitting, division: Division, told: Told) -> tuple[Count, Figures]:
    name = f"division-{division.id}"
    if division.method == "cards":
        cards = hall_votes.cards_of(session, division)
        if not cards:
            raise OutOfOrder("No card has voted yet.")
        found = hall_votes.judged(division.majority, hall_votes.of_cards(cards), name)
        return found, hall_votes.figures_of(found)
    figures = hall_votes.agreed(division) if division.method == "tellers" else told.figures
    if figures is None:
        raise Invalid("Give the votes for and against.", {"votes_for": "Give the votes for."})
    hall_votes.require_possible(session, sitting, figures)
    return hall_votes.judged(division.majority, hall_votes.of_figures(figures), name), figures


# -- what follows ----------------------------------------------------------------------------------------------------


def _decide_amendment(act: Act, sitting: Sitting, division: Division) -> list[str]:
    amendment, item = division.amendment, division.item
    if amendment is None or item is None:
        raise OutOfOrder("This question is about no amendment.")
    _tell(act, amendment, amendment.motion, division, sentence(division))
    act.step(amendment, "carry" if division.outcome == hall.CARRIED else "lose", check_permission=False)
    amendment.revision += 1
    act.record(Event.AMENDMENT_DECIDED, amendment, outcome=division.outcome, division=division.id)
    said = _carry_with(act, item, amendment) if division.outcome == hall.CARRIED else []
    act.session.flush()
    fallen = hall_text.fallen(hall_text.standing(act.session, item))
    return [*said, *(_fall(act, row, reason, division) for row, reason in fallen)]


def _tell(act: Act, subject: Motion | Amendment, motion: Motion, division: Division, said: str) -> None:
    """To those who moved and submitted it: what the meeting decided."""
    concerned = dict.fromkeys(filter(None, (subject.mover_id, subject.submitted_by_id)))
    for number in following.listening(act.session, motion.id, concerned) if subject is motion else concerned:
        act.notify(
            "hall-decided", act.session.get_one(Member, number), once=f"hall-decided:{division.id}:{subject.label}:{number}",
            label=subject.label, title=motion.title, said=said, motion=motion.id, sitting=division.sitting_id,
            meeting=division.sitting.title,
        )  # fmt: skip


def _carry_with(act: Act, item: BusinessItem, amendment: Amendment) -> list[str]:
    """What the committee found consequential on an amendment is carried with it."""
    said = []
    following = consequences.of_motion(item.motion_id or 0, session=act.session)
    for number in hall_text.carried_with(following, amendment.id):
        row = act.session.get_one(Amendment, number)
        if row.state == "on the order paper":
            act.step(row, "carry", check_permission=False)
            row.revision += 1
            act.record(Event.AMENDMENT_DECIDED, row, outcome="carried")
            said.append(f"{row.label} is consequential on it and is carried with it.")
    return said


def _fall(act: Act, row: Amendment, reason: str, division: Division | None = None) -> str:
    act.step(row, "fall", check_permission=False)
    row.falls_because = reason
    if division is not None:
        _tell(act, row, row.motion, division, f"{row.label} falls: {reason}")
    row.revision += 1
    act.record(Event.AMENDMENT_DECIDED, row, outcome="falls")
    return f"{row.label} falls: {reason}"


def _decide_motion(act: Act, sitting: Sitting, division: Division) -> list[str]:
    if division.item is None:
        raise OutOfOrder("This question is about no motion.")
    return _conclude(act, sitting, division, division.outcome or "")


def _conclude(act: Act, sitting: Sitting, division: Division, outcome: str) -> list[str]:
    item = division.item
    if item is None or item.motion is None:
        raise OutOfOrder("No motion is before the meeting.")
    fate = hall_text.conclude(act, item, division, outcome)
    _tell(act, item.motion, item.motion, division, f"{item.motion.label}: {fate}.")
    item.motion.revision += 1
    _dispose(sitting, item, act.at, fate)
    if fate == "carried as amended":
        return [f"{item.motion.label} is carried as amended."]
    return [] if division.kind == hall.MOTION else [f"{item.motion.label} is {fate}."]


def _dispose(sitting: Sitting, item: BusinessItem, at: datetime, outcome: str) -> None:
    item.state, item.ended_at = hall.DISPOSED, at
    item.outcome = f"{outcome[0].upper()}{outcome[1:]}"
    sitting.suspended = False


def _decide_part(act: Act, sitting: Sitting, division: Division) -> list[str]:
    item = division.item
    if item is None or item.parts is None:
        raise OutOfOrder("The motion is not taken in parts.")
    declared = act.session.get(MotionPart, item.parts[division.part or 0].get("declared", 0))
    if declared is not None:
        declared.outcome, declared.decided_by_id, declared.decided_at = division.outcome, act.by.member_id, act.at
        declared.votes_for, declared.votes_against = division.votes_for, division.votes_against
    query = select(Division.part, Division.outcome).where(
        Division.item_id == item.id, Division.kind == hall.PART, Division.outcome.in_((hall.CARRIED, hall.LOST))
    )
    done = {row.part: row.outcome for row in act.session.execute(query)}
    if len(done) < len(item.parts):
        return []
    return _conclude(act, sitting, division, hall.CARRIED if hall.CARRIED in done.values() else hall.LOST)


def _decide_procedure(act: Act, sitting: Sitting, division: Division) -> list[str]:
    if division.procedure == "give leave":
        return _decide_leave(act, sitting, division)
    if division.outcome != hall.CARRIED:
        return []
    key, item = division.procedure, division.item
    if key in hall.STEPS and item is not None and item.motion is not None:
        return _leave_motion(act, sitting, item, division)
    if key == "adopt report" and item is not None:
        _dispose(sitting, item, act.at, "adopted")
    elif key == "closure" and item is not None:
        item.closed = True
    elif key == "take in parts" and item is not None:
        item.parts = division.parts
    elif key == "suspend standing orders":
        sitting.suspended = True
    elif key == "card vote":
        sitting.by_card = True
    elif key == "recall":
        return [requisitions.decide(act, sitting)]
    elif key == "adjourn":
        sitting.state = hall.ADJOURNED
    return [hall.procedure(key).effect]


def _decide_leave(act: Act, sitting: Sitting, division: Division) -> list[str]:
    """Without leave the motion is not before the meeting any more."""
    item = division.item
    if item is None or item.motion is None:
        raise OutOfOrder("No motion is before the meeting.")
    said = leaves.declared(act, item.motion, division, sitting.title)
    if division.outcome == hall.LOST:
        _dispose(sitting, item, act.at, item.motion.state)
    return [said]


def _leave_motion(act: Act, sitting: Sitting, item: BusinessItem, division: Division) -> list[str]:
    """A motion that is not voted on: its step, and what becomes of the amendments that were not put."""
    motion, key = item.motion, division.procedure
    if motion is None:
        raise OutOfOrder("No motion is before the meeting.")
    undecided = hall_text.standing(act.session, item).undecided
    step = act.step(motion, hall.STEPS[key], check_permission=False)
    motion.revision += 1
    made = Disposal(
        motion_id=motion.id, decision=step.target, procedure=key if step.target == "not put" else "", source="meeting",
        sent_to="", reason=f"{division.words}: carried at {sitting.title}.", by_id=act.by.member_id, at=act.at,
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    act.record(step.event, motion, sitting=sitting.id, disposal=made.id, to=step.target)
    disposals.tell(act, motion, made)
    for row in undecided:
        if key == "remit":
            act.step(row, "remit", check_permission=False)
            act.record(Event.AMENDMENT_DECIDED, row, outcome="remitted")
        else:
            _fall(act, row, f"{motion.label} was {step.target}, so its amendments were not put.", division)
    _dispose(sitting, item, act.at, step.target)
    enacting.follow_on(act, motion)
    return [hall.procedure(key).effect]


_EFFECTS: dict[str, Callable[[Act, Sitting, Division], list[str]]] = {
    hall.AMENDMENT: _decide_amendment,
    hall.MOTION: _decide_motion,
    hall.PART: _decide_part,
    hall.PROCEDURE: _decide_procedure,
}
