"""Made-up motions and edits of them, for the tests of the text engine."""

from __future__ import annotations

from hypothesis import strategies as st

from consult.domain.errors import Invalid
from consult.text.clauses import Clause, Document, Kind
from consult.text.derive import derive
from consult.text.operations import Amendment

#: Words chosen to repeat, to collide and to carry every kind of spacing.
VOCABULARY = [
    "pay", "rent", "the", "the", "council", "£12", "£12.50", "75%", "2026–27", "co-operative", "and/or", "fair—and",
    "(now)", "“fair”", "'so'", ",", ".", "(", ")", "cafe\u0301s", "🎉", "👩‍👩‍👧", "member(s)", "—", "1.", "(a)",
    "Notes:",
]  # fmt: skip
BODY = [Kind.NOTES, Kind.BELIEVES, Kind.RESOLVES, Kind.PARAGRAPH, Kind.RATIONALE]

texts = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=10).map(" ".join)


def motion(*lines: str | tuple[str, str]) -> Document:
    """A document of clauses c1, c2 …: a plain line is a Resolves, a pair is (kind, text)."""
    pairs = [("resolves", line) if isinstance(line, str) else line for line in lines]
    return Document(tuple(Clause(f"c{place}", Kind(kind), text) for place, (kind, text) in enumerate(pairs, start=1)))


def edited(base: Document, **texts: str) -> Document:
    """The base with other texts for some clauses; an empty text deletes the clause."""
    return Document(
        tuple(
            Clause(
                clause.id, clause.kind, texts.get(clause.id, clause.text), () if clause.id in texts else clause.marks
            )
            for clause in base.clauses
            if texts.get(clause.id, "kept")
        )
    )


def with_clause(base: Document, after: str, clause: Clause) -> Document:
    """The base with one more clause."""
    place = base.index[after] + 1 if after else 0
    return Document((*base.clauses[:place], clause, *base.clauses[place:]))


def amendment(key: str, base: Document, result: Document, parent: str = "") -> Amendment:
    """The amendment that makes the result of the base."""
    return Amendment(key, base.hash, derive(base, result), parent)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A heading and up to seven clauses with their items."""
    clauses = [Clause("h", Kind.HEADING, draw(texts))]
    for place in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from([*BODY, Kind.ITEM, Kind.ITEM, Kind.ITEM]))
        if kind is Kind.ITEM and len(clauses) == 1:
            kind = Kind.RESOLVES
        clauses.append(Clause(f"c{place}", kind, draw(texts)))
    return Document(tuple(clauses))


@st.composite
def edits(draw: st.DrawFn, base: Document, prefix: str) -> Document:
    """The document after up to four changes of words, clauses, places and kinds; new clauses are prefix1, prefix2 …"""
    clauses = list(base.clauses)
    for number in range(draw(st.integers(1, 4))):
        changed = list(clauses)
        _change(draw, changed, f"{prefix}{number}")
        try:
            Document(tuple(changed))
        except Invalid:  # an item under nothing: not an edit that a form would accept
            continue
        clauses = changed
    return Document(tuple(clauses))


def _change(draw: st.DrawFn, clauses: list[Clause], new: str) -> None:
    act = draw(st.sampled_from(["words", "words", "words", "insert", "delete", "move", "kind"]))
    place = draw(st.integers(0, max(0, len(clauses) - 1)))
    if act == "insert" or not clauses:
        clauses.insert(place, Clause(new, draw(st.sampled_from([*BODY, Kind.ITEM])), draw(texts)))
    elif act == "delete":
        clauses.pop(place)
    elif act == "move":
        clauses.insert(draw(st.integers(0, len(clauses) - 1)), clauses.pop(place))
    elif act == "kind":
        own = clauses[place]
        clauses[place] = Clause(own.id, draw(st.sampled_from([*BODY, Kind.ITEM])), own.text)
    else:
        own = clauses[place]
        words = own.text.split(" ")
        start = draw(st.integers(0, len(words)))
        words[start : start + draw(st.integers(0, 3))] = draw(st.lists(st.sampled_from(VOCABULARY), max_size=3))
        if words:
            clauses[place] = Clause(own.id, own.kind, " ".join(words))
