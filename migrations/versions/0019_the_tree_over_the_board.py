"""The tree over the list of sealed votes is kept, so that a batch costs its own size; sealed papers are kept until destroyed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.ledger.merkle import Frontier
from consult.model.triggers import raise_fences, take_down_fences

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    node = op.create_table(
        "board_node",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("level >= 1", name=op.f("ck_board_node_level")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_board_node_ballot_id_ballot")),
        sa.PrimaryKeyConstraint("ballot_id", "level", "index", name=op.f("pk_board_node")),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    for ballot in connection.execute(sa.text("SELECT DISTINCT ballot_id FROM board_leaf")).scalars().all():
        query = sa.text("SELECT receipt FROM board_leaf WHERE ballot_id = :ballot ORDER BY position")
        receipts = connection.execute(query, {"ballot": ballot}).scalars().all()
        _, made = Frontier().grow(bytes.fromhex(receipt) for receipt in receipts)
        rows = [{"ballot_id": ballot, "level": n, "index": i, "hash": hash_} for (n, i), hash_ in made.items()]
        if rows:
            connection.execute(sa.insert(node), rows)
    raise_fences(connection, ["board_node", "paper_entry"])


def downgrade() -> None:
    take_down_fences(op.get_bind(), ["board_node"])
    op.drop_table("board_node")
