"""In the hall: opening a sitting, taking its business, and putting each question in its turn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.domain import hall
from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.hall import Majority
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.hall import BusinessItem, Division, Sitting
from consult.service import (
    credentials,
    hall_minutes,
    hall_questions,
    hall_text,
    order_challenges,
    rule_changes,
)
from consult.service.act import Act, act, require_revision
from consult.service.hall_questions import Asked

# -- the sitting -----------------------------------------------------------------------------------------------------


def _require_open(sitting: Sitting) -> None:
    if sitting.state != hall.OPEN:
        raise OutOfOrder(f"{sitting.title} is {sitting.state}; it must be open for this.")


def _require_no_question(session: Session, sitting: Sitting) -> None:
    if (put := hall_questions.question(sitting, session)) is not None:
        raise OutOfOrder(f"Question {put.number} is before the meeting ({put.words}). Declare it first.")


@act(Permission.HALL_CHAIR, Event.SITTING_OPENED)
def open_sitting(sitting: Sitting, *, revision: int | None = None, by: Actor, at: datetime, act: Act) -> Sitting:
    """Open a sitting that is planned, or resume one that was adjourned; whoever does it is in the chair."""
    require_revision(sitting, revision)
    if sitting.state not in (hall.PLANNED, hall.ADJOURNED):
        raise OutOfOrder(
            f"{sitting.title} is {sitting.state}, so it cannot be opened. {act.what_changed(sitting)}".strip()
        )
    again = sitting.state == hall.ADJOURNED
    sitting.state, sitting.presiding_id = hall.OPEN, by.member_id
    sitting.opened_at = sitting.opened_at or at
    hall_minutes.write(act, sitting, f"The sitting was {'resumed' if again else 'opened'}, {by.name} in the chair.")
    return sitting


@act(Permission.HALL_CHAIR, Event.SITTING_ADJOURNED)
def adjourn(sitting: Sitting, *, revision: int | None = None, by: Actor, at: datetime, act: Act) -> Sitting:
    """Adjourn an open sitting; what is before the meeting stays so."""
    require_revision(sitting, revision)
    _require_open(sitting)
    _require_no_question(act.session, sitting)
    sitting.state = hall.ADJOURNED
    hall_minutes.write(act, sitting, "The sitting was adjourned.")
    return sitting


@act(Permission.HALL_CHAIR, Event.SITTING_CLOSED)
def close(sitting: Sitting, *, revision: int | None = None, by: Actor, at: datetime, act: Act) -> Sitting:
    """Close a sitting for good; what was not taken is recorded as not reached, and its motions as not put."""
    require_revision(sitting, revision)
    if sitting.state not in (hall.OPEN, hall.ADJOURNED):
        raise OutOfOrder(f"{sitting.title} is {sitting.state}, so it cannot be closed.")
    _require_no_question(act.session, sitting)
    if (item := hall_questions.before(sitting)) is not None:
        raise OutOfOrder(f"{item.title} is still before the meeting: finish it or put it back first.")
    for item in sitting.items:
        if item.state != hall.TO_COME:
            continue
        item.state, item.ended_at, item.outcome = hall.NOT_REACHED, at, "Not reached"
        hall_minutes.write(act, sitting, f"{item.title} was not reached.", item=item)
        if item.motion is not None and item.motion.state == "on the order paper":
            step = act.step(item.motion, "leave unput", check_permission=False)
            act.record(step.event, item.motion, sitting=sitting.id)
    sitting.state, sitting.closed_at, sitting.suspended = hall.CLOSED, at, False
    hall_minutes.write(act, sitting, "The sitting was closed.")
    return sitting


@act(Permission.HALL_CHAIR, Event.HALL_NOTED)
def take_chair(sitting: Sitting, *, by: Actor, at: datetime, act: Act) -> Sitting:
    """Take the chair from whoever presides, as when a ruling of theirs is challenged."""
    _require_open(sitting)
    if sitting.presiding_id == by.member_id:
        raise OutOfOrder("You are in the chair already.")
    sitting.presiding_id = by.member_id
    hall_minutes.write(act, sitting, f"{by.name} took the chair.")
    return sitting


@act(Permission.HALL_CHAIR, Event.HALL_NOTED)
def call_quorum(sitting: Sitting, present: int, *, by: Actor, at: datetime, act: Act) -> Sitting:
    """Record how many with a vote were found present; while they are too few, nothing is put to the vote."""
    _require_open(sitting)
    if not 0 <= present <= 1_000_000:
        raise Invalid("Give how many were present.", {"present": "Give a number from 0."})
    sitting.quorate = present >= sitting.quorum
    found = "quorate" if sitting.quorate else "not quorate; no vote is taken until enough are present"
    hall_minutes.write(
        act, sitting, f"The quorum was called: {present:,} present, {sitting.quorum:,} needed. The meeting was {found}."
    )
    act.note(present=present, needed=sitting.quorum)
    return sitting


# -- business --------------------------------------------------------------------------------------------------------


@act(Permission.HALL_CHAIR, Event.BUSINESS_TAKEN)
def take(
    sitting: Sitting, item: BusinessItem, *, revision: int | None = None, by: Actor, at: datetime, act: Act
) -> Sitting:
    """Bring an item before the meeting: the next one, unless standing orders are suspended.

    Raises:
        OutOfOrder: while another is before the meeting, out of its turn, or for a motion that is not on the order paper.
    """
    require_revision(sitting, revision)
    _require_open(sitting)
    if (now := hall_questions.before(sitting)) is not None:
        raise OutOfOrder(f"{now.title} is before the meeting. Finish it or put it back first.")
    to_come = hall_questions.coming(sitting)
    if item not in to_come:
        now_is = item.motion.state if item.state == hall.TO_COME and item.motion else item.state
        raise OutOfOrder(f"{item.title} is {now_is}, so it is not taken.")
    if item is not to_come[0] and not sitting.suspended:
        raise OutOfOrder(
            f"{to_come[0].title} comes first. To take {item.title} now, standing orders must be suspended."
        )
    if item.motion is not None:
        if problem := order_challenges.problem(act.session, item.motion):
            raise OutOfOrder(problem)
        act.step(item.motion, "put", check_permission=False)
        act.record(Event.MOTION_PUT, item.motion, sitting=sitting.id)
        item.base_version_id = item.motion.version_id
    item.state, item.taken_at = hall.BEFORE, at
    hall_minutes.write(act, sitting, f"{item.title} was taken.", item=item)
    act.note(item=item.id)
    return sitting


@act(Permission.HALL_CHAIR, Event.BUSINESS_TAKEN)
def put_back(
    sitting: Sitting, item: BusinessItem, *, revision: int | None = None, by: Actor, at: datetime, act: Act
) -> Sitting:
    """Put an item back that was taken, before anything was decided about it."""
    require_revision(sitting, revision)
    _require_no_question(act.session, sitting)
    if item.state != hall.BEFORE:
        raise OutOfOrder(f"{item.title} is not before the meeting.")
    if act.session.scalar(select(Division.id).where(Division.item_id == item.id).limit(1)):
        raise OutOfOrder(f"The meeting has voted on {item.title} already, so it is finished and not put back.")
    if item.motion is not None:
        act.step(item.motion, "take back", check_permission=False)
        act.record(Event.HALL_NOTED, item.motion, sitting=sitting.id)
    item.state, item.taken_at = hall.TO_COME, None
    hall_minutes.write(act, sitting, f"{item.title} was put back.", item=item)
    return sitting


@act(Permission.HALL_CHAIR, Event.HALL_NOTED)
def finish(
    sitting: Sitting,
    item: BusinessItem,
    outcome: str,
    *,
    revision: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Sitting:
    """Finish an item that nobody votes on, with what became of it in words."""
    require_revision(sitting, revision)
    _require_no_question(act.session, sitting)
    if item.state != hall.BEFORE or item.kind not in ("opening", "other"):
        raise OutOfOrder(f"{item.title} is finished by the meeting's vote.")
    words = outcome.strip()
    if not 1 <= len(words) <= 300:
        sentence = "Say in a few words what became of it (at most 300 characters)."
        raise Invalid(sentence, {"outcome": sentence})
    item.state, item.ended_at, item.outcome = hall.DISPOSED, at, words
    sitting.suspended = False
    hall_minutes.write(act, sitting, f"{item.title}: {words}", item=item)
    return sitting


@act(Permission.HALL_CHAIR, Event.HALL_NOTED)
def reply(sitting: Sitting, given: bool, *, by: Actor, at: datetime, act: Act) -> Sitting:
    """Record that the mover of the motion before the meeting has used the right of reply, or waived it."""
    _require_open(sitting)
    item = hall_questions.before(sitting)
    if item is None or item.motion is None:
        raise OutOfOrder("No motion is before the meeting.")
    if item.reply:
        raise OutOfOrder(f"The right of reply was {item.reply} already.")
    item.reply = "given" if given else "waived"
    said = "The mover replied." if given else "The mover waived the right of reply."
    hall_minutes.write(act, sitting, said, item=item)
    return sitting


# -- putting a question ----------------------------------------------------------------------------------------------


@act(Permission.HALL_CHAIR, Event.QUESTION_PUT)
def put(
    sitting: Sitting,
    asked: Asked,
    method: str = "hands",
    *,
    revision: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Division:
    """Put a question to the meeting: the next in its order, or a procedural motion.

    Raises:
        OutOfOrder: while another is put, while the meeting is not quorate, out of its turn, before the mover has replied,
            or for a challenge to whoever is in the chair. Stale: if anything has happened since the page was opened.
        Invalid: for a way of voting that there is not, or that cannot decide this.
    """
    require_revision(sitting, revision)
    _require_open(sitting)
    _require_no_question(act.session, sitting)
    if not sitting.quorate:
        raise OutOfOrder("The meeting was found not quorate. Call the quorum again before anything is put to the vote.")
    item = hall_questions.before(sitting)
    parts = _require_turn(act.session, sitting, item, asked, by)
    majority = _majority(act.session, sitting, item, asked)
    _require_method(sitting, method, majority)
    last = act.session.scalar(select(func.max(Division.number)).where(Division.sitting_id == sitting.id))
    made = Division(
        sitting_id=sitting.id, number=(last or 0) + 1, item_id=item.id if item else None, kind=asked.kind,
        procedure=asked.procedure if asked.kind == hall.PROCEDURE else "",
        amendment_id=asked.amendment.id if asked.amendment else None, part=asked.part, parts=parts,
        words=hall_questions.words_of(asked, item), method=method, threshold=majority.threshold, comparison=majority.comparison,
        put_at=at, put_by_id=by.member_id,
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    sitting.revision += 1
    act.note(number=made.number, kind=made.kind, sitting=sitting.id)
    return made


def _require_turn(
    session: Session, sitting: Sitting, item: BusinessItem | None, asked: Asked, by: Actor
) -> list[Any] | None:
    """The parts asked for, if any; refuses a question out of its turn."""
    if asked.kind == hall.PROCEDURE:
        return _require_procedure(session, sitting, item, asked, by)
    due = hall_questions.next_question(session, item)
    if due is None or item is None:
        raise OutOfOrder("Nothing is before the meeting that could be put to the vote.")
    same = (due.kind, due.part) == (asked.kind, asked.part) and (due.amendment is asked.amendment)
    if not same and not (sitting.suspended and asked.kind == due.kind == hall.AMENDMENT):
        raise OutOfOrder(
            f"{hall_questions.words_of(due, item)} comes first. It is put before {hall_questions.words_of(asked, item)}."
        )
    if asked.kind in (hall.MOTION, hall.PART) and not item.reply:
        raise OutOfOrder("The mover has the right of reply first: record that it was given or waived.")
    return None


def _require_procedure(
    session: Session, sitting: Sitting, item: BusinessItem | None, asked: Asked, by: Actor
) -> list[Any] | None:
    found = hall.procedure(asked.procedure)
    if found not in hall_questions.possible(sitting):
        raise OutOfOrder(f"“{found.question}” cannot be moved now under the rules of this meeting.")
    if found.words and not asked.words.strip():
        raise Invalid("Say what it is about.", {"words": "Say what it is about."})
    if found.key == "challenge to the chair" and sitting.presiding_id == by.member_id:
        raise OutOfOrder("Whoever is in the chair does not put a challenge to it: another chair of the sitting does.")
    if found.key == "take in parts" and item is not None:
        if item.parts:
            raise OutOfOrder("The motion is taken in parts already.")
        document = hall_text.standing(session, item).document
        declared = [] if asked.parts.strip() else hall_text.declared_parts(session, item, document)
        return declared or hall_text.read_parts(document, asked.parts)
    return None


def _majority(session: Session, sitting: Sitting, item: BusinessItem | None, asked: Asked) -> Majority:
    """What carries it: a motion that amends a standing text needs that text's own majority."""
    if asked.kind == hall.PROCEDURE:
        return hall_questions.majority_of(sitting, item, asked.procedure)
    if asked.kind in (hall.MOTION, hall.PART) and item is not None and item.motion_id is not None:
        return rule_changes.majority_of(item.motion_id, session) or hall.SIMPLE
    return hall.SIMPLE


def _require_method(sitting: Sitting, method: str, majority: Majority) -> None:
    if method not in hall.METHODS:
        raise Invalid("Choose how it is voted on.", {"method": "Choose how it is voted on."})
    if sitting.by_card and method != "cards":
        raise OutOfOrder("The meeting has resolved that this vote be taken by card.")
    if method == "voice" and not majority.simple:
        raise Invalid(f"This needs {majority}, so it must be counted.", {"method": f"This needs {majority}: count it."})
    if method == "cards" and not credentials.voting(credentials.of_sitting(sitting.id)):
        raise OutOfOrder("Nobody with a card is present, so there can be no card vote.")
