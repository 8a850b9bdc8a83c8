"""Dates for people's calendars, as iCalendar (RFC 5545), written by the icalendar library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Entry:
    """One entry: `uid` and `revision` tell calendars that it is the same one, changed; instants are in UTC."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    revision: int = 0
    about: str = ""
    place: str = ""
    address: str = ""
    cancelled: bool = False


def calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """A calendar of these entries.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> text = calendar("Events", [Entry("e1@x", "Tea", noon, noon.replace(hour=14), noon)]).decode()
    >>> "DTSTART:20260302T120000Z" in text, "SUMMARY:Tea" in text
    (True, True)
    """
    made = Calendar()
    made.add("prodid", "-//consult//events//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("summary", entry.title)
        event.add("dtstart", entry.starts_at)
        event.add("dtend", entry.ends_at)
        event.add("dtstamp", entry.changed_at)
        event.add("sequence", entry.revision)
        event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
        for field, value in (("description", entry.about), ("location", entry.place), ("url", entry.address)):
            if value:
                event.add(field, value)
        made.add_component(event)
    return bytes(made.to_ical())
