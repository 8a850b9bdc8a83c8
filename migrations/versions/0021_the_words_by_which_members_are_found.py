"""The words by which members are found: of names and numbers, without accents, in an index that beginnings are found in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.domain.names import search_key
from consult.model.triggers import raise_fences, take_down_fences

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BATCH = 10_000


def upgrade() -> None:
    op.add_column(
        "member", sa.Column("search_key", sa.String(length=1000), server_default=sa.text("''"), nullable=False)
    )
    op.create_index("ix_member_name", "member", ["name", "number"])
    word = sa.String(length=1000).with_variant(sa.String(length=1000, collation="C"), "postgresql")
    op.create_table(
        "member_word",
        sa.Column("word", word, nullable=False),
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("word", "member_id", name=op.f("pk_member_word")),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    raise_fences(connection, {"member"})
    _fill(connection)


def _fill(connection: sa.Connection) -> None:
    member = sa.table("member", sa.column("id"), sa.column("name"), sa.column("number"), sa.column("search_key"))
    key = sa.update(member).where(member.c.id == sa.bindparam("of_id")).values(search_key=sa.bindparam("key"))
    last = 0
    while True:
        query = sa.select(member.c.id, member.c.name, member.c.number).where(member.c.id > last)
        rows = connection.execute(query.order_by(member.c.id).limit(_BATCH)).all()
        if not rows:
            return
        connection.execute(key, [{"of_id": row.id, "key": search_key(row.name, row.number)} for row in rows])
        last = rows[-1].id


def downgrade() -> None:
    take_down_fences(op.get_bind(), {"member"})
    op.drop_table("member_word")
    op.drop_index("ix_member_name", "member")
    op.drop_column("member", "search_key")
