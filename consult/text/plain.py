"""Which characters a clause may hold, and how text is normalised before it is kept or compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from consult.domain.errors import Invalid

#: The longest clause, in characters: about 1,500 words, longer than any clause of the standing orders we know.
LONGEST_CLAUSE = 10_000

#: The longest single word, in characters; web addresses are words too.
LONGEST_WORD = 500

#: Controls, surrogates, private use, bidirectional overrides, invisible letters and spaces, replacement characters.
#: Two texts that look the same must be the same, or an amendment could hide words from the people voting on it
#: (Unicode Technical Report 36, section 3.6; Technical Standard 39, section 5.4).
_FORBIDDEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000effff\U000f0000-\U0010ffff]"
)
#: What importers may drop without loss: soft hyphens, zero-width spaces, byte order marks, directional marks.
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
#: Tag letters are allowed only inside the flag of England, Scotland or Wales (Unicode Standard Annex 51, ED-14a).
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
_TAG = re.compile("[\U000e0020-\U000e007f]")
#: A variation selector chooses how an emoji looks; after a letter or a figure nobody sees it (but in a keycap).
_SELECTOR = re.compile("(?<![\u0250-\U0010ffff©®])[\ufe00-\ufe0f](?!\u20e3)")


@lru_cache(maxsize=8192)
def normalise(text: str, what: str = "The clause") -> str:
    """The text in NFC with every run of white space as one space, or a refusal that says what is wrong.

    Raises `consult.domain.errors.Invalid` for an empty text, one too long, or one with a character that cannot be
    seen or differs between computers.

    >>> normalise("  Cafe\\u0301\\n of   the  workers ")
    'Café of the workers'
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if not plain:
        raise Invalid(f"{what} is empty: write some words, or remove it.")
    if len(plain) > LONGEST_CLAUSE:
        raise Invalid(f"{what} has {len(plain):,} characters; the most is {LONGEST_CLAUSE:,}. Divide it into several.")
    if not (plain.isascii() and plain.isprintable()):
        _refuse_hidden(plain, what)
    longest = max(plain.split(" "), key=len) if len(plain) > LONGEST_WORD else ""
    if len(longest) > LONGEST_WORD:
        raise Invalid(f"{what} has a word of {len(longest):,} characters; the most is {LONGEST_WORD:,}.")
    return plain


def _refuse_hidden(plain: str, what: str) -> None:
    bare = _FLAG.sub("", plain)
    found = _FORBIDDEN.search(bare) or _TAG.search(bare) or _SELECTOR.search(bare)
    place = found.start() if found else _stray_joiner(bare)
    if place is not None:
        name = f"U+{ord(bare[place]):04X}"
        near = bare[max(0, place - 12) : place].strip()
        where = f"after ‘{near}’" if near else "at its beginning"
        raise Invalid(f"{what} holds a hidden or control character ({name}) {where}: type those words again.")
    for position, character in enumerate(plain):
        first = not position or plain[position - 1] == " "
        if first and character > "\u02ff" and unicodedata.category(character)[0] == "M":
            raise Invalid(f"{what} has an accent without a letter (U+{ord(character):04X}): type that word again.")


def _stray_joiner(bare: str) -> int | None:
    """A joiner spells something between emoji or between Indic or Arabic letters; elsewhere nobody sees it."""
    for place, character in enumerate(bare):
        if character in "\u200c\u200d":
            beside = bare[place - 1 : place] + bare[place + 1 : place + 2]
            if len(beside) < 2 or not all(
                other > "\u024f" and unicodedata.category(other)[0] in "LMS" for other in beside
            ):
                return place
    return None


def cleaned(text: str) -> tuple[str, int]:
    """The text without invisible characters that word processors leave behind, and how many were dropped.

    >>> cleaned("co\\u00adoperate\\ufeff")
    ('cooperate', 2)
    """
    return _INVISIBLE.subn("", text)
