"""Verification: an honest bundle passes, and every tampering is refused under its own name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from consult.domain.errors import Refused
from consult.ledger import bundle, canonical, envelopes, merkle, opening, packing, pairs, papers, records, signatures
from consult.ledger import votes as votes_file
from consult.ledger.bundle import BundleRefused, NotABundle
from consult.ledger.chain import Head
from consult.ledger.definition import Casting, KeyShares, Lot, contest_of
from consult.ledger.manifest import Board, LotDrawn
from consult.ledger.manifest import Papers as PapersCounted
from consult.ledger.opening import Transcript
from consult.ledger.papers import Group, Pattern
from consult.ledger.recount import _stages
from consult.ledger.report import FAILURES, Report
from consult.ledger.verify import verify
from tests.ledger.examples import (
    COUNTERS,
    MOTION,
    SIGNING,
    STRANGER,
    TEXT,
    Made,
    box,
    made,
    margins,
    signed_head,
    tally,
    votes,
)
from tests.ledger.test_definition import JSON


@cache
def honest() -> bytes:
    return made().data()


def look(data: bytes, **more: Any) -> Report:
    return verify(data, more.pop("counters", COUNTERS), **more)


def failures(data: bytes, **more: Any) -> set[str]:
    return {check.name for check in look(data, **more).failures}


def repacked(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The honest bundle with its files changed and packed again properly, but not signed again."""
    files = packing.unpack(honest())
    change(files)
    return packing.pack(files)


# --- honest bundles ---------------------------------------------------------------------------------------------


def test_an_honest_bundle_verifies_and_everything_was_looked_at() -> None:
    rules = {"combine": lambda r, c, v: v, "margins": margins}
    report = look(honest(), keys=[signatures.public_part(SIGNING[0])], **rules)
    assert report.ok
    assert not report.arithmetic_only
    assert report.recounted == ["trees", "warden"]
    assert report.outcomes == [("Forty trees", "For it is."), ("Warden of the orchard", "Sam Example it is.")]
    assert [signed for _, _, signed in report.signers] == [True, True, True, False, False]
    names = [check.name for check in report.checks if check.held]
    before = ["files", "signatures", "pinned key", "definition", "roll", "text", "board", "statement", "photograph"]
    assert names == [*before, "lot", *["arithmetic", "count"] * 2, "materiality"]
    assert all(check.held for check in report.checks)


def test_the_same_parts_make_the_same_bytes() -> None:
    assert made().data() == made().data() == honest()


def test_what_was_not_looked_at_is_said() -> None:
    report = look(honest())
    assert {check.name for check in report.checks if check.held is None} == {"pinned key", "lot", "materiality"}


def test_without_papers_it_is_arithmetic_only_until_somebody_brings_them() -> None:
    parts = made(publish=False, publication="tables-only")
    report = look(parts.data())
    assert report.ok
    assert report.arithmetic_only
    held = [papers_of(place, parts.asked.id) for place in (0, 1)]
    report = look(parts.data(), ballots=held)
    assert report.ok
    assert not report.arithmetic_only
    assert look(parts.data(), ballots=held[:1]).arithmetic_only


def papers_of(place: int, ballot_id: str) -> bytes:
    return made().files[f"ballots/{('trees', 'warden')[place]}.json"]


def test_papers_that_somebody_brings_must_be_the_ones_that_were_signed() -> None:
    data = made(publish=False, publication="tables-only").data()
    assert failures(data, ballots=[papers_of(0, "x") + b" "]) == {"papers"}


# --- the container ----------------------------------------------------------------------------------------------


