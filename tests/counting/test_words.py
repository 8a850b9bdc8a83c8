"""What is said of each stage, tie and outcome."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from consult.counting.contest import Candidate, Contest, Group, Paper, Reserve
from consult.counting.count import count, recount
from consult.counting.files import read
from consult.counting.methods import METHODS
from consult.counting.result import Ballots, Count, Stage, Tie, Transfer
from consult.counting.words import before, outcome_words, stage_words, tie_words
from tests.counting.elections import real


def contest(names: str = "Ann Bo Cy", seats: int = 1, **more: object) -> Contest:
    people = tuple(Candidate(str(i), name) for i, name in enumerate(names.split()))
    return Contest("b", people, seats, **more)  # type: ignore[arg-type]


def said(method: str, on: Contest, papers: Sequence[tuple[int, ...]], seed: str | None = "seed") -> list[str]:
    counted = count(method, on, papers, seed)
    return [stage_words(counted, stage) for stage in counted.stages]


def test_preferential_vote() -> None:
    words = said("irv", contest(), [(0,)] * 4 + [(1,)] * 3 + [(2, 1), (2,), (2, 1)][:2] + [(1,)])
    assert words == [
        "10 valid papers were sorted by first preference. A majority of the papers in play is 6.",
        "Cy was excluded with 2, the fewest votes: 1 to Bo and 1 not transferable. "
        "Bo has 5, reaches a majority (5) of the papers in play and is elected.",
    ]


def test_scottish_words_of_a_real_count() -> None:
    file = read(real("linn-2007.blt").read_bytes(), "x.blt")
    counted = count("scottish-stv", file.contest(), file.papers)
    words = [stage_words(counted, stage) for stage in counted.stages]
    assert words[0] == (
        "9567 valid papers were sorted by first preference. The quota is 1914. "
        "David Ritchie has 2043, reaches the quota and is elected."
    )
    assert words[8] == (
        "Sadie Docherty’s surplus was transferred: 16.5768 to John McKenzie, 5.80724 to Alan Stewart, "
        "2.38848 to Margot Clark and 8.56604 not transferable."
    )
    assert outcome_words(counted) == (
        "Elected, in this order: David Ritchie, Sadie Docherty, John McKenzie and Margot Clark."
    )


def test_last_places_and_a_lot() -> None:
    counted = count("scottish-stv", contest(seats=2), [(0,)] * 3 + [(1,)] + [(2,)], "seed")
    words = " ".join(stage_words(counted, stage) for stage in counted.stages)
    assert "Bo and Cy were tied for exclusion. No earlier stage tells them apart. By lot, " in words
    assert "fills the last place, as many candidates remaining as places." in words
    assert outcome_words(counted).endswith("A lot had to be drawn.")


def test_tie_settled_by_an_earlier_stage() -> None:
    one = Count("irv", "1", 1, ("Ann", "Bo"), Ballots(1), (), ())
    tie = Tie(3, "exclusion", (0, 1), (1,), (2,))
    assert (
        tie_words(one, tie) == "Ann and Bo were tied for exclusion. Their votes at stage 2 settled it. Bo is excluded."
    )
    lot = Tie(3, "surplus", (0, 1), (1,), (2, 1), True)
    assert tie_words(one, lot) == (
        "Ann and Bo were tied for whose surplus moves first. Their votes at stages 2 and 1 did not settle it. "
        "By lot, the surplus of Bo moves first."
    )


def test_only_the_largest_transfers_are_named() -> None:
    stage = Stage(
        2, "exclusion", (0, 1, 2, 3, 4, 5), (0,),
        tuple(Transfer(0, to, to, Fraction(to, 2)) for to in range(1, 6)), excluded=(0,),
    )  # fmt: skip
    first = Stage(1, "first-preferences", (1, 1, 1, 1, 1, 1))
    counted = Count("scottish-stv", "1", 1, tuple("ABCDEF"), Ballots(6), (), (first, stage), places=5)
    assert before(counted, stage) is first
    assert before(counted, first) is None
    assert stage_words(counted, stage) == (
        "A was excluded with 1, the fewest votes: 2.5 to F, 2 to E, 1.5 to D and 1.5 to 2 others."
    )


def test_reserved_places_explain_an_exclusion_out_of_order() -> None:
    people = (Candidate("1", "Ann", ("women",)), Candidate("2", "Bo"), Candidate("3", "Cy"))
    on = Contest("b", people, 1, reserves=(Reserve("women", 1),))
    words = " ".join(said("scottish-stv", on, [(0,)] + [(1,)] * 4 + [(2,)] * 5))
    assert "because the places kept for groups leave no other way" in words
    assert "Ann" in outcome_words(count("scottish-stv", on, [(0,)] + [(1,)] * 4 + [(2,)] * 5, "seed"))


def test_no_papers_at_all() -> None:
    counted = count("scottish-stv", contest(seats=2), [], "seed")
    assert stage_words(counted, counted.stages[0]) == "There are no valid papers, so nobody has a vote."
    assert outcome_words(counted) == "Nobody is elected. 2 places stay unfilled."


def test_a_motion_says_what_decided_it() -> None:
    on = Contest(
        "b", tuple(Candidate(n, n) for n in ("For", "Against", "Abstain")), roll=10,
        settings={"threshold": "2/3", "comparison": ">=", "base": "for-against-abstain", "quorum": "3/5"},
    )  # fmt: skip
    papers = [(0,)] * 4 + [(1,)] + [(2,)] * 2
    assert outcome_words(count("majority", on, papers)) == (
        "The motion is lost. 4 for, 1 against, 2 abstained. "
        "At least 2/3 of 7 votes for, against and abstaining had to be for it: not enough. "
        "The quorum of 6 was reached, with 7 papers returned. "
        "An abstention counts in the base, so it weighs against the motion as a vote against does."
    )
    few = outcome_words(count("majority", on, papers[:5]))
    assert few.startswith("The motion is not decided, because the quorum was not reached.")
    assert "The quorum of 6 was not reached, with 5 papers returned." in few


def test_a_motion_by_units() -> None:
    people = tuple(Candidate(n, n) for n in ("For", "Against"))
    on = Contest("b", people, settings={"by_unit": True, "unit_threshold": "2/3"}, units={"n": 3, "s": 3, "w": 3})
    papers = [Paper((0,), "", "n")] * 3 + [Paper((0,), "", "s")] + [Paper((1,), "", "w")]
    said = outcome_words(count("majority", on, papers))
    assert said.startswith(
        "The motion is lost. 4 for, 1 against, 0 abstained. More than 1/2 of 5 votes for and against had"
    )
    assert said.endswith("2 of 3 units carry it, where more than 2/3 is needed: not enough.")


def test_orders_and_adoption() -> None:
    counted = count("points", contest(), [(0, 1), (0, 2)])
    assert outcome_words(counted) == "In order: 1 Ann, 2 Bo and Cy equal."
    papers = [Paper((1, 0), "++-"), Paper((1,), "++-"), Paper((2,), "-+-")]
    assert outcome_words(count("policy-primary", contest(seats=3), papers)) == "Adopted, in this order: Bo and Ann."


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_speaks_in_whole_sentences(method: str) -> None:
    on = contest("For Against Abstain" if method == "majority" else "Ann Bo Cy Dee")
    papers: list[object] = [(0, 1), (0, 2), (1, 0), (0,), (2, 1)]
    if METHODS[method].form in ("choice", "one", "several"):
        papers = [(0,), (0,), (1,), (2,), (0,)]
    if method == "policy-primary":
        papers = [Paper((0, 1), "++-0"), Paper((1,), "+-0+"), Paper((0,), "+++-")]
    counted = count(method, on, papers, "seed")  # type: ignore[arg-type]
    for sentence in [*(stage_words(counted, stage) for stage in counted.stages), outcome_words(counted)]:
        assert sentence.endswith(".") and ".." not in sentence and "  " not in sentence
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert "_" not in sentence and "None" not in sentence


def test_ers97_does_not_speak_of_the_quota_where_nobody_reached_it() -> None:
    five = tuple(Candidate(name, name) for name in ("Ann", "Bo", "Cy", "Dee", "Eve"))
    papers = [Group((0, 2), 8), Group((1,), 7), Group((2,), 7), Group((3,), 6), Group((4, 3), 2)]
    counted = count("ers97", Contest("b", five, 3), papers)
    assert "Ann has 8, reaches the quota and is elected." in stage_words(counted, counted.stages[0])
    said = stage_words(counted, counted.stages[3])
    assert "Cy has 7.48, reaches the total active vote divided by one more than the places left and is elected." in said


def test_irv_says_which_papers_an_overvote_exhausted_from_the_start() -> None:
    three = tuple(Candidate(name, name) for name in ("Ann", "Bo", "Cy"))
    counted = count("irv", Contest("b", three), [Group(((0, 1), 2), 4), Group((0, (1, 2)), 3), Group((), 2)])
    assert counted.ballots == Ballots(7, 2)
    assert stage_words(counted, counted.stages[0]).startswith(
        "7 valid papers were sorted by first preference. 4 with an overvote at the first place count for nobody."
    )
    assert counted.winners == (0,)
    assert recount("irv", Contest("b", three), [((0, 1), 2)] * 4 + [(0,)] * 3 + [()] * 2).stages == counted.stages
