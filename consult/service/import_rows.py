"""The rows of an import beside the register: which are new, which change what, which are wrong, and who is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from consult.domain.roles import Status
from consult.model.imports import ImportRow
from consult.model.members import Member
from consult.model.units import Unit

#: merged: the number is of an entry that was merged into another; erased: of somebody whose data was erased, and who is
#: not put back. Such rows are passed over.
OUTCOMES = ("wrong", "new", "changed", "unchanged", "merged", "erased")
PER_PAGE = 50
_BATCH = 5_000

#: A query for rows of any shape.
Query = Select[*tuple[Any, ...]]

#: Those whom a full list would name; who is missing from it is proposed as lapsed.
_EXPECTED = (Status.MEMBER.value, Status.SUPPORTER.value)

#: (the register's, the file's) of what a file need not say; an empty cell changes nothing.
OPTIONAL: tuple[tuple[Any, Any], ...] = (
    (Member.phone, ImportRow.phone),
    (Member.address, ImportRow.address),
    (Member.paid_until, ImportRow.paid_until),
)

_Home, _Now = aliased(Unit, name="home"), aliased(Unit, name="now")


@dataclass(frozen=True)
class Change:
    """One value that an import would change; instants for the date of joining, else text."""

    what: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Row:
    """One row of the file and what would become of it."""

    #: On which it begins in the file; 0 for somebody whom the file does not name.
    line: int
    number: str
    name: str
    email: str | None
    branch: str
    status: str
    joined_at: datetime | None
    outcome: str
    fault: str
    changes: tuple[Change, ...]
    phone: str | None = None
    address: str | None = None
    paid: datetime | None = None
    #: The entry of the register that it stands beside; None for a new one.
    member_id: int | None = None

    @property
    def remark(self) -> str:
        """What is wrong with it, for where the line's number stands beside it."""
        return self.fault.removeprefix(f"Line {self.line}: ")

    @property
    def besides(self) -> tuple[tuple[str, Any], ...]:
        """What a new entry would have besides its columns in the report: (what, text or an instant of the day)."""
        said = (
            ("e-mail", self.email),
            ("telephone", self.phone),
            ("postal address", self.address),
            ("paid until", self.paid),
        )
        return tuple(one for one in said if one[1]) if self.outcome == "new" else ()


@dataclass(frozen=True)
class Page:
    """One page of rows, or of the members missing from the file."""

    rows: list[Any]
    page: int
    last: int
    total: int

    @property
    def people(self) -> list[int]:
        """The members (ids) of whom the page shows what the register says, and not only what the file says."""
        return [row.member_id for row in self.rows if row.outcome in ("changed", "missing")]


def changed() -> ColumnElement[bool]:
    """Whether a row says something else than the register does; of a merged or erased entry nothing is said any more."""
    agrees = and_(ImportRow.joined_at <= Member.joined_at, Member.joined_at < ImportRow.joined_before)
    differs = or_(
        Member.name != ImportRow.name,
        Member.email.is_distinct_from(ImportRow.email),
        Member.status != ImportRow.status,
        Member.unit_id.is_distinct_from(ImportRow.unit_id),
        not_(agrees),
        *(and_(said.is_not(None), has.is_distinct_from(said)) for has, said in OPTIONAL),
    )
    return and_(Member.merged_into_id.is_(None), Member.erased_at.is_(None), differs)


def _outcome() -> ColumnElement[str]:
    return case(
        (ImportRow.fault.is_not(None), "wrong"),
        (Member.id.is_(None), "new"),
        (Member.erased_at.is_not(None), "erased"),
        (Member.merged_into_id.is_not(None), "merged"),
        (changed(), "changed"),
        else_="unchanged",
    )


def _beside(query: Query, file_id: int) -> Query:
    """The rows of a file, each beside the member of its number."""
    return (
        query.select_from(ImportRow)
        .outerjoin(Member, Member.number == ImportRow.number)
        .where(ImportRow.file_id == file_id)
    )


@dataclass(frozen=True)
class Seen:
    """What a file comes to beside the register of this moment: rows by outcome, how many are missing from the file,
    and a fingerprint of everything that the report shows: of what its rows would do, a space, of who is missing."""

    counts: dict[str, int]
    missing: int
    fingerprint: str


#: Large enough a prime that different people rarely weigh the same, small enough that sums stay within 64 bits.
_PRIME = 65_521


