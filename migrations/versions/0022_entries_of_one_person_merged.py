"""Two entries of one person, merged: which, when, by whom, why, and what each said before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("member", sa.Column("merged_into_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_member_merged_into_id"), "member", ["merged_into_id"])
    op.create_table(
        "member_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("merged_by", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("undone_by", sa.String(length=40), nullable=True),
        sa.Column("undone_because", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_member_merge_two_entries")),
        sa.ForeignKeyConstraint(["kept_id"], ["member.id"], name=op.f("fk_member_merge_kept_id_member")),
        sa.ForeignKeyConstraint(["merged_id"], ["member.id"], name=op.f("fk_member_merge_merged_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_merge")),
    )
    op.create_index(op.f("ix_member_merge_kept_id"), "member_merge", ["kept_id"])
    where = sa.text("undone_at IS NULL")
    op.create_index(
        "uq_member_merge_merged_once", "member_merge", ["merged_id"], unique=True, sqlite_where=where,
        postgresql_where=where,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("member_merge")
    op.drop_index(op.f("ix_member_merged_into_id"), "member")
    op.drop_column("member", "merged_into_id")
