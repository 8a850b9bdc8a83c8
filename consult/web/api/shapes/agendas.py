"""Shapes of the read API: papers and sittings of a conference."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from consult.web.api.shapes.base import Links, Shape


class AgendaSummary(Shape):
    """An issued paper of a conference: an agenda, an order paper, or (for members) a report of the committee."""

    id: int
    kind: str
    number: int
    title: str
    issued: datetime
    hash: str
    links: Links


class Agendas(Shape):
    """The issued papers of a consultation, newest first."""

    data: list[AgendaSummary]


class Agenda(AgendaSummary):
    """An issued paper as it was issued."""

    words: str
    changes: list[str]
    content: dict[str, Any]


class Sitting(Shape):
    """One sitting of a conference."""

    id: int
    number: int
    title: str
    place: str
    starts: datetime
    ends: datetime
    state: str
    links: Links


class Sittings(Shape):
    """The sittings of a consultation."""

    data: list[Sitting]
