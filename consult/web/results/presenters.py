"""A finished count as pages show it: the sentences, the tables and the drawings, all from the certified data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from consult.counting import svg, tables
from consult.counting.reading import read_count
from consult.counting.result import Count
from consult.counting.words import stage_words


@dataclass(frozen=True)
class StageShown:
    """One stage: its sentence, its drawing and its transfers."""

    number: int
    part: int
    words: str
    chart: Markup
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
    def state(self) -> str:
        """The state for the colour of the outcome: "carried", "lost" or "elected"."""
        if self.count.outcome in ("carried", "lost", "inquorate"):
            return "lost" if self.count.outcome == "inquorate" else self.count.outcome
        return "elected" if self.count.winners else "lost"


def worked_out(key: str, data: Mapping[str, Any]) -> WorkedOut:
    """The working out of one question, from its certified JSON; `key` keeps the ids of drawings apart."""
    count = read_count(data)
    moved = len(count.stages) > 1 and any(stage.transfers for stage in count.stages)
    return WorkedOut(
        count=count,
        stages=[
            StageShown(
                number=stage.number,
                part=stage.part,
                words=stage_words(count, stage),
                chart=Markup(svg.stage_bars(count, stage, f"{key}-{stage.part}")),
                transfers=Markup(tables.transfer_table(count, stage)),
            )
            for stage in count.stages
        ],
        result=Markup(tables.result_table(count)),
        tally=Markup(tables.tally_table(count)),
        stage_table=Markup(tables.stage_table(count)) if len(count.stages) > 1 else Markup(),
        ties=Markup(tables.ties_table(count)),
        pairwise=Markup(tables.pairwise(count)),
        flow=Markup(svg.flow(count, key)) if moved else Markup(),
    )
