"""Ballots as they are found, and preparing one: its times, its questions and its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.counting.contest import Candidate, Contest, Reserve
from consult.counting.methods import METHODS, method
from consult.domain.errors import Invalid, NotFound, OutOfOrder, Refused
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.rulebook import BallotPreset, Rulebook
from consult.ledger import definition as ledger_definition
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot, Envelope, Option, Question
from consult.model.boxes import RecordedVote
from consult.model.consultations import Consultation
from consult.model.members import Member, RoleHolding
from consult.model.motions import Motion
from consult.model.store import db
from consult.service import consequences, rule_changes
from consult.service.act import Act, act, require_revision

FOR_AGAINST_ABSTAIN = (("for", "For"), ("against", "Against"), ("abstain", "Abstain"))


@dataclass(frozen=True)
class OptionSpec:
    """An option or candidate as the editor gives it."""

    name: str
    statement: str = ""
    group: str = ""
    member_id: int | None = None


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
class QuestionSpec:
    """A question that chooses among options, as the editor gives it."""

    title: str
    method: str
    options: tuple[OptionSpec, ...]
    seats: int = 1
    settings: dict[str, Any] = field(default_factory=dict)
    reserves: tuple[dict[str, Any], ...] = ()
    explanation: str = ""
    ron: bool = False


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
    check(spec, act.at)
    ballot = Ballot(
        consultation_id=consultation.id, created_at=act.at, created_by_id=act.by.member_id, **_columns(spec)
    )
    act.session.add(ballot)
    act.session.flush()
    return ballot


@act(Permission.BALLOT_CREATE, Event.BALLOT_EDITED)
def edit(ballot: Ballot, spec: BallotSpec, *, revision: int | None, by: Actor, at: datetime, act: Act) -> Ballot:
    """Change a ballot in preparation."""
    _touch(ballot, revision)
    check(spec, at)
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


def check(spec: BallotSpec, at: datetime) -> None:
    """Refuse (`Invalid`, by field) what cannot be: times, grace, signers, windows."""
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
        problems["complaint_hours"] = "The window for complaints is between 0 hours (none) and 1,440 (sixty days)."
    if not 0 <= spec.recounts_needed <= 20:
        problems["recounts_needed"] = "Say how many scrutineers must sign a recount, as a number; 0 if none must."
    if not 1 <= spec.statement_words <= 2_000:
        problems["statement_words"] = "A statement may have between 1 and 2,000 words."
    if spec.level not in ledger_definition.LEVELS:
        problems["level"] = "Choose who could find out how somebody voted."
    if spec.weighting not in ledger_definition.WEIGHTING:
        problems["weighting"] = "Choose what a vote counts for."
    if spec.signers_needed < 1:
        problems["signers_needed"] = "At least one committee member must sign."
    if problems:
        raise Invalid(" ".join(problems.values()), problems)


def require_preparing(ballot: Ballot) -> None:
    """Nothing while the paper can still be changed.

    Raises:
        OutOfOrder: afterwards.
    """
    if ballot.state != "preparing":
        raise OutOfOrder(f"This ballot is {ballot.state}: what it asks can no longer be changed.")


def _touch(ballot: Ballot, revision: int | None = None) -> None:
    """Refuse to change a ballot that is out of preparation; count the change."""
    require_preparing(ballot)
    require_revision(ballot, revision)
    ballot.revision += 1


@act(Permission.BALLOT_CREATE, Event.BALLOT_EDITED)
def add_motion(ballot: Ballot, motion: Motion, preset_key: str, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Put a frozen motion on the paper: a question for each of its amendments in the order of votes, then the motion.

    An amendment that is consequential on something else has no question: it is carried or falls with that.

    Raises:
        OutOfOrder: if the motion is not on the order paper, or is already on this or another live ballot.
    """
    _touch(ballot)
    if motion.state != "on the order paper" or motion.version_id is None:
        raise OutOfOrder(
            f"{motion.label} is {motion.state}: its text must be frozen on the order paper before it can be put to a ballot."
        )
    if live := _live_ballot_of(act.session, motion):
        raise OutOfOrder(f"{motion.label} is already on the ballot “{live.title}”.")
    preset = _preset(ballot, preset_key)
    if not preset.decides_motion:
        raise Invalid(f"The preset “{preset.title}” chooses among options; a motion needs one that decides a motion.")
    _require_majority(act.session, motion, preset)
    goes_with = consequences.not_asked(motion, act.session)
    paper = [a for a in motion.amendments if a.state == "on the order paper" and a.id not in goes_with]
    for amendment in sorted(paper, key=lambda a: (a.order is None, a.order, a.number)):
        title = f"{amendment.label} to {motion.label}"
        _add_for_against(act, ballot, title, preset, motion=motion, amendment=amendment)
    words = "as amended by whatever is carried above" if paper else ""
    title = f"{motion.label}: {motion.title}" + (f" ({words})" if words else "")
    _add_for_against(act, ballot, title, preset, motion=motion)
    return ballot


def _require_majority(session: Session, motion: Motion, preset: BallotPreset) -> None:
    """Nothing unless the motion amends a standing text by less than that text asks."""
    needed = rule_changes.majority_of(motion.id, session)
    given = Fraction(str(preset.settings.get("threshold", "1/2")))
    if needed is not None and given < Fraction(needed.threshold):
        raise Invalid(
            f"{motion.label} amends a standing text, so it needs {needed}: choose a kind of question that asks it."
        )


