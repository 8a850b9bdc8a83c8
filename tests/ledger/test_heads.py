"""Signed heads and proofs: what a receipt proves off line, and every proof that does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consult.domain.errors import Refused
from consult.ledger import envelopes, heads, merkle, signatures
from consult.ledger.heads import ProofRefused

KEY, OTHER = signatures.generate_key(), signatures.generate_key()
PUBLIC = signatures.public_part(KEY)
SEALED = [bytes([n]) * 90 for n in range(13)]
TREE = merkle.Tree(map(envelopes.leaf, SEALED))
HEAD = heads.sign(KEY, "12", "a" * 64, "2026-05-02T09:00:00Z", 10, TREE.root(10).hex())
PROOF = heads.prove(TREE, "The summer ballot", envelopes.leaf(SEALED[4]), 4, HEAD, PUBLIC)
CODE = envelopes.receipt(SEALED[4])


def test_a_proof_read_back_shows_that_the_receipt_is_on_the_board() -> None:
    proof = heads.read(PROOF.dumps())
    assert proof == PROOF
    said = heads.check(proof, CODE.lower().replace("-", " "))
    assert said[0] == "Your receipt is number 5 of 10 on the list of sealed votes of “The summer ballot”."
    assert signatures.fingerprint(PUBLIC) in said[1]
    assert heads.check(proof, CODE, f"10:{TREE.root(10).hex()}")[-1] == "It is the very head that you hold."


@pytest.mark.parametrize(
    ("proof", "sentence"),
    [
        (replace(PROOF, index=5), "does not lead from your receipt"),
        (replace(PROOF, path=PROOF.path[1:]), "does not lead from your receipt"),
        (replace(PROOF, head=replace(HEAD, root="0" * 64)), "does not lead from your receipt"),
        (replace(PROOF, head=replace(HEAD, at="2026-05-02T10:00:00Z")), "not signed"),
        (replace(PROOF, key=signatures.public_part(OTHER)), "not signed"),
        (replace(PROOF, receipt="0" * 64), "another receipt"),
    ],
)
def test_a_proof_that_was_changed_is_refused(proof: heads.Proof, sentence: str) -> None:
    with pytest.raises(ProofRefused, match=sentence):
        heads.check(heads.read(proof.dumps()), CODE)


def test_another_head_and_another_receipt_are_refused() -> None:
    with pytest.raises(ProofRefused, match="The head that you hold is not the one"):
        heads.check(PROOF, CODE, f"11:{TREE.root(11).hex()}")
    with pytest.raises(ProofRefused, match="another receipt"):
        heads.check(PROOF, envelopes.receipt(SEALED[5]))
    with pytest.raises(Refused, match="52 letters"):
        heads.check(PROOF, "ABCD")
