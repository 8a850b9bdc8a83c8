"""What must hold of every count, whoever voted: the invariants of the rules, on generated elections."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consult.counting.contest import Contest, Group, Paper, Ranking
from consult.counting.count import count, recount
from consult.counting.plain import scottish_stv
from consult.counting.result import Count
from tests.counting.generated import ALL, MOVING, PAIRS, SEED, STV, Election, elections, slate

SOME = settings(max_examples=50, deadline=None)
RANKING = tuple(m for m in ALL if m not in ("majority", "block"))


def run(election: Election, **changed: Any) -> Count:
    return count(election.method, replace(election.contest, **changed), election.papers, SEED)


def relevel(ranking: Ranking, change: Any) -> Ranking:
    """A ranking with each candidate changed, or dropped where `change` gives None."""
    levels: list[Any] = []
    for level in ranking:
        here = tuple(change(i) for i in (level if isinstance(level, tuple) else (level,)) if change(i) is not None)
        if here:
            levels.append(here[0] if len(here) == 1 else here)
    return tuple(levels)


def repapered(group: Group, ranking: Ranking, verdicts: str = "") -> Group:
    paper = group.paper
    if isinstance(paper, Paper):
        return Group(Paper(ranking, verdicts or paper.verdicts, paper.unit), group.weight)
    return Group(ranking, group.weight)


def ranking_of(group: Group) -> Ranking:
    return group.paper.ranking if isinstance(group.paper, Paper) else group.paper  # type: ignore[return-value]


@SOME
@given(elections(MOVING), st.sampled_from([count, recount]))
def test_votes_are_conserved_at_every_stage(election: Election, counter: Any) -> None:
    done = counter(election.method, election.contest, election.papers, SEED)
    for stage in done.stages:
        held = sum(Fraction(v) for v in stage.votes if v is not None)
        assert held + stage.non_transferable + stage.loss == done.ballots.valid
        assert all(v >= 0 for v in stage.votes if v is not None)


@SOME
@given(elections(("irv", "scottish-stv", "ers97")))
def test_votes_move_by_the_transfers_that_are_shown(election: Election) -> None:
    stages = run(election).stages
    for before, after in pairwise(stages):
        for i, votes in enumerate(after.votes):
            if votes is not None and i not in after.subjects:
                got = sum(t.value for t in after.transfers if t.target == i)
                assert votes - (before.votes[i] or 0) == got
        lost = sum(t.value for t in after.transfers if t.target is None)
        assert after.non_transferable - before.non_transferable == lost


@SOME
@given(elections(), st.randoms(use_true_random=False))
def test_order_and_grouping_of_ballots_change_nothing(election: Election, random: Any) -> None:
    one_by_one = [group.paper for group in election.papers for _ in range(group.weight)]
    random.shuffle(one_by_one)
    turned = tuple(reversed(election.papers))
    grouped: dict[Any, int] = {}
    for paper in one_by_one:
        grouped[paper] = grouped.get(paper, 0) + 1
    hashes = {
        counter(election.method, election.contest, papers, SEED).hash
        for counter in (count, recount)
        for papers in (election.papers, turned, one_by_one, grouped)
    }
    assert len(hashes) == 1


@SOME
@given(elections(RANKING), st.randoms(use_true_random=False))
def test_relabelling_the_candidates_relabels_the_result(election: Election, random: Any) -> None:
    """The lot goes by the candidates' keys, so printing them in another order elects the same people."""
    contest = election.contest
    to = list(range(len(contest.candidates)))
    random.shuffle(to)
    back = sorted(range(len(to)), key=lambda i: to[i])
    turned = replace(
        contest,
        candidates=tuple(contest.candidates[back[i]] for i in range(len(to))),
        withdrawn=frozenset(to[i] for i in contest.withdrawn),
        ron=None if contest.ron is None else to[contest.ron],
    )
    papers = []
    for group in election.papers:
        verdicts = group.paper.verdicts if isinstance(group.paper, Paper) else ""
        moved = "".join(verdicts[back[i]] for i in range(len(to))) if verdicts else ""
        papers.append(repapered(group, relevel(ranking_of(group), lambda i: to[i]), moved))
    first, second = run(election), count(election.method, turned, papers, SEED)
    assert {to[i] for i in first.winners} == set(second.winners)
    assert len(first.stages) == len(second.stages)
    for a, b in zip(first.stages, second.stages, strict=True):
        assert [a.votes[i] for i in range(len(to))] == [b.votes[to[i]] for i in range(len(to))]


