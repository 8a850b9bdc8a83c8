"""Ballot papers one by one: how each is read under a rule, and what becomes of it during a count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from consult.counting.contest import Contest, Group, Paper, Papers, as_paper
from consult.domain.errors import Refused

#: A group heavier than this is one card vote that carries its weight; anything lighter is laid out paper by paper.
HEAVIEST_LAID_OUT = 1000


@dataclass(slots=True)
class Ballot:
    """One valid paper.

    `levels` are the places in order, each a tuple of candidates ranked equal (a strict paper has one in each).
    `weight` is 1, or the weight of a card vote.  `value` is what one vote on the paper is worth now, in the rule's own
    unit; `transferred` says in which batch or stage it was last received.
    """

    levels: tuple[tuple[int, ...], ...]
    weight: int = 1
    value: int = 1
    verdicts: str = ""
    unit: str = ""

    def next_preference(self, continuing: set[int]) -> int | None:
        """The next available preference: the first candidate on the paper who still continues; None when it runs out.

        >>> Ballot(((2,), (0,), (1,))).next_preference({0, 1})
        0
        """
        for (candidate,) in self.levels:
            if candidate in continuing:
                return candidate
        return None


@dataclass(slots=True)
class BallotBox:
    """The valid ballots, and how many papers (by weight) were valid, blank and invalid."""

    ballots: list[Ballot]
    valid: int
    blank: int
    invalid: int


def one_by_one(papers: Papers) -> Iterator[tuple[Paper, int]]:
    """Every paper with its weight; a group of identical papers is laid out again paper by paper."""
    given: Iterable[object] = papers.items() if isinstance(papers, Mapping) else papers
    for item in given:
        if isinstance(papers, Mapping):
            paper, weight = as_paper(item[0]), item[1]  # type: ignore[index]
        elif isinstance(item, Group):
            paper, weight = as_paper(item.paper), item.weight
        else:
            paper, weight = as_paper(item), 1  # type: ignore[arg-type]
        if type(weight) is not int or weight < 0:
            raise Refused(f"The weight of a paper must be a whole number, not {weight!r} (paper {paper!r}).")
        if weight > HEAVIEST_LAID_OUT:
            yield paper, weight
        else:
            for _ in range(weight):
                yield paper, 1


def levels_of(contest: Contest, paper: Paper) -> tuple[tuple[int, ...], ...]:
    """The places on a paper once the withdrawn and the repeated are taken off it.

    >>> from consult.counting.contest import Candidate
    >>> abc = tuple(Candidate(str(n), name) for n, name in enumerate("ABC"))
    >>> levels_of(Contest("b", abc, withdrawn=frozenset({0})), Paper(((0, 1), 0, 2, 1)))
    ((1,), (2,))
    """
    seen: set[int] = set(contest.withdrawn)
    levels = []
    for place in paper.ranking:
        here = []
        for candidate in place if isinstance(place, tuple) else (place,):
            if not 0 <= candidate < len(contest.candidates):
                raise Refused(f"A paper names candidate {candidate + 1}, but there are {len(contest.candidates)}.")
            if candidate not in seen:
                seen.add(candidate)
                here.append(candidate)
        if here:
            levels.append(tuple(sorted(here)))
    return tuple(levels)


def strict(levels: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """Under a rule without equal places the ranking ends before the first of them.

    >>> strict(((2,), (0, 1), (3,)))
    ((2,),)
    """
    for place, candidates in enumerate(levels):
        if len(candidates) > 1:
            return levels[:place]
    return levels


def until_gap(paper: Paper) -> Paper:
    """Under a rule that wants consecutive numbers the ranking ends before the first place left out.

    >>> until_gap(Paper((2, (), 0))).ranking
    (2,)
    """
    for place, candidates in enumerate(paper.ranking):
        if candidates == ():
            return paper._replace(ranking=paper.ranking[:place])
    return paper


def sort_papers(
    contest: Contest, papers: Papers, *, equal_places: bool = False, consecutive: bool = False
) -> BallotBox:
    """Papers read for a rule that ranks: blank when nothing is on them, invalid when nothing on them can be used.

    That is so where they begin with an equal place or, under a rule that wants `consecutive` numbers, with a gap.
    """
    box = BallotBox([], 0, 0, 0)
    for paper, weight in one_by_one(papers):
        levels = levels_of(contest, paper)
        if not levels:
            box.blank += weight
            continue
        if consecutive:
            levels = levels_of(contest, until_gap(paper))
        usable = levels if equal_places else strict(levels)
        if not usable:
            box.invalid += weight
            continue
        box.valid += weight
        box.ballots.append(Ballot(usable, weight, verdicts=paper.verdicts, unit=paper.unit))
    return box
