"""Statements on a bare connection of the pool: what every vote asks, at a fifth of the processor time of a Core statement.

Faults are SQLAlchemy's, as everywhere in the house, and whoever listens to the engine's statements hears of these too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection


class Plain:
    """A connection on which every statement is a transaction of its own, unless one begins a longer one."""

    def __init__(self, engine: Engine, connection: PoolProxiedConnection) -> None:
        self.engine = engine
        self._connection = connection
        #: The one cursor, for everything that is asked.
        self.cursor = connection.cursor()

    def exec_driver_sql(self, statement: str, values: Any = ()) -> Any:
        """The cursor after one statement in the database's own words; the next statement takes it over.

        Raises:
            IntegrityError, OperationalError and their like.
        """
        cursor, heard = self.cursor, self.engine.dispatch
        try:
            for listener in heard.before_cursor_execute:
                listener(self, cursor, statement, values, None, False)
            cursor.execute(statement, values)
            for listener in heard.after_cursor_execute:
                listener(self, cursor, statement, values, None, False)
        except self.engine.dialect.loaded_dbapi.Error as fault:
            raise self._told(fault, statement, values) from fault
        return cursor

    def _told(self, fault: Exception, statement: str, values: Any) -> BaseException:
        """The fault as SQLAlchemy has it; a connection that is gone goes out of the pool, and so do those made with it."""
        dialect = self.engine.dialect
        gone = dialect.is_disconnect(fault, self._connection.dbapi_connection, self.cursor)  # type: ignore[arg-type]
        if gone:
            self._connection.invalidate(fault)
            self.engine.dispose(close=False)
        kind = dialect.loaded_dbapi.Error
        return DBAPIError.instance(statement, values, fault, kind, connection_invalidated=gone, dialect=dialect)


@contextmanager
def plain(engine: Engine) -> Iterator[Plain]:
    """A bare connection out of the pool; whatever is not committed at the end is undone.

    Raises:
        OperationalError: if there is no database to connect to.
        TimeoutError: if no connection came free.
    """
    dialect = engine.dialect
    try:
        connection = engine.raw_connection()
    except dialect.loaded_dbapi.Error as fault:
        raise DBAPIError.instance(None, None, fault, dialect.loaded_dbapi.Error, dialect=dialect) from fault
    begins = dialect.name == "postgresql"  # by itself, unless told otherwise; on SQLite nothing does
    made = Plain(engine, connection)
    try:
        if begins:
            connection.dbapi_connection.autocommit = True  # type: ignore[union-attr]
        yield made
    finally:
        if connection.dbapi_connection is not None:
            made.cursor.close()
            if begins:
                connection.dbapi_connection.autocommit = False
        connection.close()
