"""The smallest typed operations that turn a base into an edited document."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from consult.text import tokens
from consult.text.clauses import Clause, Document, Kind
from consult.text.opcodes import changes
from consult.text.operations import Delete, Insert, Move, Operation, Replace, ReplaceAll, Retitle, body
from consult.text.weave import apply

#: Named where operations are stored beside the text that people edited.
ALGORITHM = "derive-1"


def derive(base: Document, edited: Document) -> tuple[Operation, ...]:
    """Operations that `weave.apply` turns into exactly the edited words, kinds, order and ids.

    Clauses are the same when their ids are (`align.align` gives an edited form its ids). As few clauses as possible
    count as moved; an item that comes to stand under another clause is always moved by name. When nothing of the body
    remains, the amendment is delete-all-and-insert. Marks of clauses that both documents have are not compared.

    >>> base = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."),))
    >>> edited = Document((Clause("c1", Kind.RESOLVES, "To pay £15 an hour."),))
    >>> derive(base, edited)
    (Replace(clause='c1', start=2, end=3, old=('£12',), new=('£15',)),)
    """
    if base.ids == edited.ids and all(
        old.kind is new.kind for old, new in zip(base.clauses, edited.clauses, strict=True)
    ):
        return tuple(
            operation
            for old, new in zip(base.clauses, edited.clauses, strict=True)
            if old.text != new.text
            for operation in reworded(old, new)
        )
    whole = _delete_all(base, edited)
    if whole:
        return whole
    return (*_in_place(base, edited), *_placements(base, edited))


def reworded(old: Clause, new: Clause) -> Iterator[Operation]:
    """The operations within one clause."""
    if old.text == new.text:
        return
    if old.kind is Kind.HEADING:
        yield Retitle(old.id, old.text, new.text)
        return
    own, other = old.words, new.words
    for start, end, new_start, new_end in changes(own, other):
        yield Replace(old.id, start, end, own[start:end], other[new_start:new_end])


def _in_place(base: Document, edited: Document) -> Iterator[Operation]:
    """Changed words and deleted clauses, in the base's order."""
    for clause in base.clauses:
        if clause.id in edited:
            yield from reworded(clause, edited.clause(clause.id))
        else:
            yield Delete(clause.id, clause.text)


def _placements(base: Document, edited: Document) -> Iterator[Operation]:
    """Moves and insertions, in the edited order; each names a clause that has its place already."""
    moved = _moved(base, edited)
    ends = _group_ends(base, moved)
    slot = previous = ""
    block: list[Clause] = []
    anchor = ""
    for clause in edited.clauses:
        known = clause.id in base
        if block and (known or (clause.kind is not Kind.ITEM and block[0].kind is Kind.ITEM)):
            yield Insert(anchor, tuple(block))
            block = []
        if known and clause.id not in moved:
            slot = clause.id
        else:
            place = previous if clause.kind is Kind.ITEM else ends.get(slot, slot)
            if known:
                kind = clause.kind if clause.kind is not base.clause(clause.id).kind else None
                yield Move(clause.id, place, kind)
            else:
                anchor = anchor if block else place
                block.append(clause)
        previous = clause.id
    if block:
        yield Insert(anchor, tuple(block))


def _moved(base: Document, edited: Document) -> set[str]:
    """The fewest clauses that must move, then every item that changes its clause or follows a moved one."""
    kept = [clause for clause in edited.clauses if clause.id in base]
    same = [clause.id for clause in kept if clause.kind is base.clause(clause.id).kind]
    stay = {same[place] for place in _longest_rising([base.index[clause_id] for clause_id in same])}
    moved = {clause.id for clause in kept if clause.id not in stay}
    for clause in kept:
        parent = edited.parents.get(clause.id)
        if parent is not None and (parent != base.parents.get(clause.id) or parent in moved):
            moved.add(clause.id)
    return moved


def _group_ends(base: Document, moved: set[str]) -> dict[str, str]:
    """The last item, not moved itself, of the group of each clause: what is placed after the group comes after that."""
    found: dict[str, str] = {}
    last = ""
    for clause in reversed(base.clauses):
        if clause.id not in moved:
            last = last or clause.id
            found[clause.id] = last
        if clause.kind is not Kind.ITEM:
            last = ""
    return found


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """The places of a longest rising subsequence (Fredman 1975), the same one always."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        at = bisect_left(tails, number)
        before.append(last[at - 1] if at else -1)
        if at == len(tails):
            tails.append(number)
            last.append(place)
        else:
            tails[at], last[at] = number, place
    found: list[int] = []
    place = last[-1] if last else -1
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]


def _delete_all(base: Document, edited: Document) -> tuple[Operation, ...]:
    """Delete-all-and-insert, where nothing of the body is left and something new stands in its place."""
    old = body(base)
    new = tuple(clause for clause in body(edited) if clause.id not in base)
    if not old or not new or len(new) < len(body(edited)) or any(clause.id in edited for clause in old):
        return ()
    operation = ReplaceAll(tuple((clause.id, clause.text) for clause in old), new)
    rest = tuple(
        found for clause in base.clauses if clause.id in edited for found in reworded(clause, edited.clause(clause.id))
    )
    return (*rest, operation) if same_words(apply(base, (*rest, operation)), edited) else ()


def same_words(one: Document, two: Document) -> bool:
    """Whether two documents have the same clauses with the same ids, kinds and words, whatever their marks."""
    return one.ids == two.ids and all(
        old.kind is new.kind and old.text == new.text for old, new in zip(one.clauses, two.clauses, strict=True)
    )


def added(operations: Sequence[Operation]) -> int:
    """How many words that count towards a limit the operations add.

    >>> added([Replace("c1", 2, 3, ("£12",), ("£15", "an", "hour"))])
    3
    """
    total = 0
    for operation in operations:
        if isinstance(operation, Replace):
            total += tokens.word_total(operation.new)
        elif isinstance(operation, Retitle):
            total += sum(tokens.word_total(new) for _, new in _title_changes(operation))
        elif isinstance(operation, Insert | ReplaceAll):
            total += sum(tokens.word_total(clause.words) for clause in operation.clauses)
    return total


def deleted(operations: Sequence[Operation]) -> int:
    """How many words that count towards a limit the operations delete.

    >>> deleted([Delete("c1", "To pay £12.")])
    3
    """
    total = 0
    for operation in operations:
        if isinstance(operation, Replace):
            total += tokens.word_total(operation.old)
        elif isinstance(operation, Retitle):
            total += sum(tokens.word_total(old) for old, _ in _title_changes(operation))
        elif isinstance(operation, Delete):
            total += tokens.word_total(tokens.words(operation.old))
        elif isinstance(operation, ReplaceAll):
            total += sum(tokens.word_total(tokens.words(text)) for _, text in operation.old)
    return total


def _title_changes(operation: Retitle) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The words of a heading that change: what a new heading keeps is neither added nor deleted."""
    old, new = tokens.words(operation.old), tokens.words(operation.new)
    for start, end, new_start, new_end in changes(old, new):
        yield old[start:end], new[new_start:new_end]
