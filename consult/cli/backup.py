"""Backing the database up, and restoring it."""

from __future__ import annotations

from pathlib import Path

import click

from consult.cli import application


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Overwrite the file if it is there.")
def backup(file: Path, replace: bool) -> None:
    """Copy the whole database to FILE, while people vote; FILE.json beside it says what it holds."""
    from consult.model.store import db
    from consult.service import backups

    with application().app_context():
        found = backups.backup(db.engine, file, replace=replace)
    click.echo(
        f"{file}: {sum(found.rows.values())} rows in {len(found.rows)} tables, audit head {found.audit_head or 'none'}."
    )
    click.echo(
        "Keep the operator's key somewhere else: with it, whoever has this file could open votes of operator level."
    )


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Overwrite a database that is not empty.")
def restore(file: Path, replace: bool) -> None:
    """Put the backup FILE in the place of the configured database; stop serving first."""
    from consult.model.store import db
    from consult.service import backups

    with application().app_context():
        found = backups.restore(db.engine, file, replace=replace)
    click.echo(f"Restored and checked: the audit chain holds, its head is {found.audit_head or 'none'},")
    click.echo(f"and the roots of {len(found.boxes)} boxes and {len(found.boards)} boards are those of the backup.")
    if backups.behind(found):
        click.echo("It is of an older version: run `consult db upgrade` before serving.")
