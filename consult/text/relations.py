"""How the amendments of one base stand to each other, over ranges of words, kept up to date one amendment at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from consult.domain.errors import Invalid
from consult.text import tokens
from consult.text.clauses import Document
from consult.text.footprints import Footprint, Meeting, Spot, footprint, meet
from consult.text.operations import Amendment
from consult.text.weave import apply, quoted


class Relating(StrEnum):
    """The relations other than independent; two amendments between which none is listed are independent."""

    SAME_POINT = "same point"
    OVERLAP = "overlap"
    IDENTICAL = "identical"
    CONTAINS = "contains"
    DEPENDS = "depends on"


INDEPENDENT = "independent"


class Relation(NamedTuple):
    """`first` relates to `second`; for "contains" and "depends on" the order matters, else `first` was added earlier.

    `spots` are what `first` touches where they meet.
    """

    kind: Relating
    first: str
    second: str
    spots: tuple[Spot, ...] = ()

    def other(self, key: str) -> str:
        """The other amendment's key."""
        return self.second if key == self.first else self.first


class RelationIndex:
    """The relations among amendments of one base, and amendments to them; adding one looks only at its neighbours.

    >>> from consult.text.clauses import Clause, Kind
    >>> from consult.text.operations import Replace
    >>> base = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."),))
    >>> index = RelationIndex(base)
    >>> index.add(Amendment("1", base.hash, (Replace("c1", 2, 3, ("£12",), ("£15",)),)))
    ()
    >>> index.add(Amendment("2", base.hash, (Replace("c1", 2, 3, ("£12",), ("£20",)),)))[0].kind
    <Relating.OVERLAP: 'overlap'>
    """

    def __init__(self, base: Document) -> None:
        self.base = base
        self._amendments: dict[str, Amendment] = {}
        self._prints: dict[str, Footprint] = {}
        self._ranks: dict[str, int] = {}
        self._added = 0
        self._relations: dict[str, dict[str, Relation]] = {}
        self._buckets: dict[tuple[object, ...], set[str]] = {}
        self._children: dict[str, RelationIndex] = {}
        self._parent: dict[str, str] = {}

    def add(self, amendment: Amendment) -> tuple[Relation, ...]:
        """Add an amendment and return its relations to those already there.

        Raises `consult.domain.errors.Invalid` when the key is known, the base is another or an amendment to an
        amendment has no parent here or a parent that amends an amendment itself.
        """
        key = amendment.key
        if key in self._prints or key in self._parent:
            raise Invalid(f"There is an amendment {key} already.")
        if amendment.parent:
            return self._add_child(amendment)
        if amendment.base != self.base.hash:
            raise Invalid(f"{amendment.called.capitalize()} was made on another version of the text.")
        own = footprint(self.base, amendment.operations)
        found = [
            relation
            for other in self._neighbours(own)
            if (relation := self._relate(other, self._prints[other], key, own)) is not None
        ]
        self._amendments[key] = amendment
        self._prints[key] = own
        self._ranks[key] = self._added
        self._added += 1
        self._relations[key] = {}
        for relation in found:
            self._relations[key][relation.other(key)] = relation
            self._relations[relation.other(key)][key] = relation
        for bucket in set(self._own_buckets(own)):
            self._buckets.setdefault(bucket, set()).add(key)
        return tuple(found)

    def remove(self, key: str) -> None:
        """Take an amendment out again, with those that amend it."""
        if key in self._parent:
            self._children[self._parent.pop(key)].remove(key)
            return
        own = self._prints.pop(key)
        for bucket in set(self._own_buckets(own)):
            self._buckets[bucket].discard(key)
        for other in self._relations.pop(key):
            del self._relations[other][key]
        del self._amendments[key], self._ranks[key]
        child = self._children.pop(key, None)
        for name in child._prints if child else ():
            del self._parent[name]

    def of(self, key: str) -> tuple[Relation, ...]:
        """The relations of one amendment, by the other's key."""
        if key not in self._prints and key not in self._parent:
            raise Invalid(f"There is no amendment {key} here.")
        if key in self._parent:
            parent = self._parent[key]
            return (Relation(Relating.DEPENDS, key, parent), *self._children[parent].of(key))
        own = self._relations[key]
        child = self._children.get(key)
        children = [Relation(Relating.DEPENDS, name, key) for name in child._prints] if child else []
        return (*(own[other] for other in sorted(own)), *children)

    def between(self, one: str, two: str) -> str:
        """The relation of two amendments, "independent" when there is none."""
        return next((relation.kind.value for relation in self.of(one) if relation.other(one) == two), INDEPENDENT)

    def all(self) -> Iterator[Relation]:
        """Every relation once."""
        for key, own in self._relations.items():
            yield from (relation for relation in own.values() if relation.second == key)
        for parent, child in self._children.items():
            yield from (Relation(Relating.DEPENDS, name, parent) for name in child._prints)
            yield from child.all()

    def _add_child(self, amendment: Amendment) -> tuple[Relation, ...]:
        parent = self._amendments.get(amendment.parent)
        if parent is None:
            nested = amendment.parent in self._parent
            why = "itself amends an amendment: that is one level too many" if nested else "is not here"
            raise Invalid(f"{amendment.called.capitalize()} amends amendment {amendment.parent}, which {why}.")
        if parent.key not in self._children:
            self._children[parent.key] = RelationIndex(apply(self.base, parent.operations, parent.key))
        alone = Amendment(amendment.key, amendment.base, amendment.operations, "", amendment.name)
        found = self._children[parent.key].add(alone)
        self._parent[amendment.key] = parent.key
        return (Relation(Relating.DEPENDS, amendment.key, parent.key), *found)

    def _relate(self, first: str, one: Footprint, second: str, two: Footprint) -> Relation | None:
        """The relation of an earlier amendment to a later one."""
        if one.digest == two.digest and one.effect == two.effect:
            return Relation(Relating.IDENTICAL, first, second, one.spots)
        if one.inserts & two.needs:
            return Relation(Relating.DEPENDS, second, first)
        if two.inserts & one.needs:
            return Relation(Relating.DEPENDS, first, second)
        return _meeting(first, one, second, two)

    def _neighbours(self, own: Footprint) -> list[str]:
        """The amendments that may meet this one, in the order they were added."""
        if own.whole:
            return list(self._prints)
        found: set[str] = set(self._buckets.get(("whole",), ()))
        for bucket in set(self._sought(own)):
            found |= self._buckets.get(bucket, set())
        return sorted(found, key=self._ranks.__getitem__)

    def _own_buckets(self, own: Footprint) -> Iterator[tuple[object, ...]]:
        """Where this amendment is found by others."""
        if own.whole:
            yield ("whole",)
        for clause, _, _ in own.thinned:
            yield ("thinned", clause)
        for clause in own.inserts:
            yield ("inserts", clause)
        for clause in own.needs:
            yield ("needs", clause)
        for spot in own.spots:
            yield (spot.kind, spot.clause)
            if spot.kind == "words":
                yield from (("word", spot.clause, place) for place in range(spot.start, spot.end))
                yield from (("place", spot.clause, spot.start) for _ in range(spot.start == spot.end))
            if spot.kind == "items":
                yield ("parent", spot.parent)

    def _sought(self, own: Footprint) -> Iterator[tuple[object, ...]]:
        """Where its neighbours are."""
        for clause, _, _ in own.thinned:
            yield ("thinned", clause)
        for clause in own.inserts:
            yield ("needs", clause)
        for clause in own.needs:
            yield ("inserts", clause)
        for spot in own.spots:
            yield from _sought_from(spot)


