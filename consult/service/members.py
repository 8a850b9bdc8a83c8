"""The register of members: found by name, number or address, counted, and corrected with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, String, cast, func, intersect, literal, select
from sqlalchemy.orm import Session, aliased, contains_eager

from consult.domain import names
from consult.domain.errors import Invalid, NotFound, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.model.members import Member, MemberChange, MemberWord, RoleHolding
from consult.model.store import db
from consult.model.units import Unit
from consult.service import office_ends
from consult.service.act import Act, act

PER_PAGE = 50

#: Letters from which the beginning of a word is worth a look of its own into the index.
_TELLING = 3

#: The parts of a search that are the same in each, made once.
_LIVING = (Member.erased_at.is_(None), Member.merged_into_id.is_(None))
_ENTRIES = select(Member).join(Member.unit).options(contains_eager(Member.unit)).where(*_LIVING)
_HOW_MANY = select(func.count()).select_from(Member).where(*_LIVING)
_NAME_ITSELF = Member.name.concat("")
_KEY = literal(" ").concat(Member.search_key)


@dataclass(frozen=True)
class Found:
    """One page of those whom a search found."""

    members: list[Member]
    page: int
    last: int
    total: int


def get(member_id: int) -> Member:
    """A member.

    Raises:
        NotFound: if there is none of this id.
    """
    found = db.session.get(Member, member_id)
    if found is None:
        raise NotFound("There is no such member.")
    return found


def numbered(session: Session, among: Select[Any], number: str) -> Member | None:
    """The one of some members with this number: written just so, else the only one whose differs by capitals alone."""
    typed = number.strip()
    exact: Member | None = session.scalars(among.where(Member.number == typed)).one_or_none()
    if exact is not None:
        return exact
    alike: Sequence[Member] = session.scalars(among.where(func.lower(Member.number) == typed.lower()).limit(2)).all()
    return alike[0] if len(alike) == 1 else None


def by_number(number: str) -> Member:
    """The member who has this number.

    Raises:
        Invalid: at the field "member", if nobody has.
    """
    found = db.session.scalars(select(Member).where(Member.number == number.strip())).one_or_none()
    if found is None:
        sentence = "Nobody in the register has this number."
        raise Invalid(sentence, {"member": sentence})
    return found


def ids_of(numbers: Sequence[str]) -> dict[str, int]:
    """Number → id of those members who have one of these numbers."""
    return {row.number: row.id for row in db.session.scalars(select(Member).where(Member.number.in_(numbers)))}


def search(words: str = "", status: str = "", page: int = 1) -> Found:
    """Members in the order of their names: all, or the one whose number it is, or those whose name or number has words
    that begin as those given, whatever their accents and capitals, or whose address it is. One statement, two where they
    fill more than a page, and one more where a number is nobody's; each is answered by an index."""
    words = " ".join(words.split())[:200]
    if (numbered := _numbered(words, status)) is not None:
        return Found([numbered], 1, 1, 1)
    # found by words, they are put in order themselves: to walk the names in order and ask of each would read them all
    query = _matching(_ENTRIES, words, status).order_by(_NAME_ITSELF if words else Member.name, Member.number)
    first = list(db.session.scalars(query.limit(PER_PAGE + 1))) if page <= 1 else []
    if page <= 1 and len(first) <= PER_PAGE:
        return Found(first, 1, 1, len(first))
    total = db.session.scalar(_matching(_HOW_MANY, words, status)) or 0
    last = max(1, -(-total // PER_PAGE))
    if page <= 1:
        return Found(first[:PER_PAGE], 1, last, total)
    page = min(page, last)
    return Found(list(db.session.scalars(query.offset((page - 1) * PER_PAGE).limit(PER_PAGE))), page, last, total)


def _numbered(words: str, status: str) -> Member | None:
    """The member who has exactly this number; what has no figure in it is never asked for."""
    if not any(letter.isdigit() for letter in words):
        return None
    return db.session.scalars(_matching(_ENTRIES.where(Member.number == words), "", status)).one_or_none()


def _matching(query: Select, words: str, status: str) -> Select:  # type: ignore[type-arg]
    query = narrowed(query, words)
    return query.where(Member.status == status) if status else query


def narrowed(query: Select, words: str) -> Select:  # type: ignore[type-arg]
    """Those of a query over members whom some words mean, as `search` finds them."""
    words = " ".join(words.split())[:200]
    if "@" in words:
        return query.where(Member.email_key == words.lower())
    return query.where(*_having(names.sought(words)[:8] or [words])) if words else query


def _having(words: list[str]) -> list[ColumnElement[bool]]:
    """Those who have words that begin like these: by the index for the two longest, which few have both, so that no other
    row is read; then one by one. What is so short that many have it costs less asked of those rows than of the index."""
    longest, *others = sorted(words, key=len, reverse=True)
    found: Select[int] | CompoundSelect[int] = _with(longest)
    if others and len(others[0]) >= _TELLING:
        found = intersect(_with(longest), _with(others.pop(0)))
    return [Member.id.in_(found), *(_KEY.contains(f" {word}", autoescape=True) for word in others)]


def _with(word: str) -> Select[int]:
    return select(MemberWord.member_id).where(MemberWord.word >= word, MemberWord.word < names.after(word))


def figures() -> dict[str, int]:
    """How many there are of each status, in one statement; erased people are not counted."""
    query = select(Member.status, func.count()).where(*_LIVING).group_by(Member.status)
    found = dict(db.session.execute(query).all())
    return {status.value: found.get(status.value, 0) for status in Status}


def holdings_of(member: Member) -> list[RoleHolding]:
    """Every role that somebody has held or will hold, the newest first, with its unit."""
    query = (
        select(RoleHolding)
        .outerjoin(RoleHolding.unit)
        .options(contains_eager(RoleHolding.unit))
        .where(RoleHolding.member_id == member.id)
        .order_by(RoleHolding.starts_at.desc(), RoleHolding.id.desc())
    )
    return list(db.session.scalars(query))


def branches() -> list[Unit]:
    """The units that can be somebody's home branch, by name."""
    return list(db.session.scalars(select(Unit).where(Unit.kind == "branch").order_by(Unit.name)))


def changes_of(member: Member) -> list[tuple[MemberChange, str]]:
    """Every correction of somebody's entry with its reason and who made it, the newest first."""
    officer = aliased(Member)
    query = (
        select(MemberChange, officer.name)
        .outerjoin(officer, MemberChange.changed_by == literal("member:") + cast(officer.id, String))
        .where(MemberChange.member_id == member.id)
        .order_by(MemberChange.id.desc())
    )
    return [(change, name or "a former member") for change, name in db.session.execute(query)]


@act(Permission.MEMBER_KEEP, Event.MEMBER_CHANGED)
def change_status(
    member: Member, status: Status, reason: str, *, was: str, by: Actor, at: datetime, act: Act
) -> Member:
    """Put down another status for somebody, with a reason. Rolls that are frozen stay as they are.

    Offices that nobody of the new status may hold end with it. `was` is the status that the form showed.

    Raises:
        Invalid: without a reason, if it is the status already, or if nobody would be left who can give roles.
        Stale: if it was changed meanwhile.
    """
    require(act, member, member.status == was, reason)
    if member.status == status.value:
        sentence = f"{member.name} is recorded as {status.value} already."
        raise Invalid(sentence, {"status": sentence})
    keep(act, member, "status", member.status, status.value, reason)
    office_ends.end(act, office_ends.of(member, status, at, act.session), office_ends.BECAUSE, at_field="status")
    member.status = status.value
    return member


@act(Permission.MEMBER_KEEP, Event.MEMBER_CHANGED)
def move(member: Member, branch: Unit, reason: str, *, was: int, by: Actor, at: datetime, act: Act) -> Member:
    """Give somebody another home branch, with a reason. Rolls that are frozen keep the old one.

    `was` is the id of the unit that the form showed.

    Raises:
        Invalid: without a reason, if it is no branch, or the home branch already. Stale: if it was changed meanwhile.
    """
    require(act, member, member.unit_id == was, reason)
    sentence = ""
    if branch.kind != "branch":
        sentence = f"{branch.name} is a {branch.kind}; a home is a branch."
    elif branch.closed_at is not None:
        sentence = f"{branch.name} is closed; choose a branch that is open."
    elif branch.id == member.unit_id:
        sentence = f"{branch.name} is the home branch already."
    if sentence:
        raise Invalid(sentence, {"branch": sentence})
    keep(act, member, "branch", member.unit.name, branch.name, reason)
    member.unit_id = branch.id
    return member


def require(act: Act, member: Member, same: bool, reason: str) -> None:
    """Nothing if an entry is as the form showed it and a reason is given.

    Raises:
        Stale: if it was changed meanwhile. Invalid: at the field "reason".
    """
    if not same:
        raise Stale(f"This was changed since you opened the page. {act.what_changed(member)} Look again first.")
    sentence = ""
    if not reason.strip():
        sentence = "Say why, in a sentence."
    elif len(reason.strip()) > 1000:
        sentence = "The reason must have at most 1,000 characters."
    if sentence:
        raise Invalid(sentence, {"reason": sentence})


def keep(act: Act, member: Member, what: str, old: str, new: str, reason: str) -> None:
    """Keep the change with its reason; the audit event names only its number."""
    change = MemberChange(
        member_id=member.id,
        at=act.at,
        changed_by=act.by.reference,
        what=what,
        old=old,
        new=new,
        reason=reason.strip(),
    )
    act.session.add(change)
    act.session.flush()
    act.note(change=change.id, what=what)
