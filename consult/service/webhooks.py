"""Webhooks: registered by an administrator, their secrets renewed, what was sent to them, and disabled when nobody answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.domain.errors import Again, Invalid, NotFound, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.interfaces import HAPPENINGS, may_lead_outside
from consult.domain.policy import Permission
from consult.domain.roles import SWEEP, Actor
from consult.model.interfaces import Webhook, WebhookDelivery, WebhookTry
from consult.model.store import db, writing
from consult.service import vault
from consult.service.act import Act, act
from consult.service.audit import to_the_second

#: How every secret begins (Standard Webhooks 1.0); base64 of 256 random bits follows.
PREFIX = "whsec_"
#: For how long messages are signed with the secret before the newest, too.
OVERLAP = timedelta(days=1)
#: How long to wait after the first, second … failed try; after the last of them nobody tries again.
DELAYS: tuple[timedelta, ...] = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6),
    timedelta(hours=12), timedelta(hours=24), timedelta(hours=24),
)  # fmt: skip
#: A webhook to which nothing could be delivered for so long is disabled.
PATIENCE = timedelta(days=5)
#: How long a message and its tries are kept after what it tells of.
KEPT = timedelta(days=60)
#: Messages of a webhook that its page shows.
SHOWN = 100


# -- reading ---------------------------------------------------------------------------------------------------------


def listed() -> list[Webhook]:
    """Every webhook, the newest first."""
    return list(db.session.scalars(select(Webhook).order_by(Webhook.id.desc())))


def get(webhook_id: int) -> Webhook:
    """A webhook.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(Webhook, webhook_id)
    if found is None:
        raise NotFound("There is no webhook of this number.")
    return found


def deliveries(webhook_id: int) -> list[WebhookDelivery]:
    """The messages of a webhook with every try, the newest first."""
    query = (
        select(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook_id)
        .options(selectinload(WebhookDelivery.tries))
    )
    return list(db.session.scalars(query.order_by(WebhookDelivery.id.desc()).limit(SHOWN)))


def _lost(webhook_id: int) -> Any:
    return (WebhookDelivery.webhook_id == webhook_id) & (WebhookDelivery.state == "given up")


def lost(webhook_id: int, session: Session | None = None) -> int:
    """How many messages never arrived: written while it was paused or disabled, or given up after every try."""
    query = select(func.count()).select_from(WebhookDelivery).where(_lost(webhook_id))
    return (session or db.session()).scalar(query) or 0


def delivery(delivery_id: int) -> WebhookDelivery:
    """One message.

    Raises:
        NotFound: if there is none of this number.
    """
    query = (
        select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).options(joinedload(WebhookDelivery.webhook))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no message of this number.")
    return found


def secret_of(random: bytes) -> str:
    """A secret as it is shown: its random bytes in base64 after PREFIX."""
    return PREFIX + base64.b64encode(random).decode()


def fingerprint(webhook: Webhook) -> str:
    """What the form for a new secret carries: it says which secret stands, and nothing of it."""
    return hashlib.sha256(webhook.secret.encode()).hexdigest()[:16]


# -- keeping ---------------------------------------------------------------------------------------------------------


