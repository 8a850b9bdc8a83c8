"""People: the register of members, their accounts and ways of signing in, and the roles they hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, String, event, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.names import LONGEST, search_key
from consult.domain.roles import Role, Status
from consult.model.store import Base, one_of

if TYPE_CHECKING:
    from consult.model.units import Unit


def _key_of(context: Any) -> str:
    given = context.get_current_parameters()
    return search_key(given["name"], given["number"])


def _where_said(column: str) -> Index:
    """An index of those rows alone in which something is said."""
    said = text(f"{column} IS NOT NULL")
    return Index(f"ix_member_{column}", column, sqlite_where=said, postgresql_where=said)


class Member(Base):
    """One person in the register; erasing someone keeps the row and empties it."""

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint(one_of("status", Status), name="status"),
        Index("ix_member_name", "name", "number"),
        _where_said("phone_key"),
        _where_said("address_key"),
        _where_said("merged_into_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The organisation's own membership number; imports are idempotent on it.
    number: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    #: As typed by the person; two people may share one address.
    email: Mapped[str | None] = mapped_column(String(254))
    #: The address folded for look-up (lower case).
    email_key: Mapped[str | None] = mapped_column(String(254), index=True)
    #: For reaching somebody without e-mail: a ballot paper by post, a call; None where nobody has said.
    phone: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(300))
    #: The two folded, so that entries of one person, or of one household, are found; see `consult.domain.names`.
    phone_key: Mapped[str | None] = mapped_column(String(20))
    address_key: Mapped[str | None] = mapped_column(String(LONGEST))
    #: The first instant for which no subscription is paid; None where it is not known.
    paid_until: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(20), default=Status.MEMBER.value)
    joined_at: Mapped[datetime]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    #: The words by which the person is found, see `consult.domain.names`; the database keeps `member_word` by it.
    search_key: Mapped[str] = mapped_column(String(LONGEST), default=_key_of, server_default=text("''"))

    #: The entry that this one was merged into, see `MemberMerge`; it is then in no search, roll or count.
    merged_into_id: Mapped[int | None]

    unit: Mapped[Unit] = relationship()
    account: Mapped[Account | None] = relationship(back_populates="member", uselist=False)
    holdings: Mapped[list[RoleHolding]] = relationship(back_populates="member", foreign_keys="RoleHolding.member_id")


@event.listens_for(Member, "before_update")
def _find_by_the_new_name(mapper: Any, connection: Connection, member: Member) -> None:
    member.search_key = search_key(member.name, member.number)


class MemberWord(Base):
    """A word by which somebody is found, in the order of its letters, so that a beginning is a range of the index.

    The database keeps it in step with `member.search_key` (`consult.model.triggers`); nothing else writes it.
    """

    __tablename__ = "member_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: Mapped[str] = mapped_column(
        String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class MemberChange(Base):
    """A change of somebody's entry by an officer, with the reason. It is kept here because the audit log, which nothing is
    ever taken out of, holds no text about a person: only this row's number."""

    __tablename__ = "member_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    at: Mapped[datetime]
    #: "member:12".
    changed_by: Mapped[str] = mapped_column(String(40))
    #: status | branch
    what: Mapped[str] = mapped_column(String(20))
    #: In words, as they were: "lapsed", "Alder".
    old: Mapped[str] = mapped_column(String(200))
    new: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(1000))


class MemberMerge(Base):
    """Two entries of one person made one, with the reason; `before` holds what they said, so that it can be undone."""

    __tablename__ = "member_merge"
    __table_args__ = (
        CheckConstraint("kept_id <> merged_id", name="two_entries"),
        Index(
            "uq_member_merge_merged_once",
            "merged_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]
    #: "member:12".
    merged_by: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(1000))
    #: {"kept": …, "merged": …}: status, e-mail, day of joining; "networks": ids that the kept one came into.
    before: Mapped[dict[str, Any]]
    #: The same of the entry that was kept, as the merging left it.
    after: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(40))
    undone_because: Mapped[str | None] = mapped_column(String(1000))

    kept: Mapped[Member] = relationship(foreign_keys=[kept_id])
    merged: Mapped[Member] = relationship(foreign_keys=[merged_id])

    @property
    def member_id(self) -> int:
        """Whose entry it is about, for the policy: the one that was kept."""
        return self.kept_id


class Account(Base):
    """How a member signs in. Made the first time that it is needed; a link by e-mail works without a password."""

    __tablename__ = "account"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    #: Argon2id, with its parameters; none until a password has been chosen.
    password_hash: Mapped[str | None] = mapped_column(String(200))
    #: The secret of the authenticator (RFC 6238), sealed with the operator's key.
    totp_sealed: Mapped[str | None] = mapped_column(String(400))
    totp_confirmed_at: Mapped[datetime | None]
    #: The secret of a new authenticator, sealed, until a code from it has been entered; the old one holds until then.
    totp_new_sealed: Mapped[str | None] = mapped_column(String(400))
    #: The last time step whose code was used; a code is good once (RFC 6238, 5.2).
    totp_last_step: Mapped[int | None]
    created_at: Mapped[datetime]

    member: Mapped[Member] = relationship(back_populates="account")


class RecoveryCode(Base):
    """A single-use code for somebody who has lost the authenticator; kept only as a hash."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class LoginToken(Base):
    """A single-use link (sign in, invitation, reset); only its SHA-256 is kept. Spent by POST, never by GET."""

    __tablename__ = "login_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    #: sign in | invite | reset password | reset second factor
    purpose: Mapped[str] = mapped_column(String(30))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInSession(Base):
    """One signed-in browser, so that it can be listed and ended. No address and no user agent is kept."""

    __tablename__ = "sign_in_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    second_factor: Mapped[bool]
    #: "phone", "computer" or "unknown": enough to tell one's own sessions apart.
    device: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Attempt(Base):
    """How often something was tried in the present window; the key is a keyed hash of the account or address."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    window_started_at: Mapped[datetime]


class ResetRequest(Base):
    """A reset of somebody's way of signing in, asked by one officer and agreed by another."""

    __tablename__ = "reset_request"
    __table_args__ = (CheckConstraint("agreed_by_id IS NULL OR agreed_by_id <> asked_by_id", name="two_officers"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    reason: Mapped[str] = mapped_column(String(1000))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[datetime]
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    agreed_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    asked_by: Mapped[Member] = relationship(foreign_keys=[asked_by_id])


class RoleHolding(Base):
    """A role given to a member, over a unit (none: the whole organisation), for a term."""

    __tablename__ = "role_holding"
    __table_args__ = (
        CheckConstraint(one_of("role", Role), name="role"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="term"),
        Index("ix_role_holding_role", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    #: Why and by whom: "founding officer", "elected 3 May", the decision that ended it.
    reason: Mapped[str] = mapped_column(String(1000), server_default=text("''"))
    given_by: Mapped[str] = mapped_column(String(40))
    #: Held for a founding period: the term can be cut short and is never made longer.
    interim: Mapped[bool] = mapped_column(default=False, server_default=false())

    member: Mapped[Member] = relationship(back_populates="holdings", foreign_keys=[member_id])
    unit: Mapped[Unit | None] = relationship()

    @property
    def last_instant(self) -> datetime | None:
        """The last instant of the term, for saying on which day it ends; `ends_at` itself is not in it."""
        return self.ends_at - timedelta(microseconds=1) if self.ends_at is not None else None
