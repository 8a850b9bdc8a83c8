"""One clause while amendments are applied to it: each base word kept or deleted, each new run, and by which one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from consult.text import tokens
from consult.text.clauses import Clause, Kind, Mark


class Run(NamedTuple):
    """New words of one amendment; `authors` says who wrote each word where it was not that amendment."""

    key: str
    words: tuple[str, ...]
    authors: tuple[str, ...] = ()


class Piece(NamedTuple):
    """Words of a clause with one fate: "keep", "insert" or "delete", and the amendment that inserted or deleted them.

    `authors` names, word by word, the amendment that wrote each ("" for the words of the base).
    """

    state: str
    words: tuple[str, ...]
    key: str
    authors: tuple[str, ...]


@dataclass
class Thread:
    """A clause of the base, or one inserted, and all that was done to it, by position between its first words."""

    clause: Clause
    authors: tuple[str, ...]
    inserted_by: str = ""
    deleted_by: str = ""
    moved_by: str = ""
    kind: Kind | None = None
    #: base word → the amendment that deleted it
    gone: dict[int, str] = field(default_factory=dict)
    #: place between words → runs inserted there, in voted order
    before: dict[int, tuple[Run, ...]] = field(default_factory=dict)
    #: last word of a replaced range → what stands instead
    instead: dict[int, Run] = field(default_factory=dict)
    #: the ranges that operations deleted, whole
    cuts: tuple[tuple[int, int], ...] = ()
    #: the clause as it stands, once it was asked for
    _now: Clause | None = field(default=None, repr=False, compare=False)

    def copy(self) -> Thread:
        """The same again, to be changed without changing this one."""
        return Thread(
            self.clause, self.authors, self.inserted_by, self.deleted_by, self.moved_by, self.kind,
            dict(self.gone), dict(self.before), dict(self.instead), self.cuts,
        )  # fmt: skip

    @property
    def changed(self) -> bool:
        """Whether any word was deleted or inserted."""
        return bool(self.gone or self.before)

    @property
    def alive(self) -> bool:
        """Whether a reader of the text as it stands would see the clause."""
        return not self.deleted_by and (len(self.gone) < len(self.clause.words) or bool(self.before or self.instead))

    def blocker(self, start: int, end: int) -> str:
        """The amendment that changed something within the words [start, end), or around an empty range; "" for none."""
        for place in range(start, end):
            if place in self.gone:
                return self.gone[place]
            if place > start and place in self.before:
                return self.before[place][0].key
        if start == end:
            for low, high in self.cuts:
                if low < start < high:
                    return self.gone[low]
        return ""

    def replace(self, start: int, end: int, run: Run) -> None:
        """Words [start, end) go and the run stands in their place."""
        self._now = None
        if start == end:
            self.before[start] = (*self.before.get(start, ()), run)
            return
        for place in range(start, end):
            self.gone[place] = run.key
        self.cuts = (*self.cuts, (start, end))
        if run.words:
            self.instead[end - 1] = run

    def pieces(self) -> Iterator[Piece]:
        """The clause in order, as runs of words with one fate."""
        own = self.clause.words
        breaks = sorted({0, len(own), *self.before, *(place + 1 for place in self.instead), *self._edges()})
        for low, high in zip(breaks, [*breaks[1:], len(own)], strict=True):
            for run in self.before.get(low, ()):
                yield Piece("insert", run.words, run.key, run.authors or (run.key,) * len(run.words))
            if low == high:
                continue
            key = self.deleted_by or self.gone.get(low, "")
            if key:
                yield Piece("delete", own[low:high], key, self.authors[low:high])
            else:
                state = "insert" if self.inserted_by else "keep"
                yield Piece(state, own[low:high], self.inserted_by, self.authors[low:high])
            if high - 1 in self.instead:
                run = self.instead[high - 1]
                yield Piece("insert", run.words, run.key, run.authors or (run.key,) * len(run.words))

    def _edges(self) -> Iterator[int]:
        for low, high in self.cuts:
            yield low
            yield high

    def words(self) -> tuple[str, ...]:
        """The words as they stand now."""
        if not self.changed:
            return self.clause.words
        return tuple(word for piece in self.pieces() if piece.state != "delete" for word in piece.words)

    def written(self) -> tuple[str, ...]:
        """Who wrote each of the words as they stand now."""
        return tuple(author for piece in self.pieces() if piece.state != "delete" for author in piece.authors)

    def as_clause(self) -> Clause:
        """The clause as it stands now, its marks carried with the words they were on."""
        kind = self.kind or self.clause.kind
        if self._now is None or self._now.kind is not kind:
            self._now = self._made(kind)
        return self._now

    def _made(self, kind: Kind) -> Clause:
        own = self.clause
        if self.changed:
            return Clause(own.id, kind, tokens.joined(self.words()), self._marks() if own.marks else ())
        return own if kind is own.kind else Clause(own.id, kind, own.text, own.marks)

    def _marks(self) -> tuple[Mark, ...]:
        places: dict[int, int] = {}
        total = 0
        for number in range(len(self.clause.words)):
            total += sum(len(run.words) for run in self.before.get(number, ()))
            if number not in self.gone:
                places[number] = total
                total += 1
            if number in self.instead:
                total += len(self.instead[number].words)
        found = []
        for mark in self.clause.marks:
            live = [places[number] for number in range(mark.start, mark.end) if number in places]
            if live:
                found.append(Mark(mark.kind, live[0], live[-1] + 1, mark.href))
        return tuple(found)


def plain_authors(words: Sequence[str], author: str) -> tuple[str, ...]:
    """One author for every word."""
    return (author,) * len(words)
