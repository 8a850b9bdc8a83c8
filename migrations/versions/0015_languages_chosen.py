"""The language that a person chose for mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "language_choice",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=10), nullable=False),
        sa.CheckConstraint("tag IN ('en', 'cy')", name=op.f("ck_language_choice_tag")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_language_choice_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_language_choice")),
    )


def downgrade() -> None:
    op.drop_table("language_choice")
