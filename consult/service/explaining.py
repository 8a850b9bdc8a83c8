"""The order of votes in sentences: by which rule it was made, and what each pair whose order decides something would be otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from consult.model.amendments import Amendment, AmendmentRelation
from consult.service.consequences import Said
from consult.text.ordering import Matter

_BY_RULE = {
    "committee order": "The rulebook leaves the order of votes to the committee.",
    "by clause": "The rulebook has amendments put by clause: in the order in which they first touch the text.",
    "furthest first": (
        "The rulebook has amendments put by clause, and among amendments to the same words the furthest-reaching first."
    ),
    "order received": "The rulebook has amendments put in the order in which they were received.",
}
_PAIR = {
    Matter.ONE_STANDS: (
        "{first} is put before {second}. They change the same words: if {first} is carried, {second} falls. "
        "Put the other way round, {second} would stand if it were carried, and {first} would fall."
    ),
    Matter.SAME: (
        "{first} is put before {second}. They make the same change: if {first} is carried, {second} has nothing left to "
        "do. The text is the same in either order."
    ),
    Matter.WORDS: (
        "{first} is put before {second}. If both are carried both stand, and what {first} puts in comes first; put the "
        "other way round it would come second."
    ),
}
_BOTH_STAND = (
    "{first} is put before {second}. If both are carried, both stand; put the other way round, {first} would fall if "
    "{second} were carried."
)
_ONE_FALLS = (
    "{first} is put before {second}. If {first} is carried, {second} falls; put the other way round, both could stand."
)


def sentences(
    rule: str, ordered: Sequence[Amendment], pairs: Iterable[AmendmentRelation], standing: Iterable[Said] = ()
) -> list[str]:
    """The explanation of an order: the rule, each pair whose order decides something, the consequences confirmed.

    Its length grows with the pairs that are related, not with the combinations of outcomes.
    """
    rank = {row.id: number for number, row in enumerate(ordered)}
    names = {row.id: row.label for row in ordered}
    said = [_BY_RULE.get(rule, f"The rulebook has amendments put in this order: {rule}.")]
    said += [sentence for _place, sentence in sorted(_pairs(pairs, rank, names))]
    said += [entry.sentence for entry in standing]
    if len(said) == 1 and len(ordered) > 1:
        said.append("No two of the amendments touch the same words, so any order leads to the same text.")
    elif len(ordered) > 1:
        said.append("For every other pair the order decides nothing: whatever is carried, the text is the same.")
    return said


def _pairs(
    pairs: Iterable[AmendmentRelation], rank: dict[int, int], names: dict[int, str]
) -> Iterator[tuple[tuple[int, int], str]]:
    for pair in pairs:
        if pair.amendment_id in rank and pair.other_id in rank:
            first, second = sorted((pair.amendment_id, pair.other_id), key=rank.__getitem__)
            sentence = pair_sentence(pair, names[first], names[second], first)
            if sentence:
                yield (rank[first], rank[second]), sentence


def pair_sentence(pair: AmendmentRelation, first: str, second: str, first_id: int) -> str:
    """What the order of two related amendments decides; "" if nothing. `first` is put before `second`."""
    matter = Matter(pair.matter or "nothing")
    if matter in (Matter.FIRST_LEADS, Matter.SECOND_LEADS):
        leads = pair.amendment_id if matter is Matter.FIRST_LEADS else pair.other_id
        return (_BOTH_STAND if first_id == leads else _ONE_FALLS).format(first=first, second=second)
    return _PAIR[matter].format(first=first, second=second) if matter in _PAIR else ""
