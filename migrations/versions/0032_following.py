"""Following a motion."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "follow",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("following", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_follow_member_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_follow_motion_id_motion")),
        sa.PrimaryKeyConstraint("member_id", "motion_id", name=op.f("pk_follow")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_follow_motion_id"), "follow", ["motion_id"])


def downgrade() -> None:
    op.drop_table("follow")
