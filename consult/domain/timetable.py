"""The phases of a consultation and what each one allows, at the instant that it names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from consult.domain.errors import OutOfOrder

#: Phase → what it is for, in the order in which they usually come; phases may overlap.
PHASES: dict[str, str] = {
    "consulting": "reading the paper and saying what matters",
    "drafting": "drafting, seconding and submitting motions",
    "late motions": "submitting motions that could not be sent in time",
    "emergency motions": "submitting motions about what has happened since the closing date",
    "amendments": "submitting amendments to published motions",
    "debating": "debating motions and amendments",
    "compositing": "bringing like motions together",
    "prioritising": "choosing which motions are taken",
    "voting": "voting",
    "certifying": "counting, complaints and certification",
    "following up": "reporting what became of each decision",
}


#: The phases of a consultation that takes no motions.
ASKING = ("consulting", "following up")


def does(kind: str, what: str) -> str:
    """A phase with what it does, "opens" or "closes", in the number of its name.

    >>> does("voting", "opens"), does("late motions", "closes")
    ('voting opens', 'late motions close')
    """
    return f"{kind} {what.removesuffix('s') if kind.endswith('s') else what}"


class Span(Protocol):
    """A phase as the tables keep it."""

    @property
    def kind(self) -> str: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...


def current(phases: Iterable[Span], at: datetime) -> list[Span]:
    """The phases that are open at an instant: from `opens_at` up to, not including, `closes_at`."""
    return [phase for phase in phases if phase.opens_at <= at < phase.closes_at]


def outside(phases: Iterable[Span], kind: str, at: datetime) -> Span | None:
    """The phase of a kind that is still to open, or that closed last, where none of that kind is open; None where it is not
    limited or open.
    """
    named = [phase for phase in phases if phase.kind == kind]
    if not named or current(named, at):
        return None
    coming = [phase for phase in named if at < phase.opens_at]
    return min(coming, key=lambda each: each.opens_at) if coming else max(named, key=lambda each: each.closes_at)


def require_phase(phases: Iterable[Span], kind: str, at: datetime, doing: str) -> None:
    """Nothing if the phase is open at `at`; a timetable without that phase sets no limit.

    `doing` is what was asked, as in "Motions can be submitted".

    Raises:
        OutOfOrder: naming the phase, with the instants at which it opens and closes.
    """
    if sentence := why_closed(phases, kind, at, doing):
        raise OutOfOrder(sentence)


def why_closed(phases: Iterable[Span], kind: str, at: datetime, doing: str) -> str:
    """The sentence of `require_phase`, naming the phase, with the instants at which it opens and closes; "" while it is open."""
    named = [phase for phase in phases if phase.kind == kind]
    if not named or current(named, at):
        return ""
    phase = named[0]
    if at < phase.opens_at:
        return f"{doing} from {written(phase.opens_at)}; it is not yet that time. {dates(phase)}"
    return f"{doing} until {written(phase.closes_at)}; that deadline has passed. {dates(phase)}"


def dates(phase: Span) -> str:
    """The sentence that names a phase with both of its instants."""
    return f"The phase “{phase.kind}” is from {written(phase.opens_at)} to {written(phase.closes_at)}."


def written(at: datetime) -> str:
    """An instant for sentences made without a page: "27 November 2026, 12:00 UTC".

    >>> from datetime import UTC
    >>> written(datetime(2026, 11, 27, 12, tzinfo=UTC))
    '27 November 2026, 12:00 UTC'
    """
    return f"{at.day} {at:%B %Y, %H:%M %Z}"
