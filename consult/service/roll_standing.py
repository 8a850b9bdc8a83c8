""" "Am I on it, and why not?": the rule, the batch or the removal that decided for one person; and rules in words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.domain.eligibility import Class, Condition, RollRule, either
from consult.domain.errors import NotFound
from consult.domain.timetable import written
from consult.model.members import Member
from consult.model.roll_changes import RollAddition, RollChange, RollRemoval
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db
from consult.service import roll_facts
from consult.service.roll_facts import Titles

#: What decides beside the conditions of the rule, or in place of them; and how the notes about today are called.
EVENTS = ("removed", "restored", "batch", "absent", "merged", "then")
TODAY = "today"


@dataclass(frozen=True)
class Standing:
    """Whether one person is on a roll, and every condition that decided it."""

    on_roll: bool
    conditions: list[Condition]
    #: The newest removal of the person from this roll, standing or not.
    removal: RollRemoval | None = None

    @property
    def events(self) -> list[Condition]:
        """What decided beside the rule: a removal, a restoration, a batch; or that there was no entry to decide on."""
        return [each for each in self.conditions if each.name in EVENTS]

    @property
    def then(self) -> list[Condition]:
        """The conditions of the rule as they fell out when the roll was frozen."""
        return [each for each in self.conditions if each.name not in (*EVENTS, TODAY)]

    @property
    def today(self) -> list[Condition]:
        """Where the register says something else today, which decides nothing."""
        return [each for each in self.conditions if each.name == TODAY]

    @property
    def against(self) -> list[str]:
        """What kept the person off, as sentences; nothing of today is among them."""
        return [each.sentence for each in self.conditions if not each.holds and each.name != TODAY]


def standing(roll: Roll, member_id: int, when: Callable[[datetime], str] = written, called: Titles = dict) -> Standing:
    """ "Am I on it, and why not?" of one person, see `standings`.

    Raises:
        NotFound: if there is no such member.
    """
    found = standings(roll, [member_id], when, called)
    if member_id not in found:
        raise NotFound("There is no such member.")
    return found[member_id]


def standings(
    roll: Roll, member_ids: Collection[int], when: Callable[[datetime], str] = written, called: Titles = dict
) -> dict[int, Standing]:
    """Member id → whether each is on a roll, and why: the entry decides, the conditions explain it as of the freezing.

    A removal, a restoration or a supplementary batch comes first, for it decided. `when` writes an instant for people,
    `called` gives titles of declared texts in their language. As many statements for many as for one.
    What the register says otherwise today follows as notes ("today"), which decide nothing.
    """
    query = select(Member).where(Member.id.in_(member_ids)).options(joinedload(Member.unit))
    members = {member.id: member for member in db.session.scalars(query)}
    entries = select(RollEntry.member_id).where(RollEntry.roll_id == roll.id, RollEntry.member_id.in_(members))
    frozen, removals = set(db.session.scalars(entries)), _removals(roll.id, members)
    added = _batches(roll.id, frozen) if frozen else {}
    facts = roll_facts.of(roll, list(members.values()), when, called)
    found: dict[int, Standing] = {}
    for member in members.values():
        removal = removals.get(member.id)
        if removal is not None and removal.restored_id is None:
            found[member.id] = Standing(False, [_removed(removal, when)], removal)
            continue
        on_roll, today = member.id in frozen, facts.today(member)
        if member.id in added:
            conditions = [_added(added[member.id], when), *_notes(today, [])]
        else:
            conditions = _as_it_was(on_roll, facts, member, today, when)
        if removal is not None:
            conditions = [_restored(removal, when), *conditions]
        found[member.id] = Standing(on_roll, conditions, removal)
    return found


def removal_of(roll_id: int, member_id: int) -> RollRemoval | None:
    """The newest removal of somebody from a roll."""
    return _removals(roll_id, [member_id]).get(member_id)


def _removals(roll_id: int, member_ids: Iterable[int]) -> dict[int, RollRemoval]:
    query = select(RollRemoval).where(RollRemoval.roll_id == roll_id, RollRemoval.member_id.in_(list(member_ids)))
    query = query.options(joinedload(RollRemoval.change)).order_by(RollRemoval.change_id)
    return {removal.member_id: removal for removal in db.session.scalars(query)}


def _batches(roll_id: int, member_ids: Iterable[int]) -> dict[int, RollChange]:
    query = select(RollAddition.member_id, RollChange).join(RollChange, RollAddition.change_id == RollChange.id)
    query = query.where(RollAddition.roll_id == roll_id, RollAddition.member_id.in_(list(member_ids)))
    return dict(db.session.execute(query).all())


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


def by_the_rule(roll: Roll, members: Sequence[Member]) -> dict[int, list[Condition]]:
    """Member id → every condition of a roll's rule, by the register of today."""
    facts = roll_facts.of(roll, members)
    return {member.id: facts.today(member) for member in members}


