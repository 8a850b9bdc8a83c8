"""Why somebody did what an entry of the audit log tells."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.triggers import raise_fences, take_down_fences

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "act_reason",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("salt", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["sequence"], ["audit_event.sequence"], name=op.f("fk_act_reason_sequence_audit_event")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_act_reason")),
    )
    raise_fences(op.get_bind(), ("act_reason",))


def downgrade() -> None:
    take_down_fences(op.get_bind(), ("act_reason",))
    op.drop_table("act_reason")
