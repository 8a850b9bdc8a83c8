"""Charts of a count as SVG: bars for a stage with the quota line, and the flow of votes from stage to stage.

Every fragment is a plain string with all text escaped, no style attribute and no style element, so that it stands in a
page under a strict content security policy. Colours come from the page's custom properties, with fallbacks; patterns
and words say the same as colours do; `role="img"` with a title and a description speaks to screen readers. `ident`
begins the ids inside, for a page that shows several counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from html import escape

from consult.counting.result import Count, Number, Stage
from consult.counting.standing import CONTINUING, ELECTED, EXCLUDED, WITHDRAWN, standing
from consult.counting.words import before, measured, number, outcome_words, stage_words

#: Width of a bar chart and of its bars, in user units (pixels at full size): narrow enough to be read on a telephone,
#: where it shrinks by a fifth. A name stands above its bar.
WIDTH, BARS = 440, 240
ROW, BAR = 42, 16
#: The flow: width of the column of names, of a stage's column, of the block in it, and its height.
NAMES, COLUMN, BLOCK, TALL = 210, 120, 14, 420
#: Blocks beyond which a flow is a blur: stages times candidates.
MOST_BLOCKS = 2_000
#: How many characters of a name are shown above a bar, and where room is shorter still.
LONG, SHORT = 52, 24

FILLS = {
    ELECTED: "var(--count-elected, #1d6b45)",
    CONTINUING: "var(--count-continuing, #2f5d9b)",
    EXCLUDED: "var(--count-excluded, #8a8f98)",
    WITHDRAWN: "var(--count-excluded, #8a8f98)",
}
LINE = "var(--count-quota, #b3261e)"
#: Keeps words legible where they cross a line.
HALO = 'stroke="var(--count-page, #ffffff)" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'


def scale(count: Count) -> Number:
    """The longest bar of the whole count, so that bars can be compared from stage to stage."""
    return max([1, *(v or 0 for stage in count.stages for v in (*stage.votes, stage.quota))])


def stage_bars(count: Count, stage: Stage, ident: str = "count", most: Number | None = None) -> str:
    """Bars of the votes at the end of the stage; what was gained in it is hatched; the quota is a dashed line.

    `most` is `scale(count)`, for whoever draws all stages and works it out once.
    """
    states = standing(count, stage)
    rows = [i for i in range(len(count.labels)) if i not in count.withdrawn]
    earlier = before(count, stage)
    most = scale(count) if most is None else most
    ident = f"{ident}-stage-{stage.number}"
    height = ROW * len(rows) + 40
    body = [_hatch(ident)]
    if stage.quota is not None:
        body.append(_quota_line(count, stage, most, height))
    for at, index in enumerate(rows):
        had = _value(earlier, index) if earlier is not None else _value(stage, index)
        body.append(_bar(count, stage, index, states[index], 28 + at * ROW, most, had, ident))
    part = f", part {stage.part}" if any(s.part != 1 for s in count.stages) else ""
    return _figure(
        "stage-bars", WIDTH, height, ident, f"{measured(stage)} at the end of stage {stage.number}{part}",
        _described(count, stage, rows, states), body,
    )  # fmt: skip


def _value(stage: Stage, index: int) -> Number:
    votes = stage.votes[index]
    return votes if votes is not None else 0


def _described(count: Count, stage: Stage, rows: list[int], states: tuple[str, ...]) -> str:
    votes = [f"{count.labels[i]} {number(_value(stage, i), count.places)} ({states[i]})" for i in rows]
    quota = f" The quota is {number(stage.quota, count.places)}." if stage.quota is not None else ""
    return f"{stage_words(count, stage)} {'; '.join(votes)}.{quota}"


def _figure(kind: str, width: int, height: int, ident: str, title: str, about: str, body: Iterable[str]) -> str:
    return (
        f'<svg class="count-chart {kind}" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" aria-labelledby="{ident}-title {ident}-desc" font-family="inherit" '
        f'font-size="14" fill="currentColor"><title id="{ident}-title">{escape(title)}</title>'
        f'<desc id="{ident}-desc">{escape(about)}</desc>{"".join(body)}</svg>'
    )


def _hatch(ident: str) -> str:
    """The pattern over what was gained; dots over the excluded."""
    return (
        f'<defs><pattern id="{ident}-gain" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="none"/><rect width="3" height="6" '
        'fill="var(--count-page, #ffffff)" fill-opacity="0.55"/></pattern></defs>'
    )


def _bar(count: Count, stage: Stage, index: int, state: str, y: int, most: Number, had: Number, ident: str) -> str:
    votes = _value(stage, index)
    width, kept = _length(votes, most), _length(min(votes, had), most)
    words = f"{number(votes, count.places)}{'' if state == CONTINUING else ' ' + state}"
    name = escape(shorten(count.labels[index], LONG))
    parts = [f'<text class="name" x="0" y="{y + 12}" {HALO}>{name}</text>']
    y += 18
    if width:
        outline = ' stroke="currentColor" stroke-width="1.5"' if state == ELECTED else ""
        place = f'x="1" y="{y}" width="{width}" height="{BAR}"'
        parts.append(f'<rect class="bar {state}" {place} fill="{FILLS[state]}"{outline}/>')
    if width and kept != width:
        x = _sum(1, kept)
        gain = _length(votes - min(votes, had), most)
        parts.append(f'<rect class="gain" x="{x}" y="{y}" width="{gain}" height="{BAR}" fill="url(#{ident}-gain)"/>')
    parts.append(f'<text class="votes" x="{_sum(7, width)}" y="{y + 13}" {HALO}>{escape(words)}</text>')
    return f"<g>{''.join(parts)}</g>"


def _length(value: Number, most: Number) -> str:
    """A length in the bars' width, to a tenth; "" for nothing."""
    tenths = int(Fraction(value) * BARS * 10 / Fraction(most))
    return f"{tenths // 10}.{tenths % 10}" if tenths > 0 else ""


