"""Files of members: which column holds what, the file itself while it waits for the worker, and its rows without keys.

Files that were read and not taken yet are forgotten, going up and going down: they have to be chosen again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_STATES = "'received', 'waiting', 'reading', 'read', 'taking', 'taken', 'refused'"


def _row_columns(*more: sa.Column) -> list[sa.Column]:  # type: ignore[type-arg]
    return [
        sa.Column("file_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("joined_at", Instant(), nullable=True),
        sa.Column("joined_before", Instant(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("branch", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=200), nullable=True),
        sa.Column("nation", sa.String(length=200), nullable=True),
        *more,
        sa.Column("fault", sa.String(length=1000), nullable=True),
    ]


def upgrade() -> None:
    op.drop_table("import_row")
    op.drop_table("import_file")
    op.create_table(
        "import_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("touched_at", Instant(), nullable=False),
        sa.Column("sent_by", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("encoding", sa.String(length=100), nullable=False),
        sa.Column("delimiter", sa.String(length=20), nullable=False),
        sa.Column("heading", sa.JSON(), nullable=False),
        sa.Column("shape", sa.String(length=64), nullable=False),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("samples", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(length=200), nullable=True),
        sa.Column("refusal", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_import_file_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
    )
    op.create_table(
        "import_chunk",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["import_file.id"], name=op.f("fk_import_chunk_file_id_import_file")),
        sa.PrimaryKeyConstraint("file_id", "place", name=op.f("pk_import_chunk")),
    )
    op.create_table(
        "import_row",
        *_row_columns(sa.Column("search_key", sa.String(length=1000), nullable=False)),
        sa.PrimaryKeyConstraint("file_id", "line", name=op.f("pk_import_row")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_import_row_number", "import_row", ["file_id", "number"])
    where = sa.text("fault IS NOT NULL")
    op.create_index(
        "ix_import_row_fault", "import_row", ["file_id", "line"], sqlite_where=where, postgresql_where=where
    )
    op.create_table(
        "import_mapping",
        sa.Column("shape", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("chosen_by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("shape", name=op.f("pk_import_mapping")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Rows that live for a day and can be read again need no journal; a file's bytes are not worth compressing.
        op.execute("ALTER TABLE import_row SET UNLOGGED")
        op.execute("ALTER TABLE import_chunk ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_table("import_mapping")
    op.drop_table("import_row")
    op.drop_table("import_chunk")
    op.drop_table("import_file")
    op.create_table(
        "import_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("encoding", sa.String(length=100), nullable=False),
        sa.Column("delimiter", sa.String(length=20), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("samples", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
    )
    op.create_table(
        "import_row",
        *_row_columns(),
        sa.ForeignKeyConstraint(["file_id"], ["import_file.id"], name=op.f("fk_import_row_file_id_import_file")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_import_row_unit_id_unit")),
        sa.PrimaryKeyConstraint("file_id", "line", name=op.f("pk_import_row")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_import_row_number", "import_row", ["file_id", "number"])
    op.create_index("ix_import_row_email_key", "import_row", ["file_id", "email_key"])
