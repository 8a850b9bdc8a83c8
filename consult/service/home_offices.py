"""What an office has to look after, on the front page of whoever holds it, in a fixed number of statements."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from consult.domain.roles import SECOND_FACTOR_ROLES, Actor, Role
from consult.model.audit import AuditHead
from consult.model.ballots import Ballot
from consult.model.gatherings import EventMinutes, Gathering
from consult.model.protection import DataCase, RetentionRun
from consult.model.store import db
from consult.model.units import Unit
from consult.service import complaints, data_cases, office_counts, statements, worker_state
from consult.service.worker_state import WorkerState

#: The offices that have a part of their own here, in the order of the page; the others have theirs in `home_roles`.
OFFICES = (
    Role.UNIT_OFFICER, Role.RETURNING_OFFICER, Role.ROLL_OFFICER, Role.MODERATOR, Role.COMPLAINTS, Role.DATA_PROTECTION,
    Role.OPERATOR,
)  # fmt: skip
#: How many of each kind of thing are shown; the rest is behind the link.
SHOWN = 5
#: How far back minutes are missed.
MINUTES_MISSED = timedelta(days=90)


@dataclass(frozen=True)
class Duty:
    """One kind of thing that an office looks after: how many wait, and when the first of them is due."""

    kind: str
    number: int
    first: datetime | None = None


@dataclass(frozen=True)
class Machine:
    """How the machine is, for its operator: the worker and the mail, the room on its disk, the last signs of upkeep."""

    worker: WorkerState
    free_bytes: int
    #: When the head of the audit log was last mailed out.
    head_sent: datetime | None


@dataclass(frozen=True)
class Office:
    """One office: its duties, and the things of its own that it watches."""

    role: Role
    duties: Sequence[Duty]
    #: Of a unit officer: the units, and their next meetings.
    units: Sequence[Unit] = ()
    meetings: Sequence[Gathering] = ()
    #: Of a unit officer: meetings that were held and have no minutes.
    unminuted: Sequence[Gathering] = ()
    #: Of a returning officer: the ballots that open or close next.
    ballots: Sequence[Ballot] = ()
    #: Of the complaints panel: (ballot, how many complaints about it wait).
    complained: Sequence[tuple[Ballot, int]] = ()
    #: Of a moderator: (number of a consultation, its title, how many statements wait to be screened).
    statements: Sequence[tuple[int, str, int]] = ()
    #: Of the data protection officer: the cases that are due first, and the last report of the retention clocks.
    cases: Sequence[DataCase] = ()
    retained: RetentionRun | None = None
    machine: Machine | None = None

    @property
    def waits(self) -> bool:
        """Whether anything waits in it, or is not well."""
        return (
            any(duty.number for duty in self.duties)
            or bool(self.unminuted or self.complained or self.statements or self.cases)
            or (self.machine is not None and not self.machine.worker.well)
        )


def of(actor: Actor, at: datetime, counted: dict[str, int]) -> list[Office]:
    """The offices that somebody holds and may act in, in the order of the page.

    `counted` is what `waiting.of` answered: what several officers may act on is not counted twice. One statement counts
    all that is left; a unit officer's part asks four more, another office's at most three.
    """
    held = [role for role in OFFICES if role in actor.roles(at)]
    if not actor.second_factor:
        held = [role for role in held if role not in SECOND_FACTOR_ROLES]
    if not held:
        return []
    known = {kind: (number, None) for kind, number in counted.items()} | office_counts.of(held, at)
    found = []
    for role in held:
        if role is Role.UNIT_OFFICER:
            units = _units(actor, at)
            found += [_of_units(units, at)] if units else []
        else:
            duties = [Duty(kind, *known[kind]) for kind in office_counts.DUTIES[role] if kind in known]
            found.append(Office(role, duties, **_beside(role, at, counted)))
    return found


def kinds(offices: Sequence[Office]) -> set[str]:
    """The kinds of `waiting` that these offices show already."""
    shown = {duty.kind for office in offices for duty in office.duties}
    return shown | {name for office in offices for name in _SHOWN_BESIDE.get(office.role, ())}


#: Kinds of `waiting` that stand on the page as the things themselves.
_SHOWN_BESIDE = {Role.COMPLAINTS: ("complaints",), Role.DATA_PROTECTION: ("cases",)}


def _beside(role: Role, at: datetime, counted: dict[str, int]) -> dict[str, Any]:
    """What one office watches beside its duties."""
    if role is Role.RETURNING_OFFICER:
        return {"ballots": _coming(at)}
    if role is Role.COMPLAINTS:
        return {"complained": complaints.awaiting()[:SHOWN] if counted.get("complaints") else []}
    if role is Role.MODERATOR:
        return {"statements": statements.to_screen(SHOWN)}
    if role is Role.DATA_PROTECTION:
        last = select(RetentionRun).order_by(RetentionRun.id.desc()).limit(1)
        return {"cases": data_cases.open_ones()[:SHOWN], "retained": db.session.scalars(last).first()}
    if role is Role.OPERATOR:
        sent = db.session.scalar(select(func.max(AuditHead.sent_at)))
        free = shutil.disk_usage(current_app.config["CONSULT_INSTANCE"]).free
        return {"machine": Machine(worker_state.state(at), free, sent)}
    return {}


def _coming(at: datetime) -> list[Ballot]:
    """Ballots that are scheduled or open, the first to change first."""
    query = select(Ballot).where(Ballot.state.in_(("scheduled", "open")), Ballot.closes_at > at)
    rows = db.session.scalars(query.order_by(Ballot.closes_at, Ballot.id).limit(3 * SHOWN))
    return sorted(rows, key=lambda row: (row.opens_at if row.opens_at > at else row.closes_at, row.id))[:SHOWN]


# -- a unit officer ---------------------------------------------------------------------------------------------------


def _units(actor: Actor, at: datetime) -> list[Unit]:
    """The units that somebody is officer of: one statement."""
    paths = {h.unit_path for h in actor.holdings if h.role is Role.UNIT_OFFICER and h.active(at)}
    query = select(Unit).where(Unit.path.in_(paths), Unit.closed_at.is_(None))
    return list(db.session.scalars(query.order_by(Unit.name)))


def _of_units(units: Sequence[Unit], at: datetime) -> Office:
    """What waits in some units: three statements."""
    ids = [unit.id for unit in units]
    held = select(Gathering).where(Gathering.unit_id.in_(ids), Gathering.state != "cancelled")
    held = held.options(joinedload(Gathering.unit))
    minuted = select(EventMinutes.id).where(EventMinutes.gathering_id == Gathering.id).exists()
    missed = held.where(Gathering.ends_at <= at, Gathering.ends_at > at - MINUTES_MISSED, ~minuted)
    coming = held.where(Gathering.ends_at > at)
    return Office(
        Role.UNIT_OFFICER,
        [Duty(kind, *found) for kind, found in office_counts.of_units(units, at).items()],
        units,
        list(db.session.scalars(coming.order_by(Gathering.starts_at, Gathering.id).limit(SHOWN))),
        list(db.session.scalars(missed.order_by(Gathering.ends_at, Gathering.id).limit(SHOWN))),
    )
