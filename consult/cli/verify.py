"""`consult verify`: check a published result, offline, with no database and no trust in whoever published it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from consult.counting import lots
from consult.counting.count import count, recount
from consult.counting.data import contest_from, papers_from
from consult.domain.errors import Refused
from consult.ledger import signatures
from consult.ledger.chain import parse_head
from consult.ledger.packing import LARGEST_FILE
from consult.ledger.papers import Group
from consult.ledger.report import Check, Report
from consult.ledger.shape import printable
from consult.ledger.verify import verify as verify_bundle
from consult.text.published import replayed_hash

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_MARKS = {True: "ok    ", False: "WRONG ", None: "  —   "}


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
        known = [signatures.read_public(_bytes(path)) for path in keys]
        report = verify_bundle(
            _bytes(file),
            {"grouped": _grouped, "plain": _plain},
            ballots=[_bytes(path) for path in ballots],
            keys=known,
            receipts=receipts,
            heads=[parse_head(words) for words in heads],
            combine=lots.seed_of,
            replay=replayed_hash,
        )
    except Refused as refusal:
        click.echo(f"consult verify: {refusal}", err=True)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(map(printable, _lines(report))))
    sys.exit(0 if report.ok else 1)


def _lines(report: Report) -> list[str]:
    """The report for people: the outcome, who signed, each check, the verdict."""
    lines = [report.title or "This result cannot be read."]
    lines += [f"  {title}: {words}" for title, words in report.outcomes]
    if report.signers:
        lines += ["", "Who may certify, and the fingerprint of each key: compare them with those you know."]
        lines += [f"  {mark}  {name}  {signed}" for name, mark, signed in _signers(report)]
    lines += ["", *(_line(check) for check in report.checks), ""]
    return [*lines, _verdict(report)]


def _signers(report: Report) -> list[tuple[str, str, str]]:
    return [(name, mark, "signed" if signed else "did not sign") for name, mark, signed in report.signers]


def _line(check: Check) -> str:
    return f"{_MARKS[check.held]}  {check.name}: {check.words}"


def _verdict(report: Report) -> str:
    if not report.ok:
        names = ", ".join(dict.fromkeys(check.name for check in report.failures))
        return f"THIS RESULT DOES NOT VERIFY: {names}."
    if report.arithmetic_only:
        return "This result verifies, by arithmetic only: not all of its papers are here to be counted again."
    return "This result verifies: everything holds, and the count comes out the same again."


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + (2 << 20))


def _grouped(method: str, contest: dict[str, Any], papers: Sequence[Group], seed: str | None) -> dict[str, Any]:
    return count(method, contest_from(contest), papers_from(_votes(papers)), seed).as_json()


def _plain(method: str, contest: dict[str, Any], papers: Sequence[Group], seed: str | None) -> dict[str, Any]:
    return recount(method, contest_from(contest), papers_from(_votes(papers)), seed).as_json()


def _votes(papers: Sequence[Group]) -> list[tuple[tuple[Any, str, str], int]]:
    return [(tuple(group.pattern), group.votes) for group in papers]  # type: ignore[misc]
