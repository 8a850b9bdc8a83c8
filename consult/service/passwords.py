"""Passwords: which are good enough, how they are hashed (Argon2id), and how many are hashed at once."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from consult.domain.errors import Invalid, Unavailable

SHORTEST, LONGEST = 12, 200

#: OWASP's first choice of minimum for Argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet).
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, hash_len=32, salt_len=16)

#: Hashes made at once in this process: 19 MiB each, so that a flood of sign-ins cannot take all memory.
AT_ONCE = 4
_SECONDS_IN_LINE = 20
_room = threading.BoundedSemaphore(AT_ONCE)

#: Beginnings of what people type when asked for twelve letters; a password that is mostly one of them is refused.
_COMMON = ("password", "qwerty", "letmein", "welcome", "iloveyou", "abcdef", "123456", "654321", "changeme", "sunshine")
_ADVICE = "Four words that do not belong together do well."


def hashed(password: str) -> str:
    """The Argon2id hash with its parameters and salt, at most 200 letters.

    Raises:
        Unavailable: if too many are being hashed at once.
    """
    with _Room():
        return HASHER.hash(_plain(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; with no hash, the same work is done for the answer no.

    Raises:
        Unavailable: if too many are being hashed at once.
    """
    with _Room():
        try:
            HASHER.verify(kept or _nobodys(), _plain(password))
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether it was hashed with other parameters than those of today."""
    return HASHER.check_needs_rehash(kept)


def check(password: str, *, known: tuple[str, ...] = ()) -> None:
    """Nothing if the password is good enough: long, and not made of what everybody knows of the person (`known`).

    Length alone is asked for, no mixture of signs (NIST SP 800-63B, 3.1.1.2).

    Raises:
        Invalid: with the sentence for the field "password".
    """
    plain = _plain(password).casefold()
    sentence = ""
    if len(plain) < SHORTEST:
        sentence = f"The password must have at least {SHORTEST} characters. {_ADVICE}"
    elif len(plain) > LONGEST:
        sentence = f"The password must have at most {LONGEST} characters."
    elif len(set(plain)) < 5 or any(len(plain.replace(common, "")) < 6 for common in _COMMON):
        sentence = f"This password is among the first that anybody would try. {_ADVICE}"
    elif len(_without(plain, known)) < 8:
        sentence = "This password is little more than your name, address or number, which others know. Choose another."
    if sentence:
        raise Invalid(sentence, {"password": sentence})


def _without(plain: str, words: tuple[str, ...]) -> str:
    for word in words:
        if len(word) > 3:
            plain = plain.replace(word.casefold(), "")
    return plain


def _plain(password: str) -> str:
    """One spelling for letters that can be written in several ways (NFKC), cut where no honest password reaches."""
    return unicodedata.normalize("NFKC", password[:4096])


@cache
def _nobodys() -> str:
    """A hash that nobody has the password of, for accounts that do not exist."""
    return HASHER.hash("the password of nobody at all")


class _Room:
    """A place among those who hash at this moment."""

    def __enter__(self) -> None:
        if not _room.acquire(timeout=_SECONDS_IN_LINE):
            raise Unavailable("Very many people are signing in at this moment. Please try again in a minute.")

    def __exit__(self, *fault: object) -> None:
        _room.release()
