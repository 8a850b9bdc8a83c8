"""Sending the outbox: links made at sending, growing delays, a dead server, a killed worker, and what is never sent."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.domain.notices import KINDS
from consult.job import mail, outgoing
from consult.model.members import LoginToken, Member
from consult.model.notices import DevelopmentMail, Notice
from consult.model.store import db, writing
from consult.service import clock, sending
from tests.factories import NOON, Cast


class Watch:
    """The clock of a test, moved by hand."""

    def __init__(self) -> None:
        self.at = NOON


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(clock, "source", lambda session: watch.at)
    return watch


def queue(cast: Cast, kind: str = "account-changed", who: str = "member", **values: Any) -> int:
    member = cast.who[who]
    with writing() as session:
        notice = Notice(
            **{
                "kind": kind,
                "member_id": member.id,
                "address": member.email,
                "context": {"change": "Something was changed."},
                "queued_at": NOON,
                "send_after": NOON,
            }
            | values
        )
        session.add(notice)
        session.flush()
        return notice.id


def kept() -> list[DevelopmentMail]:
    return list(db.session.scalars(select(DevelopmentMail).order_by(DevelopmentMail.id)))


def notice(number: int) -> Notice:
    db.session.rollback()
    return db.session.get_one(Notice, number)


class Broken:
    """A way out that refuses everything."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault
        self.asked = 0

    def send(self, message: EmailMessage, mark: str = "") -> None:
        self.asked += 1
        raise self.fault


