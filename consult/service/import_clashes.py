"""What only the whole file, or the register, can tell of the rows of an import: numbers and addresses that clash or nearly do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from consult.model.imports import ImportRow
from consult.model.members import Member
from consult.service.import_rows import PER_PAGE, Query


def repeated_numbers(file_id: int) -> Query:
    """(line, number, first line) of each row whose number a row before it has already."""
    return _repeated(file_id, ImportRow.number, ImportRow.number != "")


def repeated_addresses(file_id: int) -> Query:
    """(line, address, first line) of each row whose address a row before it has already."""
    return _repeated(file_id, ImportRow.email_key, ImportRow.email_key.is_not(None))


def _repeated(file_id: int, column: Any, said: ColumnElement[bool]) -> Query:
    first = (
        select(column.label("said"), func.min(ImportRow.line).label("line"))
        .where(ImportRow.file_id == file_id, said)
        .group_by(column)
        .having(func.count() > 1)
        .subquery()
    )
    return (
        select(ImportRow.line, first.c.said, first.c.line)
        .join(first, first.c.said == column)
        .where(ImportRow.file_id == file_id, ImportRow.line > first.c.line, ImportRow.fault.is_(None))
        .order_by(ImportRow.line)
    )


def addresses_of_others(file_id: int) -> Query:
    """(line, address, the other's number) of each row with the address of a member whom the file does not name."""
    other = aliased(ImportRow)
    named = exists().where(other.file_id == file_id, other.number == Member.number)
    return (
        select(ImportRow.line, ImportRow.email_key, func.min(Member.number))
        .join(Member, and_(Member.email_key == ImportRow.email_key, Member.number != ImportRow.number))
        .where(ImportRow.file_id == file_id, ImportRow.fault.is_(None), not_(named))
        .group_by(ImportRow.line, ImportRow.email_key)
        .order_by(ImportRow.line)
    )


def _bare(number: Any) -> ColumnElement[str]:
    return func.upper(func.ltrim(number, "0"))


def alike_numbers(session: Session, file_id: int) -> list[list[Any]]:
    """[line, number, other] of the first new rows whose number is another's but for capitals or noughts before it.

    The other is in the file or in the register. Most files have no number that could be one of such a pair, which one
    look at the rows tells; only else are numbers laid beside each other.
    """
    known = exists().where(Member.number == ImportRow.number)
    new = and_(ImportRow.file_id == file_id, ImportRow.fault.is_(None), not_(known))
    odd = exists().where(new, ImportRow.number != _bare(ImportRow.number))
    strange = exists().where(Member.number != _bare(Member.number))
    if not session.scalar(select(or_(odd, and_(exists().where(new), strange)))):
        return []
    mine = select(ImportRow.line, ImportRow.number, _bare(ImportRow.number).label("bare")).where(new).subquery("mine")
    others = (
        select(ImportRow.number, _bare(ImportRow.number).label("bare"))
        .where(ImportRow.file_id == file_id)
        .union(select(Member.number, _bare(Member.number)))
        .cte("others")
    )
    found = (
        select(mine.c.line, mine.c.number, func.min(others.c.number))
        .join(others, and_(others.c.bare == mine.c.bare, others.c.number != mine.c.number))
        .group_by(mine.c.line, mine.c.number)
        .order_by(mine.c.line)
        .limit(PER_PAGE)
    )
    return [list(row) for row in session.execute(found)]
