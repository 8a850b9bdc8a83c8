"""The API's questions about motions, their versions and amendments, and the policy book."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from consult.domain.lifecycle import MOTION, POLICY
from consult.service import amendments, open_reading, policies, reading, versions
from consult.web.api import shapes, shown
from consult.web.api.cursors import Listing
from consult.web.api.operations import paged, reads
from consult.web.api.readers import Reader
from consult.web.api.shown import links

TAG = "Motions"


class MotionQuery(Listing):
    """Which motions."""

    consultation: int | None = Field(None, ge=1, le=2**31 - 1, description="Those of one consultation.")
    state: str = Field("", pattern=f"^({'|'.join(MOTION.states)}|)$", description="Those in one state.")


@reads("/motions", TAG)
def list_motions(reader: Reader, query: MotionQuery) -> shapes.Motions:
    """Motions that you may read."""
    rows = open_reading.list_motions(
        reader.actor, after=query.after, most=query.limit, consultation=query.consultation, state=query.state
    )

    def show(row: Any) -> shapes.MotionSummary:
        return shapes.MotionSummary(
            id=row.id, number=row.number, title=row.title, topic=row.topic, state=row.state,
            unit=shapes.UnitName(id=row.unit_id, name=row.branch), consultation=row.consultation_id,
            submitted=row.submitted_at, links=links("get_motion", "motions.show", motion_id=row.id),
        )  # fmt: skip

    return paged(shapes.Motions, rows, query, lambda row: row.id, show)


@reads("/motions/<int:motion_id>", TAG)
def get_motion(reader: Reader, motion_id: int) -> shapes.Motion:
    """One motion: its text in force, amendments and how they stand to each other, and what became of it."""
    page = reading.page(motion_id, reader.actor, reader.at)
    row, around = page.motion, page.around
    unit = shapes.UnitName(id=int(row.unit_path.rstrip("/").rpartition("/")[2]), name=row.branch)
    seen = {amendment.id for amendment in page.amendments if amendment.number is not None}
    said = {entry.id: entry.sentence for entries in around.follows.values() for entry in entries}
    return shapes.Motion(
        id=row.id, number=row.number, title=row.title, topic=row.topic, state=row.state, unit=unit,
        consultation=row.consultation_id, submitted=row.submitted_at,
        links=links("get_motion", "motions.show", motion_id=row.id),
        mover=row.mover if reader.actor.member_id is not None else None,
        seconders=row.seconders, supporters=row.supporters,
        version=shown.version(row.id, versions.get(row.id, row.sequence)) if row.sequence else None,
        amendments=[_summary(one) for one in page.amendments if one.id in seen],
        relations=[
            shapes.Relation(amendment=r.amendment_id, other=r.other_id, relation=r.relation, clause=r.clause_id)
            for r in around.relations if {r.amendment_id, r.other_id} <= seen
        ],
        consequences=[said[number] for number in sorted(said)],
        composites=[
            shapes.CompositeOf(id=c.id, number=c.number, title=c.title, state=c.state, motion=c.motion_id)
            for c in around.composites
        ],
        policy=row.policy_id, source=row.source_id,
        history=[
            shapes.StateChange(at=at, step=step, state=state)
            for at, step, state in open_reading.steps_of(row.id, reader.actor)
        ],
    )  # fmt: skip


def _summary(row: Any) -> shapes.AmendmentSummary:
    return shapes.AmendmentSummary(
        id=row.id, number=row.number, state=row.state, unit=row.branch, rubric=row.rubric, base=row.base,
        order=row.order, links=links("get_amendment", "amendments.show", amendment_id=row.id),
    )  # fmt: skip


@reads("/motions/<int:motion_id>/versions", TAG)
def list_motion_versions(reader: Reader, motion_id: int) -> shapes.Versions:
    """Every version of a motion's text, oldest first."""
    reading.text(motion_id, reader.actor)
    rows = versions.of_motion(motion_id)
    return shapes.Versions(data=[shapes.VersionSummary(**shown.version_summary(motion_id, row)) for row in rows])


@reads("/motions/<int:motion_id>/versions/<int:sequence>", TAG)
def get_motion_version(reader: Reader, motion_id: int, sequence: int) -> shapes.Version:
    """One version with its clauses."""
    reading.text(motion_id, reader.actor)
    return shown.version(motion_id, versions.get(motion_id, sequence))


@reads("/motions/<int:motion_id>/rulings", TAG, scope="read:member")
def list_rulings(reader: Reader, motion_id: int) -> shapes.Rulings:
    """The committee's rulings on a motion."""
    rows = reading.page(motion_id, reader.actor, reader.at).rulings
    return shapes.Rulings(
        data=[
            shapes.Ruling(
                id=row.id, motion=row.motion_id, amendment=row.amendment_id, decision=row.decision, rule=row.rule,
                reason=row.reason, at=row.at, appealed=row.appealed_at, outcome=row.outcome,
            )
            for row in rows
        ]
    )  # fmt: skip


@reads("/amendments/<int:amendment_id>", TAG)
def get_amendment(reader: Reader, amendment_id: int) -> shapes.Amendment:
    """One amendment with its exact operations."""
    row = amendments.get(amendment_id)
    amendments.require_readable(reader.actor, row, reader.at)
    return shapes.Amendment(
        id=row.id, number=row.number, state=row.state, unit=row.unit.name, rubric=row.rubric,
        base=row.base_version.sequence, order=row.order,
        links=links("get_amendment", "amendments.show", amendment_id=row.id), motion=row.motion_id,
        parent=row.parent_id, reason=row.reason, response=row.response, falls_because=row.falls_because,
        words_added=row.words_added, words_deleted=row.words_deleted, operations=row.operations,
    )  # fmt: skip


class PolicyQuery(Listing):
    """Which policies."""

    state: str = Field("", pattern=f"^({'|'.join(POLICY.states)}|)$", description="Those in one state.")


@reads("/policies", "Policies")
def list_policies(reader: Reader, query: PolicyQuery) -> shapes.Policies:
    """The policy book."""
    rows = open_reading.list_policies(after=query.after, most=query.limit, state=query.state)
    return paged(
        shapes.Policies, rows, query, lambda row: row.id, lambda row: shapes.PolicySummary(**shown.policy_summary(row))
    )


@reads("/policies/<int:policy_id>", "Policies")
def get_policy(reader: Reader, policy_id: int) -> shapes.Policy:
    """One policy with its text."""
    row = policies.get(policy_id)
    return shapes.Policy(
        **shown.policy_summary(row), version=shown.version(row.motion_id, row.version), ballot=row.ballot_id,
        provenance=row.provenance,
    )  # fmt: skip
