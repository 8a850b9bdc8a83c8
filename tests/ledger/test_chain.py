"""The audit chain: whatever is done to its rows is found and named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.domain.errors import Refused
from consult.ledger.chain import Fault, Head, append, commit, link, opens, parse_head, verify

Row = dict[str, Any]


def rows(number: int) -> list[Row]:
    made: list[Row] = []
    head: Head | None = None
    for sequence in range(1, number + 1):
        entry = {"sequence": sequence, "at": f"t{sequence}", "event": "motion submitted", "actor": "m-1"}
        made.append(append({**entry, "subject": f"motion-{sequence}", "data": {"n": sequence}}, head))
        head = Head(sequence, made[-1]["hash"])
    return made


def kinds(faults: list[Fault]) -> list[tuple[str, int]]:
    return [(fault.kind, fault.sequence) for fault in faults]


def rechained(made: list[Row]) -> list[Row]:
    """The rows as somebody with the code and the database would write them: all hashes right."""
    before = "0" * 64
    for row in made:
        row["previous"] = before
        row["hash"] = before = link(row, before)
    return made


def test_an_honest_chain_has_no_faults() -> None:
    made = rows(20)
    assert verify(made, [Head(7, made[6]["hash"]), Head(20, made[19]["hash"])]) == []
    assert verify([]) == []


@pytest.mark.parametrize("member", ["at", "event", "actor", "subject"])
def test_an_edited_row_is_named(member: str) -> None:
    made = rows(5)
    made[2][member] = "something else"
    assert kinds(verify(made)) == [("edited", 3)]
    assert str(verify(made)[0]) == "Entry 3 was edited: its contents do not give its hash."


def test_edited_data_and_edited_hashes_are_named() -> None:
    made = rows(5)
    made[2]["data"] = {"n": 4}
    assert kinds(verify(made)) == [("edited", 3)]
    made = rows(5)
    made[2]["hash"] = "f" * 64
    assert kinds(verify(made)) == [("edited", 3), ("replaced", 3)]
    made = rows(5)
    made[2]["previous"] = "f" * 64
    assert kinds(verify(made)) == [("edited", 3)]


def test_a_row_edited_with_a_new_hash_is_betrayed_by_the_next() -> None:
    made = rows(5)
    made[2]["actor"] = "m-2"
    made[2]["hash"] = link(made[2], made[2]["previous"])
    assert kinds(verify(made)) == [("replaced", 3)]


def test_missing_rows_are_named() -> None:
    made = rows(9)
    assert kinds(verify(made[:3] + made[4:])) == [("missing", 4)]
    assert str(verify(made[:3] + made[6:])[0]) == "Entries 4 to 6 are missing."
    assert kinds(verify(made[1:])) == [("missing", 1)]


def test_a_doubled_row_is_named() -> None:
    made = rows(4)
    assert kinds(verify([*made[:2], made[1], *made[2:]])) == [("doubled", 2)]


def test_rows_stored_in_another_order_are_named() -> None:
    made = rows(5)
    made[2], made[3] = made[3], made[2]
    assert ("re-ordered", 3) in kinds(verify(made))


def test_rows_that_exchanged_their_numbers_are_named_as_moved() -> None:
    made = rows(6)
    made[2]["sequence"], made[4]["sequence"] = 5, 3
    made[2], made[4] = made[4], made[2]
    assert {("re-ordered", 3), ("re-ordered", 5)} <= set(kinds(verify(made)))


def test_a_tail_cut_off_shows_against_a_head_mailed_out() -> None:
    made = rows(9)
    head = Head(9, made[8]["hash"])
    assert verify(made[:6]) == []  # which is why heads are mailed
    assert kinds(verify(made[:6], [head])) == [("cut off", 9)]


def test_a_history_written_anew_shows_against_a_head_mailed_out() -> None:
    made = rows(9)
    heads = [Head(4, made[3]["hash"]), Head(9, made[8]["hash"])]
    made[5]["actor"] = "m-2"
    anew = rechained(made)
    assert verify(anew) == []
    assert kinds(verify(anew, heads)) == [("rewritten", 9)]


def test_two_different_heads_for_one_number_cannot_both_hold() -> None:
    made = rows(3)
    assert kinds(verify(made, [Head(3, made[2]["hash"]), Head(3, "a" * 64)])) == [("rewritten", 3)]


def test_a_row_that_cannot_be_hashed_is_a_fault_and_not_a_crash() -> None:
    made = rows(3)
    made[1]["data"] = 0.5
    assert kinds(verify(made)) == [("edited", 2)]


@given(st.integers(2, 12), st.data())
def test_no_change_to_one_value_goes_unnoticed(number: int, data: st.DataObject) -> None:
    made = rows(number)
    head = Head(number, made[-1]["hash"])
    row = data.draw(st.integers(0, number - 1))
    member = data.draw(st.sampled_from(sorted(made[row])))
    other = {"sequence": number + 5, "data": {"n": -1}}.get(member, "0" * 63 + "1")
    made[row][member] = other
    assert verify(made, [head])


@given(st.integers(3, 12), st.data())
def test_no_other_order_and_no_omission_goes_unnoticed(number: int, data: st.DataObject) -> None:
    made = rows(number)
    head = Head(number, made[-1]["hash"])
    some = data.draw(st.lists(st.sampled_from(made), max_size=number))
    assert bool(verify(some, [head])) == (some != made)


def test_only_the_next_number_may_be_appended() -> None:
    entry = {"sequence": 3, "at": "", "event": "", "actor": "", "subject": "", "data": None}
    with pytest.raises(Refused, match="number 2, not 3"):
        append(entry, Head(1, "0" * 64))


def test_a_head_is_read_as_it_is_printed() -> None:
    head = Head(12, "ab" * 32)
    assert parse_head(f" {head}\n") == head
    for words in ("", "12", "12:xyz", "-1:" + "a" * 64, "٣:" + "a" * 64):
        with pytest.raises(Refused):
            parse_head(words)


def test_a_commitment_opens_to_its_value_and_salt_alone() -> None:
    salt = bytes(range(32))
    made = commit("Robin Example", salt)
    assert opens(made, "Robin Example", salt)
    assert not opens(made, "Robin Sample", salt)
    assert not opens(made, "Robin Example", bytes(32))
    with pytest.raises(Refused, match="32 bytes"):
        commit("Robin Example", b"short")
