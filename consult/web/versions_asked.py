"""Which version of a text an address asks for (`?version=2`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from flask import request
from flask_babel import gettext as _

from consult.domain.errors import NotFound


class _Numbered(Protocol):
    sequence: int


V = TypeVar("V", bound=_Numbered)


def version_asked(rows: Iterable[V], newest: V | None) -> V | None:
    """The version that the address names, or the newest where it names none.

    Raises:
        NotFound: for a version that there is not, so that nobody takes the newest text for it.
    """
    wanted = request.args.get("version", "")
    if not wanted:
        return newest
    found = next((row for row in rows if str(row.sequence) == wanted), None)
    if found is None:
        raise NotFound(_("There is no version of this number. The address without it leads to the newest text."))
    return found
