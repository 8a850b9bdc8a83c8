"""Pieces of pages that are put together once: kept in each process by all that they are made from, and by nothing else.

A piece is found again only by the very words, numbers and states that went into it, with the language and the address of
the site; who is asking is no part of it, for a person who may read other rows asks by other rows. So it can be neither out
of date nor somebody else's. What is asked for least gives way.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Any, Generic, TypeVar

from flask import current_app, g, request
from flask_login import current_user
from markupsafe import Markup

from consult.web.languages import of_page

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


def shelf_() -> Bounded[Any]:
    """The pieces of the running application."""
    found: Bounded[Any] | None = current_app.extensions.get("consult-pieces")
    return (
        found if found is not None else current_app.extensions.setdefault("consult-pieces", Bounded(MOST, CHARACTERS))
    )


def piece(make: Callable[..., T], *parts: Any, of: Hashable, name: str = "") -> T:
    """What `make(*parts)` gives, made once for `of`: everything in the parts that it depends on.

    `name` tells apart what is made by a function that is there for one page only.
    """
    shelf: Bounded[T] = shelf_()
    found = shelf.get(key := (name or make, of))
    return found if found is not None else shelf.keep(key, (made := make(*parts)), _size(made, of))


def unchanged(make: Callable[[Any], T], rows: Sequence[Any], *, slot: Hashable, size: int) -> dict[Any, T]:
    """What `make` gives of each row, by the row's id: of one that is the same in all its columns as when the slot was last
    asked, what it gave then. For the rows of a long list, of which a change touches one; `size` says about how many
    characters they and what is made of them have."""
    shelf: Bounded[dict[Any, tuple[Any, T]]] = shelf_()
    before = shelf.get(key := ("rows", slot)) or {}
    now = {}
    for row in rows:
        name = row.id
        known = before.get(name)
        now[name] = known if known is not None and known[0] == row else (row, make(row))
    if now != before:
        shelf.keep(key, now, size)
    return {name: made for name, (_row, made) in now.items()}


def newest(make: Callable[..., T], *parts: Any, of: Hashable, slot: Hashable, size: int) -> T:
    """As `piece`, but of each `slot` only what was made last is kept: for what is made of so much that comparing it with what
    it was made of before is quicker than finding it. `size` says about how many characters there are in `of`, and in what is made
    where that is no text."""
    shelf: Bounded[tuple[Hashable, T]] = shelf_()
    known = shelf.get(key := (make, slot))
    if known is not None and known[0] == of:
        return known[1]
    made = make(*parts)
    return shelf.keep(key, (of, made), size + (len(made) if isinstance(made, str) else 0))[1]


def _size(made: Any, of: Hashable) -> int:
    """About how many characters a piece and what it is kept by take."""
    return (len(made) if isinstance(made, str) else len(repr(made))) + len(repr(of))


def for_visitors(name: str, of: Hashable, caller: Callable[[], Markup]) -> Markup:
    """A passage of a template that says the same to every visitor for the same `of`, put together once: `{% call
    for_visitors("frame: foot", (links,)) %}…{% endcall %}`. People who are signed in always get it made for them, and
    so does everybody where `of` is None. What holds a form's token is never kept."""
    if of is None or not is_visitor():
        return caller()
    shelf: Bounded[Markup] = shelf_()
    found = shelf.get(key := (name, where(), of))
    if found is None:
        found = caller()
        if not has_token():
            shelf.keep(key, found, _size(found, of))
    return found


def is_visitor() -> bool:
    """Whether nobody is signed in; an installation where nobody can be does not know."""
    return hasattr(current_app, "login_manager") and not current_user.is_authenticated


def has_token() -> bool:
    """Whether a form's token was made for this request, so that what is shown may hold it."""
    return current_app.config["WTF_CSRF_FIELD_NAME"] in g


def where() -> tuple[str, str]:
    """The language and the address of the site that a piece is put together for."""
    return str(of_page()), request.root_path
