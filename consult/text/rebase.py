"""Carrying an amendment to a changed base: cleanly where nothing it touches changed, else only with new consent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from consult.domain.errors import Invalid
from consult.text import tokens
from consult.text.clauses import Document
from consult.text.derive import derive, same_words
from consult.text.footprints import Spot, footprint, meet
from consult.text.operations import Amendment, Delete, DoesNotApply, Insert, Move, Operation, Replace, ReplaceAll
from consult.text.weave import Weave, apply, quoted


class Status(StrEnum):
    """What became of an amendment when its base changed."""

    UNCHANGED = "unchanged"
    CLEAN = "clean"
    CONSENT = "needs consent"
    MADE = "already made"


@dataclass(frozen=True)
class Conflict:
    """Words that the amendment changes and that the new base changed too: as they were, and as they read now."""

    clause: str
    label: str
    was: str
    now: str
    sentence: str


@dataclass(frozen=True)
class Rebased:
    """The amendment on the new base (None when consent is needed or nothing is left to do), and why."""

    status: Status
    amendment: Amendment | None
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = ()


def rebase(amendment: Amendment, old: Document, new: Document) -> Rebased:
    """One amendment carried from one version to the next; use `Rebasing` for many.

    >>> from consult.text.clauses import Clause, Kind
    >>> old = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."),))
    >>> new = Document((Clause("c1", Kind.RESOLVES, "To pay £12.50 an hour."),))
    >>> found = rebase(Amendment("1", old.hash, (Replace("c1", 2, 3, ("£12",), ("£15",)),)), old, new)
    >>> found.status.value, found.conflicts[0].was, found.conflicts[0].now
    ('needs consent', '£12', 'To pay £12.50 an hour')
    """
    return Rebasing(old, new).rebase(amendment)


class Rebasing:
    """The change from one version to the next, against which any number of amendments is rebased."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old = old
        self.new = new
        self.change = derive(old, new)
        self._spots = footprint(old, self.change).spots
        self._by_clause: dict[str, list[Spot]] = {}
        for spot in self._spots:
            self._by_clause.setdefault(spot.clause, []).append(spot)
        self._weave = Weave(old, {"base": "the new version"})
        self._weave.apply("base", self.change)

    def rebase(self, amendment: Amendment) -> Rebased:
        """Clean when no words it touches were changed and it then applies exactly; the mover is told in any case.

        Raises `consult.domain.errors.Invalid` when the amendment was made on another version than the old one.
        """
        if amendment.base != self.old.hash:
            raise Invalid(f"{amendment.called} was made on another version of the text than the one that changed.")
        if self.old.hash == self.new.hash:
            return Rebased(Status.UNCHANGED, amendment)
        if amendment.operations and set(amendment.operations) <= set(self.change):
            return Rebased(Status.MADE, None, notes=("The new version makes this change already.",))
        own = footprint(self.old, amendment.operations)
        conflicts = [*self._conflicts(own.spots, own.whole)]
        refusal = self._weave.refusal(amendment.key, amendment.operations)
        if refusal and not conflicts:
            conflicts.append(Conflict(refusal.clause, self._label(refusal.clause), refusal.words, "", str(refusal)))
        if conflicts:
            return Rebased(Status.CONSENT, None, tuple(conflicts))
        moved = replace(amendment, base=self.new.hash, operations=self._carried(amendment))
        return Rebased(Status.CLEAN, moved, notes=tuple(self._notes(own.spots, moved.operations)))

    def _conflicts(self, spots: Sequence[Spot], whole: bool) -> Iterator[Conflict]:
        """Overlaps, and insertions between the same two words: there the order of the words would be a guess."""
        if whole:
            sentence = (
                "It deletes all the text, and the text has changed: its mover must agree to delete the new words."
            )
            yield Conflict("", "The text", "", "", sentence)
            return
        for spot in spots:
            for other in self._near(spot):
                found = meet(spot, other)
                if found and (found.kind == "overlap" or spot.kind == other.kind == "words"):
                    yield self._conflict(spot)
                    break

    def _near(self, spot: Spot) -> list[Spot]:
        return [*self._by_clause.get(spot.clause, ()), *(self._by_clause.get(spot.parent, ()) if spot.parent else ())]

    def _conflict(self, spot: Spot) -> Conflict:
        label = self._label(spot.clause)
        if spot.kind == "words":
            was = tokens.joined(self.old.clause(spot.clause).words[spot.start : spot.end])
            gone = spot.clause not in self.new
            now = "" if gone else self._weave.reads_now(spot.clause, spot.start, spot.end)
            what = f"the words ‘{quoted(was)}’ that it changes" if was else "the place where it inserts words"
        else:
            was = self.old.clause(spot.clause).text if spot.clause in self.old else ""
            now = self.new.clause(spot.clause).text if spot.clause in self.new else ""
            what = f"the clause ‘{quoted(was)}’"
        state = f"now read ‘{quoted(now)}’" if now else "are no longer in the text"
        sentence = f"In {label}, {what} {state}." if spot.kind == "words" else f"{label}: {what} has changed."
        return Conflict(spot.clause, label, was, now, sentence)

    def _label(self, clause_id: str) -> str:
        return self.old.labels.get(clause_id, clause_id or "The text")

    def _carried(self, amendment: Amendment) -> tuple[Operation, ...]:
        """The same operations at their new places; derived anew where a place itself is gone."""
        weave = Weave(self.old)
        weave.apply("base", self.change)
        weave.apply(amendment.key, amendment.operations)
        result = weave.document()
        shifted = tuple(self._shifted(operation) for operation in amendment.operations)
        try:
            if same_words(apply(self.new, shifted), result):
                return shifted
        except DoesNotApply:
            pass
        return derive(self.new, result)

    def _shifted(self, operation: Operation) -> Operation:
        if isinstance(operation, Replace):
            shift = sum(
                len(change.new) - len(change.old)
                for change in self.change
                if isinstance(change, Replace) and change.clause == operation.clause and change.end <= operation.start
            )
            return replace(operation, start=operation.start + shift, end=operation.end + shift)
        if isinstance(operation, Insert | Move):
            return replace(operation, after=self._anchor(operation.after))
        return operation

    def _anchor(self, after: str) -> str:
        """The clause, or the nearest one before it that the new version still has."""
        place = self.old.index.get(after, -1)
        while place >= 0 and self.old.clauses[place].id not in self.new:
            place -= 1
        return self.old.clauses[place].id if place >= 0 else (after if after not in self.old else "")

    def _notes(self, spots: Sequence[Spot], operations: Sequence[Operation]) -> Iterator[str]:
        """What the mover is told although no word of theirs changed."""
        for spot in spots:
            if any((found := meet(spot, other)) and found.kind == "same point" for other in self._near(spot)):
                yield f"The text around {self._label(spot.clause)} has changed; the new clause comes after it."
            if spot.kind in ("gap", "items") and spot.clause in self.old and spot.clause not in self.new:
                yield f"{self._label(spot.clause)}, after which it inserts, was deleted; its clause keeps that place."
        if any(isinstance(operation, Replace | Delete | ReplaceAll) for operation in operations):
            yield "Labels and line numbers may have changed; the words have not."


def consented(amendment: Amendment, new: Document, edited: Document) -> Amendment:
    """The amendment in the words its mover agreed to on the new base: the text as they would now have it read."""
    return replace(amendment, base=new.hash, operations=derive(new, edited))
