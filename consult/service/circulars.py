"""Candidates' circulars, sent by the system to those on the roll who agreed to them: no list is ever handed over.

Every candidate has the same number of words and the same last moment; an officer approves each by the same test, with a
reason where it is sent back; all go in one message, so that nobody is first. Whoever gets one can end it by its link.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import VISITOR, Actor
from consult.domain.timetable import written
from consult.model.ballots import Ballot, Option, Question
from consult.model.circulars import Circular, CircularCall, CircularConsent
from consult.model.members import Member
from consult.model.rolls import RollEntry
from consult.model.store import db
from consult.service import outbox, vault
from consult.service.act import Act, act, require_revision

KIND = "candidates-circulars"

#: The shortest time from the call to the last moment for handing in.
NOTICE = timedelta(days=1)


# -- who agreed --------------------------------------------------------------------------------------------------------


def consent_of(member_id: int | None) -> CircularConsent | None:
    """What a member said about circulars, and when; None for who has said nothing, and gets none."""
    return db.session.get(CircularConsent, member_id) if member_id else None


@act(Permission.ACCOUNT_KEEP, None)
def agree(member: Member, agreed: bool, *, by: Actor, at: datetime, act: Act) -> CircularConsent:
    """Say whether one wants candidates' circulars; the instant is kept with it."""
    return _put(act.session, member.id, agreed, at)


def stop_address(member_id: int) -> str:
    """The address by which whoever has a member's circular ends them, without signing in."""
    mark = vault.mark("stop circulars", str(member_id))[:32]
    return f"{current_app.config['CONSULT_URL'].rstrip('/')}/circulars/stop/{member_id:x}-{mark}"


def whose(token: str) -> int:
    """The member whose circulars a link ends.

    Raises:
        NotFound: if nobody was sent such a link.
    """
    number, _, mark = token.partition("-")
    if len(number) < 12 and all(letter in "0123456789abcdef" for letter in number) and number:
        wanted = stop_address(int(number, 16)).rpartition("-")[2]
        if hmac.compare_digest(wanted.encode(), mark.encode("utf-8", "replace")):
            return int(number, 16)
    raise NotFound("There is no such link. Copy the whole of it from the message.")


def stop(token: str, at: datetime | None = None) -> None:
    """End circulars for the member whose link this is; used again it changes nothing.

    Raises:
        NotFound: as `whose`.
    """
    _stop(None, whose(token), by=VISITOR, at=at)


@act(Permission.CIRCULARS_STOP, None)
def _stop(subject: None, member_id: int, *, by: Actor, at: datetime, act: Act) -> None:
    found = act.session.get(CircularConsent, member_id)
    if found is not None and found.agreed:
        found.agreed, found.at = False, at


def _put(session: Session, member_id: int, agreed: bool, at: datetime) -> CircularConsent:
    found = session.get(CircularConsent, member_id)
    if found is None:
        found = CircularConsent(member_id=member_id, agreed=agreed, at=at)
        session.add(found)
    elif found.agreed != agreed:
        found.agreed, found.at = agreed, at
    return found


def unwilling(session: Session, members: set[int]) -> set[int]:
    """Of these members, those who do not agree, or not any more."""
    query = select(CircularConsent.member_id).where(CircularConsent.member_id.in_(members), CircularConsent.agreed)
    return members - set(session.scalars(query))


# -- the call, and what is written ---------------------------------------------------------------------------------------


def call_of(ballot: Ballot, session: Session | None = None) -> CircularCall | None:
    """The call for circulars of a ballot, if any."""
    return (session or db.session()).get(CircularCall, ballot.id)


def candidates_of(ballot: Ballot, session: Session | None = None) -> list[Option]:
    """The candidates who can write: those known as members, standing still; in the order in which their circulars go.

    The order is that of the paper, or where the paper shows each voter another, one drawn from the ballot's declared seed.
    """
    query = (
        select(Option)
        .join(Option.question)
        .where(Question.ballot_id == ballot.id, Option.member_id.is_not(None), Option.withdrawn.is_(False))
        .options(joinedload(Option.question))
        .order_by(Question.position, Option.position)
    )
    found = list((session or db.session()).scalars(query))
    if ballot.candidate_order == "random" and ballot.order_seed:
        found.sort(key=lambda option: hashlib.sha256(f"{ballot.order_seed} circular {option.id}".encode()).digest())
    return found


