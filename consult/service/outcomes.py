"""What came of a consultation: the published analysis, the official response, you said – we did, and motions grown out of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain import policy
from consult.domain.coding import DONE_STATES, REPORTS
from consult.domain.errors import Again, Invalid, NotAllowed, NotFound, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.lifecycle import BEFORE_ORDER_PAPER
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.coding import Code, ConsultationReport, MotionSource, SaidDone
from consult.model.consultations import Consultation
from consult.model.consulting import Contribution, Participation
from consult.model.members import Member
from consult.model.motions import Motion
from consult.model.store import db
from consult.service import participation
from consult.service.act import SAVED_MEANWHILE, Act, act, require_revision
from consult.service.audit import stamp
from consult.service.coding import Figures

LONGEST = 60_000


@dataclass(frozen=True)
class Row:
    """A row of “you said, we did” as its form gives it."""

    said: str
    did: str
    state: str
    code_id: int | None = None
    motion_number: int | None = None


# -- reading ---------------------------------------------------------------------------------------------------------


def reports(consultation_id: int, kind: str) -> list[ConsultationReport]:
    """Every analysis or response of a consultation, the newest first; a draft among them stands first."""
    query = select(ConsultationReport).where(
        ConsultationReport.consultation_id == consultation_id, ConsultationReport.kind == kind
    )
    return list(
        db.session.scalars(
            query.options(joinedload(ConsultationReport.by)).order_by(ConsultationReport.sequence.desc())
        )
    )


def published(consultation_id: int, kind: str) -> ConsultationReport | None:
    """The newest published one."""
    return next((row for row in reports(consultation_id, kind) if row.state == "published"), None)


def draft_of(consultation_id: int, kind: str) -> ConsultationReport | None:
    """The one that is being written."""
    return next((row for row in reports(consultation_id, kind) if row.state == "draft"), None)


def said_and_done(consultation_id: int) -> list[SaidDone]:
    """The rows of “you said, we did”, in the order in which they were entered."""
    query = select(SaidDone).where(SaidDone.consultation_id == consultation_id)
    return list(
        db.session.scalars(query.options(joinedload(SaidDone.code), joinedload(SaidDone.motion)).order_by(SaidDone.id))
    )


def row(row_id: int) -> SaidDone:
    """One row.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(SaidDone, row_id)
    if found is None:
        raise NotFound("There is no row of this number.")
    return found


def motions_of(consultation_id: int) -> list[MotionSource]:
    """The motions that grew out of a consultation and are before members, with what they grew out of."""
    query = (
        select(MotionSource)
        .join(Motion)
        .where(MotionSource.consultation_id == consultation_id, Motion.number.is_not(None))
    )
    return list(
        db.session.scalars(
            query.options(joinedload(MotionSource.motion), joinedload(MotionSource.code)).order_by(Motion.id)
        )
    )


def sources_of(motion_id: int, session: Session | None = None) -> list[MotionSource]:
    """The consultations that a motion grew out of."""
    query = select(MotionSource).where(MotionSource.motion_id == motion_id)
    query = query.options(joinedload(MotionSource.consultation), joinedload(MotionSource.code))
    return list((session or db.session()).scalars(query))


# -- reports ---------------------------------------------------------------------------------------------------------


@act(Permission.CONSULTATION_REPORT, Event.REPORT_SAVED)
def save(
    consultation: Consultation, kind: str, body: str, *, revision: int | None, by: Actor, at: datetime, act: Act
) -> ConsultationReport:
    """Keep the draft of an analysis or a response, in Markdown.

    Raises:
        Stale: if it was saved by somebody else meanwhile. Invalid: for one that is empty or too long.
    """
    if kind not in REPORTS:
        raise NotFound("A consultation has an analysis and a response.")
    if not body.strip() or len(body) > LONGEST:
        sentence = f"Write it in at most {LONGEST:,} characters."
        raise Invalid(sentence, {"body": sentence})
    kept = draft_of(consultation.id, kind)
    if kept is None:
        last = max((one.sequence for one in reports(consultation.id, kind)), default=0)
        kept = ConsultationReport(
            consultation_id=consultation.id, kind=kind, sequence=last + 1, body=body, created_at=at, by_id=by.member_id
        )
        act.session.add(kept)
        return kept
    require_revision(kept, revision)
    kept.body, kept.by_id = body, by.member_id or kept.by_id
    kept.revision += 1
    return kept


