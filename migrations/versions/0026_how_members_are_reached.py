"""How members are reached without e-mail, and until when they have paid; of imports the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_KEYS = ("phone_key", "address_key")


def _columns() -> list[sa.Column]:  # type: ignore[type-arg]
    return [
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("phone_key", sa.String(length=20), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("address_key", sa.String(length=1000), nullable=True),
        sa.Column("paid_until", Instant(), nullable=True),
    ]


def upgrade() -> None:
    for table in ("member", "import_row"):
        for column in _columns():
            op.add_column(table, column)
    for key in _KEYS:
        where = sa.text(f"{key} IS NOT NULL")
        op.create_index(f"ix_member_{key}", "member", [key], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for key in _KEYS:
        op.drop_index(f"ix_member_{key}", "member")
    for table in ("import_row", "member"):
        for column in reversed(_columns()):
            op.drop_column(table, column.name)
