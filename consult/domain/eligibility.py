"""Who is entitled to vote: the rule of an electoral roll, and for one person the exact condition that decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from consult.domain.errors import Invalid
from consult.domain.roles import Status
from consult.domain.timetable import written


class Class(StrEnum):
    """A class of people whom a rule can leave out whole."""

    #: Whose membership is suspended at the freezing.
    SUSPENDED = "suspended"
    #: Returning officers and scrutineers in office at the freezing.
    CONDUCTING = "conducting"


@dataclass(frozen=True)
class RollRule:
    """The declared rule of a roll: all conditions must hold.

    `statuses`: who may be on it. `joined_by`: the instant (UTC) before or at which one must have joined, or None.
    `unit_paths`: home units (paths such as "1/4/"), a unit standing for all below it; empty means the whole organisation.
    `home_only`: whether each of these stands for itself alone, without what is below it.
    `networks`: ids of networks; whoever is in one of them at the freezing is let in.
    `attestations`: ids of declared texts, each of which must have been confirmed and stand at the freezing.
    `without`: classes of people left out whole.
    `excluded`: member ids left out by a named decision, each with the reason that the person is told.
    `paid_at`: the instant (UTC) for which the subscription must be paid, or None.
    `delegates_at`: the instant (UTC) at which one must hold the office of a delegate, or None where all may vote.
    """

    statuses: tuple[Status, ...] = (Status.MEMBER,)
    joined_by: datetime | None = None
    unit_paths: tuple[str, ...] = ()
    excluded: Mapping[int, str] = ()  # type: ignore[assignment]
    delegates_at: datetime | None = None
    paid_at: datetime | None = None
    home_only: bool = False
    networks: tuple[int, ...] = ()
    attestations: tuple[int, ...] = ()
    without: tuple[Class, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The rule as it is stored and hashed with the roll; a condition that came later is named only where it is set."""
        made: dict[str, Any] = {
            "excluded": {str(member): reason for member, reason in sorted(dict(self.excluded).items())},
            "joined_by": self.joined_by.isoformat() if self.joined_by else None,
            "statuses": sorted(self.statuses),
            "unit_paths": sorted(self.unit_paths),
        }
        if self.delegates_at is not None:
            made["delegates_at"] = self.delegates_at.isoformat()
        if self.paid_at is not None:
            made["paid_at"] = self.paid_at.isoformat()
        if self.home_only:
            made["home_only"] = True
        lists: dict[str, tuple[Any, ...]] = {
            "networks": self.networks,
            "attestations": self.attestations,
            "without": self.without,
        }
        return made | {name: sorted(values) for name, values in lists.items() if values}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RollRule:
        """Read a stored rule.

        Raises:
            Invalid: if an instant carries no zone or a status is unknown.
        """
        try:
            joined_by = datetime.fromisoformat(data["joined_by"]) if data.get("joined_by") else None
            delegates_at = datetime.fromisoformat(data["delegates_at"]) if data.get("delegates_at") else None
            paid_at = datetime.fromisoformat(data["paid_at"]) if data.get("paid_at") else None
            statuses = tuple(Status(status) for status in data["statuses"])
            without = tuple(Class(each) for each in data.get("without", ()))
        except (KeyError, ValueError) as fault:
            raise Invalid(f"The rule of this roll cannot be read: {fault}.") from fault
        if joined_by is not None and joined_by.tzinfo is None:
            raise Invalid("The join-by instant of a roll must name its time zone.")
        if delegates_at is not None and delegates_at.tzinfo is None:
            raise Invalid("The instant at which a roll asks for delegates must name its time zone.")
        if paid_at is not None and paid_at.tzinfo is None:
            raise Invalid("The instant for which a roll asks a paid subscription must name its time zone.")
        excluded = {int(member): reason for member, reason in data.get("excluded", {}).items()}
        numbers = {name: tuple(map(int, data.get(name, ()))) for name in ("networks", "attestations")}
        return cls(
            statuses,
            joined_by,
            tuple(data.get("unit_paths", ())),
            excluded,
            delegates_at,
            paid_at,
            home_only=bool(data.get("home_only", False)),
            without=without,
            **numbers,
        )


@dataclass(frozen=True)
class Condition:
    """One condition of a rule as it fell out for one person: whether it holds, and the sentence the person reads."""

    name: str
    holds: bool
    sentence: str


