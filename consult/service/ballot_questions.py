"""What a ballot asks: its questions and their options, put on the paper and taken off it while it is prepared."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.counting.contest import Candidate, Contest, Reserve
from consult.counting.methods import METHODS, method
from consult.domain.errors import Invalid, NotFound, OutOfOrder, Refused
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.rulebook import BallotPreset, Rulebook
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot, Option, Question
from consult.model.motions import Motion
from consult.service import ballots, consequences, rule_changes
from consult.service.act import Act, act

#: What follows the title of a motion whose amendments are voted on before it, on the same paper.
AS_AMENDED = "(as amended by whatever is carried above)"
FOR_AGAINST_ABSTAIN = (("for", "For"), ("against", "Against"), ("abstain", "Abstain"))


@dataclass(frozen=True)
class OptionSpec:
    """An option or candidate as the editor gives it."""

    name: str
    statement: str = ""
    group: str = ""
    member_id: int | None = None


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


@act(Permission.BALLOT_CREATE, Event.BALLOT_EDITED)
def add_motion(ballot: Ballot, motion: Motion, preset_key: str, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Put a frozen motion on the paper: a question for each of its amendments in the order of votes, then the motion.

    An amendment that is consequential on something else has no question: it is carried or falls with that.

    Raises:
        OutOfOrder: if the motion is not on the order paper, or is already on this or another live ballot.
    """
    ballots.touch(ballot)
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
    title = f"{motion.label}: {motion.title}" + (f" {AS_AMENDED}" if paper else "")
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
    ballots.touch(ballot)
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
def remove_question(ballot: Ballot, question_id: int, reason: str, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Take a question off the paper, with the reason; with a motion goes everything about it."""
    act.because(reason)
    ballots.touch(ballot)
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
