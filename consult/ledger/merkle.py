"""The Merkle tree of the board of sealed votes: roots, inclusion and consistency proofs (RFC 9162 section 2.1).

A leaf is bytes (on the board: the 32 bytes of an envelope's hash). Hashes and proofs are bytes and tuples of bytes;
a proof for a tree of n leaves has at most about log₂ n + 1 hashes. Nothing here is secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from consult.domain.errors import Refused

#: The root of a tree without leaves: the hash of nothing (RFC 9162 section 2.1.1).
EMPTY = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf); the prefix keeps a leaf from passing for a node (RFC 9162 section 2.1.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


class Nodes:
    """Roots and proofs from the hashes of complete subtrees, wherever they are kept.

    `found` maps (level, index) to the hash of leaves[index · 2**level : (index + 1) · 2**level]. A board of a million
    leaves needs some twenty of them for a proof; `Wanted` says which.
    """

    def __init__(self, size: int, found: Mapping[tuple[int, int], bytes] | None = None) -> None:
        self._length = size
        self._found = found or {}

    def __len__(self) -> int:
        return self._length

    def node(self, level: int, index: int) -> bytes:
        """The hash of one complete subtree."""
        return self._found[level, index]

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves (default: of all)."""
        size = self._size(size)
        return self._subtree(0, size) if size else EMPTY

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """PATH(index, leaves[:size]): the hashes that lead from leaf `index` to the root (RFC 9162 section 2.1.3.1)."""
        size = self._size(size)
        if not 0 <= index < size:
            raise Refused(f"There is no leaf {index} in a board of {size}.")
        path: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._subtree(middle, end))
                end = middle
            else:
                path.append(self._subtree(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency(self, old: int, size: int | None = None) -> tuple[bytes, ...]:
        """PROOF(old, leaves[:size]): that the first `old` leaves are the same in both (RFC 9162 section 2.1.4.1)."""
        size = self._size(size)
        if not 0 <= old <= size:
            raise Refused(f"A board of {size} cannot be shown to continue one of {old}.")
        if old in (0, size):
            return ()
        path: list[bytes] = []
        start, end, whole = 0, size, True  # `whole`: the old tree fills [start, end) from its beginning
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                path.append(self._subtree(middle, end))
                end = middle
            else:
                path.append(self._subtree(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._subtree(start, end))
        return tuple(reversed(path))

    def _subtree(self, start: int, end: int) -> bytes:
        width = end - start
        if width & (width - 1) == 0:  # complete, and RFC 9162 only ever splits at multiples of its width
            return self.node(width.bit_length() - 1, start // width)
        middle = start + _split(width)
        return node_hash(self._subtree(start, middle), self._subtree(middle, end))

    def _size(self, size: int | None) -> int:
        size = len(self) if size is None else size
        if not 0 <= size <= len(self):
            raise Refused(f"The board has {len(self)} leaves, not {size}.")
        return size


class Tree(Nodes):
    """All complete subtrees of an append-only list of leaves, so that roots and proofs of any size are cheap.

    >>> tree = Tree([b"a", b"b", b"c"])
    >>> verify_inclusion(b"b", 1, 3, tree.inclusion(1), tree.root())
    True
    >>> verify_consistency(2, 3, tree.consistency(2), tree.root(2), tree.root())
    True
    """

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        super().__init__(0)
        self._levels: list[list[bytes]] = [[]]  # level k holds the hashes of complete subtrees of 2**k leaves
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    def node(self, level: int, index: int) -> bytes:
        """The hash of one complete subtree."""
        return self._levels[level][index]

    def append(self, leaf: bytes) -> None:
        """Add one leaf at the end."""
        level, value = 0, leaf_hash(leaf)
        self._levels[0].append(value)
        while len(self._levels[level]) % 2 == 0:
            value = node_hash(*self._levels[level][-2:])
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(value)


class Wanted(Nodes):
    """Asks for a root or a proof and gets none, but knows afterwards which subtrees it takes.

    >>> wanted = Wanted(5)
    >>> _ = wanted.inclusion(1)
    >>> sorted(wanted.places)
    [(0, 0), (0, 4), (1, 1)]
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.places: set[tuple[int, int]] = set()

    def node(self, level: int, index: int) -> bytes:
        """Notes the place."""
        self.places.add((level, index))
        return EMPTY


@dataclass(frozen=True)
class Frontier:
    """All that must be kept to go on appending: the roots of the complete subtrees, the largest first.

    >>> Frontier().append(b"a").append(b"b").append(b"c").root() == root([b"a", b"b", b"c"])
    True
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        """The frontier after one more leaf."""
        return self.grow([leaf])[0]

    def grow(self, leaves: Iterable[bytes]) -> tuple[Frontier, dict[tuple[int, int], bytes]]:
        """The frontier after more leaves, and the complete subtrees of two leaves and more that they complete.

        >>> frontier, made = Frontier().grow([b"a", b"b", b"c", b"d"])
        >>> sorted(made), frontier.root() == root([b"a", b"b", b"c", b"d"]) == made[2, 0]
        ([(1, 0), (1, 1), (2, 0)], True)
        """
        nodes, size, made = list(self.nodes), self.size, {}
        for leaf in leaves:
            level, index, value = 0, size, leaf_hash(leaf)
            while index % 2:  # each trailing 1 of the size is a complete subtree to be joined
                value = node_hash(nodes.pop(), value)
                level, index = level + 1, index // 2
                made[level, index] = value
            nodes.append(value)
            size += 1
        return Frontier(size, tuple(nodes)), made

    @staticmethod
    def places(size: int) -> list[tuple[int, int]]:
        """Where the nodes of the frontier of `size` leaves stand, the largest first, as (level, index).

        >>> Frontier.places(6), Frontier.places(0)
        ([(2, 0), (1, 2)], [])
        """
        return [(level, (size >> level) - 1) for level in reversed(range(size.bit_length())) if size >> level & 1]

    def root(self) -> bytes:
        """The root of the leaves so far."""
        if not self.nodes:
            return EMPTY
        value = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            value = node_hash(node, value)
        return value


def root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree head of `leaves` (RFC 9162 section 2.1.1).

    >>> root([]) == EMPTY
    True
    """
    return Frontier().grow(leaves)[0].root()


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `leaf` is number `index` (from 0) of the `size` leaves under `root` (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, value = index, size - 1, leaf_hash(leaf)
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            value = node_hash(step, value)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            value = node_hash(value, step)
        place, last = place >> 1, last >> 1
    return last == 0 and value == root


def verify_consistency(old: int, size: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the board of `old` leaves is the beginning of the board of `size` leaves (RFC 9162 section 2.1.4.2).

    The RFC leaves out two cases that need no proof, answered here: the same size, and a board that was empty.
    """
    if not 0 <= old <= size:
        return False
    if old == size:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, step)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _split(width: int) -> int:
    """The largest power of two smaller than `width` (RFC 9162 section 2.1.1)."""
    return 1 << (width - 1).bit_length() - 1
