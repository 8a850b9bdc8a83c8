"""Bringing a database's tables to a revision, and telling which one it has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from consult import paths
from consult.model import search_index
from consult.model.store import Base


def _config(connection: Connection | None = None) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(paths.migrations()).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """One transaction in which tables may be made anew.

    SQLite alters a table by copying it, which its foreign keys would forbid; they rest meanwhile, and are all checked
    before the commit.
    """
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(writing=True) as connection:
        if sqlite:
            _foreign_keys(connection, "OFF")
        try:
            with connection.begin():  # Alembic commits nothing inside a transaction that is not its own
                yield connection
                if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise RuntimeError(f"The revision leaves rows of {broken[0]} that refer to nothing in {broken[2]}.")
        finally:
            if sqlite:
                _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, state: str) -> None:
    """SQLite heeds this only outside a transaction, so it goes to the driver before one is begun."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 (the connection is open)
    driver.execute(f"PRAGMA foreign_keys={state}")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to `revision`, in one transaction."""
    with _changing(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the tables down to `revision` ("base": nothing left), in one transaction."""
    with _changing(engine) as connection:
        command.downgrade(_config(connection), revision)


def head() -> str | None:
    """The newest revision that this version of consult knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(engine: Engine) -> str | None:
    """The revision that the database has, or None if it has no tables of ours."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(engine: Engine) -> list[object]:
    """How the tables in the database differ from the model; none when they are the same."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _ours})
        return list(compare_metadata(context, Base.metadata))


def _ours(name: str | None, kind: str, parents: object) -> bool:
    """Leaves out the index of words, which the model does not know (see `consult.model.search_index`)."""
    return not (kind in ("table", "index") and (name or "").startswith(search_index.NAME))


def make_revision(engine: Engine, message: str, revision: str) -> None:
    """Write a new revision from the difference between the database and the model (for developers)."""
    with engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=revision)
