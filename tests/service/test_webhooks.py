"""Webhooks: written with the act that they tell of, claimed once, tried again, renewed, and disabled when nobody answers."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from consult.domain.errors import Again, Invalid, NotAllowed, OutOfOrder, Stale
from consult.model.audit import AuditEvent
from consult.model.interfaces import Webhook, WebhookDelivery, WebhookTry
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import happenings, outcomes, rulings, webhooks
from tests.consulting import forum
from tests.factories import NOON, Cast
from tests.motions import REASON, stage

SECRET, MARK = b"k" * 32, "m" * 32
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def registered(cast: Cast, *kinds: str, address: str = "https://hook.example/in") -> Webhook:
    given = ("Our website", address, kinds or ("motion.published",), SECRET, MARK)
    return webhooks.register(None, *given, by=cast.actor("committee_1"), at=NOON)


def waiting() -> list[WebhookDelivery]:
    return list(db.session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def test_a_message_is_written_with_the_act_and_not_without_it(cast: Cast) -> None:
    registered(cast)
    scene = stage(cast)
    motion = scene.submitted()
    with pytest.raises(OutOfOrder):
        rulings.publish(motion, by=cast.actor("chair"), at=NOON)  # it is not ruled on yet
    assert waiting() == []
    rulings.rule(motion, "in order", "SO 1", REASON, by=cast.actor("chair"), at=NOON)
    rulings.publish(motion, by=cast.actor("chair"), at=NOON)
    (row,) = waiting()
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.event == "motion.published")).one()
    assert (row.message, row.kind, row.state) == (f"msg_{event.sequence}", "motion.published", "waiting")
    said = json.loads(row.body)
    assert said == {
        "type": "motion.published",
        "timestamp": "2026-03-02T12:00:00Z",
        "data": {"id": motion.id, "url": said["data"]["url"], "page": said["data"]["page"]},
    }
    assert said["data"]["url"].endswith(f"/api/v1/motions/{motion.id}")
    assert said["data"]["page"].endswith(f"/motions/{motion.id}") and motion.title not in row.body


def test_a_receiver_can_tell_an_analysis_from_a_response(cast: Cast) -> None:
    registered(cast, "consultation.reported")
    scene, officer, late = forum(cast), cast.actor("committee_1"), NOON + 11 * DAY
    for kind in ("analysis", "response"):
        draft = outcomes.save(scene.consultation, kind, "Homes.", revision=None, by=officer, at=late)
        outcomes.publish(draft, by=officer, at=late)
    told = [json.loads(row.body)["data"] for row in waiting()]
    assert [(one["id"], one["what"]) for one in told] == [
        (scene.consultation.id, kind) for kind in ("analysis", "response")
    ]


def test_only_what_was_asked_for_is_told_and_only_to_those_that_are_active(cast: Cast) -> None:
    one = registered(cast, "ruling.given", "motion.published")
    two = registered(cast, "ballot.opened")
    three = registered(cast, "motion.published")
    webhooks.pause(three, "resolved", by=cast.actor("committee_1"), at=NOON)
    stage(cast).published()
    told = [(row.webhook_id, row.kind) for row in waiting() if row.state == "waiting"]
    assert told == [(one.id, "ruling.given"), (one.id, "motion.published")]
    assert two.id != one.id
    with pytest.raises(OutOfOrder, match="paused already"):
        webhooks.pause(three, "resolved", by=cast.actor("committee_1"), at=NOON)
    webhooks.resume(three, by=cast.actor("committee_1"), at=NOON)
    assert three.state == "active"


@pytest.mark.parametrize("state", ["paused", "disabled"])
def test_what_a_webhook_missed_is_kept_and_sent_when_somebody_asks(cast: Cast, state: str) -> None:
    hook, by = registered(cast, "ruling.given", "motion.published"), cast.actor("committee_1")
    with writing() as session:
        session.merge(hook).state = state
    hook = webhooks.get(hook.id)
    stage(cast).published()
    assert webhooks.claim(NOON) == [] and webhooks.lost(hook.id) == 2
    with pytest.raises(OutOfOrder, match="resume it before you send"):
        webhooks.send_lost(hook, by=by, at=NOON)
    webhooks.resume(hook, by=by, at=NOON)
    assert webhooks.claim(NOON) == []
    webhooks.send_lost(webhooks.get(hook.id), by=by, at=NOON)
    sent = webhooks.claim(NOON, most=9)
    assert [json.loads(due.body)["type"] for due in sent] == ["ruling.given", "motion.published"]
    assert webhooks.lost(hook.id) == 0
    with pytest.raises(OutOfOrder, match="nothing to send again"):
        webhooks.send_lost(webhooks.get(hook.id), by=by, at=NOON)


def test_a_phase_that_opens_is_told_once(cast: Cast) -> None:
    registered(cast, "consultation.phase_opened")
    stage(cast)
    opened = NOON - DAY
    assert happenings.queue_phases(opened + HOUR) == 3  # drafting, amendments and debating
    assert happenings.queue_phases(opened + 2 * HOUR) == 0
    assert {json.loads(row.body)["data"]["phase"] for row in waiting()} == {"drafting", "amendments", "debating"}
    assert happenings.queue_phases(opened + 2 * DAY) == 0


def test_a_claimed_message_is_put_off_and_signed_with_both_secrets_for_a_day(cast: Cast) -> None:
    hook = registered(cast)
    webhooks.try_out(hook, by=cast.actor("committee_1"), at=NOON)
    (due,) = webhooks.claim(NOON)
    assert webhooks.claim(NOON) == [] and due.secrets == (SECRET,)
    assert webhooks.claim(NOON + timedelta(minutes=1), {hook.id}) == []
    webhooks.renew(hook, b"n" * 32, "resolved", by=cast.actor("committee_1"), at=NOON)
    (due,) = webhooks.claim(NOON + timedelta(minutes=1))
    assert due.secrets == (b"n" * 32, SECRET)
    first, second = due.headers(NOON)["webhook-signature"].split(" ")
    stamp = str(int(NOON.timestamp()))
    assert first == webhooks.signature(b"n" * 32, due.message, stamp, due.body)
    assert second == webhooks.signature(SECRET, due.message, stamp, due.body)
    (due,) = webhooks.claim(NOON + webhooks.OVERLAP)
    assert due.secrets == (b"n" * 32,)


def test_the_secret_is_sealed_and_shown_in_base64(cast: Cast) -> None:
    hook = registered(cast)
    kept = str(db.session.execute(Webhook.__table__.select()).one())
    assert SECRET.decode() not in kept and base64.b64encode(SECRET).decode() not in kept
    assert hook.secret.startswith("v1.")
    assert webhooks.secret_of(SECRET) == "whsec_" + base64.b64encode(SECRET).decode()


def test_what_came_of_each_try_is_kept_until_it_is_given_up_and_it_can_be_sent_again(cast: Cast) -> None:
    hook = registered(cast)
    webhooks.try_out(hook, by=cast.actor("committee_1"), at=NOON)
    at = NOON
    for number in range(len(webhooks.DELAYS) + 1):
        (due,) = webhooks.claim(at)
        webhooks.came_of(due.id, 500, 12, "It answered 500.", at)
        row = webhooks.deliveries(hook.id)[0]
        assert (row.attempts, len(row.tries)) == (number + 1, number + 1)
        at = row.due_at
    assert row.state == "given up" and webhooks.get(hook.id).failing_since == NOON
    webhooks.again(webhooks.delivery(row.id), by=cast.actor("committee_1"), at=at)
    (due,) = webhooks.claim(at)
    assert due.message == row.message
    webhooks.came_of(due.id, 204, 7, "", at)
    db.session.expire_all()
    row = webhooks.deliveries(hook.id)[0]
    assert row.state == "delivered" and webhooks.get(hook.id).failing_since is None
    assert [(one.status, one.milliseconds, one.words) for one in row.tries][-1] == (204, 7, "")


def test_one_that_fails_for_days_is_disabled_and_its_administrator_told(cast: Cast) -> None:
    hook = registered(cast)
    webhooks.try_out(hook, by=cast.actor("committee_1"), at=NOON)
    (due,) = webhooks.claim(NOON)
    webhooks.came_of(due.id, None, 10_000, "No answer.", NOON)
    assert webhooks.disable_failing(NOON + webhooks.PATIENCE - HOUR) == 0
    assert webhooks.disable_failing(NOON + webhooks.PATIENCE) == 1
    db.session.expire_all()
    assert webhooks.get(hook.id).state == "disabled" and waiting()[0].state == "given up"
    notice = db.session.scalars(select(Notice).where(Notice.kind == "webhook-disabled")).one()
    assert notice.member_id == cast.who["committee_1"].id
    stage(cast).published()
    assert {row.state for row in waiting()} == {"given up"}
    with pytest.raises(OutOfOrder, match="resume it"):
        webhooks.again(webhooks.delivery(due.id), by=cast.actor("committee_1"), at=NOON)


@pytest.mark.parametrize(
    "address",
    [
        "http://hook.example/",
        "ftp://hook.example/",
        "https://",
        "hook.example",
        "https://user:word@hook.example/",
        "https://hook.example:port/",
        "https://hook.example/#part",
        "https://hook.example/" + "x" * 500,
        "https://[::1/",
        "https://hook .example/",
        "https://hook.example/in\tto",
        "https://localhost/hook",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://10.0.0.8:8443/",
    ],
)
def test_an_address_that_cannot_be_one_is_refused_at_its_field(cast: Cast, address: str) -> None:
    with pytest.raises(Invalid) as refused:
        registered(cast, address=address)
    assert list(refused.value.fields) == ["address"]


def test_the_same_form_sent_twice_registers_once_and_gives_one_new_secret(cast: Cast) -> None:
    officer, made = cast.actor("committee_1"), registered(cast, "motion.published", "ballot.opened")
    with pytest.raises(Again, match="registered already"):
        registered(cast, "ballot.opened", "motion.published")
    registered(cast, "ballot.opened")  # told of other things
    seen = webhooks.fingerprint(made)
    webhooks.renew(made, b"n" * 32, "It was in a mail.", seen=seen, by=officer, at=NOON)
    kept = made.secret
    with pytest.raises(Stale, match="keeps that one"):
        webhooks.renew(made, b"o" * 32, "It was in a mail.", seen=seen, by=officer, at=NOON)
    assert made.secret == kept and len(webhooks.listed()) == 2


def test_only_administrators_register_and_only_known_kinds(app: Flask, cast: Cast) -> None:
    given = ("Ours", "https://hook.example/", ("motion.published",), SECRET, MARK)
    for who in ("member", "delegate", "returning_officer", "moderator"):
        with pytest.raises(NotAllowed):
            webhooks.register(None, *given, by=cast.actor(who), at=NOON)
    with pytest.raises(Invalid):
        registered(cast, "vote.cast")


def test_old_messages_are_deleted_with_their_tries_but_none_that_waits(cast: Cast) -> None:
    hook = registered(cast)
    for _ in range(2):
        webhooks.try_out(hook, by=cast.actor("committee_1"), at=NOON + len(waiting()) * HOUR)
    (due,) = webhooks.claim(NOON)
    webhooks.came_of(due.id, 200, 5, "", NOON)
    assert webhooks.forget_due(NOON + webhooks.KEPT) == 0
    assert webhooks.forget_due(NOON + webhooks.KEPT + HOUR) == 1
    assert [row.state for row in waiting()] == ["waiting"]
    assert list(db.session.scalars(select(WebhookTry))) == []
