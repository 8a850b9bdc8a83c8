"""Attempts: how often something may be tried, per account and per network address, and when it may be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consult.domain.errors import TooOften
from consult.model.members import Attempt
from consult.model.store import writing
from consult.service import clock, vault


@dataclass(frozen=True)
class Limit:
    """At most `most` tries in a window that begins with the first of them; `instead` says what to do meanwhile."""

    name: str
    most: int
    window: timedelta
    instead: str


_LINK_INSTEAD = "You can have a link sent to you by e-mail instead, or try again at {when}."
_WAIT = "Please try again at {when}."

PASSWORD = Limit("password", 10, timedelta(minutes=15), _LINK_INSTEAD)
PASSWORD_NETWORK = Limit("password from a network", 100, timedelta(minutes=15), _LINK_INSTEAD)
#: The window is as long as a link is good: whoever is at the limit has a good link in the mail already.
LINK = Limit(
    "link",
    5,
    timedelta(minutes=10),
    "Use the newest link in your mail (look among the junk too), or ask for another at {when}.",
)
LINK_NETWORK = Limit("link from a network", 60, timedelta(minutes=10), _WAIT)
#: A new link to vote can be had to the last minute, and not so often that a box is filled with them.
VOTE_LINK = Limit(
    "link to vote",
    3,
    timedelta(minutes=15),
    "Use the newest link in your mail (look among the junk too), or ask for another at {when}.",
)
VOTE_LINK_NETWORK = Limit("links to vote from a network", 60, timedelta(minutes=10), _WAIT)
CODE = Limit("code", 8, timedelta(minutes=15), _WAIT)
CHALLENGE_NETWORK = Limit("passkeys asked for from a network", 300, timedelta(minutes=10), _WAIT)
SPENT_NETWORK = Limit("links opened from a network", 200, timedelta(minutes=10), _WAIT)


@dataclass(frozen=True)
class Try:
    """One try that a limit counts: of an account ("member:12", "typed:…") or from a network address."""

    limit: Limit
    of: str

    @property
    def key(self) -> str:
        """The keyed hash that is all that is kept."""
        return vault.mark(f"attempt {self.limit.name}", self.of)


def network(address: str | None) -> str:
    """The network an address counts for: an IPv4 address itself, an IPv6 address its /64 (RFC 6177).

    >>> network("192.0.2.7"), network("2001:db8::1") == network("2001:db8::2"), network(None)
    ('192.0.2.7', True, 'unknown')
    """
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return parsed.exploded[:19] if isinstance(parsed, IPv6Address) else str(parsed)


def spend(*tries: Try, at: datetime | None = None) -> None:
    """Count tries, in a transaction of their own so that a refusal later does not take them back; all or none.

    Raises:
        TooOften: naming when it may be tried again.
    """
    try:
        _spend(tries, at)
    except IntegrityError:  # the first two tries of a window at the same instant
        _spend(tries, at)


def _spend(tries: tuple[Try, ...], at: datetime | None) -> None:
    with writing() as session:
        moment = at or clock.now(session)
        for one in sorted(tries, key=lambda one: one.key):  # one order, so that no two wait for each other
            row = _row(session, one, moment)
            if row.count >= one.limit.most:
                raise TooOften(_sentence(one.limit, row.window_started_at + one.limit.window))
            row.count += 1


def _row(session: Session, one: Try, at: datetime) -> Attempt:
    row = session.get(Attempt, one.key, with_for_update=True, populate_existing=True)
    if row is None:
        row = Attempt(key=one.key, count=0, window_started_at=at)
        session.add(row)
        session.flush()
    elif row.window_started_at + one.limit.window <= at:
        row.count, row.window_started_at = 0, at
    return row


def give_back(session: Session, *tries: Try) -> None:
    """Take tries back after a success, inside a transaction of the caller's: only failures count."""
    for one in sorted(tries, key=lambda one: one.key):
        row = session.get(Attempt, one.key, with_for_update=True, populate_existing=True)
        if row is not None and row.count > 0:
            row.count -= 1


def forget(session: Session, *tries: Try) -> None:
    """Forget every try of these accounts after a success, inside a transaction of the caller's."""
    for one in tries:
        row = session.get(Attempt, one.key, with_for_update=True, populate_existing=True)
        if row is not None:
            session.delete(row)


def _sentence(limit: Limit, until: datetime) -> str:
    # A minute later than to the second, so that the time shown is never too early.
    there = (until + timedelta(minutes=1)).astimezone(ZoneInfo(current_app.config["CONSULT_ZONE"]))
    when = f"{there:%H:%M} ({current_app.config['CONSULT_ZONE_NAME']})"
    return f"That was tried too often. {limit.instead.format(when=when)}"
