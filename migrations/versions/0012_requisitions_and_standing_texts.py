"""Requisitions and standing texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "standing_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("threshold", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_standing_text_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_text")),
        sa.UniqueConstraint("unit_id", "title", name=op.f("uq_standing_text_unit_id_title")),
    )
    op.create_table(
        "requisition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("holding_id", sa.Integer(), nullable=True),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("met_at", Instant(), nullable=True),
        sa.Column("hold_by", Instant(), nullable=True),
        sa.Column("sitting_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'recall') = (holding_id IS NOT NULL)", name=op.f("ck_requisition_whom")),
        sa.CheckConstraint("kind IN ('meeting', 'recall')", name=op.f("ck_requisition_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'met', 'called', 'decided', 'withdrawn')", name=op.f("ck_requisition_state")
        ),
        sa.CheckConstraint("needed > 0", name=op.f("ck_requisition_needed")),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["role_holding.id"], name=op.f("fk_requisition_holding_id_role_holding")
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_requisition_sitting_id_sitting")),
        sa.ForeignKeyConstraint(["started_by_id"], ["member.id"], name=op.f("fk_requisition_started_by_id_member")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_requisition_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requisition")),
        sa.UniqueConstraint("sitting_id", name=op.f("uq_requisition_sitting_id")),
    )
    with op.batch_alter_table("requisition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requisition_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "standing_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("lines", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_standing_version_motion_id_motion")),
        sa.ForeignKeyConstraint(
            ["text_id"], ["standing_text.id"], name=op.f("fk_standing_version_text_id_standing_text")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_version")),
        sa.UniqueConstraint("text_id", "sequence", name=op.f("uq_standing_version_text_id_sequence")),
    )
    op.create_table(
        "requisition_signature",
        sa.Column("requisition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_requisition_signature_member_id_member")),
        sa.ForeignKeyConstraint(
            ["requisition_id"], ["requisition.id"], name=op.f("fk_requisition_signature_requisition_id_requisition")
        ),
        sa.PrimaryKeyConstraint("requisition_id", "member_id", name=op.f("pk_requisition_signature")),
    )
    op.create_table(
        "rule_change",
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("base_version_id", sa.Integer(), nullable=False),
        sa.Column("operations", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("rubric", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("marked", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.CheckConstraint("outcome IN ('', 'made', 'does not apply')", name=op.f("ck_rule_change_outcome")),
        sa.ForeignKeyConstraint(
            ["base_version_id"], ["standing_version.id"], name=op.f("fk_rule_change_base_version_id_standing_version")
        ),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_rule_change_motion_id_motion")),
        sa.ForeignKeyConstraint(["text_id"], ["standing_text.id"], name=op.f("fk_rule_change_text_id_standing_text")),
        sa.PrimaryKeyConstraint("motion_id", name=op.f("pk_rule_change")),
    )
    with op.batch_alter_table("rule_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_change_text_id"), ["text_id"], unique=False)

    raise_fences(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("rule_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_change_text_id"))

    op.drop_table("rule_change")
    op.drop_table("requisition_signature")
    op.drop_table("standing_version")
    with op.batch_alter_table("requisition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requisition_unit_id"))

    op.drop_table("requisition")
    op.drop_table("standing_text")
