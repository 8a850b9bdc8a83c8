"""The legal rubric of an amendment: one sentence for each operation, with its clause, its line and its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from consult.text import tokens
from consult.text.clauses import Clause, Document, Kind
from consult.text.lines import Line, line_range
from consult.text.lines import lines as numbered
from consult.text.operations import Delete, Insert, Move, Operation, Replace, ReplaceAll, Retitle
from consult.text.weave import apply

#: Deleted words beyond this many are named by their first and last ones.
IN_FULL = 30
ENDS = 4
#: The most words quoted to say where something is inserted.
CONTEXT = 5
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def rubric(base: Document, operations: Sequence[Operation], lines: Sequence[Line] | None = None) -> tuple[str, ...]:
    """The sentences, in the order of the operations; `lines` is the stored list of the base's lines.

    >>> from consult.text.operations import Replace
    >>> base = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."),))
    >>> rubric(base, [Replace("c1", 2, 3, ("£12",), ("£15",))])
    ("In Resolves 1, line 1, delete '£12' and insert '£15'.",)

    Raises `DoesNotApply` when the operations are not of this base.
    """
    return Rubric(base, operations, numbered(base) if lines is None else lines).sentences()


class Rubric:
    """What the sentences of one amendment need to know."""

    def __init__(self, base: Document, operations: Sequence[Operation], lines: Sequence[Line]) -> None:
        self.base = base
        self.operations = operations
        self.lines = lines
        self.result = apply(base, operations)
        self.old = base.labels
        self.new = self.result.labels
        self.moved = {operation.clause for operation in operations if isinstance(operation, Move)}

    def sentences(self) -> tuple[str, ...]:
        """One for each operation, but a clause and its items move in one sentence."""
        return tuple(sentence for operation in self.operations for sentence in self._sentence(operation))

    def _sentence(self, operation: Operation) -> Iterator[str]:
        if isinstance(operation, Replace):
            yield self._replace(operation)
        elif isinstance(operation, Retitle):
            where = self._where(operation.clause)
            yield f"In {where}, delete '{operation.old}' and insert '{operation.new}'."
        elif isinstance(operation, Delete):
            yield f"Delete {self._where(operation.clause)}."
        elif isinstance(operation, Insert):
            yield f"{self._after(operation.after)} insert {self._clauses(operation.clauses)}"
        elif isinstance(operation, Move):
            if not self._goes_along(operation.clause):
                yield self._move(operation)
        else:
            yield self._replace_all(operation)

    def _replace(self, operation: Replace) -> str:
        own = self.base.clause(operation.clause).words
        start, end = operation.start, operation.end
        where = f"In {self._where(operation.clause, start, end)}"
        new = tokens.joined(operation.new)
        if start == end:
            return f"{where}, {_place(own, start)} insert '{new}'."
        if (start, end) == (0, len(own)):
            return f"{where}, delete all the words and insert '{new}'."
        gone = _gone(own, start, end)
        return f"{where}, delete {gone} and insert '{new}'." if new else f"{where}, delete {gone}."

    def _move(self, operation: Move) -> str:
        items = any(self._goes_along(name) and self.base.parents.get(name) == operation.clause for name in self.moved)
        kind = f", as {self.new[operation.clause]}" if operation.kind else ""
        place = self._after(operation.after).rstrip(",").removeprefix("At ")
        along = " with its items," if items else ""
        return f"Move {self._where(operation.clause)},{along} to {place[0].lower()}{place[1:]}{kind}."

    def _goes_along(self, clause_id: str) -> bool:
        """Whether an item moves only because its clause does."""
        parent = self.base.parents.get(clause_id)
        return parent is not None and parent in self.moved and self.result.parents.get(clause_id) == parent

    def _replace_all(self, operation: ReplaceAll) -> str:
        first = line_range(self.lines, self.base, operation.old[0][0], 0, 1)[0]
        last_id, last_text = operation.old[-1]
        total = len(tokens.words(last_text))
        last = line_range(self.lines, self.base, last_id, total - 1, total)[1]
        start = "after the heading" if self.base.clauses[0].kind is Kind.HEADING else "the words"
        return f"Delete all {start}, {_lines(first, last)}, and insert {self._clauses(operation.clauses)}"

    def _where(self, clause_id: str, start: int = 0, end: int = -1) -> str:
        total = len(self.base.clause(clause_id).words)
        first, last = line_range(self.lines, self.base, clause_id, start, total if end < 0 else end)
        label = self.old[clause_id]
        return f"{'the heading' if label == 'Heading' else label}, {_lines(first, last)}"

    def _after(self, clause_id: str) -> str:
        if not clause_id:
            return "At the beginning"
        if clause_id in self.base:
            total = len(self.base.clause(clause_id).words)
            line = line_range(self.lines, self.base, clause_id, total, total)[1]
            label = self.old[clause_id]
            return f"After {'the heading' if label == 'Heading' else label}, line {line},"
        return f"After the new {self.new.get(clause_id, 'clause')}"

    def _clauses(self, clauses: Sequence[Clause]) -> str:
        quoted = [f"{self.new.get(clause.id, clause.kind.value)}: '{clause.text}'" for clause in clauses]
        return f"a new {quoted[0]}." if len(quoted) == 1 else f"new clauses, {'; '.join(quoted)}."


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _place(own: Sequence[str], place: int) -> str:
    """Where words are inserted: after words that occur once in the clause, or after the n-th of them."""
    if place == 0:
        return "at the beginning"
    if place == len(own):
        return "at the end"
    size = 1
    while size < min(CONTEXT, place):
        phrase = own[place - size : place]
        if tokens.counts(phrase[0]) and len(_occurrences(own, phrase)) == 1:
            break
        size += 1
    return f"after {_named(own, place - size, place)}"


def _gone(own: Sequence[str], start: int, end: int) -> str:
    """The deleted words by name; a long passage by its ends and its length."""
    if end - start <= IN_FULL:
        return _named(own, start, end)
    first, last = tokens.joined(own[start : start + ENDS]), tokens.joined(own[end - ENDS : end])
    total = tokens.word_total(own[start:end])
    return f"from '{first}' to '{last}' ({total} words)"


def _named(own: Sequence[str], start: int, end: int) -> str:
    phrase = own[start:end]
    found = _occurrences(own, phrase)
    text = f"'{tokens.joined(phrase)}'"
    if len(found) == 1:
        return text
    rank = found.index(start)
    return f"the {_ordinal(rank + 1)} {text}"


def _ordinal(number: int) -> str:
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _occurrences(own: Sequence[str], phrase: Sequence[str]) -> list[int]:
    size = len(phrase)
    return [place for place in range(len(own) - size + 1) if own[place : place + size] == phrase]
