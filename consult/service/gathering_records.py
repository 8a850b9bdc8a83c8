"""What stays of a meeting: who was there, whether it was quorate, minutes, and the votes that were taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain import gatherings as domain
from consult.domain.decisions import MEETING
from consult.domain.errors import Again, Invalid, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.gatherings import MAJORITIES
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.domain.timetable import written
from consult.model.gatherings import AttendanceCorrection, EventAttendance, EventMinutes, Gathering, VoteTaken
from consult.model.members import Member
from consult.model.store import db
from consult.model.units import NetworkMembership, Unit
from consult.service.act import Act, act
from consult.service.registering import enter
from consult.service.threads import checked_reason


def attendance_of(gathering_id: int, session: Session | None = None) -> list[EventAttendance]:
    """Everybody who was there."""
    query = select(EventAttendance).where(EventAttendance.gathering_id == gathering_id)
    query = query.options(joinedload(EventAttendance.member)).join(Member).order_by(Member.name, Member.id)
    return list((session or db.session()).scalars(query))


def corrections_of(gathering_id: int) -> list[AttendanceCorrection]:
    """How the attendance was put right after votes, in order."""
    query = select(AttendanceCorrection).where(AttendanceCorrection.gathering_id == gathering_id)
    return list(db.session.scalars(query.order_by(AttendanceCorrection.id)))


def minutes_of(gathering_id: int) -> list[EventMinutes]:
    """The published minutes, the newest first."""
    query = select(EventMinutes).where(EventMinutes.gathering_id == gathering_id)
    return list(db.session.scalars(query.options(joinedload(EventMinutes.by)).order_by(EventMinutes.sequence.desc())))


def votes_of(gathering_id: int) -> list[VoteTaken]:
    """The votes taken, in their order."""
    return list(
        db.session.scalars(select(VoteTaken).where(VoteTaken.gathering_id == gathering_id).order_by(VoteTaken.id))
    )


def votes_of_unit(unit_id: int, most: int = 50) -> list[VoteTaken]:
    """What a unit decided at its meetings, the last first."""
    query = (
        select(VoteTaken).join(Gathering).where(Gathering.unit_id == unit_id).options(joinedload(VoteTaken.gathering))
    )
    return list(db.session.scalars(query.order_by(VoteTaken.id.desc()).limit(most)))


def members_present(session: Session, gathering: Gathering) -> int:
    """Those who were there and count towards the quorum: members of the unit and of those below it, not guests, not supporters."""
    query = select(func.count()).where(
        EventAttendance.gathering_id == gathering.id, EventAttendance.status == Status.MEMBER.value
    )
    return session.scalar(query) or 0


def guests_present(session: Session, gathering: Gathering) -> int:
    """Those who were there and do not count towards the quorum."""
    query = select(func.count()).where(
        EventAttendance.gathering_id == gathering.id, EventAttendance.status != Status.MEMBER.value
    )
    return session.scalar(query) or 0


def _belong(session: Session, gathering: Gathering, people: Iterable[int]) -> set[int]:
    """Which of some people are members of the unit that meets or of one below it; of a network, those who are in it."""
    of_unit = select(Member.id).where(Member.id.in_(list(people)))
    if gathering.unit.kind == "network":
        of_unit = of_unit.join(NetworkMembership).where(NetworkMembership.unit_id == gathering.unit_id)
    else:
        of_unit = of_unit.join(Unit, Unit.id == Member.unit_id).where(
            Unit.path.startswith(gathering.unit.path, autoescape=True)
        )
    return set(session.scalars(of_unit))


def why_no_record(gathering: Gathering, at: datetime) -> str:
    """Why it is not put down who is there at an instant, or how a vote went; "" where it is."""
    if gathering.state == "cancelled":
        return "This event was cancelled, so nothing is recorded of it."
    if at < gathering.starts_at:
        return f"Attendance and votes are recorded once the meeting has begun, at {written(gathering.starts_at)}."
    return ""


def why_no_vote(gathering: Gathering, at: datetime) -> str:
    """Why no vote is recorded at an instant; "" where one is."""
    if gathering.kind != "meeting":
        return "Votes are taken at meetings of a unit; this event is none."
    return why_no_record(gathering, at)


def why_no_minutes(gathering: Gathering, at: datetime) -> str:
    """Why minutes are not published at an instant; "" where they are."""
    if gathering.state == "cancelled":
        return "This event was cancelled, so it has no minutes."
    if at < gathering.ends_at:
        return (
            f"Minutes are published once the meeting was held: it lasts until {written(gathering.ends_at)}. If it ended "
            "before, change when it ends."
        )
    return ""


@act(Permission.EVENT_KEEP, Event.EVENT_ATTENDED)
def attend(
    gathering: Gathering, present: Mapping[int, str], reason: str = "", *, by: Actor, at: datetime, act: Act
) -> Gathering:
    """Put down who is there: member's number → "in the room" or "from afar"; whoever is left out was not.

    The quorum counts members of the unit that meets and of those below it; a member of another unit is kept as a guest.
    Once a vote is recorded it is put right with a `reason` that everybody reads; each vote keeps the number who were
    there when it was taken.

    Raises:
        OutOfOrder: before it begins, or if it is cancelled.
        Invalid: for somebody who is not in the register, or for a correction without a reason.
    """
    if sentence := why_no_record(gathering, at):
        raise OutOfOrder(sentence)
    because = checked_reason(reason) if votes_of(gathering.id) else ""
    before = members_present(act.session, gathering)
    people = {row.id: row for row in act.session.scalars(select(Member).where(Member.id.in_(list(present))))}
    if len(people) != len(present) or not set(present.values()) <= set(domain.HOW):
        raise Invalid("Somebody in the list is not in the register; nothing was recorded.")
    own = _belong(act.session, gathering, present)
    for row in attendance_of(gathering.id, act.session):
        act.session.delete(row)
    act.session.flush()
    for number, how in sorted(present.items()):
        status = people[number].status
        if status == Status.MEMBER.value and number not in own:
            status = domain.GUEST
        act.session.add(EventAttendance(gathering_id=gathering.id, member_id=number, status=status, how=how))
    act.session.flush()
    after = members_present(act.session, gathering)
    if because:
        act.session.add(
            AttendanceCorrection(
                gathering_id=gathering.id, before=before, after=after, reason=because, at=at, by_id=by.member_id
            )
        )
    act.note(members=after, people=len(present))
    return gathering


def _members(count: int) -> str:
    return "1 member" if count == 1 else f"{count:,} members"


@act(Permission.EVENT_KEEP, Event.EVENT_VOTED)
def record_vote(
    gathering: Gathering,
    question: str,
    votes_for: int,
    votes_against: int,
    abstained: int,
    majority: str,
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> VoteTaken:
    """Record a vote that was taken: its figures, the majority asked, and what follows from them; it is never changed, and stands in
    the unit's register of decisions.

    Raises:
        Invalid: naming a figure that is wrong, more votes than members present among them.
        OutOfOrder: at something that is not a meeting, before it begins, or before its attendance is recorded; or
        for a vote that is recorded already.
    """
    if sentence := why_no_vote(gathering, at):
        raise OutOfOrder(sentence)
    present = members_present(act.session, gathering)
    if not present:
        raise OutOfOrder("Record who is there first: the quorum is counted from the attendance.")
    words, problems = " ".join(question.split()), {}
    if not 5 <= len(words) <= 1000:
        problems["question"] = "Write the question that was put (5 to 1,000 characters)."
    if majority not in MAJORITIES:
        problems["majority"] = "Choose the majority that was asked for."
    for name, value in (("votes_for", votes_for), ("votes_against", votes_against), ("abstained", abstained)):
        if value < 0:
            problems[name] = "A number of votes is 0 or more."
    if votes_for + votes_against + abstained > present:
        problems["votes_for"] = (
            f"These are {votes_for + votes_against + abstained} votes, and the attendance has {_members(present)}: "
            "count again, or correct the attendance first."
        )
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    threshold, comparison, _words = MAJORITIES[majority]
    same = select(VoteTaken.id).where(
        VoteTaken.gathering_id == gathering.id, VoteTaken.question == words, VoteTaken.votes_for == votes_for,
        VoteTaken.votes_against == votes_against, VoteTaken.abstained == abstained, VoteTaken.threshold == threshold,
    )  # fmt: skip
    if act.session.scalar(same.limit(1)) is not None:
        raise Again(
            "This vote is recorded already, with these figures; it is not recorded twice.", f"/events/{gathering.id}"
        )
    quorate = gathering.quorum is None or present >= gathering.quorum
    made = VoteTaken(
        gathering_id=gathering.id, question=words, votes_for=votes_for, votes_against=votes_against,
        abstained=abstained, threshold=threshold, comparison=comparison, present=present, quorum=gathering.quorum,
        outcome=domain.outcome(votes_for, votes_against, threshold, comparison, quorate), at=at, by_id=by.member_id,
    )  # fmt: skip
    act.session.add(made)
    act.note(votes_for=votes_for, votes_against=votes_against, abstained=abstained, outcome=made.outcome)
    figures = f"{votes_for} for, {votes_against} against, {abstained} abstained; {_members(present)} present"
    came = made.outcome if quorate else f"{made.outcome}: nothing is decided"
    what = f"{words} ({came}; {figures}; majority asked: {MAJORITIES[majority][2]})"
    enter(
        act, gathering.unit_id, MEETING, f"{words[:200]}: {came}", what, place=f"/events/{gathering.id}",
        decided_on=gathering.starts_at.date(),
    )  # fmt: skip
    return made


@act(Permission.EVENT_KEEP, Event.EVENT_MINUTED)
def publish_minutes(
    gathering: Gathering, body: str, *, after: int | None = None, by: Actor, at: datetime, act: Act
) -> EventMinutes:
    """Publish the minutes, or a newer text of them; the earlier one stays readable. The event is then held.

    `after` is the number of the text that stood when the page was opened, 0 for none; left out, it is not asked.

    Raises:
        OutOfOrder: before it ends, or if it is cancelled; or for the very text that stands. Invalid: for a text that is
        empty or too long. Stale: where somebody published another since the page was opened.
    """
    if sentence := why_no_minutes(gathering, at):
        raise OutOfOrder(sentence)
    kept = minutes_of(gathering.id)
    if kept and kept[0].body == body.strip():
        raise Again("These minutes are published word for word as they stand.", f"/events/{gathering.id}")
    if after is not None and after != len(kept):
        raise Stale(
            "Somebody else published minutes of this event since you opened the page. What you typed is below; read theirs "
            "on the page of the event first."
        )
    if not 20 <= len(body.strip()) <= 60_000:
        sentence = "Write the minutes in 20 to 60,000 characters."
        raise Invalid(sentence, {"body": sentence})
    if gathering.state == "planned":
        act.step(gathering, "hold")
    made = EventMinutes(
        gathering_id=gathering.id, sequence=len(kept) + 1, body=body.strip(), at=at,
        by_id=by.member_id,
    )  # fmt: skip
    act.session.add(made)
    act.tell_followers(
        "its minutes were published", gathering.title, f"/events/{gathering.id}",
        consultation_id=gathering.consultation_id, unit_id=gathering.unit_id,
    )  # fmt: skip
    return made
