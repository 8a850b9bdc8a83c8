"""What can be searched, kept in step: whatever a transaction writes is put into the index at its end, in the same commit.

It is done here and not by triggers on each table, because what a text says stands in JSON that both databases would have to
take apart alike, and who may find it is a rule of the services. The index itself is kept by the database, from the rows that
are written here. What is written past the session (a bulk statement) is found by `disagreements` and mended by `rebuild`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, event, func, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from consult.domain import searching as kinds
from consult.model import search_index
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot
from consult.model.bodies import Body
from consult.model.coding import ConsultationReport
from consult.model.consultations import Consultation, Phase
from consult.model.consulting import Contribution, ParagraphComment, Participation
from consult.model.debate import Comment
from consult.model.gatherings import EventMinutes, Gathering
from consult.model.hall import Sitting, SittingMinute
from consult.model.mandates import Decision
from consult.model.motions import Motion, Policy
from consult.model.results import Publication
from consult.model.search import SearchDocument
from consult.model.standing import StandingText, StandingVersion
from consult.model.store import db, writing
from consult.model.units import Unit, UnitProfile
from consult.service.search_texts import SOURCES, kind_of, subject_ids, texts

#: Rows written by one statement.
BATCH = 200
_NOTED = "consult-search"

#: What is to be put into the index anew: (source, number of its row), or ("submissions of", number of a consultation) and so on.
Due = tuple[str, int]


def _of_motion(row: Motion) -> Iterator[Due]:
    yield kinds.MOTION, row.id
    state = inspect(row).attrs
    if any(state[name].history.has_changes() for name in ("state", "number", "title")):
        yield "amendments of", row.id
    if not row.number or state["state"].history.has_changes():
        yield "comments of", row.id


#: Whose rows say something that can be found → what is due when one of them is written.
_DUE: dict[type[Any], Callable[[Any], Iterable[Due]]] = {
    Motion: _of_motion,
    Amendment: lambda row: [(kinds.AMENDMENT, row.id)],
    Comment: lambda row: [(kinds.COMMENT, row.id)],
    Policy: lambda row: [(kinds.POLICY, row.id)],
    Consultation: lambda row: [(kinds.CONSULTATION, row.id)],
    ParagraphComment: lambda row: [(kinds.PARAGRAPH, row.id)],
    Contribution: lambda row: [(kinds.SUBMISSION, row.id)],
    Participation: lambda row: [("submissions of", row.consultation_id)],
    Phase: lambda row: [(kinds.CONSULTATION, row.consultation_id), ("submissions of", row.consultation_id)],
    ConsultationReport: lambda row: [("reports of", row.consultation_id)],
    Publication: lambda row: [(kinds.RESULT, row.ballot_id)],
    Ballot: lambda row: [(kinds.RESULT, row.id)] if row.state in ("published", "annulled") else [],
    Decision: lambda row: [(kinds.DECISION, row.id)],
    Gathering: lambda row: [(kinds.EVENT, row.id), (kinds.MINUTES, row.id)],
    EventMinutes: lambda row: [(kinds.MINUTES, row.gathering_id)],
    Sitting: lambda row: [("sitting", row.id)],
    SittingMinute: lambda row: [("sitting", row.sitting_id)],
    Unit: lambda row: [(kinds.UNIT, row.id)],
    UnitProfile: lambda row: [(kinds.UNIT, row.unit_id), ("decisions of", row.unit_id)],
    Body: lambda row: [(kinds.BODY, row.id)],
    StandingText: lambda row: [(kinds.STANDING, row.id)],
    StandingVersion: lambda row: [(kinds.STANDING, row.text_id)],
}
#: What is due for all rows that belong to one other → (their source, the column of their number, the column of the other's).
_BELONG: dict[str, tuple[str, Any, Any]] = {
    "amendments of": (kinds.AMENDMENT, Amendment.id, Amendment.motion_id),
    "comments of": (kinds.COMMENT, Comment.id, Comment.motion_id),
    "submissions of": (kinds.SUBMISSION, Contribution.id, Contribution.consultation_id),
    "reports of": (kinds.REPORT, ConsultationReport.id, ConsultationReport.consultation_id),
    "decisions of": (kinds.DECISION, Decision.id, Decision.unit_id),
}


@event.listens_for(Session, "after_flush")
def _note(session: Session, context: Any) -> None:
    """Put down what was written. Nothing is read, so that it costs an act that writes no words nothing."""
    for rows in (session.new, session.dirty, session.deleted):
        for row in rows:
            due = _DUE.get(type(row))
            if due is not None:
                session.info.setdefault(_NOTED, set()).update(due(row))


@event.listens_for(Session, "before_commit")
def _keep(session: Session) -> None:
    """Put into the index what this transaction wrote."""
    session.flush()
    noted: set[Due] = session.info.pop(_NOTED, set())
    if noted:
        keep(session.connection(), noted)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, previous: Any) -> None:
    session.info.pop(_NOTED, None)


def keep(connection: Connection, due: Iterable[Due]) -> None:
    """Put the documents of these rows into the index as they are now, and take out those that are not there any more."""
    by_source: dict[str, set[int]] = {}
    for source, number in due:
        by_source.setdefault(source, set()).add(number)
    for name, (source, own, other) in _BELONG.items():
        if numbers := by_source.pop(name, None):
            found = connection.scalars(select(own).where(other.in_(numbers)))
            by_source.setdefault(source, set()).update(found)
    for source, numbers in sorted(by_source.items()):
        for some in _batches(sorted(numbers)):
            written = list(texts(connection, source, some))
            _write(connection, written)
            gone = subject_ids(source, some) - {values["subject_id"] for values in written}
            if gone:
                connection.execute(delete(SearchDocument).where(_are(source), SearchDocument.subject_id.in_(gone)))


def _batches(numbers: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(numbers)
    while some := list(islice(left, BATCH)):
        yield some


def _are(source: str) -> Any:
    return SearchDocument.kind == kind_of(source)


def _write(connection: Connection, values: Collection[dict[str, Any]]) -> None:
    """Rows that are there already are changed in their place, so that their words in the index are."""
    if not values:
        return
    made: Any = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(SearchDocument)
    changed = {name: made.excluded[name] for name in next(iter(values)) if name not in ("kind", "subject_id")}
    connection.execute(made.on_conflict_do_update(index_elements=["kind", "subject_id"], set_=changed), list(values))


def keep_of(session: Session, members: Collection[int]) -> None:
    """Put anew into the index what these people own, where it was changed by a statement that the session does not see."""
    owned = select(SearchDocument.kind, SearchDocument.subject_id).where(SearchDocument.owner_id.in_(members))
    keep(session.connection(), [(kind, number) for kind, number in session.execute(owned)])


# -- made anew, and checked ------------------------------------------------------------------------------------------


def rebuild() -> int:
    """Make everything that can be searched anew, in one transaction; how many documents there are then."""
    with writing() as session:
        connection = session.connection()
        connection.execute(delete(SearchDocument))
        search_index.make(connection)
        for source in SOURCES:
            for some in _batches(texts(connection, source)):
                _write(connection, some)
        return connection.scalar(select(func.count()).select_from(SearchDocument)) or 0


def fill() -> int:
    """Make it anew where nothing can be searched although there is something, as after an upgrade; how many there are then, else 0."""
    units = select(Unit.id).limit(1)
    empty = db.session.scalar(select(SearchDocument.id).limit(1)) is None and db.session.scalar(units) is not None
    db.session.rollback()
    return rebuild() if empty else 0


def disagreements() -> list[str]:
    """Where what can be searched is not what is written, a sentence for each kind that is wrong; none when all agrees."""
    connection = db.session.connection()
    found = []
    stored = SearchDocument.__table__
    columns = [column for column in stored.columns if column.name not in ("id", "vector")]
    wanted: dict[str, int] = dict.fromkeys(kinds.KINDS, 0)
    wrong: dict[str, int] = dict.fromkeys(kinds.KINDS, 0)
    for source in SOURCES:
        kind = kind_of(source)
        for some in _batches(texts(connection, source)):
            numbers = [values["subject_id"] for values in some]
            query = select(*columns).where(stored.c.kind == kind, stored.c.subject_id.in_(numbers))
            kept = {row.subject_id: dict(row._mapping) for row in connection.execute(query)}
            wanted[kind] += len(some)
            wrong[kind] += sum(kept.get(values["subject_id"]) != values for values in some)
    counted = select(stored.c.kind, func.count()).group_by(stored.c.kind)
    held = {kind: many for kind, many in connection.execute(counted)}  # noqa: C416
    for kind in kinds.KINDS:
        if wrong[kind]:
            found.append(
                f"{wrong[kind]:,} of {wanted[kind]:,} documents of the kind “{kind}” are missing or out of date."
            )
        elif held.get(kind, 0) != wanted[kind]:
            found.append(
                f"There are {held.get(kind, 0):,} documents of the kind “{kind}” and should be {wanted[kind]:,}."
            )
    if search_index.disagreements(connection):
        found.append("The index does not hold the words of the documents.")
    return found
