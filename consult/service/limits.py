"""What the rules ask of a motion that is sent: words, budgets, seconders, who moves it, and when it comes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.roles import Status
from consult.domain.rulebook import MOVERS, Rulebook
from consult.domain.timetable import Span, current, require_phase, written
from consult.model.amendments import Amendment
from consult.model.members import Member
from consult.model.motions import Motion, MotionVersion, Support
from consult.model.procedure import Submission
from consult.model.units import Unit
from consult.text.clauses import Document, word_count

#: States in which what a branch sent no longer counts towards its number and its budget.
RETURNED = ("withdrawn", "ruled out for good")
#: The phases in which motions can be written.
WRITING = ("drafting", "late motions", "emergency motions")
#: The fewest characters of the reason of a late or emergency motion.
SHORTEST = 20
LONGEST = 2_000


@dataclass(frozen=True)
class Sending:
    """As what a motion is sent: "ordinary", or "late" with why it could not come in time, or "emergency" with what has
    happened since the closing date, and when."""

    kind: str = "ordinary"
    reason: str = ""
    arose_on: date | None = None


def mover_kind(unit: Unit) -> str:
    """As what a unit moves: a network as such, an affiliated organisation, any other as a branch."""
    return {"network": "network", "organisation": "affiliate"}.get(unit.kind, "branch")


def require_mover(moved_by: str, allowed: Iterable[str], what: str = "motions") -> None:
    """Nothing if the rules let them in.

    Raises:
        NotAllowed: naming those who may.
    """
    allowed = tuple(allowed)
    if moved_by not in allowed:
        raise NotAllowed(f"Under the rules {what} are moved by {'; or '.join(MOVERS[word] for word in allowed)}.")


def seconders(session: Session, motion: Motion) -> int:
    """How many members (supporters of the organisation apart) second a motion."""
    query = select(func.count()).where(Support.motion_id == motion.id, Support.status == Status.MEMBER.value)
    return session.scalar(query) or 0


def seconding_branches(session: Session, motion: Motion) -> int:
    """From how many branches they come."""
    query = select(func.count(func.distinct(Member.unit_id))).join(Support, Support.member_id == Member.id)
    query = query.where(Support.motion_id == motion.id, Support.status == Status.MEMBER.value)
    return session.scalar(query) or 0


def require_words(document: Document, rules: Rulebook, kind: str = "ordinary") -> None:
    """Nothing if a motion is within its limit.

    Raises:
        Invalid: saying by how many words it is over.
    """
    count, most = word_count(document), rules.words_of(kind)
    if count > most:
        raise Invalid(f"The motion has {count} words and the limit is {most}: take out {count - most}.")


def require_support(session: Session, motion: Motion, rules: Rulebook) -> None:
    """Nothing if a motion has its seconders.

    Raises:
        OutOfOrder: saying how many there are and how many, or from how many branches, it needs.
    """
    have = seconders(session, motion)
    if have < rules.seconders:
        raise OutOfOrder(
            f"This motion has {have} of the {rules.seconders} seconders that it needs. "
            "Open it for seconders and share its address."
        )
    branches = seconding_branches(session, motion) if rules.seconding_branches > 1 else rules.seconding_branches
    if branches < rules.seconding_branches:
        raise OutOfOrder(
            f"Its seconders come from {branches} of the {rules.seconding_branches} branches that the rules ask for. "
            "Share its address with other branches."
        )


def require_room(session: Session, motion: Motion, rules: Rulebook, kind: str = "ordinary") -> None:
    """Nothing if the branch may send another motion of this kind.

    Raises:
        OutOfOrder: if it has sent as many as the rules allow.
    """
    lateness = rules.lateness(kind)
    most = lateness.per_branch if lateness else rules.motions_per_branch
    if not most or motion.number is not None:
        return
    sent_as = func.coalesce(Submission.kind, "ordinary")
    query = (
        select(func.count())
        .select_from(Motion)
        .outerjoin(Submission, Submission.motion_id == Motion.id)
        .where(*_sent_by(motion), sent_as == kind, func.coalesce(Submission.moved_by, "branch") != "member")
    )
    if (session.scalar(query) or 0) >= most:
        which = "motions" if kind == "ordinary" else f"{kind} motions"
        raise OutOfOrder(
            f"{motion.unit.name} has submitted {most} {which}, as many as the rules allow. "
            "One must be withdrawn before another can be submitted."
        )


def _sent_by(motion: Motion) -> tuple[ColumnElement[bool], ...]:
    """The other motions that the branch of this one has sent and that still count."""
    return (
        Motion.consultation_id == motion.consultation_id,
        Motion.unit_id == motion.unit_id,
        Motion.number.is_not(None),
        Motion.state.not_in(RETURNED),
        Motion.id != motion.id,
    )


def words_spent(session: Session, consultation_id: int, unit_id: int, *, but: Motion | Amendment | None = None) -> int:
    """How many words of its budget a branch has spent: its motions, and what its amendments add; one of them left out."""
    motions = (
        select(func.sum(MotionVersion.word_count))
        .select_from(Motion)
        .join(MotionVersion, (MotionVersion.motion_id == Motion.id) & (MotionVersion.sequence == 1))
        .where(
            Motion.consultation_id == consultation_id, Motion.unit_id == unit_id, Motion.number.is_not(None),
            Motion.state.not_in(RETURNED),
        )
    )  # fmt: skip
    amendments = (
        select(func.sum(Amendment.words_added))
        .join(Motion, Motion.id == Amendment.motion_id)
        .where(
            Motion.consultation_id == consultation_id, Amendment.unit_id == unit_id, Amendment.number.is_not(None),
            Amendment.state.not_in(RETURNED),
        )
    )  # fmt: skip
    if isinstance(but, Motion):
        motions = motions.where(Motion.id != but.id)
    if isinstance(but, Amendment):
        amendments = amendments.where(Amendment.id != but.id)
    return int(session.scalar(motions) or 0) + int(session.scalar(amendments) or 0)


def words_spent_by(
    session: Session, consultations: Collection[int], units: Collection[int]
) -> dict[tuple[int, int], int]:
    """What `words_spent` says of several branches in several consultations, in one statement: (consultation, unit) → words."""
    motions = (
        select(Motion.consultation_id, Motion.unit_id, MotionVersion.word_count.label("words"))
        .join(MotionVersion, (MotionVersion.motion_id == Motion.id) & (MotionVersion.sequence == 1))
        .where(Motion.number.is_not(None), Motion.state.not_in(RETURNED))
    )
    amendments = (
        select(Motion.consultation_id, Amendment.unit_id, Amendment.words_added)
        .join(Motion, Motion.id == Amendment.motion_id)
        .where(Amendment.number.is_not(None), Amendment.state.not_in(RETURNED))
    )
    each = union_all(motions, amendments).subquery()
    query = select(each.c.consultation_id, each.c.unit_id, func.sum(each.c.words))
    query = query.where(each.c.consultation_id.in_(consultations), each.c.unit_id.in_(units))
    found = session.execute(query.group_by(each.c.consultation_id, each.c.unit_id))
    return {(consultation, unit): int(words) for consultation, unit, words in found}


def require_budget(session: Session, subject: Motion | Amendment, words: int, rules: Rulebook) -> None:
    """Nothing if a branch's budget has room for so many words more.

    Raises:
        Invalid: saying how many are left.
    """
    if not rules.branch_words:
        return
    motion = subject if isinstance(subject, Motion) else subject.motion
    left = rules.branch_words - words_spent(session, motion.consultation_id, subject.unit_id, but=subject)
    if words > left:
        raise Invalid(
            f"{subject.unit.name} has {max(left, 0)} of its {rules.branch_words} words left, and this needs {words}: "
            f"take out {words - max(left, 0)}, or withdraw something else."
        )


def require_writing(phases: Iterable[Span], at: datetime, doing: str) -> None:
    """Nothing while motions of any kind can be written: in the drafting phase, or that of late or emergency motions.

    Raises:
        OutOfOrder: naming the drafting phase's times.
    """
    phases = list(phases)
    if not any(phase.kind in WRITING[1:] for phase in current(phases, at)):
        require_phase(phases, "drafting", at, doing)


def require_time(phases: Iterable[Span], rules: Rulebook, sending: Sending, at: datetime) -> None:
    """Nothing if a motion of this kind can be sent now; late and emergency motions meet their own tests.

    A late motion comes after the closing date and says why it could not come before. An emergency motion is about
    something that happened on or after the closing date.

    Raises:
        OutOfOrder: outside its time, or if the rules take none. Invalid: at the field that does not meet the test.
    """
    phases = list(phases)
    if sending.kind == "ordinary":
        require_phase(phases, "drafting", at, "Motions can be submitted")
        return
    if rules.lateness(sending.kind) is None:
        raise OutOfOrder(f"The rules take no {sending.kind} motions.")
    closing = next((phase.closes_at for phase in phases if phase.kind == "drafting"), None)
    if closing is None or at < closing:
        raise OutOfOrder(
            f"The closing date has not passed: send it as an ordinary motion, not as a {sending.kind} one."
        )
    if not any(phase.kind == f"{sending.kind} motions" for phase in phases):
        raise OutOfOrder(f"The timetable has no time for {sending.kind} motions yet; ask the committee.")
    require_phase(phases, f"{sending.kind} motions", at, f"{sending.kind.capitalize()} motions can be submitted")
    problems: dict[str, str] = {}
    if not SHORTEST <= len(sending.reason.strip()) <= LONGEST:
        asks = "why it could not come in time" if sending.kind == "late" else "what has happened since the closing date"
        problems["why"] = f"Say {asks} ({SHORTEST} to {LONGEST:,} characters)."
    if sending.kind == "emergency":
        zone = ZoneInfo(rules.zone)
        if sending.arose_on is None:
            problems["arose_on"] = "Give the day on which it happened."
        elif sending.arose_on > at.astimezone(zone).date():
            problems["arose_on"] = "This day is still to come."
        elif sending.arose_on < closing.astimezone(zone).date():
            problems["arose_on"] = (
                f"That was before the closing date ({written(closing)}), so it could have come as an "
                "ordinary motion: it is no emergency."
            )
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
