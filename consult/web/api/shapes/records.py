"""Shapes of the read API: units, events, decisions and the audit log."""

from __future__ import annotations

from datetime import date, datetime

from consult.web.api.shapes.base import Links, Page, Shape, UnitName


class UnitSummary(UnitName):
    """A unit as lists show it."""

    kind: str
    parent: int | None
    closed: datetime | None
    links: Links


class Units(Page[UnitSummary]):
    """A page of units."""


class Unit(UnitSummary):
    """A unit with what it says about itself."""

    about: str
    members: int
    supporters: int
    below: list[UnitName]


class Event(Shape):
    """A meeting or event. The address to join from afar is never given here."""

    id: int
    kind: str
    title: str
    about: str
    place: str
    access: str
    starts: datetime
    ends: datetime
    open_to: str
    state: str
    unit: UnitName
    consultation: int | None
    changed: datetime
    links: Links


class Events(Page[Event]):
    """A page of events."""


class Decision(Shape):
    """One entry of a unit's register of decisions."""

    number: int
    decided_on: date
    kind: str
    title: str
    words: str
    reason: str
    entered: datetime


class Decisions(Page[Decision]):
    """A page of a register."""


class AuditHead(Shape):
    """A head of the audit log that was mailed out."""

    sequence: int
    hash: str
    sent: datetime | None


class AuditHeads(Shape):
    """The present head of the audit log, and the last that were mailed out."""

    head: AuditHead | None
    sent: list[AuditHead]


class AuditEvent(Shape):
    """One event of the audit log, without who did it; subject and data are empty where they concern one person."""

    sequence: int
    at: datetime
    event: str
    sentence: str
    subject: str
    data: str
    hash: str


class AuditEvents(Page[AuditEvent]):
    """A page of the audit log."""
