"""Composites: sources, coverage, and the hash that every branch signs."""

from __future__ import annotations

import pytest

from consult.domain.errors import Invalid
from consult.text.clauses import Document
from consult.text.compose import Fate, Source, coverage, origins, rows, seal, trace, unexplained
from tests.text.motions import edited, motion

ONE = motion(("heading", "Fair pay"), "To pay every worker £12 an hour.", "To march in May.")
TWO = motion(("heading", "Decent wages"), "To pay every worker £15 an hour.", "To lobby the council for a pay review.")
PARENTS = {"7": ONE, "12": TWO}
COMPOSITE = motion(("heading", "Fair pay"), "To pay every worker £15 an hour.", "To march in May.", "To report back.")


def test_clauses_are_aligned_on_the_workbench() -> None:
    assert [dict(row.members) for row in rows(PARENTS)] == [
        {"12": "c1"}, {"7": "c1"}, {"7": "c2", "12": "c2"}, {"12": "c3"}, {"7": "c3"},
    ]  # fmt: skip
    every = [(parent, clause) for row in rows(PARENTS) for parent, clause in row.members.items()]
    assert sorted(every) == sorted((parent, clause) for parent, text in PARENTS.items() for clause in text.ids)


def test_the_source_of_every_clause_is_suggested_and_tagged() -> None:
    sources = trace(COMPOSITE, PARENTS)
    assert sources == {
        "c1": (Source("7", "c1"),),
        "c2": (Source("7", "c2"), Source("12", "c2")),
        "c3": (Source("7", "c3"),),
        "c4": (),
    }
    assert [(origin.label, origin.verbatim) for origin in origins(COMPOSITE, PARENTS, sources)] == [
        ("Heading", True), ("Resolves 1", True), ("Resolves 2", True), ("Resolves 3", False),
    ]  # fmt: skip


def test_coverage_says_what_became_of_every_word_of_every_parent() -> None:
    reasons = {Source("12", "c3"): "The council reviews pay already."}
    found = coverage(COMPOSITE, PARENTS, trace(COMPOSITE, PARENTS), reasons)
    assert [(entry.label, entry.fate, entry.words_kept, entry.words) for entry in found["7"]] == [
        ("Heading", Fate.KEPT, 2, 2), ("Resolves 1", Fate.ALTERED, 6, 7), ("Resolves 2", Fate.KEPT, 4, 4),
    ]  # fmt: skip
    assert found["7"][1].dropped == ("£12",)
    assert found["12"][2].fate is Fate.DROPPED
    assert found["12"][2].dropped == ("To lobby the council for a pay review.",)
    assert {entry.source for entry in unexplained(found)} == {Source("7", "c2"), Source("12", "c1")}


def test_any_change_needs_every_signature_again() -> None:
    sources = trace(COMPOSITE, PARENTS)
    reasons = {Source("12", "c3"): "The council reviews pay already."}
    seals = {
        seal(COMPOSITE, PARENTS, sources, reasons),
        seal(edited(COMPOSITE, c3="To march in June."), PARENTS, sources, reasons),
        seal(COMPOSITE, {**PARENTS, "7": edited(ONE, c3="To march.")}, sources, reasons),
        seal(COMPOSITE, PARENTS, {**sources, "c4": (Source("12", "c3"),)}, reasons),
        seal(COMPOSITE, PARENTS, sources, {Source("12", "c3"): "It is done."}),
        seal(COMPOSITE, PARENTS, sources),
    }
    assert len(seals) == 6
    again = Document.from_json(COMPOSITE.to_json())
    assert seal(again, dict(reversed(PARENTS.items())), sources, reasons) in seals


@pytest.mark.parametrize("sources", [{"c9": ()}, {"c1": (Source("99", "c1"),)}, {"c1": (Source("7", "c9"),)}])
def test_sources_must_exist(sources: dict[str, tuple[Source, ...]]) -> None:
    with pytest.raises(Invalid):
        seal(COMPOSITE, PARENTS, sources)
