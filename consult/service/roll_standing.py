""" "Am I on it, and why not?": the rule, the batch or the removal that decided for one person; and rules in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from consult.domain.eligibility import Class, Condition, RollRule, explain
from consult.domain.errors import NotFound
from consult.domain.roles import Role, Status
from consult.domain.timetable import written
from consult.model.attestations import Attestation
from consult.model.members import Member
from consult.model.roll_changes import RollAddition, RollChange, RollRemoval
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db
from consult.model.units import NetworkMembership, Unit
from consult.service import clock, roll_rules

#: Gives titles of declared texts by their number, in the language of whoever reads; asked only where a rule names one.
Titles = Callable[[], Mapping[int, str]]


@dataclass(frozen=True)
class Standing:
    """Whether one person is on a roll, and every condition that decided it."""

    on_roll: bool
    conditions: list[Condition]
    #: The newest removal of the person from this roll, standing or not.
    removal: RollRemoval | None = None


def standing(roll: Roll, member_id: int, when: Callable[[datetime], str] = written, called: Titles = dict) -> Standing:
    """ "Am I on it, and why not?": the entry decides, the conditions explain it from the register of today.

    A removal, a restoration or a supplementary batch comes first, for it decided. `when` writes an instant for people,
    `called` gives titles of declared texts in their language.
    Where the register has changed since so that it says otherwise, the first condition is what it said then, and what
    it says today follows as notes ("today"), which decide nothing.
    """
    member = db.session.get(Member, member_id)
    if member is None:
        raise NotFound("There is no such member.")
    frozen = db.session.get(RollEntry, (roll.id, member_id)) is not None
    removal = removal_of(roll.id, member_id)
    if removal is not None and removal.restored_id is None:
        return Standing(False, [_removed(removal, when)], removal)
    conditions = by_the_rule(roll, member, when, called)
    added = _batch_of(roll.id, member_id) if frozen else None
    if added is not None:
        conditions = [_added(added, when), *_notes(conditions, on_roll=True)]
    elif all(condition.holds for condition in conditions) != frozen:
        conditions = _as_it_was(frozen, conditions)
    if removal is not None:
        conditions = [_restored(removal, when), *conditions]
    return Standing(frozen, conditions, removal)


def removal_of(roll_id: int, member_id: int) -> RollRemoval | None:
    """The newest removal of somebody from a roll."""
    query = select(RollRemoval).where(RollRemoval.roll_id == roll_id, RollRemoval.member_id == member_id)
    return db.session.scalars(query.order_by(RollRemoval.change_id.desc()).limit(1)).first()


def _batch_of(roll_id: int, member_id: int) -> RollChange | None:
    query = select(RollChange).join(RollAddition, RollAddition.change_id == RollChange.id)
    mine = (RollAddition.roll_id == roll_id, RollAddition.member_id == member_id)
    return db.session.scalars(query.where(*mine)).one_or_none()


def _removed(removal: RollRemoval, when: Callable[[datetime], str]) -> Condition:
    words = f"You were taken off this roll on {when(removal.change.at)}: {removal.change.reason}"
    if removal.outcome is not None:
        words += f" You appealed, and the complaints panel decided that you stay off it: {removal.answer}"
    elif removal.appeal is not None:
        words += " You have appealed; the complaints panel has not decided yet."
    return Condition("removed", False, words)


def _restored(removal: RollRemoval, when: Callable[[datetime], str]) -> Condition:
    at = when(removal.decided_at) if removal.decided_at else ""
    words = f"You were taken off this roll, and put back on appeal on {at}: {removal.answer}"
    return Condition("restored", True, words)


def _added(change: RollChange, when: Callable[[datetime], str]) -> Condition:
    words = f"You came to this roll with supplementary batch {change.number} on {when(change.at)}: {change.reason}"
    return Condition("batch", True, words)


def by_the_rule(
    roll: Roll, member: Member, when: Callable[[datetime], str] = written, called: Titles = dict
) -> list[Condition]:
    """Every condition of a roll's rule for somebody, by the register of today."""
    rule, at = RollRule.from_json(roll.rule), roll.frozen_at

    def among(query: object) -> bool:
        return db.session.scalar(select(Member.id).where(Member.id == member.id, Member.id.in_(query))) is not None  # type: ignore[arg-type]

    inside = select(NetworkMembership.unit_id).where(NetworkMembership.member_id == member.id)
    return explain(
        rule,
        member_id=member.id,
        status=Status(member.status),
        joined_at=member.joined_at,
        unit_path=member.unit.path,
        unit_names=unit_names(rule),
        when=when(rule.joined_by) if rule.joined_by else "",
        joined_on=clock.day(member.joined_at),
        delegate=rule.delegates_at is not None and among(roll_rules.in_office(rule.delegates_at, Role.DELEGATE)),
        paid_until=member.paid_until,
        paid_when=when(rule.paid_at) if rule.paid_at else "",
        delegate_when=when(rule.delegates_at) if rule.delegates_at else "",
        network_names=network_names(rule),
        networks=set(db.session.scalars(inside)) if rule.networks else (),
        attestations={
            number: (title, among(roll_rules.attested(number, at))) for number, title in titles(rule, called).items()
        },
        classes={each for each in rule.without if among(roll_rules.of_class(Class(each), at))},
    )


