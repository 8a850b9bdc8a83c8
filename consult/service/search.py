"""Searching everything that one may see, in one statement on either database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from consult.domain import policy, searching
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.domain.searching import EVERYONE, MEMBERS, SIGNED_IN, Query, Reference
from consult.model.store import db
from consult.service.search_statements import A_PAGE, Shape, statement

RELEVANCE, DATE = ORDERS = ("relevance", "date")
#: What is called by a number: where only a number was given, any of these.
_CALLED = (searching.MOTION, searching.AMENDMENT, searching.DECISION)
_FILTERS = ("kind", "unit_id", "consultation_id", "state", "since", "until")


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
        return any(getattr(self, name) for name in _FILTERS)


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

    Without words it is everything that it is narrowed down to, by date; without either, nothing. Something called by its
    number ("motion 12") stands first, then what has all the words in its heading, motions before the rest.
    """
    named = searching.reference(wanted.words)
    query = named.query if named else searching.parsed(wanted.words)
    if not query and (wanted.words.strip() or not wanted.narrowed):
        return Found(query, [])
    by_date = wanted.order == DATE or not query
    asked, values = _asked(wanted, query, None if by_date else named, by_date)
    who, about = _reader(actor, at)
    shape = Shape(db.engine.dialect.name, bool(query), by_date, **asked, **who)
    rows = list(db.session.connection().execute(statement(shape), values | about | {"now": at}))
    more = len(rows) > A_PAGE
    rows = rows[:A_PAGE]
    return Found(query, rows, _token(rows[-1], by_date) if more else "")


#: What decides the form of the statement, and the values that go into it.
_Parts = tuple[dict[str, Any], dict[str, Any]]


def _asked(wanted: Wanted, query: Query, named: Reference | None, by_date: bool) -> _Parts:
    """Of what is looked for: its words, the number that something is called by, the filters, where the page before ended."""
    filters = {name: value for name in _FILTERS if (value := getattr(wanted, name))}
    last = _last(wanted.after, by_date)
    values = filters | (last or {})
    if query:
        sqlite = db.engine.dialect.name == "sqlite"
        values["asked"] = query.fts5 if sqlite else query.tsquery
        if not by_date:
            values["headed"] = query.heading_fts5 if sqlite else query.heading_tsquery
    shape = {"narrowed": frozenset(filters), "later": last is not None}
    if named is not None:
        values |= {"number": named.number, "called": [named.kind] if named.kind else list(_CALLED)}
        shape["numbered"] = True
        if named.motion is not None:
            shape["of_motion"], values["motion"] = True, named.motion
    return shape, values


def _reader(actor: Actor, at: datetime) -> _Parts:
    """Of who looks: what they may see, their own, and registers that units keep to themselves (of one's home and what it stands
    under, and of those whom one is an officer of)."""
    if actor.member_id is None:
        return {"audiences": (EVERYONE,)}, {}
    audiences = (EVERYONE, SIGNED_IN, *(() if actor.status in (Status.FORMER, Status.LAPSED) else (MEMBERS,)))
    values: dict[str, Any] = {"own": actor.member_id}
    home = actor.home_path if actor.status is Status.MEMBER else None
    if registers := bool(home):
        values["homes"] = [int(number) for number in (home or "").split("/") if number]
    paths = sorted({"", *(holding.unit_path for holding in actor.holdings)})
    reads = [p for p in paths if policy.may(Permission.DECISIONS_READ_ALL, actor, _Place(p), at=at)]
    if everything := "" in reads:
        reads = []
    values |= {f"path_{number}": f"{path}%" for number, path in enumerate(reads)}
    shape = {"own": True, "registers": registers, "paths": len(reads), "all_registers": everything}
    return {"audiences": audiences, **shape}, values


def _last(after: str, by_date: bool) -> dict[str, Any] | None:
    """Where the page before ended; a place that cannot be read is the beginning."""
    where, _tilde, number = after.partition("~")
    try:
        last: Any = datetime.fromisoformat(where).astimezone(UTC) if by_date else float(where)
    except (ValueError, OverflowError):
        return None
    known = number.isascii() and number.isdigit() and len(number) < 10
    return {"last": last, "last_id": int(number)} if known else None


def _token(row: Row[Any], by_date: bool) -> str:
    return f"{row.place.isoformat() if by_date else repr(row.place)}~{row.id}"