def _sum(start: int, length: str) -> str:
    whole, _, tenth = (length or "0.0").partition(".")
    return f"{start + int(whole)}.{tenth or 0}"


def _quota_line(count: Count, stage: Stage, most: Number, height: int) -> str:
    x = _sum(1, _length(stage.quota or 0, most))
    anchor = "start" if float(x) < 60 else "middle"
    what = "Majority" if count.method == "irv" else "Quota"
    shown = f"{what} {number(stage.quota or 0, count.places)}"
    return (
        f'<g class="quota"><line x1="{x}" x2="{x}" y1="20" y2="{height - 8}" stroke="{LINE}" stroke-width="2" '
        f'stroke-dasharray="6 4"/><text x="{x}" y="14" text-anchor="{anchor}">{escape(shown)}</text></g>'
    )


def shorten(name: str, limit: int = SHORT) -> str:
    """A name cut to the room there is; the table beside the chart has it whole.

    >>> shorten("Ann"), shorten("A very long name indeed", 10)
    ('Ann', 'A very lo…')
    """
    return name if len(name) <= limit else name[: limit - 1].rstrip() + "…"


def flow(count: Count, ident: str = "count") -> str:
    """Where votes went from stage to stage: a block a candidate and stage, a ribbon for votes that stay or move.

    Empty for a rule of one step, and for a count of so many stages and candidates that nobody could read it. The
    ribbons carry their words: pointing or reading tells who gave how much to whom.
    """
    stages = count.stages
    if len(stages) < 2 or len(stages) * len(count.labels) > MOST_BLOCKS:
        return ""
    rows = [i for i in range(len(count.labels)) if i not in count.withdrawn]
    ident = f"{ident}-flow"
    total = max([sum(_value(stage, i) for i in rows) + stage.non_transferable + stage.loss for stage in stages] + [1])
    gap = 8
    height = TALL + gap * (len(rows) + 1) + 40
    columns = [_blocks(count, stage, rows, total, gap) for stage in stages]
    body: list[str] = []
    for at in range(1, len(stages)):
        if stages[at].part == stages[at - 1].part:
            body += _ribbons(count, stages[at], columns[at - 1], columns[at], at, total)
    for at, stage in enumerate(stages):
        states = standing(count, stage)
        body.append(_column(count, stage, states, columns[at], at))
    width = NAMES + COLUMN * (len(stages) - 1) + BLOCK + 190
    about = " ".join(f"Stage {stage.number}: {stage_words(count, stage)}" for stage in stages)
    return _figure(
        "flow",
        width,
        height,
        ident,
        f"Flow of votes through {len(stages)} stages",
        f"{outcome_words(count)} {about}",
        body,
    )


#: Top and height of each candidate's block in a column; None is the non-transferable (with what truncation lost).
_Blocks = dict[int | None, tuple[Fraction, Fraction]]


