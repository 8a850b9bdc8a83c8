"""Margins of a count: how many votes stand between the result and another one, exclusions on the way included.

A margin is in votes, exactly: what one side had more than the other at the moment when it mattered. So many further
papers for the side that was behind would have made a tie there, and one more would have turned it. Whether turning an
exclusion turns the result cannot be read off a margin; that a margin is larger than all doubts together means that
they did not matter, which is what a materiality report asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from consult.counting.result import Count, Number, Stage, short_decimal


@dataclass(frozen=True)
class Margin:
    """One margin: between what it stands, in words, and the votes; `votes` 0 is a tie."""

    words: str
    votes: Fraction

    @property
    def papers(self) -> int:
        """The fewest whole papers for the other side that would have made at least a tie of it."""
        return -(-self.votes.numerator // self.votes.denominator)

    @property
    def written(self) -> str:
        """The votes as a decimal of at most five places."""
        return short_decimal(self.votes, 5)


def margins(count: Count) -> list[Margin]:
    """Every margin of a count, the narrowest first.

    >>> from consult.counting.count import count as run
    >>> from consult.counting.contest import Candidate, Contest, Group
    >>> contest = Contest("b", (Candidate("a", "Ash"), Candidate("b", "Bay")), 1)
    >>> [(m.words, m.papers) for m in margins(run("plurality", contest, [Group((0,), 5), Group((1,), 3)], None))]
    [('Ash elected before Bay', 2)]
    """
    if count.method == "majority":
        found = _motion(count)
    elif count.pairwise is not None:
        found = _pairs(count)
    else:
        found = [*_exclusions(count), *_places(count)]
    return sorted(found, key=lambda margin: margin.votes)


def _exclusions(count: Count) -> list[Margin]:
    """At each exclusion: the one excluded, and the next one who was not."""
    found = []
    for before, stage in pairwise(count.stages):
        if stage.part != before.part or not stage.excluded:
            continue
        out = [i for i in stage.excluded if before.votes[i] is not None]
        gone = _gone(count, before)
        stayed = [i for i, votes in enumerate(before.votes) if votes is not None and i not in gone and i not in out]
        if not out or not stayed:
            continue
        lowest = min(stayed, key=lambda i: (_votes(before, i), i))
        nearest = max(out, key=lambda i: (_votes(before, i), -i))
        words = f"stage {stage.number}: {count.labels[nearest]} excluded before {count.labels[lowest]}"
        found.append(Margin(words, _votes(before, lowest) - _votes(before, nearest)))
    return found


def _gone(count: Count, upto: Stage) -> set[int]:
    """Who was elected or excluded up to a stage of its own part."""
    stages = [stage for stage in count.stages if stage.part == upto.part and stage.number <= upto.number]
    return {i for stage in stages for i in (*stage.elected, *stage.excluded)} | set(count.withdrawn)


def _places(count: Count) -> list[Margin]:
    """Between the last elected and the best who was not, at the last stage; who was excluded before is measured there."""
    last = count.stages[-1]
    out = {i for stage in count.stages for i in stage.excluded} | set(count.winners)
    losers = [i for i, votes in enumerate(last.votes) if votes is not None and i not in out]
    winners = [i for i in count.winners if last.votes[i] is not None]
    if not losers or not winners:
        return []
    weakest = min(winners, key=lambda i: (_votes(last, i), -i))
    best = max(losers, key=lambda i: (_votes(last, i), -i))
    apart = _votes(last, weakest) - _votes(last, best)
    return [Margin(f"{count.labels[weakest]} elected before {count.labels[best]}", abs(apart))]


def _pairs(count: Count) -> list[Margin]:
    """Between each winner and each who was not, in the votes that prefer one to the other."""
    pairs = count.pairwise or ()
    found = []
    for winner in count.winners:
        for other in range(len(count.labels)):
            if other in count.winners or other in count.withdrawn:
                continue
            apart = Fraction(abs(pairs[winner][other] - pairs[other][winner]))
            found.append(Margin(f"{count.labels[winner]} against {count.labels[other]}", apart))
    return found


def _motion(count: Count) -> list[Margin]:
    """To the threshold, and to the quorum if there is one."""
    said = count.tallies
    share, whole, votes = Fraction(said["threshold"]), said["base_size"], said["for"]
    reached, grows = bool(said["reached"]), said["base"] != "roll"
    over = Fraction(votes) - share * whole
    each = (share if grows else Fraction(1)) if reached else (1 - share if grows else Fraction(1))
    found = []
    if each > 0:
        side = "against" if reached else "for"
        found.append(Margin(f"the threshold, by further votes {side}", abs(over) / each))
    quorum = said.get("quorum")
    if quorum is not None:
        found.append(Margin("the quorum", Fraction(abs(quorum["present"] - quorum["needed"]))))
    return found


def _votes(stage: Stage, i: int) -> Fraction:
    votes: Number = stage.votes[i] or 0
    return Fraction(votes)
