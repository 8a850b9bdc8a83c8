"""The fast counters: elections worked by hand, re-opened nominations, reserved places, motions, and odd papers."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from consult.counting.contest import Candidate, Contest, Group, Paper, Reserve, pack
from consult.counting.count import agree, count, recount
from consult.counting.lots import LotNeeded, permutation
from consult.counting.methods import METHODS
from consult.counting.result import Count
from consult.domain.errors import Refused

ABCD = tuple(Candidate(str(n), name) for n, name in enumerate("ABCD"))


def contest(seats: int = 1, names: int = 4, **more: Any) -> Contest:
    return Contest("b", ABCD[:names], seats, **more)


def votes(counted: Count, stage: int) -> list[str]:
    return list(counted.as_json()["stages"][stage - 1]["votes"].values())


def both(method: str, asked: Contest, papers: Any, seed: str | None = None) -> Count:
    """The fast count, once the plain one has agreed."""
    counted = count(method, asked, papers, seed)
    assert agree(counted, recount(method, asked, papers, seed)) == ()
    return counted


def test_scottish_stv_by_hand() -> None:
    """Valid 13, 2 places: the quota is ⌊13/3⌋+1 = 5.  A has 7: surplus 2, transfer value 2/7 = 0.28571 (cut off).

    A's papers: 4 to B (1.14284), 2 to C (0.57142), 1 to nobody (0.28571); 2 − 7×0.28571 = 0.00003 is lost.
    B 3.14284, C 3.57142, D 1: D is excluded, and that paper goes to B: 4.14284.  C is the lowest then, and B remains.
    """
    papers = {(0, 1): 4, (0, 2): 2, (0,): 1, (1,): 2, (2, 3): 3, (3, 1): 1}
    counted = both("scottish-stv", contest(2), papers)
    assert counted.quota == 5
    assert votes(counted, 2) == ["5.00000", "3.14284", "3.57142", "1.00000"]
    second = counted.as_json()["stages"][1]
    assert (second["non_transferable"], second["loss"]) == ("0.28571", "0.00003")
    assert votes(counted, 3) == ["5.00000", "4.14284", "3.57142", "0.00000"]
    assert [stage.excluded for stage in counted.stages] == [(), (), (3,), (2,)]
    assert counted.winners == (0, 1)
    assert counted.stages[-1].deemed == (1,)


def test_irv_by_hand() -> None:
    """9 papers: A 4, B 3, C 2.  Nobody has 5; C goes, both papers to B, who then has 5 of 9."""
    counted = both("irv", contest(names=3), [(0,)] * 4 + [(1,)] * 3 + [(2, 1)] * 2)
    assert [stage.quota for stage in counted.stages] == [5, 5]
    assert counted.winners == (1,)


def test_an_irv_majority_is_of_the_papers_still_in_play() -> None:
    counted = both("irv", contest(names=3), [(0,)] * 4 + [(1,)] * 3 + [(2,)] * 2)
    assert [stage.quota for stage in counted.stages] == [5, 4]
    assert counted.winners == (0,)


def test_ers97_by_hand() -> None:
    """Valid 13, 2 places: 13/3 = 4.33 and a remainder, so the quota is 4.34.  A has 7: surplus 2.66 over 6 transferable
    papers is 0.44 each; 4 to B, 2 to C, and 2.66 − 2.64 = 0.02 is the non-transferable difference."""
    papers = {(0, 1): 4, (0, 2): 2, (0,): 1, (1,): 2, (2, 3): 3, (3, 1): 1}
    counted = both("ers97", contest(2), papers)
    assert counted.as_json()["quota"] == "4.34"
    assert votes(counted, 2) == ["4.34", "3.76", "3.88", "1.00"]
    assert counted.as_json()["stages"][1]["loss"] == "0.02"


def test_ers97_takes_an_exact_quotient_as_the_quota() -> None:
    """12 papers and 2 places: 12/3 = 4 exactly, where a Droop quota would be 5."""
    counted = both("ers97", contest(2, 3), [(0,)] * 4 + [(1,)] * 5 + [(2,)] * 3)
    assert counted.as_json()["quota"] == "4"
    assert counted.winners == (1, 0)


def test_a_scottish_tie_goes_by_the_latest_difference_and_an_ers97_tie_by_the_earliest() -> None:
    """First C 5, D 4; then E's two papers make D 6; then one of F's makes C 6: level, with either once ahead."""
    asked = Contest("b", tuple(Candidate(str(n), name) for n, name in enumerate("ACDEF")))
    papers = {(0,): 9, (1,): 5, (2,): 4, (3, 2): 2, (4, 0): 2, (4, 1): 1}
    for method, loser, stage in (("scottish-stv", 1, 2), ("irv", 1, 2), ("ers97", 2, 1)):
        (tie,) = both(method, asked, papers).ties
        assert (tie.tied, tie.chosen, tie.looked, tie.lot) == ((1, 2), (loser,), (stage,), False)


def test_a_lot_is_drawn_by_the_permutation_and_else_asked_for() -> None:
    papers = [(0,), (1,), (2,)]
    with pytest.raises(LotNeeded) as needed:
        count("irv", contest(names=3), papers)
    assert needed.value.tied == ("A", "B", "C")
    order = permutation("seed", "b", ["0", "1", "2"])
    counted = both("irv", contest(names=3), papers, "seed")
    assert counted.stages[1].excluded == (order[-1],)
    assert counted.winners == (order[0],)
    assert counted.needed_lot
    assert counted.permutation == order


def test_schulze_and_ranked_pairs_on_the_nine_voters_of_a_circle() -> None:
    """A>B 6:3, B>C 7:2, C>A 5:4: the weakest win, C>A, gives way."""
    papers = {(0, 1, 2): 4, (1, 2, 0): 3, (2, 0, 1): 2}
    for method in ("schulze", "ranked-pairs"):
        counted = both(method, contest(names=3), papers)
        assert counted.pairwise == ((0, 6, 4), (3, 0, 7), (5, 2, 0))
        assert counted.ranking == ((0,), (1,), (2,))


def test_equal_wins_that_close_no_circle_need_no_lot() -> None:
    assert both("ranked-pairs", contest(names=3), [(0, 1, 2)]).ties == ()
    with pytest.raises(LotNeeded):
        count("ranked-pairs", contest(names=3), [(0, 1, 2), (1, 2, 0), (2, 0, 1)])


def test_points_follow_the_place_on_the_paper() -> None:
    papers = [(0, 1, 2, 3), (1, 0)]
    assert votes(both("points", contest(), papers, "s"), 1) == ["7", "7", "2", "1"]
    listed = contest(settings={"points": [3, 1]})
    assert votes(both("points", listed, papers, "s"), 1) == ["4", "4", "0", "0"]


def test_repeated_stv_orders_proportionally() -> None:
    """Six of ten want A, B, C; four want D: a proportional order puts D second, points would put D last."""
    papers = [(0, 1, 2, 3)] * 6 + [(3, 2, 1, 0)] * 4
    assert both("repeated-stv", contest(3), papers).winners == (0, 3, 1)


def test_block_and_approval_refuse_too_many_marks() -> None:
    papers = [((0, 1),), ((0, 1, 2),), (3,), ()]
    assert both("block", contest(2), papers, "s").ballots == both("block", contest(2), papers[::-1], "s").ballots
    assert both("block", contest(2), papers, "s").as_json()["ballots"] == {"valid": 2, "blank": 1, "invalid": 1}
    assert both("approval", contest(2), papers, "s").winners == (0, 1)


def test_nobody_wins_without_a_vote() -> None:
    assert both("approval", contest(3), [((0, 1),)]).winners == (0, 1)
    assert both("approval", contest(3), [((0, 1),)]).unfilled == 1


# -- re-open nominations


def test_re_open_nominations_closes_its_place_and_all_after_it() -> None:
    papers = [(0,)] * 6 + [(3,)] * 5 + [(1,)] * 4 + [(2,)] * 1
    counted = both("scottish-stv", contest(3, ron=3), papers)
    assert (counted.winners, counted.unfilled) == ((0,), 2)
    assert counted.stages[0].elected == (0, 3)
    only = both("scottish-stv", contest(3, ron=3, settings={"ron": "place"}), papers)
    assert (only.winners, only.unfilled) == ((0, 1), 1)


@pytest.mark.parametrize("method", [m for m, rule in METHODS.items() if "ron" in rule.settings])
def test_re_open_nominations_is_never_among_the_winners(method: str) -> None:
    counted = both(method, contest(1, ron=0), [(0,)] * 5 + [(1,)] * 2)
    assert counted.winners == ()
    assert counted.unfilled == 1


# -- reserved places

WOMEN = tuple(replace(c, groups=("women",) if c.name in "CD" else ()) for c in ABCD)


@pytest.mark.parametrize("method", ["scottish-stv", "meek", "meek-prf", "ers97"])
def test_a_guarded_candidate_is_elected_over_those_with_more_votes(method: str) -> None:
    papers = [(0,)] * 8 + [(1,)] * 6 + [(2,)] * 2 + [(3, 2)] * 1
    free = Contest("b", WOMEN, 2)
    assert set(both(method, free, papers, "s").winners) == {0, 1}
    kept = replace(free, reserves=(Reserve("women", 1),))
    assert set(both(method, kept, papers, "s").winners) == {0, 2}


@pytest.mark.parametrize("method", ["scottish-stv", "meek", "meek-prf", "ers97"])
def test_a_maximum_dooms_whoever_would_pass_it(method: str) -> None:
    papers = [(2,)] * 8 + [(3,)] * 7 + [(0,)] * 3 + [(1, 0)] * 1
    most = Contest("b", WOMEN, 2, reserves=(Reserve("women", 0, 1),))
    assert set(both(method, most, papers, "s").winners) == {2, 0}


# -- motions

MOTION = (Candidate("for", "For"), Candidate("against", "Against"), Candidate("abstain", "Abstain"))


@pytest.mark.parametrize(
    ("settings", "outcome"),
    [
        ({}, "carried"),  # 60 of 100
        ({"base": "for-against-abstain"}, "lost"),  # 60 of 120 is not more than half
        ({"base": "for-against-abstain", "comparison": ">="}, "carried"),
        ({"base": "papers"}, "lost"),  # 60 of 125
        ({"base": "roll"}, "lost"),  # 60 of 200
        ({"threshold": "3/5"}, "lost"),  # exactly three fifths
        ({"threshold": "3/5", "comparison": ">="}, "carried"),
        ({"quorum": 125}, "carried"),
        ({"quorum": 126}, "inquorate"),
        ({"quorum": "1/2", "quorum_base": "for-against"}, "carried"),
        ({"quorum": "1/2", "quorum_base": "for-against", "threshold": "2/3"}, "lost"),
        ({"quorum": "2/3"}, "inquorate"),
    ],
)
def test_a_motion_at_its_thresholds(settings: dict[str, Any], outcome: str) -> None:
    asked = Contest("b", MOTION, roll=200, settings=settings)
    counted = both("majority", asked, {(0,): 60, (1,): 40, (2,): 20, (): 4, (0, 1): 1})
    assert counted.outcome == outcome
    assert counted.winners == ((0,) if outcome == "carried" else ())


def test_a_double_majority_needs_the_units_too() -> None:
    papers = {
        Paper((0,), unit="north"): 50, Paper((1,), unit="north"): 1, Paper((0,), unit="south"): 2,
        Paper((1,), unit="south"): 3, Paper((1,), unit="west"): 1,
    }  # fmt: skip
    asked = Contest("b", MOTION, units={"north": 60, "south": 9, "west": 9}, settings={"by_unit": True})
    counted = both("majority", asked, papers)
    assert counted.tallies["reached"]
    assert (counted.tallies["by_unit"]["carried"], counted.tallies["by_unit"]["of"]) == (1, 3)
    assert counted.outcome == "lost"
    with pytest.raises(Refused, match="not on the roll"):
        count("majority", asked, [Paper((0,), unit="east")])


def test_the_policy_primary_adopts_those_with_a_majority_in_ranked_order() -> None:
    papers = [Paper((0, 1, 2), "+-+0"), Paper((2, 0), "+-+0"), Paper((2,), "++-+")]
    assert both("policy-primary", contest(2), papers).winners == (2, 0)
    unranked = [Paper((), "++--")] * 3
    assert both("policy-primary", contest(2), unranked).winners == (0, 1)


# -- papers of every form


@pytest.mark.parametrize("method", ["irv", "scottish-stv", "meek", "meek-prf", "ers97", "points", "repeated-stv"])
def test_every_way_of_handing_over_the_same_papers_counts_the_same(method: str) -> None:
    rng = random.Random(7)
    papers: list[Any] = [tuple(rng.sample(range(4), rng.randint(0, 4))) for _ in range(300)]
    papers += [(0, (1, 2), 3), (1, (), 2), ((0, 1), 2), (), (3, 3, 1)] * 3
    asked = contest(1 if method == "irv" else 2)
    grouped: dict[Any, int] = {}
    for paper in papers:
        grouped[paper] = grouped.get(paper, 0) + 1
    ways: list[Any] = [
        papers, iter(papers), tuple(papers), grouped, [Group(p, n) for p, n in grouped.items()],
        [Paper(p) for p in papers], [Group(Paper(p), 1) for p in papers],
        [pack(p) if all(type(c) is int for c in p) else p for p in papers], papers * 1 + [Group((0,), 0)],
    ]  # fmt: skip
    assert len({count(method, asked, way, "seed").hash for way in ways}) == 1


def test_many_alike_papers_count_as_they_would_one_by_one() -> None:
    """Enough alike papers are bundled before they are sorted; the result is that of the same papers grouped."""
    rng = random.Random(3)
    lists = [tuple(rng.sample(range(4), rng.randint(0, 4))) for _ in range(40)] + [(1, (0, 2)), ((1, 2),)]
    papers = rng.choices(lists, k=25_000)
    grouped: dict[Any, int] = {}
    for paper in papers:
        grouped[paper] = grouped.get(paper, 0) + 1
    for method, seats in (("irv", 1), ("scottish-stv", 2), ("meek-prf", 2)):
        assert count(method, contest(seats), papers, "s").hash == count(method, contest(seats), grouped, "s").hash


@pytest.mark.parametrize("paper", [(0, 7), (7,), b"\x00\x07", ((0, 7), 1)])
def test_a_paper_that_names_nobody_there_is_refused(paper: Any) -> None:
    with pytest.raises(Refused, match="names candidate 8"):
        count("scottish-stv", contest(1), [paper] * 2 + [(1,)] * 3 + [(2, 3)] * 3, "s")


def test_what_is_no_paper_is_refused() -> None:
    with pytest.raises(Refused, match="not a paper"):
        count("irv", contest(), [7])  # type: ignore[list-item]
