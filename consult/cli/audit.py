"""The audit log at the console: checked from its first entry to its last, and its newest head."""

from __future__ import annotations

import sys

import click

from consult.cli import application


@click.group()
def audit() -> None:
    """Check the audit log."""


@audit.command()
@click.option(
    "--head", "heads", multiple=True, metavar="SEQ:HASH", help="A head from a mail that you kept; repeatable."
)
def verify(heads: tuple[str, ...]) -> None:
    """Name every entry that was edited, taken out or moved, and a cut-off end; exit 1 if there is any."""
    from consult.ledger import chain
    from consult.service import audit as service

    kept = [chain.parse_head(head) for head in heads]
    with application().app_context():
        faults = service.verify(kept)
        for fault in faults:
            click.echo(str(fault))
        newest = service.head()
        if not faults:
            click.echo(f"All {service.length()} entries hold. The newest head is {newest or 'none'}.")
    sys.exit(1 if faults else 0)


@audit.command()
def head() -> None:
    """Print the newest head, to be kept somewhere else."""
    from consult.service import audit as service

    with application().app_context():
        click.echo(str(service.head() or "The audit log is empty."))
