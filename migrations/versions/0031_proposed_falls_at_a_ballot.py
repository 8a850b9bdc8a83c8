"""Falls that a count proposes, and what was decided of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposed_fall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("can_stand", sa.Boolean(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("ruling", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint("outcome IS NULL OR outcome IN ('falls', 'stands')", name=op.f("ck_proposed_fall_outcome")),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_proposed_fall_decided")),
        sa.CheckConstraint(
            "outcome <> 'stands' OR (can_stand AND length(ruling) >= 20)", name=op.f("ck_proposed_fall_ruled")
        ),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["amendment.id"], name=op.f("fk_proposed_fall_amendment_id_amendment")
        ),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_proposed_fall_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_proposed_fall_decided_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_fall")),
        sa.UniqueConstraint("ballot_id", "amendment_id", name=op.f("uq_proposed_fall_ballot_id_amendment_id")),
    )
    raise_fences(op.get_bind())


def downgrade() -> None:
    op.drop_table("proposed_fall")