def of_ballot(ballot: Ballot, session: Session | None = None) -> dict[int, Circular]:
    """The circulars of a ballot, by the candidate's option."""
    query = select(Circular).where(Circular.ballot_id == ballot.id)
    return {one.option_id: one for one in (session or db.session()).scalars(query)}


@act(Permission.CIRCULARS_KEEP, Event.CIRCULARS_CALLED)
def call(ballot: Ballot, words: int, until: datetime, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Let the candidates of a ballot write to the voters who agreed, in at most so many words, until a moment.

    Raises:
        OutOfOrder: if the ballot is over, has no candidates who are members, or was called for before.
        Invalid: for a length or a moment that does not serve.
    """
    if ballot.state not in ("scheduled", "open") or at >= ballot.closes_at:
        raise OutOfOrder("Circulars are called for once the ballot is scheduled and before voting closes.")
    candidates = candidates_of(ballot, act.session)
    if not candidates:
        raise OutOfOrder("Nobody stands in this ballot whose member number was entered, so nobody can write.")
    if call_of(ballot, act.session) is not None:
        raise OutOfOrder("Circulars were called for already; every candidate keeps the same length and last moment.")
    problems = {}
    if not 50 <= words <= 2000:
        problems["words"] = "Give from 50 to 2,000 words."
    if not at + NOTICE <= until < ballot.closes_at:
        problems["until"] = "The last moment must be at least a day from now and before voting closes."
    if problems:
        raise Invalid("The call is not complete.", problems)
    act.session.add(
        CircularCall(ballot_id=ballot.id, words=words, until=until, opened_at=at, opened_by_id=by.member_id)
    )
    for option in candidates:
        act.notify(
            "circulars-called", act.session.get(Member, option.member_id), option=option.id, title=ballot.title,
            words=words, until=written(until), once=f"circulars-called:{ballot.id}:{option.id}",
        )  # fmt: skip
    act.note(words=words, candidates=len(candidates))
    return ballot


@act(Permission.CIRCULAR_WRITE, Event.CIRCULAR_WRITTEN)
def write(
    option: Option, text: str, *, hand_in: bool, revision: int | None, by: Actor, at: datetime, act: Act
) -> Circular:
    """Write one's circular as a candidate, and hand it in; until the last moment it can be changed and handed in anew.

    Raises:
        OutOfOrder: without a call, after its last moment, or for somebody who no longer stands.
        Invalid: if it is empty, or too long. Stale: if it was changed in another tab.
    """
    ballot = act.session.get_one(Ballot, option.question.ballot_id)
    asked = call_of(ballot, act.session)
    if asked is None or option.withdrawn:
        raise OutOfOrder("Circulars are not called for here.")
    if at >= asked.until:
        raise OutOfOrder(f"Circulars could be handed in until {written(asked.until)}.")
    text, found = text.strip(), act.session.get(Circular, option.id)
    require_revision(found, revision if found else None)
    count = len(text.split())
    if not text or count > asked.words:
        sentence = (
            f"It has {count} words and the limit is {asked.words}: take out {count - asked.words}."
            if text else "Write something first."
        )  # fmt: skip
        raise Invalid(sentence, {"text": sentence})
    if found is None:
        found = Circular(option_id=option.id, ballot_id=ballot.id, revision=0)
        act.session.add(found)
    found.text, found.state, found.reason = text, "handed in" if hand_in else "draft", None
    found.revision, found.judged_by_id = (found.revision or 0) + 1, None
    act.note(option=option.id, words=count, handed_in=hand_in)
    return found


@act(Permission.CIRCULARS_KEEP, Event.CIRCULAR_JUDGED)
def judge(
    ballot: Ballot, option_id: int, approved: bool, reason: str, *, revision: int, by: Actor, at: datetime, act: Act
) -> Ballot:
    """Approve a circular that was handed in, or send it back with the reason, such as an attack or somebody's data.

    Raises:
        NotFound: if there is none. OutOfOrder: if it is not handed in, or all have gone. Stale: if it was changed since.
        Invalid: if it is sent back without a reason.
    """
    found = act.session.get(Circular, option_id)
    if found is None or found.ballot_id != ballot.id:
        raise NotFound("There is no such circular.")
    asked = call_of(ballot, act.session)
    require_revision(found, revision)
    if found.state not in ("handed in", "approved") or asked is None or asked.sent_at is not None:
        raise OutOfOrder("This circular is not handed in now, or all have gone already.")
    if not approved and not reason.strip():
        raise Invalid("Say what must be mended.", {"reason": "Say what must be mended."})
    found.state, found.judged_by_id = ("approved" if approved else "sent back"), by.member_id
    found.reason = None if approved else reason.strip()[:1000]
    if not approved:
        option = act.session.get_one(Option, option_id)
        act.notify(
            "circular-sent-back", act.session.get(Member, option.member_id), option=option_id, title=ballot.title,
            reason=found.reason, until=written(asked.until),
        )  # fmt: skip
    act.note(option=option_id, approved=approved)
    return ballot


# -- sending -----------------------------------------------------------------------------------------------------------


def ready(ballot: Ballot, session: Session | None = None) -> list[tuple[Option, Circular]]:
    """The approved circulars in the order in which they go."""
    written_ = of_ballot(ballot, session)
    return [
        (option, written_[option.id])
        for option in candidates_of(ballot, session)
        if option.id in written_ and written_[option.id].state == "approved"
    ]


def why_not_sent(ballot: Ballot, at: datetime, session: Session | None = None) -> str:
    """The sentence that says why they cannot go now, or ""."""
    asked = call_of(ballot, session)
    if asked is None or asked.sent_at is not None:
        return "Circulars were not called for." if asked is None else f"They went on {written(asked.sent_at or at)}."
    if at < asked.until:
        return f"They go after {written(asked.until)}, all together: until then every candidate may still write."
    if any(one.state == "handed in" for one in of_ballot(ballot, session).values()):
        return "Approve each circular that was handed in, or send it back, first: all go together."
    if at >= ballot.closes_at:
        return "Voting has closed."
    return "" if ready(ballot, session) else "No circular is approved."


@act(Permission.CIRCULARS_KEEP, Event.CIRCULARS_SENT)
def send(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Send all approved circulars in one message to everybody on the roll who has an address there and agreed.

    Raises:
        OutOfOrder: with why they cannot go now.
    """
    if sentence := why_not_sent(ballot, at, act.session):
        raise OutOfOrder(sentence)
    asked = act.session.get_one(CircularCall, ballot.id)
    asked.sent_at, asked.sent_by_id = at, by.member_id
    act.session.flush()
    once = literal(f"{KIND}:{ballot.id}:").concat(cast(RollEntry.member_id, String))
    chosen = (
        select(RollEntry.member_id, RollEntry.email, once.label("once"))
        .join(CircularConsent, (CircularConsent.member_id == RollEntry.member_id) & CircularConsent.agreed)
        .where(RollEntry.roll_id == ballot.roll_id, RollEntry.email.is_not(None))
        .order_by(RollEntry.member_id)
    )
    queued = outbox.queue_chosen(act.session, KIND, chosen, {"ballot": ballot.id, "title": ballot.title}, at=at)
    act.notices += queued
    act.note(circulars=len(ready(ballot, act.session)), notices=queued)
    return ballot


def words_of(ballot_id: int) -> dict[str, Any]:
    """What the message holds: each circular under its candidate's name, as they were approved."""
    ballot = db.session.get_one(Ballot, ballot_id)
    parts = [{"name": option.name, "post": option.question.title, "text": one.text} for option, one in ready(ballot)]
    db.session.rollback()
    return {"circulars": parts}
