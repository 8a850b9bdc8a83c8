"""The database as the house uses it: naming convention, types, transactions, and how an immutable table is kept so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, MetaData, String, event, literal_column, select
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from consult.model import gate

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An instant in UTC to the microsecond; naive datetimes are refused, so no zone is ever guessed.

    SQLite keeps it as text in a form that sorts, PostgreSQL as timestamptz.
    """

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs its time zone.")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        moment: datetime = value.astimezone(UTC)
        return moment


class Base(DeclarativeBase):
    """Every table of the house."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: Instant,
            dict[str, Any]: JSON(none_as_null=True),
            list[Any]: JSON(none_as_null=True),
        },
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def instant(**options: Any) -> Any:
    """A column that holds an instant in UTC."""
    return mapped_column(Instant, **options)


def one_of(column: str, values: Iterable[str]) -> str:
    """The condition of a check constraint: this column holds one of these words."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


def exactly_one(columns: Iterable[str]) -> str:
    """The condition of a check constraint: one of these columns is given, and no other of them."""
    return " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in columns) + " = 1"


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, record: Any) -> None:
    """SQLite: write-ahead log, every commit synced, foreign keys on; and let us, not the driver, begin transactions."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """SQLite: a writer takes the lock at once, so that it never fails half-way for having read an older state."""
    if connection.dialect.name == "sqlite":
        options = connection.get_execution_options()
        if not options.get("alone", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing", False) else "BEGIN")


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction on the request's session: commits once at the end, or leaves nothing behind.

    What was loaded before is read again inside, under the lock, so that nothing is decided on a stale state.
    """
    session = db.session()
    session.rollback()
    with turn(db.engine):
        session.connection(execution_options={"writing": True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def let_go() -> None:
    """End what this request has read, so that it holds no connection and no snapshot while it waits for others."""
    if db.session.registry.has():
        db.session.rollback()


@contextmanager
def turn(engine: Engine) -> Iterator[None]:
    """One's turn to write: on SQLite in a fair line before its one lock, on PostgreSQL at once.

    Raises:
        OperationalError: if the line did not move.
    """
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    line = gate.of(file).turn() if file and file != ":memory:" else nullcontext()
    try:
        line.__enter__()
    except gate.TooLong as fault:
        raise OperationalError("BEGIN IMMEDIATE", {}, fault) from fault
    try:
        yield
    finally:
        line.__exit__(None, None, None)


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A connection on which every statement is a transaction of its own: durable when it returns, one round trip."""
    options: Any = {"alone": True} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
    with engine.connect() as connection:
        yield connection.execution_options(**options)


#: The database's own clock, as each kind writes it: the clock that decides.
DATABASE_CLOCK = {"sqlite": "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')", "postgresql": "clock_timestamp()"}


def database_now(session: Session) -> datetime:
    """The database's own clock, in UTC: the one clock that decides."""
    query = literal_column(DATABASE_CLOCK[session.get_bind().dialect.name], Instant)
    moment: datetime = session.execute(select(query)).scalar_one()
    return moment
