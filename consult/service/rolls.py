"""Electoral rolls: freezing one by one statement, who is on it, and whom a rule leaves out by name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, func, insert, literal, select
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from consult.domain.eligibility import RollRule
from consult.domain.errors import Invalid, NotFound, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.ballots import Ballot
from consult.model.members import Member
from consult.model.roll_changes import still_on
from consult.model.rolls import Roll, RollEntry, RollSeal
from consult.model.store import db
from consult.model.units import Unit
from consult.service import roll_rules, unit_names
from consult.service.act import LONGEST_REASON, Act, act
from consult.service.roll_rules import Preview

#: Rows that are turned into a hash at a time.
_BATCH = 20_000
_NEWLINE = literal("\n")

#: Exclusions are named decisions about single people; more of them are a condition that nobody has declared.
MOST_EXCLUDED = 1_000


def roll_hash(salt: str, member_ids: Iterable[int]) -> str:
    """SHA-256 over the salt and the member ids in ascending order, one a line."""
    digest = hashlib.sha256(salt.encode())
    for member_id in member_ids:
        digest.update(f"\n{member_id}".encode())
    return digest.hexdigest()


def _hash_of(session: Session, roll_id: int, salt: str) -> str:
    """The `roll_hash` of the entries as they were written; the database writes some thousands of ids in one text."""
    digest, last = hashlib.sha256(salt.encode()), 0
    sqlite = session.get_bind().dialect.name == "sqlite"
    while True:
        some = select(RollEntry.member_id).where(RollEntry.roll_id == roll_id, RollEntry.member_id > last)
        part = some.order_by(RollEntry.member_id).limit(_BATCH).subquery()
        told = part.c.member_id if sqlite else cast(part.c.member_id, String)
        text = (
            func.group_concat(told, "\n")
            if sqlite
            else func.string_agg(told, aggregate_order_by(_NEWLINE, part.c.member_id))
        )
        end, lines = session.execute(select(func.max(part.c.member_id), text)).one()
        if end is None:
            return digest.hexdigest()
        last = end
        digest.update(f"\n{lines}".encode())


def _hold_register(session: Session) -> None:
    """Nobody writes into what decides a roll while it is frozen (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        names = "member, role_holding, unit, network_membership, attested, suspension"
        session.execute(sql_text(f"LOCK TABLE {names} IN SHARE MODE"))


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
    act.because(_left_out(rule), needed=False)
    _hold_register(act.session)
    if seen is not None:
        _require_new_title(act.session, title.strip())
    roll = Roll(
        title=title.strip(), rule=rule.to_json(), frozen_at=at, frozen_by=by.reference, size=0, kept_out={}, hash="",
        salt=token(16),
    )  # fmt: skip
    act.session.add(roll)
    act.session.flush()
    named = roll_rules.conditions(rule, at)
    chosen = select(literal(roll.id), Member.id, Member.unit_id, Member.email).where(roll_rules.entitled(named))
    entries = insert(RollEntry).from_select(["roll_id", "member_id", "unit_id", "email"], chosen)
    done: Any = act.session.execute(entries.execution_options(preserve_rowcount=True))
    counted = Preview(*roll_rules.kept_out(act.session, named))
    if seen is not None:
        _require_seen(counted, seen)
    if counted.size == 0:
        raise Invalid("This rule lets nobody in. Look at its conditions; nothing was frozen.")
    if done.rowcount != counted.size:
        raise Stale("The register of members changed while the roll was being frozen. Nothing was written; try again.")
    roll.size, roll.kept_out = counted.size, counted.kept_out
    roll.hash = _hash_of(act.session, roll.id, roll.salt)
    act.session.flush()
    act.session.add(RollSeal(roll_id=roll.id))
    act.note(hash=roll.hash, size=roll.size, kept_out=counted.kept_out)
    return roll


def _left_out(rule: RollRule) -> str:
    """Why people are left out by name, without the names; the roll itself has each with its reason, however many."""
    reasons = list(dict.fromkeys(dict(rule.excluded).values()))
    words = f"Left out by name ({len(dict(rule.excluded))}): {'; '.join(reasons)}" if reasons else ""
    return words if len(words) <= LONGEST_REASON else f"{words[: LONGEST_REASON - 1]}…"


def _require_new_title(session: Session, title: str) -> None:
    if session.scalar(select(Roll.id).where(Roll.title == title).limit(1)) is not None:
        sentence = f"There is a roll called “{title}” already. If you did not just freeze it, choose another title."
        raise Invalid(sentence, {"title": sentence})


def _require_seen(counted: Preview, seen: Preview) -> None:
    if counted != seen:
        raise Stale(
            f"The register has changed since you looked: the roll would now have {counted.size:,} people on it, "
            f"{_words(counted.kept_out)}. You saw {seen.size:,}, {_words(seen.kept_out)}. Nothing was frozen; "
            "look again."
        )


def _words(kept_out: dict[str, int]) -> str:
    return f"with {sum(kept_out.values()):,} kept out"


def entry_ids(roll_id: int, session: Session | None = None) -> Iterable[int]:
    """The member ids of those on a roll in ascending order, streamed: with whoever was added, without whoever was taken off."""
    session = session or db.session()
    query = select(RollEntry.member_id).where(RollEntry.roll_id == roll_id, still_on()).order_by(RollEntry.member_id)
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
    """Whether a member is on a roll, by its freezing or by a later batch, and was not taken off it."""
    query = select(RollEntry.member_id).where(RollEntry.roll_id == roll_id, RollEntry.member_id == member_id)
    return db.session.scalar(query.where(still_on())) is not None


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
    known = ids_of(written)
    faults += [f"There is no member with the number “{number[:64]}”." for number in written if number not in known]
    if faults:
        raise Invalid(" ".join(faults[:5]), {"excluded": " ".join(faults[:5])})
    return {known[number]: reason for number, reason in written.items()}


def ids_of(numbers: Iterable[str]) -> dict[str, int]:
    """The ids of members by their numbers; those of nobody are left out. `Invalid` for more than `MOST_EXCLUDED`."""
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


def by_branch(roll: Roll) -> list[tuple[str, str, int]]:
    """(name when the roll was frozen, name now, how many of the roll) of each branch, the largest first.

    For officers, since a small figure points at people.
    """
    query = (
        select(Unit.id, Unit.name, func.count())
        .join(RollEntry, RollEntry.unit_id == Unit.id)
        .where(RollEntry.roll_id == roll.id, still_on())
        .group_by(Unit.id, Unit.name)
    )
    frozen = unit_names.at_instant(db.session(), roll.frozen_at)
    found = [(frozen[unit_id], name, count) for unit_id, name, count in db.session.execute(query)]
    return sorted(found, key=lambda row: (-row[2], row[0]))


def used_by(roll: Roll) -> list[Ballot]:
    """The ballots that are held on a roll."""
    return list(
        db.session.scalars(select(Ballot).where(Ballot.roll_id == roll.id).order_by(Ballot.opens_at, Ballot.id))
    )
