"""The levels of secrecy in the reader's language: who could find out how somebody voted, and what it would take."""

from __future__ import annotations

from flask_babel import gettext

from consult.ledger.levels import LEVELS, Words


def words_of_levels() -> dict[str, Words]:
    """Each level's words. The English ones stand in `consult.ledger.levels`, so that certificates say the same."""
    return {level: Words(*(gettext(words) for words in said)) for level, said in LEVELS.items()}
