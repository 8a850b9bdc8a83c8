"""Composites: where each clause comes from, what became of every clause of each parent, and the hash that is signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from rapidfuzz.distance import Indel

from consult.domain.errors import Invalid
from consult.text import tokens
from consult.text.canonical import fingerprint
from consult.text.clauses import Clause, Document, Kind
from consult.text.opcodes import changes

FORMAT = "consult-composite-1"
#: The share of words in common from which a clause is suggested as another's source or counterpart.
ALIKE = 0.5


class Source(NamedTuple):
    """A clause of a parent: the parent's key and the clause's id there."""

    parent: str
    clause: str


#: composite clause id → the parents' clauses it was made from
Sources = Mapping[str, tuple[Source, ...]]


class Fate(StrEnum):
    """What became of a clause in the composite."""

    KEPT = "kept"
    ALTERED = "altered"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Origin:
    """Where a clause of the composite comes from; `verbatim` when it has exactly the words of one of its sources."""

    clause: str
    label: str
    sources: tuple[Source, ...]
    verbatim: bool


@dataclass(frozen=True)
class Covered:
    """What became of one clause of a parent: where it went, how many of its words are there, and which are not."""

    source: Source
    label: str
    fate: Fate
    into: tuple[str, ...]
    words: int
    words_kept: int
    dropped: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Row:
    """Clauses of several parents that say much the same, side by side on the workbench."""

    kind: Kind
    members: Mapping[str, str]


def rows(parents: Mapping[str, Document]) -> tuple[Row, ...]:
    """The parents' clauses aligned: each clause once, beside its likest counterparts; the first parent leads.

    >>> one = Document((Clause("a", Kind.RESOLVES, "To pay £12."), Clause("b", Kind.RESOLVES, "To march.")))
    >>> two = Document((Clause("x", Kind.RESOLVES, "To pay £15."),))
    >>> [dict(row.members) for row in rows({"one": one, "two": two})]
    [{'one': 'a', 'two': 'x'}, {'one': 'b'}]
    """
    found: list[tuple[Kind, dict[str, str]]] = []
    for parent, document in parents.items():
        place = -1
        free = set(range(len(found)))
        for clause in document.clauses:
            best = _counterpart(clause, found, free, parents)
            if best is None:
                place += 1
                found.insert(place, (clause.kind, {parent: clause.id}))
                free = {number + (number >= place) for number in free}
            else:
                found[best][1][parent] = clause.id
                free.discard(best)
                place = best
    return tuple(Row(kind, members) for kind, members in found)


def _counterpart(
    clause: Clause, found: list[tuple[Kind, dict[str, str]]], free: set[int], parents: Mapping[str, Document]
) -> int | None:
    best, score = None, ALIKE
    for place in sorted(free):
        kind, members = found[place]
        if kind is not clause.kind:
            continue
        alike = max(_alike(parents[parent].clause(own), clause) for parent, own in members.items())
        if alike > score or (alike == score and best is None):
            best, score = place, alike
    return best


def _alike(one: Clause, two: Clause) -> float:
    if one.text == two.text:
        return 1.0
    return Indel.normalized_similarity(_counted(one), _counted(two), score_cutoff=ALIKE)


def _counted(clause: Clause) -> tuple[str, ...]:
    return tuple(word for word in clause.words if tokens.counts(word)) or clause.words


def trace(composite: Document, parents: Mapping[str, Document]) -> dict[str, tuple[Source, ...]]:
    """Suggested sources of each clause: every parent's clause with the same words, else its likest one.

    >>> parent = Document((Clause("a", Kind.RESOLVES, "To pay every worker £12 an hour."),))
    >>> trace(Document((Clause("c1", Kind.RESOLVES, "To pay every worker £15 an hour."),)), {"7": parent})
    {'c1': (Source(parent='7', clause='a'),)}
    """
    return {
        clause.id: tuple(source for parent in parents for source in _likest(clause, parent, parents[parent]))
        for clause in composite.clauses
    }


def _likest(clause: Clause, parent: str, document: Document) -> Iterator[Source]:
    scored = [(-_alike(own, clause), place) for place, own in enumerate(document.clauses)]
    score, place = min(scored, default=(0.0, 0))
    if -score >= ALIKE:
        yield Source(parent, document.clauses[place].id)


def origins(composite: Document, parents: Mapping[str, Document], sources: Sources) -> tuple[Origin, ...]:
    """The tag of every clause of the composite; a clause without sources is the committee's own words."""
    _check(composite, parents, sources)
    return tuple(
        Origin(
            clause.id,
            composite.labels[clause.id],
            own := tuple(sources.get(clause.id, ())),
            any(parents[source.parent].clause(source.clause).text == clause.text for source in own),
        )
        for clause in composite.clauses
    )


