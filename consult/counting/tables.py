"""Tables of a count as HTML: stages, transfers, pairs, ties and tallies, each with a caption and scoped headings.

Every fragment is a plain string with all text escaped and no inline style. Classes are `count-table` and what it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from html import escape
from typing import Any

from consult.counting.result import Count, Number, Stage, decimal, short_decimal
from consult.counting.standing import CONTINUING, standing
from consult.counting.words import before, measured, number, tie_words


def _table(kind: str, caption: str, head: Sequence[str], rows: Iterable[str], foot: Iterable[str] = ()) -> str:
    headings = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    below = "".join(foot)
    return (
        f'<table class="count-table {kind}"><caption>{escape(caption)}</caption><thead><tr>{headings}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody>{f'<tfoot>{below}</tfoot>' if below else ''}</table>"
    )


def _row(heading: str, cells: Iterable[str], kind: str = "") -> str:
    """A row whose heading is text and whose cells are markup already."""
    opening = f'<tr class="{kind}">' if kind else "<tr>"
    return f'{opening}<th scope="row">{escape(heading)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def stage_table(count: Count) -> str:
    """Every candidate's votes at every stage, with what each stage changed; below, what is not with any candidate."""
    states = [standing(count, stage) for stage in count.stages]
    rows = [
        _row(count.labels[i], [_votes(count, stage, i, states[at][i]) for at, stage in enumerate(count.stages)])
        for i in range(len(count.labels))
        if i not in count.withdrawn
    ]
    foot = []
    if any(stage.non_transferable for stage in count.stages):
        foot.append(_row("Not transferable", [number(stage.non_transferable, count.places) for stage in count.stages]))
    if any(stage.loss for stage in count.stages):
        foot.append(_row("Lost by rounding", [number(stage.loss, count.places) for stage in count.stages]))
    if any(stage.quota is not None for stage in count.stages):
        what = "Majority" if count.method == "irv" else "Quota"
        quotas = ["" if stage.quota is None else short_decimal(stage.quota, count.places) for stage in count.stages]
        foot.append(_row(what, quotas, "quota"))
    head = ["Candidate", *(_heading(count, stage) for stage in count.stages)]
    return _table("stages", f"{measured(count.stages[0])} at the end of each stage", head, rows, foot)


def _heading(count: Count, stage: Stage) -> str:
    part = f"Part {stage.part}, stage" if any(s.part != 1 for s in count.stages) else "Stage"
    subjects = ", ".join(count.labels[i] for i in stage.subjects)
    return f"{part} {stage.number}: {stage.action.replace('-', ' ')}{f' of {subjects}' if subjects else ''}"


def _votes(count: Count, stage: Stage, index: int, state: str) -> str:
    votes = stage.votes[index]
    if votes is None:
        return "withdrawn"
    earlier = before(count, stage)
    had = earlier.votes[index] if earlier is not None else votes
    change = Fraction(votes) - Fraction(had or 0)
    said = decimal(votes, count.places)
    if change:
        said += f' <span class="change">({"+" if change > 0 else "−"}{number(abs(change), count.places)})</span>'
    if state != CONTINUING:
        said += f' <span class="state {state}">{state}</span>'
    return said


def transfer_table(count: Count, stage: Stage) -> str:
    """Whose papers went where at one stage, how many, and the votes they carried; "" where nothing moved."""
    rows = []
    for moved in stage.transfers:
        target = "not transferable" if moved.target is None else escape(count.labels[moved.target])
        rows.append(_row(count.labels[moved.source], [target, str(moved.papers), decimal(moved.value, count.places)]))
    if not rows:
        return ""
    return _table("transfers", f"Transfers at stage {stage.number}", ["From", "To", "Papers", "Votes"], rows)


def pairwise(count: Count) -> str:
    """How many prefer each candidate to each other; "" for a rule that does not compare pairs. Wins are in words."""
    if count.pairwise is None:
        return ""
    rows = [i for i in range(len(count.labels)) if i not in count.withdrawn]
    head = ["Preferred to →", *(count.labels[i] for i in rows)]
    body = [
        f'<tr><th scope="row">{escape(count.labels[i])}</th>{"".join(_pair(count.pairwise, i, j) for j in rows)}</tr>'
        for i in rows
    ]
    return _table("pairwise", "How many prefer the candidate in the row to the one in the column", head, body)


def _pair(pairs: Sequence[Sequence[int]], i: int, j: int) -> str:
    if i == j:
        return '<td class="self">–</td>'
    mine, theirs = pairs[i][j], pairs[j][i]
    word = "wins" if mine > theirs else "loses" if mine < theirs else "equal"
    return f'<td class="{word}">{mine} <span class="verdict">{word}</span></td>'


