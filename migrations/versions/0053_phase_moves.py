"""An instant of a phase that has begun is moved for a reason, which is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_TABLE = "phase_move"
_KINDS = (
    "'consulting', 'drafting', 'late motions', 'emergency motions', 'amendments', 'debating', 'compositing', "
    "'prioritising', 'voting', 'certifying', 'following up'"
)


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("edge", sa.String(length=10), nullable=False),
        sa.Column("before", Instant(), nullable=False),
        sa.Column("after", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_phase_move_kind")),
        sa.CheckConstraint("edge IN ('opens', 'closes')", name=op.f("ck_phase_move_edge")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_phase_move_by_id_member")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_phase_move_consultation_id_consultation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase_move")),
    )
    op.create_index("ix_phase_move_consultation_id", _TABLE, ["consultation_id"])
    raise_fences(op.get_bind(), (_TABLE,))


def downgrade() -> None:
    take_down_fences(op.get_bind(), (_TABLE,))
    op.drop_table(_TABLE)
