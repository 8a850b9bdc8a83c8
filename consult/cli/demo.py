"""Furnishing the demonstration: on SQLite all of it or nothing; on PostgreSQL half a one is told as such, and never used."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from random import Random
from typing import Any

import click
from sqlalchemy import func, select

from consult.cli import application
from consult.demo.furnish import furnish
from consult.domain.errors import OutOfOrder
from consult.model import schema
from consult.model.members import Member
from consult.model.store import db
from consult.service import clock

#: So that every demonstration is the same.
SEED = 2015
#: Stands beside the demonstration's keys while it is being furnished.
_UNFINISHED = "UNFINISHED"


@click.command()
def demo() -> None:
    """Furnish a new database with the demonstration: a plainly fictional movement and its year."""
    app = application()
    address = app.config["SQLALCHEMY_DATABASE_URI"]
    keys = Path(app.config["CONSULT_INSTANCE"]) / "demo-keys"
    with app.app_context():
        used = _in_use()
        db.session.remove()
        db.engine.dispose()
    if used and not address.startswith("sqlite:///") and (keys / _UNFINISHED).exists():
        raise OutOfOrder(
            f"The demonstration in this database was cut off half way. Drop the database, make it anew, delete {keys}, "
            "and run `consult db upgrade` and `consult demo` again."
        )
    if used:
        click.echo("This database is in use already; it is left as it is.")
        return
    if address.startswith("sqlite:///"):
        _beside(Path(address.removeprefix("sqlite:///")))
    else:
        keys.mkdir(parents=True, exist_ok=True)
        (keys / _UNFINISHED).touch()
        _furnish(app)
        (keys / _UNFINISHED).unlink()
    click.echo(f"Furnished. The committee's signing keys, and the shares of the sealed ballot's key, are in {keys}.")


def _in_use() -> bool:
    """Whether anybody is in the register; a new SQLite file has no tables yet, and is given them beside it.

    Raises:
        OutOfOrder: if the tables are there in part, or are missing where they cannot be made beside it.
    """
    present = schema.current(db.engine)
    if present is None and db.engine.dialect.name == "sqlite":
        return False
    if present != schema.head():
        raise OutOfOrder("The database is not prepared. Run `consult db upgrade` first.")
    return bool(db.session.scalar(select(func.count()).select_from(Member)))


def _beside(path: Path) -> None:
    """Furnish a file beside the database and put it in its place when it is whole: an interrupted one leaves nothing."""
    part = path.with_name(path.name + ".part")
    for suffix in ("", "-wal", "-shm"):
        part.with_name(part.name + suffix).unlink(missing_ok=True)
    app = application({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{part}"})
    with app.app_context():
        schema.upgrade(db.engine)
    _furnish(app)
    with app.app_context():
        db.engine.dispose()
    with contextlib.closing(sqlite3.connect(part)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    part.replace(path)


def _furnish(app: Any) -> None:
    keys = Path(app.config["CONSULT_INSTANCE"]) / "demo-keys"
    with app.app_context():
        furnish(today=clock.now(), rng=Random(SEED), keys=keys, tell=click.echo)  # noqa: S311 (nothing secret)
        db.session.remove()
