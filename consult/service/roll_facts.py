"""The conditions of a roll's rule for some people: as they fell out when it was frozen, and by the register of today."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from consult.domain.eligibility import Class, Condition, RollRule, explain
from consult.domain.roles import Role, Status
from consult.domain.timetable import written
from consult.model.attestations import Attestation
from consult.model.members import Member
from consult.model.rolls import Roll
from consult.model.store import db
from consult.model.units import NetworkMembership
from consult.service import clock, roll_rules, roll_then, unit_names

#: Gives titles of declared texts by their number, in the language of whoever reads; asked only where a rule names one.
Titles = Callable[[], Mapping[int, str]]

#: Conditions that look at what the register says at an instant (by that name in `roll_then.Said.unknown`); the others carry
#: instants of their own.
CHANGING = {"status": "status", "joined by": "joined", "paid up": "paid", "unit": "branch", "network": "network"}
#: Those whose sentences name no value of the entry, so that they can be said where only the outcome is known.
NAMELESS = ("unit", "network")


@dataclass(frozen=True)
class Facts:
    """Everything that the conditions of one roll ask, of some people."""

    rule: RollRule
    frozen_at: datetime
    said: Mapping[int, roll_then.Said]
    #: What is the same for all: names, and instants written out for people.
    words: Mapping[str, Any]
    branches: roll_then.Branches | None
    #: Member id → the networks of the rule that each is in, with the instant of joining.
    networks: Mapping[int, Mapping[int, datetime | None]]
    titles: Mapping[int, str]
    #: Text → who had confirmed it; class → who was in it; and who was a delegate, all as of the roll's own instants.
    attested: Mapping[int, set[int]]
    classes: Mapping[Class, set[int]]
    delegates: set[int]

    def today(self, member: Member) -> list[Condition]:
        """Every condition by what the register says now."""
        now = roll_then.Said(member.status, member.joined_at, member.paid_until, member.unit_id)
        return self._explained(member, now, bool(self.networks.get(member.id)), None, then=False)

    def then(self, member: Member, assumed: bool | None = None) -> tuple[list[Condition], set[str]]:
        """Every condition as it fell out at the freezing, without those of which that is not known; and the names of these.

        `assumed` says how those of the `NAMELESS` fell out that are not known: then they are among the conditions.
        """
        said, joined = self.said[member.id], self.networks.get(member.id, {})
        within: bool | None = any(at is None or at <= self.frozen_at for at in joined.values())
        within = within or None  # whoever leaves a network leaves no trace
        inside = None
        if self.branches is not None and "branch" not in said.unknown:
            inside = self.branches.within(said.unit_id, self.rule.unit_paths, self.rule.home_only)
        unknown = {name for name, what in CHANGING.items() if what in said.unknown and name not in NAMELESS}
        if assumed is None:
            unknown |= {name for name, known in zip(NAMELESS, (inside, within), strict=True) if known is None}
        inside, in_network = (bool(assumed) if known is None else known for known in (inside, within))
        found = self._explained(member, said, in_network, inside, then=True)
        unknown &= {condition.name for condition in found}
        return [each for each in found if each.name not in unknown], unknown

    def _explained(
        self, member: Member, said: roll_then.Said, in_network: bool, in_units: bool | None, then: bool
    ) -> list[Condition]:
        return explain(
            self.rule,
            member_id=member.id,
            status=Status(said.status),
            joined_at=said.joined_at,
            unit_path=member.unit.path,
            joined_on=clock.day(said.joined_at),
            paid_until=said.paid_until,
            networks=self.rule.networks if in_network else (),
            in_units=in_units,
            delegate=member.id in self.delegates,
            attestations={number: (title, member.id in self.attested[number]) for number, title in self.titles.items()},
            classes={each for each, people in self.classes.items() if member.id in people},
            then=then,
            **self.words,
        )


def of(
    roll: Roll, members: Sequence[Member], when: Callable[[datetime], str] = written, called: Titles = dict
) -> Facts:
    """Everything that a roll's conditions ask, of these people; as many statements for many as for one."""
    rule, at, ids = RollRule.from_json(roll.rule), roll.frozen_at, [member.id for member in members]

    def among(query: Any) -> set[int]:
        return set(db.session.scalars(select(Member.id).where(Member.id.in_(ids), Member.id.in_(query))))

    said, asked = roll_then.said_at(members, at), titles(rule, called)
    homes = {each.unit_id for each in said.values()}
    return Facts(
        rule,
        at,
        said,
        words={
            "when": when(rule.joined_by) if rule.joined_by else "",
            "paid_when": when(rule.paid_at) if rule.paid_at else "",
            "delegate_when": when(rule.delegates_at) if rule.delegates_at else "",
            "unit_names": names_of_units(rule, at),
            "network_names": names_of_networks(rule, at),
        },
        branches=roll_then.branches_at(homes, at) if rule.unit_paths else None,
        networks=_networks(rule, ids) if rule.networks else {},
        titles=asked,
        attested={number: among(roll_rules.attested(number, at)) for number in asked},
        classes={Class(each): among(roll_rules.of_class(Class(each), at)) for each in rule.without},
        delegates=among(roll_rules.in_office(rule.delegates_at, Role.DELEGATE)) if rule.delegates_at else set(),
    )


def _networks(rule: RollRule, ids: Sequence[int]) -> dict[int, dict[int, datetime | None]]:
    query = select(NetworkMembership.member_id, NetworkMembership.unit_id, NetworkMembership.joined_at)
    query = query.where(NetworkMembership.member_id.in_(ids), NetworkMembership.unit_id.in_(rule.networks))
    found: dict[int, dict[int, datetime | None]] = {}
    for member_id, unit_id, at in db.session.execute(query):
        found.setdefault(member_id, {})[unit_id] = at
    return found


# -- what a rule names -----------------------------------------------------------------------------------------------


def names_of_units(rule: RollRule, at: datetime | None = None) -> dict[str, str]:
    """What the units that a rule mentions were called at an instant (None: are called now), by the path in the rule."""
    if not rule.unit_paths:
        return {}
    ids = {roll_then.number_of(path): path for path in rule.unit_paths}
    return {ids[number]: name for number, name in unit_names.at_instant(db.session(), at, ids).items()}


def names_of_networks(rule: RollRule, at: datetime | None = None) -> dict[int, str]:
    """What the networks that a rule mentions were called at an instant (None: are called now), by id."""
    return unit_names.at_instant(db.session(), at, rule.networks) if rule.networks else {}


def titles(rule: RollRule, called: Titles = dict) -> dict[int, str]:
    """The titles of the texts that a rule asks to have confirmed, by id: as `called` has them, else as declared."""
    if not rule.attestations:
        return {}
    query = select(Attestation.id, Attestation.title).where(Attestation.id.in_(rule.attestations))
    known, translated = dict(db.session.execute(query).all()), called()
    return {number: translated.get(number, title) for number, title in known.items()}
