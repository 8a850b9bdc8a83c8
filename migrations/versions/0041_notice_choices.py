"""How members want to hear of news: choices, notices put by for digests, and consultations and units followed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_choice",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "topic IN ('followed', 'own', 'composites', 'answers', 'consultations', 'events')",
            name=op.f("ck_notice_choice_topic"),
        ),
        sa.CheckConstraint("way IN ('at once', 'day', 'week', 'never')", name=op.f("ck_notice_choice_way")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_notice_choice_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", "topic", name=op.f("pk_notice_choice")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notices_seen",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_notices_seen_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_notices_seen")),
    )
    op.create_table(
        "place_follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(consultation_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_place_follow_one_place")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_place_follow_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_place_follow_member_id_member")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_place_follow_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_follow")),
        sa.UniqueConstraint("member_id", "consultation_id", name=op.f("uq_place_follow_member_id_consultation_id")),
        sa.UniqueConstraint("member_id", "unit_id", name=op.f("uq_place_follow_member_id_unit_id")),
    )
    op.create_index(op.f("ix_place_follow_consultation_id"), "place_follow", ["consultation_id"], unique=False)
    op.create_index(op.f("ix_place_follow_unit_id"), "place_follow", ["unit_id"], unique=False)
    op.create_table(
        "kept_notice",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("digested_at", Instant(), nullable=True),
        sa.CheckConstraint("way IN ('day', 'week', 'never')", name=op.f("ck_kept_notice_way")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_kept_notice_member_id_member")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_kept_notice_notice_id_notice")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_kept_notice")),
    )
    op.create_index("ix_kept_notice_due", "kept_notice", ["digested_at", "due_at"], unique=False)
    op.create_index(op.f("ix_kept_notice_member_id"), "kept_notice", ["member_id"], unique=False)


def downgrade() -> None:
    op.drop_table("kept_notice")
    op.drop_table("place_follow")
    op.drop_table("notices_seen")
    op.drop_table("notice_choice")
