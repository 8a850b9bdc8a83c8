"""Offices that end, or rest, with a change of the register, as pages tell them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from consult.service.office_ends import Office
from consult.web.words import state_words


def in_words(office: Office) -> str:
    """One office: the role and where it is held, a seat, or whom somebody speaks for."""
    if office.what == "seat":
        return _("a seat in %(body)s", body=office.where)
    if office.what == "voice":
        return _("speaks for %(unit)s", unit=office.where)
    return f"{state_words(office.what)}, {office.where or _('the whole organisation')}"


def listed(offices: Sequence[Office]) -> str:
    """Several of one person, parted by semicolons."""
    return "; ".join(map(in_words, offices))


def rows(offices: Sequence[Office]) -> list[tuple[str, str]]:
    """Several of several people, as rows of a table: who, and what."""
    return [(office.who, in_words(office)) for office in offices]
