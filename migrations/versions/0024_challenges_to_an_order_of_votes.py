"""Challenges to an order of votes, and the committee's answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order_challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("new_order_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('upheld', 'dismissed')", name=op.f("ck_order_challenge_outcome")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_order_challenge_answered")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_order_challenge_by_id_member")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_order_challenge_decided_by_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_order_challenge_motion_id_motion")),
        sa.ForeignKeyConstraint(
            ["new_order_id"], ["vote_order.id"], name=op.f("fk_order_challenge_new_order_id_vote_order")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["vote_order.id"], name=op.f("fk_order_challenge_order_id_vote_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_challenge")),
        sa.UniqueConstraint("order_id", "by_id", name=op.f("uq_order_challenge_order_id_by_id")),
    )
    op.create_index(op.f("ix_order_challenge_motion_id"), "order_challenge", ["motion_id"], unique=False)
    raise_fences(op.get_bind())


def downgrade() -> None:
    op.drop_index(op.f("ix_order_challenge_motion_id"), table_name="order_challenge")
    op.drop_table("order_challenge")
