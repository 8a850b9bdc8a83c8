"""The notices on the pages: everything that somebody was told, newest first, with what is new since they looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, case, func, select, type_coerce

from consult.domain.notices import KINDS, subject_of
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.members import Member
from consult.model.notices import Notice, NoticesSeen
from consult.model.store import Instant, db
from consult.service.act import Act, act

A_PAGE = 50
#: The most new notices that the head of a page counts.
AT_A_GLANCE = 99

#: What is on no page: links that sign in, and the digest, which says again what stands here.
_UNLISTED = tuple(name for name, kind in KINDS.items() if (kind.link and not kind.ballot) or name == "digest")

#: The kind that is written ahead, and told when its ballot opens.
_AHEAD = "ballot-opens"

#: Key of a notice's context → the path of the page that it is about; the first that is there counts.
_PATHS: tuple[tuple[str, str], ...] = (
    ("moderation", "/moderation/{}/appeal"),
    ("amendment", "/amendments/{}"),
    ("comment", "/comments/{}"),
    ("motion", "/motions/{}"),
    ("composite", "/composites/{}"),
    ("ballot", "/ballots/{}"),
    ("event", "/events/{}"),
    ("submission", "/submissions/{}"),
    ("consultation", "/consultations/{}"),
    ("nomination", "/nominations/of/{}"),
    ("call", "/nominations/{}"),
    ("body_id", "/bodies/{}"),
    ("option", "/candidates/{}/circular"),
    ("proposal", "/proposals/{}"),
    ("removal", "/rolls/removals/{}"),
    ("inspection", "/rolls/inspections/{}"),
    ("roll", "/rolls/{}/me"),
    ("mandate", "/mandates/{}"),
    ("export", "/protection/exports/{}"),
    ("case", "/protection/cases/{}"),
    ("webhook", "/webhooks/{}"),
)
#: The same for kinds that lead elsewhere than their context says.
_OWN_PATHS = {
    "result-published": ("ballot", "/results/{}"),
    "moderation-appealed": ("moderation", "/moderation/{}/decide"),
    "statements-wait": ("consultation", "/consultations/{}/statements/screen"),
    "paragraph-answered": ("consultation", "/consultations/{}/paper"),
    "amendment-carried-over": ("became", "/amendments/{}"),
    "consequence-confirmed": ("motion", "/motions/{}/consequences"),
    "order-challenged": ("motion", "/motions/{}/votes/challenges"),
    "order-answered": ("motion", "/motions/{}/votes/challenges"),
    "hall-decided": ("sitting", "/sittings/{}/minutes"),
    "statement-screened": ("consultation", "/consultations/{}/statements"),
    "statement-lapsed": ("consultation", "/consultations/{}/statements"),
    "board-head": ("ballot", "/ballots/{}/sealed-votes"),
    "challenge-decided": ("ballot", "/ballots/{}/challenge"),
    "complaint-made": ("ballot", "/ballots/{}/complaints"),
    "complaint-decided": ("ballot", "/ballots/{}/complaints"),
    "data-answered": ("case", "/data/requests/{}"),
} | dict.fromkeys(
    ("ballot-closed", "provisional-result", "recount-asked", "signature-wanted"), ("ballot", "/ballots/{}/desk")
)
#: Kinds that lead to one page, whatever they are about.
_ONE_PAGE = {
    "appeal-made": "/rulings/queue",
    "appeal-decided": "/rulings",
    "moderation-appeal-decided": "/moderation",
    "offices-vacant": "/roles",
    "token-made": "/account/tokens",
    "token-revoked": "/account/tokens",
}


@dataclass(frozen=True)
class Told:
    """One notice as its page lists it; `path` is "" where it is about no page, and `values` fill the subject's holes."""

    id: int
    subject: str
    values: dict[str, str]
    title: str
    news: str
    path: str
    at: datetime
    new: bool


