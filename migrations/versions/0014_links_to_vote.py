"""Links to vote: one standing link per member and ballot, kept as a hash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voting_link",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_voting_link_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_voting_link_member_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "member_id", name=op.f("pk_voting_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_voting_link_token_hash")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("voting_link")
