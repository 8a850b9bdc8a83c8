"""What a ranking and its verdicts may look like, wherever they come from: one spelling for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from consult.ledger import shape

#: A place in a ranking: the position of an option from 0, or several that are ranked equal.
Level: TypeAlias = int | tuple[int, ...]


def check_verdicts(verdicts: str, options: int, where: str) -> None:
    """Refuse verdicts that are neither empty nor one of +, - and 0 for each option."""
    if verdicts and (len(verdicts) != options or set(verdicts) - set("+-0")):
        raise shape.Malformed(f"In {where}: verdicts are one of +, - and 0 for each of {options} options, or none.")


def check_ranking(levels: Sequence[Any], options: int, where: str) -> tuple[Level, ...]:
    """Each option at most once; options ranked equal are a list of two or more, in ascending order: one spelling."""
    ranking = tuple([tuple(level) if isinstance(level, (list, tuple)) else level for level in levels])
    places: list[Any] = []
    for level in ranking:
        if type(level) is tuple:
            if len(level) < 2 or any(type(place) is not int for place in level) or list(level) != sorted(level):
                raise shape.Malformed(f"In {where}: options ranked equal are a list of two or more in ascending order.")
            places += level
        else:
            places.append(level)
    if set(map(type, places)) - {int} or (places and not 0 <= min(places) <= max(places) < options):
        raise shape.Malformed(f"In {where}: a ranking holds the positions of options, from 0 to {options - 1}.")
    if len(set(places)) != len(places):
        raise shape.Malformed(f"In {where}: an option is ranked twice.")
    return ranking
