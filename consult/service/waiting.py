"""What waits for whoever may act on it beside motions and ballots: appeals, inspections, exports, data cases, posts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ScalarSelect, func, select

from consult.domain import policy
from consult.domain.officer_proposals import LIFE
from consult.domain.policy import Permission
from consult.domain.protection import EXPORT_WAITS
from consult.domain.roles import Actor
from consult.model.desk import Complaint
from consult.model.moderation import ModerationAppeal, WaitingPost
from consult.model.motions import Appeal
from consult.model.officer_proposals import OfficerProposal
from consult.model.protection import DataCase, MemberExport
from consult.model.roll_changes import RollInspection, RollRemoval
from consult.model.store import db

#: What waits → who may act on it.
MAY = {
    "complaints": Permission.COMPLAINT_DECIDE,
    "appeals": Permission.APPEAL_DECIDE,
    "removals": Permission.ROLL_APPEAL_DECIDE,
    "inspections": Permission.ROLL_INSPECT_DECIDE,
    "exports": Permission.MEMBERS_EXPORT_AGREE,
    "proposals": Permission.ROLE_GIVE,
    "cases": Permission.DATA_PROTECT,
    "moderation": Permission.COMMENT_APPEAL_DECIDE,
    "posts": Permission.COMMENT_MODERATE,
}


def of(actor: Actor, at: datetime) -> dict[str, int]:
    """Kind → how many wait, of the kinds that somebody may act on: one statement, or none for whoever may act on none."""
    counted = {name: query for name, query in _queries(actor, at).items() if policy.may(MAY[name], actor, at=at)}
    if not counted:
        return {}
    row = db.session.execute(select(*counted.values())).one()
    return dict(zip(counted, row, strict=True))


def _queries(actor: Actor, at: datetime) -> dict[str, ScalarSelect[int]]:
    asked = (
        MemberExport.agreed_at.is_(None),
        MemberExport.refused_because.is_(None),
        MemberExport.asked_at >= at - EXPORT_WAITS,
        MemberExport.asked_by_id != (actor.member_id or 0),
    )
    me = actor.member_id or 0
    proposed = (
        OfficerProposal.ended.is_(None),
        OfficerProposal.proposed_at > at - LIFE,
        OfficerProposal.proposed_by_id != me,
        func.coalesce(OfficerProposal.concerns_id, 0) != me,
    )
    found = {
        "complaints": select(func.count()).where(Complaint.outcome.is_(None), Complaint.made_by_id != me),
        "appeals": select(func.count()).where(Appeal.outcome.is_(None)),
        "removals": select(func.count()).where(RollRemoval.appeal.is_not(None), RollRemoval.outcome.is_(None)),
        "inspections": select(func.count()).where(RollInspection.outcome.is_(None)),
        "exports": select(func.count()).where(*asked),
        "proposals": select(func.count()).where(*proposed),
        "cases": select(func.count()).where(DataCase.closed_at.is_(None)),
        "moderation": select(func.count()).where(ModerationAppeal.outcome.is_(None)),
        "posts": select(func.count()).where(WaitingPost.state == "waiting"),
    }
    return {name: query.scalar_subquery() for name, query in found.items()}
