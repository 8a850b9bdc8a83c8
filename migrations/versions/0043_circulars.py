"""Candidates' circulars."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "circular_consent",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_circular_consent_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_circular_consent")),
    )
    op.create_table(
        "circular_call",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("words BETWEEN 50 AND 2000", name=op.f("ck_circular_call_words")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_circular_call_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["member.id"], name=op.f("fk_circular_call_opened_by_id_member")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["member.id"], name=op.f("fk_circular_call_sent_by_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_circular_call")),
    )
    op.create_table(
        "circular",
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'handed in', 'approved', 'sent back')", name=op.f("ck_circular_state")),
        sa.ForeignKeyConstraint(["option_id"], ["option.id"], name=op.f("fk_circular_option_id_option")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_circular_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["judged_by_id"], ["member.id"], name=op.f("fk_circular_judged_by_id_member")),
        sa.PrimaryKeyConstraint("option_id", name=op.f("pk_circular")),
    )
    op.create_index(op.f("ix_circular_ballot_id"), "circular", ["ballot_id"])


def downgrade() -> None:
    op.drop_table("circular")
    op.drop_table("circular_call")
    op.drop_table("circular_consent")
