"""Calls for nominations, and who is nominated by whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nomination_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("reserves", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("rules", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("consent_by", Instant(), nullable=False),
        sa.Column("withdraw_by", Instant(), nullable=False),
        sa.Column("term_starts_at", Instant(), nullable=False),
        sa.Column("term_until", Instant(), nullable=False),
        sa.Column("casual", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('announced', 'declared', 'put to a ballot', 'filled', 'called again', 'cancelled')",
            name=op.f("ck_nomination_call_state"),
        ),
        sa.CheckConstraint(
            "closes_at > opens_at AND consent_by >= closes_at AND withdraw_by >= consent_by",
            name=op.f("ck_nomination_call_order"),
        ),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_nomination_call_seats")),
        sa.CheckConstraint("term_until > term_starts_at", name=op.f("ck_nomination_call_term")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_nomination_call_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_nomination_call_body_id_body")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_nomination_call_question_id_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_call")),
    )
    with op.batch_alter_table("nomination_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nomination_call_body_id"), ["body_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nomination_call_state"), ["state"], unique=False)

    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("nominee_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("group", sa.String(length=100), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("photograph_hash", sa.String(length=64), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("because", sa.String(length=1000), nullable=False),
        sa.Column("option_key", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'standing', 'declined', 'withdrawn', 'ruled out', 'died')",
            name=op.f("ck_nomination_state"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["nomination_call.id"], name=op.f("fk_nomination_call_id_nomination_call")
        ),
        sa.ForeignKeyConstraint(["nominee_id"], ["member.id"], name=op.f("fk_nomination_nominee_id_member")),
        sa.ForeignKeyConstraint(
            ["photograph_hash"], ["photograph.hash"], name=op.f("fk_nomination_photograph_hash_photograph")
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["member.id"], name=op.f("fk_nomination_proposed_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("call_id", "nominee_id", name=op.f("uq_nomination_call_id_nominee_id")),
    )
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nomination_nominee_id"), ["nominee_id"], unique=False)

    op.create_table(
        "nomination_support",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("(unit_id IS NULL) = (held_on IS NULL)", name=op.f("ck_nomination_support_meeting")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_nomination_support_member_id_member")),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nomination.id"], name=op.f("fk_nomination_support_nomination_id_nomination")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_nomination_support_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_support")),
        sa.UniqueConstraint("nomination_id", "unit_id", name=op.f("uq_nomination_support_nomination_id_unit_id")),
    )
    with op.batch_alter_table("nomination_support", schema=None) as batch_op:
        batch_op.create_index(
            "uq_nomination_support_member",
            ["nomination_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("unit_id IS NULL"),
            postgresql_where=sa.text("unit_id IS NULL"),
        )

    raise_fences(op.get_bind())


def downgrade() -> None:
    take_down_fences(op.get_bind())
    with op.batch_alter_table("nomination_support", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_nomination_support_member",
            sqlite_where=sa.text("unit_id IS NULL"),
            postgresql_where=sa.text("unit_id IS NULL"),
        )

    op.drop_table("nomination_support")
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_nomination_nominee_id"))

    op.drop_table("nomination")
    with op.batch_alter_table("nomination_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_nomination_call_state"))
        batch_op.drop_index(batch_op.f("ix_nomination_call_body_id"))

    op.drop_table("nomination_call")
    raise_fences(op.get_bind())
