"""The electorate of a ballot: its frozen roll with every change that came before its close, as the count has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select
from sqlalchemy.orm import Session

from consult.ledger import definition as ledger_definition
from consult.ledger import electorate
from consult.ledger.definition import Definition
from consult.ledger.electorate import Change
from consult.model.ballots import Ballot
from consult.model.roll_changes import RollAddition, RollChange, RollRemoval
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db
from consult.service import unit_names
from consult.service.audit import to_the_second


def changes_of(ballot: Ballot, session: Session | None = None) -> list[Change]:
    """What was added to the roll of a scheduled ballot and taken from it before the close, as the bundle has it."""
    session = session or db.session()
    if ballot.roll_id is None or ballot.definition is None:
        return []
    rows = _rows(session, ballot.roll_id, ballot.closed_at)
    if not rows:
        return []
    made = ledger_definition.loads(ballot.definition.encode())
    units = _units(session, rows) if made.roll.units else {}
    return _written(rows, made, units)


def roll_of(ballot: Ballot, made: Definition, session: Session | None = None) -> ledger_definition.Roll:
    """The roll as the count has it: its hash is the frozen one's, its figures are those with every change."""
    return electorate.amended(made.roll, changes_of(ballot, session))


def size(ballot: Ballot, session: Session | None = None) -> int:
    """How many are on the roll of a ballot, with what was added and taken; 0 where it has no roll."""
    if ballot.roll is None:
        return 0
    return ballot.roll.size + sum(change.effect for change in changes_of(ballot, session))


def outside(ballot: Ballot, session: Session) -> set[int]:
    """Members with an entry on the roll who are not of the ballot's electorate: added after its close, or taken off it."""
    rows = _rows(session, ballot.roll_id or 0, None)
    if not rows or ballot.definition is None:
        return set()
    made = ledger_definition.loads(ballot.definition.encode())
    in_time = [row for row in rows if ballot.closed_at is None or row.at <= ballot.closed_at]
    effects = {row.id: change.effect for row, change in zip(in_time, _written(in_time, made, {}), strict=True)}
    late = select(RollAddition.member_id).where(
        RollAddition.roll_id == ballot.roll_id, RollAddition.change_id.not_in(effects)
    )
    removals = select(RollRemoval.member_id, RollRemoval.change_id, RollRemoval.restored_id)
    off = {
        member_id
        for member_id, taken, restored in session.execute(removals.where(RollRemoval.roll_id == ballot.roll_id))
        if effects.get(taken, 0) < 0 and restored not in effects
    }
    return off | set(session.scalars(late))


def growth(connection: Connection, roll_id: int, definition: str, closed_at: datetime | None) -> int:
    """By how many the electorate of a ballot differs from its frozen roll, on a connection of one's own."""
    rows = _rows(connection, roll_id, closed_at)
    made = ledger_definition.loads(definition.encode()) if rows else None
    return sum(change.effect for change in _written(rows, made, {})) if made else 0


def _rows(session: Session | Connection, roll_id: int, closed_at: datetime | None) -> Sequence[RollChange]:
    """The changes of a roll up to a close, in order, as plain rows."""
    table = RollChange.__table__.c
    query = select(table.id, table.number, table.kind, table.at, table.people, table.hash, table.head, table.undoes)
    query = query.where(table.roll_id == roll_id).order_by(table.number)
    if closed_at is not None:
        query = query.where(table.at <= closed_at)
    return session.execute(query).all()  # type: ignore[return-value]


def _written(rows: Sequence[RollChange], made: Definition, units: dict[int, dict[str, int]]) -> list[Change]:
    changes: list[Change] = []
    for row in rows:
        at = to_the_second(row.at)
        undone = changes[row.undoes - 1].effect if row.undoes is not None else None
        effect = electorate.effect(row.kind, row.people, at, made.opens, made.casting.removed, undone)
        sign = (effect > 0) - (effect < 0)
        by_unit = {name: sign * count for name, count in units.get(row.id, {}).items()} if sign else {}
        changes.append(Change(at, row.kind, row.people, row.hash, row.head, effect, row.undoes, by_unit))
    return changes


def _units(session: Session, rows: Sequence[RollChange]) -> dict[int, dict[str, int]]:
    """Of each change how many people it is about in each unit, as on the roll."""
    found: dict[int, dict[str, int]] = {}
    ids = [row.id for row in rows]
    added = select(RollAddition.change_id, RollAddition.roll_id, RollAddition.member_id)
    taken = select(RollRemoval.change_id, RollRemoval.restored_id, RollRemoval.roll_id, RollRemoval.member_id)
    about = [tuple(row) for row in session.execute(added.where(RollAddition.change_id.in_(ids)))]
    for removal, restored, roll_id, member_id in session.execute(
        taken.where(or_(RollRemoval.change_id.in_(ids), RollRemoval.restored_id.in_(ids)))
    ):
        about += [(number, roll_id, member_id) for number in (removal, restored) if number is not None]
    people = {member_id for _, _, member_id in about}
    query = select(RollEntry.member_id, RollEntry.unit_id)
    roll_ids = {roll_id for _, roll_id, _ in about}
    frozen_at = session.scalar(select(Roll.frozen_at).where(Roll.id.in_(roll_ids)))
    names = unit_names.at_instant(session, frozen_at)
    rows_of = session.execute(query.where(RollEntry.roll_id.in_(roll_ids), RollEntry.member_id.in_(people)))
    homes = {member_id: names[unit_id] for member_id, unit_id in rows_of}
    for number, _, member_id in about:
        units = found.setdefault(number, {})
        units[homes[member_id]] = units.get(homes[member_id], 0) + 1
    return found
