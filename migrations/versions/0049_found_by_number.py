"""What is called by a number can be found by it; all that can be searched is made anew from its sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model import search_index

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _emptied()
    op.add_column("search_document", sa.Column("number", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_search_document_number"), "search_document", ["number"])
    search_index.make(op.get_bind())


def downgrade() -> None:
    _emptied()
    op.drop_index(op.f("ix_search_document_number"), "search_document")
    op.drop_column("search_document", "number")
    search_index.make(op.get_bind())


def _emptied() -> None:
    """Nothing in it is not somewhere else; `consult db upgrade` fills it again, as does `consult search rebuild`."""
    search_index.drop(op.get_bind())
    op.execute("DELETE FROM search_document")