def _blocks(count: Count, stage: Stage, rows: list[int], total: Number, gap: int) -> _Blocks:
    top = Fraction(30)
    made: _Blocks = {}
    for index in [*rows, None]:
        value = stage.non_transferable + stage.loss if index is None else _value(stage, index)
        tall = Fraction(value) * TALL / Fraction(total)
        made[index] = (top, tall)
        top += tall + gap
    return made


def _column(count: Count, stage: Stage, states: tuple[str, ...], blocks: _Blocks, at: int) -> str:
    x = NAMES + at * COLUMN
    parts = [f'<text class="stage" x="{x + BLOCK // 2}" y="16" text-anchor="middle">Stage {stage.number}</text>']
    last = stage is count.stages[-1]
    for index, (top, tall) in blocks.items():
        if index is None:
            name, state, value = "Not transferable", EXCLUDED, stage.non_transferable + stage.loss
        else:
            name, state, value = count.labels[index], states[index], _value(stage, index)
        words = f"{name}: {number(value, count.places)}"
        if value:
            parts.append(
                f'<rect class="block {state}" x="{x}" y="{_at(top)}" width="{BLOCK}" '
                f'height="{_at(max(tall, Fraction(1, 2)))}" '
                f'fill="{FILLS[state]}"><title>{escape(f"Stage {stage.number}, {words}")}</title></rect>'
            )
        if at == 0 and value:
            middle = _at(top + tall / 2 + 5)
            parts.append(
                f'<text class="name" x="{x - 8}" y="{middle}" text-anchor="end">{escape(shorten(name))}</text>'
            )
        if last and value:
            middle = _at(top + tall / 2 + 5)
            shown = shorten(name, 16) + (" (elected)" if state == ELECTED else "")
            parts.append(f'<text class="name" x="{x + BLOCK + 8}" y="{middle}" font-size="12">{escape(shown)}</text>')
    return f"<g>{''.join(parts)}</g>"


def _ribbons(count: Count, stage: Stage, left: _Blocks, right: _Blocks, at: int, total: Number) -> list[str]:
    """Ribbons from the column before: what moved by the stage's transfers, and what stayed."""
    x1, x2 = NAMES + (at - 1) * COLUMN + BLOCK, NAMES + at * COLUMN
    sent = {index: Fraction(0) for index in left}
    got = {index: Fraction(0) for index in left}
    moves: dict[tuple[int | None, int | None], Number] = {}
    for transfer in stage.transfers:
        pair = (transfer.source, transfer.target)
        moves[pair] = moves.get(pair, 0) + transfer.value
    drawn: list[str] = []
    scale = Fraction(TALL) / Fraction(total)
    stays = {}
    for index in left:
        out = sum((Fraction(v) * scale for (source, _), v in moves.items() if source == index), Fraction(0))
        stays[index] = max(min(left[index][1] - out, right[index][1]), Fraction(0))
    for index, tall in stays.items():
        if tall:
            drawn.append(_ribbon("stays", x1, left[index][0], x2, right[index][0], tall, ""))
        sent[index] += tall
        got[index] += tall
    for (source, target), value in moves.items():
        tall = Fraction(value) * scale
        to = "not transferable" if target is None else f"to {count.labels[target]}"
        name = count.labels[source] if source is not None else ""
        words = f"Stage {stage.number}: {number(value, count.places)} from {name} {to}"
        if tall:
            start, end = left[source][0] + sent[source], right[target][0] + got[target]
            drawn.append(_ribbon("moves", x1, start, x2, end, tall, words))
        sent[source] += tall
        got[target] += tall
    return drawn


def _ribbon(kind: str, x1: int, y1: Fraction, x2: int, y2: Fraction, tall: Fraction, words: str) -> str:
    middle = (x1 + x2) // 2
    path = (
        f"M{x1} {_at(y1)}C{middle} {_at(y1)} {middle} {_at(y2)} {x2} {_at(y2)}V{_at(y2 + tall)}"
        f"C{middle} {_at(y2 + tall)} {middle} {_at(y1 + tall)} {x1} {_at(y1 + tall)}Z"
    )
    fill = "var(--count-stays, #9fb3cf)" if kind == "stays" else "var(--count-moves, #c77700)"
    edge = "" if kind == "stays" else f' stroke="{fill}" stroke-width="0.75"'
    title = f"<title>{escape(words)}</title>" if words else ""
    opacity = "0.35" if kind == "stays" else "0.6"
    return f'<path class="ribbon {kind}" d="{path}" fill="{fill}" fill-opacity="{opacity}"{edge}>{title}</path>'


def _at(value: Fraction) -> str:
    """A coordinate to a hundredth."""
    hundredths = int(value * 100)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