def break_mail(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> Broken:
    from contextlib import contextmanager

    broken = Broken(fault)

    @contextmanager
    def way_out() -> Iterator[Broken]:
        yield broken

    monkeypatch.setattr(mail, "way_out", way_out)
    return broken


def test_what_is_due_goes_out_once(cast: Cast, watch: Watch) -> None:
    number = queue(cast)
    later = queue(cast, send_after=NOON + timedelta(hours=1))
    assert outgoing.send_due() == 1
    assert outgoing.send_due() == 0
    (one,) = kept()
    assert (one.address, one.subject) == (
        "member@members.example",
        "Your way of signing in was changed – The Test Movement",
    )
    assert one.body.startswith("Dear Mabel Thorn,\n\nSomething was changed.\n")
    assert notice(number).sent_at == NOON and notice(later).sent_at is None
    watch.at = NOON + timedelta(hours=1)
    assert outgoing.send_due() == 1


def test_a_link_is_made_when_it_is_sent_and_kept_as_a_hash(cast: Cast, watch: Watch) -> None:
    number = queue(cast, "sign-in-link", context={"next": "/motions/7?line=3"})
    assert db.session.scalar(select(func.count()).select_from(LoginToken)) == 0
    watch.at = NOON + timedelta(minutes=9)
    outgoing.send_due()
    (token,) = db.session.scalars(select(LoginToken)).all()
    assert token.expires_at == watch.at + timedelta(minutes=10)
    body = kept()[0].body
    assert "http://127.0.0.1:8000/link/" in body and body.count("?next=/motions/7%3Fline%3D3") == 1
    assert token.token_hash not in body
    assert "link/" not in str(notice(number).context)


def test_delays_grow_and_end(cast: Cast, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = break_mail(monkeypatch, ConnectionRefusedError("no server there"))
    number = queue(cast)
    times: list[datetime] = []
    for _ in range(12):
        outgoing.send_due()
        one = notice(number)
        if one.gave_up_at:
            break
        times.append(one.send_after)
        watch.at = one.send_after - timedelta(seconds=1)
        outgoing.send_due()
        watch.at = notice(number).send_after
    waits = [b - a for a, b in zip([NOON, *times], times, strict=False)]
    assert waits == list(sending.DELAYS)
    assert broken.asked == len(sending.DELAYS) + 1
    assert notice(number).fault == "ConnectionRefusedError: no server there"
    assert outgoing.send_due() == 0


def test_an_address_that_can_never_work_is_given_up_at_once(
    cast: Cast, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = break_mail(monkeypatch, mail.Undeliverable("The mail server refused the address (550 no such box)."))
    number = queue(cast)
    outgoing.send_due()
    assert (broken.asked, notice(number).gave_up_at) == (1, NOON)


def test_one_bad_message_does_not_stop_the_others(cast: Cast, watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    bad = queue(cast, address="two\nlines@members.example")
    good = queue(cast)
    unknown = queue(cast, "motion-seconded", context={})
    with caplog.at_level(logging.CRITICAL):
        outgoing.send_due()
    assert notice(good).sent_at == NOON
    assert notice(bad).gave_up_at == NOON
    assert notice(bad).sent_at is None
    assert "two\nlines" not in caplog.text and notice(unknown) is not None


def test_a_worker_that_was_killed_in_the_middle_loses_nothing(cast: Cast, watch: Watch) -> None:
    number = queue(cast)
    assert [due.id for due in sending.claim(NOON)] == [number]  # and here it is killed
    assert sending.claim(NOON) == []
    watch.at = NOON + sending.LEASE
    assert outgoing.send_due() == 1
    assert notice(number).attempts == 2


def test_two_workers_never_take_the_same_notice(cast: Cast, watch: Watch) -> None:
    numbers = {queue(cast) for _ in range(7)}
    first, second = sending.claim(NOON, 4), sending.claim(NOON, 4)
    assert len(first) == 4 and len(second) == 3
    assert {due.id for due in (*first, *second)} == numbers


def test_links_go_before_everything_else(cast: Cast, watch: Watch) -> None:
    for _ in range(3):
        queue(cast, send_after=NOON - timedelta(hours=1))
    link = queue(cast, "sign-in-link", context={})
    assert sending.claim(NOON, 1)[0].id == link


def test_links_to_vote_go_before_news_and_candidates_circulars(cast: Cast, watch: Watch) -> None:
    earlier = NOON - timedelta(hours=1)
    circular = queue(cast, "candidates-circulars", send_after=earlier, context={})
    news = queue(cast, "result-published", send_after=earlier, context={})
    opens, reminder = (queue(cast, kind, context={}) for kind in ("ballot-opens", "ballot-reminder"))
    asked = queue(cast, "ballot-link", context={})
    with db.engine.connect() as connection:
        query = select(Notice.id).order_by(sending.turn(), Notice.send_after, Notice.id)
        assert list(connection.scalars(query)) == [asked, opens, reminder, circular, news]


def test_what_comes_too_late_or_for_somebody_erased_is_not_sent(cast: Cast, watch: Watch) -> None:
    late = queue(cast, "sign-in-link", queued_at=NOON - timedelta(hours=2), context={})
    erased = queue(cast, who="mover")
    with writing() as session:
        session.get_one(Member, cast.who["mover"].id).erased_at = NOON
    assert outgoing.send_due() == 0
    assert notice(late).fault == "It came too late to be of use."
    assert notice(erased).gave_up_at == NOON
    assert kept() == []


TOKEN = {"title": "Branch page", "as_member": True, "until": "2026-11-27T12:00:00+00:00"}
ACCOUNT_KINDS = [
    "sign-in-link",
    "sign-in-unknown",
    "invitation",
    "password-reset",
    "second-factor-reset",
    "account-changed",
    "token-made",
    "token-revoked",
    "audit-head",
]


@pytest.mark.parametrize("kind", ACCOUNT_KINDS)
def test_the_words_of_each_kind(app: Flask, cast: Cast, watch: Watch, kind: str) -> None:
    queue(cast, kind, context={"change": "Something was changed.", "sequence": 7, "hash": "a" * 64, **TOKEN})
    assert outgoing.send_due() == 1
    (one,) = kept()
    assert one.subject == f"{KINDS[kind].subject} – The Test Movement"
    assert ("/link/" in one.body) == bool(KINDS[kind].link)
    assert "{{" not in one.body and "None" not in one.body
    assert all(len(line) <= 78 or "http" in line or "audit" in line or ":" in line for line in one.body.splitlines())
