"""Units: the tree of nation, region and branch, the networks beside it, and the organisation itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.store import Base, one_of

if TYPE_CHECKING:
    from consult.model.members import Member

UNIT_KINDS = ("nation", "region", "branch", "network", "organisation")
#: Who may read a unit's register of decisions.
READERS = ("everyone", "members", "unit")
#: What can be done to a unit.
UNIT_CHANGES = ("set up", "renamed", "moved", "merged", "closed", "took in", "founding", "founding ended")


class Organisation(Base):
    """The one organisation that this installation serves."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(200))
    #: One sentence under the name on the front page.
    strapline: Mapped[str] = mapped_column(String(300), default="")
    founded_at: Mapped[datetime]
    #: Whether this is a furnished demonstration; its pages say so.
    demonstration: Mapped[bool] = mapped_column(default=False)


class Unit(Base):
    """A part of the organisation. `path` names its ancestors and itself ("1/4/9/"), so that "below" is a prefix."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint(one_of("kind", UNIT_KINDS), name="kind"),
        CheckConstraint("kind <> 'branch' OR parent_id IS NOT NULL", name="branch_has_parent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), unique=True)
    #: A branch gathered by where its members work, not by where they live.
    workplace: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: When it was closed or merged into another; nobody joins it any more.
    closed_at: Mapped[datetime | None]

    parent: Mapped[Unit | None] = relationship(remote_side=[id])
    representatives: Mapped[list[Representative]] = relationship(viewonly=True)

    def is_represented_by(self, member_id: int, at: datetime) -> bool:
        """Whether somebody is named to speak for it at an instant; only affiliated organisations name anybody."""
        return self.kind == "organisation" and any(
            row.member_id == member_id and row.starts_at <= at and (row.ends_at is None or at < row.ends_at)
            for row in self.representatives
        )

    @property
    def unit_path(self) -> str:
        """So that a unit can itself be the subject of a permission."""
        return self.path

    @property
    def kind_words(self) -> str:
        """What it is called on pages: its kind, and "workplace branch" for such a one."""
        return "workplace branch" if self.workplace else self.kind


class UnitProfile(Base):
    """What a unit says about itself, and who may read its register of decisions."""

    __tablename__ = "unit_profile"
    __table_args__ = (CheckConstraint(one_of("readers", READERS), name="readers"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    about: Mapped[str] = mapped_column(Text, default="")
    #: everyone | members (who are signed in) | unit (its own members, and those below it)
    readers: Mapped[str] = mapped_column(String(20), default="members")


class UnitChange(Base):
    """What was done to a unit, kept for good: set up, renamed, moved, merged, closed, its founding period."""

    __tablename__ = "unit_change"
    __table_args__ = (CheckConstraint(one_of("what", UNIT_CHANGES), name="what"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    what: Mapped[str] = mapped_column(String(20))
    #: In words, as they were: names of the unit, or of what it stood under.
    old: Mapped[str] = mapped_column(String(200))
    new: Mapped[str] = mapped_column(String(200))
    #: The unit that it was merged into, or moved under.
    other_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
    #: "member:12".
    changed_by: Mapped[str] = mapped_column(String(40))


class FoundingPeriod(Base):
    """The time in which a new unit has interim officers. Its end is public; it can come sooner and never later."""

    __tablename__ = "founding_period"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="order"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(1000))

    unit: Mapped[Unit] = relationship()


class NetworkMembership(Base):
    """A member's place in a network; any number of them beside the one home branch."""

    __tablename__ = "network_membership"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    joined_at: Mapped[datetime | None]


class Representative(Base):
    """Somebody who speaks for an affiliated organisation for a term; never counted as one of its people."""

    __tablename__ = "representative"
    __table_args__ = (CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="term"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(1000))
    named_by: Mapped[str] = mapped_column(String(40))

    unit: Mapped[Unit] = relationship()
    member: Mapped[Member] = relationship()
