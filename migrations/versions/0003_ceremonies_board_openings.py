"""Key ceremonies, the board of receipts, openings and recorded votes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    "board_key",
    "board_head",
    "board_leaf",
    "box_opening",
    "card",
    "key_ceremony",
    "recorded_vote",
    "share_holder",
)


def upgrade() -> None:
    op.create_table(
        "board_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_board_key_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_key")),
    )
    op.create_table(
        "board_head",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("signature", sa.String(length=120), nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_board_head_ballot_id_ballot")),
        sa.PrimaryKeyConstraint("ballot_id", "size", name=op.f("pk_board_head")),
    )
    op.create_table(
        "board_leaf",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_board_leaf_ballot_id_ballot")),
        sa.PrimaryKeyConstraint("ballot_id", "position", name=op.f("pk_board_leaf")),
        sa.UniqueConstraint("ballot_id", "receipt", name=op.f("uq_board_leaf_ballot_id_receipt")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "box_opening",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("machine", sa.String(length=64), nullable=False),
        sa.Column("opened_hash", sa.String(length=64), nullable=False),
        sa.Column("transcript", sa.Text(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_box_opening_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["member.id"], name=op.f("fk_box_opening_recorded_by_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "number", name=op.f("pk_box_opening")),
        sa.UniqueConstraint("ballot_id", "machine", name=op.f("uq_box_opening_ballot_id_machine")),
    )
    op.create_table(
        "card",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.CheckConstraint("votes >= 1", name=op.f("ck_card_votes")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_card_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_card_member_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "member_id", name=op.f("pk_card")),
    )
    op.create_table(
        "key_ceremony",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("planned_at", Instant(), nullable=False),
        sa.Column("public", sa.Text(), nullable=True),
        sa.Column("uploaded_at", Instant(), nullable=True),
        sa.Column("trial", sa.LargeBinary(), nullable=True),
        sa.Column("trial_hash", sa.String(length=64), nullable=True),
        sa.Column("rehearsal", sa.Text(), nullable=True),
        sa.Column("rehearsed_at", Instant(), nullable=True),
        sa.CheckConstraint("rehearsed_at IS NULL OR rehearsal IS NOT NULL", name=op.f("ck_key_ceremony_rehearsed")),
        sa.CheckConstraint("trial IS NULL OR public IS NOT NULL", name=op.f("ck_key_ceremony_trial")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_key_ceremony_ballot_id_ballot")),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_key_ceremony")),
    )
    op.create_table(
        "recorded_vote",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("retry_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_recorded_vote_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_recorded_vote_member_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "member_id", name=op.f("pk_recorded_vote")),
    )
    op.create_table(
        "share_holder",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ballot_id"], ["key_ceremony.ballot_id"], name=op.f("fk_share_holder_ballot_id_key_ceremony")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_share_holder_member_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "place", name=op.f("pk_share_holder")),
        sa.UniqueConstraint("ballot_id", "member_id", name=op.f("uq_share_holder_ballot_id_member_id")),
    )
    op.add_column("ballot", sa.Column("weighting", sa.String(length=20), server_default="one", nullable=False))
    raise_fences(op.get_bind(), TABLES)


def downgrade() -> None:
    take_down_fences(op.get_bind(), TABLES)
    op.drop_column("ballot", "weighting")

    op.drop_table("share_holder")
    op.drop_table("recorded_vote")
    op.drop_table("key_ceremony")
    op.drop_table("card")
    op.drop_table("box_opening")
    op.drop_table("board_leaf")
    op.drop_table("board_head")
    op.drop_table("board_key")
