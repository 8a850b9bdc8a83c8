"""Contests, lots, reserves and methods: what is refused and in which words, and what a lot decides."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.counting.contest import Candidate, Contest, Group, Paper, Reserve, group_papers
from consult.counting.lots import LotNeeded, combine, commitment, permutation
from consult.counting.methods import FORMS, METHODS, method
from consult.counting.reserves import fillable, guarded_and_doomed, possible
from consult.counting.result import Stage, Transfer, canonical, decimal
from consult.domain.errors import Refused


def slate(*names: str, **more: object) -> Contest:
    return Contest("b", tuple(Candidate(str(n), name) for n, name in enumerate(names)), **more)  # type: ignore[arg-type]


def test_the_permutation_is_sorted_by_sha256_of_seed_ballot_and_candidate() -> None:
    keys = [str(n) for n in range(12)]
    tickets = {n: hashlib.sha256(f"seed\nballot\n{n}".encode()).hexdigest() for n in range(12)}
    assert list(permutation("seed", "ballot", keys)) == sorted(range(12), key=tickets.__getitem__)
    assert permutation("seed", "ballot", keys) != permutation("seed", "another ballot", keys)


def test_a_seed_needs_every_reveal_and_else_the_public_value_decides() -> None:
    promises = {"m1": commitment("ash", "1"), "m2": commitment("oak", "2")}
    revealed = {"m1": ("ash", "1"), "m2": ("oak", "2")}
    seed, silent = combine(revealed, promises, "draw 12")
    assert silent == ()
    assert combine(revealed, promises, "another draw")[0] == seed
    withheld, named = combine({"m1": ("ash", "1")}, promises, "draw 12")
    assert named == ("m2",)
    lied, liars = combine({**revealed, "m2": ("elm", "2")}, promises, "draw 12")
    assert liars == ("m2",)
    assert lied == withheld != seed
    assert combine({"m1": ("ash", "1")}, promises, "draw 13")[0] != withheld


def test_needing_a_lot_names_the_tied() -> None:
    needed = LotNeeded(["Ann", "Bo", "Cy"], 3, "for exclusion")
    assert str(needed).startswith("At stage 3 Ann, Bo and Cy are tied for exclusion")
    assert needed.tied == ("Ann", "Bo", "Cy")


def test_names_are_made_distinct_even_against_a_name_that_looks_made() -> None:
    assert slate("Sam", "Sam #2", "Sam", "Sam").labels == ("Sam", "Sam #2", "Sam #3", "Sam #4")


def test_papers_group_by_weight_and_refuse_other_weights() -> None:
    assert group_papers([(0,), Group((0,), 3), Group((1,), 0), (0,)]) == {(0,): 5}
    assert group_papers({Paper((0,), unit="x"): 2, (1,): 0}) == {Paper((0,), unit="x"): 2}
    for wrong in (-1, 1.5, True):
        with pytest.raises(Refused, match="whole number"):
            group_papers([Group((0,), wrong)])  # type: ignore[arg-type]
        with pytest.raises(Refused, match="whole number"):
            group_papers({(0,): wrong})  # type: ignore[dict-item]


def test_every_method_says_what_it_is() -> None:
    assert set(METHODS) == {
        "majority", "plurality", "block", "approval", "irv", "scottish-stv", "meek", "meek-prf", "ers97", "schulze",
        "ranked-pairs", "points", "repeated-stv", "policy-primary",
    }  # fmt: skip
    for rule in METHODS.values():
        assert rule.form in FORMS
        assert rule.version and rule.title and rule.about.endswith(".")
        assert all(setting.wrong(setting.default) == "" for setting in rule.settings.values())
    with pytest.raises(Refused, match="no counting method 'borda'"):
        method("borda")


@pytest.mark.parametrize(
    ("rule", "contest", "words"),
    [
        ("irv", slate(), "no candidates"),
        ("irv", Contest("b", (Candidate("1", "A"), Candidate("1", "B"))), "same key"),
        ("irv", slate("A", "B", seats=2), "fills one place"),
        ("scottish-stv", slate("A", "B", seats=3), "3 places but only 2 candidates"),
        ("scottish-stv", slate("A", "B", seats=2, withdrawn=frozenset({0})), "2 places but only 1"),
        ("scottish-stv", slate("A", "B", seats=0), "whole number from 1"),
        ("scottish-stv", slate("A", "B", settings={"quota": "hare"}), "no setting called 'quota'"),
        ("scottish-stv", slate("A", "B", reserves=(Reserve("women", 1),)), "would satisfy the reserved places"),
        ("scottish-stv", slate("A", reserves=(Reserve("w", 2, 1),)), "minimum up to a maximum"),
        ("plurality", slate("A", reserves=(Reserve("w"),)), "cannot keep places"),
        ("approval", slate("A", settings={"most": 0}), "whole number from 1"),
        ("points", slate("A", settings={"points": [1, 2]}), "do not rise"),
        ("majority", slate("Yes", "Maybe"), "For, Against"),
        ("majority", slate("For", "Against", settings={"threshold": 0.5}), "exact share"),
        ("majority", slate("For", "Against", settings={"base": "roll"}), "frozen roll"),
        ("irv", slate(*map(str, range(257))), "at most 256"),
    ],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused_in_words(rule: str, contest: Contest, words: str) -> None:
    with pytest.raises(Refused, match=words):
        method(rule).validate(contest)


def everybody(contest: Contest, elected: list[int], free: list[int]) -> list[set[int]]:
    """Every permitted filling, by trying all of them."""
    found = []
    for more in combinations(free, contest.seats - len(elected)):
        chosen = {*elected, *more}
        held = [sum(r.group in contest.candidates[c].groups for c in chosen) for r in contest.reserves]
        if all(
            r.minimum <= n and (r.maximum is None or n <= r.maximum)
            for r, n in zip(contest.reserves, held, strict=True)
        ):
            found.append(chosen)
    return found


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_guarded_and_doomed_are_what_trying_everything_finds(data: st.DataObject) -> None:
    groups = data.draw(st.lists(st.sets(st.sampled_from("wxy")), min_size=2, max_size=7))
    people = tuple(Candidate(str(n), str(n), tuple(sorted(g))) for n, g in enumerate(groups))
    number = st.integers(0, 3)
    reserves = tuple(
        Reserve(g, low, None if data.draw(st.booleans()) else low + data.draw(number))
        for g in data.draw(st.sets(st.sampled_from("wxy"), min_size=1))
        for low in [data.draw(number)]
    )
    contest = Contest("b", people, data.draw(st.integers(1, len(people))), reserves=reserves)
    order = data.draw(st.permutations(range(len(people))))
    cut = data.draw(st.integers(0, contest.seats))
    elected, free = list(order[:cut]), list(order[cut:])
    fillings = everybody(contest, elected, free)
    assert fillable(contest, elected, free) == bool(fillings)
    assert possible(contest) == bool(everybody(contest, [], list(range(len(people)))))
    guarded, doomed = guarded_and_doomed(contest, elected, free)
    if fillings:
        assert guarded == {c for c in free if all(c in chosen for chosen in fillings)}
        assert doomed == {c for c in free if not any(c in chosen for chosen in fillings)}
    else:
        assert not guarded and not doomed


def test_numbers_are_exact_or_refused() -> None:
    assert decimal(Fraction(-7, 4), 2) == "-1.75"
    with pytest.raises(ValueError, match="does not fit"):
        decimal(Fraction(1, 3), 9)
    with pytest.raises(ValueError, match="Out of range"):
        canonical({"a": float("nan")})


def test_a_stage_merges_and_sorts_its_transfers() -> None:
    moved = (Transfer(1, None, 2, 2), Transfer(1, 0, 1, 1), Transfer(1, 0, 3, 3), Transfer(0, 2, 0, 0))
    assert Stage(1, "exclusion", (4, 0, 0), transfers=moved).transfers == (
        Transfer(1, 0, 4, 4),
        Transfer(1, None, 2, 2),
    )
