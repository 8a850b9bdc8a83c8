"""Ballots as they are found, and preparing one: its times, its rules, and whether it can still be changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.rulebook import Rulebook
from consult.ledger import definition as ledger_definition
from consult.model.ballots import Ballot, Envelope, Question
from consult.model.boxes import RecordedVote
from consult.model.consultations import Consultation
from consult.model.members import Member, RoleHolding
from consult.model.motions import Motion
from consult.model.store import db
from consult.service.act import Act, act, require_revision


@dataclass(frozen=True)
class BallotSpec:
    """A ballot as the editor gives it; instants are UTC, the grace is in minutes."""

    title: str
    opens_at: datetime
    closes_at: datetime
    explanation: str = ""
    grace_minutes: int = 0
    signers_needed: int = 3
    publication: str = "ten-copies"
    lot_words: str = ""
    lot_rule: str = "named"
    #: The window for complaints after the provisional result; 0: none, the certificate is drawn up at once.
    complaint_hours: int = 120
    #: How many scrutineers must sign a recount where the papers are not public.
    recounts_needed: int = 0
    candidate_order: str = "fixed"
    replacing: bool = False
    paper_rule: str = "none"
    statement_words: int = 250
    level: str = "sealed"
    weighting: str = "one"


@dataclass(frozen=True)
class Floor:
    """What a ballot's certificate does not fall below: signatures (k), and hours for complaints and recounts."""

    signatures: int
    hours: int


# -- reading ---------------------------------------------------------------------------------------------------------


def get(ballot_id: int) -> Ballot:
    """A ballot with its questions and options, in three statements.

    Raises:
        NotFound: if there is none of this number.
    """
    query = (
        select(Ballot)
        .where(Ballot.id == ballot_id)
        .options(
            selectinload(Ballot.questions).options(
                selectinload(Question.options), joinedload(Question.motion), joinedload(Question.amendment)
            ),
            joinedload(Ballot.roll),
            joinedload(Ballot.consultation),
        )
    )
    ballot = db.session.scalars(query).one_or_none()
    if ballot is None:
        raise NotFound("There is no ballot of this number.")
    return ballot


def bare(ballot_id: int) -> Ballot:
    """A ballot by itself, in one statement: for pages that say nothing of its questions.

    Raises:
        NotFound: if there is none of this number.
    """
    ballot = db.session.get(Ballot, ballot_id)
    if ballot is None:
        raise NotFound("There is no ballot of this number.")
    return ballot


def listed(states: Sequence[str] = (), limit: int = 100) -> list[Ballot]:
    """Ballots, the latest to close first; of certain states if given."""
    query = select(Ballot).options(selectinload(Ballot.questions)).order_by(Ballot.closes_at.desc(), Ballot.id.desc())
    if states:
        query = query.where(Ballot.state.in_(states))
    return list(db.session.scalars(query.limit(limit)))


def turnout(ballot: Ballot) -> int:
    """How many envelopes there are. Shown coarsely while the ballot is open, exactly once it is closed."""
    if ballot.marked is not None:
        return ballot.marked
    kept = RecordedVote if ballot.level == "recorded" else Envelope
    query = select(func.count()).select_from(kept).where(kept.ballot_id == ballot.id)
    return db.session.scalar(query) or 0


def definition_of(ballot: Ballot) -> ledger_definition.Definition:
    """The frozen definition of a ballot that has been scheduled.

    Raises:
        OutOfOrder: if it has not been.
    """
    if ballot.definition is None:
        raise OutOfOrder("This ballot is still being prepared; it has no fixed definition yet.")
    return ledger_definition.loads(ballot.definition.encode())


# -- preparing -------------------------------------------------------------------------------------------------------


