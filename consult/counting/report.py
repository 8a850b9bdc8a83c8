"""One self-contained HTML page of a count: outcome, stages in words, charts and tables, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from consult.counting import svg, tables
from consult.counting.methods import METHODS
from consult.counting.result import Count, Number, Stage
from consult.counting.words import outcome_words, stage_words

STYLE = """
:root{color-scheme:light dark;--count-page:#fff;--count-ink:#1b1f24;--count-line:#c4c9d0;--count-soft:#f2f4f7;
--count-elected:#1d6b45;--count-continuing:#2f5d9b;--count-excluded:#6f7580;--count-quota:#b3261e;
--count-stays:#7f97ba;--count-moves:#b36200}
@media (prefers-color-scheme:dark){:root{--count-page:#14171b;--count-ink:#e8eaed;--count-line:#4a5058;
--count-soft:#20242a;--count-elected:#5fc48f;--count-continuing:#8ab4f0;--count-excluded:#9aa0a8;--count-quota:#ff8a80;
--count-stays:#6d86ad;--count-moves:#ffb454}}
body{margin:0 auto;max-width:64rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--count-ink);
background:var(--count-page)}
.outcome{font-size:1.25rem;border-left:.35rem solid var(--count-elected);padding-left:1rem}
.wide{overflow-x:auto}
.wide:focus-visible,summary:focus-visible,a:focus-visible{outline:3px solid var(--count-quota)}
table{border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:bold;padding:.25rem 0}
th,td{border:1px solid var(--count-line);padding:.3rem .6rem;text-align:left;vertical-align:top}
.stages td,.transfers td,.pairwise td{font-variant-numeric:tabular-nums;white-space:nowrap}
thead th,tfoot{background:var(--count-soft)}.facts td{overflow-wrap:anywhere}
.state,.verdict{font-weight:bold}td.wins{background:var(--count-soft)}
svg{max-width:100%;height:auto}.flow{max-width:none}a{color:inherit}
@media print{.wide{overflow:visible}details{display:block}}
"""


def page(count: Count, title: str, more: Mapping[str, str] | None = None) -> str:
    """The whole page as HTML; `title` is the election's, `more` further facts (the file's hash, the seed)."""
    method = METHODS[count.method]
    heading = title or "Election"
    most = svg.scale(count)
    parts = [
        f"<h1>{escape(heading)}</h1>",
        f'<p class="outcome">{escape(outcome_words(count))}</p>',
        f"<p>{escape(method.title)}: {escape(method.about)}</p>",
        tables.result_table(count),
        _wide(tables.facts_table(count, more), "The count"),
        _wide(tables.tally_table(count), "What was counted"),
        _section("Ties", _wide(tables.ties_table(count), "Ties")),
        _section("Pairs", _wide(tables.pairwise(count), "Pairs")),
        _section("Stages", "".join(_stage(count, stage, most) for stage in count.stages)),
        _section("Every stage in one table", _wide(tables.stage_table(count), "Votes at every stage")),
        _section("From stage to stage", _wide(svg.flow(count), "Flow of votes")),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(heading)} – result</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _stage(count: Count, stage: Stage, most: Number) -> str:
    part = f"Part {stage.part}, stage" if any(s.part != 1 for s in count.stages) else "Stage"
    moved = tables.transfer_table(count, stage)
    details = f"<details><summary>Transfers at stage {stage.number}</summary>{_wide(moved, 'Transfers')}</details>"
    return (
        f"<h3>{part} {stage.number}</h3><p>{escape(stage_words(count, stage))}</p>"
        f"{_wide(svg.stage_bars(count, stage, most=most), 'Chart')}{details if moved else ''}"
    )


def _section(heading: str, inside: str) -> str:
    """A heading and what stands under it; nothing where there is nothing to show."""
    return f"<section><h2>{escape(heading)}</h2>{inside}</section>" if inside else ""


def _wide(inside: str, label: str) -> str:
    """What may be wider than the screen, in a box that scrolls by keyboard too."""
    return f'<div class="wide" role="group" aria-label="{escape(label)}" tabindex="0">{inside}</div>' if inside else ""