def _meeting(first: str, one: Footprint, second: str, two: Footprint) -> Relation | None:
    """The relation that follows from where two footprints meet."""
    if len(one.spots) == 1 and len(two.spots) == 1 and not (one.whole or two.whole or one.thinned):
        return _single(first, one.spots, second, meet(one.spots[0], two.spots[0]))
    pairs = [
        (spot, other, found)
        for spot in one.spots
        for other in two.spots
        if (found := meet(spot, other) or _all_meets(one, spot, two, other)) is not None
    ]
    overlap = any(found[0] == "overlap" for _, _, found in pairs) or _together_empty(one, two)
    if not pairs and not overlap:
        return None
    spots = tuple(dict.fromkeys(spot for spot, _, _ in pairs))
    if not overlap:
        return Relation(Relating.SAME_POINT, first, second, spots)
    covers_two = len({other for _, other, found in pairs if found[1]}) == len(set(two.spots))
    covers_one = len({spot for spot, _, found in pairs if found[2]}) == len(set(one.spots))
    if covers_two == covers_one:
        return Relation(Relating.OVERLAP, first, second, spots)
    if covers_two:
        return Relation(Relating.CONTAINS, first, second, spots)
    return Relation(Relating.CONTAINS, second, first, spots)


def _single(first: str, spots: tuple[Spot, ...], second: str, found: Meeting | None) -> Relation | None:
    """The same where each touches one thing only, as most amendments do."""
    if found is None:
        return None
    kind, covers_two, covers_one = found
    if kind == "same point":
        return Relation(Relating.SAME_POINT, first, second, spots)
    if covers_two == covers_one:
        return Relation(Relating.OVERLAP, first, second, spots)
    return Relation(Relating.CONTAINS, *((first, second) if covers_two else (second, first)), spots)


