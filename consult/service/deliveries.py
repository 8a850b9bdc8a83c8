"""What becomes of each voter's link to vote, written down as it happens; `delivery_ledger` reads it beside the roll."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import case, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from consult.domain.notices import KINDS
from consult.model.ballots import Envelope
from consult.model.boxes import RecordedVote
from consult.model.deliveries import Delivery
from consult.model.notices import Notice
from consult.model.paper_ballots import RETURNED, PaperIssue
from consult.model.roll_changes import still_on
from consult.model.rolls import RollEntry
from consult.model.store import alone, db, turn

#: The kinds of notice that carry a link to vote.
LINKED = frozenset(name for name, kind in KINDS.items() if kind.link == "vote")

#: What is said of a link that was not sent because nobody could vote any more; links are dropped then, never sent late.
TOO_LATE = "The ballot was cancelled, or had closed before this could be sent."


def put(
    session: Session, ballot_id: int, member_id: int, state: str, remark: str | None, *, doubled: bool = False
) -> None:
    """Write down what became of a voter's newest link, inside a transaction of the caller's; `state` "" leaves what it is."""
    kinds: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    values = {
        "ballot_id": ballot_id, "member_id": member_id, "state": state or "sent",
        "remark": remark[:300] if remark else None, "opened": False, "doubled": doubled,
    }  # fmt: skip
    made = kinds[session.get_bind().dialect.name](Delivery).values(**values)
    news = {"remark": made.excluded.remark, "doubled": or_(Delivery.doubled, made.excluded.doubled)}
    if state:
        news["state"] = made.excluded.state
    session.execute(made.on_conflict_do_update(index_elements=["ballot_id", "member_id"], set_=news))


def queue_roll(session: Session, roll_id: int, ballot_id: int) -> None:
    """A line for everybody on a roll, by one statement; a line that is there stays as it is."""
    chosen = select(
        literal(ballot_id), RollEntry.member_id, case((RollEntry.email.is_(None), "none"), else_="queued")
    ).where(RollEntry.roll_id == roll_id, still_on())
    kinds: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    made = kinds[session.get_bind().dialect.name](Delivery).from_select(["ballot_id", "member_id", "state"], chosen)
    session.execute(made.on_conflict_do_nothing())


def opened(ballot_id: int, member_id: int) -> None:
    """Write down that a voter's paper was shown, once; nothing says when. A database that is busy is not waited for twice,
    and nobody is kept from voting by it."""
    mine = (Delivery.ballot_id == ballot_id, Delivery.member_id == member_id)
    if db.session.scalar(select(Delivery.opened).where(*mine)) is not False:
        return
    try:
        with turn(db.engine), alone(db.engine) as connection:
            connection.execute(update(Delivery).where(*mine).values(opened=True))
    except OperationalError:
        return


def voted(session: Session, wanted: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these (ballot, member), those whose vote is in; three statements, however many."""
    ballots, people = {ballot for ballot, _ in wanted}, {member for _, member in wanted}
    found: set[tuple[int, int]] = set()
    for table in (Envelope, RecordedVote):
        query = select(table.ballot_id, table.member_id)
        query = query.where(table.ballot_id.in_(ballots), table.member_id.in_(people))
        found |= {(ballot, member) for ballot, member in session.execute(query)}
    papers = select(PaperIssue.ballot_id, PaperIssue.member_id).where(
        PaperIssue.ballot_id.in_(ballots), PaperIssue.member_id.in_(people), PaperIssue.status == RETURNED
    )
    return (found | {(ballot, member) for ballot, member in session.execute(papers)}) & set(wanted)


def withdraw_waiting(session: Session, ballot_id: int, member_id: int, at: Any, why: str) -> None:
    """Have links that still wait to be sent to a voter not sent any more: a newer one takes their place."""
    query = select(Notice).where(
        Notice.member_id == member_id, Notice.sent_at.is_(None), Notice.gave_up_at.is_(None), Notice.kind.in_(LINKED)
    )
    for notice in session.scalars(query):
        if notice.context["ballot"] == ballot_id:
            notice.gave_up_at, notice.fault = at, why
