"""The substantive text: the same decisions always give the same text, falls and reasons."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.domain.errors import Invalid
from consult.text.clauses import Clause, Document, Kind
from consult.text.derive import derive, same_words
from consult.text.operations import Amendment
from consult.text.provenance import carried, from_data, original, provenance, to_data
from consult.text.relations import RelationIndex
from consult.text.replay import Consequence, Decision, Effect, Outcome, Record, replay, run
from consult.text.weave import apply
from tests.text.motions import amendment, documents, edited, edits, motion, with_clause

BASE = motion(("heading", "Fair pay"), "To pay every worker £12 an hour from May.", "To march.", "To sing.")
PRICE = amendment("1", BASE, edited(BASE, c2="To pay every worker £15 an hour from May."))
MONTH = amendment("2", BASE, edited(BASE, c2="To pay every worker £12 an hour from June."))
OTHER = amendment("3", BASE, edited(BASE, c2="To pay every worker £12.50 an hour from May."))
GONE = amendment("4", BASE, edited(BASE, c2=""))
CARRIED, LOST = Outcome.CARRIED, Outcome.LOST


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_replay_is_deterministic_and_anyone_can_run_it_again(data: st.DataObject) -> None:
    base = data.draw(documents())
    keys = ["a", "b", "d"]
    own = [Amendment(key, base.hash, derive(base, data.draw(edits(base, key)))) for key in keys]
    order = data.draw(st.permutations(keys))
    decisions = tuple(Decision(key, data.draw(st.sampled_from([CARRIED, CARRIED, LOST]))) for key in order)
    record = Record(base, tuple(own), decisions)
    done = run(record)
    again = run(Record.from_json(record.to_json()))
    assert (again.hash, again.document, again.steps) == (done.hash, done.document, done.steps)
    for step in done.steps:
        assert (step.effect is Effect.PROPOSED) == bool(step.reason)
    for clause, runs in done.provenance.items():
        assert "".join(part.text for part in runs) == done.document.clause(clause).text
        assert {part.author for part in runs} <= {"", *keys}


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_the_order_of_independent_amendments_does_not_matter(data: st.DataObject) -> None:
    base = data.draw(documents())
    own = [Amendment(key, base.hash, derive(base, data.draw(edits(base, key)))) for key in ("a", "b", "d")]
    index = RelationIndex(base)
    for entry in own:
        index.add(entry)
    if list(index.all()):
        return
    first = replay(base, own, [Decision(entry.key, CARRIED) for entry in own])
    last = replay(base, own, [Decision(entry.key, CARRIED) for entry in reversed(own)])
    if any(step.effect is Effect.PROPOSED for step in (*first.steps, *last.steps)):
        assert len(own) == 3  # three deletions may together empty a clause that has items, whatever the order
    else:
        assert same_words(first.document, last.document)


def test_independent_amendments_to_one_clause_are_both_carried() -> None:
    done = replay(BASE, [PRICE, MONTH], [Decision("2", CARRIED), Decision("1", Outcome.ACCEPTED)])
    assert done.document.clause("c2").text == "To pay every worker £15 an hour from June."
    assert [tuple(part) for part in done.provenance["c2"]] == [
        ("", "To pay every worker"), ("1", " £15"), ("", " an hour from"), ("2", " June"), ("", "."),
    ]  # fmt: skip
    assert [(run.state, run.text, run.key) for run in done.marked[1].runs if run.key] == [
        ("delete", " £12", "1"), ("insert", " £15", "1"), ("delete", " May", "2"), ("insert", " June", "2"),
    ]  # fmt: skip


def test_an_alternative_falls_with_its_reason_and_changes_nothing() -> None:
    done = replay(BASE, [PRICE, OTHER], [Decision("1", CARRIED), Decision("3", CARRIED)])
    assert done.steps[1].effect is Effect.PROPOSED
    assert done.steps[1].reason == (
        "In Resolves 1 amendment 1 changed the words ‘£12’; they now read ‘every worker £15 an hour’."
    )
    assert done.steps[0].hash == done.steps[1].hash == done.document.hash
    assert done.document.clause("c2").text == "To pay every worker £15 an hour from May."


def test_a_lost_amendment_leaves_the_alternative_standing() -> None:
    done = replay(BASE, [PRICE, OTHER, GONE], [Decision("1", LOST), Decision("3", CARRIED)])
    assert done.document.clause("c2").text == "To pay every worker £12.50 an hour from May."
    assert done.remaining == {
        "4": "Resolves 1, as amendment 3 left it, reads ‘To pay every worker £12.50 an hour from May.’, "
        "not the words the amendment deletes: ‘To pay every worker £12 an hour from May.’."
    }


def test_a_person_may_rule_that_a_deletion_applies_as_amended_but_never_a_replacement() -> None:
    ruled = "The chair ruled that the clause goes in whatever words."
    done = replay(BASE, [PRICE, GONE, OTHER], [Decision("1", CARRIED), Decision("4", CARRIED, ruled)])
    assert "c2" not in done.document
    assert done.steps[1].reason == ruled
    again = replay(BASE, [PRICE, OTHER], [Decision("1", CARRIED), Decision("3", CARRIED, "Apply it all the same.")])
    assert again.steps[1].effect is Effect.PROPOSED


def test_what_is_deleted_takes_the_amendments_to_it_along() -> None:
    done = replay(BASE, [GONE, PRICE], [Decision("4", CARRIED)])
    assert done.remaining["1"] == "Resolves 1 (‘£12’) was deleted by amendment 4."


def test_identical_amendments_change_the_text_once() -> None:
    same = amendment("9", BASE, edited(BASE, c2="To pay every worker £15 an hour from May."))
    done = replay(BASE, [PRICE, same], [Decision("1", CARRIED), Decision("9", CARRIED)])
    assert [step.effect.value for step in done.steps] == ["applied", "falls (proposed)"]
    assert done.document.clause("c2").text == "To pay every worker £15 an hour from May."


def test_identical_new_clauses_are_inserted_once() -> None:
    one = amendment("1", BASE, with_clause(BASE, "c3", Clause("a1", Kind.RESOLVES, "To strike.")))
    two = amendment("2", BASE, with_clause(BASE, "c3", Clause("b1", Kind.RESOLVES, "To strike.")))
    done = replay(BASE, [one, two], [Decision("1", CARRIED)])
    assert done.remaining["2"] == "It makes the same change as amendment 1, which is made already."
    done = replay(BASE, [one, two], [Decision("1", CARRIED), Decision("2", CARRIED)])
    assert done.document.ids == ("c1", "c2", "c3", "a1", "c4")
    again = replay(BASE, [one, two], [Decision("1", LOST), Decision("2", CARRIED)])
    assert again.document.ids == ("c1", "c2", "c3", "b1", "c4")


def test_confirmed_consequences_follow() -> None:
    why = "it says the opposite"
    consequences = [Consequence("1", CARRIED, "2", why), Consequence("4", LOST, "3")]
    done = replay(BASE, [PRICE, MONTH, OTHER, GONE], [Decision("1", CARRIED), Decision("4", LOST)], consequences)
    assert done.remaining == {"2": f"amendment 1 was carried: {why}", "3": "amendment 4 was not carried."}
    put = replay(BASE, [PRICE, MONTH], [Decision("1", CARRIED), Decision("2", CARRIED)], consequences[:1])
    assert put.steps[1].effect is Effect.FALLS
    lost = replay(BASE, [PRICE, MONTH], [Decision("1", LOST), Decision("2", CARRIED)], consequences[:1])
    assert lost.document.clause("c2").text.endswith("June.")


@pytest.mark.parametrize(
    "outcome", [Outcome.LOST, Outcome.REMITTED, Outcome.WITHDRAWN, Outcome.NOT_MOVED, Outcome.FALLS]
)
def test_every_other_outcome_leaves_the_text(outcome: Outcome) -> None:
    done = replay(BASE, [PRICE], [Decision("1", outcome)])
    assert done.document == BASE
    assert done.steps[0].effect in (Effect.NONE, Effect.FALLS)


def child(key: str, result: str) -> Amendment:
    """An amendment to amendment 1."""
    as_amended = apply(BASE, PRICE.operations)
    return amendment(key, as_amended, edited(as_amended, c2=result), parent="1")


def test_an_amendment_to_an_amendment_is_put_first_and_its_words_are_its_own() -> None:
    own = child("1a", "To pay every worker £15 an hour, tips apart, from May.")
    done = replay(BASE, [PRICE, own, MONTH], [Decision("1a", CARRIED), Decision("1", CARRIED), Decision("2", CARRIED)])
    assert done.document.clause("c2").text == "To pay every worker £15 an hour, tips apart, from June."
    assert [tuple(part) for part in done.provenance["c2"] if part.author] == [
        ("1", " £15"), ("1a", ", tips apart,"), ("2", " June"),
    ]  # fmt: skip


def test_an_amendment_to_a_lost_amendment_changes_nothing() -> None:
    own = child("1a", "To pay every worker £16 an hour from May.")
    done = replay(BASE, [PRICE, own], [Decision("1a", CARRIED), Decision("1", LOST)])
    assert done.document == BASE
    late = replay(BASE, [PRICE, own], [Decision("1", CARRIED), Decision("1a", CARRIED)])
    assert late.steps[1].effect is Effect.FALLS
    assert late.steps[1].reason == "It amends amendment 1, which was decided already (carried)."
    assert late.document.clause("c2").text == "To pay every worker £15 an hour from May."


def test_two_amendments_to_an_amendment_that_are_alternatives() -> None:
    one, two = (
        child("1a", "To pay every worker £16 an hour from May."),
        child("1b", "To pay every worker £17 an hour from May."),
    )
    done = replay(BASE, [PRICE, one, two], [Decision("1a", CARRIED), Decision("1b", CARRIED), Decision("1", CARRIED)])
    assert [step.effect.value for step in done.steps] == ["applied", "falls (proposed)", "applied"]
    assert done.document.clause("c2").text == "To pay every worker £16 an hour from May."


def test_replays_of_what_does_not_belong_together_are_refused() -> None:
    nested = Amendment("1aa", child("1a", "To act.").base, (), "1a")
    with pytest.raises(Invalid, match="to the text itself"):
        replay(BASE, [PRICE, child("1a", "To act."), nested], [])
    with pytest.raises(Invalid, match="rebase it first"):
        replay(motion("To act."), [PRICE], [])
    with pytest.raises(Invalid, match="decided twice"):
        replay(BASE, [PRICE], [Decision("1", LOST), Decision("1", CARRIED)])
    with pytest.raises(Invalid, match="not here"):
        replay(BASE, [PRICE], [Decision("7", LOST)])
    with pytest.raises(Invalid, match="same key"):
        replay(BASE, [PRICE, PRICE], [])
    with pytest.raises(Invalid, match="names amendment 8"):
        replay(BASE, [PRICE], [], [Consequence("1", LOST, "8")])
    with pytest.raises(Invalid, match="itself"):
        Consequence("1", LOST, "1")
    with pytest.raises(Invalid, match="carried or lost"):
        Consequence("1", Outcome.REMITTED, "2")


@pytest.mark.parametrize(
    ("old", "new"),
    [("consult-replay-1", "other"), ('"carried"', '"won"'), ('"decisions"', '"votes"'), ('"ruling":""', '"x":1')],
)
def test_records_are_read_strictly(old: str, new: str) -> None:
    record = Record(BASE, (PRICE,), (Decision("1", CARRIED),), (Consequence("1", CARRIED, "1x"),))
    assert old in record.to_json()
    with pytest.raises(Invalid):
        Record.from_json(record.to_json().replace(old, new))


def test_provenance_is_carried_from_version_to_version() -> None:
    second = with_clause(
        edited(BASE, c2="To pay every worker £15 an hour from May."), "c4", Clause("n1", Kind.ITEM, "loudly")
    )
    third = edited(second, c2="To pay every worker £15 an hour from June.")
    authors = carried(BASE, original(BASE, "motion 7"), second, "amendment 1")
    authors = carried(second, authors, third, "conference 2031")
    assert from_data(to_data(authors)) == authors
    assert [tuple(part) for part in provenance(third, authors)["c2"]] == [
        ("motion 7", "To pay every worker"), ("amendment 1", " £15"), ("motion 7", " an hour from"),
        ("conference 2031", " June"), ("motion 7", "."),
    ]  # fmt: skip
    with pytest.raises(Invalid, match="authors"):
        provenance(edited(BASE, c2="To act."), authors)


def test_a_thousand_amendments_are_decided() -> None:
    base = motion(*[" ".join(f"w{clause}x{word}" for word in range(120)) for clause in range(40)])
    own = []
    for number in range(1000):
        clause = base.clause(f"c{number % 40 + 1}")
        words = list(clause.words)
        words[(number // 40) * 4] = f"new{number}"
        own.append(amendment(str(number), base, edited(base, **{clause.id: " ".join(words)})))
    done = replay(base, own, [Decision(entry.key, CARRIED) for entry in own])
    assert {step.effect for step in done.steps} == {Effect.APPLIED}
    assert sum(clause.text.count("new") for clause in done.document.clauses) == 1000
    backwards = replay(base, own, [Decision(entry.key, CARRIED) for entry in reversed(own)])
    assert backwards.document == done.document


def test_documents_are_never_changed_in_place() -> None:
    before = BASE.to_json()
    replay(BASE, [PRICE, MONTH, GONE], [Decision("1", CARRIED), Decision("2", CARRIED), Decision("4", CARRIED)])
    assert BASE.to_json() == before == Document.from_json(before).to_json()