@SOME
@given(elections())
def test_never_more_winners_than_seats(election: Election) -> None:
    done = run(election)
    assert len(done.winners) <= election.contest.seats
    assert len(set(done.winners)) == len(done.winners)
    assert not set(done.winners) & election.contest.withdrawn
    if election.method != "majority":
        assert done.unfilled == election.contest.seats - len(done.winners)
    for stage in done.stages:
        assert len(stage.elected) <= election.contest.seats


@SOME
@given(elections(STV, plain=True))
def test_stv_fills_every_place_when_anybody_voted(election: Election) -> None:
    done = run(election)
    assert len(done.winners) == (election.contest.seats if done.ballots.valid else 0)


@SOME
@given(elections(STV))
def test_quotas_are_droops(election: Election) -> None:
    """(places + 1) × quota is more than the votes it is a share of; under ERS97 and Meek 1987 it may be as many."""
    done = run(election)
    for stage in done.stages:
        assert stage.quota is not None
        active = done.ballots.valid
        if election.method.startswith("meek"):
            active -= stage.non_transferable  # type: ignore[assignment]
        elif election.method == "ers97":  # the quota is settled by the stage that first elects somebody (5.4.8)
            first = next((s for s in done.stages[: stage.number] if s.elected), stage)
            active -= first.non_transferable  # type: ignore[assignment]
        if not done.ballots.valid:
            continue
        claimed = (election.contest.seats + 1) * stage.quota
        if election.method in ("scottish-stv", "meek-prf"):
            assert claimed > active
        else:
            assert claimed >= active


@SOME
@given(elections(), st.integers(1, 30))
def test_blanks_change_nothing(election: Election, blanks: int) -> None:
    if election.method == "majority":
        assume(election.contest.settings["base"] != "papers" and election.contest.settings["quorum"] is None)
        assume(not election.contest.settings["by_unit"])
    with_blanks = count(election.method, election.contest, [*election.papers, Group((), blanks)], SEED)
    without = run(election)
    assert with_blanks.winners == without.winners
    assert [s.votes for s in with_blanks.stages] == [s.votes for s in without.stages]
    assert with_blanks.ballots.blank == without.ballots.blank + blanks


@SOME
@given(elections(MOVING, plain=True))
def test_preferences_never_reached_change_nothing(election: Election) -> None:
    """Whoever is neither elected nor excluded keeps every paper that reaches them: the rest of it is never read."""
    done = run(election)
    moved = {i for stage in done.stages for i in (*stage.elected, *stage.excluded)}
    resting = set(election.contest.standing) - moved
    papers = []
    for group in election.papers:
        kept: list[Any] = []
        for level in ranking_of(group):
            kept.append(level)
            if level in resting:
                break
        papers.append(Group(tuple(kept), group.weight))
    assert count(election.method, election.contest, papers, SEED).hash == done.hash


@settings(max_examples=40, deadline=None)
@given(elections(("scottish-stv",)))
def test_a_papers_value_never_rises(election: Election) -> None:
    class Watched(scottish_stv._Count):
        def pass_on(self, ballot: Any, source: int, moved: Any) -> int:
            assert 0 <= ballot.value <= values.get(id(ballot), scottish_stv.ONE)
            values[id(ballot)] = ballot.value
            return super().pass_on(ballot, source, moved)

    values: dict[int, int] = {}
    box = scottish_stv.sort_papers(election.contest, election.papers)
    watched = Watched(election.contest, box.ballots, box.valid, SEED)
    if box.valid:
        watched.run()
        assert watched.stages


@SOME
@given(elections(("irv", "ers97", "scottish-stv")))
def test_no_transfer_is_worth_more_than_its_papers(election: Election) -> None:
    for stage in run(election).stages:
        assert all(0 <= t.value <= t.papers for t in stage.transfers)


