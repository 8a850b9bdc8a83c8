"""When those who come to an event were reminded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("gathering", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminded_at", Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("gathering", schema=None) as batch_op:
        batch_op.drop_column("reminded_at")
