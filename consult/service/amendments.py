"""Amendments: drafted by editing the text, worked out exactly, submitted for a branch, answered by the mover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.lifecycle import AMENDABLE
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.rulebook import Rulebook
from consult.domain.timetable import require_phase
from consult.model.amendments import Amendment, AmendmentRelation
from consult.model.consultations import Consultation
from consult.model.motions import Motion, MotionVersion
from consult.model.store import db
from consult.model.units import Unit
from consult.service import consultations, motions, relating, versions
from consult.service.act import Act, act, require_revision
from consult.service.relating import GONE as GONE
from consult.service.relating import seen_from_other as seen_from_other
from consult.service.relating import text_of as text_of
from consult.text import checker, forms
from consult.text.align import align
from consult.text.clauses import Document
from consult.text.derive import added, deleted, derive
from consult.text.lines import Line
from consult.text.marked import MarkedClause, Reading, marked, so_that_it_reads
from consult.text.operations import Operation, operations_from_data
from consult.text.rubric import rubric
from consult.text.weave import apply

LONGEST_REASON = 5_000


@dataclass(frozen=True)
class Worked:
    """Everything that follows from an edited text: computed once, stored, and only read after that."""

    operations: tuple[Operation, ...]
    rubric: tuple[str, ...]
    marked: tuple[MarkedClause, ...]
    reads: tuple[Reading, ...]
    added: int
    deleted: int


# -- reading ---------------------------------------------------------------------------------------------------------


def get(amendment_id: int) -> Amendment:
    """An amendment, with its motion, branch, mover and base.

    Raises:
        NotFound: if there is none of this number.
    """
    query = (
        select(Amendment)
        .where(Amendment.id == amendment_id)
        .options(
            joinedload(Amendment.motion).joinedload(Motion.consultation).joinedload(Consultation.rulebook),
            joinedload(Amendment.motion).joinedload(Motion.mover),
            joinedload(Amendment.unit),
            joinedload(Amendment.mover),
            joinedload(Amendment.base_version),
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no amendment of this number.")
    return found


def require_readable(actor: Actor, amendment: Amendment, at: datetime) -> None:
    """Nothing for somebody who may read it: a draft is its mover's and the branch's delegate's, the rest the members'.

    Raises:
        NotFound: for anybody else.
    """
    motion = amendment.motion
    motions.require_readable(actor, motion.state, motion.mover_id, motion.number)
    if actor.member_id == amendment.mover_id or actor.holds(Role.DELEGATE, at, amendment.unit_path):
        return
    unruled = amendment.state in ("submitted", "queried") and actor.member_id is None
    if amendment.number is None or unruled:
        raise NotFound("There is no amendment of this number that you can read.")


def before(motion: Motion, session: Session | None = None) -> list[Amendment]:
    """The amendments that are before a motion, in order of number."""
    query = (
        select(Amendment)
        .where(Amendment.motion_id == motion.id, Amendment.number.is_not(None), Amendment.state.not_in(GONE))
        .options(joinedload(Amendment.unit), joinedload(Amendment.base_version))
        .order_by(Amendment.number)
    )
    return list((session or db.session()).scalars(query))


def related(amendment: Amendment) -> list[tuple[str, Amendment]]:
    """The amendments it stands in a relation to, each with the relation as seen from this one, by number."""
    query = (
        select(AmendmentRelation, Amendment)
        .join(
            Amendment,
            or_(
                (AmendmentRelation.amendment_id == amendment.id) & (Amendment.id == AmendmentRelation.other_id),
                (AmendmentRelation.other_id == amendment.id) & (Amendment.id == AmendmentRelation.amendment_id),
            ),
        )
        .where(Amendment.state.not_in(GONE))
        .order_by(Amendment.number)
    )
    return [
        (row.relation if row.amendment_id == amendment.id else seen_from_other(row.relation), other)
        for row, other in db.session.execute(query)
    ]


# -- working out -----------------------------------------------------------------------------------------------------


def sections_of(document: Document) -> dict[str, str]:
    """What the form's sections hold of a text."""
    return forms.to_form(document)


def work_out(base: Document, lines: Sequence[Line], sections: Mapping[str, str], prefix: str) -> Worked:
    """The smallest operations between a base and its edited sections; new clauses are named by `prefix`.

    Raises:
        Invalid: if nothing was changed, or the sections cannot be read.
    """
    drafts = forms.from_form({name: text for name, text in sections.items() if text is not None}, like=base).drafts
    edited = align(base, drafts, f"{prefix}-{{}}".format)
    operations = derive(base, edited)
    if not operations:
        raise Invalid("Nothing is changed yet: edit the words of the motion below as you would have them read.")
    return shown(base, lines, operations)


def shown(base: Document, lines: Sequence[Line], operations: Sequence[Operation]) -> Worked:
    """Everything that pages show of operations on a base.

    Raises:
        DoesNotApply: if they are not of this base.
    """
    return Worked(
        tuple(operations),
        rubric(base, operations, lines),
        tuple(clause for clause in marked(base, operations) if clause.state != "kept"),
        so_that_it_reads(base, operations),
        added(operations),
        deleted(operations),
    )


