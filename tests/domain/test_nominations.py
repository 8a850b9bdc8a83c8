"""Nominations: the examples in the words of the module, and the corners of what the declared rules make of candidates."""

from __future__ import annotations

import doctest

from consult.domain import nominations
from consult.domain.nominations import Candidate, Rules, plan

WOMEN = [{"group": "women", "minimum": 2, "maximum": None}]


def test_the_examples_hold() -> None:
    assert doctest.testmod(nominations).failed == 0


def test_too_few_for_a_reserved_place_by_either_rule() -> None:
    standing = [Candidate(1, "women"), Candidate(2), Candidate(3)]
    kept = plan(Rules(too_few="leave vacant"), 3, WOMEN, standing)
    assert (kept.seats, kept.vacant, kept.reserves[0]["minimum"]) == (2, 1, 1) and len(kept.polled) == 3
    opened = plan(Rules(too_few="open to all"), 3, WOMEN, standing)
    assert opened.elected == (1, 2, 3) and opened.vacant == 0


def test_a_limit_makes_a_poll_although_there_are_seats_enough() -> None:
    limit = [{"group": "north", "minimum": 0, "maximum": 1}]
    found = plan(Rules(), 3, limit, [Candidate(1, "north"), Candidate(2, "north"), Candidate(3)])
    assert found.polled == (1, 2, 3)


def test_no_candidates_and_a_poll_all_the_same() -> None:
    assert plan(Rules(), 2, (), []).vacant == 2
    found = plan(Rules(uncontested="poll"), 3, (), [Candidate(1), Candidate(2)])
    assert (found.polled, found.seats, found.vacant) == ((1, 2), 2, 1)
