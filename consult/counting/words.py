"""Sentences for a finished count: what happened at each stage and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consult.counting.result import Count, Stage


def stage_words(count: Count, stage: Stage) -> str:
    """What happened at this stage, in words."""
    names = count.labels
    said = [f"Stage {stage.number}: {stage.action.replace('-', ' ')}."]
    if stage.excluded:
        said.append(f"Excluded: {', '.join(names[i] for i in stage.excluded)}.")
    if stage.elected:
        said.append(f"Elected: {', '.join(names[i] for i in stage.elected)}.")
    return " ".join(said)
