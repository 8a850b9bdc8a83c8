"""When somebody was last here, as their own browser remembers it in the signed cookie: for saying what is new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import session

#: What is looked at within so long belongs to one visit.
ONE_VISIT = timedelta(minutes=45)
_KEY = "visits"


def last(at: datetime) -> datetime | None:
    """When the visit before this one ended; None for the first. Looking at the front page is what makes a visit."""
    before, here = _known()
    if here is None or at - here > ONE_VISIT:
        before = here or before
    session[_KEY] = [int(one.timestamp()) if one else 0 for one in (before, at)]
    return before


def _known() -> tuple[datetime | None, datetime | None]:
    kept = session.get(_KEY)
    if not isinstance(kept, list) or len(kept) != 2 or not all(isinstance(one, int) for one in kept):
        return None, None
    before, here = (datetime.fromtimestamp(one, UTC) if one > 0 else None for one in kept)
    return before, here
