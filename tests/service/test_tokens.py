"""Tokens for programs: whose they are, what they read, and when they are over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.interfaces import MOST_TOKENS
from consult.domain.roles import VISITOR, Status
from consult.model.audit import AuditEvent
from consult.model.interfaces import AccessToken
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import tokens
from tests.factories import NOON, Cast

TOKEN = "consult_" + "x" * 43
DAY = timedelta(days=1)


def made(
    cast: Cast,
    who: str = "delegate",
    scopes: tuple[str, ...] = ("read:member",),
    token: str = TOKEN,
    at: datetime = NOON,
) -> AccessToken:
    return tokens.make(cast.who[who], "Branch page", scopes, 30, token, by=cast.actor(who), at=at)


def test_only_a_hash_is_kept_and_the_log_says_what_it_may_read(cast: Cast) -> None:
    row = made(cast)
    kept = db.session.execute(AccessToken.__table__.select()).one()
    assert TOKEN not in map(str, kept) and len(row.token_hash) == 64
    event = db.session.query(AuditEvent).order_by(AuditEvent.sequence.desc()).first()
    assert (event.event, event.details) == ("account.token_made", {"scopes": ["read:member"], "days": 30})


def test_it_reads_as_its_member_without_an_office_or_as_a_visitor(cast: Cast) -> None:
    made(cast)
    _token, actor = tokens.reader(TOKEN, NOON)
    assert actor.member_id == cast.who["delegate"].id and not actor.holdings and not actor.second_factor
    made(cast, scopes=("read:public",), token="other")
    assert tokens.reader("other", NOON)[1] is VISITOR


def test_it_is_over_when_it_expires_is_revoked_or_its_member_leaves(cast: Cast) -> None:
    row = made(cast)
    tokens.reader(TOKEN, NOON + 30 * DAY - timedelta(seconds=1))
    for token, at in ((TOKEN, NOON + 30 * DAY), ("unknown", NOON)):
        with pytest.raises(NotFound, match="unknown, has expired or was revoked"):
            tokens.reader(token, at)
    with writing() as session:
        cast.who["delegate"].status = Status.LAPSED.value
        session.add(cast.who["delegate"])
    with pytest.raises(NotFound, match="has left"):
        tokens.reader(TOKEN, NOON)
    tokens.revoke(row, by=cast.actor("delegate"), at=NOON)
    with pytest.raises(NotFound, match="revoked"):
        tokens.reader(TOKEN, NOON)
    with pytest.raises(OutOfOrder):
        tokens.revoke(row, by=cast.actor("delegate"), at=NOON)


def test_one_revokes_ones_own_and_an_officer_anybodys(cast: Cast) -> None:
    row = made(cast)
    with pytest.raises(NotAllowed):
        tokens.revoke(row, by=cast.actor("member"), at=NOON)
    with pytest.raises(NotAllowed):
        tokens.revoke_for(row, "resolved", by=cast.actor("moderator"), at=NOON)
    assert tokens.standing(NOON) == [row]
    tokens.revoke_for(row, "resolved", by=cast.actor("committee_1"), at=NOON)
    assert tokens.standing(NOON) == [] and row.revoked_by == cast.actor("committee_1").reference
    told = db.session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [(notice.kind, notice.context["title"]) for notice in told] == [
        ("token-made", "Branch page"), ("token-revoked", "Branch page"),
    ]  # fmt: skip
    assert {notice.member_id for notice in told} == {row.member_id}


def test_of_its_use_only_the_day_is_kept(cast: Cast) -> None:
    row = made(cast)
    tokens.used(row, NOON)
    db.session.refresh(row)
    assert row.last_used_on == NOON.date()


def test_what_is_wrong_is_said_at_its_field_and_there_are_not_too_many(cast: Cast) -> None:
    member, by = cast.who["member"], cast.actor("member")
    for name, scopes, days, field in (
        ("", ["read:public"], 30, "name"), ("x", [], 30, "scopes"), ("x", ["write"], 30, "scopes"), ("x", ["read:public"], 4, "days"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            tokens.make(member, name, scopes, days, TOKEN, by=by, at=NOON)
        assert list(refused.value.fields) == [field]
    for number in range(MOST_TOKENS):
        made(cast, "member", token=f"t{number}")
    with pytest.raises(OutOfOrder, match="Revoke one"):
        made(cast, "member")
