"""The audit log as people read it: searched, in pages, as a file; without what concerns one person alone, except for those
whose office it is."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, false, func, literal, not_, or_, select, union_all

from consult.domain import policy
from consult.domain.cells import guarded
from consult.domain.events import SENTENCES, Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.ledger import canonical
from consult.model.audit import AuditEvent
from consult.model.members import Member
from consult.model.store import Base, db
from consult.model.units import Unit
from consult.service import audit, audit_reasons, clock, members
from consult.service.act import Act, act

PER_PAGE = 50

#: Beginnings of events that concern one person's account or entry, and drafts that nobody has been shown: others see that they
#: happened, which the chain needs, and not who or what.
_PRIVATE = ("account.", "data.")
_PRIVATE_EVENTS = (
    Event.MEMBER_CHANGED,
    Event.MEMBER_ERASED,
    Event.MOTION_DRAFTED,
    Event.MOTION_SAVED,
    Event.AMENDMENT_DRAFTED,
    Event.AMENDMENT_SAVED,
    Event.COMMENT_REPORTED,
    Event.PARAGRAPH_COMMENT_REPORTED,
    Event.POST_WAITS,
    Event.POST_WITHDRAWN,
)


#: Permission → beginnings of private events that come with the office.
_OFFICES: dict[Permission, tuple[str, ...]] = {
    Permission.MEMBERS_SEE: ("account.", "member."),
    Permission.ACCOUNT_RESET: ("account.",),
    Permission.COMMENT_MODERATE: ("comment.", "paragraph.", "post."),
    Permission.DATA_PROTECT: ("data.", "member."),
    Permission.AUDIT_SEE_ALL: ("",),
}

#: More than these are not counted: the page says that there are more.
COUNTED = 10_000


@dataclass(frozen=True)
class Wanted:
    """Which events are looked for; whatever is empty does not narrow it."""

    event: str = ""
    #: As the log names it: "motion:7".
    subject: str = ""
    #: A name, a member number (for those who see the register), or as the log names it: "member:12".
    actor: str = ""
    #: The id of a unit: what is about it and its units below, their motions, bodies, events and ballots.
    unit: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    #: Words in the reason.
    words: str = ""


@dataclass(frozen=True)
class Line:
    """One event as a page shows it; what is not for this reader is empty."""

    sequence: int
    at: Any
    event: str
    sentence: str
    who: str
    subject: str
    data: str
    hash: str
    reason: str = ""


@dataclass(frozen=True)
class Lines:
    """One page of the log, newest first, with the entry before which the older ones begin, and after which the newer."""

    lines: list[Line]
    total: int
    older: int | None
    newer: int | None

    @property
    def many(self) -> bool:
        """Whether there are more than were counted."""
        return self.total > COUNTED


def read(
    reader: Actor,
    wanted: Wanted | None = None,
    *,
    event: str = "",
    subject: str = "",
    before: int | None = None,
    after: int | None = None,
    at: datetime | None = None,
) -> Lines:
    """A page of the events that are wanted, for one reader, from below `before` or above `after` (entry numbers).

    Pages are found by the entry's number and not by counting through those before it. Five statements at most, however many
    events there are; one more where somebody is looked for by name.
    """
    at = at or clock.now()
    wanted = wanted or Wanted(event=event, subject=subject)
    conditions = _conditions(reader, wanted, at)
    query = select(AuditEvent).where(*conditions)
    if after is not None:
        found = list(
            db.session.scalars(
                query.where(AuditEvent.sequence > after).order_by(AuditEvent.sequence).limit(PER_PAGE + 1)
            )
        )
        more, found = len(found) > PER_PAGE, found[:PER_PAGE][::-1]
        newer, older = (found[0].sequence if more else None), (found[-1].sequence if found else None)
    else:
        query = query.where(AuditEvent.sequence < before) if before is not None else query
        found = list(db.session.scalars(query.order_by(AuditEvent.sequence.desc()).limit(PER_PAGE + 1)))
        more, found = len(found) > PER_PAGE, found[:PER_PAGE]
        older = found[-1].sequence if more else None
        newer = found[0].sequence if found and before is not None else None
    some = select(AuditEvent.sequence).where(*conditions).limit(COUNTED + 1).subquery()
    total = db.session.scalar(select(func.count()).select_from(some)) or 0
    return Lines(_lines(found, reader, at), total, older, newer)


def entry_of(event: Event, subject: Any, reader: Actor, *, at: datetime | None = None) -> Line | None:
    """The newest entry that tells of an event of one subject, as one reader sees it, with its reason; None if none does."""
    query = select(AuditEvent).where(AuditEvent.subject == audit.reference(subject), AuditEvent.event == event.value)
    found = list(db.session.scalars(query.order_by(AuditEvent.sequence.desc()).limit(1)))
    return next(iter(_lines(found, reader, at or clock.now())), None)


def _lines(rows: list[AuditEvent], reader: Actor, at: datetime) -> list[Line]:
    names, opened = _names(rows), _opened(reader, at)
    reasons = audit_reasons.of(db.session(), rows, reader, at)
    return [line(row, reader, names, opened, audit_reasons.reason_of(row, reasons)) for row in rows]


def _opened(reader: Actor, at: datetime) -> tuple[str, ...]:
    """Beginnings of the private events that this reader's offices open."""
    return tuple(
        beginning
        for permission, beginnings in _OFFICES.items()
        if policy.may(permission, reader, at=at)
        for beginning in beginnings
    )


