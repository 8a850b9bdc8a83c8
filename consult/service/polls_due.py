"""Polls that have to be held again: a candidate on the paper is gone, and the declared rules ask for another call."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain.errors import OutOfOrder
from consult.domain.nominations import POLL_AGAIN, Rules
from consult.model.ballots import Ballot
from consult.model.nominations import Call, Nomination
from consult.model.store import db


def of_ballot(ballot: Ballot, session: Session | None = None) -> Call | None:
    """The call that was put to a ballot."""
    return (session or db.session()).scalars(select(Call).where(Call.ballot_id == ballot.id)).first()


def left(call: Call) -> list[Nomination]:
    """The candidates on the paper who withdrew or died."""
    return [row for row in call.nominations if row.option_key is not None and row.state in ("withdrawn", "died")]


def asked_for(call: Call) -> bool:
    """Whether the declared rules ask for another call, because a candidate on the paper is gone."""
    return Rules.from_json(call.rules).leaving == POLL_AGAIN and bool(left(call))


def behind(ballot: Ballot, session: Session | None = None) -> Call | None:
    """The call whose rules ask that the poll of this ballot is held again; None where it may lead to a result."""
    if not any(option.withdrawn for question in ballot.questions for option in question.options):
        return None
    call = of_ballot(ballot, session)
    return call if call is not None and asked_for(call) else None


def problem(ballot: Ballot, session: Session | None = None) -> str:
    """Why a ballot leads to no result, in a sentence; "" where it may."""
    call = behind(ballot, session)
    if call is None:
        return ""
    return (
        "A candidate on the paper stands no more, and the declared rule is to poll again: this ballot is neither opened nor "
        f"counted nor certified. End it, and call for nominations again, on the page of the call “{call.title}”."
    )


def require_none(ballot: Ballot, session: Session) -> None:
    """Nothing while a ballot may lead to a result.

    Raises:
        OutOfOrder: where its poll has to be held again.
    """
    if sentence := problem(ballot, session):
        raise OutOfOrder(sentence)