def ties_table(count: Count) -> str:
    """Every tie that had to be broken and how; "" where there was none."""
    if not count.ties:
        return ""
    rows = [
        _row(f"Stage {tie.stage}", [escape(tie_words(count, tie)), "by lot" if tie.lot else "by the rule"])
        for tie in count.ties
    ]
    return _table("ties", "Ties and how they were broken", ["Stage", "What happened", "Broken"], rows)


def result_table(count: Count) -> str:
    """The places in order, or the order where the method makes one."""
    won = set(count.winners)
    if count.ranking is not None:
        rows, place = [], 1
        for level in count.ranking:
            for index in level:
                rows.append(_row(str(place), [escape(count.labels[index]), "elected" if index in won else ""]))
            place += len(level)
        return _table("result", "The order", ["Place", "Candidate", "Result"], rows)
    winners = [_row(str(at), [escape(count.labels[i]), "elected"]) for at, i in enumerate(count.winners, 1)]
    empty = [_row(str(len(winners) + at), ["nobody", "unfilled"]) for at in range(1, count.unfilled + 1)]
    return _table("result", "The places", ["Place", "Candidate", "Result"], [*winners, *empty])


def tally_table(count: Count) -> str:
    """What a method counts beyond places, as one table or several; "" where there is nothing.

    A motion's base, threshold, quorum and units; the verdicts of a policy primary; Schulze's paths; the pairs locked.
    """
    plain: list[str] = []
    tables: list[str] = []
    for key, value in count.tallies.items():
        if key == "by_unit":
            tables += [_units(value)]
        elif key in ("locked", "skipped"):
            tables += [_pairs(key, value)] if value else []
        elif isinstance(value, Mapping) and any(isinstance(item, Mapping) for item in value.values()):
            tables.append(_matrix(_CAPTIONS.get(key, _said(key)), value))
        elif isinstance(value, Mapping):
            plain += [
                _row(f"{_said(key)}: {_said(str(inner)).lower()}", [_shown(item)]) for inner, item in value.items()
            ]
        else:
            plain.append(_row(_said(key), [_shown(value)]))
    first = [_table("tallies", "What was counted", ["What", "How much"], plain)] if plain else []
    return "".join([*first, *tables])


_CAPTIONS = {
    "paths": "The strongest chain of wins from the candidate in the row to the one in the column",
    "verdicts": "For and against each",
    "units": "Each unit",
}


def _matrix(caption: str, rows: Mapping[str, Mapping[str, Any]]) -> str:
    """A mapping of mappings as a table; a cell that is not there is a dash."""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    if set(columns) == set(rows):  # candidates both ways: in one order, though no row names itself
        columns = list(rows)
    head = ["", *(_said(str(column)) for column in columns)] if caption != _CAPTIONS["paths"] else ["From", *columns]
    body = [_row(str(name), [_shown(row[c]) if c in row else "–" for c in columns]) for name, row in rows.items()]
    return _table("matrix", caption, [head[0] or "What", *head[1:]], body)


def _pairs(key: str, pairs: Sequence[Sequence[Any]]) -> str:
    caption = "Wins locked in, the strongest first" if key == "locked" else "Wins left out, because they close a circle"
    rows = [_row(str(winner), [escape(str(loser)), _shown(won), _shown(lost)]) for winner, loser, won, lost in pairs]
    return _table(key, caption, ["Winner", "Loser", "Prefer the winner", "Prefer the loser"], rows)


def _units(value: Mapping[str, Any]) -> str:
    rows = [_row(_said(key), [_shown(item)]) for key, item in value.items() if key != "units"]
    whole = _table("by-unit", "The majority of units", ["What", "How much"], rows)
    return whole + (_matrix(_CAPTIONS["units"], value["units"]) if value.get("units") else "")


def _said(key: str) -> str:
    words = key.replace("_", " ").replace("-", " ") if key.islower() else key
    return words[:1].upper() + words[1:]


def _shown(value: Any) -> str:
    """A tally as it stands in a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else escape(str(value))


def facts_table(count: Count, more: Mapping[str, str] | None = None) -> str:
    """Method, places, quota and papers; `more` adds rows (the file's hash, the seed)."""
    facts: dict[str, str] = {"Method": f"{count.method}, version {count.version}", "Places": str(count.seats)}
    quota: Number | Fraction | None = count.quota
    if quota is not None:
        facts["Majority" if count.method == "irv" else "Quota"] = short_decimal(quota, count.places)
    facts["Valid papers"] = str(count.ballots.valid)
    facts["Blank papers"] = str(count.ballots.blank)
    facts["Invalid papers"] = str(count.ballots.invalid)
    if count.withdrawn:
        facts["Withdrawn"] = ", ".join(count.labels[i] for i in count.withdrawn)
    if count.permutation is not None:
        facts["Order of the lot"] = ", ".join(count.labels[i] for i in count.permutation)
    facts |= dict(more or {})
    facts["Hash of the working out"] = count.hash
    return _table("facts", "The count", ["What", "Value"], [_row(key, [escape(value)]) for key, value in facts.items()])