def marked_data(clauses: Iterable[MarkedClause]) -> list[dict[str, Any]]:
    """Marked-up clauses as they are stored."""
    return [
        {
            "id": clause.id,
            "kind": clause.kind.value,
            "state": clause.state,
            "label": clause.label,
            "new_label": clause.new_label,
            "runs": [[run.state, run.text] for run in clause.runs],
        }
        for clause in clauses
    ]


def preview(motion: Motion, sections: Mapping[str, str], own: Amendment | None = None) -> tuple[Worked, list[str]]:
    """An amendment as it would be, and what the checker says of it; nothing is kept.

    Raises:
        Invalid: if nothing is changed or the sections cannot be read.
    """
    version = own.base_version if own else motion.version
    if version is None:
        raise OutOfOrder(f"{motion.label} has no text yet that could be amended.")
    base = versions.document_of(version)
    made = work_out(base, versions.lines_of(version), sections, f"a{own.id}" if own else "new")
    return made, [finding.sentence for finding in findings(motion, base, made.operations, own)]


def findings(
    motion: Motion, base: Document, operations: Sequence[Operation], own: Amendment | None = None
) -> tuple[checker.Finding, ...]:
    """What the checker finds, against the rulebook's limit and the amendments already before the motion."""
    rules = consultations.rules_of(motion.consultation)
    version = own.base_version if own else motion.version
    near = relating.near(db.session(), motion.id, version, base, operations) if version else []
    others = [text_of(row) for row in near if own is None or row.id != own.id]
    return checker.check(base, operations, most_added=rules.amendment_words, others=others)


def text_with(row: Amendment) -> Document:
    """The text as an amendment would have it, to be edited further."""
    return apply(versions.document_of(row.base_version), operations_from_data(row.operations))


def keep(row: Amendment, made: Worked) -> None:
    """Store everything that was worked out; only acts call it."""
    row.operations = [operation.to_data() for operation in made.operations]
    row.rubric = list(made.rubric)
    row.marked = marked_data(made.marked)
    row.words_added, row.words_deleted = made.added, made.deleted


# -- drafting --------------------------------------------------------------------------------------------------------


