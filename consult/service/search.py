"""Searching everything that one may see, in one statement on either database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Double, Row, and_, cast, column, false, func, literal_column, or_, select, table, true
from sqlalchemy.dialects.postgresql import TSQUERY

from consult.domain import policy, searching
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.domain.searching import EVERYONE, MEMBERS, OF_UNIT, SIGNED_IN, Query
from consult.model.consultations import Consultation
from consult.model.motions import Motion
from consult.model.search import SearchDocument
from consult.model.store import db
from consult.model.units import Unit

A_PAGE = 20
#: Of a text, the characters in which the excerpt is looked for.
READ = 40_000
RELEVANCE, DATE = ORDERS = ("relevance", "date")


@dataclass(frozen=True)
class Wanted:
    """What is looked for: words, and what it is narrowed down to. `after` is the place where the page before ended."""

    words: str = ""
    kind: str = ""
    #: Of this unit and those below it.
    unit_id: int | None = None
    consultation_id: int | None = None
    state: str = ""
    #: From this instant up to, not including, that one.
    since: datetime | None = None
    until: datetime | None = None
    order: str = RELEVANCE
    after: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything but words is asked for."""
        return bool(self.kind or self.unit_id or self.consultation_id or self.state or self.since or self.until)


@dataclass(frozen=True)
class Found:
    """A page of what was found, and the place where the next one begins ("" where this is the last)."""

    query: Query
    rows: list[Row[Any]]
    after: str = ""


@dataclass(frozen=True)
class _Place:
    """A place in the tree of units, to ask the policy about."""

    unit_path: str


def find(wanted: Wanted, actor: Actor, at: datetime) -> Found:
    """A page of what a person may see and looks for: one statement, whatever is asked; no question is refused.

    Without words it is everything that it is narrowed down to, by date; without either, nothing.
    """
    query = searching.parsed(wanted.words)
    if not query and (wanted.words.strip() or not wanted.narrowed):
        return Found(query, [])
    by_date = wanted.order == DATE or not query
    chosen, place = _matching(query, by_date)
    chosen = chosen.where(_visible(actor, at), *_narrowed(wanted))
    chosen = _from(chosen, place, by_date, wanted.after).limit(A_PAGE + 1)
    rows = list(db.session.execute(_shown(chosen, by_date)))
    more = len(rows) > A_PAGE
    rows = rows[:A_PAGE]
    return Found(query, rows, _token(rows[-1], by_date) if more else "")


def _matching(query: Query, by_date: bool) -> tuple[Any, Any]:
    """The documents that match, each with its place in the order: a rank (the least is the best), or its date."""
    if not query:
        return select(SearchDocument.id, SearchDocument.at.label("place")), SearchDocument.at
    if db.engine.dialect.name == "sqlite":
        index = table("search_index", column("rowid"), column("rank", Double()))
        place: Any = SearchDocument.at if by_date else index.c.rank
        found = select(SearchDocument.id, place.label("place")).select_from(index)
        found = found.join(SearchDocument, SearchDocument.id == index.c.rowid)
        return found.where(literal_column("search_index").op("MATCH")(query.fts5)), place
    asked = cast(query.tsquery, TSQUERY)
    rank: Any = -cast(func.ts_rank(SearchDocument.vector, asked, 1), Double())
    place = SearchDocument.at if by_date else rank
    return select(SearchDocument.id, place.label("place")).where(SearchDocument.vector.op("@@")(asked)), place


def _visible(actor: Actor, at: datetime) -> Any:
    """What a person may see, by the audience of each document and the instant from which it is shown."""
    audiences = [EVERYONE]
    own: Any = false()
    also: list[Any] = []
    if actor.member_id is not None:
        own = SearchDocument.owner_id == actor.member_id
        audiences.append(SIGNED_IN)
        if actor.status not in (Status.FORMER, Status.LAPSED):
            audiences.append(MEMBERS)
        also = _registers(actor, at)
    seen = or_(SearchDocument.audience.in_(audiences), *also)
    shown = or_(SearchDocument.visible_from.is_(None), SearchDocument.visible_from <= at)
    return or_(and_(seen, shown), own)


