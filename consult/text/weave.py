"""Applying operations exactly or not at all, to a text that remembers who deleted and who wrote every word.

Operations name words and places of the *base*, so a weave keeps the base's clauses and places even when they are
deleted or moved: a second insertion after a deleted clause still has its place, and amendments that touch different
words give the same text in either order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from consult.text import tokens
from consult.text.clauses import Clause, Document, Kind, labelled
from consult.text.operations import (
    Delete,
    DoesNotApply,
    Insert,
    Move,
    Operation,
    Replace,
    ReplaceAll,
    Retitle,
    body,
)
from consult.text.threads import Run, Thread, plain_authors

#: Who wrote new words: by number of the operation for a replacement, by id for an inserted clause.
Authors = Mapping[int | str, tuple[str, ...]]
#: How many words of a text a sentence quotes.
QUOTED = 12


def apply(document: Document, operations: Sequence[Operation], key: str = "amendment") -> Document:
    """The document with every operation applied, or `DoesNotApply` and nothing changed; never a near match.

    >>> motion = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."),))
    >>> apply(motion, [Replace("c1", 2, 3, ("£12",), ("£15",))]).clause("c1").text
    'To pay £15 an hour.'
    >>> later = Document((Clause("c1", Kind.RESOLVES, "To pay £12.50 an hour."),))
    >>> apply(later, [Replace("c1", 2, 3, ("£12",), ("£15",))])
    Traceback (most recent call last):
        ...
    consult.text.operations.DoesNotApply: Resolves 1 has ‘£12.50’ where the amendment changes the words ‘£12’.
    """
    weave = Weave(document)
    weave.apply(key, operations)
    return weave.document()


class Weave:
    """A base document and all that has been applied to it so far.

    `names` gives what sentences call each amendment, by key; `authors` who wrote each word of the base, by clause id,
    where that is not the base itself.
    """

    def __init__(
        self,
        base: Document,
        names: Mapping[str, str] | None = None,
        authors: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.base = base
        self._names = names or {}
        self._authors = authors or {}
        self._threads: dict[str, Thread] = {}
        #: clause → the clauses that stand directly after it, wherever it stands (items stay with their clause)
        self._followers: dict[str, tuple[str, ...]] = {}
        #: clause of the base → the clauses placed between it and the next one of the base
        self._gaps: dict[str, tuple[str, ...]] = {}
        self._fresh: set[str] = set()

    def named(self, key: str) -> str:
        """What sentences call an amendment."""
        return self._names.get(key) or f"amendment {key}"

    def thread(self, clause_id: str) -> Thread:
        """The clause with all that was done to it, to be read."""
        if clause_id not in self._threads:
            clause = self.base.clause(clause_id)
            authors = self._authors.get(clause_id) or plain_authors(clause.words, "")
            self._threads[clause_id] = Thread(clause, tuple(authors))
        return self._threads[clause_id]

    def apply(
        self,
        key: str,
        operations: Sequence[Operation],
        *,
        authors: Authors | None = None,
        as_amended: bool = False,
    ) -> None:
        """Apply an amendment whole, or raise `DoesNotApply` and change nothing.

        `authors` names who wrote the new words where it was not `key`: by number of the operation for a replacement,
        by id for an inserted clause. With `as_amended`, by a person's ruling, a clause is deleted even though earlier
        amendments changed its words; replacements of words stay exact.
        """
        saved = (dict(self._threads), dict(self._followers), dict(self._gaps))
        self._fresh = set()
        structural = any(not isinstance(operation, Replace | Retitle) for operation in operations)
        before = self._parents() if structural else {}
        try:
            for number, operation in enumerate(operations):
                self._apply_one(key, number, operation, authors or {}, as_amended)
            if structural:
                self._check_structure(key, before)
            else:
                self._check_emptied(operations)
        except DoesNotApply:
            self._threads, self._followers, self._gaps = saved
            raise

    def refusal(self, key: str, operations: Sequence[Operation], *, as_amended: bool = False) -> DoesNotApply | None:
        """Why an amendment would not apply now, or None; nothing is changed."""
        saved = (self._threads, self._followers, self._gaps)
        self._threads, self._followers, self._gaps = (dict(part) for part in saved)  # type: ignore[assignment]
        try:
            self.apply(key, operations, as_amended=as_amended)
        except DoesNotApply as refusal:
            return refusal
        finally:
            self._threads, self._followers, self._gaps = saved
        return None

    def _apply_one(self, key: str, number: int, operation: Operation, authors: Authors, as_amended: bool) -> None:
        if isinstance(operation, Replace):
            self._replace(operation, Run(key, operation.new, authors.get(number, ())))
        elif isinstance(operation, Retitle):
            self._retitle(operation, Run(key, tokens.words(operation.new), authors.get(number, ())))
        elif isinstance(operation, Insert):
            self._known(operation.after, "is inserted")
            self._insert(operation.after, operation.clauses, key, authors)
        elif isinstance(operation, Delete):
            self._delete(operation.clause, operation.old, key, as_amended)
        elif isinstance(operation, Move):
            self._move(operation, key)
        else:
            self._replace_all(operation, key, authors, as_amended)

    def _writable(self, clause_id: str) -> Thread:
        """The thread, copied the first time this amendment writes to it."""
        thread = self.thread(clause_id)
        if clause_id not in self._fresh:
            thread = self._threads[clause_id] = thread.copy()
            self._fresh.add(clause_id)
        return thread

    def _standing(self, clause_id: str, words: str) -> Thread:
        """The thread of a clause of the base that is still in the text."""
        if clause_id not in self.base:
            raise DoesNotApply(f"The text has no clause ‘{clause_id}’, which the amendment changes.", clause_id, words)
        thread = self._writable(clause_id)
        if thread.deleted_by:
            about = f" (‘{quoted(words)}’)" if words else ""
            by = self.named(thread.deleted_by)
            raise DoesNotApply(f"{self._label(clause_id)}{about} was deleted by {by}.", clause_id, words)
        return thread

    def _replace(self, operation: Replace, run: Run) -> None:
        start, end, old = operation.start, operation.end, tokens.joined(operation.old)
        thread = self._standing(operation.clause, old)
        own = thread.clause.words
        label = self._label(operation.clause)
        if end > len(own) or own[start:end] != operation.old:
            there = tokens.joined(own[start:end])
            has = f"has ‘{quoted(there)}’" if there else f"ends after ‘{tokens.joined(own[-3:])}’"
            sentence = f"{label} {has} where the amendment changes the words ‘{quoted(old)}’."
            raise DoesNotApply(sentence, operation.clause, old)
        blocker = thread.blocker(start, end)
        if blocker == run.key:
            sentence = f"Two operations of one amendment change the words ‘{quoted(old)}’ of {label}."
            raise DoesNotApply(sentence, operation.clause, old)
        if blocker:
            near = old or tokens.joined(own[max(0, start - 3) : start + 3])
            now = quoted(self.reads_now(operation.clause, start, end))
            sentence = f"In {label} {self.named(blocker)} changed the words ‘{quoted(near)}’; they now read ‘{now}’."
            raise DoesNotApply(sentence, operation.clause, near)
        thread.replace(start, end, run)

    def reads_now(self, clause_id: str, start: int, end: int) -> str:
        """How the words around [start, end) of a clause of the base read now."""
        thread = self.thread(clause_id)
        low, high = max(0, start - 2), min(len(thread.clause.words), end + 2)
        while low and low in thread.gone:
            low -= 1
        while high < len(thread.clause.words) and high - 1 in thread.gone:
            high += 1
        found: list[str] = []
        for place in range(low, high):
            for run in thread.before.get(place, ()):
                found.extend(run.words)
            if place not in thread.gone:
                found.append(thread.clause.words[place])
            if place in thread.instead:
                found.extend(thread.instead[place].words)
        return tokens.joined(found)

    def _retitle(self, operation: Retitle, run: Run) -> None:
        thread = self._standing(operation.clause, operation.old)
        if thread.clause.kind is not Kind.HEADING:
            raise DoesNotApply(f"{self._label(operation.clause)} is not a heading.", operation.clause, operation.old)
        self._same_text(thread, operation.old, "changes")
        thread.replace(0, len(thread.clause.words), run)

    def _delete(self, clause_id: str, old: str, key: str, as_amended: bool) -> None:
        thread = self._standing(clause_id, old)
        if not as_amended:
            self._same_text(thread, old, "deletes")
        thread.deleted_by = key

    def _same_text(self, thread: Thread, old: str, does: str) -> None:
        now = tokens.joined(thread.words()) if thread.changed else thread.clause.text
        if now == old:
            return
        label = self._label(thread.clause.id)
        keys = [piece.key for piece in thread.pieces() if piece.state != "keep"]
        by = f", as {self.named(keys[0])} left it," if keys else ""
        sentence = f"{label}{by} reads ‘{quoted(now)}’, not the words the amendment {does}: ‘{quoted(old)}’."
        raise DoesNotApply(sentence, thread.clause.id, old)

    def _known(self, anchor: str, does: str) -> None:
        if anchor and anchor not in self._threads and anchor not in self.base:
            raise DoesNotApply(f"The text has no clause ‘{anchor}’, after which something {does}.", anchor)

    def _insert(self, after: str, clauses: Sequence[Clause], key: str, authors: Authors) -> None:
        """Leading items stay with the clause they follow; the rest stands before the next clause of the base."""
        for clause in clauses:
            if clause.id in self._threads or clause.id in self.base:
                sentence = f"A clause ‘{clause.id}’ is in the text already: ‘{quoted(clause.text)}’."
                raise DoesNotApply(sentence, clause.id, clause.text)
            written = authors.get(clause.id) or plain_authors(clause.words, key)
            self._threads[clause.id] = Thread(clause, written, inserted_by=key)
            self._fresh.add(clause.id)
        lead = 0
        while lead < len(clauses) and clauses[lead].kind is Kind.ITEM and after:
            lead += 1
        for clause in clauses[:lead]:
            self._followers[after] = (*self._followers.get(after, ()), clause.id)
        for clause in clauses[lead:]:
            self._gaps[after] = (*self._gaps.get(after, ()), clause.id)

    def _move(self, operation: Move, key: str) -> None:
        known = operation.clause in self.base
        thread = self._standing(operation.clause, self.base.clause(operation.clause).text if known else "")
        self._known(operation.after, "is moved")
        if thread.moved_by:
            text = thread.clause.text
            by = self.named(thread.moved_by)
            sentence = f"{self._label(operation.clause)} (‘{quoted(text)}’) was moved by {by} already."
            raise DoesNotApply(sentence, operation.clause, text)
        thread.moved_by = key
        thread.kind = operation.kind
        stays = (operation.kind or thread.clause.kind) is Kind.ITEM and operation.after
        places = self._followers if stays else self._gaps
        places[operation.after] = (*places.get(operation.after, ()), operation.clause)

    def _replace_all(self, operation: ReplaceAll, key: str, authors: Authors, as_amended: bool) -> None:
        current = {clause.id: clause.text for clause in body(self.document())}
        named = dict(operation.old)
        if current != named and not as_amended:
            gone = next((text for name, text in named.items() if current.get(name) != text), "")
            new = next((text for name, text in current.items() if named.get(name) != text), "")
            differs = f"it has ‘{quoted(new)}’" if new else f"it lacks ‘{quoted(gone)}’"
            instead = f", and not ‘{quoted(gone)}’" if new and gone else ""
            sentence = f"The text is no longer what the amendment deletes: {differs}{instead}."
            raise DoesNotApply(sentence, "", gone or new)
        first = operation.old[0][0]
        place = self.base.index.get(first, 0)
        for clause_id in current:
            self._writable(clause_id).deleted_by = key
        self._insert(self.base.clauses[place - 1].id if place else "", operation.clauses, key, authors)

    def order(self) -> Iterator[str]:
        """Every clause in order, deleted ones at their old places, moved ones at their new places only."""
        return (clause_id for clause_id, left in self.places() if not left)

    def places(self) -> Iterator[tuple[str, bool]]:
        """(clause, whether it left this place) in order: a moved clause is there twice."""
        yield from self._placed(self._gaps.get("", ()))
        for clause in self.base.clauses:
            thread = self._threads.get(clause.id)
            if thread is not None and thread.moved_by:
                yield clause.id, True
            else:
                yield from self._emit(clause.id)
            yield from self._placed(self._gaps.get(clause.id, ()))

    def _emit(self, clause_id: str) -> Iterator[tuple[str, bool]]:
        yield clause_id, False
        yield from self._placed(self._followers.get(clause_id, ()))

    def _placed(self, ids: Sequence[str]) -> Iterator[tuple[str, bool]]:
        for clause_id in ids:
            yield from self._emit(clause_id)
            if clause_id not in self.base:
                yield from self._placed(self._gaps.get(clause_id, ()))

    def _parents(self) -> dict[str, str]:
        """The clause each item stands under, deleted clauses counted, for every item still in the text."""
        found: dict[str, str] = {}
        parent = ""
        for clause_id in self.order():
            thread = self._threads.get(clause_id)
            if self.kind_of(clause_id) is not Kind.ITEM:
                parent = clause_id
            elif thread is None or thread.alive:
                found[clause_id] = parent
        return found

    def _check_structure(self, key: str, before: Mapping[str, str]) -> None:
        """No clause is lost in a circle of moves, and no item changes its clause unless it is moved by name."""
        placed = set(self.order())
        for clause_id, thread in self._threads.items():
            if clause_id not in placed:
                raise DoesNotApply(
                    f"‘{quoted(thread.clause.text)}’ would be placed after a clause that is itself placed after it.",
                    clause_id,
                    thread.clause.text,
                )
        for clause_id, parent in self._parents().items():
            thread = self.thread(clause_id)
            if not parent or not self._stands(parent):
                self._orphaned(thread)
            if before.get(clause_id, parent) != parent and thread.moved_by != key:
                self._orphaned(thread)

    def _check_emptied(self, operations: Sequence[Operation]) -> None:
        """A clause whose last words go takes no items with it unnamed."""
        emptied = {
            operation.clause
            for operation in operations
            if isinstance(operation, Replace) and not self.thread(operation.clause).alive
        }
        if emptied:
            for clause_id, parent in self._parents().items():
                if parent in emptied:
                    self._orphaned(self.thread(clause_id))

    def _stands(self, clause_id: str) -> bool:
        thread = self._threads.get(clause_id)
        return self.kind_of(clause_id) is not Kind.HEADING and (thread is None or thread.alive)

    def _orphaned(self, thread: Thread) -> None:
        words = tokens.joined(thread.words())
        raise DoesNotApply(
            f"The item ‘{quoted(words)}’ would be left without the clause it stands under.", thread.clause.id, words
        )

    def touched(self, clause_id: str) -> bool:
        """Whether anything has been done to the clause."""
        thread = self._threads.get(clause_id)
        return thread is not None and bool(thread.changed or thread.inserted_by or thread.deleted_by or thread.moved_by)

    def live(self) -> Iterator[str]:
        """The ids of the clauses in the text as it stands, in order."""
        for clause_id in self.order():
            thread = self._threads.get(clause_id)
            if thread is None or thread.alive:
                yield clause_id

    def labels(self) -> dict[str, str]:
        """What the clauses of the text as it stands are called, by id."""
        return labelled([(clause_id, self.kind_of(clause_id)) for clause_id in self.live()])

    def kind_of(self, clause_id: str) -> Kind:
        """The kind of a clause as it stands."""
        thread = self._threads.get(clause_id)
        return (thread.kind or thread.clause.kind) if thread else self.base.clause(clause_id).kind

    def document(self) -> Document:
        """The text as it stands."""
        threads = self._threads
        return Document(
            tuple(
                threads[clause_id].as_clause() if clause_id in threads else self.base.clause(clause_id)
                for clause_id in self.live()
            )
        )

    def authors(self) -> dict[str, tuple[str, ...]]:
        """Who wrote each word of the text as it stands, by clause id; "" is the base."""
        return {clause_id: self.thread(clause_id).written() for clause_id in self.live()}

    def _label(self, clause_id: str) -> str:
        return self.base.labels.get(clause_id, clause_id)


def quoted(text: str) -> str:
    """At most twelve words of a text, for a sentence.

    >>> quoted("one two three four five six seven eight nine ten eleven twelve thirteen")
    'one two three four five six seven eight nine ten eleven twelve …'
    """
    parts = text.split(" ")
    return text if len(parts) <= QUOTED else " ".join(parts[:QUOTED]) + " …"
