"""Versions of results, the newer documents of a bundle, and every tampering with every file of one."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.ledger import (
    bundle,
    canonical,
    definition,
    ed25519,
    manifest,
    materiality,
    merkle,
    packing,
    records,
    recounts,
    signatures,
)
from consult.ledger.bundle import NotABundle
from consult.ledger.definition import Signer
from consult.ledger.manifest import Challenged, Desk, Papers
from consult.ledger.report import FAILURES
from consult.ledger.verify import verify
from consult.ledger.withholding import MARK, hidden, redacted, withheld
from tests.ledger.examples import COUNTERS, SIGNING, STRANGER, Made, made, margins

SCRUTINEER = signatures.generate_key()
RECEIPTS = [bytes([n]) * 32 for n in (1, 2)]


def failures(data: bytes, **more: Any) -> set[str]:
    return {check.name for check in verify(data, COUNTERS, **more).failures}


def first_format() -> Made:
    """The example as the first format had it."""
    return made(format=definition.FIRST)


def with_everything() -> Made:
    """The example with a scrutineer's recount, and a list of challenged ballots of which none is admitted."""
    parts = made(
        recounts=1,
        scrutineers=(Signer("Silas Wren", signatures.public_part(SCRUTINEER)),),
        publication="tables-only",
        publish=False,
    )
    questions = tuple(recounts.Question(q.key, q.papers, q.result) for q in parts.result.questions)
    said = recounts.Recounted(parts.asked.id, parts.asked.hash, "Silas Wren", "1.0", questions)
    parts.files[bundle.RECOUNTS] = recounts.write([recounts.sign(said, SCRUTINEER)])
    parts.files[bundle.VERIFIER] = b"# the verifier\n"
    return parts


@cache
def whole() -> bytes:
    return with_everything().data()


# -- versions --------------------------------------------------------------------------------------------------------


def test_the_first_format_still_verifies_by_its_own_rules() -> None:
    parts = first_format()
    assert b"challenged" not in parts.again().dumps() and b"complaint_hours" not in parts.asked.bytes
    assert failures(parts.data()) == set()


def test_a_newer_ballot_with_an_older_result_was_downgraded() -> None:
    assert failures(made().change(format=manifest.FIRST).data()) == {"downgraded"}
    assert failures(made().change(format=manifest.SECOND).data()) == {"downgraded"}
    mixed = made(format=definition.FIRST).change(format=manifest.FORMAT)
    assert failures(mixed.data()) == {"downgraded"}


def test_the_second_format_still_verifies_without_what_the_third_binds() -> None:
    parts = made(format=definition.SECOND)
    assert b"photograph" not in parts.asked.bytes and bundle.MATERIALITY not in parts.files
    assert failures(parts.data(), margins=margins) == set()
    assert definition.loads(parts.asked.bytes).bytes == parts.asked.bytes


@pytest.mark.parametrize("name", ["statement", "photograph"])
def test_what_stood_beside_a_choice_dropped_altered_or_added_is_named(name: str) -> None:
    (file,) = (each for each in made().files if each.startswith(f"{name}s/"))
    dropped, altered, added, swapped = made(), made(), made(), made()
    del dropped.files[file]
    altered.files[file] += b"!"
    added.files[file.replace(file[-20:-4], "0" * 16)] = b"of nobody"
    other = canonical.sha256(b"another")
    swapped.files[file.replace(file.split("/")[1][:64], other)] = b"another"
    del swapped.files[file]
    for parts in (dropped, altered, added, swapped):
        assert failures(parts.data()) == {name}


def test_papers_where_the_ballot_was_to_take_none_are_named() -> None:
    def counted(parts: Made) -> bytes:
        board = parts.result.board
        assert board is not None
        fewer = replace(board, opened=34, superseded=1)
        return parts.change(papers=Papers(35, 35, on_paper=1), board=fewer).data()

    assert failures(counted(made())) == {"on paper"}
    assert failures(counted(made(casting=definition.Casting(papers="first")))) == set()


def materiality_of(parts: Made, doubts: materiality.Doubts) -> bytes:
    counts = [(q.key, json.loads(parts.files[f"rounds/{q.key}.json"])) for q in parts.asked.questions]
    return materiality.dumps(doubts, [(key, margins(count)) for key, count in counts])