def coverage(
    composite: Document,
    parents: Mapping[str, Document],
    sources: Sources,
    reasons: Mapping[Source, str] | None = None,
) -> dict[str, tuple[Covered, ...]]:
    """What became of every clause of each parent, by the parent's key; `reasons` says why words were dropped."""
    _check(composite, parents, sources)
    into: dict[Source, list[str]] = {}
    for clause in composite.clauses:
        for source in sources.get(clause.id, ()):
            into.setdefault(source, []).append(clause.id)
    return {
        parent: tuple(
            _covered(composite, document, clause, Source(parent, clause.id), into, reasons or {})
            for clause in document.clauses
        )
        for parent, document in parents.items()
    }


def _covered(
    composite: Document,
    document: Document,
    clause: Clause,
    source: Source,
    into: Mapping[Source, list[str]],
    reasons: Mapping[Source, str],
) -> Covered:
    goes = tuple(into.get(source, ()))
    lost = [True] * len(clause.words)
    for target in goes:
        still = [True] * len(clause.words)
        for start, end, _, _ in changes(clause.words, composite.clause(target).words):
            still[start:end] = [False] * (end - start)
        lost = [missing and not kept for missing, kept in zip(lost, still, strict=True)]
    kept = tuple(word for word, missing in zip(clause.words, lost, strict=True) if not missing)
    verbatim = any(composite.clause(target).text == clause.text for target in goes)
    fate = Fate.KEPT if verbatim else (Fate.ALTERED if goes else Fate.DROPPED)
    return Covered(
        source, document.labels[clause.id], fate, goes, tokens.word_total(clause.words), tokens.word_total(kept),
        tuple(_passages(clause, lost)), reasons.get(source, ""),
    )  # fmt: skip


def _passages(clause: Clause, lost: list[bool]) -> Iterator[str]:
    run: list[str] = []
    for word, missing in zip(clause.words, lost, strict=True):
        if missing:
            run.append(word)
        elif run:
            yield tokens.joined(run)
            run = []
    if run:
        yield tokens.joined(run)


def unexplained(covered: Mapping[str, tuple[Covered, ...]]) -> tuple[Covered, ...]:
    """Clauses of which words were dropped without a reason: the composite is not ready to be signed."""
    return tuple(
        entry for own in covered.values() for entry in own if entry.words_kept < entry.words and not entry.reason
    )


def seal(
    composite: Document, parents: Mapping[str, Document], sources: Sources, reasons: Mapping[Source, str] | None = None
) -> str:
    """The SHA-256 that each contributing branch signs: the composite's text, the parents' hashes, sources and reasons.

    Any change of a word, a source or a reason gives another, and every signature must be given again.
    """
    _check(composite, parents, sources)
    data: dict[str, Any] = {
        "format": FORMAT,
        "composite": composite.hash,
        "parents": [[parent, document.hash] for parent, document in sorted(parents.items())],
        "sources": [[clause, [list(source) for source in sources.get(clause, ())]] for clause in composite.ids],
        "reasons": [[*source, reason] for source, reason in sorted((reasons or {}).items())],
    }
    return fingerprint(data)


def _check(composite: Document, parents: Mapping[str, Document], sources: Sources) -> None:
    for clause, own in sources.items():
        if clause not in composite:
            raise Invalid(f"The composite has no clause ‘{clause}’, for which sources are given.")
        for source in own:
            if source.parent not in parents:
                raise Invalid(f"There is no parent ‘{source.parent}’ in this composite.")
            parents[source.parent].clause(source.clause)
