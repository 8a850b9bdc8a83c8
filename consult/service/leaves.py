"""Leave of the meeting: whether a late or an emergency motion may be taken, as voted in the hall or recorded from a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain import hall
from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.hall import Majority
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.rulebook import WITHOUT_LEAVE, Lateness
from consult.model.hall import Division
from consult.model.leaves import Leave
from consult.model.motions import Motion
from consult.model.procedure import Submission
from consult.model.store import db
from consult.service import consultations, disposals, enacting, hall_votes
from consult.service.act import Act, act
from consult.service.hall_votes import Figures

#: How a meeting outside the hall can have voted; cards and tellers are counted in a sitting.
METHODS = ("hands", "voice", "nem con")
LONGEST = 200


@dataclass(frozen=True)
class Voted:
    """What a meeting decided: how it voted, the figures where hands were counted, the side where it was by voice."""

    meeting: str
    method: str
    figures: Figures | None = None
    side: str = ""


# -- reading ---------------------------------------------------------------------------------------------------------


def asked_of(session: Session, motion: Motion) -> Lateness | None:
    """What the rules ask of a motion that came late and needs leave; None for one that needs none."""
    sent = session.get(Submission, motion.id)
    lateness = consultations.rules_of(motion.consultation).lateness(sent.kind) if sent is not None else None
    return lateness if lateness is not None and lateness.leave else None


def latest(session: Session, motion_id: int) -> Leave | None:
    """The newest decision on leave for a motion."""
    return session.scalars(select(Leave).where(Leave.motion_id == motion_id).order_by(Leave.id.desc()).limit(1)).first()


def of(motion_id: int) -> list[Leave]:
    """Every decision on leave for a motion, oldest first."""
    return list(db.session.scalars(select(Leave).where(Leave.motion_id == motion_id).order_by(Leave.id)))


def missing(session: Session, motion: Motion) -> Majority | None:
    """The majority by which a meeting must still agree to take a motion; None where it need not, or has."""
    lateness = asked_of(session, motion)
    if lateness is None:
        return None
    found = latest(session, motion.id)
    return None if found is not None and found.given else Majority.of(lateness.leave)


def problem(session: Session, motion: Motion) -> str:
    """Why a motion, and any amendment to it, cannot be put to the vote yet, as a sentence; "" where it can."""
    majority = missing(session, motion)
    if majority is None:
        return ""
    sent = session.get_one(Submission, motion.id)
    article = "an" if sent.kind == "emergency" else "a"
    return (
        f"{motion.label} is {article} {sent.kind} motion: a meeting must give leave by {majority} before it or an amendment "
        "to it is put to the vote. Leave is voted on in the hall, or recorded from the motion’s papers."
    )


# -- deciding --------------------------------------------------------------------------------------------------------


@act(Permission.MOTION_DISPOSE, Event.LEAVE_DECIDED)
def record(motion: Motion, voted: Voted, *, by: Actor, at: datetime, act: Act) -> Motion:
    """Record whether a meeting gave leave to take a motion on the order paper; without it, what the rules say becomes of it.

    Raises:
        OutOfOrder: if it needs no leave, has it, is on a ballot or before a sitting.
        Invalid: without the meeting, for a way of voting that cannot decide it, or for figures that cannot be.
    """
    majority = missing(act.session, motion)
    if majority is None:
        raise OutOfOrder(f"{motion.label} needs no leave of a meeting, or has it.")
    if motion.state != "on the order paper":
        raise OutOfOrder(f"{motion.label} is {motion.state}; leave is recorded while it is on the order paper.")
    if title := disposals.on_ballot(act.session, motion):
        raise OutOfOrder(f"{motion.label} is on the ballot “{title}”: take it off the paper first.")
    given = _require(voted, majority)
    made = Leave(
        motion_id=motion.id, given=given, meeting=voted.meeting.strip(), threshold=majority.threshold, method=voted.method,
        votes_for=voted.figures.votes_for if voted.figures else None,
        votes_against=voted.figures.votes_against if voted.figures else None,
        abstained=voted.figures.abstained if voted.figures else None, by_id=by.member_id, at=at,
    )  # fmt: skip
    _keep(act, motion, made, source="meeting")
    return motion


def _require(voted: Voted, majority: Majority) -> bool:
    """Whether leave was given by what was recorded."""
    problems: dict[str, str] = {}
    if not 2 <= len(voted.meeting.strip()) <= LONGEST:
        problems["meeting"] = f"Name the meeting that decided, in at most {LONGEST} characters."
    if voted.method not in METHODS:
        problems["method"] = "Choose how the meeting voted."
    elif voted.method == "voice" and not majority.simple:
        problems["method"] = f"This needs {majority}, so hands must have been counted."
    elif voted.method == "voice" and voted.side not in (hall.CARRIED, hall.LOST):
        problems["side"] = "Say whether leave was given."
    elif voted.method == "hands" and voted.figures is None:
        problems["votes_for"] = "Give the votes for and against."
    elif voted.figures is not None:
        given = {"votes_for": voted.figures.votes_for, "votes_against": voted.figures.votes_against,
                 "abstained": voted.figures.abstained}  # fmt: skip
        problems |= {key: "Give a number from 0." for key, many in given.items() if not 0 <= many <= hall_votes.MOST}
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    if voted.method == "hands" and voted.figures is not None:
        return hall_votes.judged(majority, hall_votes.of_figures(voted.figures)).outcome == hall.CARRIED
    return voted.method == "nem con" or voted.side == hall.CARRIED


def declared(act: Act, motion: Motion, division: Division, meeting: str) -> str:
    """Inside the act of declaring: keep what a sitting decided, and do what follows. Returns it as a sentence."""
    made = Leave(
        motion_id=motion.id, given=division.outcome == hall.CARRIED, meeting=meeting, division_id=division.id,
        threshold=division.threshold, method=division.method, votes_for=division.votes_for,
        votes_against=division.votes_against, abstained=division.abstained, by_id=act.by.member_id, at=act.at,
    )  # fmt: skip
    _keep(act, motion, made, source="meeting")
    act.record(Event.LEAVE_DECIDED, motion, **_data(made))
    return f"{motion.label} may be taken." if made.given else f"{motion.label} is {motion.state}."


def _data(made: Leave) -> dict[str, object]:
    return {"leave": made.id, "given": made.given, "division": made.division_id}


def _keep(act: Act, motion: Motion, made: Leave, source: str) -> None:
    act.session.add(made)
    act.session.flush()
    motion.revision += 1
    if made.given:
        act.note(**_data(made))
        return
    lateness = asked_of(act.session, motion)
    decision = lateness.refused if lateness is not None else "not put"
    way = disposals.WAYS[WITHOUT_LEAVE[decision]]
    reason = f"Leave to take it was not given by {made.meeting}."
    disposals.carry_out(
        act, motion, way, reason, source=source, procedure="leave not given" if decision == "not put" else ""
    )
    enacting.follow_on(act, motion)
    act.data |= _data(made)
