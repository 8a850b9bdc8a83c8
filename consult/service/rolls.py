"""Electoral rolls: what a rule would let in and keep out, freezing it by one statement, and telling one person why."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    true,
)  # fmt: skip
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from consult.domain.eligibility import Condition, RollRule, explain
from consult.domain.errors import Invalid, NotFound, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role, Status
from consult.model.ballots import Ballot
from consult.model.members import Member, RoleHolding
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db
from consult.model.units import Unit
from consult.service.act import Act, act

#: Rows that are turned into a hash at a time.
_BATCH = 20_000
_NEWLINE = literal("\n")

#: Exclusions are named decisions about single people; more of them are a condition that nobody has declared.
MOST_EXCLUDED = 1_000


@dataclass(frozen=True)
class Preview:
    """What a rule comes to: how many it lets in, and how many each condition keeps out (the first that fails)."""

    size: int
    kept_out: dict[str, int]


@dataclass(frozen=True)
class Standing:
    """Whether one person is on a roll, and every condition that decided it."""

    on_roll: bool
    conditions: list[Condition]


def _conditions(rule: RollRule) -> list[tuple[str, ColumnElement[bool]]]:
    """The rule's conditions as SQL, in the same order as `consult.domain.eligibility.explain` names them."""
    made: list[tuple[str, ColumnElement[bool]]] = [
        (
            "status",
            and_(
                Member.status.in_([status.value for status in rule.statuses]),
                Member.erased_at.is_(None),
                Member.merged_into_id.is_(None),
            ),
        )
    ]
    if rule.joined_by is not None:
        made.append(("joined by", Member.joined_at <= rule.joined_by))
    if rule.paid_at is not None:
        made.append(("paid up", and_(Member.paid_until.is_not(None), Member.paid_until > rule.paid_at)))
    if rule.unit_paths:
        below = or_(*(Unit.path.startswith(path, autoescape=True) for path in rule.unit_paths))
        made.append(("unit", Member.unit_id.in_(select(Unit.id).where(below))))
    if rule.delegates_at is not None:
        made.append(("delegates", Member.id.in_(_delegates(rule.delegates_at))))
    if rule.excluded:
        made.append(("excluded", Member.id.not_in(list(dict(rule.excluded)))))
    return made


def _delegates(instant: datetime) -> Select[int]:
    """Those who hold the office of a delegate at an instant; the last instant of a term is not in it."""
    return select(RoleHolding.member_id).where(
        RoleHolding.role == Role.DELEGATE.value,
        RoleHolding.starts_at <= instant,
        or_(RoleHolding.ends_at.is_(None), RoleHolding.ends_at > instant),
    )


def preview(rule: RollRule, session: Session | None = None) -> Preview:
    """Count whom a rule lets in and keeps out, in one statement."""
    session = session or db.session()
    conditions = _conditions(rule)
    columns: list[Any] = [func.coalesce(func.sum(case((_entitled(conditions), 1), else_=0)), 0)]
    columns += [func.coalesce(func.sum(column), 0) for column in _first_failing(conditions)]
    size, *kept = session.execute(select(*columns).select_from(Member)).one()
    return Preview(int(size), {name: int(n) for (name, _), n in zip(conditions, kept, strict=True) if n})


def roll_hash(salt: str, member_ids: Iterable[int]) -> str:
    """SHA-256 over the salt and the member ids in ascending order, one a line."""
    digest = hashlib.sha256(salt.encode())
    for member_id in member_ids:
        digest.update(f"\n{member_id}".encode())
    return digest.hexdigest()


