"""How many of each thing wait that an office looks after, and when the first of them is due, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, literal, or_, select

from consult.domain.motion_states import OVER
from consult.domain.roles import Role
from consult.model.ballots import Ballot
from consult.model.circulars import Circular
from consult.model.coding import ConsultationReport
from consult.model.consultations import Consultation, Phase
from consult.model.consulting import Contribution, ParagraphComment
from consult.model.debate import Comment, CommentReport
from consult.model.deliveries import Bounce
from consult.model.imports import ImportFile
from consult.model.interfaces import Webhook
from consult.model.mandates import Mandate, ReportBack
from consult.model.members import RoleHolding
from consult.model.moderation import Moderation, ParagraphReport, WaitingPost
from consult.model.motions import Motion
from consult.model.nominations import Call
from consult.model.paper_ballots import CANCELLED, PaperIssue, PaperRequest
from consult.model.signing_in import ClaimProposal
from consult.model.statements import Statement
from consult.model.store import db
from consult.model.units import Representative, Unit

#: Office → what it looks after, in the order of the page; what several offices may act on is counted in `waiting`.
DUTIES: dict[Role, tuple[str, ...]] = {
    Role.RETURNING_OFFICER: ("calls", "circulars", "papers", "inspections"),
    Role.ROLL_OFFICER: ("imports", "claims", "bounces", "inspections"),
    Role.MODERATOR: ("posts", "reports"),
    Role.COMPLAINTS: ("appeals", "removals", "moderation"),
    Role.DATA_PROTECTION: ("exports",),
    Role.OPERATOR: ("webhooks",),
}
#: How long before the end of a term it is told.
TERM_ENDS = timedelta(days=42)

Counted = Mapping[str, tuple[int, datetime | None]]
#: How many, and the instant of the first; None where nothing has one.
_Pair = tuple[ScalarSelect[int], ScalarSelect[Any] | None]


def of(held: Iterable[Role], at: datetime) -> dict[str, tuple[int, datetime | None]]:
    """Kind → how many wait and when the first is due, for all offices held: one statement, or none where none is asked."""
    wanted = {kind for role in held for kind in DUTIES.get(role, ())}
    return _asked({kind: pair for kind, pair in _queries(at).items() if kind in wanted})


def of_units(units: Sequence[Unit], at: datetime) -> dict[str, tuple[int, datetime | None]]:
    """The same of some units, for their officer: motions, mandates, submissions and terms; one statement."""
    return _asked(_of_units(units, at))


def of_consultations(at: datetime) -> dict[str, int]:
    """What waits in consultations for the committee: half set up, statements to screen, to be analysed; one statement."""
    started = Consultation.id.in_(select(Phase.consultation_id))
    waiting = Statement.state == "awaiting screening"
    pairs: dict[str, _Pair] = {
        "set up": (_many(Consultation.id, ~started), None),
        "statements": (_many(Statement.id, waiting), None),
        "analyse": (_many(Consultation.id, *_to_analyse(at)), None),
    }
    return {kind: number for kind, (number, _first_of) in _asked(pairs).items()}


def _to_analyse(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Consultations that were answered, are closed, and have no published analysis."""
    closed = select(Phase.consultation_id).where(Phase.kind == "consulting", Phase.closes_at <= at)
    answered = select(Contribution.consultation_id).where(Contribution.state == "submitted")
    analysed = select(ConsultationReport.consultation_id).where(
        ConsultationReport.kind == "analysis", ConsultationReport.state == "published"
    )
    return Consultation.id.in_(closed), Consultation.id.in_(answered), Consultation.id.not_in(analysed)


def _asked(pairs: Mapping[str, _Pair]) -> dict[str, tuple[int, datetime | None]]:
    if not pairs:
        return {}
    columns = [column for many, first in pairs.values() for column in (many, literal(None) if first is None else first)]
    row = db.session.execute(select(*columns)).one()
    return {kind: (row[2 * place] or 0, row[2 * place + 1]) for place, kind in enumerate(pairs)}


