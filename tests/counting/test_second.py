"""The second package: what it is asked, and that none of its known faults reaches a certificate."""

from __future__ import annotations

import random
import sys
import time

import pyrankvote
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.counting import second
from consult.counting.contest import Candidate, Contest, Group
from consult.counting.count import count
from consult.counting.files import read
from consult.counting.result import Count
from tests.counting.elections import real

Papers = list[tuple[int, ...]]


def contest(candidates: int, names: tuple[str, ...] = (), withdrawn: frozenset[int] = frozenset()) -> Contest:
    shown = names or tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:candidates])
    return Contest("b", tuple(Candidate(str(i), name) for i, name in enumerate(shown)), withdrawn=withdrawn)


def compared(on: Contest, papers: Papers, seed: str | None = "seed") -> second.Comparison:
    return second.compare(on, papers, count("irv", on, papers, seed))


def test_agrees_on_a_real_election() -> None:
    file = read(real("burlington-2009.abif").read_bytes(), "x.abif")
    on = file.contest()
    said = second.compare(on, file.papers, count("irv", on, file.papers))
    assert said.status == second.AGREES
    assert said.sentence.endswith("agrees: Bob Kiss (Progressive).")
    assert not said.stands_in_the_way


def test_differing_stands_in_the_way() -> None:
    on, papers = contest(3), [(0,)] * 5 + [(1,)] * 3 + [(2, 1)] * 1
    counted = count("irv", on, papers)
    forged = Count(**{**{f: getattr(counted, f) for f in counted.__dataclass_fields__}, "stages": counted.stages[:0]})
    assert counted.winners == (0,)
    said = second.compare(on, papers, forged)
    assert said.status == second.DIFFERS and said.stands_in_the_way
    assert "differs: A, not nobody" in said.sentence


def test_not_asked_where_a_tie_arose() -> None:
    """ABC, BCA, CAB: the package elects a different one from run to run, so it has no say."""
    papers: Papers = [(0, 1, 2), (1, 2, 0), (2, 0, 1)]
    said = compared(contest(3), papers)
    assert said.status == second.NOT_APPLICABLE
    assert "tie at stage 2" in said.sentence
    people = [pyrankvote.Candidate(n) for n in "ABC"]
    ballots = [pyrankvote.Ballot([people[i] for i in paper]) for paper in papers]
    state = random.getstate()
    try:
        winners = set()
        for n in range(60):
            random.seed(n)
            winners.add(pyrankvote.instant_runoff_voting(people, ballots).get_winners()[0].name)
    finally:
        random.setstate(state)
    assert len(winners) > 1, "the fault this fence is for is gone; ask the package about ties too"


def test_candidates_of_one_name_stay_two() -> None:
    """By name the package would merge the two Sams and elect Sam over Bo, who has more than either."""
    on = contest(3, ("Sam", "Bo", "Sam"))
    papers: Papers = [(0,)] * 5 + [(1,)] * 6 + [(2,)] * 3 + [(2, 1)]
    said = compared(on, papers)
    assert said.status == second.AGREES
    assert said.sentence.endswith(": Bo.")
    named = [pyrankvote.Candidate(name) for name in ("Sam", "Bo", "Sam")]
    ballots = [pyrankvote.Ballot([named[i] for i in paper]) for paper in papers if len(paper) == 1]
    merged = pyrankvote.instant_runoff_voting(named[:2], ballots).get_winners()
    assert [winner.name for winner in merged] == ["Sam"], "the fault this fence is for is gone"


def test_blank_papers_elect_nobody() -> None:
    on = contest(3)
    said = compared(on, [(), ()])
    assert said.status == second.NOT_APPLICABLE
    assert "no valid papers" in said.sentence
    assert compared(on, [(), (), (0,), (1, 0), (0, 1)]).status == second.AGREES


def test_withdrawn_equal_and_repeated_preferences_are_read_as_ours() -> None:
    on = contest(4, withdrawn=frozenset({0}))
    papers = [Group((0, 1), 3), Group(((0, 2), 3), 4), Group((1, 1, 3), 1), Group(((1, 2), 3), 9), Group(((), 3), 2)]
    counted = count("irv", on, papers, "seed")
    assert counted.stages[0].non_transferable == 9
    assert second._preferences(on, papers) == {(1,): 3, (2, 3): 4, (1, 3): 1, (3,): 2}
    assert second.compare(on, papers, counted).status == (second.NOT_APPLICABLE if counted.ties else second.AGREES)


def test_its_illegal_state_is_no_answer() -> None:
    """It cannot elect a lone candidate with one vote, and raises."""
    said = compared(contest(1), [(0,)])
    assert said.status == second.NOT_APPLICABLE
    assert "it failed (RuntimeError" in said.sentence


def test_a_time_limit_ends_it() -> None:
    """Ten thousand papers over twenty candidates, all tied: it takes minutes, and is ended in a second."""
    on = contest(20)
    papers = [tuple((first + i) % 20 for i in range(20)) for first in range(20)] * 500
    papers.append((0,))
    lone = count("irv", on, [(0,)])
    begun = time.monotonic()
    said = second.compare(on, papers, lone, limit=1)
    assert time.monotonic() - begun < 30
    assert said.status == second.NOT_APPLICABLE
    assert "did not finish within 1 seconds" in said.sentence


def test_what_it_raises_is_said_and_is_no_answer() -> None:
    said = second._ask({"candidates": [0], "papers": [[[7], 1]]}, 60)
    assert said["failed"].startswith("it failed (KeyError")
    assert second.Comparison(second.NOT_APPLICABLE, "").stands_in_the_way is False


def test_a_process_that_dies_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "_CHILD", "import os; os._exit(9)")
    on = contest(2)
    said = second.compare(on, [(0,)], count("irv", on, [(0,)]))
    assert said.status == second.NOT_APPLICABLE
    assert "ended with status 9 and no answer" in said.sentence
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert "could not be started" in second.compare(on, [(0,)], count("irv", on, [(0,)])).sentence


def test_too_many_papers_are_not_unrolled() -> None:
    on = contest(2)
    papers = [Group((0,), 10**20)]
    said = second.compare(on, papers, count("irv", on, papers))
    assert said.status == second.NOT_APPLICABLE
    assert "more than" in said.sentence


def test_it_is_no_second_count_for_anything_else() -> None:
    on = contest(3)
    papers: Papers = [(0, 1), (1, 2), (0,)]
    said = second.compare(on, papers, count("scottish-stv", on, papers, "seed"))
    assert said.status == second.NOT_APPLICABLE


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.permutations(range(4)).flatmap(lambda o: st.integers(0, 4).map(lambda n: tuple(o[:n]))), max_size=25)
)
def test_never_differs_where_no_tie_arose(papers: Papers) -> None:
    said = compared(contest(4), papers)
    assert said.status in (second.AGREES, second.NOT_APPLICABLE)
    assert not said.stands_in_the_way


@pytest.mark.parametrize("seed", range(3))
def test_agrees_on_larger_elections(seed: int) -> None:
    rng = random.Random(seed)
    weights = [rng.random() for _ in range(8)]
    papers = []
    for _ in range(3000):
        order = sorted(range(8), key=lambda i: -weights[i] * rng.random())
        papers.append(tuple(order[: rng.randint(0, 8)]))
    on = contest(8)
    counted = count("irv", on, papers, "seed")
    said = second.compare(on, papers, counted)
    assert said.status == (second.NOT_APPLICABLE if counted.ties else second.AGREES)
