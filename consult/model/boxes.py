"""What makes a ballot's secrecy and its record: the key ceremony, the board of receipts, the openings, open votes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.members import Member
from consult.model.store import Base


class KeyCeremony(Base):
    """The ceremony of one sealed ballot: its plan, the public part of the key, the trial envelope and the rehearsal."""

    __tablename__ = "key_ceremony"
    __table_args__ = (
        CheckConstraint("rehearsed_at IS NULL OR rehearsal IS NOT NULL", name="rehearsed"),
        CheckConstraint("trial IS NULL OR public IS NOT NULL", name="trial"),
    )

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    #: The plan, as the canonical JSON that is carried to the ceremony (`consult.ledger.ceremony`).
    plan: Mapped[str] = mapped_column(Text)
    planned_at: Mapped[datetime]
    #: The public part that came back, byte for byte.
    public: Mapped[str | None] = mapped_column(Text)
    uploaded_at: Mapped[datetime | None]
    #: A random value sealed to that key, and the SHA-256 of the value: the value itself is not kept.
    trial: Mapped[bytes | None] = mapped_column(LargeBinary)
    trial_hash: Mapped[str | None] = mapped_column(String(64))
    #: The rehearsal's answer, byte for byte.
    rehearsal: Mapped[str | None] = mapped_column(Text)
    rehearsed_at: Mapped[datetime | None]


class ShareHolder(Base):
    """A member who holds a share of a ballot's key; never a candidate in it."""

    __tablename__ = "share_holder"
    __table_args__ = (UniqueConstraint("ballot_id", "member_id"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("key_ceremony.ballot_id"), primary_key=True)
    #: The number on the sheet, from 1.
    place: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))

    member: Mapped[Member] = relationship()


class BoxOpening(Base):
    """One opening of a box off line: whose machine, and the hash of the opened papers. Two must agree."""

    __tablename__ = "box_opening"
    __table_args__ = (UniqueConstraint("ballot_id", "machine"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    #: 1 for the first that was recorded.
    number: Mapped[int] = mapped_column(primary_key=True)
    #: The random name that the opening gave its machine.
    machine: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of the file of opened papers.
    opened_hash: Mapped[str] = mapped_column(String(64))
    #: The transcript, byte for byte.
    transcript: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))


class BoardLeaf(Base):
    """One receipt on the board of a ballot, in the order of the board: within a batch, random."""

    __tablename__ = "board_leaf"
    __table_args__ = (UniqueConstraint("ballot_id", "receipt"), {"sqlite_with_rowid": False})

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    #: From 0.
    position: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the envelope in hexadecimal.
    receipt: Mapped[str] = mapped_column(String(64))


class BoardNode(Base):
    """The hash of one complete subtree of a board, of two leaves or more: so that a batch costs its own size."""

    __tablename__ = "board_node"
    __table_args__ = (CheckConstraint("level >= 1", name="level"), {"sqlite_with_rowid": False})

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    #: It stands over 2**level leaves, and is number `index` of its level, from 0.
    level: Mapped[int] = mapped_column(primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class BoardHead(Base):
    """The board as it stood after a batch, signed with the server's board key (RFC 9162 section 4.10, a tree head)."""

    __tablename__ = "board_head"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True)
    root: Mapped[str] = mapped_column(String(64))
    #: A whole hour while the ballot is open; the close for the last.
    at: Mapped[datetime]
    #: Ed25519 over `consult.ledger.heads.statement`, base64url.
    signature: Mapped[str] = mapped_column(String(120))
    #: Whether it was mailed to the scrutineers.
    mailed: Mapped[bool] = mapped_column(default=False)
    #: Whether it is the last one, taken after the close.
    final: Mapped[bool] = mapped_column(default=False)


class BoardKey(Base):
    """The server's key for heads of boards; the private half is sealed with the operator's key."""

    __tablename__ = "board_key"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Raw Ed25519 public key, base64url.
    public_key: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[str] = mapped_column(Text)


class Card(Base):
    """How many votes a voter of a recorded vote carries, fixed when the ballot is scheduled."""

    __tablename__ = "card"
    __table_args__ = (CheckConstraint("votes >= 1", name="votes"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    votes: Mapped[int]


class RecordedVote(Base):
    """An open vote: who voted how, published by name as the ballot said beforehand."""

    __tablename__ = "recorded_vote"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    #: The paper, as the canonical JSON of its answers (`consult.ledger.envelopes`).
    paper: Mapped[str] = mapped_column(Text)
    retry_key: Mapped[str] = mapped_column(String(64))

    member: Mapped[Member] = relationship()
