"""Pieces of pages that are put together once: kept in each process by all that they are made from, and by nothing else.

A piece is found again only by the very words, numbers and states that went into it, with the language and the address of
the site; who is asking is no part of it, for a person who may read other rows asks by other rows. So it can be neither out
of date nor somebody else's. What is asked for least gives way.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

from flask import current_app, request
from flask_babel import get_locale

T = TypeVar("T")

#: Pieces kept in one process, and the characters that they and what they are made from may take together.
MOST, CHARACTERS = 8_192, 16_000_000


class Bounded(Generic[T]):
    """Things by their keys, no more of them and no larger together than is told: the least recently asked for give way."""

    def __init__(self, most: int, size: int) -> None:
        self._things: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._most, self._bound, self._size = most, size, 0
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        """The thing of this key."""
        with self._lock:
            found = self._things.get(key)
            if found is None:
                return None
            self._things.move_to_end(key)
            return found[0]

    def keep(self, key: Hashable, thing: T, size: int) -> T:
        """Keep a thing; gives it back."""
        with self._lock:
            old = self._things.pop(key, None)
            self._things[key] = (thing, size)
            self._size += size - (old[1] if old else 0)
            while self._things and (len(self._things) > self._most or self._size > self._bound):
                _key, (_thing, given) = self._things.popitem(last=False)
                self._size -= given
        return thing


def piece(make: Callable[..., T], *parts: Any, of: Hashable, name: str = "") -> T:
    """What `make(*parts)` gives, made once for `of`: everything in the parts that it depends on.

    `name` tells apart what is made by a function that is there for one page only.
    """
    shelf: Bounded[T] | None = current_app.extensions.get("consult-pieces")
    if shelf is None:
        shelf = current_app.extensions.setdefault("consult-pieces", Bounded(MOST, CHARACTERS))
    found = shelf.get(key := (name or make, of))
    return found if found is not None else shelf.keep(key, (made := make(*parts)), len(str(made)) + len(repr(of)))


def where() -> tuple[str, str]:
    """The language and the address of the site that a piece is put together for."""
    return str(get_locale()), request.root_path