@SOME
@given(elections(RANKING), st.integers(0, 5))
def test_withdrawing_is_deleting_from_every_paper(election: Election, gone: int) -> None:
    number = len(election.contest.candidates)
    gone %= number
    assume(number > 1 and gone != election.contest.ron)
    seats = min(election.contest.seats, number - 1)
    contest = replace(election.contest, seats=seats, withdrawn=frozenset(), reserves=())
    withdrawn = run(election, seats=seats, withdrawn=frozenset({gone}), reserves=())
    rest = [i for i in range(len(contest.candidates)) if i != gone]
    new = {old: at for at, old in enumerate(rest)}
    fewer = replace(
        contest,
        candidates=tuple(contest.candidates[i] for i in rest),
        ron=None if contest.ron is None else new[contest.ron],
    )
    papers = []
    for group in election.papers:
        verdicts = group.paper.verdicts if isinstance(group.paper, Paper) else ""
        left = "".join(mark for i, mark in enumerate(verdicts) if i != gone)
        papers.append(repapered(group, relevel(ranking_of(group), new.get), left))
    deleted = count(election.method, fewer, papers, SEED)
    assert tuple(new[i] for i in withdrawn.winners) == deleted.winners
    assert withdrawn.ballots == deleted.ballots
    for a, b in zip(withdrawn.stages, deleted.stages, strict=True):
        assert a.votes[gone] is None
        assert [a.votes[i] for i in rest] == list(b.votes)


@SOME
@given(elections(("irv",), plain=True))
def test_stv_of_one_place_is_irv(election: Election) -> None:
    one = replace(election.contest, seats=1)
    assert count("irv", one, election.papers, SEED).winners == count("scottish-stv", one, election.papers, SEED).winners


@settings(max_examples=80, deadline=None)
@given(elections(PAIRS, plain=True))
def test_a_condorcet_winner_wins_by_schulze_and_ranked_pairs(election: Election) -> None:
    one = replace(election.contest, seats=1)
    table = count("schulze", one, election.papers, SEED).pairwise
    assert table is not None
    everyone = range(len(one.candidates))
    beats_all = [i for i in everyone if all(table[i][j] > table[j][i] for j in everyone if j != i)]
    assume(beats_all and election.papers)
    for method in PAIRS:
        done = count(method, one, election.papers, SEED)
        if done.ballots.valid:
            assert list(done.winners) == beats_all


@st.composite
def coalitions(draw: st.DrawFn) -> tuple[Contest, list[Group], set[int]]:
    """Some voters put the same candidates, in any order among them, before all others; the rest vote as they like."""
    number, seats = draw(st.integers(2, 6)), draw(st.integers(1, 4))
    assume(seats <= number)
    solid = draw(st.sets(st.integers(0, number - 1), min_size=1))
    papers = []
    for _ in range(draw(st.integers(1, 8))):
        inside = draw(st.permutations(sorted(solid)))
        outside = draw(st.permutations(sorted(set(range(number)) - solid)))
        papers.append(Group((*inside, *outside[: draw(st.integers(0, len(outside)))]), draw(st.integers(1, 20))))
    for _ in range(draw(st.integers(0, 8))):
        order = draw(st.permutations(range(number)))
        papers.append(Group(tuple(order[: draw(st.integers(1, number))]), draw(st.integers(1, 20))))
    return Contest("ballot", slate(number), seats), papers, solid


@settings(max_examples=80, deadline=None)
@given(coalitions(), st.sampled_from(STV))
def test_solid_coalitions_get_their_droop_share(drawn: tuple[Contest, list[Group], set[int]], method: str) -> None:
    contest, papers, solid = drawn
    size = len(solid)
    voters = sum(g.weight for g in papers if set(g.paper[:size]) == solid)  # type: ignore[index]
    done = count(method, contest, papers, SEED)
    droop = Fraction(done.ballots.valid, contest.seats + 1)
    if method == "ers97":  # two decimals lose up to a hundredth of a vote on every paper of every surplus
        droop += Fraction(done.ballots.valid * contest.seats, 100)
    if method == "scottish-stv":  # a whole number of votes, and five decimals lose a little in the same way
        assert done.quota is not None
        droop = done.quota + Fraction(done.ballots.valid * contest.seats, 100_000)
    share = min(math.ceil(voters / droop) - 1, size, contest.seats)
    assert len(solid & set(done.winners)) >= share


@pytest.mark.parametrize("method", STV)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_reserved_places_are_kept(method: str, data: st.DataObject) -> None:
    election = data.draw(elections((method,), reserved=True))
    contest = election.contest
    papers = (*election.papers, Group((contest.standing[0],), 1))  # so that somebody voted
    done = count(method, contest, papers, SEED)
    for reserve in contest.reserves:
        held = sum(reserve.group in contest.candidates[i].groups for i in done.winners)
        assert reserve.minimum <= held and (reserve.maximum is None or held <= reserve.maximum)
