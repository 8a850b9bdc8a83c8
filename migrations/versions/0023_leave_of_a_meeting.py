"""Leave of a meeting to take a late or an emergency motion."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_METHODS = "method IN ('voice', 'nem con', 'hands', 'tellers', 'cards')"


def upgrade() -> None:
    op.create_table(
        "leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("meeting", sa.String(length=200), nullable=False),
        sa.Column("division_id", sa.Integer(), nullable=True),
        sa.Column("threshold", sa.String(length=10), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(_METHODS, name=op.f("ck_leave_method")),
        sa.CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND abstained >= 0", name=op.f("ck_leave_votes")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_leave_by_id_member")),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name=op.f("fk_leave_division_id_division")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_leave_motion_id_motion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
        sa.UniqueConstraint("division_id", name=op.f("uq_leave_division_id")),
    )
    op.create_index(op.f("ix_leave_motion_id"), "leave", ["motion_id"], unique=False)
    raise_fences(op.get_bind())


def downgrade() -> None:
    op.drop_index(op.f("ix_leave_motion_id"), table_name="leave")
    op.drop_table("leave")
