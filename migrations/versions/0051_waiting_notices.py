"""Notices to those who wait for a place at an event, which had been told of as coming, are of a kind of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_NOTICE = sa.table("notice", sa.column("kind", sa.String()), sa.column("context", sa.JSON()))


def upgrade() -> None:
    waiting = _NOTICE.c.context["waiting"].as_boolean()
    op.execute(_NOTICE.update().where(_NOTICE.c.kind == "event-answered", waiting).values(kind="event-waiting"))


def downgrade() -> None:
    op.execute(_NOTICE.update().where(_NOTICE.c.kind == "event-waiting").values(kind="event-answered"))
