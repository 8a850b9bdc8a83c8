"""What can be searched: made anew from what is written, and checked against it."""

from __future__ import annotations

import sys

import click

from consult.cli import application


@click.group()
def search() -> None:
    """Make what can be searched anew, or check it."""


@search.command()
def rebuild() -> None:
    """Make everything that can be searched anew; people can go on reading and writing meanwhile (on SQLite, writers wait)."""
    from consult.service import search_keeping

    with application().app_context():
        many = search_keeping.rebuild()
        click.echo("1 document can be searched." if many == 1 else f"{many:,} documents can be searched.")


@search.command()
def check() -> None:
    """Say where what can be searched is not what is written; exit 1 if it is anywhere."""
    from consult.service import search_keeping

    with application().app_context():
        wrong = search_keeping.disagreements()
    for sentence in wrong:
        click.echo(sentence)
    click.echo("Make it anew with: consult search rebuild" if wrong else "What can be searched is what is written.")
    sys.exit(1 if wrong else 0)
