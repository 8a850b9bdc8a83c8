"""When what the clock of a data protection case is for was done: a breach reported in time is in time, whenever it is closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("data_case", sa.Column("settled_at", Instant(), nullable=True))
    op.add_column("data_case_step", sa.Column("done_at", Instant(), nullable=True))
    op.execute("UPDATE data_case SET settled_at = COALESCE(reported_at, closed_at)")
    op.execute(
        "UPDATE data_case SET settled_at = (SELECT MIN(at) FROM data_case_step WHERE case_id = data_case.id "
        "AND what = 'not reported') WHERE kind = 'breach' AND reported_at IS NULL AND EXISTS "
        "(SELECT 1 FROM data_case_step WHERE case_id = data_case.id AND what = 'not reported')"
    )


def downgrade() -> None:
    op.drop_column("data_case_step", "done_at")
    op.drop_column("data_case", "settled_at")