def _live_ballot_of(session: Session, motion: Motion) -> Ballot | None:
    query = (
        select(Ballot)
        .join(Question)
        .where(Question.motion_id == motion.id, Ballot.state.not_in(("cancelled", "annulled", "published")))
    )
    return session.scalars(query.limit(1)).first()


def _preset(ballot: Ballot, key: str) -> BallotPreset:
    return Rulebook.from_json(ballot.consultation.rulebook.rules).preset(key)


def _add_for_against(
    act: Act, ballot: Ballot, title: str, preset: BallotPreset, *, motion: Motion, amendment: Amendment | None = None
) -> None:
    question = Question(
        position=next_position(ballot),
        title=title[:300],
        method=preset.method,
        settings=dict(preset.settings),
        reserves=[],
        motion_id=motion.id,
        amendment_id=amendment.id if amendment else None,
        version_id=motion.version_id,
    )
    question.options = [
        Option(position=place, key=key, name=name) for place, (key, name) in enumerate(FOR_AGAINST_ABSTAIN)
    ]
    ballot.questions.append(question)
    act.session.flush()


def next_position(ballot: Ballot) -> int:
    """The place of the next question on the paper, from 1."""
    return max((question.position for question in ballot.questions), default=0) + 1


@act(Permission.BALLOT_CREATE, Event.BALLOT_EDITED)
def add_question(ballot: Ballot, spec: QuestionSpec, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Put a question that chooses among options on the paper.

    Raises:
        Invalid: with the sentence of the counting rule that refuses it, or for an option without a name.
    """
    _touch(ballot)
    put_question(act, ballot, spec)
    return ballot


def put_question(act: Act, ballot: Ballot, spec: QuestionSpec) -> Question:
    """A question that chooses among options. Only acts call it, inside their transaction.

    Raises:
        Invalid: as `add_question`.
    """
    _check_question_spec(spec)
    options = [
        Option(
            position=place,
            key=f"c{place + 1}",
            name=option.name.strip(),
            statement=option.statement.strip(),
            group=option.group.strip(),
            member_id=option.member_id,
        )
        for place, option in enumerate(spec.options)
    ]
    if spec.ron:
        options.append(Option(position=len(options), key="ron", name="Re-open nominations"))
    question = Question(
        position=next_position(ballot),
        title=spec.title.strip(),
        explanation=spec.explanation.strip(),
        method=spec.method,
        seats=spec.seats,
        settings=dict(spec.settings),
        reserves=[dict(reserve) for reserve in spec.reserves],
        ron="ron" if spec.ron else None,
        options=options,
    )
    check_question(question, roll_size=1_000_000)
    ballot.questions.append(question)
    act.session.flush()
    return question


def _check_question_spec(spec: QuestionSpec) -> None:
    problems: dict[str, str] = {}
    names = [option.name.strip() for option in spec.options]
    twice = next((name for name in names if names.count(name) > 1), None)
    if not spec.title.strip():
        problems["title"] = "Give the question a title."
    elif len(spec.title.strip()) > 300:
        problems["title"] = "The title of a question has at most 300 characters."
    if not all(names):
        problems["options"] = "Every option needs a name."
    elif len(names) + spec.ron < 2:
        problems["options"] = "Give at least two options; one alone is no choice, unless nominations can be re-opened."
    elif any(len(name) > 200 for name in names):
        problems["options"] = "The name of an option has at most 200 characters; put the rest into its statement."
    elif any(len(option.group.strip()) > 100 for option in spec.options):
        problems["options"] = "The name of a group has at most 100 characters."
    elif twice is not None:
        problems["options"] = f"“{twice}” stands there twice; voters could not tell the two apart."
    if problems:
        raise Invalid(" ".join(problems.values()), problems)


@act(Permission.BALLOT_CREATE, Event.BALLOT_EDITED)
def remove_question(ballot: Ballot, question_id: int, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Take a question off the paper; with a motion goes everything about it."""
    _touch(ballot)
    found = next((question for question in ballot.questions if question.id == question_id), None)
    if found is None:
        raise NotFound("There is no such question on this ballot; somebody may have removed it already.")
    gone = [q for q in ballot.questions if q is found or (found.motion_id and q.motion_id == found.motion_id)]
    for question in gone:
        for option in question.options:
            act.session.delete(option)
        ballot.questions.remove(question)
        act.session.delete(question)
    return ballot


def contest_of(question: Question, roll_size: int | None, units: dict[str, int] | None = None) -> Contest:
    """A question as the counting rules know it, before a definition exists."""
    keys = [option.key for option in question.options]
    return Contest(
        ballot_id=f"preview/{question.position}",
        candidates=tuple(Candidate(o.key, o.name, (o.group,) if o.group else ()) for o in question.options),
        seats=question.seats,
        reserves=tuple(Reserve(**reserve) for reserve in question.reserves),
        ron=keys.index(question.ron) if question.ron else None,
        roll=roll_size,
        units=units or {},
        settings=question.settings,
    )


def check_question(question: Question, roll_size: int | None) -> None:
    """Refuse what cannot be counted, before anybody votes on it.

    Raises:
        Invalid: with the counting rule's own sentence.
    """
    if question.method not in METHODS:
        raise Invalid(f"There is no counting method “{question.method}”.", {"method": "Choose a method from the list."})
    try:
        method(question.method).validate(contest_of(question, roll_size))
    except Refused as refusal:
        raise Invalid(f"“{question.title}”: {refusal}", {"options": str(refusal)}) from refusal


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
