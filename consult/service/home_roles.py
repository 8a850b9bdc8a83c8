"""What stands on the front pages of delegates, of the committee and of scrutineers, each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from consult.domain import policy
from consult.domain.agenda import KINDS
from consult.domain.motion_states import OVER
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.rulebook import Rulebook
from consult.domain.timetable import Span, current
from consult.model.agenda import Issue
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot
from consult.model.consultations import Consultation
from consult.model.mandates import Mandate
from consult.model.motions import Motion
from consult.model.store import db
from consult.model.units import Unit
from consult.service import ballots, limits, mandates, office_counts
from consult.service import committee as waits
from consult.service.committee import Waiting

#: Phases in which a branch can still send something.
_SENDING = (*limits.WRITING, "amendments", "consulting")
_AT_THE_DESK = ("open", "closed", "reconciled", "opened", "counted", "drawn up", "certified")
_WATCHED = ("scheduled", *_AT_THE_DESK, "published", "annulled")


@dataclass(frozen=True)
class Deadline:
    """A phase in which a branch can send motions, amendments or a submission, and its words: spent, and in all (None: no limit)."""

    consultation: Consultation
    phase: Span
    unit: Unit
    spent: int
    words: int | None

    @property
    def left(self) -> int:
        """How many words the branch has left."""
        return max(0, (self.words or 0) - self.spent)


@dataclass(frozen=True)
class Delegate:
    """What a delegate has to do: deadlines and words, what the branch sent or has to send, mandates."""

    units: list[Unit]
    deadlines: list[Deadline]
    #: Motions that seek support, which the delegate submits once they have it.
    to_submit: list[Motion]
    motions: list[Motion]
    amendments: list[Amendment]
    #: Mandates on what is not decided yet, and those whose report back is awaited.
    to_carry: list[Mandate]
    to_report: list[Mandate]


@dataclass(frozen=True)
class Committee:
    """What waits for the committee: figures, the papers of each conference that is under way, ballots at the desk."""

    waiting: Waiting
    #: (consultation, {kind of paper: (its newest number, when it was issued)})
    papers: list[tuple[Consultation, dict[str, tuple[int, datetime]]]]
    at_desk: list[Ballot]
    #: What waits in consultations, by kind.
    consulting: dict[str, int]
    kinds: Sequence[str] = tuple(KINDS)


def delegate(actor: Actor, at: datetime, opened: Sequence[Consultation]) -> Delegate | None:
    """The part of a delegate: eight statements; None for somebody who is none now. `opened` have something open."""
    paths = {h.unit_path for h in actor.holdings if h.role is Role.DELEGATE and h.active(at)}
    if not paths or actor.member_id is None:
        return None
    units = list(db.session.scalars(select(Unit).where(Unit.path.in_(paths)).order_by(Unit.name)))
    ids = [unit.id for unit in units]
    query = select(Motion).where(Motion.unit_id.in_(ids), Motion.state.not_in((*OVER, "draft")))
    rows = list(db.session.scalars(query.options(joinedload(Motion.unit)).order_by(Motion.id.desc()).limit(30)))
    amendments = (
        select(Amendment)
        .join(Motion, Motion.id == Amendment.motion_id)
        .where(Amendment.unit_id.in_(ids), Motion.state.not_in(OVER), Amendment.state != "withdrawn")
        .options(joinedload(Amendment.unit), joinedload(Amendment.motion))
        .order_by(Amendment.id.desc())
    )
    given = mandates.of_delegate(actor.member_id)
    standing = mandates.standing(given)
    waiting = [row for row in given if row.id in standing and not row.reports]
    return Delegate(
        units,
        _deadlines(units, opened, at),
        [row for row in rows if row.state == "seeking support"],
        [row for row in rows if row.state != "seeking support"][:10],
        list(db.session.scalars(amendments.limit(10))),
        [row for row in waiting if not _is_decided(row)],
        [row for row in waiting if _is_decided(row)],
    )


def _is_decided(row: Mandate) -> bool:
    if row.motion is not None:
        return row.motion.state in OVER
    return row.ballot is not None and row.ballot.state not in ("preparing", "scheduled", "open")


def _deadlines(units: list[Unit], opened: Sequence[Consultation], at: datetime) -> list[Deadline]:
    """One for each branch and phase in which it can send something, the first to close first."""
    spent = limits.words_spent_by(db.session(), [row.id for row in opened], [unit.id for unit in units])
    found = []
    for row in opened:
        most = Rulebook.from_json(row.rulebook.rules).branch_words or None
        for phase in current(row.phases, at):
            if phase.kind in _SENDING:
                words = None if phase.kind == "consulting" else most
                found += [Deadline(row, phase, unit, spent.get((row.id, unit.id), 0), words) for unit in units]
    return sorted(found, key=lambda one: (one.phase.closes_at, one.consultation.id, one.unit.name))


def committee(actor: Actor, at: datetime) -> Committee | None:
    """The part of the committee and its officers; None for anybody else."""
    if not ({Role.STANDING_ORDERS, Role.GOVERNANCE, Role.RETURNING_OFFICER} & actor.roles(at)) or not policy.may(
        Permission.DESK_SEE, actor, at=at
    ):
        return None
    newest = (
        select(Issue.consultation_id, Issue.kind, func.max(Issue.number), func.max(Issue.issued_at))
        .group_by(Issue.consultation_id, Issue.kind)
    )  # fmt: skip
    issued: dict[int, dict[str, tuple[int, datetime]]] = {}
    for consultation_id, kind, number, issued_at in db.session.execute(newest):
        issued.setdefault(consultation_id, {})[kind] = (number, issued_at)
    moving = select(Motion.consultation_id).where(Motion.state.not_in((*OVER, "draft"))).distinct()
    running = db.session.scalars(
        select(Consultation).where(Consultation.id.in_(moving)).order_by(Consultation.id.desc()).limit(4)
    )
    papers = [(row, issued.get(row.id, {})) for row in running]
    return Committee(waits.waiting(), papers, ballots.listed(_AT_THE_DESK, 10), office_counts.of_consultations(at))


def scrutiny(actor: Actor, at: datetime) -> list[Ballot]:
    """Every ballot that a scrutineer watches, the latest first: nothing for anybody else."""
    return ballots.listed(_WATCHED, 12) if Role.SCRUTINEER in actor.roles(at) else []
