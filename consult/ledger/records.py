"""The small records of a bundle beside the result: the roll's summary and the heads of the board of envelopes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from consult.ledger import canonical, merkle, shape

ROLL_FORMAT, HEADS_FORMAT, BOARD_FORMAT = "consult-roll/1", "consult-heads/2", "consult-board/1"

#: The format of heads before they were signed.
HEADS_UNSIGNED = "consult-heads/1"


@dataclass(frozen=True)
class RollSummary:
    """What may be said of the frozen roll: its rule in words, its hash and size, how many were marked.

    `units` maps a unit to [on the roll, marked]; units too small to be shown are left out before it comes here.
    """

    rule: str
    hash: str
    size: int
    marked: int
    units: dict[str, tuple[int, int]]

    def dumps(self) -> bytes:
        """The bytes of roll.json."""
        return canonical.dumps({"format": ROLL_FORMAT, **asdict(self)})


class BoardHead(NamedTuple):
    """The board as it stood at some moment; `proof` shows that it continues the head before (RFC 9162).

    `signature` is by the board key that the definition names, over `heads.statement`; "" where it names none.
    """

    at: str
    size: int
    root: str
    proof: tuple[str, ...] = ()
    signature: str = ""


def read_roll(data: bytes, what: str = "roll.json") -> RollSummary:
    """Read roll.json; units may not hold more than the whole."""
    found = shape.fields(
        shape.known_format(canonical.loads(data, what), what, ROLL_FORMAT),
        what,
        format=shape.one_of([ROLL_FORMAT]),
        rule=shape.text(5_000, 1),
        hash=shape.digest,
        size=shape.number(),
        marked=shape.number(),
        units=shape.mapping(shape.listing(shape.number(), 2, 2), shape.text(200, 1), 100_000),
    )
    found.pop("format")
    pairs = found["units"].values()
    if any(marked > size for size, marked in pairs):
        raise shape.Malformed(f"In {what}: a unit has more marked than on its roll.")
    if sum(size for size, _ in pairs) > found["size"] or sum(marked for _, marked in pairs) > found["marked"]:
        raise shape.Malformed(f"In {what}: the units together are more than the whole.")
    return RollSummary(**found)


def write_heads(tree: merkle.Nodes, moments: Sequence[tuple[str, int, str]]) -> bytes:
    """The bytes of heads.json: the board at each (instant, size, signature), each with the proof that it continues the last."""
    heads, before = [], 0
    for at, size, signature in moments:
        proof = [step.hex() for step in tree.consistency(before, size)]
        root = tree.root(size).hex()
        heads.append({"at": at, "size": size, "root": root, "proof": proof, "signature": signature})
        before = size
    return canonical.dumps({"format": HEADS_FORMAT, "heads": heads})


def read_heads(data: bytes, what: str = "heads.json") -> tuple[BoardHead, ...]:
    """Read heads.json; the heads must be in order of time and of size."""

    def head(value: Any, where: str) -> BoardHead:
        hashes = shape.listing(shape.digest, 100)
        signed = {"signature": shape.text(120)} if isinstance(value, Mapping) and "signature" in value else {}
        found = shape.fields(
            value,
            where,
            **signed,
            at=shape.instant,
            size=shape.number(),
            root=shape.digest,
            proof=hashes,
        )
        return BoardHead(**found)

    value = shape.known_format(canonical.loads(data, what), what, HEADS_FORMAT, HEADS_UNSIGNED)
    known, listed = shape.one_of([HEADS_FORMAT, HEADS_UNSIGNED]), shape.listing(head, 100_000)
    found = shape.fields(value, what, format=known, heads=listed)
    heads: tuple[BoardHead, ...] = found["heads"]
    for earlier, later in pairwise(heads):
        if later.at < earlier.at or later.size < earlier.size:
            raise shape.Malformed(f"In {what}: the heads are not in the order of time and of size.")
    return heads


def first_break(heads: Sequence[BoardHead]) -> BoardHead | None:
    """The first head that does not continue the one before it, or None where each continues the last."""
    size, root = 0, merkle.EMPTY
    for head in heads:
        path, new = [bytes.fromhex(step) for step in head.proof], bytes.fromhex(head.root)
        if not merkle.verify_consistency(size, head.size, path, root, new):
            return head
        size, root = head.size, new
    return None


def write_board(leaves: Sequence[bytes]) -> bytes:
    """The bytes of board.json: every leaf of the board in its order, for whoever wants to look for a receipt."""
    return canonical.dumps({"format": BOARD_FORMAT, "leaves": [leaf.hex() for leaf in leaves]})


def read_board(data: bytes, what: str = "board.json") -> tuple[bytes, ...]:
    """The leaves of the board; a leaf that stands there twice is refused."""
    value = shape.known_format(canonical.loads(data, what), what, BOARD_FORMAT)
    found = shape.fields(value, what, format=shape.one_of([BOARD_FORMAT]), leaves=shape.listing(shape.digest))
    if len(set(found["leaves"])) != len(found["leaves"]):
        raise shape.Malformed(f"In {what}: an envelope stands on the board twice.")
    return tuple(bytes.fromhex(leaf) for leaf in found["leaves"])
