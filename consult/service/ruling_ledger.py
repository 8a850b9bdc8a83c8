"""The public ledger of rulings: every ruling ever made, found by words, decision, kind and motion, and its corrections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.amendments import Amendment
from consult.model.motions import Appeal, Motion, Ruling
from consult.model.rulings import RulingCorrection
from consult.model.store import db
from consult.service import rulings
from consult.service.act import Act, act

A_PAGE = 50
#: What can be asked for → what it is called.
KINDS = {
    "motion": "rulings on motions",
    "amendment": "rulings on amendments",
    "appealed": "rulings that were appealed",
    "order": "challenges to orders of votes",
}


@dataclass(frozen=True)
class Wanted:
    """Which rulings are listed: with all of these words, of a decision, of a kind, about one motion and its amendments."""

    words: str = ""
    decision: str = ""
    kind: str = ""
    motion_id: int | None = None


def found(wanted: Wanted, page: int = 1) -> tuple[list[Ruling], int, int]:
    """A page of rulings, newest first, how many pages there are, and how many rulings: two statements and their joins."""
    of = func.coalesce(Ruling.motion_id, Amendment.motion_id)
    query = select(Ruling).outerjoin(Amendment, Amendment.id == Ruling.amendment_id).join(Motion, Motion.id == of)
    for word in wanted.words.split()[:12]:
        like = f"%{_literal(word.lower())}%"
        fields = (Ruling.rule, Ruling.reason, Motion.title, "motion " + cast(Motion.number, String))
        query = query.where(or_(*(func.lower(text).like(like, escape="\\") for text in fields)))
    if wanted.decision in rulings.STEPS:
        query = query.where(Ruling.decision == wanted.decision)
    if wanted.kind == "appealed":
        query = query.where(Ruling.id.in_(select(Appeal.ruling_id)))
    elif wanted.kind == "order":
        query = query.where(false())
    elif wanted.kind in KINDS:
        column = Ruling.motion_id if wanted.kind == "motion" else Ruling.amendment_id
        query = query.where(column.is_not(None))
    if wanted.motion_id is not None:
        query = query.where(of == wanted.motion_id)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = query.options(*_loaded()).order_by(Ruling.at.desc(), Ruling.id.desc())
    return (
        list(db.session.scalars(rows.limit(A_PAGE).offset((max(page, 1) - 1) * A_PAGE))),
        max(1, -(-total // A_PAGE)),
        total,
    )


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _loaded() -> tuple[Any, ...]:
    return (
        joinedload(Ruling.by),
        joinedload(Ruling.motion).joinedload(Motion.unit),
        joinedload(Ruling.amendment).options(joinedload(Amendment.motion), joinedload(Amendment.unit)),
        selectinload(Ruling.appeal).joinedload(Appeal.decided_by),
    )


def corrections(ids: Iterable[int]) -> dict[int, int]:
    """Ruling → the later one that corrects it, among some rulings: one statement."""
    query = select(RulingCorrection.corrects_id, RulingCorrection.ruling_id)
    rows = db.session.execute(query.where(RulingCorrection.corrects_id.in_(list(ids))))
    return {row.corrects_id: row.ruling_id for row in rows}


#: What a correction can decide → the step that it is.
STEPS = {"in order": "correct to in order", "queried": "correct to queried", "ruled out": "correct to ruled out"}


@act(Permission.MOTION_RULE, None)
def correct(
    subject: rulings.Subject,
    ruling: Ruling,
    decision: str,
    order: str,
    reason: str,
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> Ruling:
    """Correct the latest ruling by a new one, with its own rule and reason; the earlier one stays in the ledger.

    Raises:
        OutOfOrder: if it is not the latest ruling, was appealed, decides the same, or what it is about has gone on.
        Invalid: without a standing order of the rulebook, or a reason.
    """
    newest = rulings.latest(subject, act.session)
    if newest is None or newest.id != ruling.id:
        raise OutOfOrder("This ruling is not the latest one; only the latest can be corrected.")
    if newest.appeal is not None:
        raise OutOfOrder(
            "This ruling was appealed: the complaints panel decides, and the committee does not correct it."
        )
    if decision == newest.decision:
        sentence = f"It is {decision} already; a correction decides otherwise."
        raise Invalid(sentence, {"decision": sentence})
    text = rulings.checked(subject, decision, order, reason)
    step = act.step(subject, STEPS[decision])
    made = rulings.keep(act, subject, decision, text, reason)
    act.session.add(RulingCorrection(ruling_id=made.id, corrects_id=newest.id))
    act.session.flush()
    act.record(step.event, subject, ruling=made.id, rule=order, corrects=newest.id, **act.data)
    rulings.tell(act, subject, made)
    return made
