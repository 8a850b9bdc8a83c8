"""Annulling a ballot and ending somebody else's office take two officers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "officer_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("concerns_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("ended", sa.String(length=20), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "what IN ('annul ballot', 'end role', 'vacate seat', 'end founding period')",
            name=op.f("ck_officer_proposal_what"),
        ),
        sa.CheckConstraint(
            "ended IN ('done', 'done alone', 'withdrawn', 'lapsed', 'overtaken')",
            name=op.f("ck_officer_proposal_ended"),
        ),
        sa.CheckConstraint(
            "agreed_by_id IS NULL OR agreed_by_id <> proposed_by_id", name=op.f("ck_officer_proposal_two_people")
        ),
        sa.CheckConstraint(
            "agreed_by_id IS NULL OR concerns_id IS NULL OR agreed_by_id <> concerns_id",
            name=op.f("ck_officer_proposal_not_own"),
        ),
        sa.CheckConstraint("(ended IS NULL) = (ended_at IS NULL)", name=op.f("ck_officer_proposal_ended_at")),
        sa.CheckConstraint(
            "(agreed_by_id IS NOT NULL) = (ended IS NOT NULL AND ended = 'done')",
            name=op.f("ck_officer_proposal_agreed"),
        ),
        sa.ForeignKeyConstraint(["concerns_id"], ["member.id"], name=op.f("fk_officer_proposal_concerns_id_member")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["member.id"], name=op.f("fk_officer_proposal_proposed_by_id_member")
        ),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["member.id"], name=op.f("fk_officer_proposal_agreed_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_proposal")),
    )
    op.create_index("ix_officer_proposal_concerns_id", "officer_proposal", ["concerns_id"])
    op.create_index(
        "uq_officer_proposal_standing",
        "officer_proposal",
        ["what", "subject_id"],
        unique=True,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    raise_fences(op.get_bind())


def downgrade() -> None:
    op.drop_table("officer_proposal")
