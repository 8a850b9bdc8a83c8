"""Carrying amendments to a changed base: no word moves without its mover knowing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.domain.errors import Invalid
from consult.text.clauses import Clause, Document, Kind
from consult.text.derive import derive, same_words
from consult.text.operations import Amendment, Insert, Replace
from consult.text.rebase import Rebasing, Status, consented, rebase
from consult.text.weave import Weave, apply
from tests.text.motions import amendment, documents, edited, edits, motion, with_clause

BASE = motion(
    ("heading", "Fair pay"), "To pay every worker £12 an hour from May.", "To march.", ("item", "soon"), "To sing."
)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_a_clean_rebase_applies_and_gives_what_both_changes_give(data: st.DataObject) -> None:
    base = data.draw(documents())
    new = data.draw(edits(base, "m"))
    own = Amendment("1", base.hash, derive(base, data.draw(edits(base, "n"))))
    found = rebase(own, base, new)
    assert (found.amendment is None) == (found.status in (Status.CONSENT, Status.MADE))
    assert bool(found.conflicts) == (found.status is Status.CONSENT)
    if found.status is Status.CLEAN:
        assert found.amendment is not None and found.amendment.base == new.hash
        both = Weave(base)
        both.apply("base", derive(base, new))
        both.apply("1", own.operations)
        assert same_words(apply(new, found.amendment.operations), both.document())


def test_words_further_along_are_found_at_their_new_place() -> None:
    new = edited(BASE, c2="To pay every single worker £12 an hour from May.")
    own = amendment("1", BASE, edited(BASE, c2="To pay every worker £15 an hour from May."))
    found = rebase(own, BASE, new)
    assert found.status is Status.CLEAN
    assert found.amendment is not None
    assert found.amendment.operations == (Replace("c2", 5, 6, ("£12",), ("£15",)),)
    assert found.notes


def test_12_changed_to_12_50_needs_consent_and_shows_the_words() -> None:
    new = edited(BASE, c2="To pay every worker £12.50 an hour from May.")
    own = amendment("1", BASE, edited(BASE, c2="To pay every worker £15 an hour from May."))
    found = rebase(own, BASE, new)
    assert (found.status, found.amendment) == (Status.CONSENT, None)
    (conflict,) = found.conflicts
    assert (conflict.clause, conflict.label, conflict.was) == ("c2", "Resolves 1", "£12")
    assert conflict.sentence == "In Resolves 1, the words ‘£12’ that it changes now read ‘every worker £12.50 an hour’."
    agreed = consented(own, new, edited(new, c2="To pay every worker £15 an hour from May."))
    assert apply(new, agreed.operations).clause("c2").text == "To pay every worker £15 an hour from May."


def test_accept_one_then_rebase_fifty() -> None:
    base = motion(*[f"To pay £12 an hour in town {number} from May." for number in range(10)])
    accepted = edited(base, c1="To pay £15 an hour in town 0 from May.", c2="")
    accepted = with_clause(accepted, "c3", Clause("x1", Kind.RESOLVES, "To strike."))
    change = Rebasing(base, accepted)
    clean = consent = 0
    for number in range(50):
        clause = f"c{number % 10 + 1}"
        words = base.clause(clause).text.split(" ")
        words[[2, 4, 6, 7, 9][number // 10]] = f"new{number}"
        own = amendment(str(number), base, edited(base, **{clause: " ".join(words)}))
        found = change.rebase(own)
        if found.amendment is None:
            consent += 1
            assert found.status is Status.CONSENT
            assert found.conflicts[0].clause in ("c1", "c2")
        else:
            clean += 1
            assert f"new{number}" in apply(accepted, found.amendment.operations).clause(clause).text
    assert (clean, consent) == (44, 6)  # all five to the deleted clause, and the one to the price that changed


def test_a_clause_that_is_gone_needs_consent() -> None:
    own = amendment("1", BASE, edited(BASE, c2="To pay every worker £15 an hour from May."))
    (conflict,) = rebase(own, BASE, edited(BASE, c2="")).conflicts
    assert conflict.now == ""
    assert "no longer in the text" in conflict.sentence


def test_words_put_between_the_same_two_words_need_consent() -> None:
    own = amendment("1", BASE, edited(BASE, c2="To pay every worker £12 an hour in cash from May."))
    found = rebase(own, BASE, edited(BASE, c2="To pay every worker £12 an hour plus tips from May."))
    assert found.status is Status.CONSENT


def test_a_new_clause_after_a_deleted_one_keeps_its_place_and_its_mover_is_told() -> None:
    own = amendment("1", BASE, with_clause(BASE, "c4", Clause("n1", Kind.RESOLVES, "To strike.")))
    new = edited(BASE, c3="", c4="")
    found = rebase(own, BASE, new)
    assert found.status is Status.CLEAN
    assert found.amendment is not None
    assert found.amendment.operations == (Insert("c2", (Clause("n1", Kind.RESOLVES, "To strike."),)),)
    assert any("was deleted" in note for note in found.notes)
    item = amendment("2", BASE, with_clause(BASE, "c4", Clause("n1", Kind.ITEM, "today")))
    assert rebase(item, BASE, new).status is Status.CONSENT


def test_what_the_new_version_does_already_is_said() -> None:
    new = edited(BASE, c2="To pay every worker £15 an hour from May.", c5="To dance.")
    assert rebase(amendment("1", BASE, edited(BASE, c5="To dance.")), BASE, new).status is Status.MADE


def test_delete_all_always_needs_consent_and_no_change_needs_nothing() -> None:
    all_of_it = Document((BASE.clauses[0], Clause("n1", Kind.RESOLVES, "To strike.")))
    own = amendment("1", BASE, all_of_it)
    assert rebase(own, BASE, edited(BASE, c1="Fairer pay")).status is Status.CONSENT
    assert rebase(own, BASE, BASE).amendment == own
    with pytest.raises(Invalid, match="another version"):
        rebase(own, edited(BASE, c1="Fairer pay"), BASE)
