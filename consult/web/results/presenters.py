"""A finished count as pages show it: the sentences, the tables and the drawings, all from the certified data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from html import unescape
from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape

from consult.counting import svg, tables
from consult.counting.reading import read_count
from consult.counting.result import Count, Number, Stage, short_decimal
from consult.counting.standing import CONTINUING, standing
from consult.counting.words import before, measured, number, stage_words
from consult.ledger import bundle, packing, votes
from consult.ledger.definition import Definition
from consult.web.answers import in_words
from consult.web.phrases import said


@dataclass(frozen=True)
class StageShown:
    """One stage: its sentence, its drawing and its transfers."""

    number: int
    part: int
    words: str
    #: What the bars measure: votes, points, marks.
    measured: str
    #: Name, thousandths of a full bar, what is said of it, and its state for the colour.
    bars: list[tuple[str, int, str, str]]
    #: The quota in the same thousandths, and in words; None and "" where there is none.
    line: int | None
    line_label: str
    transfers: Markup


@dataclass(frozen=True)
class WorkedOut:
    """Everything that a result page shows of one question; the markup is made, and escaped, by the counting rules."""

    count: Count
    stages: list[StageShown]
    result: Markup
    tally: Markup
    stage_table: Markup
    ties: Markup
    pairwise: Markup
    flow: Markup

    @property
    def parts(self) -> int:
        """How many counts it was done in."""
        return max(stage.part for stage in self.stages)

    @property
    def state(self) -> str:
        """The state for the colour of the outcome: "carried", "lost" or "elected"."""
        if self.count.outcome in ("carried", "lost", "inquorate"):
            return "lost" if self.count.outcome == "inquorate" else self.count.outcome
        return "elected" if self.count.winners else "lost"


def _thousandths(value: Number, most: Number) -> int:
    return int(Fraction(value) * 1000 / Fraction(most))


def _bars(count: Count, stage: Stage, most: Number) -> list[tuple[str, int, str, str]]:
    """The votes at the end of a stage, with what it changed and who is elected or excluded, in words and lengths."""
    states, earlier = standing(count, stage), before(count, stage)
    rows = []
    for i, label in enumerate(count.labels):
        votes = stage.votes[i] or 0
        if i in count.withdrawn:
            continue
        change = Fraction(votes) - Fraction((earlier.votes[i] if earlier is not None else votes) or 0)
        said = number(votes, count.places)
        if change:
            said += f" ({'+' if change > 0 else '−'}{number(abs(change), count.places)})"
        state = states[i] if states[i] != CONTINUING and count.method != "majority" else ""
        rows.append((label, _thousandths(votes, most), f"{said} {_STATES[state]()}".strip(), state))
    return rows


#: States of a candidate in the reader's language.
_STATES: dict[str, Callable[[], str]] = {
    "": lambda: "",
    "elected": lambda: gettext("elected"),
    "excluded": lambda: gettext("excluded"),
}


def _line_label(count: Count, stage: Stage) -> str:
    if stage.quota is None:
        return ""
    value = short_decimal(stage.quota, count.places)
    return gettext("Majority: %(n)s", n=value) if count.method == "irv" else gettext("Quota: %(n)s", n=value)


_WORDS = re.compile(r"(?<=>)([^<]*[^\W\d_][^<]*)(?=<)")


def _told(drawn: str) -> Markup:
    """A table or drawing of a count with its words in the language of the page; names and figures stay as certified."""
    return Markup(_WORDS.sub(lambda found: str(escape(said(unescape(found[1])))), drawn))


def worked_out(key: str, data: Mapping[str, Any]) -> WorkedOut:
    """The working out of one question, from its certified JSON; `key` keeps the ids of drawings apart."""
    count = read_count(data)
    most = svg.scale(count)
    moved = len(count.stages) > 1 and any(stage.transfers for stage in count.stages)
    return WorkedOut(
        count=count,
        stages=[
            StageShown(
                number=stage.number,
                part=stage.part,
                words=stage_words(count, stage),
                measured=measured(stage),
                bars=_bars(count, stage, most),
                line=_thousandths(stage.quota, most) if stage.quota is not None else None,
                line_label=_line_label(count, stage),
                transfers=_told(tables.transfer_table(count, stage)),
            )
            for stage in count.stages
        ],
        result=_told(tables.result_table(count)),
        tally=_told(tables.tally_table(count)),
        stage_table=_told(tables.stage_table(count)) if len(count.stages) > 1 else Markup(),
        ties=_told(tables.ties_table(count)),
        pairwise=_told(tables.pairwise(count)),
        flow=_told(svg.flow(count, key)) if moved else Markup(),
    )


def named(definition: Definition, parts: bytes) -> list[list[str]]:
    """Of a recorded vote: the rows of the table of who voted how, as the published file has them. Else nothing."""
    if definition.level != "recorded":
        return []
    cast = votes.loads(packing.unpack(parts)[bundle.VOTES], definition)
    return [
        [vote.voter, vote.unit, f"{vote.votes:,}", *(answer for _, answer in in_words(definition, vote.paper))]
        for vote in cast
    ]
