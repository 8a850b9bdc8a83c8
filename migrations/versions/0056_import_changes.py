"""What imports changed, person by person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(40), nullable=False),
        sa.Column("missing", sa.Boolean(), nullable=False),
        sa.Column("what", sa.String(100), nullable=False),
        sa.Column("old_status", sa.String(20)),
        sa.Column("new_status", sa.String(20)),
        sa.Column("old_unit_id", sa.Integer()),
        sa.Column("new_unit_id", sa.Integer()),
        sa.Column("old_joined_at", Instant()),
        sa.Column("new_joined_at", Instant()),
        sa.Column("old_paid_until", Instant()),
        sa.Column("new_paid_until", Instant()),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_import_change_member_id_member")),
        sa.ForeignKeyConstraint(["old_unit_id"], ["unit.id"], name=op.f("fk_import_change_old_unit_id_unit")),
        sa.ForeignKeyConstraint(["new_unit_id"], ["unit.id"], name=op.f("fk_import_change_new_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
    )
    op.create_index(op.f("ix_import_change_member_id"), "import_change", ["member_id"])
    op.create_index(op.f("ix_import_change_at"), "import_change", ["at"])


def downgrade() -> None:
    op.drop_table("import_change")
