"""Two counters per rule, written apart: on every election they come to the same bytes, or refuse in the same words."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.counting.contest import Candidate, Contest, Group, Paper, Papers
from consult.counting.count import agree, count, recount
from consult.counting.lots import LotNeeded
from consult.counting.methods import METHODS
from consult.domain.errors import Refused
from tests.counting.elections import ROOT
from tests.counting.generated import ALL, SEED, Election, elections, slate


def said_by(counter: object, method: str, contest: Contest, papers: Papers, seed: str | None) -> str:
    """The hash of the whole working out, or the refusal."""
    try:
        finished = counter(method, contest, papers, seed)  # type: ignore[operator]
    except LotNeeded as needed:
        return f"lot {needed.tied} {needed.stage} {needed}"
    return str(finished.hash)


def assert_agree(method: str, contest: Contest, papers: Papers, seed: str | None = SEED) -> None:
    fast, plain = (said_by(counter, method, contest, papers, seed) for counter in (count, recount))
    if fast != plain and not fast.startswith("lot") and not plain.startswith("lot"):
        differences = agree(count(method, contest, papers, seed), recount(method, contest, papers, seed))
        pytest.fail("\n".join(difference[:500] for difference in differences))
    assert fast == plain


@pytest.mark.parametrize("method", ALL)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_both_counters_agree_to_the_byte(method: str, data: st.DataObject) -> None:
    election: Election = data.draw(elections((method,)))
    assert_agree(method, election.contest, election.papers)


@pytest.mark.parametrize("method", ALL)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_both_counters_need_a_lot_for_the_same_tie(method: str, data: st.DataObject) -> None:
    election: Election = data.draw(elections((method,), candidates=4))
    assert_agree(method, election.contest, election.papers, seed=None)


def motion() -> tuple[Candidate, ...]:
    return Candidate("for", "For"), Candidate("against", "Against"), Candidate("abstain", "Abstain")


def asked(method: str, candidates: int, seats: int = 1) -> Contest:
    people = motion() if method == "majority" else slate(candidates)
    return Contest("ballot", people, seats if METHODS[method].many_seats else 1)


def verdicts(method: str, papers: list[Group], candidates: int) -> list[Group]:
    if method != "policy-primary":
        return papers
    return [Group(Paper(group.paper, "+" * candidates), group.weight) for group in papers]  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ALL)
def test_nobody_ranks_anyone(method: str) -> None:
    """No paper says anything: nobody is elected, whatever the rule, and no lot is drawn."""
    for papers in ([], [()], [Group((), 7)]):
        counted = count(method, asked(method, 3, 2), papers)
        assert counted.winners == () and counted.ballots.valid == 0
        assert_agree(method, asked(method, 3, 2), papers, seed=None)


@pytest.mark.parametrize("method", ALL)
def test_everyone_ties(method: str) -> None:
    """A circle in which all candidates are alike: only the lot can decide, and it is asked for by name."""
    size = 3 if method == "majority" else 5
    circle = [Group(tuple((start + i) % size for i in range(size)), 3) for start in range(size)]
    if method in ("majority", "block"):
        circle = [Group((i,), 3) for i in range(size)]
    papers = verdicts(method, circle, size)
    assert_agree(method, asked(method, size, 2), papers)
    assert_agree(method, asked(method, size, 2), papers, seed=None)
    if method == "majority":
        assert count(method, asked(method, size), papers).outcome == "lost"
    elif method != "approval":
        with pytest.raises(LotNeeded) as needed:
            count(method, asked(method, size, 2), papers)
        assert set(needed.value.tied) <= set("ABCDE") and len(needed.value.tied) > 1
        assert len(count(method, asked(method, size, 2), papers, SEED).winners) == asked(method, size, 2).seats


@pytest.mark.parametrize("method", [m for m in ALL if m != "majority"])
def test_one_candidate_one_voter_and_as_many_seats_as_candidates(method: str) -> None:
    one = verdicts(method, [Group((0,), 1)], 1)
    assert count(method, asked(method, 1), one).winners == (0,)
    assert_agree(method, asked(method, 1), one)
    voter = verdicts(method, [Group((1, 0), 1)], 3)
    assert_agree(method, asked(method, 3, 3), voter)
    assert_agree(method, asked(method, 3, 2), voter)


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("counter", [count, recount])
def test_more_seats_than_candidates_is_refused(method: str, counter: object) -> None:
    with pytest.raises(Refused):
        counter(method, Contest("ballot", slate(3), 4), [(0,)])  # type: ignore[operator]


@pytest.mark.parametrize("method", [m for m in ALL if m != "majority"])
def test_a_hundred_candidates(method: str) -> None:
    size = 40 if method == "policy-primary" else 100  # which counts by Schulze, the slowest plain loop, once more
    cycle = [Group(tuple((7 * i + 13 * j) % 101 % size for j in range(6)), 1) for i in range(90)]
    papers = verdicts(method, cycle, size)
    if method == "block":
        papers = [Group(group.paper[:3], group.weight) for group in papers]  # type: ignore[index]
    assert_agree(method, asked(method, size, 3), papers)


@pytest.mark.parametrize("method", [m for m in ALL if m != "majority"])
def test_identical_names_are_kept_apart(method: str) -> None:
    people = (Candidate("1", "Sam"), Candidate("2", "Sam"), Candidate("3", "Sam #2"))
    papers = verdicts(method, [Group((1,), 3), Group((0,), 2), Group((2, 0), 2)], 3)
    counted = count(method, Contest("ballot", people), papers, SEED)
    shown = counted.as_json()
    assert len(set(shown["candidates"])) == 3
    assert len(shown["stages"][0]["votes"]) == 3
    assert_agree(method, Contest("ballot", people), papers)


@pytest.mark.parametrize("method", [m for m in ALL if m != "majority"])
def test_huge_weights_stay_exact(method: str) -> None:
    """Card votes far beyond what a float can hold: one vote more still wins."""
    huge = 10**30
    papers = verdicts(method, [Group((0,), huge), Group((1,), huge + 1), Group((2,), 5)], 3)
    assert count(method, asked(method, 3), papers).winners[:1] == (1,)
    assert_agree(method, asked(method, 3), papers)
    assert_agree(method, asked(method, 3, 2), papers)


def test_huge_weights_in_a_motion() -> None:
    huge = 10**30
    close = count("majority", asked("majority", 3), [Group((0,), huge + 1), Group((1,), huge)])
    assert close.outcome == "carried"
    assert_agree("majority", asked("majority", 3), [Group((0,), huge), Group((1,), huge)])


@pytest.mark.parametrize(("room", "other"), [("plain", "fast"), ("fast", "plain")])
def test_the_two_counters_share_no_counting(room: str, other: str) -> None:
    for module in (ROOT / "consult" / "counting" / room).glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not any(f"counting.{other}" in name for name in names), module
