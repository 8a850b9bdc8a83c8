"""The substantive text in the hall: what the votes so far have made of the motion, what remains, and how it is concluded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain import hall
from consult.domain.consequences import Kind
from consult.domain.errors import Invalid, OutOfOrder
from consult.model.amendments import Amendment
from consult.model.consequences import Consequence
from consult.model.hall import BusinessItem, Division
from consult.model.motions import MotionVersion
from consult.model.procedure import MotionPart
from consult.service import consequences, enacting, rehearsals, substantive, versions
from consult.service.act import Act
from consult.text import provenance
from consult.text.clauses import Document
from consult.text.clauses import Kind as ClauseKind
from consult.text.replay import Decision, Outcome, Record, Replay, run

_OUTCOMES = {hall.CARRIED: Outcome.CARRIED, hall.LOST: Outcome.LOST}


@dataclass(frozen=True)
class Standing:
    """The motion before the meeting as it stands: the text, the amendments decided in voted order, and those that remain."""

    base: Document
    document: Document
    replay: Replay
    record: Record
    decided: list[Division]
    #: Amendments to be put, in the order of votes; and all that are not decided, those consequential on others included.
    waiting: list[Amendment]
    undecided: list[Amendment]

    @property
    def changed(self) -> bool:
        """Whether anything has been written into it."""
        return self.document.hash != self.base.hash


def standing(session: Session, item: BusinessItem) -> Standing:
    """The text as it stands, by running every decision again on the text that was on the order paper."""
    version = _base(session, item)
    base = versions.document_of(version)
    rows = _amendments(session, item, version)
    query = select(Division).where(
        Division.item_id == item.id, Division.kind == hall.AMENDMENT, Division.outcome.in_(list(_OUTCOMES))
    )
    decided = list(session.scalars(query.order_by(Division.number)))
    voted = {one.amendment_id for one in decided}
    following = consequences.of_motion(item.motion_id or 0, session=session)
    record = Record(
        base,
        tuple(substantive.text_amendment(row, base.hash) for row in rows),
        tuple(_decisions(decided, rows, following)),
        tuple(rehearsals.within(following, {row.id for row in rows})),
    )
    replay = run(record)
    undecided = [row for row in rows if row.state == "on the order paper" and row.id not in voted]
    with_another = {row.effect_amendment_id for row in following if row.kind == Kind.WITH}
    document = without(replay.document, _taken_out(session, item))
    waiting = [row for row in undecided if row.id not in with_another]
    return Standing(base, document, replay, record, decided, waiting, undecided)


def _decisions(decided: list[Division], rows: list[Amendment], following: list[Consequence]) -> Iterable[Decision]:
    """Every decision in voted order: what is consequential directly after what it was carried with, falls at the end."""
    by_id = {row.id: row for row in rows}
    told: set[int] = set()
    for division in decided:
        together = [division.amendment_id or 0]
        if division.outcome == hall.CARRIED:
            together += [number for number in carried_with(following, division.amendment_id) if number in by_id]
        for number in together:
            told.add(number)
            yield Decision(str(number), _OUTCOMES[division.outcome or ""])
    for row in rows:
        if row.id not in told and row.state in ("falls", "remitted", "withdrawn"):
            yield Decision(str(row.id), Outcome.FALLS, row.falls_because)


def carried_with(following: Iterable[Consequence], amendment_id: int | None) -> list[int]:
    """The ids of the amendments that are carried with one, because the committee found them consequential on it."""
    return [
        row.effect_amendment_id
        for row in following
        if row.kind == Kind.WITH and row.cause_amendment_id == amendment_id and row.effect_amendment_id is not None
    ]


def _base(session: Session, item: BusinessItem) -> MotionVersion:
    found = session.get(MotionVersion, item.base_version_id or 0)
    if found is None:
        raise OutOfOrder(f"{item.title} has no text before the meeting.")
    return found


def _amendments(session: Session, item: BusinessItem, version: MotionVersion) -> list[Amendment]:
    query = (
        select(Amendment)
        .where(
            Amendment.motion_id == item.motion_id, Amendment.base_version_id == version.id, Amendment.order.is_not(None)
        )
        .options(joinedload(Amendment.base_version), joinedload(Amendment.unit))
        .order_by(Amendment.order, Amendment.number)
    )
    return list(session.scalars(query))


def fallen(found: Standing) -> Iterable[tuple[Amendment, str]]:
    """The amendments not decided yet that no longer apply to the text, each with the reason."""
    for row in found.undecided:
        if reason := found.replay.remaining.get(str(row.id), ""):
            yield row, reason


# -- parts -----------------------------------------------------------------------------------------------------------


def read_parts(document: Document, text: str) -> list[dict[str, object]]:
    """Parts as typed: one to a line, each naming clauses ("Resolves 1, Resolves 3"); what no line names is the last part.

    Raises:
        Invalid: for a clause that there is not or that is named twice, or fewer than two parts.
    """
    labels = {label.casefold(): clause for clause, label in document.labels.items()}
    kinds = {clause.id: clause.kind for clause in document.clauses}
    free = [clause.id for clause in document.clauses if clause.kind not in (ClauseKind.HEADING, ClauseKind.RATIONALE)]
    parts: list[dict[str, object]] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        named: list[str] = []
        for label in filter(None, (label.strip() for label in line.split(","))):
            clause = labels.get(label.casefold())
            if clause is None or clause not in free:
                raise Invalid(
                    f"“{label}” is no clause that is still free; write them as the text does, as in “Resolves 2”."
                )
            named += _with_items(free, kinds, clause)
        free = [clause for clause in free if clause not in named]
        parts.append({"name": line, "clauses": named})
    if free and parts:
        parts.append({"name": "the rest", "clauses": free})
    if len(parts) < 2:
        raise Invalid("Name the clauses of each part, one part to a line; the rest is the last part.")
    return parts


def declared_parts(session: Session, item: BusinessItem, document: Document) -> list[dict[str, object]]:
    """The parts into which the committee divided the text before the meeting, as it stands now; none if it did not.

    What amendments wrote since is the last part.
    """
    query = select(MotionPart).where(
        MotionPart.motion_id == item.motion_id,
        MotionPart.version_id == item.base_version_id,
        MotionPart.outcome.is_(None),
    )
    labels, kinds = document.labels, {clause.id: clause.kind for clause in document.clauses}
    free = [clause.id for clause in document.clauses if clause.kind not in (ClauseKind.HEADING, ClauseKind.RATIONALE)]
    parts: list[dict[str, object]] = []
    for row in session.scalars(query.order_by(MotionPart.number)):
        own = [clause for clause in row.clauses if clause in free]
        if own:
            named = [one for clause in own for one in _with_items(free, kinds, clause)]
            free = [clause for clause in free if clause not in named]
            parts.append({"name": ", ".join(labels[clause] for clause in own), "clauses": named, "declared": row.id})
    if free and parts:
        parts.append({"name": "the rest", "clauses": free})
    return parts if len(parts) > 1 else []


def _with_items(free: list[str], kinds: dict[str, ClauseKind], clause: str) -> list[str]:
    """A clause with the items below it."""
    found = [clause]
    for other in free[free.index(clause) + 1 :]:
        if kinds[other] is not ClauseKind.ITEM or kinds[clause] is ClauseKind.ITEM:
            break
        found.append(other)
    return found


def _taken_out(session: Session, item: BusinessItem) -> set[str]:
    """The clauses of the parts that were lost."""
    query = select(Division.part).where(
        Division.item_id == item.id, Division.kind == hall.PART, Division.outcome == hall.LOST
    )
    lost = {place for place in session.scalars(query) if place is not None}
    return {clause for place in lost for clause in (item.parts or [])[place]["clauses"]}


def without(document: Document, clauses: set[str]) -> Document:
    """The text without some of its clauses."""
    if not clauses:
        return document
    return Document(tuple(clause for clause in document.clauses if clause.id not in clauses))


# -- concluding ------------------------------------------------------------------------------------------------------


def conclude(act: Act, item: BusinessItem, division: Division, outcome: str) -> str:
    """Carry or lose the motion before the meeting, as a publication does; what is carried enters the policy book.

    Returns what became of it: "carried", "carried as amended" or "lost".
    """
    if item.motion is None:
        raise OutOfOrder("No motion is before the meeting.")
    found = standing(act.session, item)
    version = _base(act.session, item)
    authors = substantive.authors_after(version, found.record, found.replay)
    kept = {clause.id for clause in found.document.clauses}
    fate = "lost" if outcome == hall.LOST else "carried as amended" if found.changed else "carried"
    decision = {
        "outcome": fate,
        "base": found.base.hash,
        "result": found.document.hash,
        "document": found.document.to_data(),
        "authors": {clause: runs for clause, runs in provenance.to_data(authors).items() if clause in kept},
        "amendments": {str(one.amendment_id): {"outcome": one.outcome, "reason": ""} for one in found.decided},
    }
    enacting.conclude(act, item.motion, decision, division=division.id)
    return fate
