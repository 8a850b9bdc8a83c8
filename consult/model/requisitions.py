"""Requisitions by members: for a special meeting, or for a vote on recalling an officer; and who signed them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.requisitions import KINDS, STATES
from consult.model.hall import Sitting
from consult.model.members import Member, RoleHolding
from consult.model.store import Base, one_of
from consult.model.units import Unit


class Requisition(Base):
    """A demand of members of a unit, with the number of signatures fixed when it is begun."""

    __tablename__ = "requisition"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("(kind = 'recall') = (holding_id IS NOT NULL)", name="whom"),
        CheckConstraint("needed > 0", name="needed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    #: meeting | recall
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    #: What the meeting is to discuss, or why the officer should be recalled.
    purpose: Mapped[str] = mapped_column(Text)
    #: The office from which somebody is to be recalled.
    holding_id: Mapped[int | None] = mapped_column(ForeignKey("role_holding.id"))
    #: Signatures needed, and the members of the unit of whom that is the share.
    needed: Mapped[int]
    members: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default="open")
    started_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    started_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    met_at: Mapped[datetime | None]
    #: The instant by which the meeting must begin, once enough have signed.
    hold_by: Mapped[datetime | None]
    #: The sitting that takes it; one sitting takes one.
    sitting_id: Mapped[int | None] = mapped_column(ForeignKey("sitting.id"), unique=True)

    unit: Mapped[Unit] = relationship()
    holding: Mapped[RoleHolding | None] = relationship()
    sitting: Mapped[Sitting | None] = relationship()
    signatures: Mapped[list[RequisitionSignature]] = relationship(
        back_populates="requisition", order_by="RequisitionSignature.at"
    )

    @property
    def unit_path(self) -> str:
        """The path of the unit whose members sign it."""
        return self.unit.path


class RequisitionSignature(Base):
    """One member's signature."""

    __tablename__ = "requisition_signature"

    requisition_id: Mapped[int] = mapped_column(ForeignKey("requisition.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    at: Mapped[datetime]

    requisition: Mapped[Requisition] = relationship(back_populates="signatures")
    member: Mapped[Member] = relationship()
