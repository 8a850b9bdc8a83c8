"""Furnishing the demonstration."""

from __future__ import annotations

from pathlib import Path
from random import Random

import click
from sqlalchemy import func, select

from consult.cli import application
from consult.demo.furnish import furnish
from consult.model.members import Member
from consult.model.store import db
from consult.service import clock


def furnish_if_empty(app: object, tell: object = click.echo) -> bool:
    """Furnish the application's database if nobody is in its register; says whether it did."""
    if db.session.scalar(select(func.count()).select_from(Member)):
        return False
    keys = Path(app.config["CONSULT_INSTANCE"]) / "demo-keys"  # type: ignore[attr-defined]
    furnish(today=clock.now(), rng=Random(2015), keys=keys, tell=tell)  # type: ignore[arg-type]  # noqa: S311
    return True


@click.command()
def demo() -> None:
    """Furnish a new database with the demonstration: a plainly fictional movement and its year."""
    app = application()
    with app.app_context():
        if furnish_if_empty(app):
            click.echo(f"Furnished. The committee's signing keys are in {app.config['CONSULT_INSTANCE']}/demo-keys.")
        else:
            click.echo("This database is in use already; it is left as it is.")
