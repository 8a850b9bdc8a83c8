"""Mail that came back, read at the console or by a mail server's pipe."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from consult.cli import application


@click.group()
def mail() -> None:
    """What has to do with mail."""


@mail.command()
@click.argument("place", metavar="FILE|MAILDIR|-")
def bounces(place: str) -> None:
    """Read reports of undeliverable mail (RFC 3464): one message from a pipe (-) or a file, an mbox, or a Maildir.

    Only a report about a message that was sent from here is believed; it carries a mark that nobody else can make. The
    same report read again changes nothing. For a mail server's pipe the exit status is 0 also where it was no report.
    """
    from consult.job import returned

    with application().app_context():
        piped = place == "-"
        found = returned.take_stream(sys.stdin.buffer) if piped else returned.take_place(Path(place))
    for outcome, count in sorted(found.items()):
        click.echo(f"{count:>6}  {outcome.value}")