def _read(session: Session, rule: RollRule, salt: str) -> tuple[Preview, str]:
    """The preview of a rule and the `roll_hash` of those whom it lets in, from one reading of the register.

    The database writes the ids down, some thousands in one text, and counts what each condition keeps out beside it.
    """
    conditions = _conditions(rule)
    digest, size, kept, last = hashlib.sha256(salt.encode()), 0, [0] * len(conditions), 0
    sqlite = session.get_bind().dialect.name == "sqlite"
    columns = [case((_entitled(conditions), cast(Member.id, String))).label("entitled"), *_first_failing(conditions)]
    while True:
        some = select(Member.id.label("id"), *columns).where(Member.id > last).order_by(Member.id).limit(_BATCH)
        part = some.subquery()
        told = part.c.entitled
        text = (
            func.group_concat(told, "\n") if sqlite else func.string_agg(told, aggregate_order_by(_NEWLINE, part.c.id))
        )
        sums = [func.coalesce(func.sum(column), 0) for column in list(part.c)[2:]]
        row = session.execute(select(func.max(part.c.id), func.count(told), text, *sums)).one()
        if row[0] is None:
            break
        last, size = row[0], size + row[1]
        kept = [sum(pair) for pair in zip(kept, map(int, row[3:]), strict=True)]
        if row[2]:
            digest.update(f"\n{row[2]}".encode())
    names = [name for name, _ in conditions]
    return Preview(size, {name: n for name, n in zip(names, kept, strict=True) if n}), digest.hexdigest()


def _entitled(conditions: list[tuple[str, ColumnElement[bool]]]) -> ColumnElement[bool]:
    return and_(true(), *(condition for _, condition in conditions))


def _first_failing(conditions: list[tuple[str, ColumnElement[bool]]]) -> list[ColumnElement[int]]:
    """Per condition 1 for whom it is the first that fails, else 0."""
    made: list[ColumnElement[int]] = []
    before: list[ColumnElement[bool]] = []
    for place, (_, condition) in enumerate(conditions):
        made.append(case((and_(*before, not_(condition)), 1), else_=0).label(f"out_{place}"))
        before.append(condition)
    return made


