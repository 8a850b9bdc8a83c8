"""Putting an annulled ballot again: a new ballot with a definition of its own, linked to the one that was annulled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from consult.domain.errors import OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.ballots import Ballot, Option, Question
from consult.model.nominations import Call
from consult.model.store import db
from consult.service import ballots, polling_again, polls_due
from consult.service.act import Act, act

#: What is taken over; times, key, roll and definition are the new ballot's own.
_BALLOT = (
    *("consultation_id", "title", "explanation", "level", "grace_minutes", "lot_rule", "lot_words", "signers_needed"),
    *("publication", "complaint_hours", "recounts_needed", "weighting"),
)
_QUESTION = ("position", "title", "explanation", "method", "seats", "settings", "reserves", "ron", "motion_id")
_OPTION = ("position", "key", "name", "statement", "group", "member_id", "photograph_hash")


def require_possible(annulled: Ballot) -> Call | None:
    """The call whose election it was, if it was one, where a ballot can be put again.

    Raises:
        OutOfOrder: if it is not annulled, was put again already, or nominations are called again for it.
    """
    if annulled.state != "annulled":
        raise OutOfOrder("Only an annulled ballot is put again.")
    if of(annulled) is not None:
        raise OutOfOrder("This ballot was put again already.")
    call = polls_due.of_ballot(annulled)
    if call is not None and polling_again.called_anew(call):
        raise OutOfOrder("By the rules of this election nominations are called again: the page of its call says how.")
    return call


@act(Permission.BALLOT_CREATE, Event.BALLOT_RERUN)
def put_again(
    annulled: Ballot, opens_at: datetime, closes_at: datetime, *, by: Actor, at: datetime, act: Act
) -> Ballot:
    """A ballot in preparation with the questions of an annulled one; it can be edited before it is scheduled.

    Candidates who are gone are not on it; the call of an election goes on with the new ballot.

    Raises:
        OutOfOrder: if that ballot is not annulled, was put again already, or nominations are called again for it.
        Invalid: for times that cannot be.
    """
    call = require_possible(annulled)
    taken = {name: getattr(annulled, name) for name in _BALLOT}
    spec = ballots.BallotSpec(
        title=annulled.title, opens_at=opens_at, closes_at=closes_at, signers_needed=annulled.signers_needed,
        complaint_hours=annulled.complaint_hours,
    )  # fmt: skip
    ballots.check(spec, at, ballots.floor(act.session, annulled.consultation, at, annulled.candidate_member_ids))
    again = Ballot(
        **taken,
        opens_at=opens_at.replace(microsecond=0),
        closes_at=closes_at.replace(microsecond=0),
        created_at=at,
        created_by_id=by.member_id,
        rerun_of_id=annulled.id,
        questions=[_question(question) for question in annulled.questions],
    )
    act.session.add(again)
    act.session.flush()
    if call is not None:
        place = next(q.position for q in annulled.questions if q.id == call.question_id)
        call.ballot_id, call.question_id = again.id, next(q.id for q in again.questions if q.position == place)
    act.note(annulled=annulled.id)
    return again


def _question(question: Question) -> Question:
    values = {name: getattr(question, name) for name in _QUESTION}
    motion = question.motion
    return Question(
        **values,
        amendment_id=question.amendment_id,
        version_id=motion.version_id if motion is not None else None,
        options=[
            Option(**{name: getattr(option, name) for name in _OPTION})
            for option in question.options
            if not option.withdrawn
        ],
    )


def of(annulled: Ballot) -> Ballot | None:
    """The ballot that puts this one again, if there is one that was not cancelled."""
    query = select(Ballot).where(Ballot.rerun_of_id == annulled.id, Ballot.state != "cancelled")
    return db.session.scalars(query.limit(1)).one_or_none()
