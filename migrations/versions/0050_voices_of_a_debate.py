"""An index over who spoke on which side of a debate, and when."""

from __future__ import annotations

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_comment_motion_voices",
        "comment",
        ["motion_id", "hidden_at", "stance", "author_id", "parent_id", "at", "author_status"],
    )


def downgrade() -> None:
    op.drop_index("ix_comment_motion_voices", "comment")
