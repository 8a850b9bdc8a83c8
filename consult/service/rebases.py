"""A motion's new text and the amendments made on the old: carried over where no word of theirs changed, else with consent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.lifecycle import AMENDABLE
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.amendments import Amendment
from consult.model.members import Member
from consult.model.motions import Motion, MotionVersion
from consult.model.procedure import Rebase
from consult.model.store import db
from consult.service import amendments, substantive, versions
from consult.service.act import Act, act, require_revision
from consult.text import provenance
from consult.text.checker import spelling_only
from consult.text.clauses import Document
from consult.text.operations import Amendment as TextAmendment
from consult.text.operations import DoesNotApply, operations_from_data
from consult.text.rebase import Rebased, Rebasing, Status
from consult.text.weave import apply

#: States of an amendment that is still to be decided, or still being written.
OPEN = ("draft", "submitted", "queried", "in order", "not accepted", "accepted by mover")


# -- reading ---------------------------------------------------------------------------------------------------------


def of_motion(motion_id: int) -> list[Rebase]:
    """What became of a motion's amendments when its text changed, newest first."""
    query = (
        select(Rebase)
        .join(Amendment, Amendment.id == Rebase.amendment_id)
        .where(Amendment.motion_id == motion_id, Amendment.number.is_not(None))
        .options(
            joinedload(Rebase.amendment), joinedload(Rebase.from_version), joinedload(Rebase.to_version)
        )
        .order_by(Rebase.id.desc())
    )  # fmt: skip
    return list(db.session.scalars(query))


def waiting(amendment: Amendment, session: Session | None = None) -> Rebase | None:
    """The carrying-over that waits for the mover's consent to new words, if one does."""
    query = select(Rebase).where(Rebase.amendment_id == amendment.id).order_by(Rebase.id.desc()).limit(1)
    newest = (session or db.session()).scalars(query.options(joinedload(Rebase.to_version))).first()
    return newest if newest is not None and newest.status in ("needs consent", "already made") else None


def proposed(amendment: Amendment) -> Document:
    """The text that the mover is shown to edit: the new one; nothing of the amendment is guessed into it."""
    if amendment.motion.version is None:
        raise OutOfOrder("This motion has no text.")
    return versions.document_of(amendment.motion.version)


# -- carrying over ---------------------------------------------------------------------------------------------------


def carry_over(act: Act, motion: Motion, old: MotionVersion, new: MotionVersion) -> list[Rebase]:
    """Carry the open amendments of a motion from one version to the next. Only acts that make a version call it.

    One of which no word changed is on the new text at once and its mover is told; any other waits on the old text for
    its mover's consent. An amendment to an amendment follows the one it amends.
    """
    before, after = versions.document_of(old), versions.document_of(new)
    rebasing = Rebasing(before, after)
    query = select(Amendment).where(
        Amendment.motion_id == motion.id, Amendment.base_version_id == old.id, Amendment.state.in_(OPEN)
    )
    rows = list(act.session.scalars(query.order_by(Amendment.parent_id.is_not(None), Amendment.id)))
    texts = {row.id: (amendments.base_of(row), amendments.text_of(row)) for row in rows}
    made: list[Rebase] = []
    moved: dict[int, Document] = {}
    for row in rows:
        base, text = texts[row.id]
        if row.parent_id is None:
            result = rebasing.rebase(text)
        elif row.parent_id in moved:
            result = Rebasing(base, moved[row.parent_id]).rebase(text)
        else:
            result = Rebased(Status.CONSENT, None, (), ("The amendment that it amends is not on the new text yet.",))
        if result.amendment is not None:
            onto = after if row.parent_id is None else moved[row.parent_id]
            moved[row.id] = apply(onto, result.amendment.operations)
        made.append(_kept(act, row, result, old, new))
    act.session.flush()
    amendments.relate(act.session, motion, new)
    return made


def _kept(act: Act, row: Amendment, result: Rebased, old: MotionVersion, new: MotionVersion) -> Rebase:
    status = "clean" if result.amendment is not None else result.status.value
    kept = Rebase(
        amendment_id=row.id, from_version_id=old.id, to_version_id=new.id, status=status, operations=row.operations,
        conflicts=[conflict.sentence for conflict in result.conflicts], notes=list(result.notes), at=act.at,
    )  # fmt: skip
    act.session.add(kept)
    if result.amendment is not None:
        _put(row, result.amendment, new)
    row.revision += 1
    act.session.flush()
    act.record(Event.AMENDMENT_REBASED, row, status=status, before=old.hash, base=new.hash)
    act.notify(
        "amendment-rebased", act.session.get_one(Member, row.mover_id), once=f"amendment-rebased:{kept.id}",
        amendment=row.id, label=row.label, motion=row.motion_id, of=row.motion.label, title=row.motion.title,
        clean=status == "clean", sentences=[*kept.conflicts, *kept.notes],
    )  # fmt: skip
    return kept


