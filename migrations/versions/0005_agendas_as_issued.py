"""Agendas and reports as they were issued."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agenda_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('soc report', 'preliminary agenda', 'final agenda', 'order paper')",
            name=op.f("ck_agenda_issue_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_agenda_issue_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["issued_by_id"], ["member.id"], name=op.f("fk_agenda_issue_issued_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_issue")),
        sa.UniqueConstraint(
            "consultation_id", "kind", "number", name=op.f("uq_agenda_issue_consultation_id_kind_number")
        ),
    )
    raise_fences(op.get_bind())


def downgrade() -> None:
    op.drop_table("agenda_issue")
