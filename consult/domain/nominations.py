"""Nominations: the declared rules of a call, what a nomination still lacks, and what follows when the time is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from consult.domain.errors import Invalid

MEMBERS, BRANCHES = "members", "branches"
NOMINATORS = (MEMBERS, BRANCHES)
#: What is done where there are no more candidates than seats.
DECLARE, POLL = UNCONTESTED = ("declare", "poll")
#: What is done where there are too few candidates for a reserved place.
LEAVE_VACANT, OPEN_TO_ALL = TOO_FEW = ("leave vacant", "open to all")
#: What is done where a candidate withdraws or dies once the poll is prepared.
COUNT_WITHOUT, POLL_AGAIN = LEAVING = ("count without", "poll again")
#: How a seat is filled that somebody leaves before the term is over.
BY_ELECTION, COUNTBACK, CO_OPTION = CASUAL = ("by-election", "countback", "co-option")

MEANINGS: dict[str, str] = {
    MEMBERS: "members of the unit nominate",
    BRANCHES: "branches nominate, each through its delegate or officer after a meeting",
    DECLARE: "they are declared elected without a poll",
    POLL: "there is a poll all the same, with “re-open nominations” on the paper",
    LEAVE_VACANT: "the reserved places that nobody stands for stay vacant and nominations are called again for them",
    OPEN_TO_ALL: "the reserved places that nobody stands for are filled from all candidates",
    COUNT_WITHOUT: "the votes are counted without that candidate: each paper counts for the next choice on it",
    POLL_AGAIN: "the poll is ended without a result and nominations are called again",
    BY_ELECTION: "by an election for the rest of the term",
    COUNTBACK: "by counting the papers of the election again without the one who left",
    CO_OPTION: "by the body itself, which reports it",
}


@dataclass(frozen=True)
class Rules:
    """The declared rules of a call; they are fixed once nominations are open.

    `needed` is how many nominations a candidate needs, whoever proposes counting as one unless it is the candidate;
    `by` is members or branches; `most` is how many candidates one nominator may nominate (0: as many as there are seats).
    `member_days` is how long, at the close of nominations, one must have been a member.
    """

    needed: int = 2
    by: str = MEMBERS
    most: int = 0
    self_nomination: bool = True
    member_days: int = 0
    statement_words: int = 250
    uncontested: str = DECLARE
    too_few: str = LEAVE_VACANT
    leaving: str = COUNT_WITHOUT
    casual: str = BY_ELECTION
    method: str = "scottish-stv"
    ron: bool = False

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rules:
        """Read what was stored."""
        return cls(**data)

    def check(self) -> None:
        """Nothing for rules that can be kept.

        Raises:
            Invalid: naming the field.
        """
        problems: dict[str, str] = {}
        if not 0 <= self.needed <= 1_000:
            problems["needed"] = "Between 0 and 1,000 nominations can be needed."
        if not self.self_nomination and self.needed == 0:
            problems["needed"] = "Where nobody may nominate themself, at least one nomination is needed."
        if not 0 <= self.most <= 1_000:
            problems["most"] = "Say how many each may nominate as a number; 0 for as many as there are seats."
        if not 0 <= self.member_days <= 36_500:
            problems["member_days"] = "Say for how many days one must have been a member; 0 if it does not matter."
        if not 1 <= self.statement_words <= 2_000:
            problems["statement_words"] = "A statement may have between 1 and 2,000 words."
        chosen = (
            ("by", NOMINATORS), ("uncontested", UNCONTESTED), ("too_few", TOO_FEW), ("leaving", LEAVING), ("casual", CASUAL),
        )  # fmt: skip
        for name, values in chosen:
            if getattr(self, name) not in values:
                problems[name] = "Choose one of the rules on offer."
        if problems:
            raise Invalid(next(iter(problems.values())), problems)


def check_times(opens_at: datetime, closes_at: datetime, consent_by: datetime, withdraw_by: datetime) -> None:
    """Nothing for deadlines in their order.

    Raises:
        Invalid: at the deadline that comes too soon.
    """
    problems = {}
    if closes_at <= opens_at:
        problems["closes_at"] = "Nominations must close after they open."
    if consent_by < closes_at:
        problems["consent_by"] = "Those nominated on the last day need time to accept: not before nominations close."
    if withdraw_by < consent_by:
        problems["withdraw_by"] = "The last instant to withdraw cannot come before the last to accept."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


@dataclass(frozen=True)
class Standing:
    """A nomination as the rules see it: its state, how many nominated, and why the person is not eligible ("" if so)."""

    state: str
    nominations: int
    ineligible: str = ""


def lacking(rules: Rules, one: Standing) -> list[str]:
    """What a nomination still lacks to be a candidacy, in sentences; none when it is one.

    >>> lacking(Rules(needed=2), Standing("proposed", 1))
    ['It needs 1 more nomination.', 'The person has not accepted yet.']
    >>> lacking(Rules(needed=2), Standing("standing", 2))
    []
    """
    said = []
    if one.ineligible:
        said.append(one.ineligible)
    short = rules.needed - one.nominations
    if short > 0:
        said.append(f"It needs {short} more nomination{'s' if short > 1 else ''}.")
    if one.state == "proposed":
        said.append("The person has not accepted yet.")
    elif one.state != "standing":
        said.append(f"It is {one.state}.")
    return said


@dataclass(frozen=True)
class Candidate:
    """Somebody who stands, by the number of the nomination, with the reserved place that the person counts for."""

    id: int
    group: str = ""


@dataclass(frozen=True)
class Plan:
    """What follows from the nominations: who is declared elected, who goes to a poll for how many seats, what stays vacant.

    `reserves` are those of the poll. `because` says it in sentences, for the record.
    """

    elected: tuple[int, ...] = ()
    polled: tuple[int, ...] = ()
    seats: int = 0
    vacant: int = 0
    reserves: tuple[dict[str, Any], ...] = ()
    because: tuple[str, ...] = ()

    @property
    def settles(self) -> bool:
        """Whether anything follows: nothing does where none of the seats can be filled."""
        return bool(self.elected or self.polled or self.vacant)


@dataclass(frozen=True)
class Room:
    """The seats of a call that can be filled, with the reserved places among them and why they are fewer than called for."""

    seats: int
    reserves: tuple[dict[str, Any], ...] = ()
    because: tuple[str, ...] = ()


def room(
    seats: int,
    reserves: Sequence[Mapping[str, Any]],
    free: int,
    body: Sequence[Mapping[str, Any]] = (),
    held: Mapping[str, int] | None = None,
) -> Room:
    """What is left of a call of whose seats only so many are free in its term.

    `body` are the reserved places of the whole body, and `held` how many of its seats are held for each group in that
    term: a place that is held already is not kept free a second time.

    >>> women = [{"group": "women", "minimum": 1, "maximum": None}]
    >>> room(3, women, 3, women, {"women": 1}) == Room(3, tuple(women))
    True
    >>> left = room(3, women, 1, women)
    >>> left.seats, left.reserves[0]["minimum"], left.because
    (1, 1, ('Of the 3 seats called for only 1 can be filled: the others are held, or put to another ballot, in that term.',))
    >>> room(3, women, 1, women, {"women": 1}).reserves[0]["minimum"]
    0
    """
    if free >= seats:
        return Room(seats, tuple(dict(row) for row in reserves))
    if free <= 0:
        return Room(
            0,
            (),
            ("None of the seats called for can be filled: all are held, or put to another ballot, in that term.",),
        )
    whole, there = {row["group"]: row for row in body}, held or {}
    left, rows = free, []
    for row in reserves:
        group, least, most = row["group"], row["minimum"], row.get("maximum")
        if group in whole:
            least = min(least, max(0, whole[group]["minimum"] - there.get(group, 0)))
            if whole[group].get("maximum") is not None:
                bound = max(0, whole[group]["maximum"] - there.get(group, 0))
                most = bound if most is None else min(most, bound)
        least = min(least, left)
        left -= least
        rows.append({"group": group, "minimum": least, "maximum": most if most is None else max(most, least)})
    sentence = (
        f"Of the {seats} seats called for only {free} can be filled: "
        "the others are held, or put to another ballot, in that term."
    )
    return Room(free, tuple(rows), (sentence,))


def plan(rules: Rules, seats: int, reserves: Sequence[Mapping[str, Any]], standing: Sequence[Candidate]) -> Plan:
    """What the declared rules make of the candidates who stand when the last deadline is over.

    >>> plan(Rules(), 2, (), [Candidate(1), Candidate(2)]).elected
    (1, 2)
    >>> contested = plan(Rules(), 1, (), [Candidate(1), Candidate(2)])
    >>> contested.polled, contested.seats, contested.because
    ((1, 2), 1, ('2 candidates stand for 1 seat, so there is a poll.',))
    >>> women = [{"group": "women", "minimum": 2, "maximum": None}]
    >>> few = plan(Rules(), 3, women, [Candidate(1, "women"), Candidate(2), Candidate(3), Candidate(4)])
    >>> few.polled, few.seats, few.vacant, few.reserves[0]["minimum"]
    ((1, 2, 3, 4), 2, 1, 1)
    >>> plan(Rules(too_few="open to all"), 3, women, [Candidate(1, "women"), Candidate(2), Candidate(3), Candidate(4)]).seats
    3
    """
    if not standing:
        return Plan(
            vacant=seats, because=("Nobody stands, so every seat stays vacant and nominations are called again.",)
        )
    said: list[str] = []
    left, limits = seats, []
    for row in reserves:
        there = sum(one.group == row["group"] for one in standing)
        short = max(0, row["minimum"] - there)
        if short:
            meaning = MEANINGS[rules.too_few]
            said.append(
                f"{there} of at least {row['minimum']} for {row['group']} stand: by the declared rule {meaning}."
            )
            if rules.too_few == LEAVE_VACANT:
                left -= short
        limits.append({"group": row["group"], "minimum": row["minimum"] - short, "maximum": row.get("maximum")})
    left = max(left, 0)
    crowded = any(
        row["maximum"] is not None and sum(one.group == row["group"] for one in standing) > row["maximum"]
        for row in limits
    )
    everybody = tuple(one.id for one in standing)
    if len(standing) > left or crowded:
        ready = min(left, len(standing))
        said.append(f"{_many(len(standing), 'candidate')} stand for {_many(ready, 'seat')}, so there is a poll.")
        return Plan((), everybody, ready, seats - ready, tuple(limits), tuple(said))
    vacant = seats - len(standing)
    if rules.uncontested == POLL:
        said.append(f"There are no more candidates than seats; by the declared rule {MEANINGS[POLL]}.")
        return Plan((), everybody, len(standing), vacant, tuple(limits), tuple(said))
    said.append(f"There are no more candidates than seats; by the declared rule {MEANINGS[DECLARE]}.")
    if vacant:
        said.append(f"{_many(vacant, 'seat')} stay vacant." if vacant > 1 else "1 seat stays vacant.")
    return Plan(everybody, (), 0, vacant, (), tuple(said))


def _many(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
