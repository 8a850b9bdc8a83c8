"""Open interfaces: tokens for programs, secret addresses of calendars, and webhooks with what was sent to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.interfaces import DELIVERY_STATES, WEBHOOK_STATES
from consult.model.members import Member
from consult.model.store import Base, one_of


class AccessToken(Base):
    """A token that lets one program read; only its hash is kept, and of its use only the day."""

    __tablename__ = "access_token"
    __table_args__ = (
        CheckConstraint("expires_at > made_at", name="term"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    #: What it is for, in the member's words.
    name: Mapped[str] = mapped_column(String(80))
    #: SHA-256 of the token's 256 random bits, in hexadecimal.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: Keys of `consult.domain.interfaces.SCOPES`.
    scopes: Mapped[list[Any]]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    #: "member:12".
    revoked_by: Mapped[str | None] = mapped_column(String(40))

    member: Mapped[Member] = relationship()


class CalendarAddress(Base):
    """The secret address of a member's own calendar, one at a time; only its hash is kept."""

    __tablename__ = "calendar_address"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]


class Webhook(Base):
    """An address that is told of public happenings of some kinds, each message signed with a shared secret."""

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint(one_of("state", WEBHOOK_STATES), name="state"),
        CheckConstraint("(old_secret IS NULL) = (old_until IS NULL)", name="old_secret"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Whose address it is and what for.
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(500))
    #: Keys of `consult.domain.interfaces.HAPPENINGS`.
    kinds: Mapped[list[Any]]
    #: The secret, sealed with the operator's key under the context "webhook:" and its `mark`; and the one before it,
    #: with which messages are signed as well until `old_until`.
    secret: Mapped[str] = mapped_column(Text)
    old_secret: Mapped[str | None] = mapped_column(Text)
    old_until: Mapped[datetime | None]
    #: A random name, under which the secrets are sealed.
    mark: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(20), default="active")
    #: Since when nothing has been delivered, and why it was disabled ("" unless it was).
    failing_since: Mapped[datetime | None]
    disabled_because: Mapped[str] = mapped_column(String(300), default="")
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))

    made_by: Mapped[Member] = relationship()


class WebhookDelivery(Base):
    """One message for one webhook: written with the act that it tells of, sent by the worker until it is taken."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(one_of("state", DELIVERY_STATES), name="state"),
        UniqueConstraint("webhook_id", "message"),
        Index("ix_webhook_delivery_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    #: The id of the message, the same at each try and for each webhook.
    message: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    #: The exact words that are sent, as JSON.
    body: Mapped[str] = mapped_column(Text)
    happened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20), default="waiting")

    webhook: Mapped[Webhook] = relationship()
    tries: Mapped[list[WebhookTry]] = relationship(order_by="WebhookTry.id")


class WebhookTry(Base):
    """One try to deliver a message: what the address answered, and how long it took."""

    __tablename__ = "webhook_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("webhook_delivery.id"), index=True)
    at: Mapped[datetime]
    #: The status of HTTP, or None where there was no answer.
    status: Mapped[int | None]
    milliseconds: Mapped[int]
    #: Why it failed; "" where it did not.
    words: Mapped[str] = mapped_column(String(300), default="")
