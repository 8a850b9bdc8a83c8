"""The pairwise table as a verifier makes it: by hand, and against the counter's own."""

from __future__ import annotations

from random import Random

from consult.counting.data import contest_from, papers_from
from consult.counting.fast import pairwise
from consult.ledger import canonical, pairs, papers
from consult.ledger.definition import Definition, Question, contest_of
from consult.ledger.envelopes import Level
from consult.ledger.papers import Group, Papers, Pattern
from tests.ledger import examples

BALLOT: Definition = examples.ballot()
WARDEN: Question = BALLOT.questions[1]
KEYS = [option.key for option in WARDEN.options]


def gathered(*rankings: tuple[Level, ...]) -> Papers:
    return papers.gather(BALLOT.id, WARDEN.key, [Group(Pattern(ranking)) for ranking in rankings])


def test_a_table_by_hand() -> None:
    found = pairs.table(WARDEN, gathered((0,), (0, 1), ((0, 1),), (2, 0), ()))
    assert len(KEYS) == 3
    assert found == [[0, 3, 3], [0, 0, 2], [1, 1, 0]]
    without = pairs.table(WARDEN, gathered((0, 1), ((0, 1),), (2, 0)), [KEYS[0]])
    assert without == [[0, 0, 0], [0, 0, 2], [0, 1, 0]]


def test_the_bytes_name_the_options() -> None:
    value = canonical.loads(pairs.write(WARDEN, pairs.table(WARDEN, gathered((1, 0)))), "pairs")
    assert value["question"] == WARDEN.key
    assert value["preferred"][KEYS[1]] == {KEYS[0]: 1, KEYS[2]: 1}


def drawn(rng: Random) -> tuple[Level, ...]:
    """A ranking with equal places among some of the options."""
    left = rng.sample(range(len(KEYS)), rng.randint(0, len(KEYS)))
    ranking: list[Level] = []
    while left:
        held = [left.pop() for _ in range(rng.randint(1, len(left)))]
        ranking.append(held[0] if len(held) == 1 else tuple(sorted(held)))
    return tuple(ranking)


def test_it_is_the_counters_table_for_any_papers() -> None:
    rng = Random("pairs")
    for _ in range(60):
        given = gathered(*(drawn(rng) for _ in range(rng.randint(1, 20))))
        gone = rng.sample(KEYS, rng.randint(0, 1))
        contest = contest_from(contest_of(BALLOT, WARDEN, gone))
        votes = papers_from((tuple(group.pattern), group.votes) for group in given.groups)
        table, _ = pairwise.compare(contest, votes)
        assert [list(row) for row in table] == pairs.table(WARDEN, given, gone)
