"""The Merkle board against published answers, and against RFC 9162's definitions written out as they stand there."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.domain.errors import Refused
from consult.ledger import merkle
from consult.ledger.merkle import Frontier, Tree, verify_consistency, verify_inclusion

# The eight leaves and the roots of their beginnings that implementations of RFC 6962 are tested against.
LEAVES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                     "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 8): "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 "
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e "
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    (5, 8): "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b "
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 "
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    (2, 3): "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
}
PROOFS = {
    (1, 1): "",
    (6, 8): "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a "
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 "
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    (2, 5): "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e "
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
}

SIZES = st.integers(0, 70)


# --- RFC 9162 sections 2.1.1, 2.1.3.1 and 2.1.4.1, word for word --------------------------------------------------


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:
    if not d:
        return sha256().digest()
    if len(d) == 1:
        return sha256(b"\x00" + d[0]).digest()
    k = split(len(d))
    return sha256(b"\x01" + mth(d[:k]) + mth(d[k:])).digest()


def path(m: int, d: list[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = split(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], b: bool) -> list[bytes]:
    if m == len(d):
        return [] if b else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], b), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


# -------------------------------------------------------------------------------------------------------------------


def numbered(size: int) -> list[bytes]:
    return [bytes([i]) for i in range(size)]


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]
    assert Tree(LEAVES).root(size).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_the_published_inclusion_proofs(index: int, size: int) -> None:
    assert [step.hex() for step in Tree(LEAVES).inclusion(index, size)] == PATHS[index, size].split()


@pytest.mark.parametrize(("old", "size"), PROOFS)
def test_the_published_consistency_proofs(old: int, size: int) -> None:
    assert [step.hex() for step in Tree(LEAVES).consistency(old, size)] == PROOFS[old, size].split()


def test_every_small_tree_is_as_the_rfc_defines_it() -> None:
    tree = Tree(numbered(33))
    for size in range(34):
        leaves = numbered(size)
        assert tree.root(size) == merkle.root(leaves) == mth(leaves)
        for index in range(size):
            proof = tree.inclusion(index, size)
            assert list(proof) == path(index, leaves)
            assert verify_inclusion(leaves[index], index, size, proof, mth(leaves))
        for old in range(1, size + 1):
            shown = tree.consistency(old, size)
            assert list(shown) == subproof(old, leaves, True)
            assert verify_consistency(old, size, shown, mth(leaves[:old]), mth(leaves))


@given(SIZES)
def test_the_frontier_knows_the_root_and_stays_small(size: int) -> None:
    frontier = Frontier()
    for leaf in numbered(size):
        frontier = frontier.append(leaf)
    assert frontier.size == size
    assert frontier.root() == mth(numbered(size))
    assert len(frontier.nodes) == size.bit_count()


@settings(max_examples=150)
@given(st.integers(1, 40), st.data())
def test_a_spoiled_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    tree, leaves = Tree(numbered(size)), numbered(size)
    index = data.draw(st.integers(0, size - 1))
    proof = list(tree.inclusion(index))
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index)) if size > 1 else size
    assert not verify_inclusion(leaves[index], other, size, proof, tree.root())
    assert not verify_inclusion(b"another leaf", index, size, proof, tree.root())
    assert not verify_inclusion(leaves[index], index, size, proof, bytes(32))
    assert not verify_inclusion(leaves[index], index, size, [*proof, bytes(32)], tree.root())
    assert not verify_inclusion(leaves[index], size, size, proof, tree.root())
    assert not verify_inclusion(leaves[index], -1, size, proof, tree.root())
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        assert not verify_inclusion(leaves[index], index, size, proof[:place] + proof[place + 1 :], tree.root())
        proof[place] = bytes(32)
        assert not verify_inclusion(leaves[index], index, size, proof, tree.root())


@settings(max_examples=150)
@given(st.integers(2, 40), st.data())
def test_a_board_that_was_rewritten_is_not_consistent(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    tree = Tree(numbered(size))
    rewritten = numbered(size)
    rewritten[data.draw(st.integers(0, old - 1))] = b"another"
    proof = Tree(rewritten).consistency(old)
    assert not verify_consistency(old, size, proof, tree.root(old), mth(rewritten))
    honest = list(tree.consistency(old))
    assert not verify_consistency(old, size, honest, tree.root(old), mth(rewritten))
    assert not verify_consistency(old, size, [*honest, bytes(32)], tree.root(old), tree.root())
    assert not verify_consistency(old, size, honest[:-1], tree.root(old), tree.root())


def test_the_cases_at_the_edges() -> None:
    root = Tree(numbered(3)).root()
    assert verify_consistency(0, 3, [], merkle.EMPTY, root)
    assert not verify_consistency(0, 3, [bytes(32)], merkle.EMPTY, root)
    assert verify_consistency(3, 3, [], root, root)
    assert not verify_consistency(3, 3, [], merkle.EMPTY, root)
    assert not verify_consistency(4, 3, [], root, root)
    assert not verify_consistency(1, 3, [], mth(numbered(1)), root)


@given(st.integers(0, 9), st.integers(0, 9), st.lists(st.binary(min_size=32, max_size=32), max_size=6))
def test_no_proof_at_all_makes_the_verifiers_stumble(a: int, b: int, steps: list[bytes]) -> None:
    verify_inclusion(b"leaf", a, b, steps, bytes(32))
    verify_consistency(a, b, steps, bytes(32), bytes([1]) * 32)


def test_what_is_not_there_cannot_be_proved() -> None:
    tree = Tree(numbered(3))
    for wrong in (lambda: tree.inclusion(3), lambda: tree.consistency(4), lambda: tree.root(4), lambda: tree.root(-1)):
        with pytest.raises(Refused):
            wrong()


def test_a_hundred_thousand_leaves_grown_in_batches_make_one_root_and_keep_their_proofs() -> None:
    leaves = [n.to_bytes(32) for n in range(100_000)]
    frontier, kept = merkle.Frontier(), {}
    for start in range(0, len(leaves), 9_990):
        frontier, made = frontier.grow(leaves[start : start + 9_990])
        assert len(made) <= 9_990 + 17 and not made.keys() & kept.keys()
        kept |= made
    whole = merkle.Tree(leaves)
    assert frontier.root() == whole.root()
    size, old, place = len(leaves), 9_990, 77_777
    wanted = merkle.Wanted(size)
    wanted.inclusion(place), wanted.consistency(old), wanted.root()
    assert len(wanted.places) < 3 * 17
    single = {(0, index): merkle.leaf_hash(leaves[index]) for level, index in wanted.places if not level}
    nodes = merkle.Nodes(size, {where: kept[where] for where in wanted.places if where[0]} | single)
    assert merkle.verify_inclusion(leaves[place], place, size, nodes.inclusion(place), frontier.root())
    old_root = merkle.root(leaves[:old])
    assert merkle.verify_consistency(old, size, nodes.consistency(old), old_root, frontier.root())
