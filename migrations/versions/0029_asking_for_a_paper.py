"""Members who ask for a paper ballot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_request",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_paper_request_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_paper_request_member_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "member_id", name=op.f("pk_paper_request")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("paper_request")
