"""Ways of signing in beside the password: passkeys (Web Authentication), and identities at OpenID providers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.members import Member
from consult.model.store import Base


class Passkey(Base):
    """A key pair of which the member's own device keeps the private half; any number of them to one account."""

    __tablename__ = "passkey"
    __table_args__ = (CheckConstraint("sign_count >= 0", name="sign_count"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    #: base64url without padding; at most 1023 bytes (Web Authentication Level 3, 4).
    credential_id: Mapped[str] = mapped_column(String(1364), unique=True)
    #: What the device knows the account by: 64 random bytes in base64url, one for all keys of a member (14.6.1).
    user_handle: Mapped[str] = mapped_column(String(86), index=True)
    #: COSE_Key (RFC 9052, 7) in base64url.
    public_key: Mapped[str] = mapped_column(String(4000))
    #: How often the device says that it has signed; 0 of those that do not count.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    #: What the member calls it.
    name: Mapped[str] = mapped_column(String(60))
    #: How the browser may reach it, with commas: "internal,hybrid".
    transports: Mapped[str] = mapped_column(String(100))
    #: Whether a copy is kept by the maker of the device, so that losing the device does not lose the key.
    synced: Mapped[bool] = mapped_column(default=False, server_default=false())
    made_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    #: Since when it signs in nobody: it counted backwards, as a copy of it would.
    doubted_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()


class SignInChallenge(Base):
    """A challenge that a browser was given and may answer once; kept as a hash until it is answered or too old."""

    __tablename__ = "sign_in_challenge"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: passkey sign-in | passkey registration
    purpose: Mapped[str] = mapped_column(String(30))
    #: Who asked for it, where it is for somebody who is signed in.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Identity(Base):
    """Somebody as an OpenID provider knows them: the issuer and the subject there, which together never change."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("member_id", "issuer"),
        CheckConstraint("how IN ('account', 'number')", name="how"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    #: account (linked by somebody signed in) | number (by the register's own number in a claim)
    how: Mapped[str] = mapped_column(String(10))
    linked_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()


class IdentitySession(Base):
    """Which session was begun through a provider, so that signing out there ends it here (Back-Channel Logout 1.0)."""

    __tablename__ = "identity_session"

    token_hash: Mapped[str] = mapped_column(
        ForeignKey("sign_in_session.token_hash", ondelete="CASCADE"), primary_key=True
    )
    identity_id: Mapped[int] = mapped_column(ForeignKey("identity.id", ondelete="CASCADE"), index=True)
    #: The provider's own name of its session ("sid"), if it gave one.
    sid: Mapped[str | None] = mapped_column(String(255))


class ClaimProposal(Base):
    """What a provider says of somebody that the register says otherwise; an officer agrees to it or sets it aside."""

    __tablename__ = "claim_proposal"
    __table_args__ = (
        CheckConstraint("what IN ('status', 'branch')", name="what"),
        CheckConstraint("outcome IS NULL OR outcome IN ('agreed', 'set aside', 'overtaken')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    #: The provider's label when it was made.
    provider: Mapped[str] = mapped_column(String(100))
    #: status | branch
    what: Mapped[str] = mapped_column(String(20))
    old: Mapped[str] = mapped_column(String(200))
    new: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(40))
    outcome: Mapped[str | None] = mapped_column(String(20))

    member: Mapped[Member] = relationship()
