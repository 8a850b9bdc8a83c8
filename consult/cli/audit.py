"""The audit log at the console: checked from its first entry to its last, and its newest head."""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

import click

from consult.cli import application


@click.group()
def audit() -> None:
    """Check the audit log."""


@audit.command()
@click.option(
    "--head", "heads", multiple=True, metavar="SEQ:HASH", help="A head from a mail that you kept; repeatable."
)
@click.option(
    "--file",
    "lines",
    type=click.File(encoding="utf-8"),
    help="The whole chain as JSON lines, as a scrutineer takes it from the page; offline, no database is asked.",
)
def verify(heads: tuple[str, ...], lines: TextIO | None) -> None:
    """Name every entry that was edited, taken out or moved, and a cut-off end; exit 1 if there is any."""
    from consult.ledger import chain

    if lines is not None:
        sys.exit(_verify_file(lines, [chain.parse_head(head) for head in heads]))
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


def _verify_file(lines: TextIO, heads: list[Any]) -> int:
    """Check a file of the chain, line by line, and say what was found; 1 if anything is wrong."""
    from consult.ledger import chain

    last: dict[str, Any] = {}
    count = 0

    def rows() -> Any:
        nonlocal last, count
        for number, line in enumerate(lines, 1):
            try:
                last = json.loads(line)
                count += 1
            except ValueError:
                raise click.ClickException(f"Line {number} is no entry of a chain: {line[:60]!r}") from None
            yield last

    try:
        faults = chain.verify(rows(), heads)
    except (KeyError, TypeError) as wrong:
        raise click.ClickException(f"Line {count} is no entry of a chain: it has no {wrong}.") from None
    for fault in faults:
        click.echo(str(fault))
    if not faults:
        newest = f"{last['sequence']}:{last['hash']}" if last else "none"
        click.echo(f"All {count} entries hold. The newest head is {newest}.")
    return 1 if faults else 0


@audit.command()
def head() -> None:
    """Print the newest head, to be kept somewhere else."""
    from consult.service import audit as service

    with application().app_context():
        click.echo(str(service.head() or "The audit log is empty."))
