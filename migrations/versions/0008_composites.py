"""Composites: their motions, the texts branches are asked to sign, their answers, and what became of amendments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "composite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sources", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('drafting', 'awaiting signatures', 'agreed', 'refused', 'given up', 'published')",
            name=op.f("ck_composite_state"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_composite_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["member.id"], name=op.f("fk_composite_created_by_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_composite_motion_id_motion")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_composite_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_composite")),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_composite_consultation_id_number")),
        sa.UniqueConstraint("motion_id", name=op.f("uq_composite_motion_id")),
    )
    with op.batch_alter_table("composite", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_composite_consultation_id"), ["consultation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_composite_state"), ["state"], unique=False)

    op.create_table(
        "composite_parent",
        sa.Column("composite_id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["composite_id"], ["composite.id"], name=op.f("fk_composite_parent_composite_id_composite")
        ),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_composite_parent_motion_id_motion")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["motion_version.id"], name=op.f("fk_composite_parent_version_id_motion_version")
        ),
        sa.PrimaryKeyConstraint("composite_id", "motion_id", name=op.f("pk_composite_parent")),
    )
    with op.batch_alter_table("composite_parent", schema=None) as batch_op:
        batch_op.create_index(
            "ix_composite_parent_live",
            ["motion_id"],
            unique=True,
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )

    op.create_table(
        "composite_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("composite_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sources", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_composite_text_by_id_member")),
        sa.ForeignKeyConstraint(
            ["composite_id"], ["composite.id"], name=op.f("fk_composite_text_composite_id_composite")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_composite_text")),
        sa.UniqueConstraint("composite_id", "hash", name=op.f("uq_composite_text_composite_id_hash")),
    )
    with op.batch_alter_table("composite_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_composite_text_composite_id"), ["composite_id"], unique=False)

    op.create_table(
        "composite_amendment",
        sa.Column("amendment_id", sa.Integer(), nullable=False),
        sa.Column("composite_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("notes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("became_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('carried over', 'asked', 'moved anew', 'given up')",
            name=op.f("ck_composite_amendment_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["amendment.id"], name=op.f("fk_composite_amendment_amendment_id_amendment")
        ),
        sa.ForeignKeyConstraint(
            ["became_id"], ["amendment.id"], name=op.f("fk_composite_amendment_became_id_amendment")
        ),
        sa.ForeignKeyConstraint(
            ["composite_id"], ["composite.id"], name=op.f("fk_composite_amendment_composite_id_composite")
        ),
        sa.PrimaryKeyConstraint("amendment_id", name=op.f("pk_composite_amendment")),
        sa.UniqueConstraint("became_id", name=op.f("uq_composite_amendment_became_id")),
    )
    with op.batch_alter_table("composite_amendment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_composite_amendment_composite_id"), ["composite_id"], unique=False)

    op.create_table(
        "composite_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_composite_answer_by_id_member")),
        sa.ForeignKeyConstraint(
            ["text_id"], ["composite_text.id"], name=op.f("fk_composite_answer_text_id_composite_text")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_composite_answer_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_composite_answer")),
        sa.UniqueConstraint("text_id", "unit_id", name=op.f("uq_composite_answer_text_id_unit_id")),
    )
    with op.batch_alter_table("composite_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_composite_answer_text_id"), ["text_id"], unique=False)
    raise_fences(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("composite_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_composite_answer_text_id"))

    op.drop_table("composite_answer")
    with op.batch_alter_table("composite_amendment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_composite_amendment_composite_id"))

    op.drop_table("composite_amendment")
    with op.batch_alter_table("composite_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_composite_text_composite_id"))

    op.drop_table("composite_text")
    with op.batch_alter_table("composite_parent", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_composite_parent_live", sqlite_where=sa.text("live = 1"), postgresql_where=sa.text("live")
        )

    op.drop_table("composite_parent")
    with op.batch_alter_table("composite", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_composite_state"))
        batch_op.drop_index(batch_op.f("ix_composite_consultation_id"))

    op.drop_table("composite")