@act(Permission.AMENDMENT_DRAFT, Event.AMENDMENT_DRAFTED)
def draft(
    motion: Motion,
    unit: Unit,
    sections: Mapping[str, str],
    reason: str = "",
    *,
    version: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Amendment:
    """Begin an amendment to a published motion by giving its text as it should read; `version` is the base edited.

    Raises:
        Invalid: if nothing is changed. OutOfOrder: if amendments are not open.
    """
    require_open(motion, at, "Amendments can be drafted")
    if by.member_id is None or unit.id not in {own.id for own in motions.units_of(by.member_id, act.session)}:
        raise NotAllowed(f"An amendment is drafted by one's own branch or network; {unit.name} is not one of yours.")
    base = _base(motion, version)
    row = Amendment(
        motion_id=motion.id,
        mover_id=by.member_id,
        unit_id=unit.id,
        base_version_id=base.id,
        operations=[],
        rubric=[],
        marked=[],
        reason=_reason(reason),
        created_at=at,
    )
    act.session.add(row)
    act.session.flush()
    _rework(act, row, base, sections)
    return row


@act(Permission.AMENDMENT_EDIT, Event.AMENDMENT_SAVED)
def save(
    amendment: Amendment,
    sections: Mapping[str, str],
    reason: str = "",
    *,
    revision: int | None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Amendment:
    """Save a draft, or an amendment that the committee queried.

    Raises:
        Stale: if it was saved elsewhere since the form was made. OutOfOrder: once it is submitted.
    """
    require_revision(amendment, revision)
    if amendment.state not in ("draft", "queried"):
        raise OutOfOrder(f"{amendment.label} is {amendment.state}: its words can no longer be changed.")
    if amendment.motion.state not in AMENDABLE:
        raise OutOfOrder(f"{amendment.motion.label} is {amendment.motion.state}: it can no longer be amended.")
    amendment.reason = _reason(reason)
    amendment.revision += 1
    _rework(act, amendment, amendment.base_version, sections)
    return amendment


def _rework(act: Act, row: Amendment, base: MotionVersion, sections: Mapping[str, str]) -> None:
    made = work_out(versions.document_of(base), versions.lines_of(base), sections, f"a{row.id}")
    keep(row, made)
    act.note(base=base.hash, operations=len(made.operations), added=made.added, deleted=made.deleted)


def _base(motion: Motion, version: int | None) -> MotionVersion:
    if motion.version is None:
        raise OutOfOrder(f"{motion.label} has no text yet that could be amended.")
    if version is not None and version != motion.version.sequence:
        raise OutOfOrder(f"{motion.label} has a new text since you began: look at it, and make your changes on it.")
    return motion.version


def require_open(motion: Motion, at: datetime, doing: str = "Amendments can be drafted") -> None:
    """Nothing while a motion can be amended.

    Raises:
        OutOfOrder: if it is not published, or outside the phase for amendments.
    """
    if motion.state not in AMENDABLE:
        raise OutOfOrder(f"{motion.label} is {motion.state}; a motion can be amended while it is published.")
    require_phase(motion.consultation.phases, "amendments", at, doing)


def _reason(text: str) -> str:
    if len(text) > LONGEST_REASON:
        sentence = f"The reason has {len(text):,} characters; the most is {LONGEST_REASON:,}."
        raise Invalid(sentence, {"reason": sentence})
    return text.strip()


# -- submitting ------------------------------------------------------------------------------------------------------


@act(Permission.AMENDMENT_SUBMIT, Event.AMENDMENT_SUBMITTED)
def submit(amendment: Amendment, *, revision: int | None = None, by: Actor, at: datetime, act: Act) -> Amendment:
    """Submit an amendment for its branch: it gets its number, and its relations to the others are worked out.

    Raises:
        Stale: if it was saved since the delegate read it. OutOfOrder: after the deadline, beyond the branch's number,
        or if its base is no longer the text. Invalid: for what bars it (too long, the rationale alone).
    """
    require_revision(amendment, revision)
    motion = amendment.motion
    if amendment.number is None:
        require_open(motion, at, "Amendments can be submitted")
    elif motion.state not in AMENDABLE:
        raise OutOfOrder(f"{motion.label} is {motion.state}: it can no longer be amended.")
    act.step(amendment, "submit")
    _require_fit(act.session, amendment, consultations.rules_of(motion.consultation))
    amendment.number = amendment.number or _next_number(act.session, motion.id)
    amendment.submitted_at, amendment.submitted_by_id = at, by.member_id
    amendment.revision += 1
    act.session.flush()
    relating.relate_one(act.session, amendment)
    act.note(number=amendment.number, base=amendment.base_version.hash, added=amendment.words_added)
    context: dict[str, Any] = {
        "amendment": amendment.id,
        "label": amendment.label,
        "motion": motion.id,
        "of": motion.label,
    }
    act.notify(
        "amendment-submitted", motion.mover, title=motion.title, branch=amendment.unit.name,
        rubric=list(amendment.rubric), **context,
    )  # fmt: skip
    return amendment


def _require_fit(session: Session, amendment: Amendment, rules: Rulebook) -> None:
    motion = amendment.motion
    if amendment.base_version_id != motion.version_id:
        raise OutOfOrder(f"{motion.label} has a new text: open the amendment and make its changes on that.")
    base, operations = versions.document_of(amendment.base_version), operations_from_data(amendment.operations)
    for finding in findings(motion, base, operations, amendment):
        if finding.bars:
            raise Invalid(finding.sentence)
    if rules.amendments_per_branch and amendment.number is None:
        query = select(func.count()).where(
            Amendment.motion_id.in_(select(Motion.id).where(Motion.consultation_id == motion.consultation_id)),
            Amendment.unit_id == amendment.unit_id,
            Amendment.number.is_not(None),
            Amendment.state.not_in(("withdrawn", "ruled out for good")),
        )
        if (session.scalar(query) or 0) >= rules.amendments_per_branch:
            raise OutOfOrder(
                f"{amendment.unit.name} has submitted {rules.amendments_per_branch} amendments, as many as the rules "
                "allow. One must be withdrawn before another can be submitted."
            )


def _next_number(session: Session, motion_id: int) -> int:
    return (session.scalar(select(func.max(Amendment.number)).where(Amendment.motion_id == motion_id)) or 0) + 1


# -- answering and withdrawing ---------------------------------------------------------------------------------------


@act(Permission.AMENDMENT_RESPOND, Event.AMENDMENT_ANSWERED)
def respond(
    motion: Motion, amendment: Amendment, accept: bool, response: str = "", *, by: Actor, at: datetime, act: Act
) -> Amendment:
    """The mover of the motion accepts an amendment or does not, until the text is frozen.

    Raises:
        OutOfOrder: if the amendment is not in order, or the text is frozen.
    """
    if motion.state not in AMENDABLE:
        raise OutOfOrder(f"{motion.label} is {motion.state}: its amendments can no longer be answered.")
    if amendment.motion_id != motion.id:
        raise NotFound("This amendment belongs to another motion.")
    if len(response) > LONGEST_REASON:
        sentence = f"The response has {len(response):,} characters; the most is {LONGEST_REASON:,}."
        raise Invalid(sentence, {"response": sentence})
    act.step(amendment, "accept" if accept else "not accept", check_permission=False)
    amendment.response = response.strip()
    amendment.revision += 1
    act.notify(
        "amendment-answered", amendment.mover, amendment=amendment.id, label=amendment.label, motion=motion.id,
        of=motion.label, title=motion.title, accepted=accept, response=amendment.response,
    )  # fmt: skip
    return amendment


@act(Permission.AMENDMENT_WITHDRAW, Event.AMENDMENT_WITHDRAWN)
def withdraw(amendment: Amendment, *, by: Actor, at: datetime, act: Act) -> Amendment:
    """Withdraw an amendment before the text is frozen."""
    act.step(amendment, "withdraw")
    amendment.revision += 1
    return amendment