def _hidden(reader: Actor, at: datetime) -> ColumnElement[bool]:
    """The condition that who did it, and to whom, is not for this reader."""
    opened = _opened(reader, at)
    if "" in opened:
        return false()
    private = or_(
        *(AuditEvent.event.startswith(beginning) for beginning in _PRIVATE),
        AuditEvent.event.in_([one.value for one in _PRIVATE_EVENTS]),
    )
    return and_(
        private, AuditEvent.actor != reader.reference, *(not_(AuditEvent.event.startswith(one)) for one in opened)
    )


def _conditions(reader: Actor, wanted: Wanted, at: datetime) -> list[ColumnElement[bool]]:
    """What is hidden is found neither by its subject nor by who did it, nor by its unit or reason."""
    found: list[ColumnElement[bool]] = []
    if wanted.event:
        found.append(AuditEvent.event == wanted.event)
    if wanted.since is not None:
        found.append(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        found.append(AuditEvent.at < wanted.until)
    telling: list[ColumnElement[bool]] = []
    if wanted.subject:
        telling.append(_about(wanted.subject))
    if wanted.actor:
        telling.append(AuditEvent.actor.in_(_actors(wanted.actor, reader, at)))
    if wanted.unit is not None:
        telling.append(_of_unit(wanted.unit))
    if wanted.words:
        telling.append(audit_reasons.having(wanted.words, reader, at))
    return [*found, *telling, not_(_hidden(reader, at))] if telling else found


#: What is changed beside a thing → the tables whose entries are found with it: (table, its key, the column that names it).
_BESIDE = {
    "roll": (
        ("roll_change", "id", "roll_id"),
        ("roll_removal", "change_id", "roll_id"),
    ),
}


def _about(subject: str) -> ColumnElement[bool]:
    """The condition that an event is about a thing, or about what was changed beside it."""
    name, _colon, number = subject.partition(":")
    if name not in _BESIDE or not number.isdecimal() or len(number) > 12:
        return AuditEvent.subject == subject
    beside = []
    for table_name, key, column in _BESIDE[name]:
        table = Base.metadata.tables[table_name]
        named = literal(f"{table_name}:").concat(cast(table.c[key], String))
        beside.append(select(named).where(table.c[column] == int(number)))
    return or_(AuditEvent.subject == subject, AuditEvent.subject.in_(union_all(*beside)))


def _actors(words: str, reader: Actor, at: datetime) -> list[str]:
    """The names under which the log has those whom somebody looks for."""
    words = " ".join(words.split())[:100]
    if words in _MACHINES or words.startswith("member:"):
        return [words]
    machines = [name for name, said in _MACHINES.items() if words.lower() in said]
    found = members.search(words).members
    if not policy.may(Permission.MEMBERS_SEE, reader, at=at):  # nobody learns a name by a number or an address
        found = [one for one in found if all(word in one.name.casefold() for word in words.casefold().split())]
    return [*machines, *(f"member:{one.id}" for one in found)]


#: Tables with a unit whose rows are too many to look through, and are found by name.
_NOT_OF_UNITS = {"member", "import_row"}


def _of_unit(unit: int) -> ColumnElement[bool]:
    """The condition that an event is about a unit, one below it, or something that belongs to one of them."""
    path = select(Unit.path).where(Unit.id == unit).scalar_subquery()
    below = select(Unit.id).where(func.substr(Unit.path, 1, func.length(path)) == path)
    named = [select(literal("unit:").concat(cast(Unit.id, String))).where(Unit.id.in_(below))]
    for table in Base.metadata.sorted_tables:
        if {"id", "unit_id"} <= set(table.c.keys()) and table.name not in _NOT_OF_UNITS:
            name = literal(f"{table.name}:").concat(cast(table.c.id, String))
            named.append(select(name).where(table.c.unit_id.in_(below)))
    ballot, consultation = Base.metadata.tables["ballot"], Base.metadata.tables["consultation"]
    held = select(consultation.c.id).where(consultation.c.unit_id.in_(below))
    named.append(select(literal("ballot:").concat(cast(ballot.c.id, String))).where(ballot.c.consultation_id.in_(held)))
    return AuditEvent.subject.in_(union_all(*named))


def _is_private(row: AuditEvent) -> bool:
    return row.event.startswith(_PRIVATE) or row.event in _PRIVATE_EVENTS


def _names(rows: list[AuditEvent]) -> dict[str, str]:
    ids = {int(row.actor.removeprefix("member:")) for row in rows if row.actor.startswith("member:")}
    people = db.session.execute(select(Member.id, Member.name, Member.erased_at).where(Member.id.in_(ids))).all()
    return {f"member:{p.id}": "a former member" if p.erased_at else p.name for p in people}


_MACHINES = {"machine:sweep": "the timetable", "machine:console": "the operator's console", "visitor": "a visitor"}


def line(row: AuditEvent, reader: Actor, names: dict[str, str], opened: tuple[str, ...] = (), reason: str = "") -> Line:
    """An event as one reader sees it; `opened` are beginnings of private events that the reader's offices open."""
    own = row.actor == reader.reference
    hidden = _is_private(row) and not own and not (opened and row.event.startswith(opened))
    who = _MACHINES.get(row.actor) or names.get(row.actor, "a former member")
    return Line(
        row.sequence,
        row.at,
        row.event,
        SENTENCES[Event(row.event)],
        "a member" if hidden and row.actor.startswith("member:") else who,
        "" if hidden else row.subject,
        "" if hidden or row.data == "{}" else row.data,
        row.hash,
        "" if hidden else reason,
    )


# -- as a file ---------------------------------------------------------------------------------------------------------

FORMS = ("csv", "jsonl", "chain")
_BATCH = 1000


@act(Permission.AUDIT_EXPORT, Event.AUDIT_TAKEN)
def take(_: None, form: str, wanted: Wanted, *, by: Actor, at: datetime, act: Act) -> None:
    """Put down that somebody takes the log as a file: which form, and by what it was narrowed.

    The whole chain, which anybody can verify and which leaves nothing out, is for those who may read it so.
    """
    if form == "chain":
        policy.require(Permission.AUDIT_SEE_ALL, by, at=at)
    act.note(form=form, narrowed=[name for name, value in asdict(wanted).items() if value] if form != "chain" else [])


def chain_lines() -> Iterator[str]:
    """The whole chain as JSON lines, each exactly what its hash covers: `consult audit verify --file` checks it."""
    for row in audit.rows():
        yield canonical.dumps(row).decode() + "\n"


def stream(form: str, reader: Actor, wanted: Wanted, at: datetime) -> Iterator[str]:
    """The entries that are wanted, oldest first, as this reader sees them, in batches; as CSV or as JSON lines."""
    if form == "csv":
        yield "\ufeff" + _csv([_HEADS])
    conditions, last = _conditions(reader, wanted, at), 0
    while True:
        query = select(AuditEvent).where(*conditions, AuditEvent.sequence > last)
        rows = list(db.session.scalars(query.order_by(AuditEvent.sequence).limit(_BATCH)))
        if not rows:
            return
        last = rows[-1].sequence
        told = [[str(one) for one in _values(each)] for each in _lines(rows, reader, at)]
        if form == "csv":
            yield _csv([[guarded(cell) for cell in row] for row in told])
        else:
            yield "".join(json.dumps(dict(zip(_HEADS, row, strict=True)), ensure_ascii=False) + "\n" for row in told)
        for row in rows:
            db.session.expunge(row)


_HEADS = ["entry", "at", "event", "what", "by", "about", "details", "reason", "hash"]


def _values(one: Line) -> list[Any]:
    return [
        one.sequence, audit.stamp(one.at), one.event, one.sentence, one.who, one.subject, one.data, one.reason, one.hash,
    ]  # fmt: skip


def _csv(rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
