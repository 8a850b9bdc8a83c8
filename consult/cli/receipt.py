"""`consult check-receipt`: whether a receipt is on the list of sealed votes, by a proof, off line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from consult.domain.errors import Refused
from consult.ledger import heads
from consult.ledger.shape import printable

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("check-receipt")
@click.argument("receipt")
@click.argument("proof", type=_FILE)
@click.option("--head", help="A head that you hold, as it was mailed: SIZE:HASH.")
def check_receipt(receipt: str, proof: Path, head: str | None) -> None:
    """Check that RECEIPT is on the list of sealed votes, by the file PROOF from the ballot's page.

    It needs no network and trusts nobody: it recomputes the path from the receipt to the root, and checks the signature
    under the root. In a published result, use `consult verify --receipt` instead. Exit status 0 it is on the list, 1 the
    proof does not show it, 2 something could not be read.
    """
    try:
        said = heads.check(heads.read(proof.read_bytes(), proof.name), receipt, head)
    except heads.ProofRefused as refusal:
        click.echo(f"NOT SHOWN: {printable(str(refusal))}")
        sys.exit(1)
    except (Refused, OSError) as refusal:
        click.echo(f"consult check-receipt: {refusal}", err=True)
        sys.exit(2)
    for line in said:
        click.echo(printable(line))
