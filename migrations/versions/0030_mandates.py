"""Mandates, reports back and registers of decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("entered_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "kind IN ('motion', 'election', 'meeting', 'mandate', 'officer')", name=op.f("ck_decision_kind")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_decision_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("unit_id", "number", name=op.f("uq_decision_unit_id_number")),
    )
    op.create_table(
        "mandate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("holding_id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("ballot_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("position", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("minute", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('free', 'instructed', 'instructed with discretion')", name=op.f("ck_mandate_kind")
        ),
        sa.CheckConstraint(
            "position = '' OR position IN ('for', 'against', 'abstain')", name=op.f("ck_mandate_position")
        ),
        sa.CheckConstraint("(motion_id IS NULL) <> (ballot_id IS NULL)", name=op.f("ck_mandate_one_subject")),
        sa.CheckConstraint(
            "votes_for > votes_against AND present >= votes_for + votes_against", name=op.f("ck_mandate_agreed")
        ),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_mandate_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_mandate_by_id_member")),
        sa.ForeignKeyConstraint(["holding_id"], ["role_holding.id"], name=op.f("fk_mandate_holding_id_role_holding")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_mandate_motion_id_motion")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_mandate_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandate_ballot_id"), ["ballot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandate_holding_id"), ["holding_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandate_motion_id"), ["motion_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandate_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "report_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            "deed IN ('as instructed', 'otherwise', 'by discretion', 'freely', 'not put', 'absent')",
            name=op.f("ck_report_back_deed"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_report_back_by_id_member")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_report_back_mandate_id_mandate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_back")),
    )
    with op.batch_alter_table("report_back", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_back_mandate_id"), ["mandate_id"], unique=False)

    raise_fences(op.get_bind())


def downgrade() -> None:
    take_down_fences(op.get_bind())
    with op.batch_alter_table("report_back", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_back_mandate_id"))

    op.drop_table("report_back")
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandate_unit_id"))
        batch_op.drop_index(batch_op.f("ix_mandate_motion_id"))
        batch_op.drop_index(batch_op.f("ix_mandate_holding_id"))
        batch_op.drop_index(batch_op.f("ix_mandate_ballot_id"))

    op.drop_table("mandate")
    op.drop_table("decision")
    raise_fences(op.get_bind())
