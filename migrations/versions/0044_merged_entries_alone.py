"""The index of merged entries holds those alone: with all of them in it, a reading of the register went by it, row by row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_NAME = "ix_member_merged_into_id"


def upgrade() -> None:
    said = sa.text("merged_into_id IS NOT NULL")
    op.drop_index(_NAME, table_name="member")
    op.create_index(_NAME, "member", ["merged_into_id"], sqlite_where=said, postgresql_where=said)


def downgrade() -> None:
    op.drop_index(_NAME, table_name="member")
    op.create_index(_NAME, "member", ["merged_into_id"])
