"""Countbacks are kept: what each counted without whom, and its whole working out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.triggers import raise_fences, take_down_fences

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "countback",
        sa.Column("holding_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("without", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("count", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("package_verdict", sa.String(300), nullable=False),
        sa.Column("needed_lot", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["holding_id"], ["seat_holding.id"], name=op.f("fk_countback_holding_id_seat_holding")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_countback_question_id_question")),
        sa.PrimaryKeyConstraint("holding_id", name=op.f("pk_countback")),
    )
    raise_fences(op.get_bind(), ("countback",))


def downgrade() -> None:
    take_down_fences(op.get_bind(), ("countback",))
    op.drop_table("countback")
