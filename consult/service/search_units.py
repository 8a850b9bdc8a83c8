"""What units say that can be found: their registers of decisions, meetings with their minutes, bodies, standing texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from consult.domain import searching as kinds
from consult.domain.searching import EVERYONE, OF_UNIT, SIGNED_IN
from consult.model.bodies import Body
from consult.model.consultations import Consultation
from consult.model.gatherings import EventMinutes, Gathering
from consult.model.hall import Sitting, SittingMinute
from consult.model.mandates import Decision
from consult.model.standing import StandingText, StandingVersion
from consult.model.units import Unit, UnitProfile
from consult.service.search_documents import Values, clauses, document, unmarked

#: Minutes of events and of sittings are one kind: those of sittings have odd numbers, those of events even ones.
SITTING = 1


def decisions() -> Any:
    """Entries of the registers, with who reads that of the unit."""
    return select(
        Decision.id, Decision.number, Decision.title, Decision.words, Decision.reason, Decision.kind, Decision.unit_id,
        Decision.decided_on, UnitProfile.readers,
    ).outerjoin(UnitProfile, UnitProfile.unit_id == Decision.unit_id)  # fmt: skip


_READERS = {"everyone": EVERYONE, "members": SIGNED_IN, "unit": OF_UNIT}


def decision(row: Any) -> Values:
    """One entry."""
    day = datetime.combine(row.decided_on, time(12), tzinfo=UTC)
    return document(
        kinds.DECISION, row.id, row.title, "\n".join([row.words, row.reason]), _READERS[row.readers or "members"], day,
        also=f"decision {row.number}", number=row.number, unit_id=row.unit_id, state=row.kind,
    )  # fmt: skip


def event_minutes() -> Any:
    """The newest minutes of each event."""
    newer = aliased(EventMinutes)
    last = select(func.max(newer.sequence)).where(newer.gathering_id == EventMinutes.gathering_id)
    return (
        select(
            Gathering.id, Gathering.title, Gathering.unit_id, Gathering.consultation_id, Gathering.starts_at,
            EventMinutes.body,
        )
        .join(EventMinutes, EventMinutes.gathering_id == Gathering.id)
        .where(EventMinutes.sequence == last.scalar_subquery())
    )  # fmt: skip


def minutes(row: Any) -> Values:
    """The minutes of one event."""
    return document(
        kinds.MINUTES, 2 * row.id, row.title, unmarked(row.body), EVERYONE, row.starts_at, unit_id=row.unit_id,
        consultation_id=row.consultation_id,
    )  # fmt: skip


def sittings() -> Any:
    """The minutes of sittings, line by line."""
    return (
        select(
            Sitting.id, Sitting.title, Sitting.consultation_id, Sitting.starts_at, Consultation.unit_id,
            SittingMinute.words,
        )
        .join(SittingMinute, SittingMinute.sitting_id == Sitting.id)
        .join(Consultation, Consultation.id == Sitting.consultation_id)
    )  # fmt: skip


def sitting(row: Any) -> Values:
    """The minutes of one sitting."""
    return document(
        kinds.MINUTES, 2 * row.id + SITTING, row.title, row.words, EVERYONE, row.starts_at, unit_id=row.unit_id,
        consultation_id=row.consultation_id,
    )  # fmt: skip


def events() -> Any:
    """Events."""
    return select(
        Gathering.id, Gathering.title, Gathering.about, Gathering.place, Gathering.access, Gathering.state,
        Gathering.unit_id, Gathering.consultation_id, Gathering.starts_at,
    )  # fmt: skip


def event(row: Any) -> Values:
    """One event."""
    return document(
        kinds.EVENT, row.id, row.title, "\n".join(filter(None, [row.about, row.place, row.access])), EVERYONE,
        row.starts_at, unit_id=row.unit_id, consultation_id=row.consultation_id, state=row.state,
    )  # fmt: skip


#: Units and bodies have no day of their own that anybody looks for; they stand last by date.
_LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


def units() -> Any:
    """Units."""
    return select(Unit.id, Unit.name, Unit.kind, Unit.closed_at, UnitProfile.about).outerjoin(
        UnitProfile, UnitProfile.unit_id == Unit.id
    )


def unit(row: Any) -> Values:
    """One unit."""
    return document(
        kinds.UNIT, row.id, row.name, row.about or "", EVERYONE, row.closed_at or _LONG_AGO, also=row.kind,
        unit_id=row.id, state="closed" if row.closed_at else "",
    )  # fmt: skip


def bodies() -> Any:
    """Bodies."""
    return select(Body.id, Body.name, Body.remit, Body.unit_id, Body.created_at, Body.dissolved_at)


def body(row: Any) -> Values:
    """One body."""
    return document(
        kinds.BODY, row.id, row.name, row.remit, EVERYONE, row.created_at, unit_id=row.unit_id,
        state="dissolved" if row.dissolved_at else "",
    )  # fmt: skip


def standing_texts() -> Any:
    """The newest version of each standing text."""
    newer = aliased(StandingVersion)
    last = select(func.max(newer.sequence)).where(newer.text_id == StandingVersion.text_id)
    return (
        select(
            StandingText.id, StandingText.title, StandingText.unit_id, StandingVersion.document,
            StandingVersion.created_at,
        )
        .join(StandingVersion, StandingVersion.text_id == StandingText.id)
        .where(StandingVersion.sequence == last.scalar_subquery())
    )  # fmt: skip


def standing_text(row: Any) -> Values:
    """One standing text."""
    words = clauses(row.document, heading=True)
    return document(kinds.STANDING, row.id, row.title, words, EVERYONE, row.created_at, unit_id=row.unit_id)


class _Joined:
    """The rows of one sitting as one, with all that its minutes say."""

    def __init__(self, rows: Iterable[Any]) -> None:
        some = list(rows)
        self._row = some[0]
        self.words = "\n".join(row.words for row in some)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


def joined(rows: Iterable[Any]) -> Iterator[_Joined]:
    """The minutes of sittings, which come line by line in their order, sitting by sitting."""
    for _number, some in groupby(rows, key=lambda row: row.id):
        yield _Joined(some)
