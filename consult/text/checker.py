"""What is wrong with an amendment, told to its mover before the deadline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from consult.text import tokens
from consult.text.clauses import Document, Kind, folded, word_count
from consult.text.derive import added
from consult.text.footprints import footprint
from consult.text.opcodes import changes
from consult.text.operations import (
    Amendment,
    Delete,
    Insert,
    Move,
    Operation,
    Replace,
    ReplaceAll,
    Retitle,
)
from consult.text.weave import apply


class Code(StrEnum):
    """What was found."""

    NOTHING = "does nothing"
    RATIONALE = "rationale only"
    SPELLING = "punctuation or capitals only"
    OVER_LIMIT = "over the limit"
    TOO_LONG = "makes the text too long"
    NEGATIVE = "direct negative"
    SAME = "same words as another"
    BUDGET = "over the branch's budget"
    PAST = "past the deadline"


@dataclass(frozen=True)
class Finding:
    """One finding: `bars` when the amendment cannot be in order with it, else a person decides."""

    code: Code
    sentence: str
    bars: bool
    other: str = ""


#: Words that turn a sentence into its opposite when they are put in or taken out.
_NEGATIONS = frozenset(
    ("not", "no", "never", "neither", "nor", "cannot", "without", "against", "oppose", "opposes", "opposed", "reject")
)
#: Pairs of which one replaces the other in a direct negative.
_OPPOSITES = frozenset(
    tuple(pair.split("/"))
    for pair in (
        "support/oppose",
        "supports/opposes",
        "for/against",
        "accept/reject",
        "adopt/reject",
        "approve/reject",
        "endorse/reject",
        "welcome/regret",
        "welcomes/regrets",
        "affiliate/disaffiliate",
        "continue/cease",
        "increase/decrease",
        "always/never",
        "with/without",
    )
)


def check(
    base: Document,
    operations: Sequence[Operation],
    *,
    most_added: int | None = None,
    most_words: int | None = None,
    others: Iterable[Amendment] = (),
) -> tuple[Finding, ...]:
    """All that is found about an amendment to `base`; empty when it is in order as far as its words go.

    `most_added` is the limit of words it may add, `most_words` of the text that would result (without heading and
    rationale), `others` the amendments already made on the same base.

    >>> from consult.text.clauses import Clause
    >>> base = Document((Clause("c1", Kind.RESOLVES, "To support the strike."),))
    >>> [finding.sentence for finding in check(base, [Replace("c1", 1, 2, ("support",), ("oppose",))])]
    ['It only turns the motion into its opposite: vote against the motion instead (a direct negative).']
    """
    if not operations:
        return (Finding(Code.NOTHING, "It changes nothing: every word is as it was.", True),)
    return tuple(_found(base, operations, most_added, most_words, others))


def _found(
    base: Document,
    operations: Sequence[Operation],
    most_added: int | None,
    most_words: int | None,
    others: Iterable[Amendment],
) -> Iterator[Finding]:
    if all(_touches_rationale(base, operation) for operation in operations):
        sentence = "It changes the rationale only, which is not part of the motion and is not voted on."
        yield Finding(Code.RATIONALE, sentence, True)
    if spelling_only(operations):
        sentence = "It changes punctuation or capital letters only: ask the mover for a drafting change instead."
        yield Finding(Code.SPELLING, sentence, False)
    total = added(operations)
    if most_added is not None and total > most_added:
        sentence = f"It adds {total} words and the limit is {most_added}: take out {total - most_added}."
        yield Finding(Code.OVER_LIMIT, sentence, True)
    length = word_count(apply(base, operations)) if most_words is not None else 0
    if most_words is not None and length > most_words:
        sentence = f"The text would have {length} words and the limit is {most_words}: take out {length - most_words}."
        yield Finding(Code.TOO_LONG, sentence, True)
    if direct_negative(base, operations):
        sentence = "It only turns the motion into its opposite: vote against the motion instead (a direct negative)."
        yield Finding(Code.NEGATIVE, sentence, False)
    effect = footprint(base, operations).effect
    for other in others:
        if other.base == base.hash and footprint(base, other.operations).effect == effect:
            yield Finding(Code.SAME, f"It makes the same change as {other.called}.", False, other.key)


def _touches_rationale(base: Document, operation: Operation) -> bool:
    if isinstance(operation, Insert):
        under = operation.after in base and base.kind_of(operation.after) is Kind.RATIONALE
        return all(
            clause.kind is Kind.RATIONALE or (clause.kind is Kind.ITEM and under) for clause in operation.clauses
        )
    if isinstance(operation, ReplaceAll):
        return False
    return base.kind_of(operation.clause) is Kind.RATIONALE and not (isinstance(operation, Move) and operation.kind)


def spelling_only(operations: Sequence[Operation]) -> bool:
    """Whether only punctuation and capital letters change: what a drafting change may do by itself.

    >>> spelling_only([Replace("c1", 0, 1, ("to",), ("To",))]), spelling_only([Replace("c1", 0, 1, ("to",), ("not",))])
    (True, False)
    """
    return bool(operations) and all(_spelling(operation) for operation in operations)


def _spelling(operation: Operation) -> bool:
    if isinstance(operation, Replace):
        return _letters(operation.old) == _letters(operation.new)
    return isinstance(operation, Retitle) and _letters(tokens.words(operation.old)) == _letters(
        tokens.words(operation.new)
    )


def _letters(parts: Sequence[str]) -> str:
    return folded(tokens.bare(word) for word in parts if tokens.counts(word))


def direct_negative(base: Document, operations: Sequence[Operation]) -> bool:
    """Whether the effect is that of voting against: every Resolves (or, without any, every paragraph) goes or is
    turned into its opposite, and nothing else of substance is put in. A person rules on it.

    >>> from consult.text.clauses import Clause
    >>> base = Document((Clause("c1", Kind.RESOLVES, "To act."), Clause("c2", Kind.RESOLVES, "To march.")))
    >>> direct_negative(base, [Delete("c1", "To act."), Delete("c2", "To march.")])
    True
    >>> direct_negative(base, [Delete("c2", "To march.")])
    False
    """
    decisive = _decisive(base)
    opposed: set[str] = set()
    gone: set[str] = set()
    by_clause: dict[str, list[Replace]] = {}
    for operation in operations:
        if isinstance(operation, Replace):
            by_clause.setdefault(operation.clause, []).append(operation)
        elif isinstance(operation, Delete):
            gone.add(operation.clause)
        elif isinstance(operation, Insert | ReplaceAll):
            return False
    opposed = {clause for clause, own in by_clause.items() if _opposed(own)}
    changed = set(by_clause) - opposed
    return bool(decisive) and decisive <= (opposed | gone) and not (changed & decisive)


def _decisive(base: Document) -> set[str]:
    kinds = {clause.kind for clause in base.clauses}
    kind = Kind.RESOLVES if Kind.RESOLVES in kinds else Kind.PARAGRAPH
    return {clause.id for clause in base.clauses if clause.kind is kind}


def _opposed(own: Sequence[Replace]) -> bool:
    """Whether an odd number of negations is put in or taken out, and no other word."""
    turns = 0
    for operation in own:
        old, new = _plain(operation.old), _plain(operation.new)
        if _pair(old, new):
            turns += 1
            continue
        for start, end, new_start, new_end in changes([_stem(word) for word in old], [_stem(word) for word in new]):
            moved = (*old[start:end], *new[new_start:new_end])
            if not all(word in _NEGATIONS or word in ("do", "does", "to") for word in moved):
                return False
            turns += sum(1 for word in moved if word in _NEGATIONS)
    return turns % 2 == 1


def _plain(parts: Sequence[str]) -> list[str]:
    return [tokens.bare(word).casefold() for word in parts if tokens.counts(word)]


def _stem(word: str) -> str:
    """A word without the ending of the third person, so that "calls" and "does not call" differ by the denial alone."""
    return word.removesuffix("s") if len(word) > 3 and word != "does" and not word.endswith("ss") else word


def _pair(old: Sequence[str], new: Sequence[str]) -> bool:
    one, two = " ".join(old), " ".join(new)
    return (one, two) in _OPPOSITES or (two, one) in _OPPOSITES
