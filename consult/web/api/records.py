"""The API's questions about ballots, results, units, events, decisions and the audit log; and where everything begins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field

from consult import __version__
from consult.domain.errors import NotFound
from consult.domain.lifecycle import BALLOT
from consult.ledger import canonical
from consult.ledger.manifest import loads
from consult.model.ballots import Ballot
from consult.model.results import Publication
from consult.model.units import UNIT_KINDS
from consult.service import (
    ballots,
    consultations,
    decisions,
    gatherings,
    open_data,
    open_reading,
    organisation,
    publication,
    turnout,
    units,
)
from consult.web.api import shapes, shown
from consult.web.api.cursors import Listing
from consult.web.api.operations import OPERATIONS, paged, reads
from consult.web.api.readers import Reader, require
from consult.web.api.shown import links

NUMBER = 2**31 - 1


class BallotQuery(Listing):
    """Which ballots."""

    state: str = Field(
        "", pattern=f"^({'|'.join(s for s in BALLOT.states if s != 'preparing')}|)$", description="Those in one state."
    )


@reads("/ballots", "Ballots")
def list_ballots(reader: Reader, query: BallotQuery) -> shapes.Ballots:
    """Ballots: to come, open and closed."""
    rows = open_reading.list_ballots(after=query.after, most=query.limit, state=query.state)
    return paged(
        shapes.Ballots, rows, query, lambda row: row.id, lambda row: shapes.BallotSummary(**shown.ballot_summary(row))
    )


def _turnout(ballot: Ballot) -> shapes.Turnout | None:
    try:
        told = turnout.told(ballot.id)
    except NotFound:
        return None
    return shapes.Turnout(voted=told.voted, roll=told.roll, exact=told.exact)


@reads("/ballots/<int:ballot_id>", "Ballots")
def get_ballot(reader: Reader, ballot_id: int) -> shapes.Ballot:
    """One ballot: what it asks, where it stands, and the turnout as far as it is published."""
    row = ballots.get(ballot_id)
    if row.state == "preparing":
        raise NotFound("There is no ballot of this number.")
    return shapes.Ballot(
        **shown.ballot_summary(row), explanation=row.explanation, definition_hash=row.definition_hash,
        definition=shown.page("ballots.definition", ballot_id=row.id) if row.definition else None,
        questions=[
            shapes.BallotQuestion(
                key=q.key, title=q.title, method=q.method, seats=q.seats, motion=q.motion_id,
                amendment=q.amendment_id, options=[option.name for option in q.options],
            )
            for q in row.questions
        ],
        turnout=_turnout(row),
        result=shown.own("get_result", ballot_id=row.id) if open_reading.has_result(row.id) else None,
    )  # fmt: skip


def _result(row: Publication) -> dict[str, Any]:
    return {
        "ballot": row.ballot_id, "title": row.ballot.title, "outcome": row.sentence, "published": row.published_at,
        "bundle_hash": row.hash, "links": links("get_result", "results.show", ballot_id=row.ballot_id),
    }  # fmt: skip


@reads("/results", "Results")
def list_results(reader: Reader, query: Listing) -> shapes.Results:
    """Published results."""
    rows = open_reading.list_results(after=query.after, most=query.limit)
    return paged(
        shapes.Results, rows, query, lambda row: row.ballot_id, lambda row: shapes.ResultSummary(**_result(row))
    )


@reads("/results/<int:ballot_id>", "Results")
def get_result(reader: Reader, ballot_id: int) -> shapes.Result:
    """One published result with its figures and where its open data are."""
    row = publication.of(ballot_id)
    keys = open_data.blt_keys(loads(publication.manifest_bytes(ballot_id)))
    return shapes.Result(
        **_result(row), figures=canonical.loads(open_data.figures(row), "The figures"),
        open_data=shapes.OpenData(
            figures_json=shown.page("results.figures", ballot_id=ballot_id),
            figures_csv=shown.page("results.table", ballot_id=ballot_id),
            bundle=shown.page("results.bundle", ballot_id=ballot_id, number=ballot_id),
            papers_blt=[shown.page("results.papers", ballot_id=ballot_id, key=key) for key in keys],
        ),
    )  # fmt: skip


class UnitQuery(Listing):
    """Which units."""

    kind: str = Field("", pattern=f"^({'|'.join(UNIT_KINDS)}|)$", description="Those of one kind.")


@reads("/units", "Units")
def list_units(reader: Reader, query: UnitQuery) -> shapes.Units:
    """Units: nation, regions, branches, networks and affiliated organisations."""
    rows = open_reading.list_units(after=query.after, most=query.limit, kind=query.kind)
    return paged(
        shapes.Units, rows, query, lambda row: row.id, lambda row: shapes.UnitSummary(**shown.unit_summary(row))
    )


@reads("/units/<int:unit_id>", "Units")
def get_unit(reader: Reader, unit_id: int) -> shapes.Unit:
    """One unit with what it says about itself and how many belong to it."""
    row = units.get(unit_id)
    figures = units.figures(row)
    return shapes.Unit(
        **shown.unit_summary(row), about=units.profile(row).about, members=figures.get("member", 0),
        supporters=figures.get("supporter", 0), below=[shown.unit_name(one) for one in units.below(row)],
    )  # fmt: skip


@reads("/units/<int:unit_id>/decisions", "Units")
def list_decisions(reader: Reader, unit_id: int, query: Listing) -> shapes.Decisions:
    """A unit's register of decisions, as far as the unit lets you read it."""
    unit = units.get(unit_id)
    if not decisions.may_read(unit, reader.actor, reader.at):
        require(reader, "read:member")
    decisions.require_reader(unit, reader.actor, reader.at)
    rows = open_reading.list_decisions(unit_id, after=query.after, most=query.limit)

    def show(row: Any) -> shapes.Decision:
        return shapes.Decision(
            number=row.number, decided_on=row.decided_on, kind=row.kind, title=row.title, words=row.words,
            reason=row.reason, entered=row.at,
        )  # fmt: skip

    return paged(shapes.Decisions, rows, query, lambda row: row.number, show)


