"""A newer link to vote that was sent ends the older one when it is opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_TOLD = sa.text("newer_hash IS NOT NULL")


def upgrade() -> None:
    op.add_column("voting_link", sa.Column("newer_hash", sa.String(64), nullable=True))
    op.create_index(
        "uq_voting_link_newer_hash",
        "voting_link",
        ["newer_hash"],
        unique=True,
        sqlite_where=_TOLD,
        postgresql_where=_TOLD,
    )


def downgrade() -> None:
    op.drop_index("uq_voting_link_newer_hash", table_name="voting_link")
    op.execute("UPDATE voting_link SET token_hash = newer_hash WHERE newer_hash IS NOT NULL")
    op.drop_column("voting_link", "newer_hash")
