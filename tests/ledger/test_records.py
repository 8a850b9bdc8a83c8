"""The roll's summary and the heads of the board."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given

from consult.domain.errors import Refused
from consult.ledger import canonical, merkle, records
from consult.ledger.records import RollSummary, first_break
from consult.ledger.shape import Malformed
from tests.ledger.test_definition import JSON

TREE = merkle.Tree(bytes([n]) * 32 for n in range(20))
MOMENTS = [("2026-05-01T00:00:00Z", 0, ""), ("2026-05-02T00:00:00Z", 7, ""), ("2026-05-03T00:00:00Z", 7, "")]


def test_heads_that_continue_one_another_have_no_break() -> None:
    heads = records.read_heads(records.write_heads(TREE, [*MOMENTS, ("2026-05-04T00:00:00Z", 20, "")]))
    assert [head.size for head in heads] == [0, 7, 7, 20]
    assert first_break(heads) is None
    assert first_break([]) is None


@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("change", [{"root": "0" * 64}, {"proof": ("0" * 64,)}, {"size": 6}])
def test_a_head_that_was_changed_breaks_the_line(place: int, change: dict[str, Any]) -> None:
    heads = list(records.read_heads(records.write_heads(TREE, [*MOMENTS, ("2026-05-04T00:00:00Z", 20, "")])))
    heads[place] = heads[place]._replace(**change)
    assert first_break(heads) is not None


def test_heads_out_of_order_are_refused() -> None:
    value = json.loads(records.write_heads(TREE, MOMENTS))
    value["heads"].reverse()
    with pytest.raises(Malformed, match="order of time"):
        records.read_heads(canonical.dumps(value))


def test_a_leaf_twice_on_the_board_is_refused() -> None:
    leaves = [bytes(32), bytes([1]) * 32]
    assert records.read_board(records.write_board(leaves)) == tuple(leaves)
    with pytest.raises(Malformed, match="twice"):
        records.read_board(records.write_board([*leaves, leaves[0]]))


@pytest.mark.parametrize("units", [{"North": (3, 4)}, {"North": (30, 1), "South": (31, 1)}, {"N": (9, 6), "S": (9, 6)}])
def test_units_hold_no_more_than_the_whole(units: dict[str, tuple[int, int]]) -> None:
    with pytest.raises(Malformed):
        records.read_roll(RollSummary("All.", "0" * 64, 60, 10, units).dumps())


@given(JSON)
def test_no_value_makes_the_readers_stumble(value: Any) -> None:
    roll = json.loads(RollSummary("All.", "0" * 64, 60, 10, {}).dumps())
    heads = json.loads(records.write_heads(TREE, MOMENTS))
    for each in (value, {**roll, "units": value}, {**roll, "units": {"N": value}}):
        with contextlib.suppress(Refused):
            records.read_roll(canonical.dumps(each))
    for each in (value, {**heads, "heads": value}, {**heads, "heads": [value]}):
        with contextlib.suppress(Refused):
            records.read_heads(canonical.dumps(each))
        with contextlib.suppress(Refused):
            records.read_board(canonical.dumps(each))
