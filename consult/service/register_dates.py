"""Dates as other systems write them in a register: whole days on the organisation's clock, or an instant."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from consult.domain.errors import Invalid

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_PARTS = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})")
_WITH_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")

DAY_FIRST, MONTH_FIRST = "day first", "month first"
_EARLIEST = 1850


@lru_cache(maxsize=50_000)
def read_joined(text: str, order: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When somebody joined, as the first instant (UTC) that agrees with what is written and the first after it.

    A date is a whole day on the clock of `zone`. `order` says how 03/04/2026 is read: "day first" or "month first".

    >>> [at.isoformat() for at in read_joined("3/4/2026", DAY_FIRST, ZoneInfo("Europe/London"))]
    ['2026-04-02T23:00:00+00:00', '2026-04-03T23:00:00+00:00']

    Raises:
        Invalid: for anything that is not one plain date.
    """
    if _WITH_TIME.fullmatch(text):
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise Invalid(f"“{text}” is not a date and time that ever was.") from None
        if not _EARLIEST <= at.year <= 2999:
            raise Invalid(f"“{text}” has the year {at.year}, which cannot be.")
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        return at, at + timedelta(microseconds=1)
    day = _read_day(text, order)
    midnight = datetime.combine(day, time(), zone)
    return midnight.astimezone(UTC), datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _read_day(text: str, order: str) -> date:
    iso, parts = _ISO.fullmatch(text), _PARTS.fullmatch(text)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif parts and len(parts[3]) == 2:
        full = f"{parts[1]}/{parts[2]}/20{parts[3]}"
        raise Invalid(f"“{text}” could be several dates. Write the year with four figures, like {full}.")
    elif parts:
        day, month, year = (int(part) for part in parts.groups())
        if order == MONTH_FIRST:
            day, month = month, day
    else:
        raise Invalid(f"“{text[:40]}” is not a date that can be read. Write it like 2026-04-30 or 30/04/2026.")
    if not 1 <= month <= 12:
        hint = f" Dates in this file are read {order}." if parts else ""
        raise Invalid(f"“{text}” has no month {month}.{hint}")
    if not _EARLIEST <= year <= 2999:
        raise Invalid(f"“{text}” has the year {year}, which cannot be.")
    try:
        return date(year, month, day)
    except ValueError:
        raise Invalid(f"“{text}” is a day that does not exist: that month has no day {day}.") from None
