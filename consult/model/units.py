"""Units: the tree of nation, region and branch, the networks beside it, and the organisation itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.store import Base

UNIT_KINDS = ("nation", "region", "branch", "network", "organisation")


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
        CheckConstraint(f"kind IN ({', '.join(map(repr, UNIT_KINDS))})", name="kind"),
        CheckConstraint("kind <> 'branch' OR parent_id IS NOT NULL", name="branch_has_parent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), unique=True)

    parent: Mapped[Unit | None] = relationship(remote_side=[id])

    @property
    def unit_path(self) -> str:
        """So that a unit can itself be the subject of a permission."""
        return self.path


class NetworkMembership(Base):
    """A member's place in a network; any number of them beside the one home branch."""

    __tablename__ = "network_membership"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