def _as_it_was(
    on_roll: bool, facts: roll_facts.Facts, member: Member, today: list[Condition], when: Callable[[datetime], str]
) -> list[Condition]:
    """What decided at the freezing; where that cannot be told condition by condition, that it was so."""
    said = facts.said[member.id]
    if said.entered_at is not None and not on_roll:
        frozen, entered = when(facts.frozen_at), when(said.entered_at)
        words = f"You were not in the register when this roll was frozen ({frozen}). Your entry was made on {entered}."
        return [Condition("absent", False, words)]
    if said.merged and not on_roll:
        words = "When this roll was frozen, your entry counted as part of another, with which it had been merged."
        return [Condition("merged", False, words)]
    known, unknown = facts.then(member, assumed=True if on_roll else None)
    failing = [condition for condition in known if not condition.holds]
    if not on_roll and not failing and len(unknown) == 1 and unknown <= set(roll_facts.NAMELESS):
        known, unknown = facts.then(member, assumed=False)  # all the others held, so it was this one
        failing = [condition for condition in known if not condition.holds]
    if on_roll and not failing and not unknown:
        return [*known, *_notes(today, known)]
    if not on_roll and failing:
        return [*known, *_notes(today, known)]
    return [_unclear(on_roll), *_notes(today, (), every=not on_roll)]


def _unclear(on_roll: bool) -> Condition:
    met = "you met every condition" if on_roll else "you did not meet every condition"
    words = f"When the roll was frozen, {met}. Your entry in the register has changed since; what it said then decided."
    return Condition("then", on_roll, words)


def _notes(today: Iterable[Condition], then: Iterable[Condition], every: bool = False) -> list[Condition]:
    """Where the register says otherwise today than `then`; of what is not known of then, what fails today, or `every` one."""
    was = {condition.name: condition.holds for condition in then}
    notes = [each for each in today if each.name in roll_facts.CHANGING]
    differing = [each for each in notes if each.holds != was.get(each.name, True) or (every and each.name not in was)]
    return [Condition(TODAY, note.holds, note.sentence) for note in differing]


# -- rules in words --------------------------------------------------------------------------------------------------


_WITHOUT = {
    Class.SUSPENDED: "without those who are suspended",
    Class.CONDUCTING: "without returning officers and scrutineers in office",
}


def rule_in_words(
    rule: RollRule,
    when: Callable[[datetime], str] = written,
    called: Titles = dict,
    say: Callable[[str], str] = str,
    at: datetime | None = None,
) -> str:
    """The rule as one sentence for people; `say` words each part of it for who reads it.

    `at` is when it was frozen: units and networks are named as they were called then.
    """
    parts = [f"Everybody recorded as {' or '.join(rule.statuses)}"]
    if rule.joined_by is not None:
        parts.append(f"who joined by {when(rule.joined_by)}")
    if rule.paid_at is not None:
        parts.append(f"whose subscription is paid for {when(rule.paid_at)}")
    if rule.unit_paths:
        names, only = roll_facts.names_of_units(rule, at), " itself" if rule.home_only else ""
        parts.append(f"whose home branch is in {either([names.get(path, path) + only for path in rule.unit_paths])}")
    if rule.networks:
        networks = roll_facts.names_of_networks(rule, at)
        parts.append(f"who is in {either([networks.get(number, str(number)) for number in rule.networks])}")
    if rule.attestations:
        known = roll_facts.titles(rule, called)
        parts.append(f"who has confirmed {either([f'“{known.get(n, str(n))}”' for n in rule.attestations], 'and')}")
    if rule.delegates_at is not None:
        parts.append(f"who was a delegate in office on {when(rule.delegates_at)}")
    parts += [_WITHOUT[each] for each in rule.without]
    if rule.excluded:
        parts.append(f"except {len(rule.excluded)} left out by named decisions")
    return ", ".join(map(say, parts)) + "."
