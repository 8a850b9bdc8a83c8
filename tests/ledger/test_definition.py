"""The ballot definition: what is settled before the first vote, read strictly."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.domain.errors import Refused
from consult.ledger import canonical, definition
from consult.ledger.shape import Malformed
from tests.ledger.examples import MOTION, WARDEN, ballot


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(ballot().bytes)
    change(value)
    return canonical.dumps(value)


def test_a_definition_comes_back_as_it_was_written() -> None:
    made = ballot()
    again = definition.loads(made.bytes)
    assert again == made
    assert again.hash == made.hash == canonical.sha256(made.bytes)
    assert made.n == 5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda v: v.update(format="consult-ballot/4"), "this software knows consult-ballot/1"),
        (lambda v: v.pop("format"), "this software knows consult-ballot/1"),
        (lambda v: v.update(note="hello"), "“note” is not known"),
        (lambda v: v.pop("grace"), "“grace” is missing"),
        (lambda v: v.update(id="../etc"), "letters, digits"),
        (lambda v: v.update(level="secret"), "expected one of operator, recorded, sealed"),
        (lambda v: v.update(opens="2026-05-01 09:00"), "expected an instant"),
        (lambda v: v.update(opens="2026-02-30T09:00:00Z"), "expected an instant"),
        (lambda v: v.update(opens="2026-05-08T12:00:00Z"), "closes before it opens"),
        (lambda v: v.update(grace=-1), "whole number"),
        (lambda v: v.update(grace=True), "whole number"),
        (lambda v: v.update(k=6), "6 must sign, but only 5 may"),
        (lambda v: v.update(k=0), "whole number"),
        (lambda v: v["signers"].__setitem__(1, v["signers"][0]), "two signers have the same key"),
        (lambda v: v["signers"][0].update(key="short"), "32 bytes"),
        (lambda v: v.update(public_key=None), "needs a public key"),
        (lambda v: v.update(level="recorded"), "recorded vote has none"),
        (lambda v: v.update(questions=[]), "a list of 1 to 200"),
        (lambda v: v["questions"][1].update(key="Trees"), "“Trees” stands there twice"),
        (lambda v: v["questions"][0]["options"][1].update(key="for"), "“for” stands there twice"),
        (lambda v: v["questions"][0].update(ron="ron"), "“ron” is no option"),
        (lambda v: v["questions"][0].update(text="abc"), "64 hexadecimal"),
        (lambda v: v["questions"][0]["options"][0].pop("groups"), "questions 1, options 1: the member “groups”"),
        (lambda v: v["lot"].update(rule="dice"), "commit-and-reveal, named"),
        (lambda v: v["roll"].update(size="60"), "whole number"),
        (lambda v: v["roll"].update(units={"North": "30"}), "North: expected a whole number"),
        (lambda v: v.update(publication="some"), "all-papers, tables-only, ten-copies"),
    ],
)
def test_anything_else_is_refused_with_the_place(change: Callable[[dict[str, Any]], object], words: str) -> None:
    with pytest.raises(Malformed, match=words):
        definition.loads(changed(change))


def test_what_is_built_in_code_passes_the_same_checks() -> None:
    with pytest.raises(Malformed, match="6 must sign"):
        ballot(k=6)


def test_another_order_of_options_is_another_ballot() -> None:
    def turn(value: dict[str, Any]) -> None:
        value["questions"][0]["options"].reverse()

    assert definition.loads(changed(turn)).hash != ballot().hash


@pytest.mark.parametrize("value", [None, [], "x", {}, {"format": None}, {"format": []}])
def test_other_documents_are_refused(value: Any) -> None:
    with pytest.raises(Refused):
        definition.loads(canonical.dumps(value))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)


@given(st.data())
def test_no_value_in_no_place_makes_the_reader_stumble(data: st.DataObject) -> None:
    value = json.loads(ballot().bytes)
    at: Any = value
    for _ in range(data.draw(st.integers(0, 4))):
        keys = sorted(at) if isinstance(at, dict) else range(len(at)) if isinstance(at, list) else []
        if not keys or not isinstance(at[(key := data.draw(st.sampled_from(list(keys))))], (dict, list)):
            break
        at = at[key]
    if at:
        at[data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else list(range(len(at)))))] = data.draw(JSON)
    with contextlib.suppress(Refused):
        made = definition.loads(canonical.dumps(value))
        assert definition.loads(made.bytes) == made


def test_a_counter_is_told_what_was_declared() -> None:
    told = definition.contest_of(ballot(), WARDEN, withdrawn=["2"])
    assert told["ballot_id"] == "orchard-2026/warden"
    assert [c["name"] for c in told["candidates"]] == ["Sam Example", "Alex Sample", "Sam Example"]
    assert (told["withdrawn"], told["ron"], told["seats"], told["roll"]) == ([1], None, 1, 60)
    with pytest.raises(Malformed, match="is no option of “Forty trees”"):
        definition.contest_of(ballot(), MOTION, withdrawn=["9"])
    with pytest.raises(Malformed, match="no question"):
        ballot().question("nothing")
