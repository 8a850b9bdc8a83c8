"""The file of papers: no order, no voter, one spelling."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.domain.errors import Refused
from consult.ledger import canonical, papers
from consult.ledger.papers import Group, Pattern
from consult.ledger.shape import Malformed
from tests.ledger.examples import WARDEN
from tests.ledger.test_definition import JSON

LEVEL = st.sampled_from([(), (0,), (2, 1), (0, 1, 2), ((0, 2),), (1, (0, 2))])
GROUPS = st.lists(
    st.builds(
        Group,
        st.builds(Pattern, LEVEL, st.sampled_from(["", "+-0"]), st.sampled_from(["", "North"])),
        st.integers(1, 20),
        st.integers(1, 3),
    ),
    max_size=8,
)


@given(GROUPS, st.integers(0, 3), st.randoms())
def test_the_file_says_the_same_whatever_the_order(groups: list[Group], spoiled: int, random: Any) -> None:
    gathered = papers.gather("b", "warden", groups, spoiled)
    shuffled = list(groups)
    random.shuffle(shuffled)
    assert papers.dumps(gathered) == papers.dumps(papers.gather("b", "warden", shuffled, spoiled))
    assert papers.loads(papers.dumps(gathered), WARDEN) == gathered
    assert gathered.counted == sum(g.papers for g in groups) + spoiled
    assert gathered.votes == sum(g.papers * g.weight for g in groups)


def test_a_pattern_must_stand_on_ten_papers_to_be_safe() -> None:
    nine = papers.gather("b", "q", [Group(Pattern((0,)), 9), Group(Pattern((1,)), 10)])
    assert (nine.safe, nine.rarest, nine.unique) == (False, 9, 0)
    assert papers.gather("b", "q", [Group(Pattern((0,)), 10)]).safe
    assert papers.gather("b", "q", []).safe
    assert papers.gather("b", "q", [Group(Pattern((0,)))]).unique == 1


@pytest.mark.parametrize(
    "change",
    [
        {"format": "consult-papers/2"},
        {"question": "trees"},
        {"spoiled": -1},
        {"name": "Sam"},
        {"groups": [{"papers": 1, "weight": 1, "ranking": [3], "verdicts": "", "unit": ""}]},
        {"groups": [{"papers": 0, "weight": 1, "ranking": [1], "verdicts": "", "unit": ""}]},
        {"groups": [{"papers": 1, "weight": 0, "ranking": [1], "verdicts": "", "unit": ""}]},
        {"groups": [{"papers": 1, "weight": 1, "ranking": [1], "verdicts": "++", "unit": ""}]},
        {"groups": [{"papers": 1, "weight": 1, "ranking": [n], "verdicts": "", "unit": ""} for n in (1, 0)]},
        {"groups": [{"papers": 1, "weight": 1, "ranking": [0], "verdicts": "", "unit": ""}] * 2},
    ],
)
def test_other_files_are_refused(change: dict[str, Any]) -> None:
    value = json.loads(papers.dumps(papers.gather("b", "warden", [Group(Pattern((0,)))])))
    with pytest.raises(Malformed):
        papers.loads(canonical.dumps({**value, **change}), WARDEN)


@given(JSON)
def test_no_value_makes_the_reader_stumble(value: Any) -> None:
    made = json.loads(papers.dumps(papers.gather("b", "warden", [Group(Pattern((0,)))])))
    for each in (value, {**made, "groups": value}, {**made, "groups": [value]}):
        with contextlib.suppress(Refused):
            papers.loads(canonical.dumps(each), WARDEN)
