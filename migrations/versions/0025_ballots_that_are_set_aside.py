"""Ballots whose order is set aside, with the reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "set_aside",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_set_aside_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_set_aside_by_id_member")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["ballot.id"], name=op.f("fk_set_aside_replaced_by_id_ballot")),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_set_aside")),
    )
    raise_fences(op.get_bind())


def downgrade() -> None:
    op.drop_table("set_aside")
