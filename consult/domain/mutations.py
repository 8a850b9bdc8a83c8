"""First letters that change in Welsh: of a noun after a number, and of a day in a sentence: “tan ddydd Iau”, “erbyn dydd Iau”.

A day is written the same wherever it stands (`consult.web.words.long_date`): “Dydd Iau 26 Tachwedd 2026”, which is right at
the head of a line. After another word it is *ddydd*, whether the word is a preposition with the soft mutation (tan, o, i,
ar, hyd) or the day says when something is; after some words it is *dydd*. Where page and mail are put together nobody knows
what stands before the day, so this is done to the finished text.
"""

from __future__ import annotations

import re

#: Words after which the day keeps its first letter: by, before, since, between and; is, was, will be; and, with.
_KEPT = frozenset(["erbyn", "cyn", "ers", "rhwng", "yw", "oedd", "fydd", "wedi", "na", "a", "ac", "ag", "neu'r", "yn"])
#: A word that is not the first of a sentence or a line, with nothing but spaces and marks within the line before the day.
_DAY = re.compile(
    r"(?<![\w’'])(?P<word>[\w’']*[a-zâêîôûŵŷ])(?P<between>(?:\s|&nbsp;|</?(?:time|span|strong|b|em|a)\b[^<>]*>)+)"
    r"Dydd(?= (?:Llun|Mawrth|Mercher|Iau|Gwener|Sadwrn|Sul)\b)"
)


def mutated(text: str) -> str:
    """The text with every day after a word as that word asks.

    >>> mutated("Ar agor tan Dydd Iau 26 Tachwedd 2026. Dydd Gwener: cau erbyn Dydd Sul 29 Tachwedd.")
    'Ar agor tan ddydd Iau 26 Tachwedd 2026. Dydd Gwener: cau erbyn dydd Sul 29 Tachwedd.'
    >>> mutated('<p>Mae’n cau <time datetime="2026-11-26">Dydd Iau 26 Tachwedd</time></p><dt>Cau</dt><dd>Dydd Llun</dd>')
    '<p>Mae’n cau <time datetime="2026-11-26">ddydd Iau 26 Tachwedd</time></p><dt>Cau</dt><dd>Dydd Llun</dd>'
    """
    return _DAY.sub(_after, text) if "Dydd " in text else text


def _after(found: re.Match[str]) -> str:
    word, between = found["word"], found["between"]
    if not re.search(r"\s|&nbsp;", re.sub(r"<[^<>]*>", "", between)):
        return found[0]
    return f"{word}{between}{'dydd' if word.lower() in _KEPT else 'ddydd'}"


#: What a first letter becomes after *dau* and *dwy* (soft), and after *chwe* and *tri* (aspirate).
_SOFT = {"ll": "l", "rh": "r", "p": "b", "t": "d", "c": "g", "b": "f", "d": "dd", "g": "", "m": "f"}
_ASPIRATE = {"p": "ph", "t": "th", "c": "ch"}
#: Letters of two signs, which are no p, t, c, d or g.
_ONE_LETTER = ("ch", "ph", "th", "dd", "ff", "ng")
#: Nouns that take *tair*, after which nothing changes.
_FEMININE = frozenset(["pleidlais", "cwyn", "cangen", "cyfran", "colofn", "tudalen"])
#: No nouns, and one that keeps its letter.
_UNCHANGED = frozenset(["gan", "grŵp"])


def counted(number: int, noun: str) -> str:
    """A noun, and what follows it, as the figure before it asks (2 *ddau*, 3 *tri* or *tair*, 6 *chwe*).

    >>> [counted(2, noun) for noun in ("cymal", "gair", "pleidlais", "llinell", "o bobl", "sylw", "chwaer")]
    ['gymal', 'air', 'bleidlais', 'linell', 'o bobl', 'sylw', 'chwaer']
    >>> counted(3, "cymal"), counted(3, "pleidlais newydd"), counted(6, "pleidlais"), counted(7, "cymal")
    ('chymal', 'pleidlais newydd', 'phleidlais', 'cymal')
    """
    first = noun.partition(" ")[0]
    if first in _UNCHANGED or noun.startswith(_ONE_LETTER):
        return noun
    changes = _SOFT if number == 2 else _ASPIRATE if number == 6 or (number == 3 and first not in _FEMININE) else {}
    letter = next((each for each in changes if noun.startswith(each)), "")
    return changes[letter] + noun.removeprefix(letter) if letter else noun
