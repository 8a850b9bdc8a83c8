"""Files that come to the ledger from outside, damaged: each is read or refused in a sentence, and nothing else comes out.

Good files are cut, doubled and changed byte by byte and, being JSON, value by value and spelled rightly again. Definitions,
manifests, papers, bundles and single envelopes have their fuzzers beside their own tests.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.domain.errors import Refused
from consult.ledger import canonical, ceremony, chain, heads, opening, recounts, shares, signatures, transcripts, votes
from consult.ledger.opening import Transcript
from consult.ledger.recounts import Question, Recounted
from tests.ledger import examples, test_heads
from tests.ledger.test_definition import JSON
from tests.ledger.test_opening import LISTS, MADE, PUBLIC, box

MANY = settings(max_examples=3_000 if os.environ.get("CONSULT_TEST_MATRIX") else 40)
KEY = signatures.generate_key()
OPENED = opening.open_box(box(), LISTS[:2])
SAID = Transcript(
    ballot=OPENED.ballot,
    definition=OPENED.definition,
    root=OPENED.root,
    envelopes=35,
    challenged=0,
    papers=35,
    opened="ab" * 32,
    holders=("1. Teller 0", "2. Teller 1"),
    machine="ab" * 32,
    at="2026-05-09T10:00:00Z",
    software="consult 1",
)
RECOUNT = recounts.sign(Recounted("12", "a" * 64, "Silas Wren", "1.0", (Question("q1", "b" * 64, "c" * 64),)), KEY)
TRIAL = ceremony.make_trial(PUBLIC, bytes(range(32)))
ROLL_CALL = [
    votes.Vote("Ann Ash", "Alder", 1, tuple(votes.Said(a.question, a.ranking, a.verdicts) for a in examples.votes()[0]))
]

#: Every such file: a good one, and how it is read.
FILES: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "key": (PUBLIC.dumps(), ceremony.loads),
    "trial": (TRIAL.dumps(), ceremony.read_trial),
    "rehearsal": (ceremony.rehearse(TRIAL, LISTS[:2]).dumps(), ceremony.read_rehearsal),
    "opened papers": (OPENED.dumps(), lambda data: opening.read_opened(data, MADE)),
    "transcript": (SAID.dumps(), transcripts.read),
    "recount": (recounts.write_one(RECOUNT), recounts.read),
    "recounts": (recounts.write([RECOUNT]), recounts.read_all),
    "open votes": (votes.dumps(examples.ballot(), ROLL_CALL), lambda data: votes.loads(data, examples.ballot())),
    "proof": (test_heads.PROOF.dumps(), lambda data: heads.check(heads.read(data), test_heads.CODE)),
}


def read_or_refused(read: Callable[[bytes], object], data: bytes) -> None:
    try:
        read(data)
    except Refused as refusal:
        assert str(refusal).endswith((".", "?")), refusal
        assert len(str(refusal)) < 1_000


@st.composite
def damaged(draw: st.DrawFn, good: bytes) -> bytes:
    """A good file with a few pieces cut, doubled or changed."""
    data = bytearray(good)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        piece = draw(st.binary(max_size=4) | st.sampled_from([b"", b"0", b"-1", b'"', b"[", b"{", b"null", b"9" * 50]))
        data[at : at + draw(st.integers(0, 60))] = piece
    return bytes(data)


@st.composite
def changed(draw: st.DrawFn, good: bytes) -> bytes:
    """A good file with another value somewhere in it, spelled as such files are."""
    whole = json.loads(good)
    inside: Any = whole
    while True:
        places = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        place = draw(st.sampled_from(places))
        if not (isinstance(inside[place], dict | list) and inside[place] and draw(st.booleans())):
            break
        inside = inside[place]
    inside[place] = draw(JSON)
    return canonical.dumps(whole)


@pytest.mark.parametrize("kind", FILES)
def test_the_good_files_are_read(kind: str) -> None:
    data, read = FILES[kind]
    read(data)


@pytest.mark.parametrize("kind", FILES)
@MANY
@given(st.data())
def test_damaged_files_are_read_or_refused(kind: str, data: st.DataObject) -> None:
    good, read = FILES[kind]
    read_or_refused(read, data.draw(st.one_of(damaged(good), changed(good), st.binary(max_size=60))))


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize(
    "data",
    [b"", b"[" * 200_000, b'{"format":' * 100_000, b"9" * 400_000, b'"' + b"\\u0000" * 60_000 + b'"', b"\xff" * 1000],
    ids=["empty", "lists without end", "objects without end", "a long number", "long text", "no text"],
)
def test_files_made_to_exhaust_the_reader_are_refused(kind: str, data: bytes) -> None:
    with pytest.raises(Refused):
        FILES[kind][1](data)


@MANY
@given(st.data())
def test_a_damaged_box_is_opened_or_refused(data: st.DataObject) -> None:
    good = box().getvalue()
    line = good.index(b"\n")
    if data.draw(st.booleans()):
        head = data.draw(st.one_of(damaged(good[:line]), changed(good[:line])))
        made = head + good[line:]
    else:
        made = good[: line + 1] + data.draw(damaged(good[line + 1 :]))
    read_or_refused(lambda given: opening.open_box(BytesIO(given), LISTS[:2]), made)


def test_a_box_that_promises_more_than_it_holds_is_refused_at_once() -> None:
    head = json.loads(box().getvalue().split(b"\n", 1)[0])
    head["envelopes"] = 2**53 - 1
    with pytest.raises(Refused):
        opening.open_box(BytesIO(canonical.dumps(head) + b"\n"), LISTS[:2])


@MANY
@given(st.text(max_size=300) | st.lists(st.sampled_from([*LISTS[0].split(), "acid", "zzz"]), max_size=40).map(" ".join))
def test_no_words_are_a_share_by_accident(typed: str) -> None:
    try:
        assert shares.read(typed) in LISTS
    except shares.ShareRefused as refusal:
        assert len(str(refusal)) < 500


@MANY
@given(st.data())
def test_damaged_keys_and_heads_are_read_or_refused(data: st.DataObject) -> None:
    private = signatures.write_key(KEY, "")
    for good, read in (
        (private, signatures.read_key),
        (signatures.public_part(KEY).encode(), signatures.read_public),
        (signatures.write(b"{}", [signatures.sign(b"{}", KEY)]), signatures.read),
    ):
        read_or_refused(read, data.draw(damaged(good)))
    words = data.draw(damaged(b"12:" + b"ab" * 32)).decode("utf-8", "replace")
    read_or_refused(lambda _: chain.parse_head(words), b"")
