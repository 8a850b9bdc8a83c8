"""The one tokeniser: how a clause divides into words, how words join into a clause again, and how they are counted.

A *word* is what stands between spaces, without the brackets, quotation marks and stops around it, so that "£12.50",
"75%", "2026–27", "co-operative", a letter with its accents and an emoji are each one word. Each bracket, quotation mark
and stop is a word of its own for comparing, and counts for nothing in a word limit. Where the space between two words
is not the usual one (a dash without spaces, a stop with one) the second word carries a mark, so that joining gives
back the text exactly.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

#: U+2060 WORD JOINER, which no clause may hold: in front, "no space before me"; behind, "no space after me".
JOIN = "\u2060"
_OPENERS = frozenset("([{“‘«¿¡")
_CLOSERS = frozenset(")]}”’»,.;:!?…\"'")
_QUOTES = frozenset("\"'")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_DASH = "—"
#: Words that end a sentence or a part of one: a change is shown to begin after them where it may.
STOPS = frozenset(",.;:!?…")


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """The words of a normalised text, in order.

    >>> words("Pay £12.50 (up 75%) in 2026–27.")
    ('Pay', '£12.50', '(', 'up', '75%', ')', 'in', '2026–27', '.')
    >>> joined(words("co-operatives’ rent—and/or ‘fair’ pay")) == "co-operatives’ rent—and/or ‘fair’ pay"
    True
    """
    found: list[str] = []
    glue = True
    for chunk in text.split(" "):
        if not glue and chunk.isalnum():
            found.append(chunk)
            continue
        peeled = _peel(chunk)
        first = peeled[0]
        if not found:
            found.append(first.removeprefix(" "))
        elif glue:  # a space after an opening bracket is not the usual one
            found.append(first if first[0] == " " else " " + first)
        else:
            found.append(first)
        found.extend(peeled[1:])
        glue = _glues(found[-1])
    return tuple(found)


@lru_cache(maxsize=65536)
def _peel(chunk: str) -> tuple[str, ...]:
    """The words of one chunk between spaces, as they are after an ordinary word and a space."""
    if chunk.isalnum():
        return (chunk,)
    found: list[str] = []
    for bare, opens in _pieces(chunk):
        usual = not (bare in _CLOSERS and not opens) and not (bool(found) and _glues(found[-1]))
        spaced = not found
        mark = "" if usual == spaced else (" " if spaced else JOIN)
        found.append(mark + bare + (JOIN if opens and bare in _QUOTES else ""))
    return tuple(found)


def _pieces(chunk: str) -> list[tuple[str, bool]]:
    """(piece, whether it opens) for every bracket, mark, dash and word of a chunk."""
    found: list[tuple[str, bool]] = []
    for number, part in enumerate(_parts(chunk)):
        if number:
            found.append((_DASH, False))
        if not part:
            continue
        start, end = 0, len(part)
        while start < end and (part[start] in _OPENERS or part[start] in _QUOTES) and not _accented(part, start):
            start += 1
        while end > start and part[end - 1] in _CLOSERS and not _balanced(part[start:end]):
            end -= 1
        found.extend((mark, True) for mark in part[:start])
        if start < end:
            found.append((part[start:end], False))
        found.extend((mark, False) for mark in part[end:])
    return found


def _parts(chunk: str) -> list[str]:
    """The chunk between its dashes; a dash with an accent of its own divides nothing."""
    found: list[str] = []
    for part in chunk.split(_DASH):
        if found and part and unicodedata.category(part[0])[0] == "M":
            found[-1] += _DASH + part
        else:
            found.append(part)
    return found


def _accented(part: str, place: int) -> bool:
    return place + 1 < len(part) and unicodedata.category(part[place + 1])[0] == "M"


def _balanced(part: str) -> bool:
    """Whether the last character closes a bracket opened inside the word, as in "member(s)"."""
    opener = _PAIRS.get(part[-1])
    return opener is not None and part.count(opener) >= part.count(part[-1])


def _glues(word: str) -> bool:
    return word[-1] == JOIN or word[-1] in _OPENERS


def joined(parts: Iterable[str], after: str = "") -> str:
    """The text of some words, with its spaces; `after` is the word that stands before the first one, if any.

    >>> joined(["Pay", "(", "up", "75%", ")", "now", "."]), joined(["now"], after="Pay")
    ('Pay (up 75%) now.', ' now')
    """
    found: list[str] = []
    glue = not after or _glues(after)
    first = not after
    for word in parts:
        if word.isalnum():
            found.append(word if glue else " " + word)
            glue = first = False
            continue
        lead = word[0]
        gap = lead == " " or (lead != JOIN and not glue and word not in _CLOSERS)
        found.append((" " if gap and not first else "") + bare(word))
        glue = _glues(word)
        first = False
    return "".join(found)


def bare(word: str) -> str:
    """The word without the marks of unusual spacing.

    >>> bare("\\u2060—")
    '—'
    """
    return word.strip(" \u2060")


def is_word(word: str) -> bool:
    """Whether it is one word as this tokeniser makes them; nothing else may stand in a stored operation."""
    body = bare(word)
    if not body or len(word) > len(body) + 2 or JOIN in body or len(body.split()) != 1 or " " in body:
        return False
    return len(_peel(body)) == 1 and word.removesuffix(JOIN).lstrip(f" {JOIN}") == body


@lru_cache(maxsize=65536)
def counts(word: str) -> bool:
    """Whether the word counts towards a limit: it has a letter, a figure, a symbol or an emoji, or it is "&".

    >>> [counts(word) for word in ("75%", "&", "–", ".", "🎉")]
    [True, True, False, False, True]
    """
    return "&" in word or any(unicodedata.category(character)[0] in "LNS" for character in word)


def word_total(parts: Sequence[str]) -> int:
    """How many of the words count towards a limit.

    >>> word_total(words("Pay £12.50 – up 75% – in 2026–27!"))
    6
    """
    return sum(1 for word in parts if counts(word))


def total(text: str) -> int:
    """How many words of a text count towards a limit, however its blanks stand.

    >>> total("Pay  £12.50 –\\nup 75%!")
    4
    """
    return word_total(words(" ".join(text.split())))


@lru_cache(maxsize=2048)
def spans(text: str) -> tuple[tuple[int, int], ...]:
    """(start, end) in characters of each word of a normalised text, in order.

    >>> spans("Pay (now)")
    ((0, 3), (4, 5), (5, 8), (8, 9))
    """
    found: list[tuple[int, int]] = []
    place = 0
    for word in words(text):
        body = bare(word)
        start = text.index(body, place)
        place = start + len(body)
        found.append((start, place))
    return tuple(found)
