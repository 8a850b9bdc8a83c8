"""The levels of secrecy in the reader's language: who could find out how somebody voted, and what it would take."""

from __future__ import annotations

from consult.ledger.levels import LEVELS, Words
from consult.web.phrases import said


def words_of_levels() -> dict[str, Words]:
    """Each level's words. The English ones stand in `consult.ledger.levels`, so that certificates say the same."""
    return {level: Words(*map(said, words)) for level, words in LEVELS.items()}
