"""Which clauses of an edited text are which clauses of its base, so that their ids stay permanent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import Indel

from consult.text import tokens
from consult.text.clauses import Clause, Document, Kind, Mark
from consult.text.opcodes import changes
from consult.text.parse import Draft
from consult.text.threads import Run, Thread

#: Named where an alignment is stored.
ALGORITHM = "align-1"
#: Two clauses of one kind with at least this share of their words in common are the same clause, edited.
SAME = 0.6
#: Across kinds (a Believes that became a Resolves) nearly all words must be the same.
SAME_ACROSS = 0.8
#: A clause alone between the same neighbours as before is the same clause with fewer words in common.
SAME_PLACE = 0.25
#: The most pairs compared; in a text rewritten beyond that, only pairs at most `NEAR` places apart.
MOST_PAIRS = 40_000
NEAR = 20


def align(base: Document, drafts: Sequence[Draft], new_id: Callable[[int], str]) -> Document:
    """The drafts as a document in which every clause that the base had keeps its id.

    In order: the same kind and words; then the most similar pairs first (a tie goes to the earlier clause of the base,
    then of the drafts); then a clause alone in its old place. The rest are new: `new_id(n)` names the n-th of them,
    from 1, and must give an id the base does not have. A draft without marks keeps those of the base. Purely a
    function of its arguments.

    >>> base = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."), Clause("c2", Kind.RESOLVES, "To march.")))
    >>> drafts = [Draft(Kind.RESOLVES, "To sing."), Draft(Kind.RESOLVES, "To pay £15 an hour.")]
    >>> found = align(base, drafts, "n{}".format)
    >>> [(clause.id, clause.text) for clause in found.clauses]
    [('n1', 'To sing.'), ('c1', 'To pay £15 an hour.')]
    """
    texts = [Clause("x", draft.kind, draft.text, draft.marks) for draft in drafts]
    matched = _identical(base, texts)
    for place, old in _similar(base, texts, matched):
        matched[place] = old
    for place, old in _in_place(base, texts, matched):
        matched[place] = old
    clauses: list[Clause] = []
    fresh = 0
    for place, clause in enumerate(texts):
        if place in matched:
            own = base.clauses[matched[place]]
            clauses.append(Clause(own.id, clause.kind, clause.text, clause.marks or _kept_marks(own, clause)))
        else:
            fresh += 1
            clauses.append(Clause(new_id(fresh), clause.kind, clause.text, clause.marks))
    return Document(tuple(clauses))


def _kept_marks(old: Clause, new: Clause) -> tuple[Mark, ...]:
    """A text area holds no marks: those of the base stay on the words that stay."""
    if not old.marks:
        return ()
    thread = Thread(old, old.words)
    for start, end, new_start, new_end in changes(old.words, new.words):
        thread.replace(start, end, Run("", new.words[new_start:new_end]))
    return thread.as_clause().marks


def _identical(base: Document, texts: Sequence[Clause]) -> dict[int, int]:
    """Clauses with the same kind and words, in order first; then those that only moved."""
    places: dict[tuple[Kind, str], list[int]] = {}
    for place, clause in enumerate(base.clauses):
        places.setdefault((clause.kind, clause.text), []).append(place)
    matched: dict[int, int] = {}
    last = -1
    for place, clause in enumerate(texts):
        own = places.get((clause.kind, clause.text))
        later = next((old for old in own or () if old > last), None)
        if own and later is not None:
            matched[place] = last = later
            own.remove(later)
    for place, clause in enumerate(texts):
        own = places.get((clause.kind, clause.text))
        if own and place not in matched:
            matched[place] = own.pop(0)
    return matched


def _similar(base: Document, texts: Sequence[Clause], matched: dict[int, int]) -> Iterator[tuple[int, int]]:
    """The best pairs of what is left, best first."""
    taken = set(matched.values())
    old_left = [place for place in range(len(base.clauses)) if place not in taken]
    new_left = [place for place in range(len(texts)) if place not in matched]
    close = len(old_left) * len(new_left) > MOST_PAIRS
    pairs: list[tuple[float, int, int]] = []
    for old_rank, old in enumerate(old_left):
        for new_rank, new in enumerate(new_left):
            if close and abs(old_rank - new_rank) > NEAR:
                continue
            one, two = base.clauses[old], texts[new]
            least = SAME if one.kind is two.kind else SAME_ACROSS
            if Kind.HEADING in (one.kind, two.kind) and one.kind is not two.kind:
                continue
            score = _similarity(one, two, least)
            if score >= least:
                pairs.append((-score, old, new))
    gone: set[int] = set()
    done: set[int] = set()
    for _, old, new in sorted(pairs):
        if old not in gone and new not in done:
            gone.add(old)
            done.add(new)
            yield new, old


def _similarity(one: Clause, two: Clause, least: float) -> float:
    """The share of words in common, from 0 to 1; exact in the comparison with `least`, never a vote."""
    return Indel.normalized_similarity(_counted(one.words), _counted(two.words), score_cutoff=least)


@lru_cache(maxsize=4096)
def _counted(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if tokens.counts(word)) or words


def _in_place(base: Document, texts: Sequence[Clause], matched: dict[int, int]) -> Iterator[tuple[int, int]]:
    """A clause alone between neighbours that are the same as before; a heading alone is the same heading."""
    new_of = {old: new for new, old in matched.items()}
    found: list[tuple[int, int]] = []
    for place, clause in enumerate(texts):
        if place in matched:
            continue
        old = matched[place - 1] + 1 if place and place - 1 in matched else (0 if place == 0 else -1)
        if not 0 <= old < len(base.clauses) or old in new_of or base.clauses[old].kind is not clause.kind:
            continue
        follows = new_of.get(old + 1) == place + 1
        at_end = old + 1 == len(base.clauses) and place + 1 == len(texts)
        heading = clause.kind is Kind.HEADING
        if heading or ((follows or at_end) and _similarity(base.clauses[old], clause, SAME_PLACE) >= SAME_PLACE):
            found.append((place, old))
    return iter(found)
