"""Sealed papers: the official vectors of RFC 9180, one length, and every refusal by its name."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from cryptography.hazmat.bindings._rust import openssl
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.domain.errors import Refused
from consult.ledger import canonical, envelopes
from consult.ledger.definition import Definition, Option, Question
from consult.ledger.envelopes import Answer, EnvelopeRefused
from tests.ledger import examples, rfc9180

#: From the test vectors published with RFC 9180: mode 0, KEM 0x0010, KDF 0x0001, AEAD 0x0002, which is our suite.
VECTOR = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "skRm": "317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2",
    "skEm": "90345e3a1d116c1dd39ae76d95ab858c142223a63e44f8f85318cfa91a84858e",
    "pkRm": "04abc7e49a4c6b3566d77d0304addc6ed0e98512ffccf505e6a8e3eb25c685136f"
    "853148544876de76c0f2ef99cdc3a05ccf5ded7860c7c021238f9e2073d2356c",
    "enc": "04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e"
    "0b21bd31a86c6048af3cb2d98e0d3bf01da5cc4c39ff5370d331a4f1f7d5a4e0",
    "shared_secret": "48893fecd82f7c3456af6a42d8f56325d21e08c10fa81299986aaff54cde7b49",
    "key": "ee16802a936d5f544771131900ee6973d0551de9e852ece2ef34bf0d5f9e1d1d",
    "base_nonce": "9bc50980832a7b4b58c40161",
    "aad": "436f756e742d30",
    "pt": "4265617574792069732074727574682c20747275746820626561757479",
    "ct": "58c61a45059d0c5704560e9d88b564a8b63f1364b8d1fcb3c4c6ddc1d291742465e902cd216f8908da49f8f96f",
}
V = {name: bytes.fromhex(value) for name, value in VECTOR.items()}


def ranked(options: int, questions: int = 1) -> Definition:
    made = tuple(
        Question(f"q{n}", f"Question {n}", "schulze", "1", {}, tuple(Option(str(i), f"O{i}") for i in range(options)))
        for n in range(questions)
    )
    return examples.ballot(questions=made)


@st.composite
def papers(draw: st.DrawFn, definition: Definition) -> list[Answer]:
    answers = []
    for question in definition.questions:
        order = draw(st.permutations(range(len(question.options))))[: draw(st.integers(0, len(question.options)))]
        levels: list[int | tuple[int, ...]] = []
        while order:
            size = draw(st.integers(1, len(order)))
            levels.append(order[0] if size == 1 else tuple(sorted(order[:size])))
            order = order[size:]
        verdicts = draw(st.sampled_from(["", "+-0"]))
        answers.append(Answer(question.key, tuple(levels), verdicts and (verdicts * 99)[: len(question.options)]))
    return answers


# --- RFC 9180 ---------------------------------------------------------------------------------------------------


def test_the_official_vector_opens_with_the_librarys_suite_that_seals_our_papers() -> None:
    # The vector has associated data, which our envelopes have not and the public single-shot call does not take; the
    # library's own test hook is the same primitive with it.
    private = envelopes.read_private(V["skRm"])
    assert openssl.hpke._decrypt_with_aad(envelopes.SUITE, V["enc"] + V["ct"], private, V["info"], V["aad"]) == V["pt"]


def test_the_official_keys_are_serialised_as_the_vector_says() -> None:
    assert envelopes.keys_of(V["skRm"]).public == V["pkRm"]
    assert envelopes.public_key(V["pkRm"]) == envelopes.read_private(V["skRm"]).public_key()


def test_the_second_implementation_makes_the_official_vector_to_the_last_bit() -> None:
    enc, context = rfc9180.setup_sender(V["pkRm"], V["skEm"], V["info"])
    assert (enc, context.key, context.base_nonce) == (V["enc"], V["key"], V["base_nonce"])
    assert rfc9180.shared_secret(V["skEm"], V["pkRm"], enc, V["pkRm"]) == V["shared_secret"]
    assert context.seal(V["pt"], V["aad"]) == V["ct"]
    assert rfc9180.setup_receiver(V["enc"], V["skRm"], V["info"]).open(V["ct"], V["aad"]) == V["pt"]


def test_what_we_seal_the_second_implementation_opens_and_the_other_way_round() -> None:
    asked, paper = examples.ballot(), examples.votes()[0]
    info = b"consult envelope 1 " + asked.hash.encode()
    sealed = envelopes.seal(asked, paper)
    context = rfc9180.setup_receiver(sealed[:65], examples.KEYS.private, info)
    assert context.open(sealed[65:]) == envelopes.write_paper(asked, paper)
    enc, sender = rfc9180.setup_sender(examples.KEYS.public, V["skEm"], info)
    other = enc + sender.seal(envelopes.write_paper(asked, paper))
    assert envelopes.opener(asked, examples.KEYS.private)(other) == paper


# --- papers -----------------------------------------------------------------------------------------------------


def test_a_paper_is_the_bytes_that_the_format_says() -> None:
    asked = examples.ballot()
    data = envelopes.write_paper(asked, [Answer("trees", (1,)), Answer("warden", (2, (0, 1)))])
    assert data.rstrip(b" ") == (
        b'[{"question":"trees","ranking":[1],"verdicts":""},{"question":"warden","ranking":[2,[0,1]],"verdicts":""}]'
    )
    assert len(data) == envelopes.paper_length(asked) == 2 + (47 + 1 + 15) + (48 + 1 + 15)


@settings(max_examples=60)
@given(st.integers(1, 12), st.integers(1, 3), st.data())
def test_every_paper_fits_and_comes_back_and_all_have_one_length(n: int, q: int, data: st.DataObject) -> None:
    asked = ranked(n, q)
    paper = tuple(data.draw(papers(asked)))
    written = envelopes.write_paper(asked, paper)
    assert len(written) == envelopes.paper_length(asked)
    assert envelopes.read_paper(asked, written) == paper


def test_all_envelopes_of_a_ballot_have_one_length_and_no_two_are_the_same() -> None:
    asked = ranked(12)
    answers = [Answer("q0"), Answer("q0", tuple(range(12))), Answer("q0", tuple(range(11, -1, -1)), "+" * 12)]
    sealed = [envelopes.seal(asked, [answer]) for answer in answers * 3]
    assert {len(each) for each in sealed} == {envelopes.envelope_length(asked)}
    assert len(set(sealed)) == len(sealed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '[{"question":"q0","ranking":[0]}]',
        '[{"question":"q0","ranking":[0],"verdicts":"","name":"Sam"}]',
        '[{"question":"q1","ranking":[0],"verdicts":""}]',
        '[{"question":"q0","ranking":[3],"verdicts":""}]',
        '[{"question":"q0","ranking":[-1],"verdicts":""}]',
        '[{"question":"q0","ranking":[true],"verdicts":""}]',
        '[{"question":"q0","ranking":["0"],"verdicts":""}]',
        '[{"question":"q0","ranking":[0,0],"verdicts":""}]',
        '[{"question":"q0","ranking":[0,[0,1]],"verdicts":""}]',
        '[{"question":"q0","ranking":[[1,0]],"verdicts":""}]',
        '[{"question":"q0","ranking":[[0]],"verdicts":""}]',
        '[{"question":"q0","ranking":[[]],"verdicts":""}]',
        '[{"question":"q0","ranking":[[[0,1],2]],"verdicts":""}]',
        '[{"question":"q0","ranking":{},"verdicts":""}]',
        '[{"question":"q0","ranking":[],"verdicts":"+"}]',
        '[{"question":"q0","ranking":[],"verdicts":"+?-"}]',
        '[{"ranking":[],"question":"q0","verdicts":""}]',
        '[{"question":"q0", "ranking":[],"verdicts":""}]',
    ],
)
def test_what_is_not_a_paper_is_refused_and_stops_nothing(text: str) -> None:
    asked = ranked(3)
    data = text.encode().ljust(envelopes.paper_length(asked))
    with pytest.raises(EnvelopeRefused) as refusal:
        envelopes.read_paper(asked, data)
    assert refusal.value.kind == ("not a paper" if len(data) == envelopes.paper_length(asked) else "length")
    if len(data) == envelopes.paper_length(asked):
        key = envelopes.public_key(examples.KEYS.public)
        bad = envelopes.SUITE.encrypt(data, key, envelopes.info(asked))
        good = envelopes.seal(asked, [Answer("q0", (1,))])
        opened = envelopes.open_all(asked, examples.KEYS.private, [bad, good])
        assert opened.papers == ((Answer("q0", (1,)),),)
        assert [(place, error.kind) for place, error in opened.refused] == [(0, "not a paper")]


@given(st.binary(max_size=80))
def test_no_bytes_make_the_reader_of_papers_stumble(data: bytes) -> None:
    asked = ranked(3)
    with contextlib.suppress(EnvelopeRefused):
        envelopes.read_paper(asked, data.ljust(envelopes.paper_length(asked)))


def test_a_paper_that_answers_another_ballot_is_not_sealed() -> None:
    with pytest.raises(EnvelopeRefused):
        envelopes.seal(examples.ballot(), [Answer("q0")])
    with pytest.raises(EnvelopeRefused):
        envelopes.seal(ranked(3), [Answer("q0", (3,))])


# --- envelopes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bit", [0, 8 * 40 + 3, 8 * 65, 8 * 100 + 7, -1])
def test_an_altered_envelope_is_refused(bit: int) -> None:
    asked, sealed = examples.ballot(), bytearray(examples.box()[0])
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EnvelopeRefused) as refusal:
        envelopes.opener(asked, examples.KEYS.private)(bytes(sealed))
    assert refusal.value.kind == "sealed otherwise"


def test_an_envelope_of_another_ballot_is_refused_even_with_the_same_key() -> None:
    other = envelopes.seal(examples.ballot(title="Another ballot of the same shape"), examples.votes()[0])
    with pytest.raises(EnvelopeRefused) as refusal:
        envelopes.opener(examples.ballot(), examples.KEYS.private)(other)
    assert refusal.value.kind == "sealed otherwise"
    assert str(refusal.value) == "This envelope was sealed for another ballot or with another key, or it was altered."


@pytest.mark.parametrize(
    "change", [lambda e: e[:-1], lambda e: e + b" ", lambda e: e[1:], lambda e: b"", lambda e: e * 2]
)
def test_truncated_and_padded_envelopes_are_refused_with_and_without_the_key(change: object) -> None:
    asked = examples.ballot()
    envelope = change(examples.box()[0])  # type: ignore[operator]
    for refuse in (envelopes.opener(asked, examples.KEYS.private), lambda e: envelopes.check_length(asked, e)):
        with pytest.raises(EnvelopeRefused) as refusal:
            refuse(envelope)
        assert refusal.value.kind == "length"


def test_a_replayed_envelope_counts_once() -> None:
    box = examples.box()
    opened = envelopes.open_all(examples.ballot(), examples.KEYS.private, [*box, box[3]])
    assert len(opened.papers) == 35
    assert [(place, error.kind) for place, error in opened.refused] == [(35, "replayed")]


@given(st.binary(max_size=400))
def test_no_bytes_make_the_opener_stumble(data: bytes) -> None:
    wanted = envelopes.envelope_length(examples.ballot())
    opened = envelopes.open_all(examples.ballot(), examples.KEYS.private, [data, (data * wanted)[:wanted]])
    assert not opened.papers


def test_points_that_are_not_on_the_curve_are_refused() -> None:
    asked = examples.ballot()
    for enc in (
        bytes(65),
        b"\x04" + bytes(64),
        b"\x02" + examples.KEYS.public[1:33] + bytes(32),
        b"\x04" + b"\xff" * 64,
    ):
        envelope = enc + examples.box()[0][65:]
        with pytest.raises(EnvelopeRefused):
            envelopes.opener(asked, examples.KEYS.private)(envelope)
        with pytest.raises(Refused, match="P-256"):
            envelopes.public_key(enc)


def test_keys_that_are_none_are_refused() -> None:
    for private in (b"", bytes(32), b"\xff" * 32, bytes(31) + b"\x01" + b"\x00"):
        with pytest.raises(Refused, match="P-256"):
            envelopes.keys_of(private)
    with pytest.raises(Refused, match="not the key of this ballot"):
        envelopes.opener(examples.ballot(), envelopes.generate_keys().private)


def test_recorded_votes_are_not_sealed() -> None:
    open_vote = examples.ballot(level="recorded", public_key=None, board_key=None)
    with pytest.raises(Refused, match="recorded"):
        envelopes.seal(open_vote, examples.votes()[0])


def test_the_definitions_hash_binds_every_part_of_it() -> None:
    one = examples.ballot()
    warden = replace(examples.WARDEN, options=tuple(reversed(examples.WARDEN.options)))
    assert envelopes.info(one) != envelopes.info(examples.ballot(questions=(examples.MOTION, warden)))


# --- receipts ---------------------------------------------------------------------------------------------------


@given(st.binary(max_size=40))
def test_a_receipt_is_the_envelopes_hash_and_can_be_typed(envelope: bytes) -> None:
    code = envelopes.receipt(envelope)
    assert envelopes.read_receipt(code).hex() == canonical.sha256(envelope)
    sloppy = code.lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    assert envelopes.read_receipt(sloppy) == envelopes.leaf(envelope)


@given(st.text(max_size=70))
def test_other_words_are_no_receipt(words: str) -> None:
    with pytest.raises(Refused):
        envelopes.read_receipt(words)


def test_the_spare_bits_of_a_receipt_are_nought() -> None:
    code = envelopes.receipt(b"x")
    with pytest.raises(Refused):
        envelopes.read_receipt(code[:-1] + ("1" if code[-1] != "1" else "2"))
