"""Generated elections: ordinary ones, and ones with few papers, where everything ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from consult.counting.contest import Candidate, Contest, Group, Paper, Reserve
from consult.counting.methods import METHODS

#: Rules that move papers from candidate to candidate, and those among them that fill several places.
MOVING = ("irv", "scottish-stv", "meek", "meek-prf", "ers97")
STV = ("scottish-stv", "meek", "meek-prf", "ers97")
PAIRS = ("schulze", "ranked-pairs")
ALL = tuple(METHODS)
SEED = "a seed for every lot"


@dataclass(frozen=True)
class Election:
    """A method, what it is asked, and the papers."""

    method: str
    contest: Contest
    papers: tuple[Group, ...]


def slate(candidates: int, groups: list[tuple[str, ...]] | None = None) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(f"key {i}", chr(65 + i) if i < 26 else f"N{i}", groups[i] if groups else ())
        for i in range(candidates)
    )


@st.composite
def rankings(draw: st.DrawFn, candidates: int, equal: bool) -> tuple[Any, ...]:
    order = draw(st.permutations(range(candidates)))
    order = order[: draw(st.integers(0, candidates))]
    levels: list[Any] = []
    while order:
        size = draw(st.integers(1, min(3, len(order)))) if equal and draw(st.integers(0, 3)) == 0 else 1
        here, order = order[:size], order[size:]
        levels.append(here[0] if size == 1 else tuple(sorted(here)))
    return tuple(levels)


@st.composite
def elections(
    draw: st.DrawFn,
    methods: tuple[str, ...] = ALL,
    equal: bool = True,
    plain: bool = False,
    candidates: int = 6,
    reserved: bool = False,
) -> Election:
    """An election under one of `methods`; `plain` leaves out withdrawals, reserves and re-open nominations.

    `reserved` always keeps places for a group, and puts nobody else in the way.
    """
    method = draw(st.sampled_from(methods))
    if method == "majority":
        return draw(motions())
    number = draw(st.integers(1, candidates))
    withdrawn: frozenset[int] = frozenset()
    ron = None
    reserves: tuple[Reserve, ...] = ()
    settings: dict[str, Any] = {}
    groups = [draw(st.sampled_from([(), ("w",), ("x",), ("w", "x")])) for _ in range(number)]
    if not plain and number > 1:
        withdrawn = draw(st.frozensets(st.integers(0, number - 1), max_size=1))
        standing = [i for i in range(number) if i not in withdrawn]
        if "ron" in METHODS[method].settings:
            ron = draw(st.sampled_from([None, None, *standing]))
            settings = {"ron": draw(st.sampled_from(["rest", "place"]))}
    seats = draw(st.integers(1, number - len(withdrawn))) if METHODS[method].many_seats else 1
    if reserved:
        ron, settings = None, {}
    if METHODS[method].reserves and (reserved or (not plain and draw(st.booleans()))):
        most = sum("w" in groups[i] for i in range(number) if i not in withdrawn)
        minimum = draw(st.integers(0, min(most, seats)))
        reserves = (Reserve("w", minimum, draw(st.sampled_from([None, seats]))),)
    papers = []
    for _ in range(draw(st.integers(0, 14))):
        ranking = draw(rankings(number, equal))
        weight = draw(st.integers(1, 12))
        verdicts = draw(st.text("+-0", min_size=number, max_size=number)) if method == "policy-primary" else ""
        papers.append(Group(Paper(ranking, verdicts) if verdicts else ranking, weight))
    contest = Contest("ballot", slate(number, groups), seats, withdrawn, reserves, ron, settings=settings)
    return Election(method, contest, tuple(papers))


@st.composite
def motions(draw: st.DrawFn) -> Election:
    share = st.sampled_from(["1/2", "2/3", "3/4", 0, 1])
    settings = {
        "threshold": draw(share),
        "comparison": draw(st.sampled_from([">", ">="])),
        "base": draw(st.sampled_from(["for-against", "for-against-abstain", "papers", "roll"])),
        "quorum": draw(st.sampled_from([None, 0, 5, "1/4"])),
        "by_unit": draw(st.booleans()),
        "unit_threshold": draw(share),
        "unit_base": draw(st.sampled_from(["all", "voting"])),
    }
    units = st.sampled_from(["north", "south", "west"])
    papers = tuple(
        Group(Paper(draw(st.sampled_from([(0,), (1,), (2,), (), ((0, 1),)])), "", draw(units)), draw(st.integers(1, 9)))
        for _ in range(draw(st.integers(0, 10)))
    )
    people = (Candidate("for", "For"), Candidate("against", "Against"), Candidate("abstain", "Abstain"))
    sizes = {"north": 30, "south": 30, "west": 40}
    return Election("majority", Contest("ballot", people, roll=100, units=sizes, settings=settings), papers)
