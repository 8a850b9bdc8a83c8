"""What can be searched, and the index over its words; `consult search rebuild` fills them where rows are there already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.model import search_index
from consult.model.store import Instant, one_of

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_KINDS = (
    "motion", "amendment", "comment", "policy", "consultation", "paragraph comment", "submission", "report", "result",
    "decision", "minutes", "event", "unit", "body", "standing text",
)  # fmt: skip
_AUDIENCES = ("everyone", "signed in", "members", "unit", "owner")


def upgrade() -> None:
    op.create_table(
        "search_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("heading_words", sa.Text(), nullable=False),
        sa.Column("body_words", sa.Text(), nullable=False),
        sa.Column("vector", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=True),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("visible_from", Instant(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("consultation_id", sa.Integer(), nullable=True),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(one_of("kind", _KINDS), name=op.f("ck_search_document_kind")),
        sa.CheckConstraint(one_of("audience", _AUDIENCES), name=op.f("ck_search_document_audience")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_search_document_kind_subject_id")),
    )
    op.create_index("ix_search_document_at", "search_document", ["at", "id"])
    op.create_index(op.f("ix_search_document_motion_id"), "search_document", ["motion_id"])
    search_index.make(op.get_bind())


def downgrade() -> None:
    search_index.drop(op.get_bind())
    op.drop_table("search_document")
