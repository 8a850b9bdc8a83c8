"""How members want to hear of news: their choices by topic, what is put by for a digest, and stopping with one click."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, NotFound, Refused
from consult.domain.notices import AT_ONCE, DAILY, KINDS, NEVER, TOPICS, WAYS, WEEKLY
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.members import Member
from consult.model.notices import KeptNotice, Notice, NoticeChoice
from consult.model.store import db, writing
from consult.service.act import Act, act

#: The hour, on the organisation's clock, at which digests are due; weekly ones on Mondays.
HOUR = 8
#: What a link to stop says it is about where it is about every topic that comes in digests.
DIGESTS = "digests"
_SALT = "stop notices"

Choices = Mapping[tuple[int, str], str]


def of(session: Session, members: Collection[int]) -> dict[tuple[int, str], str]:
    """What some people chose: (member, topic) → way, in one statement."""
    query = select(NoticeChoice).where(NoticeChoice.member_id.in_(members))
    return {(row.member_id, row.topic): row.way for row in session.scalars(query)}


def of_member(member_id: int) -> dict[str, str]:
    """What one person chose, topic by topic."""
    chosen = of(db.session(), [member_id])
    return {topic: chosen.get((member_id, topic), AT_ONCE) for topic in TOPICS}


# what somebody wants to read is their own matter: no event
@act(Permission.NOTICES_CHOOSE, None)
def choose(member: Member, ways: Mapping[str, str], *, by: Actor, at: datetime, act: Act) -> None:
    """Choose how to hear of each topic; what was put by goes out as it was, unless nothing is wanted any more.

    Raises:
        Invalid: for a topic or way that there is not. NotFound: for anybody else's.
    """
    if member.id != by.member_id:
        raise NotFound("Everybody chooses for themselves.")
    for topic, way in ways.items():
        if topic not in TOPICS or way not in WAYS:
            raise Invalid(
                "Choose one of the ways on offer for each topic.", {topic: "Choose one of the ways on offer."}
            )
    _keep(act.session, member.id, ways)


def _keep(session: Session, member_id: int, ways: Mapping[str, str]) -> None:
    kept = {row.topic: row for row in session.scalars(select(NoticeChoice).where(NoticeChoice.member_id == member_id))}
    for topic, way in ways.items():
        if topic in kept:
            kept[topic].way = way
        else:
            session.add(NoticeChoice(member_id=member_id, topic=topic, way=way))
    unwanted = [name for name, kind in KINDS.items() if ways.get(kind.topic) == NEVER]
    notices = select(Notice.id).where(Notice.member_id == member_id, Notice.kind.in_(unwanted))
    session.execute(
        update(KeptNotice)
        .where(KeptNotice.member_id == member_id, KeptNotice.digested_at.is_(None), KeptNotice.notice_id.in_(notices))
        .values(way=NEVER, due_at=None)
    )


def put_by(session: Session, notice: Notice, choices: Choices, at: datetime) -> bool:
    """Put a notice by, inside a claim, if its reader chose a digest of its topic or no mail; whether it was."""
    topic = KINDS[notice.kind].topic
    way = choices.get((notice.member_id or 0, topic), AT_ONCE) if topic else AT_ONCE
    if way == AT_ONCE or notice.member_id is None:
        return False
    due = None if way == NEVER else due_at(way, at)
    session.add(KeptNotice(notice_id=notice.id, member_id=notice.member_id, way=way, due_at=due))
    notice.sent_at = at
    return True


def due_at(way: str, at: datetime) -> datetime:
    """The next instant after `at` at which a digest is due: eight o'clock where the organisation is, weekly on Mondays."""
    zone = ZoneInfo(current_app.config["CONSULT_ZONE"])
    here = at.astimezone(zone)
    days = 0 if way == DAILY else (7 - here.weekday()) % 7
    while True:
        day = (here + timedelta(days=days)).date()
        due = datetime(day.year, day.month, day.day, HOUR, tzinfo=zone)
        if due > at:
            return due.astimezone(at.tzinfo)
        days += 7 if way == WEEKLY else 1


# -- stopping with one click -----------------------------------------------------------------------------------------


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=_SALT)


def stop_token(member_id: int, topic: str) -> str:
    """What the link in a message carries: whose mail about which topic is to stop, signed."""
    return str(_signer().dumps([member_id, topic]))


def read_token(token: str) -> tuple[int, str]:
    """Whose mail about which topic a link would stop.

    Raises:
        Refused: if we did not make it.
    """
    try:
        member_id, topic = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise Refused("This link is not one of ours, or a part of it is missing: copy the whole of it.") from None
    if topic not in (*TOPICS, DIGESTS) or not isinstance(member_id, int):
        raise Refused("This link is about news that there is not any more.")
    return member_id, topic


def stop(token: str) -> str:
    """Stop mail about a topic, or all digests, as the signed link says; the topic. Whoever has the message may.

    Raises:
        Refused: if we did not make the link, or the person is gone.
    """
    member_id, topic = read_token(token)
    with writing() as session:
        if session.get(Member, member_id) is None:
            raise Refused("Nobody is written to by this link any more.")
        if topic == DIGESTS:
            chosen = of(session, [member_id])
            _keep(session, member_id, {name: NEVER for (_, name), way in chosen.items() if way in (DAILY, WEEKLY)})
        else:
            _keep(session, member_id, {topic: NEVER})
    return topic
