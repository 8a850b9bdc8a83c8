"""Results: the counts, the manifest that the committee signs, the signatures, the lot, and the published bundle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.ballots import Ballot, Question
from consult.model.bodies import SeatHolding
from consult.model.members import Member
from consult.model.store import Base


class QuestionResult(Base):
    """The count of one question: its whole working out, and whether the independent counts agree."""

    __tablename__ = "question_result"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    #: The count, as `consult.counting.result.Count.as_json()`.
    count: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(64))
    #: The hash that the second, plainly written count arrived at.
    second_hash: Mapped[str] = mapped_column(String(64))
    #: What pyrankvote said: "agrees", "differs: …" or "not applicable: …".
    package_verdict: Mapped[str] = mapped_column(String(300))
    #: Whether a lot decided anything; such a result must be acknowledged before it is certified.
    needed_lot: Mapped[bool] = mapped_column(default=False)
    lot_acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    #: "carried", "lost" or the winners, in one sentence.
    outcome: Mapped[str] = mapped_column(Text)

    question: Mapped[Question] = relationship()


class Countback(Base):
    """The papers of a question counted again to fill a seat that somebody left: without whom, and the whole working out."""

    __tablename__ = "countback"

    #: The term that it filled.
    holding_id: Mapped[int] = mapped_column(ForeignKey("seat_holding.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    #: The keys of the options that took no part.
    without: Mapped[list[Any]]
    #: As those of `QuestionResult`; both counts came to this hash.
    count: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(64))
    package_verdict: Mapped[str] = mapped_column(String(300))
    needed_lot: Mapped[bool]
    outcome: Mapped[str] = mapped_column(Text)

    holding: Mapped[SeatHolding] = relationship()
    question: Mapped[Question] = relationship()


class Manifest(Base):
    """What the committee signs: canonical JSON that names every hash of the result."""

    __tablename__ = "manifest"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    #: The exact bytes that are signed.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[str] = mapped_column(String(64))
    #: Every other file of the bundle, packed, as the manifest names them by hash.
    parts: Mapped[bytes] = mapped_column(LargeBinary)
    #: Motion id → the outcome and the hash of the text that results, for each motion that the ballot decides.
    decisions: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    certified_at: Mapped[datetime | None]

    ballot: Mapped[Ballot] = relationship()


class SigningKey(Base):
    """The public half of a committee member's Ed25519 key; the private half never reaches the server."""

    __tablename__ = "signing_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    #: Raw public key, base64url.
    public_key: Mapped[str] = mapped_column(String(64), unique=True)
    registered_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()


class Signature(Base):
    """One committee member's signature under a manifest; a member signs once, whatever keys they hold."""

    __tablename__ = "signature"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("manifest.ballot_id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"))
    #: Ed25519 (RFC 8032) over the manifest's bytes, base64url.
    value: Mapped[str] = mapped_column(String(120))
    signed_at: Mapped[datetime]

    member: Mapped[Member] = relationship()
    key: Mapped[SigningKey] = relationship()


class SeedShare(Base):
    """A committee member's share of the lot: its hash before the close, its value after, before the opening."""

    __tablename__ = "seed_share"
    __table_args__ = (UniqueConstraint("ballot_id", "commitment"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    commitment: Mapped[str] = mapped_column(String(64))
    committed_at: Mapped[datetime]
    value: Mapped[str | None] = mapped_column(String(200))
    salt: Mapped[str | None] = mapped_column(String(200))
    revealed_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()


class Publication(Base):
    """The published bundle, byte for byte; nothing ever recomputes it."""

    __tablename__ = "publication"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    #: `result-<id>.zip`.
    bundle: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    #: The outcome in one sentence.
    sentence: Mapped[str] = mapped_column(Text)

    ballot: Mapped[Ballot] = relationship()


class Annulment(Base):
    """Why a ballot was annulled, and by whom; what was counted stays readable."""

    __tablename__ = "annulment"
    __table_args__ = (CheckConstraint("length(reason) >= 20", name="reason"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]