def _hold_register(session: Session) -> None:
    """Nobody writes into what decides a roll while it is frozen (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sql_text("LOCK TABLE member, role_holding, unit IN SHARE MODE"))


@act(Permission.ROLL_FREEZE, Event.ROLL_FROZEN)
def freeze(
    subject: None,
    title: str,
    rule: RollRule,
    *,
    token: Callable[[int], str],
    seen: Preview | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Roll:
    """Freeze a roll: an immutable, hashed snapshot of everybody the rule lets in, made by one INSERT … SELECT.

    `token` gives random hexadecimal (`secrets.token_hex`), for the salt. `seen` is the preview that the officer
    confirmed: with it, a roll is frozen only if the rule still comes to the same, and never twice under one title.

    Raises:
        Invalid: if the rule lets nobody in, or the join-by instant has not come yet.
        Stale: if the register changed since the preview, or while it was being read; nothing is written.
    """
    if not title.strip():
        raise Invalid("Give the roll a title, such as “Members on 1 March 2026”.", {"title": "Give the roll a title."})
    if rule.joined_by is not None and rule.joined_by > at:
        sentence = "The join-by instant is still to come; a roll can be frozen only after it."
        raise Invalid(sentence, {"joined_by": sentence})
    if rule.paid_at is not None and rule.paid_at > at:
        sentence = "The instant for which is to be paid is still to come; freeze the roll after it."
        raise Invalid(sentence, {"paid_at": sentence})
    if rule.delegates_at is not None and rule.delegates_at > at:
        sentence = "The instant that decides who is a delegate is still to come; freeze the roll after it."
        raise Invalid(sentence, {"delegates_at": sentence})
    salt = token(16)
    _hold_register(act.session)
    counted, hashed = _read(act.session, rule, salt)
    if seen is not None:
        _require_seen(act.session, title.strip(), counted, seen)
    if counted.size == 0:
        raise Invalid("This rule lets nobody in. Look at its conditions; nothing was frozen.")
    roll = Roll(
        title=title.strip(),
        rule=rule.to_json(),
        frozen_at=at,
        frozen_by=by.reference,
        size=counted.size,
        kept_out=counted.kept_out,
        salt=salt,
        hash=hashed,
    )
    act.session.add(roll)
    act.session.flush()
    chosen = select(literal(roll.id), Member.id, Member.unit_id, Member.email).where(_entitled(_conditions(rule)))
    entries = insert(RollEntry).from_select(["roll_id", "member_id", "unit_id", "email"], chosen)
    done: Any = act.session.execute(entries.execution_options(preserve_rowcount=True))
    if done.rowcount != roll.size:
        raise Stale("The register of members changed while the roll was being frozen. Nothing was written; try again.")
    act.note(hash=roll.hash, size=roll.size, kept_out=counted.kept_out)
    return roll


def _require_seen(session: Session, title: str, counted: Preview, seen: Preview) -> None:
    if session.scalar(select(Roll.id).where(Roll.title == title).limit(1)) is not None:
        sentence = f"There is a roll called “{title}” already. If you did not just freeze it, choose another title."
        raise Invalid(sentence, {"title": sentence})
    if counted != seen:
        raise Stale(
            f"The register has changed since you looked: the roll would now have {counted.size:,} people on it, "
            f"{_words(counted.kept_out)}. You saw {seen.size:,}, {_words(seen.kept_out)}. Nothing was frozen; "
            "look again."
        )


def _words(kept_out: dict[str, int]) -> str:
    return f"with {sum(kept_out.values()):,} kept out"


def entry_ids(roll_id: int, session: Session | None = None) -> Iterable[int]:
    """The member ids of a roll in ascending order, streamed."""
    session = session or db.session()
    query = select(RollEntry.member_id).where(RollEntry.roll_id == roll_id).order_by(RollEntry.member_id)
    return session.scalars(query.execution_options(yield_per=_BATCH))


def get(roll_id: int) -> Roll:
    """A roll.

    Raises:
        NotFound: if there is none of this number.
    """
    roll = db.session.get(Roll, roll_id)
    if roll is None:
        raise NotFound("There is no electoral roll of this number.")
    return roll


def listed() -> list[Roll]:
    """Every roll, newest first."""
    return list(db.session.scalars(select(Roll).order_by(Roll.frozen_at.desc(), Roll.id.desc())))


def is_on(roll_id: int, member_id: int) -> bool:
    """Whether a member is on a roll."""
    return db.session.get(RollEntry, (roll_id, member_id)) is not None


def excluded_by_number(lines: str) -> dict[int, str]:
    """Exclusions as an officer writes them, one a line: a member number, a comma or colon, and the reason.

    Returns the reasons by member id, for a `RollRule`; two statements at the most.

    Raises:
        Invalid: naming each line that cannot be read, under "excluded".
    """
    written: dict[str, str] = {}
    faults: list[str] = []
    for place, line in enumerate(lines.splitlines(), 1):
        number, reason = (part.strip() for part in (*re.split("[,:]", line, maxsplit=1), "")[:2])
        if not line.strip():
            continue
        if not reason:
            faults.append(f"Line {place}: after the number write a comma and the reason, which the person will read.")
        elif number in written:
            faults.append(f"Line {place}: {number} is left out on a line before it already.")
        written[number] = reason
    known = _ids_of(written)
    faults += [f"There is no member with the number “{number[:64]}”." for number in written if number not in known]
    if faults:
        raise Invalid(" ".join(faults[:5]), {"excluded": " ".join(faults[:5])})
    return {known[number]: reason for number, reason in written.items()}


def _ids_of(numbers: Iterable[str]) -> dict[str, int]:
    wanted = list(numbers)
    if len(wanted) > MOST_EXCLUDED:
        raise Invalid(f"At most {MOST_EXCLUDED:,} people can be left out by name.", {"excluded": "These are too many."})
    if not wanted:
        return {}
    query = select(Member.number, Member.id).where(Member.number.in_(wanted), Member.erased_at.is_(None))
    return dict(db.session.execute(query).all())


def homes() -> list[Unit]:
    """The units that a rule can name, in the order of the tree's paths: nations, regions and branches."""
    units = list(
        db.session.scalars(select(Unit).where(Unit.kind.in_(("nation", "region", "branch")), Unit.closed_at.is_(None)))
    )
    names = {unit.id: unit.name for unit in units}
    above = {unit.id: [names.get(int(part), "") for part in unit.path.split("/") if part.isdigit()] for unit in units}
    return sorted(units, key=lambda unit: above[unit.id])


