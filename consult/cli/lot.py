"""`consult lot-commitment`: the hash of one's own value for a lot made by commit and reveal, worked out offline."""

from __future__ import annotations

import secrets
import sys

import click

from consult.counting.lots import commitment
from consult.domain.errors import Refused

#: The longest value or salt that the page takes.
MOST = 200


@click.command("lot-commitment")
@click.option("--value", help="Your value; without it you are asked, which keeps it out of the shell's history.")
@click.option("--salt", help="Your salt; without it, one is made.")
def lot_commitment(value: str | None, salt: str | None) -> None:
    """Print the commitment to a value for the lot of a ballot: the hash that is published before the close.

    Keep both the value and the salt, and keep them to yourself, until the ballot has closed; then reveal them on the same page.
    Nothing leaves this machine. Exit status 0 printed, 2 it could not be made.
    """
    try:
        value = _plain("value", click.prompt("Your value", hide_input=True, err=True) if value is None else value)
        salt = _plain("salt", secrets.token_hex(16) if salt is None else salt)
    except Refused as refusal:
        click.echo(f"consult lot-commitment: {refusal}", err=True)
        sys.exit(2)
    click.echo(f"Commitment: {commitment(value, salt)}")
    click.echo(f"Value:      {value}")
    click.echo(f"Salt:       {salt}")
    click.echo("Publish the commitment before the close. Keep value and salt; you reveal both after it.", err=True)


def _plain(what: str, text: str) -> str:
    """The text as the page will read it back: on one line, without spaces at its ends.

    Raises:
        Refused: if it could not be typed there again exactly.
    """
    text = text.strip()
    if not text:
        raise Refused(f"The {what} is empty. Give some words or digits.")
    if len(text) > MOST or not text.isprintable():
        raise Refused(f"The {what} must be one line of at most {MOST} characters, to be typed again exactly.")
    return text
