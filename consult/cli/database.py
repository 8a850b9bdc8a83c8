"""The database's tables: bring them up to date, or say which revision they have."""

from __future__ import annotations

import click

from consult.cli import application


@click.group()
def db() -> None:
    """Bring the database's tables up to date."""


@db.command()
@click.option("--to", "revision", default="head", help="A revision; the newest if not given.")
def upgrade(revision: str) -> None:
    """Bring the tables up to the newest revision (or to the one given)."""
    from consult.model import schema
    from consult.model.store import db as store
    from consult.service import search_keeping

    with application().app_context():
        schema.upgrade(store.engine, revision)
        if schema.current(store.engine) == schema.head() and (many := search_keeping.fill()):
            click.echo("1 document can be searched." if many == 1 else f"{many:,} documents can be searched.")
        click.echo(f"The database is at revision {schema.current(store.engine)}.")


@db.command()
@click.option("--to", "revision", required=True, help='The revision to go down to; "base" takes every table away.')
@click.confirmation_option(prompt="Going down may drop data for good. Is there a backup, and do you want to go on?")
def downgrade(revision: str) -> None:
    """Bring the tables down to an older revision."""
    from consult.model import schema
    from consult.model.store import db as store

    with application().app_context():
        schema.downgrade(store.engine, revision)
        click.echo(f"The database is at revision {schema.current(store.engine)}.")


@db.command()
def status() -> None:
    """Say which revision the database has and which one this version of consult wants."""
    from consult.model import schema
    from consult.model.store import db as store

    with application().app_context():
        click.echo(f"database: {schema.current(store.engine) or 'no tables yet'}; newest: {schema.head()}")


@db.command(hidden=True)
@click.argument("message")
@click.option("--id", "revision", required=True)
def revise(message: str, revision: str) -> None:
    """For developers: write a revision from the difference between database and model."""
    from consult.model import schema
    from consult.model.store import db as store

    with application().app_context():
        schema.make_revision(store.engine, message, revision)
