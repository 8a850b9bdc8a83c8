"""The certification desk: challenged ballots, extensions, openings, recounts, complaints and the destruction of envelopes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.ballots import Ballot
from consult.model.members import Member
from consult.model.results import SigningKey
from consult.model.store import Base, one_of
from consult.model.units import Unit

#: What a complaint can be about.
SUBJECTS = ("could not vote", "roll", "conduct", "count", "secrecy", "other")

#: What the panel can make of one: nothing follows, a recount is made, or the ballot may not be certified.
OUTCOMES = ("dismissed", "upheld", "upheld: recount", "upheld: not to be certified")

#: Why somebody who tried could not vote.
TURNED_AWAY = ("not on the roll", "too late", "could not be read", "the system was down")


class Extension(Base):
    """A later close of an open ballot: one officer proposes it with a reason, another agrees."""

    __tablename__ = "extension"
    __table_args__ = (
        CheckConstraint("closes_at > closed_before", name="later"),
        CheckConstraint("agreed_by_id IS NULL OR agreed_by_id <> proposed_by_id", name="two_people"),
        CheckConstraint("length(reason) >= 20", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), index=True)
    #: The close as it stood, and the one proposed.
    closed_before: Mapped[datetime]
    closes_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    proposed_at: Mapped[datetime]
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    agreed_at: Mapped[datetime | None]

    ballot: Mapped[Ballot] = relationship()
    proposed_by: Mapped[Member] = relationship(foreign_keys=[proposed_by_id])
    agreed_by: Mapped[Member | None] = relationship(foreign_keys=[agreed_by_id])


class TurnedAway(Base):
    """Somebody who tried to vote and could not: counted once for each person, without the time."""

    __tablename__ = "turned_away"
    __table_args__ = (
        CheckConstraint(one_of("why", TURNED_AWAY), name="why"),
        {"sqlite_with_rowid": False},
    )

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    why: Mapped[str] = mapped_column(String(30))


class ChallengeBatch(Base):
    """Challenged ballots decided together, before the one opening: the supplementary roll that lets some of them in."""

    __tablename__ = "challenge_batch"
    __table_args__ = (CheckConstraint("admitted >= 0 AND refused >= 0", name="figures"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), index=True)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime]
    admitted: Mapped[int]
    refused: Mapped[int]
    #: SHA-256 over the salt and the ids of the members admitted, as a roll's.
    hash: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(64))

    decided_by: Mapped[Member] = relationship()


class ChallengedBallot(Base):
    """A sealed paper of somebody refused from the roll. Like an envelope it has no time and no serial number."""

    __tablename__ = "challenged_ballot"
    __table_args__ = (
        UniqueConstraint("ballot_id", "receipt"),
        CheckConstraint("(batch_id IS NULL) = (admitted IS NULL)", name="decided"),
        {"sqlite_with_rowid": False},
    )

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    #: As an envelope's; None once it has been destroyed on the record.
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    receipt: Mapped[str] = mapped_column(String(64))
    retry_key: Mapped[str] = mapped_column(String(64))
    sealed_by: Mapped[str] = mapped_column(String(10))
    #: The branch at the time, for rules that count by branch.
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    #: The rule that kept the person off the roll, and why the person says that it should not have.
    refused_by: Mapped[str] = mapped_column(Text)
    statement: Mapped[str] = mapped_column(Text)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("challenge_batch.id"), index=True)
    admitted: Mapped[bool | None]
    #: The reason of the decision, for the person.
    reason: Mapped[str] = mapped_column(Text, default="")

    member: Mapped[Member] = relationship()
    unit: Mapped[Unit] = relationship()
    batch: Mapped[ChallengeBatch | None] = relationship()


class Recount(Base):
    """A recount that a candidate, a scrutineer or the complaints panel asked for, and what it came to."""

    __tablename__ = "recount"
    __table_args__ = (CheckConstraint("(done_at IS NULL) = (agrees IS NULL)", name="done"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    done_at: Mapped[datetime | None]
    agrees: Mapped[bool | None]
    #: What was found, in words.
    finding: Mapped[str] = mapped_column(Text, default="")

    asked_by: Mapped[Member] = relationship(foreign_keys=[asked_by_id])


class SignedRecount(Base):
    """A scrutineer's own recount from the full papers, made and signed off the server."""

    __tablename__ = "signed_recount"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"))
    #: The exact bytes that were signed, and the Ed25519 signature over them (base64url).
    content: Mapped[bytes] = mapped_column(LargeBinary)
    value: Mapped[str] = mapped_column(String(120))
    agrees: Mapped[bool]
    at: Mapped[datetime]

    member: Mapped[Member] = relationship()
    key: Mapped[SigningKey] = relationship()


class Complaint(Base):
    """A complaint about a ballot, and the complaints panel's decision with its reasons."""

    __tablename__ = "complaint"
    __table_args__ = (
        UniqueConstraint("ballot_id", "number"),
        CheckConstraint(one_of("about", SUBJECTS), name="about"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> made_by_id", name="not_ones_own"),
        CheckConstraint("affected >= 0 AND found_affected >= 0", name="figures"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), index=True)
    #: Counted from 1 within the ballot.
    number: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    made_at: Mapped[datetime]
    about: Mapped[str] = mapped_column(String(30))
    text: Mapped[str] = mapped_column(Text)
    #: How many votes it is about, as the person who complains says, and as the panel found.
    affected: Mapped[int] = mapped_column(default=1)
    found_affected: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(String(30))
    reasons: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]

    ballot: Mapped[Ballot] = relationship()
    made_by: Mapped[Member] = relationship(foreign_keys=[made_by_id])
    decided_by: Mapped[Member | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def candidate_member_ids(self) -> set[int]:
        """Those who stand in the ballot; they decide no complaint about it."""
        return self.ballot.candidate_member_ids


class Destruction(Base):
    """That the envelopes, the shares and older backups are destroyed: one officer proposes it, another agrees."""

    __tablename__ = "destruction"
    __table_args__ = (
        CheckConstraint("agreed_by_id IS NULL OR agreed_by_id <> proposed_by_id", name="two_people"),
        CheckConstraint("(agreed_by_id IS NULL) = (agreed_at IS NULL)", name="agreed"),
    )

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    proposed_at: Mapped[datetime]
    #: What became of the shares and of backups older than the result, in the officer's words.
    shares: Mapped[str] = mapped_column(Text)
    backups: Mapped[str] = mapped_column(Text)
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    agreed_at: Mapped[datetime | None]
    #: What the database itself let go of: {"envelopes": 1204, "challenged": 2, "keys": 1}.
    destroyed: Mapped[dict[str, Any] | None]

    proposed_by: Mapped[Member] = relationship(foreign_keys=[proposed_by_id])
    agreed_by: Mapped[Member | None] = relationship(foreign_keys=[agreed_by_id])