def _put(row: Amendment, text: TextAmendment, new: MotionVersion) -> None:
    row.base_version = new
    base = amendments.base_of(row)
    amendments.keep(row, amendments.shown(base, amendments.lines_for(row, base), text.operations))


@act(Permission.AMENDMENT_EDIT, Event.AMENDMENT_REBASED)
def consent(
    amendment: Amendment,
    sections: Mapping[str, str],
    *,
    revision: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Amendment:
    """The mover agrees to new words on the motion's new text, by giving it as it should read.

    Raises:
        Stale: if it was saved elsewhere since. OutOfOrder: if nothing waits for consent, or the motion can no longer be
        amended. Invalid: if nothing is changed, or the new words are over the limit.
    """
    require_revision(amendment, revision)
    motion = amendment.motion
    offer = waiting(amendment, act.session)
    if offer is None or motion.version is None or amendment.state not in OPEN:
        raise OutOfOrder(f"{amendment.label} does not wait for your consent to new words.")
    if motion.state not in AMENDABLE:
        raise OutOfOrder(f"{motion.label} is {motion.state}: it can no longer be amended.")
    if amendment.parent is not None and amendment.parent.base_version_id != motion.version_id:
        raise OutOfOrder(f"{amendment.parent.label}, which it amends, is not on the new text yet.")
    before = amendment.base_version.hash
    amendment.base_version = motion.version
    base = amendments.base_of(amendment)
    lines = amendments.lines_for(amendment, base)
    made = amendments.work_out(base, lines, sections, f"a{amendment.id}-{offer.id}")
    for finding in amendments.findings(motion, base, made.operations, amendment):
        if finding.bars:
            raise Invalid(finding.sentence)
    amendments.keep(amendment, made)
    amendment.revision += 1
    offer.status, offer.answered_at = "consented", at
    act.session.flush()
    amendments.relate(act.session, motion, motion.version)
    act.note(status="consented", before=before, base=motion.version.hash, added=made.added, deleted=made.deleted)
    return amendment


# -- drafting changes ------------------------------------------------------------------------------------------------


@act(Permission.MOTION_RULE, None)
def take_as_drafting(amendment: Amendment, reason: str, *, by: Actor, at: datetime, act: Act) -> Amendment:
    """Write an amendment in at once as a drafting change, as a new version, and carry the other amendments over.

    It changes punctuation and capitals only, or the mover of the motion has accepted it.

    Raises:
        OutOfOrder: if it is neither, the motion is not open, or it is made on an earlier text. Invalid: without a reason.
    """
    motion = amendment.motion
    if motion.state not in AMENDABLE or motion.version is None:
        raise OutOfOrder(f"{motion.label} is {motion.state}: its text is not changed any more.")
    if amendment.base_version_id != motion.version_id or amendment.parent_id is not None:
        raise OutOfOrder(f"{amendment.label} is not made on the motion's text as it stands.")
    if not 10 <= len(reason.strip()) <= 2_000:
        sentence = "Give the reason in a sentence (10 to 2,000 characters)."
        raise Invalid(sentence, {"reason": sentence})
    old, base = motion.version, versions.document_of(motion.version)
    operations = operations_from_data(amendment.operations)
    if amendment.state != "accepted by mover" and not spelling_only(operations):
        raise OutOfOrder(
            f"{amendment.label} changes words, and the mover has not accepted it: it is no drafting change, but voted on."
        )
    try:
        document = apply(base, operations)
    except DoesNotApply as refusal:
        raise OutOfOrder(str(refusal)) from None
    taken = act.step(amendment, "take as drafting", check_permission=False)
    amendment.revision += 1
    authors = provenance.carried(base, substantive.authors_of(old), document, str(amendment.id))
    new = versions.add(
        act.session, motion, document, cause="drafting change",
        provenance={
            "parents": [base.hash], "amendments": [amendment.id], "reason": reason.strip(),
            "authors": provenance.to_data(authors),
        },
        by=by.reference, at=at,
    )  # fmt: skip
    motion.revision += 1
    act.record(taken.event, amendment, before=base.hash, text=new.hash, **act.data)
    carry_over(act, motion, old, new)
    return amendment


def require(amendment: Amendment) -> Rebase:
    """What waits for consent.

    Raises:
        NotFound: if nothing does.
    """
    found = waiting(amendment)
    if found is None:
        raise NotFound("This amendment does not wait for consent to new words.")
    return found