def seen(session: Session, file_id: int) -> Seen:
    """Lay a file beside the register: two statements that the database answers with a few figures, and the changed rows.

    The fingerprint tells whether the register has changed since: per outcome the number of rows and sums over their
    lines and members, the same of those who are missing, and every value that would be changed.
    """
    outcome = _outcome()
    weight = func.coalesce(Member.id, 0) % _PRIME
    sums = select(
        outcome.label("outcome"),
        func.count(),
        func.sum(cast(ImportRow.line, BigInteger)),
        func.sum(cast(ImportRow.line % _PRIME, BigInteger) * weight),
    )
    found = {row[0]: row[1:] for row in session.execute(_beside(sums, file_id).group_by("outcome"))}
    missing = session.execute(
        missing_from(
            select(
                func.count(),
                func.sum(cast(Member.id, BigInteger)),
                func.sum(cast(Member.id % _PRIME, BigInteger) * (Member.id % _PRIME)),
            ).select_from(Member),
            file_id,
        )
    ).one()
    digest = hashlib.sha256()
    for name in OUTCOMES:
        digest.update(f"{name} {' '.join(str(int(value)) for value in found.get(name, ()))}\n".encode())
    if "changed" in found:
        _digest_changed(session, file_id, digest.update)
    absent = hashlib.sha256(" ".join(str(int(value or 0)) for value in missing).encode())
    counts = {name: int(found[name][0]) if name in found else 0 for name in OUTCOMES}
    return Seen(counts, missing[0], f"{digest.hexdigest()} {absent.hexdigest()}")


def _digest_changed(session: Session, file_id: int, update: Callable[[bytes], None]) -> None:
    old = (Member.id, Member.name, Member.email, Member.status, Member.joined_at, Member.unit_id)
    more = (Member.phone, Member.address, Member.paid_until)
    query = _beside(select(ImportRow.line, *old, *more), file_id).where(
        ImportRow.fault.is_(None), Member.id.is_not(None)
    )
    query = query.where(changed()).order_by(ImportRow.line)
    for row in session.execute(query.execution_options(yield_per=_BATCH)):
        update("\x1f".join(map(str, row)).encode() + b"\n")


def missing_from(query: Query, file_id: int) -> Query:
    """Narrow a query over members to those whom a full list would name and the file does not."""
    named = select(ImportRow.number).where(ImportRow.file_id == file_id)
    return query.where(Member.status.in_(_EXPECTED), Member.erased_at.is_(None), Member.number.not_in(named))


def count_missing(session: Session, file_id: int) -> int:
    """How many members and supporters of the register the file does not name."""
    return session.scalar(missing_from(select(func.count()).select_from(Member), file_id)) or 0


def count_standing(session: Session) -> int:
    """How many members and supporters the register has."""
    query = select(func.count()).select_from(Member)
    return session.scalar(query.where(Member.status.in_(_EXPECTED), Member.erased_at.is_(None))) or 0


def missing_page(session: Session, file_id: int, page: int) -> Page:
    """A page of the members whom the file does not name: number, name, branch, status; and id and outcome."""
    total = count_missing(session, file_id)
    last = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), last)
    columns = select(
        Member.number, Member.name, Member.status, Unit.name.label("branch"), Member.id.label("member_id"),
        literal("missing").label("outcome"),
    )  # fmt: skip
    query = missing_from(columns.join(Unit, Unit.id == Member.unit_id), file_id).order_by(Member.number)
    return Page(list(session.execute(query.offset((page - 1) * PER_PAGE).limit(PER_PAGE))), page, last, total)


def lapse_missing(session: Session, file_id: int) -> int:
    """Put down everybody whom the file does not name as lapsed; how many."""
    chosen = missing_from(select(Member.id), file_id)
    done: Any = session.execute(
        update(Member)
        .where(Member.id.in_(chosen))
        .values(status=Status.LAPSED.value)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)


def _full(file_id: int) -> Query:
    # columns, not objects: a report of half a million rows would make, and throw away, one for each
    columns = select(
        ImportRow.line,
        ImportRow.number,
        ImportRow.name,
        ImportRow.email,
        ImportRow.branch,
        ImportRow.status,
        ImportRow.joined_at,
        ImportRow.joined_before,
        ImportRow.phone,
        ImportRow.address,
        ImportRow.paid_until,
        ImportRow.fault,
        Member.id.label("member_id"),
        Member.name.label("old_name"),
        Member.email.label("old_email"),
        Member.status.label("old_status"),
        Member.joined_at.label("old_joined_at"),
        Member.unit_id.label("old_unit_id"),
        Member.phone.label("old_phone"),
        Member.address.label("old_address"),
        Member.paid_until.label("old_paid_until"),
        _Now.name.label("old_branch"),
        _Home.name.label("new_branch"),
        _outcome().label("outcome"),
    )
    query = _beside(columns, file_id)
    return query.outerjoin(_Now, _Now.id == Member.unit_id).outerjoin(_Home, _Home.id == ImportRow.unit_id)


