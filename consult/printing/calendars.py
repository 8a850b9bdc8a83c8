"""Dates for people's calendars, as iCalendar (RFC 5545, RFC 7986), written by the icalendar library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

#: How often a calendar that follows an address is told to ask again.
REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """One entry: `uid` and `revision` tell calendars that it is the same one, changed; instants are in UTC.

    A deadline has no end: it is an instant (RFC 5545, 3.6.1).
    """

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime | None
    changed_at: datetime
    revision: int = 0
    about: str = ""
    place: str = ""
    address: str = ""
    cancelled: bool = False
    #: Whether it takes one's time: a deadline does not.
    busy: bool = True


def calendar(name: str, entries: Iterable[Entry], zone: str = "") -> bytes:
    """A calendar of these entries; `zone` is that in which a reader without one of their own shows them.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> text = calendar("Events", [Entry("e1@x", "Tea", noon, noon.replace(hour=14), noon)]).decode()
    >>> "DTSTART:20260302T120000Z" in text, "SUMMARY:Tea" in text
    (True, True)
    >>> "DTEND" in calendar("Events", [Entry("d1@x", "Close", noon, None, noon)]).decode()
    False
    """
    made = Calendar()
    made.add("prodid", "-//consult//events//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    if zone:
        made.add("x-wr-timezone", zone)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for entry in entries:
        made.add_component(_event(entry))
    return bytes(made.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("summary", entry.title)
    event.add("dtstart", entry.starts_at)
    if entry.ends_at is not None:
        event.add("dtend", entry.ends_at)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.revision)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE" if entry.busy and not entry.cancelled else "TRANSPARENT")
    for field, value in (("description", entry.about), ("location", entry.place), ("url", entry.address)):
        if value:
            event.add(field, value)
    return event