def _many(column: Any, *where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count(column)).where(*where).scalar_subquery()


def _first(column: Any, *where: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(func.min(column)).where(*where).scalar_subquery()


def _queries(at: datetime) -> dict[str, _Pair]:
    waiting = WaitingPost.state == "waiting"
    issued = (
        select(PaperIssue.number)
        .where(
            PaperIssue.ballot_id == PaperRequest.ballot_id,
            PaperIssue.member_id == PaperRequest.member_id,
            PaperIssue.status != CANCELLED,
        )
        .exists()
    )
    to_come = select(Ballot.id).where(Ballot.state.in_(("scheduled", "open")))
    bounced = Bounce.permanent.is_(True) & Bounce.settled_at.is_(None)
    over = (Call.state == "announced") & (Call.withdraw_by <= at)
    failing = (Webhook.state == "disabled") | Webhook.failing_since.is_not(None)
    return {
        "calls": (_many(Call.id, over), None),
        "circulars": (_many(Circular.option_id, Circular.state == "handed in"), None),
        "papers": (_many(PaperRequest.member_id, PaperRequest.ballot_id.in_(to_come), ~issued), None),
        "imports": (_many(ImportFile.id, ImportFile.state.in_(("received", "read"))), None),
        "claims": (_many(ClaimProposal.id, ClaimProposal.outcome.is_(None)), None),
        "bounces": (_many(Bounce.member_id.distinct(), bounced), None),
        "posts": (_many(WaitingPost.id, waiting), _first(WaitingPost.due_at, waiting)),
        "reports": (_reported(), None),
        "webhooks": (_many(Webhook.id, failing), _first(Webhook.failing_since, failing)),
    }


def _reported() -> ScalarSelect[int]:
    """Contributions that were reported since a moderator last looked at them, and are not hidden."""
    kinds: tuple[tuple[Any, Any, Any], ...] = (
        (Comment, CommentReport, Moderation.comment_id),
        (ParagraphComment, ParagraphReport, Moderation.paragraph_comment_id),
    )
    counts = []
    for kind, table, column in kinds:
        seen = select(Moderation.id).where(column == table.comment_id, Moderation.at >= table.at).exists()
        new = select(table.comment_id).where(~seen).distinct()
        counts.append(select(func.count(kind.id)).where(kind.id.in_(new), kind.hidden_at.is_(None)).scalar_subquery())
    return select(counts[0] + counts[1]).scalar_subquery()


def _of_units(units: Collection[Unit], at: datetime) -> dict[str, _Pair]:
    ids = [unit.id for unit in units]
    told = select(ReportBack.id).where(ReportBack.mandate_id == Mandate.id).exists()
    decided = Mandate.motion_id.in_(select(Motion.id).where(Motion.state.in_(OVER))) | Mandate.ballot_id.in_(
        select(Ballot.id).where(Ballot.state.in_(("published", "annulled")))
    )
    analyse = (Consultation.unit_id.in_(ids), *_to_analyse(at))
    soon = (RoleHolding.ends_at > at, RoleHolding.ends_at <= at + TERM_ENDS, RoleHolding.unit_id.in_(ids))
    below = select(Unit.id).where(or_(*(Unit.path.startswith(unit.path) for unit in units)))
    ends = (
        Representative.unit_id.in_(below), Representative.ends_at > at, Representative.ends_at <= at + TERM_ENDS
    )  # fmt: skip
    return {
        "support": (_many(Motion.id, Motion.unit_id.in_(ids), Motion.state == "seeking support"), None),
        "mandates": (_many(Mandate.id, Mandate.unit_id.in_(ids), decided, ~told), None),
        "analyse": (_many(Consultation.id, *analyse), None),
        "terms": (_many(RoleHolding.id, *soon), _first(RoleHolding.ends_at, *soon)),
        "representatives": (_many(Representative.id, *ends), _first(Representative.ends_at, *ends)),
    }
