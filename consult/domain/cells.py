"""Cells of tables that leave as CSV: what a spreadsheet would carry out is guarded, and the guard comes off where one is read."""

from __future__ import annotations

import re

#: What a spreadsheet takes for the beginning of a formula.
_BEGINS = ("=", "+", "-", "@", "\t", "\r")

#: A telephone or another number: it begins like a formula and calls upon nothing.
_NUMBER = re.compile(r"[+-][0-9 ().\-]*[0-9][0-9 ().\-]*")


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula; numbers stay as they are.

    What has a guard in front of a formula already gets another, so that `bare` gives back every text.

    >>> guarded("=1+1"), guarded("+44 20 7946 0018"), guarded("-3.5"), guarded("O'Neill"), guarded("'s Gravesande")
    ("'=1+1", '+44 20 7946 0018', '-3.5', "O'Neill", "'s Gravesande")
    >>> guarded("'=1+1"), guarded("+44 (0)20+cmd")
    ("''=1+1", "'+44 (0)20+cmd")
    """
    if not text.lstrip("'").startswith(_BEGINS) or _NUMBER.fullmatch(text):
        return text
    return f"'{text}"


def bare(text: str) -> str:
    """The text without the guard that was put before it, here or by another program.

    >>> bare("'=1+1"), bare("'+44 20 7946 0018"), bare("''=1+1"), bare("'s Gravesande"), bare("'")
    ('=1+1', '+44 20 7946 0018', "'=1+1", "'s Gravesande", "'")
    """
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_BEGINS) else text
