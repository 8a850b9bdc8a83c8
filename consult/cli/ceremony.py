"""`consult ceremony`: a ballot's key made off line and split among its holders, and the rehearsal of its opening."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from consult.cli import sheets
from consult.cli.word_lists import create, lists
from consult.domain.errors import Refused
from consult.ledger import ceremony as documents
from consult.ledger import envelopes
from consult.ledger.ceremony import Ceremony

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def ceremony() -> None:
    """Make the key of a sealed ballot, and rehearse its opening, on a machine without a network.

    Nothing leaves the machine but the two small files that you carry to the ballot's page; neither is secret.
    docs/ceremony.md is a guide for the committee, step by step.
    """


@ceremony.command()
@click.argument("plan_file", metavar="PLAN", type=_FILE)
@click.option("--out", type=_FOLDER, default=Path(), help="The folder for what is made (default: here).")
@click.option("--yes", is_flag=True, help="Do not ask.")
def make(plan_file: Path, out: Path, yes: bool) -> None:
    """Make the key for PLAN (from the ballot's page), a sheet for each holder, and the public part to upload.

    The whole key is in this machine's memory for a moment, and on no disk. The sheets are: print them, hand them out, and
    wipe the machine. Exit status 0 made, 1 you said no, 2 it could not be made.
    """
    try:
        plan = documents.loads(plan_file.read_bytes(), plan_file.name)
        if plan.public_key:
            raise Refused("This file has a key already. Give the plan that you took from the ballot's page.")
        for line in _shown(plan):
            click.echo(line, err=True)
        if not yes and not click.confirm("Make the key now?", err=True):
            click.echo("Nothing was made.", err=True)
            sys.exit(1)
        public = _make(plan, out)
    except (Refused, OSError) as refusal:
        _stop("make", refusal)
    click.echo(f"Public part: {_public_file(out, public)}")
    click.echo(f"Fingerprint: {public.fingerprint}")
    click.echo(
        "Upload the public part on the ballot's page, and compare the fingerprint there with the sheets.", err=True
    )


def _make(plan: Ceremony, out: Path) -> Ceremony:
    out.mkdir(parents=True, exist_ok=True)
    public, words = documents.make(plan, envelopes.generate_keys())
    create(_public_file(out, public), public.dumps())
    for place, each in enumerate(words, 1):
        name = re.sub(r"[^a-z0-9]+", "-", public.holders[place - 1].name.lower()).strip("-")
        for suffix, sheet in ((".html", sheets.html), (".txt", sheets.text)):
            path = out / f"share-{place}-{name}{suffix}"
            create(path, sheet(public, place, each).encode("utf-8"), 0o600)
            click.echo(f"Sheet:       {path}")
    return public


def _public_file(out: Path, public: Ceremony) -> Path:
    return out / f"public-key-{public.ballot}.json"


def _shown(plan: Ceremony) -> list[str]:
    return [
        f"Ballot {plan.ballot}: {plan.title}",
        f"{plan.k} of these {plan.n} must come together to open its votes:",
        *(f"  {place}. {holder.name} ({holder.number})" for place, holder in enumerate(plan.holders, 1)),
        *(["Nobody's share may be lost: all are needed."] if plan.k == plan.n else []),
        "Before you go on: this machine is off every network, and two witnesses are watching.",
    ]


@ceremony.command()
@click.argument("trial_file", metavar="TRIAL", type=_FILE)
@click.option(
    "--words", multiple=True, type=_FILE, help="A file with one holder's words; repeatable. Else they type them."
)
@click.option("--holders", type=int, help="How many will type their words (default: all who hold a share).")
@click.option("--out", type=_FOLDER, default=Path(), help="The folder for the result (default: here).")
def rehearse(trial_file: Path, words: tuple[Path, ...], holders: int | None, out: Path) -> None:
    """Open the trial envelope TRIAL (from the ballot's page) with the holders' own words, as they will at the opening.

    Each share is known again by its hash, and the key is put together in as many ways as the shares allow. The result is a
    small file that proves to the server that the words work. Exit status 0 they work, 2 they do not.
    """
    try:
        trial = documents.read_trial(trial_file.read_bytes(), trial_file.name)
        typed = lists(trial.public, words, holders or trial.public.n)
        rehearsal = documents.rehearse(trial, typed)
        out.mkdir(parents=True, exist_ok=True)
        path = out / f"rehearsal-{rehearsal.ballot}.json"
        create(path, rehearsal.dumps())
    except (Refused, OSError, UnicodeDecodeError) as refusal:
        _stop("rehearse", refusal)
    named = ", ".join(trial.public.holders[place - 1].name for place in rehearsal.places)
    click.echo(f"The words work: the trial envelope was opened by the shares of {named}.")
    click.echo(f"Upload this on the ballot's page: {path}")


def _stop(command: str, refusal: Exception) -> None:
    click.echo(f"consult ceremony {command}: {refusal}", err=True)
    sys.exit(2)
