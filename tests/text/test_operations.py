"""Operations apply exactly or not at all, derive from edits, and survive serialisation."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.domain.errors import Invalid
from consult.text.clauses import Clause, Document, Kind, Mark
from consult.text.derive import added, deleted, derive, same_words
from consult.text.operations import (
    Amendment,
    Delete,
    DoesNotApply,
    Insert,
    Move,
    Replace,
    ReplaceAll,
    Retitle,
    from_json,
    to_json,
)
from consult.text.tokens import words
from consult.text.weave import Weave, apply
from tests.text.motions import documents, edited, edits, motion, with_clause


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_applying_what_was_derived_gives_the_edited_text(data: st.DataObject) -> None:
    base = data.draw(documents())
    wanted = data.draw(edits(base, "n"))
    operations = derive(base, wanted)
    assert same_words(apply(base, operations), wanted)
    assert bool(operations) is not same_words(base, wanted)
    assert from_json(to_json(operations)) == operations


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_comparing_again_after_applying_gives_the_operations_back(data: st.DataObject) -> None:
    base = data.draw(documents())
    operations = derive(base, data.draw(edits(base, "n")))
    assert derive(base, apply(base, operations)) == operations


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_every_word_of_the_base_is_kept_deleted_by_name_or_moved_by_name(data: st.DataObject) -> None:
    base = data.draw(documents())
    result = data.draw(edits(base, "n"))
    operations = derive(base, result)
    named: dict[str, set[int]] = {clause.id: set() for clause in base.clauses}
    for operation in operations:
        if isinstance(operation, Replace):
            assert base.clause(operation.clause).words[operation.start : operation.end] == operation.old
            named[operation.clause] |= set(range(operation.start, operation.end))
        elif isinstance(operation, Delete | Retitle):
            assert operation.old == base.clause(operation.clause).text
            named[operation.clause] |= set(range(len(base.clause(operation.clause).words)))
        elif isinstance(operation, ReplaceAll):
            for name, text in operation.old:
                assert base.clause(name).text == text
                named[name] |= set(range(len(words(text))))
    moved = {operation.clause for operation in operations if isinstance(operation, Move)}
    left = [clause.id for clause in result.clauses if clause.id in base and clause.id not in moved]
    assert left == sorted(left, key=base.index.__getitem__)  # what is not moved by name keeps its order
    for clause in base.clauses:
        kept = [word for place, word in enumerate(clause.words) if place not in named[clause.id]]
        assert not kept or _in_order(kept, result.clause(clause.id).words)


def _in_order(some: list[str], all_of_them: tuple[str, ...]) -> bool:
    rest = iter(all_of_them)
    return all(word in rest for word in some)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_an_item_never_changes_its_clause_unless_it_is_moved_by_name(data: st.DataObject) -> None:
    base = data.draw(documents())
    operations = derive(base, data.draw(edits(base, "n")))
    result = apply(base, operations)
    moved = {operation.clause for operation in operations if isinstance(operation, Move)}
    for item, parent in base.parents.items():
        if item in result.parents and item not in moved:
            assert result.parents[item] == parent


def test_a_price_is_one_word_so_12_is_not_found_in_12_50() -> None:
    operation = Replace("c1", 2, 3, ("£12",), ("£15",))
    assert apply(motion("To pay £12 an hour."), [operation]).clauses[0].text == "To pay £15 an hour."
    later = motion("To pay £12.50 an hour.")
    with pytest.raises(
        DoesNotApply, match=r"Resolves 1 has ‘£12.50’ where the amendment changes the words ‘£12’"
    ) as refused:
        apply(later, [operation])
    assert (refused.value.clause, refused.value.words) == ("c1", "£12")


def test_nothing_is_applied_when_one_of_several_operations_does_not_apply() -> None:
    weave = Weave(motion("To pay £12.", "To march."))
    with pytest.raises(DoesNotApply):
        weave.apply("1", [Delete("c2", "To march."), Replace("c1", 2, 3, ("£13",), ("£15",))])
    assert weave.document() == motion("To pay £12.", "To march.")


def test_the_base_shrinks() -> None:
    operation = Replace("c1", 6, 7, ("now",), ("soon",))
    with pytest.raises(
        DoesNotApply, match=r"Resolves 1 ends after ‘pay £12.’ where the amendment changes the words ‘now’"
    ):
        apply(motion("To pay £12."), [operation])
    with pytest.raises(DoesNotApply, match="no clause ‘c9’"):
        apply(motion("To pay £12."), [Delete("c9", "To act.")])
    with pytest.raises(DoesNotApply, match="no clause ‘c9’"):
        apply(motion("To pay £12."), [Insert("c9", (Clause("n1", Kind.RESOLVES, "To act."),))])


def test_the_amended_clause_is_deleted() -> None:
    weave = Weave(motion("To pay £12.", "To march."), {"7": "Amendment 7"})
    weave.apply("7", [Delete("c1", "To pay £12.")])
    with pytest.raises(DoesNotApply, match=r"Resolves 1 \(‘£12’\) was deleted by Amendment 7"):
        weave.apply("8", [Replace("c1", 2, 3, ("£12",), ("£15",))])


def test_a_deleted_clause_must_have_the_words_named() -> None:
    with pytest.raises(
        DoesNotApply, match=r"reads ‘To pay £12.50.’, not the words the amendment deletes: ‘To pay £12.’"
    ):
        apply(motion("To pay £12.50.", "To march."), [Delete("c1", "To pay £12.")])


def test_two_insertions_at_one_place_stand_in_the_order_voted() -> None:
    base = motion("To act.", "To march.")
    one = [Insert("c1", (Clause("a1", Kind.RESOLVES, "To sing."),))]
    two = [Insert("c1", (Clause("b1", Kind.RESOLVES, "To dance."),))]
    for first, second, order in ((one, two, ["c1", "a1", "b1", "c2"]), (two, one, ["c1", "b1", "a1", "c2"])):
        weave = Weave(base)
        weave.apply("first", first)
        weave.apply("second", second)
        assert list(weave.live()) == order


def test_a_new_clause_after_a_deleted_one_keeps_its_place() -> None:
    weave = Weave(motion("To act.", "To march.", "To rest."))
    weave.apply("1", [Delete("c2", "To march.")])
    weave.apply("2", [Insert("c2", (Clause("b1", Kind.RESOLVES, "To sing."),))])
    assert list(weave.live()) == ["c1", "b1", "c3"]


def test_items_stay_with_their_clause() -> None:
    base = motion("To:", ("item", "act"), ("item", "march"), "To rest.")
    weave = Weave(base)
    weave.apply("1", [Insert("c3", (Clause("a1", Kind.RESOLVES, "To sing."),))])
    weave.apply("2", [Insert("c3", (Clause("b1", Kind.ITEM, "dance"),))])
    assert list(weave.live()) == ["c1", "c2", "c3", "b1", "a1", "c4"]
    assert weave.document().labels["b1"] == "Resolves 1(c)"


def test_deleting_a_clause_may_not_leave_its_items_to_another() -> None:
    base = motion("To act.", "To:", ("item", "march"))
    with pytest.raises(DoesNotApply, match="The item ‘march’ would be left without the clause it stands under"):
        apply(base, [Delete("c2", "To:")])
    result = Document((base.clauses[0], base.clauses[2]))
    operations = derive(base, result)
    assert Move("c3", "c1") in operations
    assert apply(base, operations) == result


def test_a_new_item_of_a_deleted_clause_does_not_apply() -> None:
    weave = Weave(motion("To act.", "To:", ("item", "march")))
    weave.apply("1", [Delete("c2", "To:"), Delete("c3", "march")])
    with pytest.raises(DoesNotApply, match="The item ‘dance’"):
        weave.apply("2", [Insert("c3", (Clause("b1", Kind.ITEM, "dance"),))])


def test_a_clause_moves_with_its_items_and_its_words_can_change_too() -> None:
    base = motion("To:", ("item", "act"), "To pay £12.", "To rest.")
    result = Document((base.clauses[2], base.clauses[3], base.clauses[0], base.clauses[1]))
    operations = derive(base, result)
    assert {operation.op for operation in operations} == {"move"}
    assert apply(base, operations) == result
    changed = edited(result, c1="To do:")
    assert apply(base, derive(base, changed)) == changed


def test_a_clause_can_change_its_kind() -> None:
    base = motion(("believes", "Rents are high."), "To act.")
    result = Document((base.clauses[1], Clause("c1", Kind.RESOLVES, "Rents are high.")))
    assert derive(base, result) == (Move("c1", "c2", Kind.RESOLVES),)
    assert apply(base, derive(base, result)) == result


def test_moves_in_a_circle_lose_no_clause() -> None:
    base = motion("To:", ("item", "act"), ("item", "march"))
    with pytest.raises(DoesNotApply, match="placed after a clause that is itself placed after it"):
        apply(base, [Move("c2", "c3"), Move("c3", "c2")])


def test_delete_all_and_insert() -> None:
    base = motion(("heading", "Pay"), "To pay £12.", ("item", "now"), ("rationale", "It is fair."))
    new = Clause("n1", Kind.RESOLVES, "To strike.")
    result = Document((base.clauses[0], new, base.clauses[3]))
    operations = derive(base, result)
    assert operations == (ReplaceAll((("c2", "To pay £12."), ("c3", "now")), (new,)),)
    assert apply(base, operations) == result
    weave = Weave(base, {"1": "amendment 1"})
    weave.apply("1", derive(base, edited(base, c2="To pay £15.")))
    with pytest.raises(DoesNotApply, match=r"it has ‘To pay £15.’, and not ‘To pay £12.’"):
        weave.apply("2", operations)
    weave.apply("2", operations, as_amended=True)
    assert weave.document() == result


def test_combining_marks_and_emoji() -> None:
    base = motion("Cafe\u0301s are 🎉 and q\u0323\u0307 is one letter.")
    result = edited(base, c1="Café's are 👩‍👩‍👧 and q\u0323 is one letter.")
    operations = derive(base, result)
    assert [(operation.old, operation.new) for operation in operations if isinstance(operation, Replace)] == [
        (("Cafés",), ("Café's",)),
        (("🎉",), ("👩‍👩‍👧",)),
        (("q\u0323\u0307",), ("q\u0323",)),
    ]
    assert apply(base, operations) == result


def test_a_heading_is_retitled() -> None:
    base = motion(("heading", "Fair pay"), "To act.")
    result = edited(base, c1="Fair pay now")
    assert derive(base, result) == (Retitle("c1", "Fair pay", "Fair pay now"),)
    assert (added(derive(base, result)), deleted(derive(base, result))) == (1, 0)
    with pytest.raises(DoesNotApply, match="not a heading"):
        apply(base, [Retitle("c2", "To act.", "To march.")])


def test_a_hardly_kept_clause_is_replaced_whole_and_a_changed_one_is_not() -> None:
    base = motion("To pay every worker the real living wage.")
    rewritten = derive(base, edited(base, c1="We demand that the government nationalise every railway at once."))
    assert [(operation.start, operation.end) for operation in rewritten if isinstance(operation, Replace)] == [(0, 9)]
    touched = derive(base, edited(base, c1="To pay each worker a real living wage."))
    assert [operation.new for operation in touched if isinstance(operation, Replace)] == [("each",), ("a",)]


def test_a_repeated_sentence_is_inserted_as_a_sentence() -> None:
    base = motion("Build homes. Plant trees.")
    (operation,) = derive(base, edited(base, c1="Build homes. Build parks. Plant trees."))
    assert isinstance(operation, Replace)
    assert (operation.start, operation.new) == (3, ("Build", "parks", "."))


def test_marks_stay_on_the_words_that_stay() -> None:
    marks = (Mark("strong", 1, 3), Mark("link", 4, 5, "https://example.org/"))
    base = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour.", marks),))
    result = apply(base, [Replace("c1", 0, 0, (), ("Now",)), Replace("c1", 2, 3, ("£12",), ("£15",))])
    assert result.clauses[0].text == "Now To pay £15 an hour."
    assert result.clauses[0].marks == (Mark("strong", 2, 3), Mark("link", 5, 6, "https://example.org/"))


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        ({"op": "rename", "clause": "c1"}, "no operation ‘rename’"),
        ({"clause": "c1"}, "no operation ‘None’"),
        ({"op": ["replace"]}, "no operation"),
        ({"op": "replace", "clause": "c1", "start": 0, "end": 1, "old": ["a"], "new": ["a"]}, "changes nothing"),
        ({"op": "replace", "clause": "c1", "start": 0, "end": 2, "old": ["a"], "new": []}, "not 1 words"),
        ({"op": "replace", "clause": "c1", "start": -1, "end": 0, "old": ["a"], "new": []}, "not 1 words"),
        ({"op": "replace", "clause": "c1", "start": 0, "end": 1, "old": ["a b"], "new": []}, "not one word"),
        ({"op": "replace", "clause": "c1", "start": 0, "end": 1, "old": ["a."], "new": []}, "not one word"),
        ({"op": "replace", "clause": "c1", "start": 0, "end": 1, "old": [1], "new": []}, "not one word"),
        ({"op": "replace", "clause": "c1", "start": True, "end": 1, "old": [], "new": ["a"]}, "a whole number"),
        ({"op": "replace", "clause": "c1", "start": 0, "end": 0, "old": [], "new": ["a\u202eb"]}, "U\\+202E"),
        ({"op": "replace", "clause": "c1", "start": 0, "end": 0, "old": [], "new": ["e\u0301"]}, "normal form"),
        ({"op": "replace", "clause": "c1", "start": 0, "end": 0, "old": [], "new": ["a"], "fuzzy": 1}, "unknown part"),
        ({"op": "insert", "after": "c1", "clauses": []}, "no clauses"),
        ({"op": "move", "clause": "c1", "after": "c1"}, "after itself"),
        ({"op": "move", "clause": "c1", "after": "c2", "kind": "wish"}, "no kind"),
        ({"op": "retitle", "clause": "c1", "old": "A", "new": "A"}, "the same"),
        ({"op": "delete", "clause": "c1", "old": " "}, "empty"),
        ({"op": "replace all", "old": [], "clauses": [{"id": "n", "kind": "notes", "text": "x"}]}, "name the words"),
        ({"op": "replace all", "old": [{"id": "c1", "text": "x"}], "clauses": []}, "insert something"),
    ],
)
def test_stored_operations_are_read_strictly(operation: dict[str, object], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        from_json(json.dumps([operation]))


def test_an_amendment_is_its_canonical_json() -> None:
    base = motion("To pay £12.", "To act.")
    whole = with_clause(edited(base, c1="To pay £15."), "c2", Clause("n1", Kind.ITEM, "now"))
    own = Amendment("4", base.hash, derive(base, whole), name="Amendment 4 (Harbour branch)")
    assert Amendment.from_json(own.to_json()) == own
    assert Amendment.from_json(own.to_json()).hash == own.hash
    with pytest.raises(Invalid, match="format"):
        Amendment.from_json(own.to_json().replace("consult-amendment-1", "consult-amendment-9"))


def test_the_same_words_cannot_be_changed_twice_by_one_amendment() -> None:
    base = motion("To pay £12.")
    one = Replace("c1", 2, 3, ("£12",), ("£15",))
    with pytest.raises(DoesNotApply, match="Two operations of one amendment"):
        apply(base, [one, Replace("c1", 2, 3, ("£12",), ("£16",))])