def place_of(kind: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """What a notice is about: its title, and the path of its page ("" for none)."""
    label, title = context.get("label") or "", str(context.get("title") or context.get("subject") or "")
    words = f"{label}: {title}" if label and title else str(label or title)
    if path := context.get("path"):
        return words, str(path)
    if kind in _OWN_PATHS and isinstance(context.get(_OWN_PATHS[kind][0]), int):
        return words, _OWN_PATHS[kind][1].format(context[_OWN_PATHS[kind][0]])
    for key, pattern in _PATHS:
        value = context.get(key)
        if isinstance(value, int):
            return words, pattern.format(value)
    return words, _ONE_PAGE.get(kind, "")


def seen_until(member_id: int) -> datetime | None:
    """Until when somebody has marked their notices as read."""
    return db.session.scalar(select(NoticesSeen.at).where(NoticesSeen.member_id == member_id))


def _listed(member_id: int, at: datetime) -> Any:
    """Somebody's notices that are due at the instant `at`: what is written ahead is told when its time has
    come, and never where it was dropped before."""
    dropped = (Notice.kind == _AHEAD) & Notice.gave_up_at.is_not(None)
    due = Notice.sent_at.is_not(None) | (Notice.attempts > 0) | ((Notice.send_after <= at) & ~dropped)
    return (Notice.member_id == member_id) & Notice.kind.not_in(_UNLISTED) & (Notice.address != "") & due


#: When a notice was told; an attempt moves `send_after`, so that it counts for what was written ahead and not yet tried alone.
_TOLD = case(
    ((Notice.kind == _AHEAD) & Notice.sent_at.is_not(None), Notice.sent_at),
    ((Notice.kind == _AHEAD) & (Notice.attempts == 0), Notice.send_after),
    else_=Notice.queued_at,
)


def unread(member_id: int, at: datetime) -> int:
    """How many notices are new to somebody, in one statement."""
    return db.session.scalar(select(_new(member_id, at, None))) or 0


def unread_at_a_glance(member_id: int, at: datetime) -> ScalarSelect[int]:
    """How many notices are new to somebody, at most one more than the head of a page says: a value for another statement."""
    return _new(member_id, at, AT_A_GLANCE + 1)


def _new(member_id: int, at: datetime, most: int | None) -> ScalarSelect[int]:
    until = select(NoticesSeen.at).where(NoticesSeen.member_id == member_id).scalar_subquery()
    new = select(Notice.id).where(_listed(member_id, at), until.is_(None) | (until < _TOLD)).limit(most)
    return select(func.count()).select_from(new.subquery()).scalar_subquery()


def page(member_id: int, at: datetime, number: int = 1) -> tuple[list[Told], int]:
    """A page of somebody's notices due at the instant `at`, newest first, and how many pages: three statements."""
    until, listed = seen_until(member_id), _listed(member_id, at)
    total = db.session.scalar(select(func.count()).select_from(Notice).where(listed)) or 0
    query = select(Notice, type_coerce(_TOLD, Instant())).where(listed).order_by(_TOLD.desc(), Notice.id.desc())
    rows = db.session.execute(query.limit(A_PAGE).offset((max(number, 1) - 1) * A_PAGE))
    found = []
    for row, told in rows:
        title, path = place_of(row.kind, row.context)
        new = until is None or told > until
        news = str(row.context.get("news") or "")
        found.append(Told(row.id, *subject_of(row.kind, row.context), title, news, path, told, new))
    return found, max(1, -(-total // A_PAGE))


# what somebody has read is their own matter: no event
@act(Permission.NOTICES_CHOOSE, None)
def mark_read(member: Member, *, by: Actor, at: datetime, act: Act) -> None:
    """Mark everything that one was told until now as read."""
    row = act.session.get(NoticesSeen, by.member_id)
    if row is None:
        act.session.add(NoticesSeen(member_id=by.member_id, at=at))
    else:
        row.at = at
