"""Sign-ins at OpenID providers, and what their claims propose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("linked_at", Instant(), nullable=False),
        sa.Column("last_used_at", Instant(), nullable=True),
        sa.CheckConstraint("how IN ('account', 'number')", name=op.f("ck_identity_how")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_identity_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identity_issuer_subject")),
        sa.UniqueConstraint("member_id", "issuer", name=op.f("uq_identity_member_id_issuer")),
    )
    op.create_table(
        "identity_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("sid", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["identity.id"],
            name=op.f("fk_identity_session_identity_id_identity"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["token_hash"],
            ["sign_in_session.token_hash"],
            name=op.f("fk_identity_session_token_hash_sign_in_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_identity_session")),
    )
    op.create_index(op.f("ix_identity_session_identity_id"), "identity_session", ["identity_id"])
    op.create_table(
        "claim_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("old", sa.String(length=200), nullable=False),
        sa.Column("new", sa.String(length=200), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.CheckConstraint("what IN ('status', 'branch')", name=op.f("ck_claim_proposal_what")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('agreed', 'set aside', 'overtaken')",
            name=op.f("ck_claim_proposal_outcome"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_claim_proposal_decided")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_claim_proposal_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_proposal")),
    )
    op.create_index(op.f("ix_claim_proposal_member_id"), "claim_proposal", ["member_id"])


def downgrade() -> None:
    op.drop_table("claim_proposal")
    op.drop_table("identity_session")
    op.drop_table("identity")
