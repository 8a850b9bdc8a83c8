"""Translations of motions, amendments, ballots and papers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

SUBJECTS = ("motion", "amendment", "ballot", "consultation")


def upgrade() -> None:
    one = " + ".join(f"CASE WHEN {name}_id IS NULL THEN 0 ELSE 1 END" for name in SUBJECTS) + " = 1"
    op.create_table(
        "translation",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(f"{name}_id", sa.Integer(), nullable=True) for name in SUBJECTS),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("authoritative", sa.String(10), nullable=False),
        sa.Column("source", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("source_hash", sa.String(64), nullable=False),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_as", sa.String(60), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_as", sa.String(60), nullable=False),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.CheckConstraint("status IN ('awaiting review', 'approved')", name=op.f("ck_translation_status")),
        sa.CheckConstraint("language <> authoritative", name=op.f("ck_translation_another_language")),
        sa.CheckConstraint(one, name=op.f("ck_translation_one_subject")),
        sa.CheckConstraint(
            "(status = 'approved') = (approved_at IS NOT NULL) AND (approved_at IS NULL) = (approved_by_id IS NULL)",
            name=op.f("ck_translation_approved_by_somebody"),
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> made_by_id", name=op.f("ck_translation_approved_by_another")
        ),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"], name=op.f(f"fk_translation_{name}_id_{name}"))
            for name in SUBJECTS
        ),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], ["member.id"], name=op.f(f"fk_translation_{name}_id_member"))
            for name in ("made_by", "approved_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation")),
    )
    for name in SUBJECTS:
        op.create_index(f"ix_translation_of_{name}", "translation", [f"{name}_id", "language"])
    raise_fences(op.get_bind(), ("translation",))


def downgrade() -> None:
    take_down_fences(op.get_bind(), ("translation",))
    op.drop_table("translation")
