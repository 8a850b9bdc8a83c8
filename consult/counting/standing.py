"""Where each candidate stands at the end of a stage: what every table and chart of a count needs to know."""

from __future__ import annotations

from consult.counting.result import Count, Stage

CONTINUING, ELECTED, EXCLUDED, WITHDRAWN = "continuing", "elected", "excluded", "withdrawn"


def standing(count: Count, stage: Stage) -> tuple[str, ...]:
    """For each candidate "continuing", "elected", "excluded" or "withdrawn" at the end of `stage`."""
    states = [CONTINUING] * len(count.labels)
    for other in count.stages:
        if other.part == stage.part and other.number <= stage.number:
            for index in other.excluded:
                states[index] = EXCLUDED
            for index in other.elected:
                states[index] = ELECTED
    for index in count.withdrawn:
        states[index] = WITHDRAWN
    return tuple(states)
