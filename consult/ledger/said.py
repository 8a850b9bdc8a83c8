"""A report of a verification in lines for people: what was decided, who signed, every check, and the verdict."""

from __future__ import annotations

from consult.ledger.report import Check, Report
from consult.ledger.shape import printable

_MARKS = {True: "ok    ", False: "WRONG ", None: "  —   "}


def lines(report: Report) -> list[str]:
    """The outcome, who signed, each check, the verdict; safe for a terminal."""
    said = [report.title or "This result cannot be read."]
    said += [f"  {title}: {words}" for title, words in report.outcomes]
    if report.signers:
        said += ["", "Who may certify, and the fingerprint of each key: compare them with those you know."]
        said += [f"  {mark}  {name}  {'signed' if did else 'did not sign'}" for name, mark, did in report.signers]
    said += ["", *(_line(check) for check in report.checks), ""]
    return [printable(line) for line in [*said, verdict(report)]]


def _line(check: Check) -> str:
    return f"{_MARKS[check.held]}  {check.name}: {check.words}"


def verdict(report: Report) -> str:
    """One sentence."""
    if not report.ok:
        names = ", ".join(dict.fromkeys(check.name for check in report.failures))
        return f"THIS RESULT DOES NOT VERIFY: {names}."
    if report.arithmetic_only:
        words = "This result verifies, by arithmetic only: not all of its papers are here to be counted again."
        recounted = f"Recounts from the full papers, signed by scrutineers: {report.by_scrutineers}."
        return f"{words} {recounted}" if report.by_scrutineers else words
    return "This result verifies: everything holds, and the count comes out the same again."
