"""The delivery ledger of a ballot: for every voter on the roll whether a link went out, came back, was opened, and whether
the vote is in; never how. Every figure comes from one statement that begins at the roll, so the totals are the roll's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from consult.model.ballots import Ballot, Envelope
from consult.model.boxes import RecordedVote
from consult.model.deliveries import Delivery
from consult.model.members import Member
from consult.model.paper_ballots import CANCELLED, RETURNED, PaperIssue
from consult.model.roll_changes import still_on
from consult.model.rolls import RollEntry
from consult.model.store import db
from consult.model.units import Unit
from consult.service import deliveries, members

PER_PAGE = 50

#: A query for rows of any shape.
Query = Select[*tuple[Any, ...]]

#: What a voter's line can say of the link; "late": voting was over, or the ballot cancelled, before it could be sent;
#: "missing": there is an address, and no notice was ever queued.
STATES = ("queued", "sent", "bounced", "failed", "late", "missing", "none")


@dataclass(frozen=True)
class Totals:
    """The figures of a ledger. on_roll = queued + sent + bounced + failed + late + missing + none."""

    on_roll: int
    #: How many voters there are of each of `STATES`.
    states: dict[str, int]
    opened: int
    voted: int
    #: Voters to whom a paper is out, and whose paper is in.
    papers_out: int
    papers_in: int
    #: Without an address and without a paper: nothing reaches them yet.
    unreached: int
    #: Messages that may have gone twice.
    doubled: int


@dataclass(frozen=True)
class Line:
    """One voter's line."""

    member_id: int
    name: str
    number: str
    branch: str
    address: str
    state: str
    remark: str
    opened: bool
    voted: bool
    paper: str


def _state(ballot: Ballot, at: datetime) -> ColumnElement[str]:
    """What a voter's line says; a line that was never written is told by whether there is an address.

    Nothing that carries a link is sent once nobody can vote any more: what waited until then came too late.
    """
    never = case((RollEntry.email.is_(None), "none"), else_="missing")
    late = (Delivery.state == "failed") & (Delivery.remark == deliveries.TOO_LATE)
    if ballot.phase(at) in ("grace", "over") or ballot.state in ("cancelled", "annulled"):
        late |= Delivery.state == "queued"
    return case((Delivery.state.is_(None), never), (late, "late"), else_=Delivery.state)


def _voted(ballot_id: int) -> ColumnElement[bool]:
    """Whether a vote of this voter is in: sealed, recorded by name, or on paper."""
    return or_(Envelope.member_id.is_not(None), RecordedVote.member_id.is_not(None), PaperIssue.status == RETURNED)


def _beside(query: Query, ballot: Ballot) -> Query:
    """Everybody on the roll, each beside what is known of the link, the vote and the paper."""
    mine = ballot.id
    return (
        query.select_from(RollEntry)
        .outerjoin(Delivery, (Delivery.ballot_id == mine) & (Delivery.member_id == RollEntry.member_id))
        .outerjoin(Envelope, (Envelope.ballot_id == mine) & (Envelope.member_id == RollEntry.member_id))
        .outerjoin(RecordedVote, (RecordedVote.ballot_id == mine) & (RecordedVote.member_id == RollEntry.member_id))
        .outerjoin(
            PaperIssue,
            (PaperIssue.ballot_id == mine)
            & (PaperIssue.member_id == RollEntry.member_id)
            & (PaperIssue.status != CANCELLED),
        )
        .where(RollEntry.roll_id == ballot.roll_id, still_on())
    )


def totals(ballot: Ballot, at: datetime) -> Totals:
    """The figures of a ballot's ledger at an instant, by one statement whatever the size of the roll."""
    told_of: dict[str, ColumnElement[Any]] = {
        "link": _state(ballot, at),
        "seen": func.coalesce(Delivery.opened, False),
        "is_in": _voted(ballot.id),
        "paper": func.coalesce(PaperIssue.status, ""),
        "twice": func.coalesce(Delivery.doubled, False),
    }
    columns = [expression.label(f"of_{name}") for name, expression in told_of.items()]
    query = _beside(select(*columns, func.count().label("n")), ballot).group_by(*columns)
    states: Counter[str] = Counter(dict.fromkeys(STATES, 0))
    told: Counter[str] = Counter()
    for row in db.session.execute(query):
        states[row.of_link] += row.n
        told["all"] += row.n
        for name, holds in (
            ("opened", row.of_seen),
            ("voted", row.of_is_in),
            ("out", row.of_paper == "issued"),
            ("in", row.of_paper == RETURNED),
            ("unreached", row.of_link == "none" and not row.of_paper and not row.of_is_in),
            ("doubled", row.of_twice),
        ):
            told[name] += row.n if holds else 0
    return Totals(
        told["all"], dict(states), told["opened"], told["voted"], told["out"], told["in"], told["unreached"],
        told["doubled"],
    )  # fmt: skip


#: What the list can be narrowed to: the states, and these.
FILTERS = (*STATES, "opened", "voted", "not voted", "paper out", "paper in", "unreached", "doubled")


def _narrowed(query: Query, ballot: Ballot, at: datetime, show: str, words: str) -> Query:
    said = _state(ballot, at)
    conditions: dict[str, ColumnElement[bool]] = {
        **{state: said == state for state in STATES},
        "opened": Delivery.opened.is_(True),
        "voted": _voted(ballot.id),
        "not voted": ~func.coalesce(_voted(ballot.id), False),
        "paper out": PaperIssue.status == "issued",
        "paper in": PaperIssue.status == RETURNED,
        "unreached": (said == "none") & PaperIssue.status.is_(None) & ~func.coalesce(_voted(ballot.id), False),
        "doubled": Delivery.doubled.is_(True),
    }
    if show in conditions:
        query = query.where(conditions[show])
    return members.narrowed(query, words) if words else query


@dataclass(frozen=True)
class Page:
    """One page of a ledger; `more` says that another follows."""

    lines: list[Line]
    page: int
    more: bool


def page(ballot: Ballot, at: datetime, show: str = "", words: str = "", number: int = 1) -> Page:
    """One page of the ledger, in the order in which people joined the register; by one statement.

    `show` is one of `FILTERS` or "" for all; `words` are looked for as in the register.
    """
    columns = (
        RollEntry.member_id, Member.name, Member.number, Unit.name.label("branch"), RollEntry.email,
        _state(ballot, at).label("state"), Delivery.remark, func.coalesce(Delivery.opened, False).label("opened"),
        func.coalesce(_voted(ballot.id), False).label("voted"), PaperIssue.status.label("paper"),
    )  # fmt: skip
    query = _beside(select(*columns), ballot).join(Member, Member.id == RollEntry.member_id)
    query = _narrowed(query.join(Unit, Unit.id == RollEntry.unit_id), ballot, at, show, words)
    number = max(1, min(number, 100_000))
    query = query.order_by(RollEntry.member_id).offset((number - 1) * PER_PAGE).limit(PER_PAGE + 1)
    rows = list(db.session.execute(query))
    lines = [
        Line(
            row.member_id, row.name, row.number, row.branch, row.email or "", row.state, row.remark or "",
            bool(row.opened), bool(row.voted), row.paper or "",
        )
        for row in rows[:PER_PAGE]
    ]  # fmt: skip
    return Page(lines, number, len(rows) > PER_PAGE)
