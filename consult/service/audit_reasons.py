"""The reasons behind the events of the audit log: the chain holds commitments alone, so the words are found beside it.

Most stand with their entry, as the gate puts them down (`Act.because`). Where an act keeps its reason in a row of its own,
that row and the event have one instant and one actor; by these two the reason of the event is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, Table, cast, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from consult.domain import policy
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.audit import ActReason, AuditEvent
from consult.model.store import Base

#: Anybody who is signed in: what members can read beside the decision itself.
_OPEN = Permission.AUDIT_SEE


@dataclass(frozen=True)
class Source:
    """A table's column that holds the reason for what somebody did, with the columns that say when and who."""

    table: str
    reason: str
    at: str = "at"
    by: str = "by_id"
    #: Who may read it here; scrutineers read all.
    readers: Permission = _OPEN


SOURCES: tuple[Source, ...] = (
    Source("annulment", "reason"),
    Source("attendance_correction", "reason"),
    Source("appeal", "reason", "decided_at", "decided_by_id"),
    Source("body_change", "reason", by="changed_by"),
    Source("composite_answer", "reason"),
    Source("consequence", "reason"),
    Source("consequence", "ended_because", "ended_at", "ended_by_id"),
    Source("debate_rule", "reason", "begun_at", "begun_by_id"),
    Source("decision", "reason", by="entered_by"),
    Source("disposal", "reason"),
    Source("extension", "reason", "proposed_at", "proposed_by_id"),
    Source("officer_proposal", "reason", "proposed_at", "proposed_by_id"),
    Source("order_challenge", "answer", "decided_at", "decided_by_id"),
    Source("phase_move", "reason"),
    Source("policy_step", "reason"),
    Source("proposed_fall", "ruling", "decided_at", "decided_by_id"),
    Source("recommendation", "reason"),
    Source("recount", "reason", "asked_at", "asked_by_id"),
    Source("recount", "finding", "done_at", "done_by_id"),
    Source("resemblance", "allowed_because", "allowed_at", "allowed_by_id"),
    Source("roll_change", "reason", by="changed_by", readers=Permission.ROLL_CHANGE),
    Source("roll_inspection", "reason", "decided_at", "decided_by_id", Permission.ROLL_INSPECT_DECIDE),
    Source("roll_removal", "answer", "decided_at", "decided_by_id", Permission.ROLL_CHANGE),
    Source("rulebook_adoption", "reason"),
    Source("ruling", "reason"),
    Source("set_aside", "reason"),
    Source("statement", "reason", "screened_at", "screened_by_id"),
    Source("unit_change", "reason", by="changed_by"),
    Source("vote_order", "reason"),
    Source("comment", "hidden_reason", "hidden_at", "hidden_by_id", Permission.COMMENT_MODERATE),
    Source("paragraph_comment", "hidden_reason", "hidden_at", "hidden_by_id", Permission.COMMENT_MODERATE),
    Source("moderation", "reason", readers=Permission.COMMENT_MODERATE),
    Source("moderation_appeal", "answer", "decided_at", "decided_by_id", Permission.COMMENT_MODERATE),
    Source("complaint", "reasons", "decided_at", "decided_by_id", Permission.COMPLAINT_DECIDE),
    Source("data_case", "reason", "closed_at", "closed_by_id", Permission.DATA_PROTECT),
    Source("data_case_step", "words", readers=Permission.DATA_PROTECT),
    Source("member_change", "reason", by="changed_by", readers=Permission.MEMBERS_SEE),
    Source("member_export", "reason", "asked_at", "asked_by_id", Permission.PROTECTION_READ),
    Source("member_export", "refused_because", "agreed_at", "agreed_by_id", Permission.PROTECTION_READ),
    Source("member_merge", "reason", by="merged_by", readers=Permission.MEMBERS_SEE),
    Source("member_merge", "undone_because", "undone_at", "undone_by", Permission.MEMBERS_SEE),
    Source("reset_request", "reason", "asked_at", "asked_by_id", Permission.ACCOUNT_RESET),
    Source("suspension", "reason", "starts_at", "suspended_by", Permission.MEMBERS_SEE),
    Source("suspension", "lifted_because", "ends_at", "lifted_by", Permission.MEMBERS_SEE),
)

#: Reasons that stand with their entry and are not for everybody, because they may be about people: event → who reads them.
KEPT_FROM: dict[Event, Permission] = {
    Event.MEMBERS_IMPORTED: Permission.MEMBERS_SEE,
    Event.PAPERS_ISSUED: Permission.PAPER_ENVELOPES,
    Event.ROLL_FROZEN: Permission.ROLL_CHANGE,
}

