"""What the order of votes changes: for each related pair of amendments whether it matters which is put first, and how.

Amendments between which there is no relation give the same text in either order. So two orders that keep every related
pair the same way round lead to the same text whatever is carried, and to know what the order decides it is enough to
look at the pairs: their number grows with the relations, never with the combinations of outcomes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from consult.text.clauses import Document
from consult.text.footprints import footprint
from consult.text.operations import Amendment, DoesNotApply, Insert, Move, Operation, ReplaceAll
from consult.text.weave import Weave


class Matter(StrEnum):
    """What the order of two amendments decides if both are carried; otherwise their order decides nothing."""

    ONE_STANDS = "one stands"
    FIRST_LEADS = "first leads"
    SECOND_LEADS = "second leads"
    WORDS = "order of words"
    SAME = "same change"
    NOTHING = "nothing"


def matter(base: Document, one: Amendment, two: Amendment, *, identical: bool | None = None) -> Matter:
    """What the order of two amendments of one base decides; `identical` is whether they make the same change, if known.

    "one stands": the one put first stands, the other falls. "first leads" and "second leads": both stand if that one is
    put first; the other way round it falls. "order of words": both stand, what they insert in the order of the votes.
    "same change": the text is the same, and the one put second has nothing left to do. "nothing": none of these.

    >>> from consult.text.clauses import Clause, Kind
    >>> from consult.text.operations import Replace
    >>> base = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."),))
    >>> made = [Amendment(str(n), base.hash, (Replace("c1", 2, 3, ("£12",), (f"£{n}",)),)) for n in (15, 20)]
    >>> matter(base, *made).value
    'one stands'
    """
    if identical is None:
        identical = footprint(base, one.operations).effect == footprint(base, two.operations).effect
    if identical:
        return Matter.SAME
    forwards, second = _both(base, one, two)
    backwards, first = _both(base, two, one)
    if second and first:
        return Matter.NOTHING if forwards == backwards else Matter.WORDS
    if second:
        return Matter.FIRST_LEADS
    return Matter.SECOND_LEADS if first else Matter.ONE_STANDS


def _both(base: Document, earlier: Amendment, later: Amendment) -> tuple[Document | None, bool]:
    """The text after both in this order, and whether the later one still applies."""
    weave = Weave(base)
    try:
        weave.apply(earlier.key, earlier.operations)
        weave.apply(later.key, later.operations)
    except DoesNotApply:
        return None, False
    return weave.document(), True


def emptied_together(base: Document, amendments: Iterable[Amendment]) -> tuple[tuple[str, ...], ...]:
    """Three or more amendments that only delete words of one clause and together would leave nothing of it.

    No two of them are related, and yet the last one put would fall: the one case that pairs do not show.
    """
    found: dict[str, list[tuple[str, int]]] = {}
    for amendment in amendments:
        for clause, kept, total in footprint(base, amendment.operations).thinned:
            found.setdefault(clause, []).append((amendment.key, total - kept))
    return tuple(
        tuple(key for key, _ in own)
        for clause, own in found.items()
        if len(own) > 2 and sum(gone for _, gone in own) >= len(base.clause(clause).words)
    )


# -- where and how far amendments reach --------------------------------------------------------------------------------


def place(document: Document, operations: Sequence[Operation]) -> tuple[int, int]:
    """(clause, word) of the first thing that is touched; delete-all-and-insert comes before everything."""
    return min((_touch(document, operation) for operation in operations), default=(0, 0))


def _touch(document: Document, operation: Operation) -> tuple[int, int]:
    if isinstance(operation, ReplaceAll):
        return (-1, 0)
    if isinstance(operation, Insert):
        return (document.index.get(operation.after, -1), 1_000_000)
    if isinstance(operation, Move):
        return (document.index.get(operation.clause, -1), 0)
    return (document.index.get(operation.clause, -1), getattr(operation, "start", 0))


def furthest_first(keys: Sequence[str], pairs: Iterable[tuple[str, str]], reach: dict[str, int]) -> list[str]:
    """The keys (given by clause) with alternatives together where the first of them stands, the furthest-reaching first.

    `pairs` are alternatives, `reach` how many words each takes out and puts in.

    >>> furthest_first(["a", "b", "c"], [("a", "c")], {"a": 2, "b": 9, "c": 30})
    ['c', 'a', 'b']
    """
    together: dict[str, list[str]] = {key: [key] for key in keys}
    for one, two in pairs:
        if one in together and two in together and together[one] is not together[two]:
            together[one].extend(together[two])
            for key in together[two]:
                together[key] = together[one]
    placed: dict[str, None] = {}
    rank = {key: number for number, key in enumerate(keys)}
    for key in keys:
        if key not in placed:
            for member in sorted(together[key], key=lambda own: (-reach.get(own, 0), rank[own])):
                placed.setdefault(member)
    return list(placed)
