"""Word lists: a ballot's key split among holders so that any k of n can put it together (SLIP-0039, Shamir's scheme).

A share is 33 English words for 256 bits of key. Fewer than k shares say nothing at all about the key. The words are
those of SLIP-0039, any two of which differ in their first four letters; each list carries a checksum.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from hashlib import sha256

import shamir_mnemonic
from shamir_mnemonic.share import Share
from shamir_mnemonic.utils import MnemonicError
from shamir_mnemonic.wordlist import WORD_INDEX_MAP, WORDLIST

from consult.domain.errors import Refused
from consult.ledger.envelopes import PRIVATE_KEY

#: SLIP-0039 has at most sixteen shares; one share alone would be the whole key.
FEWEST, MOST = 2, 16

#: Words in a share of 256 bits: 4 of header, 26 of value, 3 of checksum (SLIP-0039, "Format of the share mnemonic").
WORDS = 33

_BY_BEGINNING: dict[str, str] = {word[:4]: word for word in WORDLIST}
_CHECK = b"consult share 1 "


class ShareRefused(Refused):
    """A word list cannot be used; the sentence says which word or why."""


def split(private: bytes, k: int, n: int) -> tuple[str, ...]:
    """`n` word lists, any `k` of which give the key again; drawn anew each time from the system's randomness.

    No passphrase is set: what is written on the sheets is all that is needed. The key is random, so the fewest rounds
    of key stretching (iteration exponent 0) lose nothing.
    """
    if not FEWEST <= k <= n <= MOST:
        raise ShareRefused(f"A key is split among {FEWEST} to {MOST} holders, and at least {FEWEST} must be needed.")
    (lists,) = shamir_mnemonic.generate_mnemonics(1, [(k, n)], private, iteration_exponent=0)
    return tuple(lists)


def join(lists: Sequence[str]) -> bytes:
    """The key from at least as many different word lists as are needed; `ShareRefused` where they do not fit."""
    try:
        private: bytes = shamir_mnemonic.combine_mnemonics([*lists])
    except MnemonicError as fault:
        raise ShareRefused(f"These word lists do not make a key together: {_plain(fault)}") from None
    if len(private) != PRIVATE_KEY:
        raise ShareRefused("These word lists make something else than a ballot's key.")
    return private


def read(typed: str, where: str = "the word list") -> str:
    """A word list as somebody typed it: numbers, commas, line ends and capitals are forgiven, four letters are enough.

    >>> read("1. Academic 2. acid", "your list")
    Traceback (most recent call last):
    consult.ledger.shares.ShareRefused: In your list: a share has 33 words; this has 2.
    """
    found = [_word(each, place, where) for place, each in enumerate(re.findall(r"[a-z]+", typed.lower()), 1)]
    if len(found) != WORDS:
        raise ShareRefused(f"In {where}: a share has {WORDS} words; this has {len(found)}.")
    words = " ".join(found)
    try:
        Share.from_mnemonic(words)
    except MnemonicError:
        sentence = "a word is not the one on the sheet, or two were swapped: the checksum at the end does not fit."
        raise ShareRefused(f"In {where}: {sentence} Compare word by word.") from None
    return words


def check(words: str) -> str:
    """The hash by which a share is known again without being told (hexadecimal SHA-256 over a label and the words).

    A share holds 256 random bits, so its hash gives nobody a way to try them.
    """
    return sha256(_CHECK + words.encode("ascii")).hexdigest()


def _word(typed: str, place: int, where: str) -> str:
    words: dict[str, int] = WORD_INDEX_MAP
    if typed in words:
        return typed
    if len(typed) >= 4 and (found := _BY_BEGINNING.get(typed[:4])) and found.startswith(typed):
        return found
    near = difflib.get_close_matches(typed, WORDLIST, 3)
    hint = f" Perhaps {' or '.join(f'“{word}”' for word in near)}?" if near else ""
    raise ShareRefused(f"In {where}: word {place}, “{typed[:20]}”, is none of the words of these lists.{hint}")


def _plain(fault: MnemonicError) -> str:
    words = str(fault).strip()
    return words if words.endswith(".") else f"{words}."