#: Rows that are the subject of their event, so that it is known by that: (table, reason, event).
SUBJECTS: tuple[tuple[str, str, Event], ...] = (
    ("role_holding", "reason", Event.ROLE_GIVEN),
    ("role_holding", "reason", Event.ROLE_ENDED),
    ("officer_proposal", "reason", Event.PROPOSAL_AGREED),
    ("officer_proposal", "reason", Event.PROPOSAL_CARRIED_OUT),
    ("officer_proposal", "reason", Event.PROPOSAL_WITHDRAWN),
    ("nomination", "because", Event.NOMINATION_RULED_OUT),
    ("nomination", "because", Event.CANDIDATE_WITHDREW),
    ("nomination", "because", Event.CANDIDATE_LEFT),
    ("gathering", "cancelled_because", Event.EVENT_CANCELLED),
    ("contribution", "aside_reason", Event.SUBMISSION_SET_ASIDE),
    ("composite", "ended_because", Event.COMPOSITE_GIVEN_UP),
    ("seat_holding", "reason", Event.SEAT_FILLED),
    ("seat_holding", "left_because", Event.SEAT_VACATED),
    ("representative", "reason", Event.REPRESENTATIVE_NAMED),
)


def _who(table: Table, name: str) -> ColumnElement[str]:
    """The actor's name as the log has it, of a key to a member or of a name kept as such."""
    column = table.c[name]
    return literal("member:").concat(cast(column, String)) if name.endswith("_id") else cast(column, String)


def _of(reader: Actor, at: datetime) -> list[Any]:
    """One query for each source that the reader may read: at, actor, subject or "", reason."""
    whole = policy.may(Permission.AUDIT_SEE_ALL, reader, at=at)
    kept = [event.value for event, readers in KEPT_FROM.items() if not (whole or policy.may(readers, reader, at=at))]
    found: list[Any] = [
        select(
            AuditEvent.at,
            AuditEvent.actor,
            AuditEvent.subject,
            cast(ActReason.reason, String).label("reason"),
        )
        .select_from(ActReason)
        .join(AuditEvent, AuditEvent.sequence == ActReason.sequence)
        .where(AuditEvent.event.not_in(kept))
    ]
    for source in SOURCES:
        if whole or source.readers is _OPEN or policy.may(source.readers, reader, at=at):
            table = Base.metadata.tables[source.table]
            reason = cast(table.c[source.reason], String)
            found.append(
                select(
                    table.c[source.at].label("at"),
                    _who(table, source.by).label("actor"),
                    literal("").label("subject"),
                    reason.label("reason"),
                ).where(table.c[source.reason].is_not(None), table.c[source.at].is_not(None))
            )
    for name, column, event in SUBJECTS:
        table = Base.metadata.tables[name]
        subject = literal(f"{name}:").concat(cast(table.c.id, String))
        found.append(
            select(AuditEvent.at, AuditEvent.actor, AuditEvent.subject, cast(table.c[column], String).label("reason"))
            .join(table, AuditEvent.subject == subject)
            .where(AuditEvent.event == event.value)
        )
    return found


def having(words: str, reader: Actor, at: datetime) -> ColumnElement[bool]:
    """The condition that an event's reason has these words, whatever their capitals, as far as the reader may read it."""
    all_ = union_all(*_of(reader, at)).subquery()
    has = func.lower(all_.c.reason).contains(words.lower(), autoescape=True)
    by_instant = select(all_.c.at, all_.c.actor).where(has, all_.c.subject == "")
    by_subject = select(all_.c.at, all_.c.actor, all_.c.subject).where(has, all_.c.subject != "")
    return or_(
        tuple_(AuditEvent.at, AuditEvent.actor).in_(by_instant),
        tuple_(AuditEvent.at, AuditEvent.actor, AuditEvent.subject).in_(by_subject),
    )


def of(
    session: Session, rows: Collection[AuditEvent], reader: Actor, at: datetime
) -> dict[tuple[datetime, str, str], str]:
    """(instant, actor, subject) → the reason of each of these events that has one for this reader; one statement.

    The subject is "" where the instant and the actor decide.
    """
    if not rows:
        return {}
    instants = sorted({row.at for row in rows})
    queries = [query.where(query.selected_columns[0].in_(instants)) for query in _of(reader, at)]
    return {(row.at, row.actor, row.subject): row.reason for row in session.execute(union_all(*queries)) if row.reason}


def reason_of(row: AuditEvent, found: dict[tuple[datetime, str, str], str]) -> str:
    """The reason of one event among those found, or ""."""
    return found.get((row.at, row.actor, row.subject)) or found.get((row.at, row.actor, "")) or ""


def tables(sources: Iterable[Source] = SOURCES) -> set[str]:
    """The tables in which reasons are looked for."""
    return {source.table for source in sources} | {name for name, *_ in SUBJECTS}
