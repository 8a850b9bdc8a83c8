"""What policies order: each deciding clause given to somebody to carry out, and reports on how far it is."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.motions import Policy
from consult.model.policies import PROGRESS, ActionReport, PolicyAction
from consult.model.store import db
from consult.service.act import Act, act
from consult.service.versions import document_of
from consult.text.clauses import Document, Kind

SHORTEST, LONGEST = 10, 5_000


def ordering(document: Document) -> list[str]:
    """The ids of the clauses that can order something: what the text resolves, and the items under it."""
    kinds = {clause.id: clause.kind for clause in document.clauses}
    return [
        clause.id
        for clause in document.clauses
        if clause.kind is Kind.RESOLVES
        or (clause.kind is Kind.ITEM and kinds.get(document.parents.get(clause.id, "")) is Kind.RESOLVES)
    ]


def of_policy(policy_id: int) -> list[PolicyAction]:
    """The actions of a policy with their reports, in the order set down: three statements."""
    query = (
        select(PolicyAction)
        .where(PolicyAction.policy_id == policy_id)
        .options(selectinload(PolicyAction.reports).joinedload(ActionReport.by))
    )
    return list(db.session.scalars(query.order_by(PolicyAction.id)))


def get(action_id: int) -> PolicyAction:
    """An action with its policy.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(PolicyAction).where(PolicyAction.id == action_id).options(joinedload(PolicyAction.policy))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no action of this number.")
    return found


@act(Permission.POLICY_ACT, Event.POLICY_ACTION_SET)
def give(
    policy: Policy, clause_id: str, holder: str, due_on: date | None, *, by: Actor, at: datetime, act: Act
) -> PolicyAction:
    """Give what a clause orders to somebody, by a day if there is one.

    Raises:
        OutOfOrder: if the policy is not in force. Invalid: for a clause that orders nothing, or without a holder.
    """
    if policy.state != "in force":
        raise OutOfOrder(f"This policy is {policy.state}; only a policy in force orders anything.")
    if clause_id not in ordering(document_of(policy.version)):
        raise _wrong("clause", "Choose one of the clauses that the policy resolves.")
    name = " ".join(holder.split())
    if not 2 <= len(name) <= 200:
        raise _wrong("holder", "Say who is to do it, in at most 200 characters: an office or a body.")
    if due_on is not None and due_on < policy.adopted_at.date():
        raise _wrong("due_on", "The day by which it is to be done lies before the policy was adopted.")
    made = PolicyAction(
        policy_id=policy.id, clause_id=clause_id, holder=name, due_on=due_on, by_id=by.member_id, at=at
    )  # fmt: skip
    act.session.add(made)
    act.note(policy=policy.id, clause=clause_id)
    return made


@act(Permission.POLICY_REPORT, Event.POLICY_REPORTED)
def report(action: PolicyAction, progress: str, body: str, *, by: Actor, at: datetime, act: Act) -> ActionReport:
    """Report on an action; what was reported before stays readable.

    Raises:
        Invalid: for an unknown progress, or without words.
    """
    if progress not in PROGRESS:
        raise _wrong("progress", "Choose how far it is.")
    text = body.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise _wrong("body", f"Say what was done in {SHORTEST} to {LONGEST:,} characters.")
    made = ActionReport(action_id=action.id, progress=progress, body=text, by_id=by.member_id, at=at)
    act.session.add(made)
    act.note(policy=action.policy_id, progress=progress)
    return made


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, {field: sentence})
