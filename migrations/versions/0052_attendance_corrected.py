"""An attendance can be put right after a vote, with a reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_TABLE = "attendance_correction"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_attendance_correction_by_id_member")),
        sa.ForeignKeyConstraint(
            ["gathering_id"], ["gathering.id"], name=op.f("fk_attendance_correction_gathering_id_gathering")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_correction")),
    )
    op.create_index("ix_attendance_correction_gathering_id", _TABLE, ["gathering_id"])
    raise_fences(op.get_bind(), (_TABLE,))


def downgrade() -> None:
    take_down_fences(op.get_bind(), (_TABLE,))
    op.drop_table(_TABLE)
