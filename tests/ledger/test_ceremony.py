"""The key ceremony: shares that work in every combination, words typed by people, and a trial that proves it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import combinations

import pytest

from consult.domain.errors import Refused
from consult.ledger import canonical, ceremony, envelopes, shape, shares
from consult.ledger.ceremony import Ceremony, Holder

NAMES = ("Amina Grove", "Bevan Holt", "Carys Dunn", "Dov Larch", "Elif Stone")
PLAN = Ceremony("12", "The summer ballot", 3, tuple(Holder(f"M{n}", name) for n, name in enumerate(NAMES)))
KEYS = envelopes.generate_keys()
PUBLIC, LISTS = ceremony.make(PLAN, KEYS)
NONCE = bytes(range(32))


def test_any_three_of_five_give_the_key_and_two_do_not() -> None:
    for three in combinations(range(5), 3):
        private, places = ceremony.private_key(PUBLIC, [LISTS[place] for place in three])
        assert private == KEYS.private
        assert places == tuple(place + 1 for place in three)
    with pytest.raises(Refused, match=r"3 holders must come together; 2 are here\."):
        ceremony.private_key(PUBLIC, LISTS[:2])


def test_fewer_shares_than_needed_are_refused_by_the_scheme_itself() -> None:
    with pytest.raises(shares.ShareRefused, match="do not make a key together"):
        shares.join(LISTS[:2])


def test_the_same_share_twice_and_a_share_of_another_ballot_are_refused() -> None:
    with pytest.raises(Refused, match="twice"):
        ceremony.private_key(PUBLIC, [LISTS[0], LISTS[0], LISTS[1]])
    _, others = ceremony.make(replace(PLAN, ballot="13"), envelopes.generate_keys())
    with pytest.raises(Refused, match="no share of this ballot's key"):
        ceremony.private_key(PUBLIC, [*LISTS[:2], others[2]])


def test_a_public_key_that_the_shares_do_not_make_is_found() -> None:
    other = replace(PUBLIC, public_key=shape.encode(envelopes.generate_keys().public))
    with pytest.raises(Refused, match="another key than that of this ballot"):
        ceremony.private_key(other, LISTS[:3])


def test_words_are_forgiven_numbers_capitals_commas_and_are_known_by_four_letters() -> None:
    words = LISTS[0].split()
    typed = "\n".join(f"{number}. {word[:4].upper()}," for number, word in enumerate(words, 1))
    assert shares.read(typed) == LISTS[0]


def test_a_wrong_word_is_named_with_those_it_might_be() -> None:
    words = LISTS[0].split()
    words[6] = "acadmic"
    with pytest.raises(shares.ShareRefused, match=r"In sheet 1: word 7, “acadmic”, .* Perhaps “academic”"):
        shares.read(" ".join(words), "sheet 1")
    words[6] = "academic" if LISTS[0].split()[6] != "academic" else "acid"
    with pytest.raises(shares.ShareRefused, match="the checksum at the end does not fit"):
        shares.read(" ".join(words))
    with pytest.raises(shares.ShareRefused, match="33 words; this has 32"):
        shares.read(" ".join(LISTS[0].split()[1:]))


def test_the_public_part_is_read_back_and_holds_no_word_of_any_share() -> None:
    data = PUBLIC.dumps()
    assert ceremony.loads(data) == PUBLIC
    assert ceremony.loads(PLAN.dumps()) == PLAN
    said = data.decode().lower()
    assert not any(words in said for words in LISTS)
    assert KEYS.private.hex() not in said
    assert shape.encode(KEYS.private) not in data.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"k": 1}, "from 2 to 16"),
        ({"k": 6}, "6 holders must come together, but there are fewer"),
        ({"holders": PLAN.holders[:1]}, "a list of 2 to 16 items"),
        ({"holders": (*PLAN.holders, PLAN.holders[0])}, "stands there twice"),
        ({"holders": PUBLIC.holders, "public_key": "AAAA"}, "65 bytes"),
    ],
)
def test_impossible_plans_are_refused(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(shape.Malformed, match=sentence):
        replace(PLAN, **change)


def test_the_rehearsal_opens_the_trial_and_the_server_knows_the_value_again() -> None:
    trial = ceremony.read_trial(ceremony.make_trial(PUBLIC, NONCE).dumps())
    made = ceremony.rehearse(trial, LISTS)
    assert ceremony.read_rehearsal(made.dumps()) == made
    assert made.places == (1, 2, 3, 4, 5)
    assert ceremony.answers(trial.envelope, sha256(NONCE).hexdigest(), made)


def test_a_rehearsal_of_another_trial_proves_nothing() -> None:
    kept = sha256(NONCE).hexdigest()
    one, two = (ceremony.make_trial(PUBLIC, NONCE) for _ in range(2))
    made = ceremony.rehearse(one, LISTS[:3])
    assert not ceremony.answers(two.envelope, kept, made)
    assert not ceremony.answers(one.envelope, kept, replace(made, answer="0" * 64))


def test_a_trial_sealed_under_another_document_does_not_open() -> None:
    trial = ceremony.make_trial(PUBLIC, NONCE)
    moved = replace(trial, public=replace(PUBLIC, title="Another title"))
    with pytest.raises(Refused, match="does not open with this key"):
        ceremony.rehearse(moved, LISTS[:3])
    bent = replace(trial, envelope=trial.envelope[:-1] + bytes([trial.envelope[-1] ^ 1]))
    with pytest.raises(Refused, match="does not open with this key"):
        ceremony.rehearse(bent, LISTS[:3])


def test_documents_of_another_format_are_refused_by_it() -> None:
    with pytest.raises(shape.UnknownFormat):
        ceremony.read_trial(PLAN.dumps())
    with pytest.raises(shape.UnknownFormat):
        ceremony.loads(canonical.dumps({"format": "consult-ceremony/2"}))
    with pytest.raises(shape.Malformed):
        ceremony.read_rehearsal(b"[]")
