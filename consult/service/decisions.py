"""Registers of decisions: what every unit decided, numbered, searched and exported; most entries come from the acts themselves."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain import decisions as domain
from consult.domain import policy
from consult.domain.cells import guarded
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.mandates import Decision
from consult.model.store import db
from consult.model.units import Unit
from consult.service import units
from consult.service.act import Act, act
from consult.service.registering import enter
from consult.text.clauses import folded

A_PAGE = 25
LONGEST = 5_000


def may_read(unit: Unit, actor: Actor, at: datetime) -> bool:
    """Whether somebody may read the register of a unit."""
    officer = policy.may(Permission.DECISIONS_READ_ALL, actor, unit, at=at)
    return domain.may_read(units.profile(unit).readers, actor, unit.path, officer)


def require_reader(unit: Unit, actor: Actor, at: datetime) -> None:
    """Nothing for somebody who may read the register of a unit.

    Raises:
        NotAllowed: saying who may.
    """
    if not may_read(unit, actor, at):
        own = units.profile(unit).readers == "unit"
        raise NotAllowed(
            f"The register of decisions of {unit.name} is for {'members of the unit' if own else 'those who are signed in'}."
        )


@act(Permission.DECISION_ENTER, Event.DECISION_ENTERED)
def record(
    unit: Unit, kind: str, title: str, words: str, reason: str, decided_on: date, *, by: Actor, at: datetime, act: Act
) -> Decision:
    """Enter a vote of a meeting or an officer's own decision by hand.

    Raises:
        Invalid: naming the field: no title, no words, no reason of an officer, a day to come.
        OutOfOrder: if just this is entered already, as by a second press of the button.
    """
    problems = {}
    if kind not in domain.BY_HAND:
        problems["kind"] = "Choose who decided it."
    if not title.strip() or len(title.strip()) > 300:
        problems["title"] = "Give it a title of at most 300 characters."
    if not words.strip() or len(words.strip()) > LONGEST:
        problems["words"] = f"Say what was decided, in at most {LONGEST:,} characters."
    if kind == domain.OFFICER and not reason.strip():
        problems["reason"] = "An officer's decision needs its reason."
    elif len(reason.strip()) > LONGEST:
        problems["reason"] = f"Give the reason in at most {LONGEST:,} characters."
    if decided_on > at.date():
        problems["decided_on"] = "The day of the decision cannot be in the future."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    _require_new(act.session, unit, kind, title.strip(), words.strip(), decided_on)
    row = enter(act, unit.id, kind, title.strip(), words.strip(), reason=reason.strip(), decided_on=decided_on)
    act.note(unit=unit.id, number=row.number)
    return row


def _require_new(session: Session, unit: Unit, kind: str, title: str, words: str, decided_on: date) -> None:
    session.scalars(select(Unit.id).where(Unit.id == unit.id).with_for_update()).one()
    same = select(Decision.number).where(
        Decision.unit_id == unit.id, Decision.kind == kind, Decision.title == title, Decision.words == words,
        Decision.decided_on == decided_on,
    )  # fmt: skip
    if number := session.scalar(same.limit(1)):
        raise OutOfOrder(f"This is entered already: it is decision {number} of {unit.name}.")


def _found(unit: Unit, words: str, kind: str) -> Select[Decision]:
    query = select(Decision).where(Decision.unit_id == unit.id)
    if kind in domain.KINDS:
        query = query.where(Decision.kind == kind)
    for word in folded([words]).split()[:8]:
        query = query.where(Decision.search_text.contains(word, autoescape=True))
    return query


def search(unit: Unit, words: str = "", kind: str = "", page: int = 1) -> tuple[list[Decision], int]:
    """One page of a unit's register, the last decision first, and how many entries match."""
    query = _found(unit, words, kind)
    many = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = query.order_by(Decision.number.desc()).limit(A_PAGE).offset(A_PAGE * (max(page, 1) - 1))
    return list(db.session.scalars(rows)), many


def as_csv(unit: Unit, words: str = "", kind: str = "") -> Iterator[str]:
    """The register as CSV, from the first decision on, a piece at a time. No cell is read as a formula by a spreadsheet."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["number", "decided on", "kind", "title", "decision", "reason", "entered at"])
    query = _found(unit, words, kind).order_by(Decision.number).options(joinedload(Decision.unit))
    for row in db.session.scalars(query.execution_options(yield_per=500)):
        cells = [row.title, row.words, row.reason]
        writer.writerow([row.number, row.decided_on.isoformat(), row.kind, *map(guarded, cells), row.at.isoformat()])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()