@act(Permission.CONSULTATION_REPORT, None)
def publish(
    report: ConsultationReport, *, revision: int | None = None, by: Actor, at: datetime, act: Act
) -> ConsultationReport:
    """Publish an analysis with its figures as they stand, or a response; those who took part are told.

    Raises:
        Stale: if it is not the text of this `revision` any more. OutOfOrder: before the phase in which people speak has
        closed, or a response before any analysis.
    """
    require_revision(report, revision)
    terms = act.session.get(Participation, report.consultation_id)
    if terms is None:
        raise OutOfOrder("Nobody was asked in this consultation, so there is nothing to report on.")
    if participation.is_open(report.consultation, at):
        raise OutOfOrder(
            "People can still speak, so nothing is said yet about what they said. Publish it after the close."
        )
    if report.kind == "response" and published(report.consultation_id, "analysis") is None:
        raise OutOfOrder("A response answers a published analysis: publish the analysis first.")
    if report.kind == "analysis":
        report.figures = json.dumps(figures_of(report.consultation_id, terms.minimum_group), ensure_ascii=False)
    report.published_at, report.by_id = at, by.member_id or report.by_id
    step = act.step(report, "publish")
    act.record(step.event, report, kind=report.kind, sequence=report.sequence)
    if report.sequence == 1:
        _tell(act, report)
    news = "an analysis was published" if report.kind == "analysis" else "a response was published"
    path = f"/consultations/{report.consultation_id}"
    act.tell_followers(news, report.consultation.title, path, consultation_id=report.consultation_id)
    return report


def _tell(act: Act, report: ConsultationReport) -> None:
    took_part = select(Contribution.author_id).where(
        Contribution.consultation_id == report.consultation_id, Contribution.version_id.is_not(None)
    )
    for member in act.session.scalars(select(Member).where(Member.id.in_(took_part)).order_by(Member.id)):
        act.notify(
            "consultation-reported", member, consultation=report.consultation_id, title=report.consultation.title,
            report=report.kind,
        )  # fmt: skip


def figures_of(consultation_id: int, least: int) -> dict[str, Any]:
    """The figures of an analysis as they are kept with it: codes by voice, and how well the coders agree."""
    made = Figures(consultation_id, least)
    alpha = made.alpha()
    return {
        "submissions": len(made.rows),
        "of": made.voices,
        "coded": made.coded,
        "twice": made.twice,
        "codes": [
            {"name": one.code.name, "meaning": one.code.meaning, "counts": one.counts, "read": one.read,
             "twice": made.twice_for(one.code)}
            for one in made.how_often()
        ],
        # what two officers found before an analysis is not coded again, but who reads after it may know its figures
        "since": {"published_at": stamp(made.published_at), "readings": made.since}
        if made.published_at is not None and made.since else None,
        "alpha": str(alpha) if alpha is not None else None,
        "kappas": [
            {"code": one.code.name, "coders": one.numbers, "items": one.items, "alike": one.alike,
             "kappa": str(one.kappa) if one.kappa is not None else None}
            for one in made.agreements()
        ],
    }  # fmt: skip


# -- you said, we did ------------------------------------------------------------------------------------------------


def mark_of(row: SaidDone | None) -> str:
    """What tells one saving of a row from the next; "" for a new one."""
    return row.updated_at.isoformat() if row else ""