@act(Permission.WEBHOOKS_KEEP, Event.WEBHOOK_REGISTERED)
def register(
    _: None,
    name: str,
    address: str,
    kinds: Collection[str],
    secret: bytes,
    mark: str,
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> Webhook:
    """Register an address; `secret` is 256 random bits that only it and we know, `mark` a random name they are sealed under.

    Raises:
        Invalid: naming what is wrong with the address, or without a name or a kind of happening. Again: for an address that
        is told of just these kinds already, as by a second press of the button.
    """
    made = Webhook(mark=mark, secret=vault.seal(f"webhook:{mark}", secret), made_at=at, made_by_id=by.member_id)
    made.state, made.disabled_because = "active", ""
    _set(made, name, address, kinds)
    same = select(Webhook).where(Webhook.address == made.address).order_by(Webhook.id)
    for stands in act.session.scalars(same):
        if sorted(stands.kinds) == made.kinds:
            raise Again(
                f"This address is registered already, as “{stands.name}”, and told of the same: nothing is registered twice. "
                "If its secret was lost, give it a new one there.",
                f"/webhooks/{stands.id}",
            )
    act.session.add(made)
    act.note(kinds=made.kinds)
    return made


@act(Permission.WEBHOOKS_KEEP, Event.WEBHOOK_CHANGED)
def change(
    webhook: Webhook, name: str, address: str, kinds: Collection[str], reason: str, *, by: Actor, at: datetime, act: Act
) -> Webhook:
    """Change where a webhook leads and what it is told, with the reason."""
    act.because(reason)
    _set(webhook, name, address, kinds)
    act.note(kinds=webhook.kinds)
    return webhook


def _set(webhook: Webhook, name: str, address: str, kinds: Collection[str]) -> None:
    problems = {}
    words = " ".join(name.split())
    if not words or len(words) > 80:
        problems["name"] = "Say in at most 80 characters whose address it is and what for."
    if sentence := wrong_with(address.strip()):
        problems["address"] = sentence
    if not kinds or not set(kinds) <= set(HAPPENINGS):
        problems["kinds"] = "Choose what it is told."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    webhook.name, webhook.address, webhook.kinds = words, address.strip(), sorted(set(kinds))


def wrong_with(address: str) -> str:
    """What is wrong with an address, in a sentence; "" if nothing. Where a name leads is looked at when it is called."""
    try:
        parts = urlsplit(address)
        port = parts.port
        if any(map(str.isspace, address)):
            raise ValueError("a blank, which no address has")
    except ValueError:
        return "This is not an address. It looks like https://example.org/hook."
    schemes = ("https", "http") if current_app.config["CONSULT_WEBHOOKS_INSIDE"] else ("https",)
    if parts.scheme not in schemes or not parts.hostname or len(address) > 500 or not address.isascii():
        return "The address begins with https:// and has at most 500 characters."
    if parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        return "The address has no user name, password or # in it: the signature says who sends."
    if not current_app.config["CONSULT_WEBHOOKS_INSIDE"] and not may_lead_outside(parts.hostname):
        return "The address leads inside this network, where nothing is sent. Give one that is on the open internet."
    return ""


@act(Permission.WEBHOOKS_KEEP, Event.WEBHOOK_CHANGED)
def pause(webhook: Webhook, reason: str, *, by: Actor, at: datetime, act: Act) -> Webhook:
    """Send nothing for now, with the reason; what happens meanwhile stands in the log, and is sent when somebody asks for it."""
    act.because(reason)
    if webhook.state != "active":
        raise OutOfOrder(f"This webhook is {webhook.state} already.")
    webhook.state = "paused"
    act.note(state=webhook.state)
    return webhook


@act(Permission.WEBHOOKS_KEEP, Event.WEBHOOK_CHANGED)
def resume(webhook: Webhook, *, by: Actor, at: datetime, act: Act) -> Webhook:
    """Send again, after a pause or after it was disabled."""
    if webhook.state == "active":
        raise OutOfOrder("This webhook is active already.")
    webhook.state, webhook.failing_since, webhook.disabled_because = "active", None, ""
    act.note(state=webhook.state)
    return webhook


@act(Permission.WEBHOOKS_KEEP, Event.WEBHOOK_SECRET_RENEWED)
def renew(
    webhook: Webhook, secret: bytes, reason: str, *, seen: str | None = None, by: Actor, at: datetime, act: Act
) -> Webhook:
    """Give a new secret, with the reason; for a day messages are signed with both, so that the other side can change over.

    `seen` is the `fingerprint` that the form was made from, so that the same form sent twice gives one secret.

    Raises:
        Stale: if it was given another secret meanwhile.
    """
    act.because(reason)
    if seen is not None and seen != fingerprint(webhook):
        raise Stale(
            "It was given a new secret since you opened this page, so it keeps that one. Ask for another only if that was lost."
        )
    webhook.old_secret, webhook.old_until = webhook.secret, at + OVERLAP
    webhook.secret = vault.seal(f"webhook:{webhook.mark}", secret)
    return webhook


@act(Permission.WEBHOOKS_KEEP, Event.WEBHOOK_SENT_AGAIN)
def try_out(webhook: Webhook, *, by: Actor, at: datetime, act: Act) -> Webhook:
    """Send a message that tells of nothing, to see whether it arrives."""
    if webhook.state != "active":
        raise OutOfOrder(f"This webhook is {webhook.state}: nothing is sent to it.")
    body = json.dumps({"type": "webhook.test", "timestamp": to_the_second(at), "data": {}})
    name = f"msg_test_{webhook.id}_{int(at.timestamp() * 1000)}"
    act.session.add(
        WebhookDelivery(
            webhook_id=webhook.id, message=name, kind="webhook.test", body=body, happened_at=at, due_at=at, attempts=0,
            state="waiting",
        )
    )  # fmt: skip
    act.notices += 1
    return webhook


@act(Permission.WEBHOOKS_KEEP, Event.WEBHOOK_SENT_AGAIN)
def again(found: WebhookDelivery, *, by: Actor, at: datetime, act: Act) -> Webhook:
    """Send a message again, by hand: the same words under the same id, so that the other side can tell."""
    if found.webhook.state != "active":
        raise OutOfOrder(f"This webhook is {found.webhook.state}: resume it before you send anything.")
    found.state, found.due_at, found.attempts = "waiting", at, 0
    act.note(message=found.message)
    act.notices += 1
    return found.webhook


@act(Permission.WEBHOOKS_KEEP, Event.WEBHOOK_SENT_AGAIN)
def send_lost(webhook: Webhook, *, by: Actor, at: datetime, act: Act) -> Webhook:
    """Send everything that never arrived, in the order in which it happened, under the ids that it had."""
    if webhook.state != "active":
        raise OutOfOrder(f"This webhook is {webhook.state}: resume it before you send anything.")
    many = lost(webhook.id, act.session)
    if not many:
        raise OutOfOrder("Every message has arrived or still waits: there is nothing to send again.")
    again = {"state": "waiting", "due_at": at, "attempts": 0}
    act.session.execute(update(WebhookDelivery).where(_lost(webhook.id)).values(again))
    act.note(messages=many)
    act.notices += many
    return webhook


# -- the worker ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """One message to send now, read in full, so that no transaction stays open while somebody else's server is talked to."""

    id: int
    webhook_id: int
    message: str
    address: str
    body: bytes
    secrets: tuple[bytes, ...]

    def headers(self, at: datetime) -> dict[str, str]:
        """What goes with it (Standard Webhooks 1.0): id, timestamp, and a signature by each secret."""
        stamp = str(int(at.timestamp()))
        return {
            "Content-Type": "application/json",
            "User-Agent": "consult-webhooks/1",
            "webhook-id": self.message,
            "webhook-timestamp": stamp,
            "webhook-signature": " ".join(signature(each, self.message, stamp, self.body) for each in self.secrets),
        }


def signature(secret: bytes, message: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 over "id.timestamp.body" in base64, after its version.

    >>> signature(b"k" * 32, "msg_1", "1700000000", b"{}")
    'v1,3sOcjp9LSFloZNG4djSBtbk6gHDplP0wungD5l+W7DU='
    """
    signed = b".".join((message.encode(), stamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def claim(at: datetime, but: Collection[int] = (), most: int = 1) -> list[Due]:
    """Take up to `most` due messages, none of the webhooks `but`, so that no other worker takes them.

    A claim counts as a try and puts the next one off: when a worker is killed, its messages are due again later.
    """
    with writing() as session:
        query = (
            select(WebhookDelivery)
            .join(WebhookDelivery.webhook)
            .where(WebhookDelivery.state == "waiting", WebhookDelivery.due_at <= at, Webhook.state == "active")
            .where(WebhookDelivery.webhook_id.not_in(but))
            .order_by(WebhookDelivery.due_at, WebhookDelivery.id)
            .options(joinedload(WebhookDelivery.webhook, innerjoin=True))
            .limit(most)
            .with_for_update(skip_locked=True, of=WebhookDelivery)
        )
        taken = []
        for row in session.scalars(query):
            row.attempts += 1
            row.due_at = at + DELAYS[min(row.attempts, len(DELAYS)) - 1]
            hook = row.webhook
            taken.append(Due(row.id, hook.id, row.message, hook.address, row.body.encode(), _secrets(hook, at)))
    return taken


def _secrets(webhook: Webhook, at: datetime) -> tuple[bytes, ...]:
    sealed = [webhook.secret]
    if webhook.old_secret is not None and webhook.old_until is not None and at < webhook.old_until:
        sealed.append(webhook.old_secret)
    return tuple(vault.open(f"webhook:{webhook.mark}", each) for each in sealed)


def came_of(delivery_id: int, status: int | None, milliseconds: int, words: str, at: datetime) -> None:
    """Write down what came of a try; "" in `words` means that the message was taken."""
    with writing() as session:
        row = session.get_one(WebhookDelivery, delivery_id, options=[joinedload(WebhookDelivery.webhook)])
        session.add(WebhookTry(delivery_id=row.id, at=at, status=status, milliseconds=milliseconds, words=words[:300]))
        if not words:
            row.state, row.webhook.failing_since = "delivered", None
            return
        row.webhook.failing_since = row.webhook.failing_since or at
        if row.attempts > len(DELAYS):
            row.state = "given up"


@act(Permission.WEBHOOK_DISABLE, Event.WEBHOOK_DISABLED)
def disable(webhook: Webhook, *, by: Actor, at: datetime, act: Act) -> Webhook:
    """Disable a webhook that nobody has answered for days, and tell who registered it."""
    since = webhook.failing_since
    if webhook.state != "active" or since is None or since > at - PATIENCE:
        raise OutOfOrder("This webhook has not failed for long enough.")
    webhook.state = "disabled"
    webhook.disabled_because = f"Nothing could be delivered for {PATIENCE.days} days."
    waiting = (WebhookDelivery.webhook_id == webhook.id) & (WebhookDelivery.state == "waiting")
    act.session.execute(update(WebhookDelivery).where(waiting).values(state="given up"))
    act.notify("webhook-disabled", webhook.made_by, webhook=webhook.id, name=webhook.name, since=since.isoformat())
    return webhook


def disable_failing(at: datetime) -> int:
    """For the worker: disable those that have failed for too long; how many that were."""
    query = select(Webhook.id).where(Webhook.state == "active", Webhook.failing_since <= at - PATIENCE)
    found = list(db.session.scalars(query))
    for webhook_id in found:
        disable(get(webhook_id), by=SWEEP, at=at)
    return len(found)


def forget_due(at: datetime) -> int:
    """For the worker: delete messages that told of something long ago, with their tries; how many messages."""
    old = select(WebhookDelivery.id).where(WebhookDelivery.happened_at < at - KEPT, WebhookDelivery.state != "waiting")
    found = list(db.session.scalars(old.limit(500)))
    if found:
        with writing() as session:
            session.execute(delete(WebhookTry).where(WebhookTry.delivery_id.in_(found)))
            session.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(found)))
    return len(found)
