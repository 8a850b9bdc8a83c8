"""Names and numbers as people look for them: without accents, in small letters, word by word."""

from __future__ import annotations

import re
import unicodedata

#: Letters that have no accent to take off, and what people type for them.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_PIECE = re.compile(r"[^\W_]+")

#: Of one person, in letters.
LONGEST = 1000


def folded(text: str) -> str:
    """A text without accents, in small letters.

    >>> folded("Siân ØSTBY"), folded("Weiß")
    ('sian ostby', 'weiss')
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    return "".join(letter for letter in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(letter))


def sought(text: str) -> list[str]:
    """The words that somebody typed, each the beginning of one to be found.

    >>> sought("O’Brien, lab-001")
    ['obrien', 'lab001']
    """
    return ["".join(pieces) for word in folded(text).split() if (pieces := _PIECE.findall(word))]


def search_key(name: str, number: str) -> str:
    """Every word by which a person is found, parted by spaces: those of the name and the number, and their parts.

    >>> search_key("Rosa O’Brien-Hall", "LAB-001")
    'rosa obrienhall o brien hall lab001 lab 001'
    """
    words: dict[str, None] = {}
    for word in folded(f"{name} {number}").split():
        if word.isalnum():
            words[word] = None
        elif pieces := _PIECE.findall(word):
            words["".join(pieces)] = None
            words.update(dict.fromkeys(pieces))
    return " ".join(words)[:LONGEST]


def phone_key(phone: str) -> str | None:
    """A telephone number for comparing: its last nine figures, so that +44 20 and 020 are one; None without seven.

    >>> phone_key("+44 20 7946 0018") == phone_key("(020) 79460018"), phone_key("ext. 12")
    (True, None)
    """
    figures = "".join(letter for letter in phone if "0" <= letter <= "9")
    return figures[-9:] if len(figures) >= 7 else None


def address_key(address: str) -> str | None:
    """A postal address for comparing: its letters and figures.

    >>> address_key("12, High St., AB1 2CD") == address_key("12 HIGH ST AB12CD")
    True
    """
    return "".join(_PIECE.findall(folded(address)))[:LONGEST] or None


def after(word: str) -> str:
    """The first text that does not begin with a word, where texts are in the order of their code points."""
    return word + "\U0010ffff"
