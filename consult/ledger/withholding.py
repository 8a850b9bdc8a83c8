"""Which units' figures are withheld: the small, the unanimous, and those that could be found by subtraction.

The figures of the whole are public, so what is withheld of one unit alone is the whole less the rest. Therefore further
units are withheld, the smallest first, until those withheld are at least two and together neither small nor unanimous
(complementary suppression). Whoever reads the figures then learns of the withheld only what they are together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

#: The fewest valid votes of a unit whose figures are shown.
LEAST = 10

#: What stands in a count in place of the figures of a unit that are withheld.
MARK = {"withheld": True}


def withheld(
    units: Mapping[str, Sequence[int]], also: Collection[str] = (), *, unanimous: bool = True
) -> frozenset[str]:
    """The units whose figures are not shown; `units` maps each to its votes by option, `also` are withheld anyway.

    >>> sorted(withheld({"Ash": (30, 12), "Bay": (8, 1), "Cob": (11, 9), "Dell": (50, 50)}))
    ['Bay', 'Cob']
    >>> sorted(withheld({"Ash": (30, 12), "Bay": (20, 0), "Cob": (11, 9)}))
    ['Bay', 'Cob']
    >>> sorted(withheld({"Ash": (30, 12), "Bay": (20, 5)}))
    []
    """
    hidden = {name for name, votes in units.items() if name in also or _tells(votes, unanimous)}
    while hidden and len(hidden) < len(units):
        together = [sum(column) for column in zip(*(units[name] for name in sorted(hidden)), strict=True)]
        if len(hidden) > 1 and not _tells(together, unanimous):
            break
        hidden.add(min(units.keys() - hidden, key=lambda name: (sum(units[name]), name)))
    return frozenset(hidden)


def _tells(votes: Sequence[int], unanimous: bool) -> bool:
    """Whether these figures say of somebody how they voted: too few, or all alike."""
    return sum(votes) < LEAST or (unanimous and max(votes) == sum(votes))


def redacted(count: Mapping[str, Any], names: Collection[str] | None = None) -> dict[str, Any]:
    """A count with the figures of units withheld: those of `names`, or those that the rule above withholds.

    The hash in it stays that of the whole count: whoever holds the papers counts again and finds it.
    """
    rows = by_unit(count)
    if rows is None:
        return dict(count)
    if names is None:
        votes = {unit: (row["for"], row["against"], row["abstain"]) for unit, row in rows.items()}
        names = withheld(votes)
    shown = {unit: (MARK if unit in names else row) for unit, row in rows.items()}
    tallies = count["tallies"]
    return {**count, "tallies": {**tallies, "by_unit": {**tallies["by_unit"], "units": shown}}}


def by_unit(count: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The rows by unit of a count that has them."""
    tallies = count.get("tallies")
    table = tallies.get("by_unit") if isinstance(tallies, Mapping) else None
    rows = table.get("units") if isinstance(table, Mapping) else None
    return rows if isinstance(rows, Mapping) else None


def hidden(count: Mapping[str, Any]) -> frozenset[str]:
    """The units of a count whose figures are withheld."""
    rows = by_unit(count)
    return frozenset(unit for unit, row in (rows or {}).items() if row == MARK)
