"""Corrections of rulings: which later ruling took the place of which earlier one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.triggers import raise_fences

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ruling_correction",
        sa.Column("ruling_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ruling_id > corrects_id", name=op.f("ck_ruling_correction_later")),
        sa.ForeignKeyConstraint(["corrects_id"], ["ruling.id"], name=op.f("fk_ruling_correction_corrects_id_ruling")),
        sa.ForeignKeyConstraint(["ruling_id"], ["ruling.id"], name=op.f("fk_ruling_correction_ruling_id_ruling")),
        sa.PrimaryKeyConstraint("ruling_id", name=op.f("pk_ruling_correction")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_ruling_correction_corrects_id")),
    )
    raise_fences(op.get_bind())


def downgrade() -> None:
    op.drop_table("ruling_correction")