@settings(max_examples=120)
@given(st.data())
def test_any_flipped_bit_is_a_named_failure(data: st.DataObject) -> None:
    whole = honest()
    place = data.draw(st.integers(0, 8 * len(whole) - 1))
    spoiled = bytearray(whole)
    spoiled[place // 8] ^= 1 << place % 8
    assert failures(bytes(spoiled)) in ({"packing"}, {"doubled member"})


@settings(max_examples=60)
@given(st.data())
def test_any_flipped_bit_packed_again_properly_is_a_named_failure(data: st.DataObject) -> None:
    files = packing.unpack(honest())
    name = data.draw(st.sampled_from(sorted(files)))
    place = data.draw(st.integers(0, 8 * len(files[name]) - 1))
    spoiled = bytearray(files[name])
    spoiled[place // 8] ^= 1 << place % 8
    found = failures(packing.pack({**files, name: bytes(spoiled)}))
    unreadable = {"malformed", "version"}
    if name == "signatures.json":
        assert found & (unreadable | {"bad signature", "wrong manifest", "unknown signer"})
    elif name == "manifest.json":
        assert found & (unreadable | {"altered member", "added member", "missing member", "bad signature"})
    else:
        assert found == {"altered member"}


@pytest.mark.parametrize("name", sorted(packing.unpack(honest())))
def test_each_file_dropped_is_a_missing_member(name: str) -> None:
    assert failures(repacked(lambda files: files.pop(name))) == {"missing member"}


@pytest.mark.parametrize("name", sorted(packing.unpack(honest())))
def test_each_file_doubled_is_named(name: str) -> None:
    data = honest()
    start = data.index(b"PK\x03\x04")
    local = packing.pack({name: packing.unpack(data)[name]})
    local = local[: local.index(b"PK\x01\x02")]
    assert failures(data[:start] + local + data[start:]) == {"doubled member"}


CLIMBING = """evil.py ../../etc/passwd /etc/passwd text/../x.json TEXT/x ballots/a/b.json a\\b C:x ballots/.json
text/x.json ballots/trees.exe manifest.json. Manifest.json README.txt/"""


@pytest.mark.parametrize("name", CLIMBING.split())
def test_unknown_members_and_paths_that_climb_are_refused(name: str) -> None:
    def add(files: dict[str, bytes]) -> None:
        files[name] = b"x"

    assert failures(repacked(add)) == {"unknown member"}


def test_a_file_of_a_known_kind_that_nobody_signed_is_an_added_member() -> None:
    assert failures(repacked(lambda files: files.update({"charts/more.svg": b"<svg/>"}))) == {"added member"}


def test_two_files_swapped_are_altered_members() -> None:
    def swap(files: dict[str, bytes]) -> None:
        a, b = "ballots/trees.json", "ballots/warden.json"
        files[a], files[b] = files[b], files[a]

    assert failures(repacked(swap)) == {"altered member"}


def test_something_else_is_not_a_bundle() -> None:
    with pytest.raises(NotABundle):
        look(b"hello")


@settings(max_examples=40)
@given(st.binary(max_size=300))
@example(b"")
def test_no_contents_of_any_file_make_it_stumble(data: bytes) -> None:
    for name in ("manifest.json", "signatures.json", "definition.json"):
        assert failures(repacked(lambda files: files.update({name: data})))  # noqa: B023


# --- signatures, keys and versions ------------------------------------------------------------------------------


def resigned(*keys: Any, data: bytes | None = None) -> set[str]:
    signed = made().again().dumps()
    files = packing.unpack(honest())
    made_by = [signatures.sign(data or signed, key) for key in keys]
    return failures(packing.pack({**files, "signatures.json": signatures.write(signed, made_by)}))


def test_wrong_signers_and_too_few_are_named() -> None:
    a, b, c = SIGNING[:3]
    assert resigned(a, b, c) == set()
    assert resigned(a, b) == {"too few signatures"}
    assert resigned() == {"too few signatures"}
    assert resigned(a, b, c, STRANGER) == {"unknown signer"}
    assert resigned(a, b, STRANGER) == {"unknown signer", "too few signatures"}
    assert resigned(a, b, b) == {"signed twice", "too few signatures"}
    assert resigned(a, b, c, c) == {"signed twice"}
    assert resigned(a, b, c, data=b"another manifest") == {"bad signature", "too few signatures"}


def test_signatures_of_another_manifest_are_named() -> None:
    def change(files: dict[str, bytes]) -> None:
        files["signatures.json"] = signatures.write(b"other", [signatures.sign(b"other", k) for k in SIGNING[:3]])

    assert failures(repacked(change)) == {"wrong manifest", "bad signature", "too few signatures"}


@pytest.mark.parametrize("version", ["consult-result/0", "consult-result/4", "consult-result/2.0", "other"])
def test_unknown_and_downgraded_versions_are_refused_even_if_signed(version: str) -> None:
    value = json.loads(made().again().dumps())
    signed = canonical.dumps({**value, "format": version})
    files = packing.unpack(honest())
    signed_by = signatures.write(signed, [signatures.sign(signed, key) for key in SIGNING[:3]])
    assert failures(packing.pack({**files, "manifest.json": signed, "signatures.json": signed_by})) == {"version"}


def test_a_whole_bundle_forged_under_other_keys_is_betrayed_by_a_pinned_key() -> None:
    forgers = [signatures.generate_key() for _ in range(3)]
    signers = tuple(
        made().asked.signers[n].__class__(f"Teller {n}", signatures.public_part(key)) for n, key in enumerate(forgers)
    )
    forged = made(signers=signers)
    forged.signers = forgers
    assert failures(forged.data()) == set()  # inside it all agrees: this is why keys are compared
    assert failures(forged.data(), keys=[signatures.public_part(SIGNING[0])]) == {"pinned key"}


def test_a_pinned_key_that_did_not_sign_is_named() -> None:
    assert failures(honest(), keys=[signatures.public_part(SIGNING[4])]) == {"pinned key"}


# --- contents, signed by a committee that erred or lied ----------------------------------------------------------


def recounted(parts: Made, key: str, groups: list[Group], place: int) -> Made:
    """The parts with other papers and the count that belongs to them."""
    gathered = papers.gather(parts.asked.id, key, groups)
    count = tally("x", contest_of(parts.asked, parts.asked.questions[place]), gathered.groups, None)
    parts.files[f"ballots/{key}.json"] = papers.dumps(gathered)
    return parts.question(place, papers=canonical.sha256(papers.dumps(gathered)), result=count["hash"])


def with_count(change: Callable[[dict[str, Any]], object], fix_hash: bool = True) -> set[str]:
    parts = made()
    count = json.loads(parts.files["rounds/warden.json"])
    change(count)
    if fix_hash:
        count["hash"] = canonical.hash_of({k: v for k, v in count.items() if k != "hash"})
        parts.question(result=count["hash"])
    parts.files["rounds/warden.json"] = canonical.dumps(count)
    return failures(parts.data())


def test_a_count_changed_in_any_way_is_named() -> None:
    assert with_count(lambda c: c.update(winners=["Alex Sample"])) == {"result", "count"}
    assert with_count(lambda c: c.update(winners=["Nobody"])) == {"result", "arithmetic", "count"}
    assert with_count(lambda c: c.update(winners=["Sam Example", "Alex Sample"])) == {"result", "arithmetic", "count"}
    assert with_count(lambda c: c.update(winners=None)) == {"result", "arithmetic", "count"}
    assert with_count(lambda c: c.update(method="irv")) == {"result", "count", "malformed"}
    assert with_count(lambda c: c.update(seats=2)) == {"result", "count"}
    assert with_count(lambda c: c.update(candidates=["A", "B", "C"])) == {"options", "count"}
    assert with_count(lambda c: c.update(withdrawn=["Alex Sample"])) == {"options", "count"}
    assert with_count(lambda c: c["ballots"].update(valid=31)) == {"arithmetic", "count"}
    assert with_count(lambda c: c["ballots"].update(valid=True)) == {"arithmetic", "count"}
    assert with_count(lambda c: c["stages"][0]["votes"].update({"Alex Sample": "11"})) == {"count"}
    assert with_count(lambda c: c.update(winners=["Alex Sample"]), fix_hash=False) == {"result", "count"}
    assert with_count(lambda c: c.clear()) >= {"result"}


@settings(max_examples=60)
@given(st.data(), JSON, st.booleans())
def test_no_value_in_no_place_of_a_count_makes_it_stumble(data: st.DataObject, other: Any, seeded: bool) -> None:
    parts = made()
    count = json.loads(parts.files["rounds/warden.json"])
    count[data.draw(st.sampled_from(sorted(count)))] = other
    count["method"] = data.draw(st.sampled_from(["scottish-stv", "plurality"]))
    changed = canonical.dumps(data.draw(st.sampled_from([count, other])))
    assume(changed != parts.files["rounds/warden.json"])
    parts.files["rounds/warden.json"] = changed
    if not seeded:
        parts.change(lot=LotDrawn(None, "whereas"))
    assert "result" in failures(parts.data()) or "malformed" in failures(parts.data())


@pytest.mark.parametrize("spoil", ["31", "1e3", "-", "9" * 100, 30, None])
def test_votes_lost_or_made_at_a_stage_of_a_rule_that_moves_papers_are_named(spoil: Any) -> None:
    stage = {"number": 1, "votes": {"A": "20.00000", "B": "9.99999"}, "non_transferable": "0.00000", "loss": "0.00001"}
    count = {"method": "scottish-stv", "ballots": {"valid": 30}, "stages": [stage]}
    assert _stages(count) == []
    stage["votes"] = {"A": spoil}
    assert [name for name, _ in _stages(count)] in (["arithmetic"], ["malformed"])


def test_votes_are_written_in_figures_and_no_other_way() -> None:
    stage = {"number": 1, "votes": {"A": "3e1"}, "non_transferable": "0", "loss": "0"}
    count = {"method": "irv", "ballots": {"valid": 30}, "stages": [stage]}
    assert [name for name, _ in _stages(count)] == ["malformed"]


def test_a_count_that_was_never_there_is_missing_although_signed() -> None:
    parts = made()
    parts.files.pop("rounds/warden.json")
    assert failures(parts.data()) == {"missing member"}


def test_a_working_out_changed_behind_its_hash_is_named_without_any_recount() -> None:
    parts = made(publish=False, publication="tables-only")
    count = json.loads(parts.files["rounds/warden.json"])
    count["stages"][0]["votes"]["Alex Sample"] = "11"
    parts.files["rounds/warden.json"] = canonical.dumps(count)
    assert failures(parts.data()) == {"result"}


def test_papers_added_dropped_or_doubled_are_named_although_signed() -> None:
    for groups in ([Group(Pattern((0,)), 36)], [Group(Pattern((0,)), 34)], [Group(Pattern((0,)), 35, 2)]):
        assert "papers" in failures(recounted(made(), "warden", groups, 1).data())


def test_a_count_of_other_papers_is_named() -> None:
    parts = made()
    other = papers.gather(parts.asked.id, "warden", [Group(Pattern((0,)), 19), Group(Pattern((1,)), 16)])
    parts.files["ballots/warden.json"] = papers.dumps(other)
    assert failures(parts.data()) == {"papers"}
    assert failures(parts.question(papers=canonical.sha256(papers.dumps(other))).data()) == {"count"}


def test_papers_of_another_ballot_are_named() -> None:
    parts = made()
    read = papers.loads(parts.files["ballots/warden.json"], parts.asked.questions[1])
    other = papers.dumps(papers.gather("autumn", "warden", read.groups))
    parts.files["ballots/warden.json"] = other
    assert failures(parts.question(papers=canonical.sha256(other)).data()) == {"papers"}


def test_each_counter_must_agree_and_refuse_nothing() -> None:
    def refuses(*_: Any) -> dict[str, Any]:
        raise Refused("There are no candidates.")

    def breaks(*_: Any) -> dict[str, Any]:
        return {}[0]  # type: ignore[no-any-return]

    def differs(*given: Any) -> dict[str, Any]:
        return {**tally(*given), "quota": "1"}

    def newer(*given: Any) -> dict[str, Any]:
        return {**tally(*given), "version": "2"}

    for bad, name in ((refuses, "count"), (breaks, "count"), (differs, "count"), (newer, "rule version")):
        assert failures(honest(), counters={"first": tally, "second": bad}) == {name}
        assert failures(honest(), counters={"first": bad, "second": tally}) == {name}


def test_without_a_counter_nothing_is_called_recounted() -> None:
    assert look(honest(), counters={}).arithmetic_only


def test_what_is_published_is_what_was_declared() -> None:
    assert failures(made(publish=False).data()) == {"publication"}
    assert failures(made(publication="tables-only").data()) == {"publication"}
    assert failures(made(publication="ten-copies").data()) == {"publication"}  # five voted against
    assert failures(made(publish=False, publication="ten-copies").data()) == set()
    safe = recounted(made(publish=False, publication="tables-only"), "trees", [Group(Pattern((0,)), 35)], 0)
    assert "publication" in failures(safe.data())
    parts = made(publish=False, publication="tables-only")
    parts.files["ballots/trees.csv"] = b"for,against"
    assert failures(parts.data()) == {"publication"}


def test_a_definition_that_does_not_belong_is_named() -> None:
    parts = made()
    parts.files["definition.json"] = made(grace=121).asked.bytes
    assert failures(parts.data()) == {"definition", "board"}  # its heads are signed for the other one
    parts.files["definition.json"] = b"[]"
    assert failures(parts.data()) == {"malformed"}


def test_texts_that_are_missing_or_misnamed_are_named() -> None:
    parts = made()
    parts.files[f"text/{MOTION.text}.json"] = TEXT.replace(b"forty", b"fifty")
    assert failures(parts.data()) == {"text"}
    parts.files.pop(f"text/{MOTION.text}.json")
    assert failures(parts.data()) == {"text"}


def replayed(result: str, decisions: Any = 7) -> Made:
    parts = made()
    parts.files["replay/trees.json"] = canonical.dumps(
        {"base": str(MOTION.text), "decisions": decisions, "result": result}
    )
    return parts


def test_decisions_are_replayed_where_an_engine_is_given() -> None:
    text = str(MOTION.text)
    for replay, expected in ((lambda base, done: text, set()), (lambda base, done: "0" * 64, {"replay"})):
        assert failures(replayed(text).data(), replay=replay) == expected
    assert [c.held for c in look(replayed(text).data()).checks if c.name == "replay"] == [None]
    assert failures(replayed("0" * 64).data()) == {"replay"}
    parts = replayed(text)
    parts.files["replay/trees.json"] = b"[]"
    assert failures(parts.data()) == {"replay"}


def test_a_roll_that_differs_is_named() -> None:
    parts = made()
    roll = records.read_roll(parts.files["roll.json"])
    parts.files["roll.json"] = records.RollSummary("All.", roll.hash, roll.size, roll.marked + 1, {}).dumps()
    assert failures(parts.data()) == {"roll"}
    assert failures(made().change(marked=61).data()) == {"turnout", "roll"}
    assert failures(made().change(marked=30).data()) == {"turnout", "roll"}


def test_votes_that_do_not_add_up_are_named() -> None:
    assert failures(made().change(papers=PapersCounted(34, 34)).data()) >= {"board", "papers", "arithmetic"}
    assert failures(made().question(spoiled=1).data()) == {"arithmetic", "papers"}


def test_a_board_that_was_rewritten_is_named() -> None:
    parts = made()
    leaves = sorted(map(envelopes.leaf, box()))
    other = merkle.Tree([*leaves[1:], bytes(32)])
    parts.files["heads.json"] = records.write_heads(
        other, [signed_head(parts.asked, other, "2026-05-08T12:02:00Z", 35)]
    )
    assert failures(parts.data()) == {"board"}
    parts = made()
    parts.files["board.json"] = records.write_board([*leaves[1:], bytes(32)])
    assert failures(parts.data()) == {"board"}
    parts = made()
    heads = json.loads(parts.files["heads.json"])
    heads["heads"][1]["root"] = "0" * 64
    parts.files["heads.json"] = canonical.dumps(heads)
    assert failures(parts.data()) == {"board"}
    board = parts.result.board
    assert board is not None
    assert failures(made().change(board=Board(board.root, 36, 35)).data()) == {"board"}


def test_a_receipt_is_looked_for_on_the_board() -> None:
    mine = envelopes.receipt(box()[4])
    assert failures(honest(), receipts=[mine]) == set()
    assert failures(honest(), receipts=[envelopes.receipt(b"never sealed")]) == {"receipt"}
    assert failures(honest(), receipts=["hello"]) == {"malformed"}
    parts = made()
    parts.files.pop("board.json")
    assert failures(parts.data(), receipts=[mine]) == {"receipt"}


def test_heads_that_were_mailed_must_be_where_the_board_went_through() -> None:
    tree = merkle.Tree(sorted(map(envelopes.leaf, box())))
    kept = [Head(size, tree.root(size).hex()) for size in (0, 5, 13, 35)]
    assert failures(honest(), heads=kept) == set()
    for bad in (Head(5, "0" * 64), Head(36, kept[3].hash), Head(12, kept[2].hash)):
        assert failures(honest(), heads=[*kept, bad]) == {"head"}
    parts = made()
    parts.files.pop("board.json")
    assert failures(parts.data(), heads=[kept[2]]) == set()  # it stands in heads.json
    assert failures(parts.data(), heads=[kept[1]]) == {"head"}


@pytest.mark.parametrize("name", ["definition", "roll", "heads", "board", "ballots/trees"])
def test_an_unknown_version_of_any_document_is_refused_even_if_signed(name: str) -> None:
    parts = made()
    value = json.loads(parts.files[f"{name}.json"])
    parts.files[f"{name}.json"] = data = canonical.dumps({**value, "format": f"{value['format'][:-1]}9"})
    if name == "ballots/trees":
        parts.question(0, papers=canonical.sha256(data))
    assert failures(parts.data()) == {"version"}


def test_the_seed_of_the_lot_must_follow_from_its_rule() -> None:
    def combine(reveals: Mapping[str, Any], commitments: Mapping[str, str], value: str) -> str:
        return "whereas" if value == "whereas" else "?"

    assert failures(honest(), combine=combine) == set()
    assert failures(made().change(lot=LotDrawn("chosen", "whereas")).data(), combine=combine) == {"lot"}
    late = made(lot=Lot("named", "Tomorrow's first train.", None))
    assert failures(late.change(lot=LotDrawn("whereas", None)).data(), combine=combine) == {"lot"}


def test_without_a_seed_no_lot_may_have_decided() -> None:
    def tied(*given: Any) -> dict[str, Any]:
        body = {k: v for k, v in tally(*given).items() if k != "hash"} | {"ties": [{"stage": 1, "lot": True}]}
        return {**body, "hash": canonical.hash_of(body)}

    unseeded = LotDrawn(None, "whereas")
    assert failures(made().change(lot=unseeded).data(), combine=lambda r, c, v: v) == set()
    data = made(publish=False, publication="tables-only", counter=tied).change(lot=unseeded).data()
    assert failures(data, combine=lambda r, c, v: v) == {"lot"}


def test_a_recorded_vote_has_no_board() -> None:
    parts = recorded()
    heads = parts.files["heads.json"]
    parts.files["heads.json"] = made().files["heads.json"]
    assert failures(parts.data()) == {"board"}
    parts.files["heads.json"] = heads
    assert failures(parts.data()) == set()


def recorded(**changes: Any) -> Made:
    """The example as an open vote: the same papers, each with a name."""
    parts = made(level="recorded", public_key=None, board_key=None, **changes).change(board=None)
    parts.files.pop("board.json")
    parts.files["heads.json"] = records.write_heads(merkle.Tree(), [])
    parts.files["votes.json"] = votes_file.dumps(parts.asked, open_votes())
    return parts


def open_votes() -> list[votes_file.Vote]:
    return [votes_file.Vote(f"Delegate {n:02}", "North", 1, paper) for n, paper in enumerate(votes())]


def test_open_votes_must_be_listed_and_make_the_papers_that_were_counted() -> None:
    assert votes_file.loads(recorded().files["votes.json"], recorded().asked) == tuple(open_votes())
    parts = recorded()
    del parts.files["votes.json"]
    assert failures(parts.data()) == {"votes"}
    for changed in (open_votes()[1:], [replace(open_votes()[0], votes=2), *open_votes()[1:]]):
        parts = recorded()
        parts.files["votes.json"] = votes_file.dumps(parts.asked, changed)
        assert failures(parts.data()) == {"votes"}
    parts = made()
    parts.files["votes.json"] = votes_file.dumps(parts.asked, open_votes())
    assert failures(parts.data()) == {"votes"}


SHARES = KeyShares(2, ("Ann", "Bo", "Cy"), "a" * 64)


def sealed(*openings: Transcript, **changes: Any) -> Made:
    """The example as a sealed ballot that was opened off line."""
    parts = made(level="sealed", shares=SHARES, **changes)
    for number, said in enumerate(openings, 1):
        parts.files[f"openings/{number}.json"] = replace(said, definition=parts.asked.hash).dumps()
    return parts


def opening_of(machine: str, **changes: Any) -> Transcript:
    root = opening.root(sorted(map(envelopes.leaf, box())))
    plain = Transcript(
        "orchard-2026", "", root, 35, 0, 35, "f" * 64, ("1. Ann",), machine, "2026-05-09T10:00:00Z", "1.0"
    )
    return replace(plain, **changes)


ONE, TWO = "1" * 64, "2" * 64


def test_a_sealed_box_was_opened_twice_on_two_machines_to_one_hash() -> None:
    assert failures(sealed(opening_of(ONE), opening_of(TWO)).data()) == set()
    third = opening_of("3" * 64, opened="0" * 64)
    assert failures(sealed(third, opening_of(ONE), opening_of(TWO)).data()) == set()
    for openings in ((), (opening_of(ONE),), (opening_of(ONE), opening_of(ONE)), (opening_of(ONE), third)):
        assert failures(sealed(*openings).data()) == {"opening"}


@pytest.mark.parametrize("change", [{"root": "0" * 64}, {"envelopes": 36}, {"papers": 34}, {"ballot": "other"}])
def test_an_opening_of_another_box_is_named(change: dict[str, Any]) -> None:
    assert failures(sealed(opening_of(ONE, **change), opening_of(TWO, **change)).data()) == {"opening"}


def test_openings_and_the_manifest_agree_about_votes_on_paper() -> None:
    """Two of the 35 papers came on paper, so that 33 of the envelopes are on the board."""
    for said, wanted in ((2, set()), (1, {"opening"}), (0, {"opening"})):
        parts = sealed(*(opening_of(machine, on_paper=said) for machine in (ONE, TWO)), casting=Casting(papers="first"))
        board = parts.result.board
        assert board is not None
        fewer = replace(board, opened=33, superseded=board.leaves - 33, refused=0)
        parts.change(papers=PapersCounted(35, 35, on_paper=2), board=fewer)
        assert failures(parts.data()) == wanted


def test_a_ballot_that_was_not_sealed_has_no_openings() -> None:
    parts = made()
    parts.files["openings/1.json"] = opening_of(ONE, definition=parts.asked.hash).dumps()
    assert failures(parts.data()) == {"opening"}


def test_a_head_that_nobody_signed_is_named() -> None:
    parts = made()
    heads = json.loads(parts.files["heads.json"])
    heads["heads"][0]["signature"] = heads["heads"][1]["signature"]
    parts.files["heads.json"] = canonical.dumps(heads)
    assert failures(parts.data()) == {"board"}


def test_a_bundle_is_not_written_with_files_that_its_manifest_does_not_name() -> None:
    parts = made()
    signed = parts.again().dumps()
    for change, kind in (
        ({"charts/more.svg": b""}, "added member"),
        ({"README.txt": b"other"}, "altered member"),
        ({"other": b""}, "unknown member"),
    ):
        with pytest.raises(BundleRefused) as refusal:
            bundle.write(signed, parts.signed(signed), {**parts.files, **change})
        assert refusal.value.kind == kind


def test_the_report_can_be_printed_as_data() -> None:
    value = look(honest()).as_json()
    assert value["ok"] is True
    assert json.loads(json.dumps(value)) == value


def test_a_pairwise_table_is_compared_with_the_papers_that_a_sceptic_holds() -> None:
    parts = made(publish=False, publication="tables-only")
    warden = parts.asked.questions[1]
    held = made().files["ballots/warden.json"]
    table = pairs.table(warden, papers.loads(held, warden))
    parts.files["pairwise/warden.json"] = pairs.write(warden, table)
    assert failures(parts.data()) == failures(parts.data(), ballots=[held]) == set()
    passed = {check.name for check in look(parts.data(), ballots=[held]).checks if check.held}
    assert "pairwise" in passed
    table[0][1] += 1
    parts.files["pairwise/warden.json"] = pairs.write(warden, table)
    assert failures(parts.data()) == set()  # nobody can tell without the papers
    assert failures(parts.data(), ballots=[held]) == {"pairwise"}
    parts.files["pairwise/other.json"] = b"{}"
    assert failures(parts.data()) == {"pairwise"}


def test_every_failure_is_explained_to_strangers() -> None:
    page = (Path(__file__).parents[2] / "docs" / "bundle.md").read_text()
    for name, meaning in FAILURES.items():
        assert f"| {name} | {meaning} |" in page


def test_every_member_of_every_document_is_explained_to_strangers() -> None:
    page = (Path(__file__).parents[2] / "docs" / "bundle.md").read_text()
    parts = made().change(lot=LotDrawn("s", "v", {"m": "0" * 64}, {"m": {"value": "1", "salt": "2"}}))
    documents = [json.loads(parts.again().dumps()), json.loads(signatures.write(b"", parts.signed()))]
    documents += [json.loads(data) for name, data in parts.files.items() if name.endswith(".json")]
    values = {"files", "settings", "stages", "clauses", "ballots", "commitments", "reveals", "units", "candidates"}
    missing: set[str] = set()

    def walk(value: Any) -> None:
        for name, inner in value.items() if isinstance(value, dict) else ():
            if f"`{name}`" not in page:
                missing.add(name)
            if name not in values:
                walk(inner)
        for inner in value if isinstance(value, list) else ():
            walk(inner)

    for document in documents:
        if "quota" not in document and "clauses" not in document:  # counts and texts have pages of their own
            walk(document)
    assert not missing


def test_the_readme_names_the_file_and_the_command() -> None:
    words = bundle.readme(made().result, published=True).decode()
    assert "consult verify result-orchard-2026.zip" in words
    assert max(map(len, words.splitlines())) <= 120
