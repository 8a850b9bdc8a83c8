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
from consult.domain.notices import AT_ONCE, DAILY, KINDS, KINDS_OF, NEVER, TOPICS, WAYS, WEEKLY
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.members import Member
from consult.model.notices import KeptNotice, Notice, NoticeChoice, NoticeKindChoice
from consult.model.store import db, writing
from consult.service.act import Act, act

#: The hour, on the organisation's clock, at which digests are due; weekly ones on Mondays.
HOUR = 8
#: What a link to stop says it is about where it is about every topic that comes in digests.
DIGESTS = "digests"
_SALT = "stop notices"

Choices = Mapping[tuple[int, str], str]


def of(session: Session, members: Collection[int]) -> dict[tuple[int, str], str]:
    """What some people chose: (member, topic or kind) → way, in one statement."""
    topic, kind = NoticeChoice, NoticeKindChoice
    query = select(topic.member_id, topic.topic.label("what"), topic.way).where(topic.member_id.in_(members))
    kinds = select(kind.member_id, kind.kind, kind.way).where(kind.member_id.in_(members))
    return {(row.member_id, row.what): row.way for row in session.execute(query.union_all(kinds))}


def of_member(member_id: int) -> dict[str, str]:
    """What one person chose, topic by topic."""
    chosen = of(db.session(), [member_id])
    return {topic: chosen.get((member_id, topic), AT_ONCE) for topic in TOPICS}


def kinds_of_member(member_id: int) -> dict[str, str]:
    """What one person chose of single kinds otherwise than of their topics: {kind: way}."""
    query = select(NoticeKindChoice).where(NoticeKindChoice.member_id == member_id)
    return {row.kind: row.way for row in db.session.scalars(query) if row.kind in KINDS}


# what somebody wants to read is their own matter: no event
@act(Permission.NOTICES_CHOOSE, None)
def choose(
    member: Member,
    ways: Mapping[str, str],
    kinds: Mapping[str, str] | None = None,
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> None:
    """Choose how to hear of each topic, and of kinds in them ("" as of the topic); what was put by goes out as it was,
    unless it is not wanted any more.

    Raises:
        Invalid: for a topic, kind or way that there is not, or a kind that always comes. NotFound: for anybody else's.
    """
    if member.id != by.member_id:
        raise NotFound("Everybody chooses for themselves.")
    for topic, way in ways.items():
        if topic not in TOPICS or way not in WAYS:
            raise Invalid(
                "Choose one of the ways on offer for each topic.", {topic: "Choose one of the ways on offer."}
            )
    for kind, way in (kinds or {}).items():
        if kind not in KINDS or not KINDS[kind].topic or way not in ("", *WAYS):
            raise Invalid("Choose one of the ways on offer for each kind of message.")
    _keep(act.session, member.id, ways, kinds or {})


def _keep(session: Session, member_id: int, ways: Mapping[str, str], kinds: Mapping[str, str]) -> None:
    single = {
        row.kind: row
        for row in session.scalars(select(NoticeKindChoice).where(NoticeKindChoice.member_id == member_id))
    }
    for kind, way in kinds.items():
        if kind in single and not way:
            session.delete(single.pop(kind))
        elif kind in single:
            single[kind].way = way
        elif way:
            single[kind] = NoticeKindChoice(member_id=member_id, kind=kind, way=way)
            session.add(single[kind])
    kept = {row.topic: row for row in session.scalars(select(NoticeChoice).where(NoticeChoice.member_id == member_id))}
    for topic, way in ways.items():
        if topic in kept:
            kept[topic].way = way
        else:
            session.add(NoticeChoice(member_id=member_id, topic=topic, way=way))
    chosen = {name: row.way for name, row in single.items()}
    unwanted = [name for name, kind in KINDS.items() if chosen.get(name, ways.get(kind.topic)) == NEVER and kind.topic]
    notices = select(Notice.id).where(Notice.member_id == member_id, Notice.kind.in_(unwanted))
    session.execute(
        update(KeptNotice)
        .where(KeptNotice.member_id == member_id, KeptNotice.digested_at.is_(None), KeptNotice.notice_id.in_(notices))
        .values(way=NEVER, due_at=None)
    )


def put_by(session: Session, notice: Notice, choices: Choices, at: datetime) -> bool:
    """Put a notice by, inside a claim, if its reader chose a digest of its topic or no mail; whether it was."""
    topic = KINDS[notice.kind].topic
    member = notice.member_id or 0
    way = choices.get((member, notice.kind), choices.get((member, topic), AT_ONCE)) if topic else AT_ONCE
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
            ended = {name: NEVER for (_, name), way in chosen.items() if way in (DAILY, WEEKLY)}
            kinds = {name: way for name, way in ended.items() if name in KINDS}
            _keep(session, member_id, {name: way for name, way in ended.items() if name in TOPICS}, kinds)
        else:
            _keep(session, member_id, {topic: NEVER}, dict.fromkeys(KINDS_OF[topic], ""))
    return topic