def rows_page(session: Session, file_id: int, outcome: str, page: int, total: int) -> Page:
    """A page of the rows that come to an outcome ("": all), in the order of the file; `total` is how many there are."""
    last = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), last)
    query = _full(file_id).order_by(ImportRow.line).offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    if outcome:
        query = query.where(_outcome() == outcome)
    return Page([_row(found) for found in session.execute(query)], page, last, total)


def all_rows(session: Session, file_id: int) -> Iterator[Row]:
    """Every row in the order of the file, streamed."""
    query = _full(file_id).order_by(ImportRow.line).execution_options(yield_per=_BATCH)
    for found in session.execute(query):
        yield _row(found)


def all_missing(session: Session, file_id: int, *, lapsing: bool = False) -> Iterator[Row]:
    """Everybody whom a full list would name and the file does not, by their numbers, streamed: on no line of the file.

    `lapsing` is whether they are about to lapse with it: then each is told as “lapsed”, else as “missing”. Names and
    addresses are left out: a list of them is an export of members' data, which two people agree to.
    """
    columns = select(Member.number, Member.status, Member.joined_at, Unit.name.label("branch"))
    query = missing_from(columns.join(Unit, Unit.id == Member.unit_id), file_id).order_by(Member.number)
    for row in session.execute(query.execution_options(yield_per=_BATCH)):
        changes = (Change("status", row.status, Status.LAPSED.value),) if lapsing else ()
        outcome, status = ("lapsed", Status.LAPSED.value) if lapsing else ("missing", row.status)
        yield Row(0, row.number, "", None, row.branch, status, row.joined_at, outcome, "", changes)


def last_day(until: datetime | None) -> datetime | None:
    """An instant of the last day before `until`: what is paid until midnight is paid for the day before."""
    return until and until - timedelta(microseconds=1)


def _row(row: Any) -> Row:
    branch = row.new_branch or row.branch
    changes: list[Change] = []
    if row.outcome == "changed":
        pairs = [
            ("name", row.old_name, row.name),
            ("e-mail", row.old_email, row.email),
            ("status", row.old_status, row.status),
            ("branch", row.old_branch, branch),
        ]
        said = [
            ("telephone", row.old_phone, row.phone),
            ("postal address", row.old_address, row.address),
            ("paid until", last_day(row.old_paid_until), last_day(row.paid_until)),
        ]
        pairs += [pair for pair in said if pair[2] is not None]
        changes = [Change(what, old, new) for what, old, new in pairs if old != new]
        assert row.joined_at is not None and row.joined_before is not None  # noqa: S101 (a row without is wrong)
        if not row.joined_at <= row.old_joined_at < row.joined_before:
            changes.append(Change("joined", row.old_joined_at, row.joined_at))
    return Row(
        row.line,
        row.number,
        row.name,
        row.email,
        branch,
        row.status,
        row.joined_at,
        row.outcome,
        row.fault or "",
        tuple(changes),
        row.phone,
        row.address,
        last_day(row.paid_until),
        row.member_id,
    )


def new_branches(session: Session, file_id: int) -> list[tuple[str, str, str]]:
    """Branches that applying would set up: (branch, region, nation), in one statement."""
    query = (
        select(ImportRow.branch, ImportRow.region, ImportRow.nation)
        .where(ImportRow.file_id == file_id, ImportRow.unit_id.is_(None), ImportRow.fault.is_(None))
        .distinct()
        .order_by(ImportRow.region, ImportRow.branch)
    )
    return [(row.branch, row.region, row.nation) for row in session.execute(query)]


def names_closed_unit(session: Session, file_id: int) -> bool:
    """Whether a unit that the rows name was closed or merged away since they were read."""
    named = exists().where(ImportRow.file_id == file_id, ImportRow.unit_id == Unit.id)
    return session.scalar(select(exists().where(Unit.closed_at.is_not(None), named))) or False