class EventQuery(Listing):
    """Which events."""

    unit: int | None = Field(None, ge=1, le=NUMBER, description="Those of one unit.")
    consultation: int | None = Field(None, ge=1, le=NUMBER, description="Those about one consultation.")
    since: AwareDatetime | None = Field(None, description="Those that end after this instant.")


@reads("/events", "Meetings")
def list_events(reader: Reader, query: EventQuery) -> shapes.Events:
    """Meetings and events, the newest entry first."""
    since: datetime | None = query.since
    if query.consultation is not None:
        consultations.readable(query.consultation, reader.actor, reader.at)
    rows = open_reading.list_events(
        after=query.after, most=query.limit, unit=query.unit, consultation=query.consultation, since=since
    )
    return paged(shapes.Events, rows, query, lambda row: row.id, lambda row: shown.event(row, reader))


@reads("/events/<int:gathering_id>", "Meetings")
def get_event(reader: Reader, gathering_id: int) -> shapes.Event:
    """One meeting or event."""
    return shown.event(gatherings.get(gathering_id), reader)


@reads("/audit/heads", "Audit log")
def get_audit_heads(reader: Reader) -> shapes.AuditHeads:
    """The head of the audit log, and the last heads that were mailed out: for whoever checks that none is cut off."""
    head, sent = open_reading.heads()
    return shapes.AuditHeads(
        head=shapes.AuditHead(sequence=head.sequence, hash=head.hash, sent=None) if head else None,
        sent=[shapes.AuditHead(sequence=row.sequence, hash=row.hash, sent=row.sent_at) for row in sent],
    )


@reads("/audit/events", "Audit log", scope="read:member")
def list_audit_events(reader: Reader, query: Listing) -> shapes.AuditEvents:
    """Events of the audit log, as members read it."""
    rows = open_reading.list_audit(reader.actor, after=query.after, most=query.limit)

    def show(row: Any) -> shapes.AuditEvent:
        return shapes.AuditEvent(
            sequence=row.sequence, at=row.at, event=row.event, sentence=row.sentence, subject=row.subject,
            data=row.data, hash=row.hash,
        )  # fmt: skip

    return paged(shapes.AuditEvents, rows, query, lambda row: row.sequence, show)


@reads("/", "The API")
def get_index(reader: Reader) -> shapes.Index:
    """Where everything begins: the lists, and the OpenAPI document."""
    lists = {op.name: op for op in OPERATIONS if not op.parts and not op.scope and op.name != "get_index"}
    return shapes.Index(
        organisation=organisation.name(), version=__version__, document=shown.own("document"),
        links={op.path.strip("/").replace("/", "_"): shown.own(name) for name, op in sorted(lists.items())},
    )  # fmt: skip
