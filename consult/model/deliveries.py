"""What became of each voter's link to vote, reports of mail that came back, and the reminders of a ballot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from consult.model.store import Base, one_of

#: none: no link was sent (there is no address) · queued: it waits to be sent · sent: the mail server took it ·
#: bounced: it came back for good · failed: the mail server would not take it.
STATES = ("none", "queued", "sent", "bounced", "failed")


class Delivery(Base):
    """What became of one voter's link to vote in one ballot, as of the newest. Nothing says when anything was.

    It refers to nothing by a foreign key: half a million are written beside their notices by one statement from the
    roll, whose entries are never changed or deleted.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        {"sqlite_with_rowid": False},
    )

    ballot_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10))
    #: What the mail server said when it came back, was refused, or is late.
    remark: Mapped[str | None] = mapped_column(String(300))
    #: Whether the ballot paper was shown to whoever has the link, or to the member signed in.
    opened: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Whether a message may have gone twice, because the worker died between handing it over and writing that down.
    doubled: Mapped[bool] = mapped_column(default=False, server_default=false())


class Bounce(Base):
    """A mail server's report that it could not deliver to a member's address. Which notice it was is not kept."""

    __tablename__ = "bounce"
    __table_args__ = (Index("ix_bounce_member_id_address", "member_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the report, so that the same one read again changes nothing.
    report: Mapped[str] = mapped_column(String(64), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    address: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime]
    #: The enhanced status code (RFC 3463), "5.1.1", and what the other server said.
    status: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(String(300))
    #: For good: the address takes no mail. Else the other server gave up for now.
    permanent: Mapped[bool]
    #: When the member said that the address works again.
    settled_at: Mapped[datetime | None]


class BallotReminder(Base):
    """A reminder to everybody on a roll who has not voted. Whom it reached is not kept: it would tell who had voted."""

    __tablename__ = "ballot_reminder"
    __table_args__ = (UniqueConstraint("ballot_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    #: From 1.
    number: Mapped[int]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
