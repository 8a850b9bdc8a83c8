"""`consult recount`: a scrutineer counts the full papers again, off line, and signs what it came to."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from consult.domain.errors import Refused
from consult.ledger import recounts, signatures
from consult.verifier.recounting import recount as count_again

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("definition", type=_FILE)
@click.option(
    "--papers", multiple=True, required=True, type=_FILE, help="The file of papers of a question; repeatable."
)
@click.option("--key", required=True, type=_FILE, help="Your own signing key, as `consult signing-key` made it.")
@click.option("--name", required=True, help="Your name, as it stands in the definition.")
@click.option("--seed", help="The seed of the lot, from the page of the ballot; needed only where a lot decides.")
@click.option("--changes", type=_FILE, help="What was added to the roll and taken from it, where anything was.")
@click.option("--withdrawn", multiple=True, help="QUESTION:OPTION that withdrew during the poll; repeatable.")
def recount(
    definition: Path,
    papers: tuple[Path, ...],
    key: Path,
    name: str,
    seed: str | None,
    withdrawn: tuple[str, ...],
    changes: Path | None,
) -> None:
    """Count again the papers of the ballot whose DEFINITION this is, by both counters, and print the signed recount.

    Nothing is sent: hand the printed file in on the scrutineers' page. Exit status 2 if something does not fit.
    """
    try:
        gone: dict[str, list[str]] = {}
        for words in withdrawn:
            question, _, option = words.partition(":")
            gone.setdefault(question, []).append(option)
        read = [path.read_bytes() for path in papers]
        beside = changes.read_bytes() if changes else None
        made = count_again(definition.read_bytes(), read, seed, name, gone, beside)
        pem = key.read_bytes()
        passphrase = click.prompt("Passphrase", hide_input=True, err=True) if signatures.is_encrypted(pem) else ""
        signed = recounts.sign(made, signatures.read_key(pem, passphrase))
    except Refused as refusal:
        click.echo(f"consult recount: {refusal}", err=True)
        sys.exit(2)
    for each in made.questions:
        click.echo(f"{each.key}: papers {each.papers[:16]}…, result {each.result[:16]}…", err=True)
    click.echo(recounts.write_one(signed).decode())
