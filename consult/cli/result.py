"""A count as it is printed: in words for people, as one JSON object for programs."""

from __future__ import annotations

import json

from consult.counting.methods import METHODS
from consult.counting.result import Count, Stage, short_decimal
from consult.counting.words import number, outcome_words, stage_words, tie_words


def json_text(count: Count) -> str:
    """The published object, one line."""
    return json.dumps(count.as_json(), ensure_ascii=False) + "\n"


def as_text(count: Count, title: str, stages: bool) -> str:
    """Outcome first, then what it rests on; with `stages` the whole working out."""
    method = METHODS[count.method]
    papers = count.ballots
    lines = ([title] if title else []) + [outcome_words(count), ""]
    lines.append(f"Method: {method.title} ({method.id}, version {count.version})")
    lines.append(f"Papers: {papers.valid} valid, {papers.blank} blank, {papers.invalid} invalid")
    if count.quota is not None:
        lines.append(f"{'Majority' if count.method == 'irv' else 'Quota'}: {short_decimal(count.quota, count.places)}")
    if count.ranking is not None:
        order = [" = ".join(count.labels[i] for i in level) for level in count.ranking]
        lines.append(f"Order: {' > '.join(order)}")
    lines += [f"Tie at stage {tie.stage}: {tie_words(count, tie)}" for tie in count.ties]
    if stages:
        for stage in count.stages:
            lines += ["", f"Stage {stage.number}", stage_words(count, stage), *_votes(count, stage)]
        lines.append("")
    lines.append(f"Hash: {count.hash}")
    return "\n".join(lines) + "\n"


def _votes(count: Count, stage: Stage) -> list[str]:
    """The votes at the end of a stage, names to the left and numbers to the right."""
    wide = max([len(label) for label in count.labels] + [16])
    rows = [(count.labels[i], votes) for i, votes in enumerate(stage.votes) if votes is not None]
    if stage.non_transferable:
        rows.append(("Not transferable", stage.non_transferable))
    if stage.loss:
        rows.append(("Lost by rounding", stage.loss))
    shown = [(name, number(votes, count.places)) for name, votes in rows]
    far = max((len(votes) for _, votes in shown), default=0)
    return [f"  {name:<{wide}}  {votes:>{far}}" for name, votes in shown]
