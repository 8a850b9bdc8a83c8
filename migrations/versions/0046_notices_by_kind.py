"""How members want to hear of each kind of message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_kind_choice",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.CheckConstraint("way IN ('at once', 'day', 'week', 'never')", name=op.f("ck_notice_kind_choice_way")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_notice_kind_choice_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", "kind", name=op.f("pk_notice_kind_choice")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("notice_kind_choice")
