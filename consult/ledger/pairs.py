"""The pairwise table of a question whose papers are not public: how many votes prefer each option to each other.

A paper prefers one option to another if it ranks it higher, or ranks it and leaves the other out; options that it ranks
equal, or leaves out both, it does not compare. An option that withdrew during the poll is passed over as if never
printed, and has nought everywhere. Here it is made from the papers in the plainest way, to check a table against.
"""

from __future__ import annotations

from collections.abc import Collection

from consult.ledger import canonical
from consult.ledger.definition import Question
from consult.ledger.papers import Papers

FORMAT = "consult-pairwise/1"


def table(question: Question, papers: Papers, withdrawn: Collection[str] = ()) -> list[list[int]]:
    """`table[i][j]` votes prefer the option at position i to the one at j."""
    standing = {place for place, option in enumerate(question.options) if option.key not in withdrawn}
    size = len(question.options)
    found = [[0] * size for _ in range(size)]
    for group in papers.groups:
        below = set(standing)
        for level in group.pattern.ranking:
            here = {level} if isinstance(level, int) else set(level)
            preferred = here & below
            below -= here
            for i in preferred:
                for j in below:
                    found[i][j] += group.votes
    return found


def write(question: Question, table: list[list[int]] | tuple[tuple[int, ...], ...]) -> bytes:
    """The bytes of pairwise/QUESTION.json."""
    keys = [option.key for option in question.options]
    rows = {one: {two: table[i][j] for j, two in enumerate(keys) if i != j} for i, one in enumerate(keys)}
    return canonical.dumps({"format": FORMAT, "question": question.key, "preferred": rows})
