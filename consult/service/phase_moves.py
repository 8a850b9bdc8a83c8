"""Moving a phase that has begun, or a close to an earlier instant: for a reason, told to everybody whom it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid
from consult.domain.timetable import Span, written
from consult.model.coding import ConsultationReport
from consult.model.consultations import Consultation, PhaseMove
from consult.model.consulting import Contribution, ParagraphComment
from consult.model.following import PlaceFollow
from consult.model.members import Member
from consult.model.motions import Motion
from consult.model.statements import Statement, StatementVote
from consult.model.store import db
from consult.service.act import Act
from consult.service.participation import PHASE
from consult.service.threads import checked_reason

#: For how long people who take part can count on the close of an open phase.
NOTICE = timedelta(hours=24)


@dataclass(frozen=True)
class Move:
    """An instant of a phase that is moved; `nearer` says that the phase is open and closes sooner by it."""

    kind: str
    edge: str
    before: datetime
    after: datetime | None
    nearer: bool = False


def of(consultation_id: int) -> list[PhaseMove]:
    """Every move of a consultation's timetable, in order."""
    query = select(PhaseMove).where(PhaseMove.consultation_id == consultation_id).order_by(PhaseMove.id)
    return list(db.session.scalars(query))


def last(session: Session) -> dict[tuple[int, str], datetime]:
    """When each phase that was ever moved was moved last, by consultation and kind."""
    query = select(PhaseMove.consultation_id, PhaseMove.kind, func.max(PhaseMove.at))
    return {
        (row[0], row[1]): row[2] for row in session.execute(query.group_by(PhaseMove.consultation_id, PhaseMove.kind))
    }


def asked_again_at(consultation_id: int) -> datetime | None:
    """When people were last asked again after the phase in which they speak had closed; None where they never were."""
    query = select(func.max(PhaseMove.at)).where(
        PhaseMove.consultation_id == consultation_id, PhaseMove.kind == PHASE, PhaseMove.edge == "closes",
        PhaseMove.before <= PhaseMove.at, PhaseMove.after > PhaseMove.at,
    )  # fmt: skip
    return db.session.scalar(query)


def is_answered(consultation: Consultation, at: datetime, session: Session | None = None) -> bool:
    """Whether the phase in which people speak is over, and an analysis of what they said is published."""
    over = any(phase.kind == PHASE and phase.closes_at <= at for phase in consultation.phases)
    query = select(ConsultationReport.id).where(
        ConsultationReport.consultation_id == consultation.id, ConsultationReport.state == "published"
    )
    return over and (session or db.session()).scalar(query.limit(1)) is not None


def require_meant(act: Act, consultation: Consultation, wanted: Mapping[str, Span], again: bool) -> None:
    """Nothing unless people would be asked again although an analysis is published, and nobody has said that it is meant.

    Raises:
        Invalid: naming the field that says so (`again`), or the close of a phase that cannot be taken out any more.
    """
    new = wanted.get(PHASE)
    if (new is not None and new.closes_at <= act.at) or not is_answered(consultation, act.at, act.session):
        return
    if new is None:
        sentence = (
            "An analysis of what was said is published, so the phase in which it was said stays in the timetable."
        )
        raise Invalid(sentence, {f"{PHASE}_closes": sentence})
    if not again:
        sentence = (
            "An analysis of this consultation is published already. To ask people again, tick that this is meant; the "
            "analysis and the response are then marked as given before."
        )
        raise Invalid(sentence, {"again": sentence})
    act.note(asked_again=True)


def found(kept: Iterable[Span], wanted: Mapping[str, Span], at: datetime) -> list[Move]:
    """What a new timetable moves that needs a reason: any instant of a phase that has begun, and any close brought forward."""
    moves = []
    for phase in kept:
        new, begun = wanted.get(phase.kind), phase.opens_at <= at
        open_now = begun and at < phase.closes_at
        if new is None:
            moves += [Move(phase.kind, "closes", phase.closes_at, None)] if begun else []
            continue
        if begun and new.opens_at != phase.opens_at:
            moves.append(Move(phase.kind, "opens", phase.opens_at, new.opens_at, open_now and new.opens_at > at))
        sooner = new.closes_at < phase.closes_at
        if sooner or (begun and new.closes_at != phase.closes_at):
            moves.append(Move(phase.kind, "closes", phase.closes_at, new.closes_at, open_now and sooner))
    return moves


def keep(act: Act, consultation: Consultation, moves: list[Move], reason: str) -> None:
    """Keep the moves with their reason, and tell those who follow the consultation or took part in it.

    Raises:
        Invalid: without a reason, or if a phase in which people take part would end within 24 hours.
    """
    if not moves:
        return
    if any(move.nearer for move in moves) and _taken_part(act.session, consultation.id):
        _require_notice(moves, act.at)
    words = checked_reason(reason)
    for move in moves:
        act.session.add(
            PhaseMove(
                consultation_id=consultation.id, kind=move.kind, edge=move.edge, before=move.before, after=move.after,
                reason=words, at=act.at, by_id=act.by.member_id,
            )
        )  # fmt: skip
    path = f"/consultations/{consultation.id}"
    act.tell_followers("its timetable was changed", consultation.title, path, consultation_id=consultation.id)
    for member in act.session.scalars(_others(consultation.id)):
        act.notify("consultation-moved", member, consultation=consultation.id, title=consultation.title, reason=words)


def _require_notice(moves: list[Move], at: datetime) -> None:
    for move in moves:
        name = f"{move.kind.replace(' ', '_')}_{move.edge}"
        if move.nearer and move.edge == "opens":
            sentence = f"People take part in “{move.kind}” already, so it cannot open later."
            raise Invalid(sentence, {name: sentence})
        if move.nearer and move.after is not None and move.after < at + NOTICE:
            sentence = (
                f"People take part in “{move.kind}”, so it closes in 24 hours at the soonest: {written(at + NOTICE)}."
            )
            raise Invalid(sentence, {name: sentence})


def _taken_part(session: Session, consultation_id: int) -> bool:
    tables = (Contribution, ParagraphComment, Statement, Motion)
    return any(
        session.scalar(select(table.id).where(table.consultation_id == consultation_id).limit(1)) is not None
        for table in tables
    )


def _others(consultation_id: int) -> Select[Member]:
    """Those who sent, commented, proposed or answered, and movers of motions, but for followers, who are told anyhow."""
    took_part = (
        select(Contribution.author_id).where(
            Contribution.consultation_id == consultation_id, Contribution.version_id.is_not(None)
        ),
        select(ParagraphComment.author_id).where(ParagraphComment.consultation_id == consultation_id),
        select(Statement.author_id).where(Statement.consultation_id == consultation_id),
        select(StatementVote.member_id)
        .join(Statement, Statement.id == StatementVote.statement_id)
        .where(Statement.consultation_id == consultation_id),
        select(Motion.mover_id).where(Motion.consultation_id == consultation_id),
    )
    follows = exists().where(PlaceFollow.member_id == Member.id, PlaceFollow.consultation_id == consultation_id)
    return select(Member).where(or_(*(Member.id.in_(query) for query in took_part)), ~follows).order_by(Member.id)
