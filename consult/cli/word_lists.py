"""Word lists of a key's shares, typed by their holders or read from files, and files that are never overwritten."""

from __future__ import annotations

import os
from pathlib import Path

import click

from consult.domain.errors import Refused
from consult.ledger import shares
from consult.ledger.ceremony import Ceremony


def lists(key: Ceremony, files: tuple[Path, ...], wanted: int | None = None) -> list[str]:
    """The word lists of holders: from files if any are given, else typed one after another until there are enough.

    `wanted` is how many are asked for (default: as many as are needed).
    """
    if files:
        return [shares.read(path.read_text(encoding="utf-8"), path.name) for path in files]
    wanted = key.k if wanted is None else wanted
    typed: list[str] = []
    while len(typed) < wanted:
        click.echo(
            f"\nShare {len(typed) + 1} of {wanted}. Holders: {', '.join(holder.name for holder in key.holders)}.",
            err=True,
        )
        try:
            words = shares.read(_typed(), "this list")
            place = key.holder_of(words)
        except shares.ShareRefused as refusal:
            click.echo(f"{refusal} Please type it again.", err=True)
            continue
        if words in typed:
            click.echo("This share is there already; the next holder, please.", err=True)
        else:
            typed.append(words)
            click.echo(f"That is share {place}, of {key.holders[place - 1].name}.", err=True)
    return typed


def _typed() -> str:
    """Words on one line or several, until there are as many as a share has."""
    found: list[str] = []
    while len(found) < shares.WORDS:
        line = click.prompt(f"Words {len(found) + 1} to {shares.WORDS}", err=True)
        found += [word for word in line.replace(",", " ").split() if any(letter.isalpha() for letter in word)]
    return " ".join(found)


def create(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a new file with this mode from the start; an existing one is never overwritten."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise Refused(f"{path} exists already and is not overwritten. Choose another name.") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
