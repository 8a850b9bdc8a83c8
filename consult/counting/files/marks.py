"""What scanners write into a cell that names nobody, and candidates named twice: papers as the counters read them.

`contest` says how: a place left out is an empty level, an overvote an equal place at which a ranking ends, and a
candidate written a second time is ignored the second time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from consult.counting.contest import Ranking

#: Instead of a candidate's index: nobody was marked at this place, or more than one was.
NOBODY, SEVERAL = -1, -2
_WORDS = dict.fromkeys(
    ("undervote", "undervotes", "undervoted", "skipped", "skippedranking", "skip", "exhausted", "blank"), NOBODY
) | dict.fromkeys(("overvote", "overvotes", "overvoted"), SEVERAL)


def nobody_named(cell: str) -> int | None:
    """NOBODY or SEVERAL where a cell is a scanner's word for that, in any letters; else None.

    >>> nobody_named("Over-vote"), nobody_named("skipped"), nobody_named("Ann Skipper")
    (-2, -1, None)
    """
    return _WORDS.get(re.sub(r"[\s_-]+", "", cell.casefold()))


def levels(once: Sequence[int], candidates: int) -> Ranking:
    """The places of a paper. Whom an overvote marked is not known: all who were not ranked before stand equal there.

    >>> levels([1, -1, -2], 4), levels([1, -2], 2)
    ((1, (), (0, 2, 3)), (1,))
    """
    if once[-1:] != [SEVERAL]:
        return tuple([index if index >= 0 else () for index in once])
    rest = tuple(index for index in range(candidates) if index not in once)
    before: Ranking = tuple([index if index >= 0 else () for index in once[:-1]])
    return (*before, rest) if len(rest) > 1 else before


class Odd:
    """Counts the papers on which somebody is named again, and those with an overvote."""

    def __init__(self) -> None:
        self.repeated = self.overvoted = 0

    def once(self, ranking: Sequence[int], weight: int) -> list[int]:
        """A ranking up to any overvote, each candidate the first time only; a repetition leaves no gap.

        >>> Odd().once((0, 0, -1, 1, -2, 2), 1)
        [0, -1, 1, -2]
        """
        once: list[int] = []
        again = False
        for index in ranking:
            if index == SEVERAL:
                once.append(index)
                self.overvoted += weight
                break
            if index == NOBODY or index not in once:
                once.append(index)
            else:
                again = True
        self.repeated += weight * again
        return once

    @property
    def notes(self) -> tuple[str, ...]:
        """How many papers were read so, in sentences."""
        said = []
        if self.repeated:
            which = "One paper names" if self.repeated == 1 else f"{self.repeated} papers name"
            said.append(f"{which} a candidate more than once: all but the first time was ignored.")
        if self.overvoted:
            which = "One paper has" if self.overvoted == 1 else f"{self.overvoted} papers have"
            said.append(f"{which} an overvote: the ranking ends there.")
        return tuple(said)
