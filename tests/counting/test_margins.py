"""Margins: what stands between a result and another one, at the end and at each exclusion on the way."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.counting.contest import Candidate, Contest, Group
from consult.counting.count import count
from consult.counting.margins import margins

THREE = tuple(Candidate(name.lower(), name) for name in ("Ash", "Bay", "Cob"))
MOTION = tuple(Candidate(name.lower(), name) for name in ("For", "Against", "Abstain"))


def motion(votes: tuple[int, int], **settings: object) -> list[tuple[str, int]]:
    contest = Contest("b", MOTION, 1, roll=100, settings=settings)
    found = count("majority", contest, [Group((place,), number) for place, number in enumerate(votes) if number])
    return [(margin.words, margin.papers) for margin in margins(found)]


def test_an_exclusion_on_the_way_has_a_margin_of_its_own() -> None:
    papers = [Group((0,), 40), Group((1, 2), 31), Group((2, 1), 30)]
    found = margins(count("irv", Contest("b", THREE, 1), papers))
    assert next((m.words, m.papers) for m in found) == ("stage 2: Cob excluded before Bay", 1)


@pytest.mark.parametrize(
    ("votes", "settings", "expected"),
    [
        ((60, 40), {}, 20),  # sixty to sixty is not more than half
        ((40, 60), {}, 20),
        ((70, 30), {"threshold": "2/3", "comparison": ">="}, 5),
        ((60, 30), {"threshold": "1/2", "base": "roll"}, 10),
    ],
)
def test_a_motion_is_so_many_votes_from_its_threshold(
    votes: tuple[int, int], settings: dict[str, object], expected: int
) -> None:
    assert motion(votes, **settings)[0][1] == expected


@given(st.integers(0, 50), st.integers(0, 50))
def test_fewer_further_votes_than_the_margin_change_nothing(votes_for: int, against: int) -> None:
    contest = Contest("b", MOTION, 1)

    def outcome(more_for: int, more_against: int) -> str:
        papers = [Group((0,), votes_for + more_for), Group((1,), against + more_against)]
        return count("majority", contest, [group for group in papers if group.weight]).outcome

    groups = [group for group in (Group((0,), votes_for), Group((1,), against)) if group.weight]
    found = count("majority", contest, groups)
    (margin,) = margins(found)
    assert margin.votes == Fraction(abs(votes_for - against))
    if margin.papers > 1:
        side = (0, margin.papers - 1) if found.outcome == "carried" else (margin.papers - 1, 0)
        assert outcome(*side) == found.outcome


def test_pairs_are_measured_by_preference() -> None:
    papers = [Group((0, 1, 2), 6), Group((1, 0, 2), 5)]
    found = [(m.words, m.papers) for m in margins(count("schulze", Contest("b", THREE, 1), papers))]
    assert found[0] == ("Ash against Bay", 1)
