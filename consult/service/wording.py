"""An amendment's words: worked out from an edited text, shown in every form that pages need, checked, and read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid
from consult.model.amendments import Amendment
from consult.model.motions import Motion
from consult.model.store import db
from consult.service import versions
from consult.text import forms
from consult.text.align import align
from consult.text.clauses import Document
from consult.text.derive import added, deleted, derive
from consult.text.lines import Line, lines
from consult.text.marked import MarkedClause, Reading, marked, so_that_it_reads
from consult.text.operations import Amendment as TextAmendment
from consult.text.operations import Operation, operations_from_data
from consult.text.rubric import rubric
from consult.text.weave import apply

#: States in which an amendment is no longer before the motion, so that nothing needs to be compared with it.
GONE = (
    "draft", "withdrawn", "ruled out", "ruled out for good", "falls", "composited", "drafting change", "remitted",
)  # fmt: skip


@dataclass(frozen=True)
class Worked:
    """Everything that follows from an edited text: computed once, stored, and only read after that."""

    operations: tuple[Operation, ...]
    rubric: tuple[str, ...]
    marked: tuple[MarkedClause, ...]
    reads: tuple[Reading, ...]
    added: int
    deleted: int


def sections_of(document: Document) -> dict[str, str]:
    """What the form's sections hold of a text."""
    return forms.to_form(document)


def work_out(base: Document, numbered: Sequence[Line], sections: Mapping[str, str], prefix: str) -> Worked:
    """The smallest operations between a base and its edited sections; new clauses are named by `prefix`.

    Raises:
        Invalid: if nothing was changed, or the sections cannot be read.
    """
    drafts = forms.from_form({name: text for name, text in sections.items() if text is not None}, like=base).drafts
    edited = align(base, drafts, f"{prefix}-{{}}".format)
    operations = derive(base, edited)
    if not operations:
        raise Invalid("Nothing is changed yet: edit the words of the motion below as you would have them read.")
    return shown(base, numbered, operations)


def shown(base: Document, numbered: Sequence[Line], operations: Sequence[Operation]) -> Worked:
    """Everything that pages show of operations on a base.

    Raises:
        DoesNotApply: if they are not of this base.
    """
    return Worked(
        tuple(operations),
        rubric(base, operations, numbered),
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


def base_of(row: Amendment) -> Document:
    """The text that an amendment's operations are made on: its version, or that with the amendment it amends carried."""
    return text_with(row.parent) if row.parent is not None else versions.document_of(row.base_version)


def lines_for(row: Amendment, base: Document) -> Sequence[Line]:
    """The line numbers of that text; those of a text that is no version are numbered as they would be."""
    return versions.lines_of(row.base_version) if row.parent is None else lines(base)


def text_of(row: Amendment) -> TextAmendment:
    """A stored amendment as the text engine knows it."""
    made = operations_from_data(row.operations)
    if row.parent is None:
        return TextAmendment(str(row.id), row.base_version.hash, made, name=row.label)
    return TextAmendment(str(row.id), base_of(row).hash, made, parent=str(row.parent_id), name=row.label)


def text_with(row: Amendment) -> Document:
    """The text as an amendment would have it, to be edited further."""
    return apply(base_of(row), operations_from_data(row.operations))


def keep(row: Amendment, made: Worked) -> None:
    """Store everything that was worked out; only acts call it."""
    row.operations = [operation.to_data() for operation in made.operations]
    row.rubric = list(made.rubric)
    row.marked = marked_data(made.marked)
    row.words_added, row.words_deleted = made.added, made.deleted


def before(motion: Motion, session: Session | None = None) -> list[Amendment]:
    """The amendments that are before a motion, in order of number."""
    query = (
        select(Amendment)
        .where(Amendment.motion_id == motion.id, Amendment.number.is_not(None), Amendment.state.not_in(GONE))
        .options(
            joinedload(Amendment.unit), joinedload(Amendment.base_version),
            joinedload(Amendment.parent).joinedload(Amendment.base_version),
        )
        .order_by(Amendment.number)
    )  # fmt: skip
    return list((session or db.session()).scalars(query))
