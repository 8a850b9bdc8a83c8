"""The manifest: read strictly, at odds with nothing, and clear to the people who sign it."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.domain.errors import Refused
from consult.ledger import canonical, manifest
from consult.ledger.agreement import disagreements
from consult.ledger.definition import Lot
from consult.ledger.manifest import Board, LotDrawn, Papers, in_words
from consult.ledger.shape import Malformed, UnknownFormat
from tests.ledger.examples import ballot, made
from tests.ledger.test_definition import JSON


def names(result: manifest.Manifest, **changes: Any) -> list[str]:
    return [name for name, _ in disagreements(result, ballot(**changes))]


def test_a_manifest_comes_back_as_it_was_written() -> None:
    result = made().again()
    assert manifest.loads(result.dumps()) == result
    assert disagreements(result, ballot()) == []


@pytest.mark.parametrize("given_format", ["consult-result/0", "consult-result/4", "", None, [], 1])
def test_unknown_and_downgraded_formats_are_refused(given_format: Any) -> None:
    value = {**json.loads(made().again().dumps()), "format": given_format}
    with pytest.raises(UnknownFormat, match="this software knows consult-result/1"):
        manifest.loads(canonical.dumps(value))


@pytest.mark.parametrize("member", sorted(json.loads(made().again().dumps())))
def test_every_member_is_needed_and_no_other_is_known(member: str) -> None:
    value = json.loads(made().again().dumps())
    with pytest.raises(Malformed):
        manifest.loads(canonical.dumps({**value, f"{member}x": value[member]}))
    value.pop(member)
    with pytest.raises(Malformed):
        manifest.loads(canonical.dumps(value))


@given(st.data(), JSON)
def test_no_value_in_no_place_makes_the_reader_stumble(data: st.DataObject, other: Any) -> None:
    value = json.loads(made().again().dumps())
    member = data.draw(st.sampled_from(sorted(value)))
    if isinstance(value[member], dict) and value[member] and data.draw(st.booleans()):
        value[member][data.draw(st.sampled_from(sorted(value[member])))] = other
    else:
        value[member] = other
    with contextlib.suppress(Refused):
        read = manifest.loads(canonical.dumps(value))
        assert read.dumps() == canonical.dumps(value)
        disagreements(read, ballot())
        in_words(read)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"definition": "0" * 64}, "definition"),
        ({"ballot": "other"}, "definition"),
        ({"title": "Other"}, "definition"),
        ({"texts": ()}, "text"),
        ({"texts": ("0" * 64,)}, "text"),
        ({"roll": "0" * 64}, "roll"),
        ({"roll_size": 61}, "roll"),
        ({"closed": "2026-05-08T11:59:59Z"}, "time"),
        ({"marked": 34}, "turnout"),
        ({"marked": 61}, "turnout"),
        ({"papers": Papers(counted=35, votes=36)}, "turnout"),
        ({"papers": Papers(counted=35, votes=35, sealed_by_server=36)}, "turnout"),
        ({"papers": Papers(counted=36, votes=36)}, "board"),
        ({"board": None}, "board"),
        ({"board": Board("0" * 64, leaves=36, opened=35)}, "board"),
        ({"lot": LotDrawn("s", "another value")}, "lot"),
        ({"lot": LotDrawn("s", "whereas", {"m": "0" * 64})}, "lot"),
        ({"lot": LotDrawn("s", "whereas", {}, {"m": {"value": "1", "salt": "2"}})}, "lot"),
    ],
)
def test_each_disagreement_has_its_name(changes: dict[str, Any], name: str) -> None:
    assert name in names(made().change(**changes).result)


def test_questions_must_be_those_that_were_put_to_the_vote() -> None:
    assert names(made().question(method="irv").result) == ["questions"]
    assert names(made().question(version="2").result) == ["questions"]
    assert names(made().question(title="Another").result) == ["questions"]
    assert names(made().question(withdrawn=("9",)).result) == ["options"]
    short = made().result
    assert names(replace(short, questions=short.questions[:1])) == ["questions"]
    assert names(replace(short, questions=short.questions[::-1])) == ["questions"]


def test_a_value_revealed_without_a_commitment_is_named() -> None:
    asked = ballot(lot=Lot("commit-and-reveal", "The number of the first train.", None))
    drawn = LotDrawn("s", "17", {"m1": "0" * 64}, {"m2": {"value": "1", "salt": "2"}})
    result = replace(made().result, definition=asked.hash, lot=drawn)
    assert [name for name, _ in disagreements(result, asked)] == ["lot"]


def test_who_committed_and_did_not_reveal_is_named_to_signers() -> None:
    drawn = LotDrawn("s", "17", {"7": "0" * 64, "9": "1" * 64}, {"7": {"value": "1", "salt": "2"}})
    assert drawn.silent == ("9",)
    words = "\n".join(in_words(replace(made().result, lot=drawn)))
    assert (
        "1 of the 2 who committed to the lot did not reveal (member 9), so the public value alone made its seed."
        in words
    )
    assert "reveal" not in "\n".join(in_words(made().result))


def test_signers_read_the_title_the_figures_and_every_outcome() -> None:
    result = made().question(spoiled=1, withdrawn=("2",)).result
    words = "\n".join(in_words(replace(result, papers=Papers(35, 35, sealed_by_server=9, on_paper=2))))
    for part in (
        "The orchard society's summer ballot",
        "60 on the roll, 40 marked as having voted, 35 papers counted.",
        "9 of the papers were sealed by the server, the rest of those cast online by the voters.",
        "2 of the papers came on paper",
        "Forty trees (majority, version 1)",
        "Sam Example it is.",
        "1 papers could not be read.",
        "Withdrew or died during the poll: option 2 of the definition.",
    ):
        assert part in words
    named = in_words(result, {each.key: {"2": "Ada Park"} for each in result.questions})
    assert "  Withdrew or died during the poll: Ada Park." in named
