"""Setting up: a secret, a look at the settings, and the first organisation with its officers."""

from __future__ import annotations

import sys

import click

from consult import config


@click.command("make-secret")
def make_secret() -> None:
    """Print a fresh secret of 256 bits, for CONSULT_SECRET or CONSULT_OPERATOR_KEY."""
    click.echo(config.make_secret())