def _as_it_was(on_roll: bool, today: list[Condition]) -> list[Condition]:
    """The conditions where the register has changed since: what it said when the roll was frozen decides."""
    met = "you met every condition" if on_roll else "you did not meet every condition"
    words = f"When the roll was frozen, {met}. Your entry in the register has changed since; what it said then decides."
    return [Condition("then", on_roll, words), *_notes(today, on_roll)]


def _notes(today: list[Condition], on_roll: bool) -> list[Condition]:
    notes = [condition for condition in today if not (on_roll and condition.holds)]
    return [Condition("today", note.holds, note.sentence) for note in notes]


# -- rules in words --------------------------------------------------------------------------------------------------


def unit_names(rule: RollRule) -> dict[str, str]:
    """The names of the units that a rule mentions, by path."""
    if not rule.unit_paths:
        return {}
    return dict(db.session.execute(select(Unit.path, Unit.name).where(Unit.path.in_(rule.unit_paths))).all())


def network_names(rule: RollRule) -> dict[int, str]:
    """The names of the networks that a rule mentions, by id."""
    if not rule.networks:
        return {}
    return dict(db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(rule.networks))).all())


def titles(rule: RollRule, called: Titles = dict) -> dict[int, str]:
    """The titles of the texts that a rule asks to have confirmed, by id: as `called` has them, else as declared."""
    if not rule.attestations:
        return {}
    query = select(Attestation.id, Attestation.title).where(Attestation.id.in_(rule.attestations))
    known, translated = dict(db.session.execute(query).all()), called()
    return {number: translated.get(number, title) for number, title in known.items()}


_WITHOUT = {
    Class.SUSPENDED: "without those who are suspended",
    Class.CONDUCTING: "without returning officers and scrutineers in office",
}


def rule_in_words(
    rule: RollRule, when: Callable[[datetime], str] = written, called: Titles = dict, say: Callable[[str], str] = str
) -> str:
    """The rule as one sentence for people and for the bundle; `say` words each part of it for who reads it."""
    parts = [f"Everybody recorded as {' or '.join(rule.statuses)}"]
    if rule.joined_by is not None:
        parts.append(f"who joined by {when(rule.joined_by)}")
    if rule.paid_at is not None:
        parts.append(f"whose subscription is paid for {when(rule.paid_at)}")
    if rule.unit_paths:
        names, only = unit_names(rule), " itself" if rule.home_only else ""
        parts.append(f"whose home branch is in {' or '.join(names.get(path, path) + only for path in rule.unit_paths)}")
    if rule.networks:
        networks = network_names(rule)
        parts.append(f"who is in {' or '.join(networks.get(number, str(number)) for number in rule.networks)}")
    if rule.attestations:
        known = titles(rule, called)
        parts.append(f"who has confirmed {' and '.join(f'“{known.get(n, str(n))}”' for n in rule.attestations)}")
    if rule.delegates_at is not None:
        parts.append(f"who was a delegate in office on {when(rule.delegates_at)}")
    parts += [_WITHOUT[each] for each in rule.without]
    if rule.excluded:
        parts.append(f"except {len(rule.excluded)} left out by named decisions")
    return ", ".join(map(say, parts)) + "."
