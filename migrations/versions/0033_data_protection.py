"""Data protection."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(length=32), nullable=False),
        sa.Column("removed", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_index(op.f("ix_retention_run_at"), "retention_run", ["at"], unique=False)
    op.create_table(
        "data_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(length=32), nullable=False),
        sa.Column("due_at", Instant(length=32), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("wanted", sa.String(length=500), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", Instant(length=32), nullable=True),
        sa.Column("extended_at", Instant(length=32), nullable=True),
        sa.Column("reported_at", Instant(length=32), nullable=True),
        sa.Column("told_at", Instant(length=32), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", Instant(length=32), nullable=True),
        sa.CheckConstraint("kind = 'breach' OR member_id IS NOT NULL", name=op.f("ck_data_case_whose")),
        sa.CheckConstraint(
            "kind IN ('access', 'rectification', 'erasure', 'objection', 'complaint', 'breach')",
            name=op.f("ck_data_case_kind"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('met', 'met in part', 'refused', 'withdrawn')",
            name=op.f("ck_data_case_outcome"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name=op.f("ck_data_case_closed")),
        sa.CheckConstraint(
            "closed_by_id IS NULL OR member_id IS NULL OR closed_by_id <> member_id",
            name=op.f("ck_data_case_not_ones_own"),
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["member.id"], name=op.f("fk_data_case_closed_by_id_member")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_data_case_member_id_member")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["member.id"], name=op.f("fk_data_case_opened_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_case")),
    )
    op.create_index(op.f("ix_data_case_due_at"), "data_case", ["due_at"], unique=False)
    op.create_index(op.f("ix_data_case_member_id"), "data_case", ["member_id"], unique=False)
    op.create_table(
        "member_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("columns", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("statuses", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(length=32), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", Instant(length=32), nullable=True),
        sa.Column("refused_because", sa.String(length=1000), nullable=True),
        sa.Column("expires_at", Instant(length=32), nullable=True),
        sa.Column("taken_at", Instant(length=32), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('post', 'telephone', 'mail', 'books', 'statute', 'move')",
            name=op.f("ck_member_export_purpose"),
        ),
        sa.CheckConstraint(
            "agreed_by_id IS NULL OR agreed_by_id <> asked_by_id", name=op.f("ck_member_export_two_officers")
        ),
        sa.CheckConstraint(
            "taken_at IS NULL OR (agreed_at IS NOT NULL AND refused_because IS NULL)",
            name=op.f("ck_member_export_taken"),
        ),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["member.id"], name=op.f("fk_member_export_agreed_by_id_member")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["member.id"], name=op.f("fk_member_export_asked_by_id_member")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_member_export_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_export")),
    )
    op.create_table(
        "member_read",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "what IN ('entry', 'search', 'alike', 'merge', 'roll', 'paper', 'copy')", name=op.f("ck_member_read_what")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_read_member_id_member")),
        sa.ForeignKeyConstraint(["reader_id"], ["member.id"], name=op.f("fk_member_read_reader_id_member")),
        sa.PrimaryKeyConstraint("member_id", "day", "reader_id", "what", name=op.f("pk_member_read")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_member_read_day", "member_read", ["day"], unique=False)
    op.create_table(
        "protection_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("facts_hash", sa.String(length=64), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", Instant(length=32), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", Instant(length=32), nullable=True),
        sa.CheckConstraint("kind IN ('record', 'assessment')", name=op.f("ck_protection_paper_kind")),
        sa.CheckConstraint(
            "signed_by_id IS NULL OR signed_by_id <> saved_by_id", name=op.f("ck_protection_paper_two_people")
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["member.id"], name=op.f("fk_protection_paper_saved_by_id_member")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["member.id"], name=op.f("fk_protection_paper_signed_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_paper")),
        sa.UniqueConstraint("kind", "sequence", name=op.f("uq_protection_paper_kind_sequence")),
    )
    op.create_table(
        "data_case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Instant(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "what IN ('acknowledged', 'extended', 'reported', 'not reported', 'told', 'note')",
            name=op.f("ck_data_case_step_what"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_data_case_step_by_id_member")),
        sa.ForeignKeyConstraint(["case_id"], ["data_case.id"], name=op.f("fk_data_case_step_case_id_data_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_case_step")),
    )
    op.create_index(op.f("ix_data_case_step_case_id"), "data_case_step", ["case_id"], unique=False)
    op.create_table(
        "member_export_person",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["member_export.id"], name=op.f("fk_member_export_person_export_id_member_export")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_export_person_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", "export_id", name=op.f("pk_member_export_person")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_member_export_person_export_id"), "member_export_person", ["export_id"], unique=False)
    op.create_index("ix_audit_event_at", "audit_event", ["at"])


def downgrade() -> None:
    op.drop_index("ix_audit_event_at", table_name="audit_event")
    op.drop_index(op.f("ix_member_export_person_export_id"), table_name="member_export_person")
    op.drop_table("member_export_person")
    op.drop_index(op.f("ix_data_case_step_case_id"), table_name="data_case_step")
    op.drop_table("data_case_step")
    op.drop_table("protection_paper")
    op.drop_index("ix_member_read_day", table_name="member_read")
    op.drop_table("member_read")
    op.drop_table("member_export")
    op.drop_index(op.f("ix_data_case_member_id"), table_name="data_case")
    op.drop_index(op.f("ix_data_case_due_at"), table_name="data_case")
    op.drop_table("data_case")
    op.drop_index(op.f("ix_retention_run_at"), table_name="retention_run")
    op.drop_table("retention_run")
