"""What motions change in standing texts: the majority they need, and amending the text exactly when one is carried."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain.events import Event
from consult.domain.hall import Majority
from consult.model.motions import Motion
from consult.model.standing import RuleChange, StandingText, StandingVersion
from consult.model.store import db
from consult.service import versions
from consult.service.act import Act
from consult.text.clauses import Document
from consult.text.operations import Amendment, operations_from_data
from consult.text.rebase import Rebasing
from consult.text.weave import Weave


def change_of(motion_id: int, session: Session | None = None) -> RuleChange | None:
    """What a motion would change in a standing text, if it would."""
    query = select(RuleChange).where(RuleChange.motion_id == motion_id).options(joinedload(RuleChange.text))
    return (session or db.session()).scalars(query).one_or_none()


def majority_of(motion_id: int, session: Session | None = None) -> Majority | None:
    """The majority that a motion needs for what it would change; None for one that changes no standing text."""
    change = change_of(motion_id, session)
    return Majority(change.text.threshold, ">=") if change is not None else None


def add_version(act: Act, text: StandingText, document: Document, motion_id: int | None) -> StandingVersion:
    """The next version of a standing text, which is then in force; only acts call it, inside their transaction."""
    made = StandingVersion(
        text_id=text.id, sequence=len(text.versions) + 1, hash=document.hash, document=document.to_data(),
        lines=versions.stored_lines(document), motion_id=motion_id, created_at=act.at,
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    act.session.expire(text, ["versions"])
    return made


def enact(act: Act, motion: Motion) -> None:
    """Inside the act that carries a motion: amend the standing text exactly, or record why it does not apply."""
    change = change_of(motion.id, act.session)
    if change is None or change.text.version is None:
        return
    base = Document.from_data(change.base_version.document)
    now = Document.from_data(change.text.version.document)
    made = Amendment(str(motion.id), base.hash, operations_from_data(change.operations), name=motion.label)
    if now.hash != base.hash:
        moved = Rebasing(base, now).rebase(made)
        if moved.amendment is None:
            change.outcome = "does not apply"
            change.because = " ".join(conflict.sentence for conflict in moved.conflicts)
            act.record(Event.STANDING_TEXT_AMENDED, change.text, motion=motion.id, outcome=change.outcome)
            return
        made = moved.amendment
    weave = Weave(now)
    weave.apply(made.key, made.operations)
    version = add_version(act, change.text, weave.document(), motion.id)
    change.outcome = "made"
    act.record(Event.STANDING_TEXT_AMENDED, change.text, motion=motion.id, hash=version.hash, outcome=change.outcome)