def explain(
    rule: RollRule,
    *,
    member_id: int,
    status: Status,
    joined_at: datetime,
    unit_path: str,
    unit_names: Mapping[str, str] | None = None,
    when: str = "",
    joined_on: str = "",
    delegate: bool = False,
    delegate_when: str = "",
    paid_until: datetime | None = None,
    paid_when: str = "",
    network_names: Mapping[int, str] | None = None,
    networks: Collection[int] = (),
    attestations: Mapping[int, tuple[str, bool]] | None = None,
    classes: Collection[Class] = (),
    in_units: bool | None = None,
    then: bool = False,
) -> list[Condition]:
    """Every condition of the rule for one person, in a fixed order; one is entitled when all hold.

    `when` is the join-by instant already written out for people, `joined_on` the day on which one joined, and
    `delegate_when` the instant at which the rule asks for delegates; `delegate` says whether the person was one then.
    `networks` are those that the person is in, `attestations` maps each that the rule asks to its title and whether it
    was confirmed, `classes` are the person's. `in_units` says whether the home is in one of the rule's units, where the
    path of today does not tell. `then`: what is given was said when the roll was frozen, and the sentences speak of then.

    >>> from datetime import UTC, datetime
    >>> rule = RollRule(joined_by=datetime(2026, 1, 1, tzinfo=UTC))
    >>> [c.holds for c in explain(rule, member_id=1, status=Status.SUPPORTER,
    ...     joined_at=datetime(2025, 5, 1, tzinfo=UTC), unit_path="1/")]
    [False, True]
    """
    conditions = [_status_condition(rule, status, then)]
    if rule.joined_by is not None:
        holds = joined_at <= rule.joined_by
        by = when or written(rule.joined_by)
        joined = joined_on or f"{joined_at.day} {joined_at:%B %Y}"
        word = "which is in time" if holds else "which is too late for this roll"
        conditions.append(
            Condition("joined by", holds, f"You must have joined by {by}; you joined on {joined}, {word}.")
        )
    if rule.paid_at is not None:
        holds = paid_until is not None and paid_until > rule.paid_at
        asked = paid_when or written(rule.paid_at)
        word = "and it is" if holds else "and the register does not say that it is"
        if then:
            word = "and it was" if holds else "and the register did not say that it was"
        conditions.append(Condition("paid up", holds, f"Your subscription must be paid for {asked}, {word}."))
    if rule.unit_paths:
        names = [(unit_names or {}).get(path, path) for path in rule.unit_paths]
        holds = any(unit_path == path if rule.home_only else unit_path.startswith(path) for path in rule.unit_paths)
        holds = holds if in_units is None else in_units
        word = "is" if holds else "is not"
        if then:
            word = "was" if holds else "was not"
        conditions.append(Condition("unit", holds, f"Your home branch {word} in {either(names)}."))
    if rule.networks:
        names = [(network_names or {}).get(number, str(number)) for number in rule.networks]
        holds = not set(rule.networks).isdisjoint(networks)
        word = "as you are" if holds else "which you are not"
        if then:
            word = "as you were" if holds else "which you were not"
        conditions.append(Condition("network", holds, f"You must be in {either(names)}, {word}."))
    for number in rule.attestations:
        title, holds = (attestations or {}).get(number, (f"text {number}", False))
        word = "and you did" if holds else "and you had not when the roll was frozen"
        conditions.append(Condition("attested", holds, f"You must have confirmed “{title}”, {word}."))
    if rule.delegates_at is not None:
        asked = delegate_when or written(rule.delegates_at)
        word = "as you were" if delegate else "which you were not"
        conditions.append(Condition("delegates", delegate, f"The roll is for delegates in office on {asked}, {word}."))
    for each in rule.without:
        holds = each not in classes
        conditions.append(Condition(each.value, holds, _CLASSES[each][holds]))
    reason = dict(rule.excluded).get(member_id)
    if reason is not None:
        conditions.append(Condition("excluded", False, f"You were left out by a decision: {reason}"))
    return conditions


def either(names: Sequence[str], last: str = "or") -> str:
    """Several names as one of them, in a sentence.

    >>> either(["Alder"]), either(["Alder", "Birch", "Cedar"])
    ('Alder', 'Alder, Birch or Cedar')
    """
    return f" {last} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


#: What somebody in a class is told, and what others are.
_CLASSES = {
    Class.SUSPENDED: (
        "Whoever is suspended is left out, and your membership was suspended.",
        "Whoever is suspended is left out; your membership was not suspended.",
    ),
    Class.CONDUCTING: (
        "Returning officers and scrutineers are left out, and you were one in office.",
        "Returning officers and scrutineers are left out; you were none.",
    ),
}


def _status_condition(rule: RollRule, status: Status, then: bool) -> Condition:
    wanted = " or ".join(rule.statuses)
    holds = status in rule.statuses
    word = "as you are" if holds else f"and you are recorded as {status.value}"
    if then:
        word = "as you were" if holds else f"and you were recorded as {status.value}"
    return Condition("status", holds, f"The roll is for those recorded as {wanted}, {word}.")
