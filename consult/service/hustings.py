"""Hustings: members put questions to the candidates of an election, and the candidates answer, for as long as the ballot says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import written
from consult.model.ballots import Ballot, Option, Question
from consult.model.debate import Comment
from consult.model.hustings import UNTIL, Hustings
from consult.model.moderation import WaitingPost
from consult.model.store import db
from consult.service import posts, threads
from consult.service.act import Act, act
from consult.service.saying import checked_body

#: States of a ballot in which its hustings can be declared.
DECLARED_IN = ("preparing", "scheduled")


def get(question_id: int) -> Question:
    """An election: a question of a ballot that chooses among candidates.

    Raises:
        NotFound: if there is none of this number, or it is still being prepared.
    """
    query = select(Question).where(Question.id == question_id)
    query = query.options(joinedload(Question.ballot).selectinload(Ballot.questions), joinedload(Question.options))
    found = db.session.scalars(query).unique().one_or_none()
    if found is None or found.method == "majority" or found.ballot.state == "preparing":
        raise NotFound("There is no election of this number.")
    return found


def of_ballot(ballot: Ballot, session: Session | None = None) -> Hustings | None:
    """What is declared for a ballot, if anything is."""
    return (session or db.session()).get(Hustings, ballot.id)


def ends_at(ballot: Ballot, declared: Hustings) -> datetime:
    """The instant at which questions and answers end."""
    return ballot.opens_at if declared.until == "opening" else ballot.closes_at


def why_closed(election: Question, at: datetime, session: Session | None = None) -> str:
    """Why no questions are put and answered at an instant, or "" while they are."""
    ballot = election.ballot
    declared = of_ballot(ballot, session)
    if declared is None:
        return "No questions to candidates are declared for this ballot."
    if ballot.state in ("cancelled", "annulled"):
        return "This ballot is not held, so nothing is asked any more."
    until = ends_at(ballot, declared)
    if ballot.state not in ("scheduled", "open") or at >= until:
        if declared.until == "opening":
            return f"Questions and answers ended when voting opened, {written(until)}. What was said stays readable."
        return f"Questions and answers ended when voting closed, {written(until)}. What was said stays readable."
    return ""


@act(Permission.HUSTINGS_DECLARE, Event.HUSTINGS_DECLARED)
def declare(ballot: Ballot, until: str, reason: str = "", *, by: Actor, at: datetime, act: Act) -> Hustings:
    """Declare that members put questions to a ballot's candidates, until voting opens or until it closes.

    Another end than was declared has its reason.

    Raises:
        Invalid: for another end. OutOfOrder: once voting is open; or for a change once the ballot is scheduled.
    """
    found = act.session.get(Hustings, ballot.id)
    act.because(reason, needed=found is not None)
    if until not in UNTIL:
        sentence = "Choose whether questions end when voting opens or when it closes."
        raise Invalid(sentence, {"until": sentence})
    if ballot.state not in DECLARED_IN or at >= ballot.opens_at:
        raise OutOfOrder(
            "Questions to candidates are declared before voting opens, so that all candidates know the rules."
        )
    if all(question.method == "majority" for question in ballot.questions):
        raise OutOfOrder("This ballot chooses among no candidates: put an election on the paper first.")
    if found is not None and ballot.state != "preparing":
        raise OutOfOrder("The ballot is scheduled, so the end of its questions to candidates is not changed any more.")
    if found is None:
        found = Hustings(ballot_id=ballot.id)
        act.session.add(found)
    found.until, found.declared_at, found.declared_by_id = until, at, by.member_id or 0
    act.note(until=until)
    return found


@act(Permission.COMMENT_WRITE, None)
def ask(
    election: Question, body: str, *, candidate: Option | None = None, by: Actor, at: datetime, act: Act
) -> Comment | WaitingPost:
    """Put a question to one candidate or to all; those it is put to are told.

    Raises:
        OutOfOrder: while none are put, or before one's turn in slow mode. NotAllowed: for a candidate of the ballot.
        Invalid: for an empty or overlong text, or a candidate who does not stand. TooOften: beyond what one says in an hour.
    """
    _require_open(act, election, at)
    if by.member_id in election.ballot.candidate_member_ids:
        raise NotAllowed("You stand in this ballot yourself: candidates answer, and put no questions.")
    if candidate is not None and (candidate.question_id != election.id or candidate.withdrawn or _is_ron(candidate)):
        sentence = "Choose somebody who stands in this election."
        raise Invalid(sentence, {"candidate": sentence})
    post = _post(election, "question", body, by, at)
    post.option_id = candidate.id if candidate else None
    return _send(act, election, post, by, at)


@act(Permission.COMMENT_WRITE, None)
def answer(question: Comment, body: str, *, by: Actor, at: datetime, act: Act) -> Comment | WaitingPost:
    """Answer a question as the candidate whom it is put to; whoever asked is told.

    Raises:
        NotAllowed: for anybody else. OutOfOrder: when questions and answers have ended, or what is answered is hidden.
    """
    election = act.session.get_one(Question, question.question_id)
    _require_open(act, election, at)
    if not may_answer(election, question, by.member_id):
        raise NotAllowed("Only the candidates whom it is put to answer a question: put one of your own.")
    if question.hidden_at is not None:
        raise OutOfOrder("A moderator has hidden the question that you answer.")
    post = _post(election, "information", body, by, at)
    post.option_id, post.parent_id, post.answers_id = question.option_id, question.id, question.id
    return _send(act, election, post, by, at)


def may_answer(election: Question, question: Comment, member_id: int | None) -> bool:
    """Whether a question is put to this member."""
    asked = [option for option in election.options if question.option_id in (None, option.id) and not option.withdrawn]
    return member_id is not None and question.parent_id is None and member_id in {each.member_id for each in asked}


def _is_ron(option: Option) -> bool:
    return option.key == option.question.ron


def _require_open(act: Act, election: Question, at: datetime) -> None:
    if sentence := why_closed(election, at, act.session):
        raise OutOfOrder(sentence)


def _post(election: Question, stance: str, body: str, by: Actor, at: datetime) -> WaitingPost:
    return WaitingPost(
        question_id=election.id, author_id=by.member_id, author_status=by.status.value if by.status else "",
        stance=stance, body=checked_body(body), at=at,
    )  # fmt: skip


def _send(act: Act, election: Question, post: WaitingPost, by: Actor, at: datetime) -> Comment | WaitingPost:
    rules = threads.require_turn(act.session, election, post, by=by, at=at)
    return posts.send(act, post, rules.screening is not None, at)  # type: ignore[return-value]  # no other kind
