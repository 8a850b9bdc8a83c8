"""The half of the record of processing and of the impact assessment that is made from the tables that there really are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

from consult.domain.assessment import QUESTIONS, RISKS, Risk
from consult.domain.protection import PAPERS
from consult.domain.purposes import TERMS, Purpose, Terms
from consult.ledger import canonical
from consult.model.held import HELD, by_purpose
from consult.service.housekeeping import CLOCKS


@dataclass(frozen=True)
class Rows:
    """A table in which something is kept for a purpose: its columns, and the clocks that run over it."""

    name: str
    title: str
    columns: tuple[str, ...]
    clocks: tuple[str, ...]


@dataclass(frozen=True)
class Activity:
    """A processing activity: Art. 30(1) UK GDPR."""

    purpose: Purpose
    terms: Terms
    rows: tuple[Rows, ...]

    @property
    def columns(self) -> int:
        """How many columns are kept for it."""
        return sum(len(row.columns) for row in self.rows)


@cache
def activities() -> tuple[Activity, ...]:
    """Every activity with the columns that are kept for it, in the order of the purposes."""
    clocks: dict[str, list[str]] = {}
    for clock in CLOCKS:
        what = ", ".join(name for name, _ in clock.emptied)
        words = f"{what} emptied {clock.words}" if what else f"removed {clock.words}"
        clocks.setdefault(clock.table.__tablename__, []).append(words)
    return tuple(
        Activity(
            purpose,
            terms,
            tuple(
                Rows(name, HELD[name].title, tuple(columns), tuple(clocks.get(name, ())))
                for name, columns in by_purpose(purpose).items()
            ),
        )
        for purpose, terms in TERMS.items()
    )


@cache
def facts_hash() -> str:
    """SHA-256 of what is declared: a paper that was signed for another state of it has to be looked at again."""
    told = [
        [each.purpose.value, each.terms.basis, each.terms.special, each.terms.kept]
        + [[row.name, *row.columns, *row.clocks] for row in each.rows]
        for each in activities()
    ]
    return hashlib.sha256(canonical.dumps(told)).hexdigest()


def figures() -> dict[str, int]:
    """How many tables and columns there are, and how many hold personal data."""
    personal = [held for held in HELD.values() if held.purposes]
    return {
        "tables": len(HELD),
        "tables with personal data": len(personal),
        "columns": sum(len(held.columns) for held in HELD.values()),
        "columns with personal data": sum(len(held.fields) for held in personal),
    }


def risks() -> tuple[Risk, ...]:
    """What could harm people, with what is done against it."""
    return RISKS


def markdown(kind: str, answers: dict[str, str] | None = None) -> str:
    """A paper as Markdown, with the answers that there are, and lines to fill in for those that are missing."""
    said = answers or {}
    count = figures()
    lines = [
        f"# {PAPERS[kind]}",
        "",
        "Half of this is made by `consult docs` from the tables that the program really has; the other half is for the",
        "organisation to finish and for somebody else to sign, on the page “Data protection” or here. Articles are those",
        "of the UK GDPR. It is no legal advice: somebody who answers for it has to have read it.",
        "",
        f"{count['columns with personal data']} of {count['columns']} columns, in "
        f"{count['tables with personal data']} of {count['tables']} tables, hold personal data.",
        "",
        "## For people to finish",
        "",
    ]
    for ask in QUESTIONS[kind]:
        lines += [f"**{ask.words}** ({ask.law}) {ask.help}", "", said.get(ask.key) or "> _to be written_", ""]
    lines += ["Signed: ______________________ Date: ______________", ""]
    lines += _risks() if kind == "assessment" else []
    lines += ["## What is kept, and what for", ""]
    for each in activities():
        lines += _activity(each, kind)
    return "\n".join(lines).rstrip() + "\n"


def _risks() -> list[str]:
    table = ["| what could happen | what the program does | how likely, how severe here |", "|---|---|---|"]
    return ["## Risks", "", *table, *(f"| {risk.harm} | {risk.measures} | |" for risk in RISKS), ""]


def _activity(each: Activity, kind: str) -> list[str]:
    terms = each.terms
    lines = [
        f"### {each.purpose.value[0].upper()}{each.purpose.value[1:]}",
        "",
        terms.why,
        "",
        f"- Lawful basis: {terms.basis}.",
        f"- Special category: {terms.special or 'none'}.",
        f"- About whom: {terms.people}.",
        f"- Who sees it: {terms.sees}.",
        f"- How long: {terms.kept}.",
        f"- When somebody is erased: {terms.erasure}.",
        "",
    ]
    if kind == "assessment" or not each.rows:
        return lines
    return [
        *lines,
        "| rows | table | columns | clock |",
        "|---|---|---|---|",
        *(
            f"| {row.title} | `{row.name}` | {', '.join(row.columns)} | {'; '.join(row.clocks) or '–'} |"
            for row in each.rows
        ),
        "",
    ]
