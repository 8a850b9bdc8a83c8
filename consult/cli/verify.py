"""`consult verify`: check a published result, offline, with no database and no trust in whoever published it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from consult.counting import lots
from consult.domain.errors import Refused
from consult.ledger import said, signatures
from consult.ledger.chain import parse_head
from consult.ledger.verify import verify as verify_bundle
from consult.verifier.standalone import counters, margins_of, read_file, replayer

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--ballots", multiple=True, type=_FILE, help="A file of papers that you hold; repeatable.")
@click.option("--key", "keys", multiple=True, type=_FILE, help="A signer's public key that you know; repeatable.")
@click.option("--receipt", "receipts", multiple=True, help="A receipt to look for on the board; repeatable.")
@click.option("--head", "heads", multiple=True, help="A head of the board mailed to you (SIZE:HASH); repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(
    file: Path,
    ballots: tuple[Path, ...],
    keys: tuple[Path, ...],
    receipts: tuple[str, ...],
    heads: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check the result bundle FILE: hashes, signatures, arithmetic, and the count done again by two counters.

    Exit status 0 if everything holds, 1 if anything is wrong (it is named), 2 if FILE is not a bundle.
    """
    try:
        known = [signatures.read_public(read_file(path)) for path in keys]
        report = verify_bundle(
            read_file(file),
            counters(),
            ballots=[read_file(path) for path in ballots],
            keys=known,
            receipts=receipts,
            heads=[parse_head(words) for words in heads],
            combine=lots.seed_of,
            replay=replayer(),
            margins=margins_of,
        )
    except Refused as refusal:
        click.echo(f"consult verify: {refusal}", err=True)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(said.lines(report)))
    sys.exit(0 if report.ok else 1)
