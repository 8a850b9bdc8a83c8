"""What is debated beside a consultation's paper: motions, policies and composites; when, and on which words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from consult.domain import timetable
from consult.domain.errors import OutOfOrder
from consult.domain.timetable import current
from consult.model.ballots import Question
from consult.model.composites import Composite
from consult.model.consultations import Consultation
from consult.model.motions import Motion, Policy
from consult.service import hustings
from consult.service.threads import Thread
from consult.text.clauses import Document

Debated = Motion | Policy | Composite

#: States of a motion in which it is debated.
OPEN = ("published", "prioritised", "on the order paper", "put to the vote")
#: States of a composite in which its branches decide on it.
MAKING = ("drafting", "awaiting signatures", "agreed")


def is_open(thread: Thread, at: datetime) -> bool:
    """Whether people may speak in a debate at an instant."""
    if isinstance(thread, Motion):
        spans = [phase for phase in thread.consultation.phases if phase.kind == "debating"]
        return thread.state in OPEN and (not spans or bool(current(spans, at)))
    if isinstance(thread, Question):
        return not hustings.why_closed(thread, at)
    return isinstance(thread, Policy | Composite) and not _why(thread, at)


def _why(thread: Policy | Composite, at: datetime) -> str:
    """Why a policy or composite is not debated at an instant, or ""."""
    if isinstance(thread, Policy):
        binds = thread.state == "in force" and (thread.lapses_at is None or at < thread.lapses_at)
        return (
            "" if binds else "This policy is not in force any more, so it is not debated; what was said stays readable."
        )
    if thread.state == "published":
        return (
            f"{thread.label} is {thread.motion.label} now, and is debated there."
            if thread.motion
            else "It is a motion now."
        )
    if thread.state not in MAKING:
        return f"{thread.label} came to nothing, so it is not debated; its motions are."
    return "" if thread.texts else f"{thread.label} is debated from when its text is first put to the branches."


def require_open(thread: Debated, at: datetime) -> None:
    """Nothing if something is debated at an instant.

    Raises:
        OutOfOrder: with the sentence that says when it is.
    """
    if sentence := why_closed(thread, at):
        raise OutOfOrder(sentence)


def why_closed(thread: Thread, at: datetime) -> str:
    """Why nobody speaks in a debate at an instant, or about the paper of a consultation; "" where people do."""
    if isinstance(thread, Consultation):
        return timetable.why_closed(thread.phases, "consulting", at, "The paper can be commented on")
    if isinstance(thread, Question):
        return hustings.why_closed(thread, at)
    if not isinstance(thread, Motion):
        return _why(thread, at)
    if thread.state not in OPEN:
        return f"{thread.label} is {thread.state}; a motion is debated from its publication until it is decided."
    return timetable.why_closed(thread.consultation.phases, "debating", at, "Motions can be debated")


def text_of(thread: Debated) -> Document:
    """The words that are debated: of a composite those that the branches were asked about last."""
    if isinstance(thread, Composite):
        return Document.from_data(thread.texts[-1].document) if thread.texts else Document(())
    return Document.from_data(thread.version.document) if thread.version else Document(())


def anchor_of(thread: Debated) -> dict[str, Any]:
    """The column of a contribution that says in which text it was anchored."""
    if isinstance(thread, Composite):
        return {"composite_text_id": thread.texts[-1].id if thread.texts else None}
    return {"version_id": thread.version_id}
