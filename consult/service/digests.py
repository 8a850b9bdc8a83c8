"""Digests: what was put by for somebody, gathered by what it is about, in one message a day or a week."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select

from consult.domain.policy import Permission
from consult.domain.roles import SWEEP, Actor
from consult.model.members import Member
from consult.model.notices import KeptNotice, Notice
from consult.model.store import db
from consult.service.act import Act, act
from consult.service.notice_list import place_of

#: The most people whose digests are made in one transaction, and the most places that one message names.
MOST = 200
PLACES = 40


def make_due(at: datetime) -> int:
    """For the worker: make every digest that is due; how many."""
    done = 0
    while True:
        query = select(KeptNotice.member_id).where(KeptNotice.digested_at.is_(None), KeptNotice.due_at <= at)
        people = list(db.session.scalars(query.distinct().order_by(KeptNotice.member_id).limit(MOST)))
        if not people:
            return done
        made = make(None, people, by=SWEEP, at=at)
        done += made
        if not made:
            return done  # another worker has them


# no event: what somebody reads, and when, is their own matter
@act(Permission.DIGEST_MAKE, None)
def make(_: None, people: list[int], *, by: Actor, at: datetime, act: Act) -> int:
    """Make the digests of some people: one message for each person and period, and none twice."""
    query = (
        select(KeptNotice, Notice)
        .join(Notice, Notice.id == KeptNotice.notice_id)
        .where(KeptNotice.member_id.in_(people), KeptNotice.digested_at.is_(None), KeptNotice.due_at <= at)
        .order_by(KeptNotice.member_id, Notice.id)
        .with_for_update(of=KeptNotice, skip_locked=True)
    )
    found: dict[int, list[tuple[KeptNotice, Notice]]] = {}
    for kept, notice in act.session.execute(query):
        found.setdefault(kept.member_id, []).append((kept, notice))
    day = at.astimezone(ZoneInfo(current_app.config["CONSULT_ZONE"])).date()
    for member_id, rows in found.items():
        way = "week" if all(kept.way == "week" for kept, _notice in rows) else "day"
        act.notify(
            "digest", act.session.get(Member, member_id), once=f"digest:{member_id}:{day}", period=way,
            places=_places([notice for _kept, notice in rows])[:PLACES], many=len(rows),
        )  # fmt: skip
        for kept, _notice in rows:
            kept.digested_at = at
    return len(found)


def _places(notices: list[Notice]) -> list[dict[str, Any]]:
    """What notices are about, each place with how many there are of each kind and its own news: in order of first news."""
    found: dict[str, dict[str, Any]] = {}
    for notice in notices:
        title, path = place_of(notice.kind, notice.context)
        place = found.setdefault(path, {"title": title, "path": path, "kinds": {}, "news": []})
        place["kinds"][notice.kind] = place["kinds"].get(notice.kind, 0) + 1
        news = notice.context.get("news")
        if news and news not in place["news"]:
            place["news"].append(news)
    return list(found.values())