def test_the_materiality_report_is_made_again_and_compared() -> None:
    desk = Desk(complaints=2, upheld=1, affected=3, turned_away=2)
    root = merkle.root([]).hex()
    challenged = Challenged(cast=1, admitted=0, refused=1, unreadable=0, root=root, rolls=("0" * 64,))
    honest = materiality.Doubts({"too late": 2}, 1, 0, 0, 3)

    def parts(data: bytes | None) -> set[str]:
        made_so = made().change(desk=desk, challenged=challenged)
        made_so.files.pop(bundle.MATERIALITY)
        if data is not None:
            made_so.files[bundle.MATERIALITY] = data
        return failures(made_so.data(), margins=margins)

    right = materiality_of(made(), honest)
    assert parts(right) == set() and json.loads(right)["doubts"]["together"] == 6
    value = json.loads(right)
    lies: list[dict[str, Any]] = [
        {"matters": not value["matters"]},
        {"questions": value["questions"][:1]},
        {"questions": [{**value["questions"][0], "margins": []}, value["questions"][1]]},
        {"doubts": {**value["doubts"], "together": 0}},
        {"doubts": {**value["doubts"], "turned_away": {"too late": 1}}},
    ]
    for lie in lies:
        assert parts(canonical.dumps({**value, **lie})) == {"materiality"}
    for fewer in (replace(honest, challenged_refused=0), replace(honest, complaints=0), replace(honest, unreadable=2)):
        assert parts(materiality_of(made(), fewer)) == {"materiality"}
    assert parts(None) == {"materiality"}
    assert parts(canonical.dumps({**value, "format": "consult-materiality/2"})) == {"version"}
    assert parts(canonical.dumps({**value, "more": 1})) == {"malformed"}


# -- what the newer format checks ------------------------------------------------------------------------------------


def test_scrutineers_recounts_stand_in_for_papers_that_are_not_public() -> None:
    report = verify(whole(), COUNTERS)
    assert report.ok and report.arithmetic_only and report.by_scrutineers == 1


@pytest.mark.parametrize("fault", ["dropped", "stranger", "another result", "altered", "another ballot"])
def test_a_recount_that_is_wrong_in_any_way_is_named(fault: str) -> None:
    parts = with_everything()
    (signed,) = recounts.read_all(parts.files[bundle.RECOUNTS])
    said = signed.recounted
    if fault == "dropped":
        parts.files.pop(bundle.RECOUNTS)
    elif fault == "stranger":
        parts.files[bundle.RECOUNTS] = recounts.write([recounts.sign(said, STRANGER)])
    elif fault == "another result":
        other = replace(said, questions=tuple(q._replace(result="0" * 64) for q in said.questions))
        parts.files[bundle.RECOUNTS] = recounts.write([recounts.sign(other, SCRUTINEER)])
    elif fault == "altered":
        parts.files[bundle.RECOUNTS] = recounts.write([replace(signed, recounted=replace(said, by="Nobody"))])
    else:
        parts.files[bundle.RECOUNTS] = recounts.write([recounts.sign(replace(said, ballot="other"), SCRUTINEER)])
    assert failures(parts.data()) == {"recounts"}


def test_challenged_ballots_must_add_up_and_make_their_root() -> None:
    def parts(**change: Any) -> bytes:
        both = made()
        root = merkle.root(RECEIPTS).hex()
        said = {"cast": 3, "admitted": 2, "refused": 1, "unreadable": 2, "root": root, "rolls": ("0" * 64,), **change}
        both.files[bundle.CHALLENGED] = records.write_board(RECEIPTS)
        return both.change(challenged=Challenged(**said)).data()

    assert failures(parts()) == set()
    assert failures(parts(root="0" * 64)) == {"challenged"}
    assert failures(parts(refused=0)) == {"challenged"}
    assert failures(parts(rolls=())) == {"challenged"}
    assert failures(parts(unreadable=0)) == {"board"}


@pytest.mark.parametrize(
    ("desk", "name"),
    [
        (Desk(complaints=1, undecided=1), "complaints"),
        (Desk(recounts_asked=1), "recounts"),
        (Desk(extended=("2026-05-01T12:00:00Z",)), "time"),
        (Desk(extended=("2026-06-01T12:00:00Z",)), "time"),
    ],
)
def test_what_should_have_come_before_the_certificate_is_named(desk: Desk, name: str) -> None:
    assert failures(made().change(desk=desk).data()) == {name}