def _sought_from(spot: Spot) -> Iterator[tuple[object, ...]]:
    kind, clause = spot.kind, spot.clause
    if kind == "words":
        yield ("clause", clause)
        if spot.start == spot.end:
            yield ("place", clause, spot.start)
            yield ("word", clause, spot.start)
        else:
            yield from (("word", clause, place) for place in range(spot.start, spot.end))
            yield from (("place", clause, place) for place in range(spot.start + 1, spot.end))
    elif kind == "clause":
        yield from ((other, clause) for other in ("words", "clause", "position", "parent"))
    elif kind == "position":
        yield from ((other, clause) for other in ("clause", "position", "gap", "items", "parent"))
    elif kind == "gap":
        yield from ((other, clause) for other in ("gap", "position"))
    else:
        yield from (("items", clause), ("position", clause), ("position", spot.parent), ("clause", spot.parent))


def _all_meets(one: Footprint, spot: Spot, two: Footprint, other: Spot) -> tuple[str, bool, bool] | None:
    """Delete-all-and-insert meets whatever stands in the body, and covers it."""
    if one.whole and other.body:
        return ("overlap", True, two.whole)
    if two.whole and spot.body:
        return ("overlap", one.whole, True)
    return None


def _together_empty(one: Footprint, two: Footprint) -> bool:
    """Whether two amendments that only delete would leave nothing of a clause."""
    left = {clause: kept for clause, kept, _ in one.thinned}
    return any(clause in left and left[clause] + kept <= total for clause, kept, total in two.thinned)


def relations(base: Document, amendments: Iterable[Amendment]) -> tuple[Relation, ...]:
    """Every relation among amendments of one base."""
    index = RelationIndex(base)
    return tuple(relation for amendment in amendments for relation in index.add(amendment))


def sentence(relation: Relation, base: Document, names: dict[str, str] | None = None) -> str:
    """The relation for people: what both touch, and what follows."""
    first, second = ((names or {}).get(key, f"amendment {key}") for key in (relation.first, relation.second))
    where = _where(relation, base)
    found = {
        Relating.SAME_POINT: f"{first} and {second} insert at the same place{where}: the order of voting decides.",
        Relating.OVERLAP: f"{first} and {second} change the same words{where}: they are alternatives.",
        Relating.IDENTICAL: f"{first} and {second} make the same change{where}: one vote decides both.",
        Relating.CONTAINS: f"{first} covers all that {second} changes{where}: if it is carried, {second} falls.",
        Relating.DEPENDS: f"{first} amends words of {second}: if {second} is lost, {first} falls.",
    }[relation.kind]
    return found[0].upper() + found[1:]


def _where(relation: Relation, base: Document) -> str:
    spot = next((spot for spot in relation.spots if spot.clause in base), None)
    if spot is None:
        return ""
    words = tokens.joined(base.clause(spot.clause).words[spot.start : spot.end]) if spot.kind == "words" else ""
    return f" of {base.labels[spot.clause]}" + (f" (‘{quoted(words)}’)" if words else "")