def unit_names(rule: RollRule) -> dict[str, str]:
    """The names of the units that a rule mentions, by path."""
    if not rule.unit_paths:
        return {}
    query = select(Unit.path, Unit.name).where(Unit.path.in_(rule.unit_paths))
    return dict(db.session.execute(query).all())


def by_branch(roll: Roll) -> list[tuple[str, int]]:
    """How many of a roll each branch has, the largest first; for officers, since a small figure points at people."""
    query = (
        select(Unit.name, func.count())
        .join(RollEntry, RollEntry.unit_id == Unit.id)
        .where(RollEntry.roll_id == roll.id)
        .group_by(Unit.id, Unit.name)
        .order_by(func.count().desc(), Unit.name)
    )
    return [(name, count) for name, count in db.session.execute(query)]


def used_by(roll: Roll) -> list[Ballot]:
    """The ballots that are held on a roll."""
    return list(
        db.session.scalars(select(Ballot).where(Ballot.roll_id == roll.id).order_by(Ballot.opens_at, Ballot.id))
    )


def standing(roll: Roll, member_id: int, when: Callable[[datetime], str] | None = None) -> Standing:
    """ "Am I on it, and why not?": the entry decides, the conditions explain it from the register of today.

    `when` writes an instant for people. Where the register has changed since so that it says otherwise, the first
    condition is what it said then, and what it says today follows as notes ("today"), which decide nothing.
    """
    member = db.session.get(Member, member_id)
    if member is None:
        raise NotFound("There is no such member.")
    rule = RollRule.from_json(roll.rule)
    on_roll = is_on(roll.id, member_id)
    names = dict(db.session.execute(select(Unit.path, Unit.name).where(Unit.path.in_(rule.unit_paths))).all())
    delegates = _delegates(rule.delegates_at) if rule.delegates_at else None
    conditions = explain(
        rule,
        member_id=member_id,
        status=Status(member.status),
        joined_at=member.joined_at,
        unit_path=member.unit.path,
        unit_names=names,
        when=when(rule.joined_by) if when and rule.joined_by else "",
        delegate=delegates is not None and member_id in set(db.session.scalars(delegates)),
        paid_until=member.paid_until,
        paid_when=when(rule.paid_at) if when and rule.paid_at else "",
        delegate_when=when(rule.delegates_at) if when and rule.delegates_at else "",
    )
    if all(condition.holds for condition in conditions) != on_roll:
        conditions = _as_it_was(on_roll, conditions)
    return Standing(on_roll, conditions)


def _as_it_was(on_roll: bool, today: list[Condition]) -> list[Condition]:
    """The conditions where the register has changed since: what it said when the roll was frozen decides."""
    met = "you met every condition" if on_roll else "you did not meet every condition"
    words = f"When the roll was frozen, {met}. Your entry in the register has changed since; what it said then decides."
    notes = [condition for condition in today if not (on_roll and condition.holds)]
    return [Condition("then", on_roll, words), *(Condition("today", note.holds, note.sentence) for note in notes)]


def rule_in_words(rule: RollRule, unit_names: dict[str, str], when: Callable[[datetime], str]) -> str:
    """The rule as one sentence for people and for the bundle."""
    parts = [f"Everybody recorded as {' or '.join(rule.statuses)}"]
    if rule.joined_by is not None:
        parts.append(f"who joined by {when(rule.joined_by)}")
    if rule.paid_at is not None:
        parts.append(f"whose subscription is paid for {when(rule.paid_at)}")
    if rule.unit_paths:
        parts.append(f"whose home branch is in {' or '.join(unit_names.get(path, path) for path in rule.unit_paths)}")
    if rule.delegates_at is not None:
        parts.append(f"who was a delegate in office on {when(rule.delegates_at)}")
    if rule.excluded:
        parts.append(f"except {len(rule.excluded)} left out by named decisions")
    return ", ".join(parts) + "."