# -- every tampering with every file ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(packing.unpack(whole())))
def test_each_file_flipped_dropped_doubled_or_swapped_is_named(name: str) -> None:
    files = packing.unpack(whole())
    signed = ("manifest.json", "signatures.json")
    spoiled = bytearray(files[name])
    spoiled[len(spoiled) // 2] ^= 1
    flipped = failures(packing.pack({**files, name: bytes(spoiled)}))
    assert flipped and (name in signed or flipped == {"altered member"})
    dropped = failures(packing.pack({other: data for other, data in files.items() if other != name}))
    assert dropped == {"missing member"}
    local = packing.pack({name: files[name]})
    data = whole()
    assert failures(local[: local.index(b"PK\x01\x02")] + data) == {"doubled member"}
    other = next(each for each in sorted(files) if each != name and files[each] != files[name])
    assert failures(packing.pack({**files, name: files[other], other: files[name]}))


@pytest.mark.parametrize("name", ["verify2.py", "../manifest.json", "recounts.json.bak", "text/x.json"])
def test_a_file_added_is_named(name: str) -> None:
    assert failures(packing.pack({**packing.unpack(whole()), name: b"{}"})) == {"unknown member"}
    known = {**packing.unpack(whole()), "challenged.json": records.write_board(RECEIPTS)}
    assert failures(packing.pack(known)) == {"added member"}


def test_signed_again_by_others_is_named() -> None:
    files = packing.unpack(whole())
    signed = files["manifest.json"]
    strangers = signatures.write(
        signed, [signatures.sign(signed, STRANGER), *(signatures.sign(signed, k) for k in SIGNING[:2])]
    )
    assert failures(packing.pack({**files, "signatures.json": strangers})) == {"unknown signer", "too few signatures"}


@settings(max_examples=150)
@given(st.binary(max_size=400) | st.builds(lambda cut: whole()[:cut], st.integers(0, 5_000)))
def test_no_bytes_make_the_reader_stumble(data: bytes) -> None:
    try:
        found = failures(data)
    except NotABundle:
        return
    assert found <= set(FAILURES) and found


@settings(max_examples=150)
@given(st.data())
def test_no_document_makes_the_reader_stumble(data: st.DataObject) -> None:
    files = packing.unpack(whole())
    name = data.draw(st.sampled_from([name for name in sorted(files) if name.endswith(".json")]))
    value = json.loads(files[name])
    member = data.draw(st.sampled_from(sorted(value)))
    value[member] = data.draw(st.none() | st.integers(-5, 5) | st.text(max_size=5) | st.lists(st.none(), max_size=2))
    assert failures(packing.pack({**files, name: canonical.dumps(value)})) <= set(FAILURES)


# -- signatures in plain Python, and withholding ---------------------------------------------------------------------


@settings(max_examples=12)
@given(st.binary(max_size=200), st.integers(0, 511))
def test_plain_python_judges_signatures_as_the_package_does(message: bytes, bit: int) -> None:
    public, value = SIGNING[0].public_key().public_bytes_raw(), SIGNING[0].sign(message)
    spoiled = bytearray(value)
    spoiled[bit // 8] ^= 1 << bit % 8
    for signature in (value, bytes(spoiled)):
        assert ed25519.plain(public, message, signature) == ed25519.holds(public, message, signature)
    assert ed25519.plain(public, message, value) and not ed25519.plain(public, message, bytes(spoiled))


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.tuples(*[st.integers(0, 40)] * 3), max_size=8))
def test_what_is_withheld_cannot_be_found_by_subtraction(units: dict[str, tuple[int, int, int]]) -> None:
    gone = withheld(units)
    for name, votes in units.items():
        if sum(votes) < 10 or max(votes) == sum(votes):
            assert name in gone
    if gone and gone != units.keys():
        together = [sum(units[name][i] for name in gone) for i in range(3)]
        assert len(gone) > 1 and sum(together) >= 10 and max(together) < sum(together)


def test_a_count_by_unit_hides_the_small() -> None:
    row = {"papers": 40, "carried": True, "base_size": 40}
    rows = {u: {**row, "for": f, "against": a, "abstain": 0} for u, f, a in (("A", 30, 10), ("B", 3, 1), ("C", 20, 20))}
    count = {"tallies": {"by_unit": {"units": rows}}, "hash": "x"}
    shown = redacted(count)
    assert hidden(shown) == {"B", "A"} or hidden(shown) == {"B", "C"}
    assert shown["tallies"]["by_unit"]["units"]["B"] == MARK and shown["hash"] == "x"
