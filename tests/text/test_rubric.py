"""The legal rubric, the marked-up clause and "so that it reads"."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.text.clauses import Clause, Document, Kind
from consult.text.compare import compare
from consult.text.derive import derive
from consult.text.lines import lines
from consult.text.marked import marked, so_that_it_reads
from consult.text.operations import DoesNotApply, Replace
from consult.text.rubric import rubric
from tests.text.motions import documents, edited, edits, motion, with_clause

BASE = motion(
    ("heading", "Fair pay"), "To pay every worker £12 an hour, and every agency worker £12 an hour too, from May.",
    "To:", ("item", "march"), ("item", "sing"), "To write to the council.",
)  # fmt: skip


def sentences(result: Document) -> list[str]:
    """The rubric of the amendment that leads to the result, on lines of 40 characters."""
    return list(rubric(BASE, derive(BASE, result), lines(BASE, 40)))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "To pay every worker £15 an hour, and every agency worker £12 an hour too, from May.",
            "In Resolves 1, line 2, delete the first '£12' and insert '£15'.",
        ),
        (
            "To pay every worker £12 an hour, and every agency worker £12 an hour too, from June.",
            "In Resolves 1, line 4, delete 'May' and insert 'June'.",
        ),
        (
            "To pay every worker £12 an hour, and every agency worker £12 an hour too, from 1 May.",
            "In Resolves 1, line 4, after 'from' insert '1'.",
        ),
        (
            "To pay every worker £12 an hour, and every agency worker £12 an hour, from May.",
            "In Resolves 1, line 3, delete 'too'.",
        ),
        (
            "At once to pay every worker £12 an hour, and every agency worker £12 an hour too, from May.",
            "In Resolves 1, line 2, delete 'To' and insert 'At once to'.",
        ),
        (
            "To pay every worker £12 an hour, and every agency worker £12 an hour too, from May. Now!",
            "In Resolves 1, line 4, at the end insert 'Now!'.",
        ),
    ],
)
def test_sentences_for_words(text: str, sentence: str) -> None:
    assert sentences(edited(BASE, c2=text)) == [sentence]


def test_sentences_for_clauses() -> None:
    assert sentences(edited(BASE, c6="")) == ["Delete Resolves 3, line 8."]
    assert sentences(with_clause(BASE, "c5", Clause("n1", Kind.ITEM, "dance"))) == [
        "After Resolves 2(b), line 7, insert a new Resolves 2(c): 'dance'."
    ]
    assert sentences(with_clause(BASE, "c6", Clause("n1", Kind.RESOLVES, "To rest."))) == [
        "After Resolves 3, line 8, insert a new Resolves 4: 'To rest.'."
    ]
    assert sentences(edited(BASE, c1="Fair pay now")) == [
        "In the heading, line 1, delete 'Fair pay' and insert 'Fair pay now'."
    ]
    moved = Document((BASE.clauses[0], *BASE.clauses[2:5], BASE.clauses[1], BASE.clauses[5]))
    assert sentences(moved) == ["Move Resolves 1, lines 2 to 4, to after Resolves 2(b), line 7."]
    last = Document((BASE.clauses[0], BASE.clauses[5], *BASE.clauses[1:5]))
    assert sentences(last) == ["Move Resolves 3, line 8, to after the heading, line 1."]


def test_a_clause_and_its_items_move_in_one_sentence() -> None:
    base = motion("To:", ("item", "march"), "To rest.", "To act.", "To sing.")
    result = Document((*base.clauses[2:], *base.clauses[:2]))
    assert len(derive(base, result)) == 2
    assert rubric(base, derive(base, result)) == (
        "Move Resolves 1, line 1, with its items, to after Resolves 4, line 5.",
    )
    first = Document((base.clauses[4], *base.clauses[:4]))
    assert rubric(base, derive(base, first)) == ("Move Resolves 4, line 5, to the beginning.",)


def test_delete_all_and_insert_is_one_sentence() -> None:
    result = Document((BASE.clauses[0], Clause("n1", Kind.RESOLVES, "To strike.")))
    assert sentences(result) == [
        "Delete all after the heading, lines 2 to 8, and insert a new Resolves 1: 'To strike.'."
    ]


def test_a_long_deletion_is_named_by_its_ends() -> None:
    base = motion("Start " + " ".join(f"w{number}" for number in range(40)) + " end here and there again.")
    operations = derive(base, edited(base, c1="Start end here and there again."))
    assert rubric(base, operations) == (
        "In Resolves 1, lines 1 to 3, delete from 'w0 w1 w2 w3' to 'w36 w37 w38 w39' (40 words).",
    )


def test_a_rubric_of_another_text_is_refused() -> None:
    with pytest.raises(DoesNotApply):
        rubric(motion("To pay £12.50."), [Replace("c1", 2, 3, ("£12",), ("£15",))])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_marked_up_clauses_hold_both_texts(data: st.DataObject) -> None:
    base = data.draw(documents())
    result = data.draw(edits(base, "n"))
    operations = derive(base, result)
    assert len(rubric(base, operations)) <= len(operations)
    found = marked(base, operations)
    live = [clause for clause in found if clause.state not in ("deleted", "moved from")]
    assert [clause.id for clause in live] == list(result.ids)
    for clause in live:
        after = "".join(run.text for run in clause.runs if run.state != "delete")
        assert after.replace(" ", "") == result.clause(clause.id).text.replace(" ", "")
        assert clause.new_label == result.labels[clause.id]
    for clause in found:
        if clause.id in base and clause.state not in ("moved from", "moved to"):
            before = "".join(run.text for run in clause.runs if run.state != "insert")
            assert before.replace(" ", "") == base.clause(clause.id).text.replace(" ", "")
    changed = {reading.id for reading in so_that_it_reads(base, operations)}
    assert changed == {clause.id for clause in live if clause.state != "kept"}


def test_so_that_it_reads() -> None:
    result = edited(BASE, c2="To pay every worker £15 an hour from May.", c4="")
    (reading,) = so_that_it_reads(BASE, derive(BASE, result))
    assert tuple(reading) == ("c2", "Resolves 1", "To pay every worker £15 an hour from May.")


def test_comparing_two_versions() -> None:
    new = with_clause(
        edited(BASE, c2="To pay every worker £15 an hour from May.", c6=""), "c5", Clause("n1", Kind.ITEM, "dance")
    )
    found = compare(BASE, new)
    assert [(clause.id, clause.state) for clause in found.changed] == [
        ("c2", "changed"), ("n1", "inserted"), ("c6", "deleted"),
    ]  # fmt: skip
    assert (found.added, found.deleted) == (2, 14)
    assert compare(BASE, BASE).changed == ()