@act(Permission.CONSULTATION_REPORT, Event.SAID_DONE_SET)
def set_row(
    consultation: Consultation,
    kept: SaidDone | None,
    row: Row,
    *,
    seen: str | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> SaidDone:
    """Enter or change a row of “you said, we did”; `seen` is the mark (`mark_of`) of the row that the form was made from.

    Raises:
        Invalid: naming what is wrong. OutOfOrder: for a new one that is in the table already. Stale: for one that was
        saved since.
    """
    typed = (row.said.strip(), row.did.strip(), row.state)
    if kept is not None and seen not in (None, mark_of(kept)) and typed != (kept.said, kept.did, kept.state):
        raise Stale(SAVED_MEANWHILE)
    problems = {}
    if not 5 <= len(row.said.strip()) <= 1000:
        problems["said"] = "Say in 5 to 1,000 characters what people said."
    if not 5 <= len(row.did.strip()) <= 2000:
        problems["did"] = "Say in 5 to 2,000 characters what was done, what will be, or why it is not."
    if row.state not in DONE_STATES:
        problems["state"] = "Choose how far it is."
    motion_id = None
    if row.motion_number is not None:
        wanted = (
            select(MotionSource.motion_id)
            .join(Motion)
            .where(MotionSource.consultation_id == consultation.id, Motion.id == row.motion_number)
        )
        motion_id = act.session.scalar(wanted)
        if motion_id is None:
            problems["motion"] = "Choose a motion that grew out of this consultation."
    code = act.session.get(Code, row.code_id) if row.code_id is not None else None
    if row.code_id is not None and (code is None or code.consultation_id != consultation.id):
        problems["code"] = "Choose a code of the code book."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    same = (SaidDone.said == row.said.strip()) & (SaidDone.did == row.did.strip())
    query = select(SaidDone.id).where(SaidDone.consultation_id == consultation.id, same)
    if kept is None and (stands := act.session.scalar(query.limit(1))) is not None:
        place = f"/said-and-done/{stands}"
        raise Again("This row is in the table already: open it and change it there.", place)
    made = kept or SaidDone(consultation_id=consultation.id)
    made.said, made.did, made.state = typed
    made.code_id, made.motion_id, made.updated_at = row.code_id, motion_id, at
    act.session.add(made)
    act.note(state=row.state)
    return made


# -- motions ---------------------------------------------------------------------------------------------------------


def require_linker(motion: Motion, by: Actor, at: datetime, consultation: Consultation | None = None) -> None:
    """Refuse (`NotAllowed`) whoever may not say what a motion grew out of: anybody but its mover and the committee."""
    about = consultation or motion.consultation
    if motion.mover_id != by.member_id and not policy.may(Permission.CONSULTATION_KEEP, by, about, at=at):
        raise NotAllowed("The mover of a motion, or the committee, says what it grew out of.")


@act(Permission.MOTION_DRAFT, Event.MOTION_SOURCED)
def link(motion: Motion, consultation: Consultation, why: str, *, by: Actor, at: datetime, act: Act) -> Motion:
    """Say that a motion grew out of a consultation, and out of what in it; both pages show it.

    Raises:
        NotAllowed: for anybody but its mover and the committee. Invalid: without saying what it grew out of.
        OutOfOrder: if it is linked already, if its text is frozen, or if the consultation had asked nobody before it was sent.
    """
    require_linker(motion, by, at, consultation)
    if motion.state not in BEFORE_ORDER_PAPER:
        raise OutOfOrder("What a motion grew out of is said before its text is frozen.")
    began = min((phase.opens_at for phase in consultation.phases if phase.kind == participation.PHASE), default=at)
    if act.session.get(Participation, consultation.id) is None or began > at:
        raise OutOfOrder(f"“{consultation.title}” asked nobody, so nothing grew out of what was said in it.")
    if motion.submitted_at is not None and began > motion.submitted_at:
        raise OutOfOrder(f"“{consultation.title}” began when this motion had been sent, so it did not grow out of it.")
    words = " ".join(why.split())
    if not 10 <= len(words) <= 500:
        sentence = "Say in 10 to 500 characters what in the consultation the motion grew out of."
        raise Invalid(sentence, {"why": sentence})
    if act.session.get(MotionSource, (motion.id, consultation.id)) is not None:
        raise OutOfOrder("This motion is linked to that consultation already.")
    act.session.add(
        MotionSource(motion_id=motion.id, consultation_id=consultation.id, why=words, by_id=by.member_id, at=at)
    )
    act.note(consultation=consultation.id)
    return motion