def _registers(actor: Actor, at: datetime) -> list[Any]:
    """Registers that units keep to themselves: of one's home and what it stands under, and of those whom one is an officer of."""
    found = []
    if actor.status is Status.MEMBER and actor.home_path:
        above = [int(number) for number in actor.home_path.split("/") if number]
        found.append(and_(SearchDocument.audience == OF_UNIT, SearchDocument.unit_id.in_(above)))
    paths = {"", *(holding.unit_path for holding in actor.holdings)}
    reads = [p for p in paths if policy.may(Permission.DECISIONS_READ_ALL, actor, _Place(p), at=at)]
    if reads:
        below = or_(*(Unit.path.startswith(path, autoescape=True) if path else true() for path in reads))
        units = select(Unit.id).where(below)
        found.append(and_(SearchDocument.audience == OF_UNIT, SearchDocument.unit_id.in_(units)))
    return found


def _narrowed(wanted: Wanted) -> list[Any]:
    found: list[Any] = []
    if wanted.kind:
        found.append(SearchDocument.kind == wanted.kind)
    if wanted.unit_id:
        above = select(Unit.path).where(Unit.id == wanted.unit_id).scalar_subquery()
        found.append(SearchDocument.unit_id.in_(select(Unit.id).where(Unit.path.startswith(above))))
    if wanted.consultation_id:
        found.append(SearchDocument.consultation_id == wanted.consultation_id)
    if wanted.state:
        found.append(SearchDocument.state == wanted.state)
    if wanted.since:
        found.append(SearchDocument.at >= wanted.since)
    if wanted.until:
        found.append(SearchDocument.at < wanted.until)
    return found


def _from(chosen: Any, place: Any, by_date: bool, after: str) -> Any:
    """In order, from where the page before ended; a place that cannot be read is the beginning."""
    where, _tilde, number = after.partition("~")
    try:
        last: Any = datetime.fromisoformat(where).astimezone(UTC) if by_date else float(where)
        known = number.isascii() and number.isdigit() and len(number) < 10
    except (ValueError, OverflowError):
        known = False
    if by_date:
        if known:
            chosen = chosen.where(or_(place < last, and_(place == last, SearchDocument.id < int(number))))
        return chosen.order_by(place.desc(), SearchDocument.id.desc())
    if known:
        chosen = chosen.where(or_(place > last, and_(place == last, SearchDocument.id > int(number))))
    return chosen.order_by(place, SearchDocument.id)


def _token(row: Row[Any], by_date: bool) -> str:
    return f"{row.place.isoformat() if by_date else repr(row.place)}~{row.id}"


def _shown(chosen: Any, by_date: bool) -> Any:
    """What pages show of the documents chosen, with the motion and consultation that they belong to as they are called now."""
    few = chosen.subquery()
    order = (few.c.place.desc(), few.c.id.desc()) if by_date else (few.c.place, few.c.id)
    return (
        select(
            few.c.id, few.c.place, SearchDocument.kind, SearchDocument.subject_id, SearchDocument.heading,
            func.substr(SearchDocument.body, 1, READ).label("body"), SearchDocument.state, SearchDocument.at,
            SearchDocument.unit_id, Unit.name.label("unit"), SearchDocument.motion_id,
            Motion.number.label("motion_number"), Motion.title.label("motion_title"),
            SearchDocument.consultation_id, Consultation.title.label("consultation"),
        )
        .join(SearchDocument, SearchDocument.id == few.c.id)
        .outerjoin(Unit, Unit.id == SearchDocument.unit_id)
        .outerjoin(Motion, Motion.id == SearchDocument.motion_id)
        .outerjoin(Consultation, Consultation.id == SearchDocument.consultation_id)
        .order_by(*order)
    )  # fmt: skip
