"""The order of votes: by default where amendments stand in the text, else as the committee sets it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from consult.domain.errors import Invalid, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot, Question
from consult.model.motions import Motion
from consult.model.store import db
from consult.service.act import Act, act
from consult.text.clauses import Document
from consult.text.operations import Insert, Move, Operation, ReplaceAll, operations_from_data


def on_paper(motion: Motion) -> list[Amendment]:
    """The amendments that will be voted on, in the order of votes."""
    query = select(Amendment).where(Amendment.motion_id == motion.id, Amendment.state == "on the order paper")
    return list(db.session.scalars(query.order_by(Amendment.order.is_(None), Amendment.order, Amendment.number)))


def default(rule: str, document: Document, amendments: Sequence[Amendment]) -> list[Amendment]:
    """Amendments in the rulebook's order: "by clause" (where each first touches the text) or "order received"."""
    if rule == "order received":
        return sorted(amendments, key=lambda row: row.number or 0)
    return sorted(amendments, key=lambda row: (*_place(document, row), row.number or 0))


def _place(document: Document, row: Amendment) -> tuple[int, int]:
    """(clause, word) of the first thing it touches; delete-all-and-insert comes before everything."""
    return min((_touch(document, operation) for operation in operations_from_data(row.operations)), default=(0, 0))


def _touch(document: Document, operation: Operation) -> tuple[int, int]:
    if isinstance(operation, ReplaceAll):
        return (-1, 0)
    if isinstance(operation, Insert):
        return (document.index.get(operation.after, -1), 1_000_000)
    if isinstance(operation, Move):
        return (document.index.get(operation.clause, -1), 0)
    return (document.index.get(operation.clause, -1), getattr(operation, "start", 0))


def moved(order: Sequence[int], amendment_id: int, up: bool) -> list[int]:
    """The order with one amendment a place further up or down; at the end it stays.

    >>> moved([1, 2, 3], 3, True), moved([1, 2, 3], 3, False)
    ([1, 3, 2], [1, 2, 3])
    """
    found = list(order)
    if amendment_id not in found:
        return found
    place = found.index(amendment_id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found


@act(Permission.ORDER_SET, Event.ORDER_SET)
def set_order(
    motion: Motion, order: Sequence[int], *, seen: Sequence[int] | None = None, by: Actor, at: datetime, act: Act
) -> Motion:
    """Set the order in which the amendments of a frozen motion are voted on; `order` holds each amendment's id once.

    `seen` is the order that the page showed.

    Raises:
        OutOfOrder: if the text is not frozen, or the motion is on a ballot. Stale: if somebody changed the order since.
        Invalid: if an amendment is missing.
    """
    if motion.state != "on the order paper":
        raise OutOfOrder(f"{motion.label} is {motion.state}; the order of votes is set while it is on the order paper.")
    live = (
        select(Ballot.title)
        .join(Question)
        .where(Question.motion_id == motion.id, Ballot.state.not_in(("cancelled", "annulled", "published")))
    )
    if title := act.session.scalar(live.limit(1)):
        raise OutOfOrder(f"{motion.label} is on the ballot “{title}”: take it off the paper before changing its order.")
    rows = {row.id: row for row in on_paper(motion)}
    if seen is not None and list(seen) != list(rows):
        raise Stale(f"The order of votes was changed since you opened the page. {act.what_changed(motion)}".strip())
    if sorted(order) != sorted(rows):
        raise Invalid("The order must name each amendment on the order paper once; look at the page again.")
    for place, amendment_id in enumerate(order, start=1):
        rows[amendment_id].order = place
    act.note(order=list(order))
    return motion
