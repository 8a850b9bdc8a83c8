"""Bodies and their seats: the ways into a seat, when a term ends, which seats are vacant, and reserved places in words."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consult.domain.errors import Invalid

ELECTED, UNOPPOSED, BY_ELECTION, COUNTBACK, CO_OPTED, APPOINTED, INTERIM = WAYS = (
    "elected", "unopposed", "by-election", "countback", "co-opted", "appointed", "interim",
)  # fmt: skip

WAY_MEANINGS: dict[str, str] = {
    ELECTED: "elected by a ballot",
    UNOPPOSED: "declared elected without a poll: there were no more candidates than seats",
    BY_ELECTION: "elected for the rest of somebody's term",
    COUNTBACK: "by counting the papers of the election again without the one who left",
    CO_OPTED: "brought in by the body itself, which reports it",
    APPOINTED: "appointed by a decision",
    INTERIM: "for the founding period only",
}


@dataclass(frozen=True)
class Held:
    """One term in one seat, as far as vacancies ask: `until` is the end of the term that the seat was filled for."""

    seat: int
    starts_at: datetime
    ends_at: datetime
    until: datetime
    group: str = ""
    name: str = ""


@dataclass(frozen=True)
class Vacancy:
    """An empty seat; a casual one is there because somebody left before the term was over, which ends at `until`."""

    seat: int
    until: datetime | None = None
    group: str = ""
    left: str = ""

    @property
    def casual(self) -> bool:
        """Whether somebody left it before the term was over."""
        return self.until is not None


def vacancies(seats: int, held: Iterable[Held], at: datetime) -> list[Vacancy]:
    """The seats that nobody holds at an instant, by number; a term that begins later does not fill its seat yet.

    >>> from datetime import UTC, datetime
    >>> day = lambda n: datetime(2026, 3, n, tzinfo=UTC)
    >>> gone = Held(1, day(1), day(5), day(30), "", "Ada")
    >>> [(v.seat, v.casual, v.left) for v in vacancies(2, [gone], day(6))]
    [(1, True, 'Ada'), (2, False, '')]
    >>> [(v.seat, v.casual) for v in vacancies(1, [gone], day(30))]
    [(1, False)]
    """
    rows = list(held)
    found = []
    for seat in range(1, seats + 1):
        own = [row for row in rows if row.seat == seat]
        if any(row.starts_at <= at < row.ends_at for row in own):
            continue
        before = max((row for row in own if row.ends_at <= at), key=lambda row: row.ends_at, default=None)
        if before is not None and before.ends_at < before.until and at < before.until:
            found.append(Vacancy(seat, before.until, before.group, before.name))
        else:
            found.append(Vacancy(seat))
    return found


def free(seats: int, held: Iterable[Held], starts_at: datetime, until: datetime) -> list[int]:
    """The seats that nobody holds at any instant of a term, by number.

    >>> from datetime import UTC, datetime
    >>> day = lambda n: datetime(2026, 3, n, tzinfo=UTC)
    >>> [free(2, [Held(1, day(5), day(9), day(9))], day(1), day(n)) for n in (5, 6)]
    [[1, 2], [2]]
    """
    taken = {row.seat for row in held if row.starts_at < until and row.ends_at > starts_at}
    return [seat for seat in range(1, seats + 1) if seat not in taken]


def months_later(at: datetime, months: int) -> datetime:
    """The same day and hour so many months later; the last day of a month that is too short for it.

    >>> from datetime import UTC, datetime
    >>> months_later(datetime(2026, 1, 31, 12, tzinfo=UTC), 1).isoformat()
    '2026-02-28T12:00:00+00:00'
    """
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


#: How many months a term may outlast the full one: the meeting that elects the next comes later in some years.
LATER = 3


def longest_term(starts_at: datetime, term_months: int) -> datetime:
    """The last instant at which a term that begins then may end: the full term, and some months for a meeting that is late."""
    return months_later(starts_at, term_months + LATER)


def check_reserves(reserves: Sequence[Mapping[str, Any]], seats: int) -> None:
    """Nothing for reserved places that fit the seats.

    Raises:
        Invalid: for a group that stands twice or has too long a name, limits that cross, or more places than seats.
    """
    groups = [row["group"] for row in reserves]
    sentence = ""
    if twice := next((group for group in groups if groups.count(group) > 1), None):
        sentence = f"The group “{twice}” stands there twice."
    elif long := next((group for group in groups if len(group) > 100), None):
        sentence = f"The name of the group “{long[:40]}…” has more than 100 characters."
    elif any(row["maximum"] is not None and row["maximum"] < row["minimum"] for row in reserves):
        sentence = "For one of the groups the most is less than the least."
    elif sum(row["minimum"] for row in reserves) > seats:
        sentence = f"More places are reserved than there are seats ({seats})."
    if sentence:
        raise Invalid(sentence, {"reserves": sentence})


def reserves_as_typed(reserves: Sequence[Mapping[str, Any]]) -> str:
    """Reserved places as one types them.

    >>> reserves_as_typed([{"group": "women", "minimum": 2, "maximum": None}])
    'women = 2'
    """
    return "\n".join(
        f"{row['group']} = {row['minimum']}" + (f"..{row['maximum']}" if row.get("maximum") is not None else "")
        for row in reserves
    )


def reserves_in_words(reserves: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each reserved place as a sentence; one of which nothing is asked (any more) has none.

    >>> reserves_in_words([{"group": "under 30", "minimum": 1, "maximum": 3}, {"group": "men", "minimum": 0, "maximum": 2}])
    ['At least 1 of the seats and at most 3 for under 30.', 'At most 2 of the seats for men.']
    >>> reserves_in_words([{"group": "women", "minimum": 0, "maximum": None}])
    []
    """
    said = []
    for row in reserves:
        least, most = row["minimum"], row.get("maximum")
        parts = [f"at least {least} of the seats"] if least else []
        if most is not None:
            parts.append(f"at most {most}" + ("" if least else " of the seats"))
        if words := " and ".join(parts):
            said.append(f"{words[0].upper()}{words[1:]} for {row['group']}.")
    return said
