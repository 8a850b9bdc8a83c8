"""The amendment checker: what the committee will find, told to a mover before the deadline and as the text is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from consult.domain.errors import OutOfOrder
from consult.domain.timetable import require_phase
from consult.model.amendments import Amendment
from consult.model.motions import Motion
from consult.model.store import db
from consult.service import consultations, limits, relating, versions
from consult.service.wording import Worked, base_of, lines_for, text_of, text_with, work_out
from consult.text import checker
from consult.text.clauses import Document
from consult.text.derive import added, same_words
from consult.text.lines import lines
from consult.text.operations import Operation
from consult.text.weave import apply


def preview(
    motion: Motion,
    sections: Mapping[str, str],
    own: Amendment | None = None,
    *,
    parent: Amendment | None = None,
    at: datetime | None = None,
) -> tuple[Worked, list[checker.Finding]]:
    """An amendment as it would be, and what the checker says of it; nothing is kept.

    `parent` is the amendment that is amended, where it is one; with `at` the deadline is checked too.

    Raises:
        Invalid: if nothing is changed or the sections cannot be read.
    """
    version = own.base_version if own else motion.version
    if version is None:
        raise OutOfOrder(f"{motion.label} has no text yet that could be amended.")
    if own is not None:
        base, numbered = base_of(own), lines_for(own, base_of(own))
    elif parent is not None:
        base = text_with(parent)
        numbered = lines(base)
    else:
        base, numbered = versions.document_of(version), versions.lines_of(version)
    made = work_out(base, numbered, sections, f"a{own.id}" if own else "new")
    return made, list(findings(motion, base, made.operations, own, parent=parent, at=at))


def findings(
    motion: Motion,
    base: Document,
    operations: Sequence[Operation],
    own: Amendment | None = None,
    *,
    parent: Amendment | None = None,
    at: datetime | None = None,
) -> tuple[checker.Finding, ...]:
    """What the checker finds, against the rulebook's limits, the amendments already before the motion and the deadline."""
    rules = consultations.rules_of(motion.consultation)
    parent = parent or (own.parent if own else None)
    others = [text_of(row) for row in _near(motion, base, operations, own, parent) if own is None or row.id != own.id]
    found = [*checker.check(base, operations, most_added=rules.amendment_words, others=others)]
    if parent is not None and operations and same_words(apply(base, operations), base_of(parent)):
        sentence = f"It only takes {parent.label} away again: vote against that instead."
        found.append(checker.Finding(checker.Code.NEGATIVE, sentence, False))
    if own is not None and rules.branch_words:
        found += _over_budget(own, added(operations), rules.branch_words)
    if at is not None and (own is None or own.number is None):
        found += _too_late(motion, at)
    return tuple(found)


def _near(
    motion: Motion, base: Document, operations: Sequence[Operation], own: Amendment | None, parent: Amendment | None
) -> list[Amendment]:
    """The amendments with which this one could be the same: those that touch the same clauses, or amend the same one."""
    if parent is not None:
        mine = own or Amendment(id=0, parent_id=parent.id, base_version_id=parent.base_version_id)
        return relating.siblings(db.session(), mine)
    version = own.base_version if own else motion.version
    return relating.near(db.session(), motion.id, version, base, operations) if version and operations else []


def _over_budget(own: Amendment, words: int, budget: int) -> list[checker.Finding]:
    spent = limits.words_spent(db.session(), own.motion.consultation_id, own.unit_id, but=own)
    if spent + words <= budget:
        return []
    sentence = f"{own.unit.name} has {max(budget - spent, 0)} of its {budget} words left, and this adds {words}."
    return [checker.Finding(checker.Code.BUDGET, sentence, True)]


def _too_late(motion: Motion, at: datetime) -> list[checker.Finding]:
    try:
        require_phase(motion.consultation.phases, "amendments", at, "Amendments can be submitted")
    except OutOfOrder as refusal:
        return [checker.Finding(checker.Code.PAST, str(refusal), True)]
    return []