@act(Permission.BALLOT_CREATE, Event.BALLOT_CREATED)
def create(consultation: Consultation, spec: BallotSpec, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Begin a ballot in preparation; nothing of it is fixed yet."""
    return begin(act, consultation, spec)


def begin(act: Act, consultation: Consultation, spec: BallotSpec) -> Ballot:
    """A ballot in preparation. Only acts call it, inside their transaction."""
    check(spec, act.at, floor(act.session, consultation, act.at))
    ballot = Ballot(
        consultation_id=consultation.id, created_at=act.at, created_by_id=act.by.member_id, **_columns(spec)
    )
    act.session.add(ballot)
    act.session.flush()
    return ballot


@act(Permission.BALLOT_CREATE, Event.BALLOT_EDITED)
def edit(
    ballot: Ballot, spec: BallotSpec, reason: str, *, revision: int | None, by: Actor, at: datetime, act: Act
) -> Ballot:
    """Change a ballot in preparation, with the reason."""
    act.because(reason)
    touch(ballot, revision)
    check(spec, at, floor(act.session, ballot.consultation, at, ballot.candidate_member_ids))
    for name, value in _columns(spec).items():
        setattr(ballot, name, value)
    return ballot


def _columns(spec: BallotSpec) -> dict[str, Any]:
    """The columns of a specification; instants are whole seconds, as the definition will write them.

    A recorded vote is published by name, whatever the form said of its papers; no other has cards.
    """
    named = spec.level == "recorded"
    return {
        **spec.__dict__,
        "publication": "all-papers" if named else spec.publication,
        "weighting": spec.weighting if named else "one",
        "title": spec.title.strip(),
        "explanation": spec.explanation.strip(),
        "opens_at": spec.opens_at.replace(microsecond=0),
        "closes_at": spec.closes_at.replace(microsecond=0),
    }


def floor(
    session: Session, consultation: Consultation, at: datetime, candidates: Collection[int] = frozenset()
) -> Floor:
    """What the rules in force for a consultation demand of a certificate: no more signatures than there are members of
    the committee now who are no candidates, and one at the least."""
    rules = Rulebook.from_json(consultation.rulebook.rules)
    able = sum(member.id not in candidates for member in holders(session, Role.GOVERNANCE, at))
    return Floor(max(1, min(rules.least_signatures, able)), rules.least_complaint_hours)


def below(signers: int, hours: int, least: Floor) -> dict[str, str]:
    """By field, what of a ballot falls below the floor, each with the sentence."""
    problems = {}
    if signers < least.signatures:
        problems["signers_needed"] = (
            f"At least {least.signatures} members of the committee must sign: the rules let nobody certify alone."
            if least.signatures > 1
            else "At least one committee member must sign."
        )
    if hours < least.hours:
        problems["complaint_hours"] = f"The rules demand at least {least.hours} hours for complaints and recounts."
    return problems


def check(spec: BallotSpec, at: datetime, least: Floor) -> None:
    """Refuse (`Invalid`, by field) what cannot be: times, grace, windows, and what falls below the floor."""
    problems: dict[str, str] = {}
    if not spec.title.strip():
        problems["title"] = "Give the ballot a title."
    if spec.opens_at <= at:
        problems["opens_at"] = "The ballot must open in the future."
    if spec.closes_at <= spec.opens_at:
        problems["closes_at"] = "The ballot must close after it opens."
    if not 0 <= spec.grace_minutes <= 60:
        problems["grace_minutes"] = "The grace is between 0 and 60 minutes."
    if not 0 <= spec.complaint_hours <= ledger_definition.LONGEST_WINDOW:
        problems["complaint_hours"] = "The window for complaints has at most 1,440 hours (sixty days)."
    if not 0 <= spec.recounts_needed <= 20:
        problems["recounts_needed"] = "Say how many scrutineers must sign a recount, as a number; 0 if none must."
    if not 1 <= spec.statement_words <= 2_000:
        problems["statement_words"] = "A statement may have between 1 and 2,000 words."
    if spec.level not in ledger_definition.LEVELS:
        problems["level"] = "Choose who could find out how somebody voted."
    if spec.weighting not in ledger_definition.WEIGHTING:
        problems["weighting"] = "Choose what a vote counts for."
    problems = below(spec.signers_needed, spec.complaint_hours, least) | problems
    if problems:
        raise Invalid(" ".join(problems.values()), problems)


def require_preparing(ballot: Ballot) -> None:
    """Nothing while the paper can still be changed.

    Raises:
        OutOfOrder: afterwards.
    """
    if ballot.state != "preparing":
        raise OutOfOrder(f"This ballot is {ballot.state}: what it asks can no longer be changed.")


def touch(ballot: Ballot, revision: int | None = None) -> None:
    """Refuse to change a ballot that is out of preparation; count the change."""
    require_preparing(ballot)
    require_revision(ballot, revision)
    ballot.revision += 1


def motions_of(ballot: Ballot) -> list[Motion]:
    """The motions that the ballot decides, each once, in the order of the paper."""
    return list({q.motion_id: q.motion for q in ballot.questions if q.motion is not None}.values())


def holders(session: Session, role: Role, at: datetime) -> list[Member]:
    """The members who hold a role at an instant."""
    query = (
        select(Member)
        .join(RoleHolding, RoleHolding.member_id == Member.id)
        .where(
            RoleHolding.role == role.value,
            RoleHolding.starts_at <= at,
            (RoleHolding.ends_at.is_(None)) | (RoleHolding.ends_at > at),
        )
        .distinct()
        .order_by(Member.id)
    )
    return list(session.scalars(query))
