"""Consequences, orders of votes with their explanation, and what amendments touch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vote_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("amendments", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sentences", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_vote_order_by_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_vote_order_motion_id_motion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_order")),
    )
    with op.batch_alter_table("vote_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_order_motion_id"), ["motion_id"], unique=False)

    op.create_table(
        "amendment_touch",
        sa.Column("amendment_id", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["amendment.id"], name=op.f("fk_amendment_touch_amendment_id_amendment")
        ),
        sa.PrimaryKeyConstraint("amendment_id", "clause_id", name=op.f("pk_amendment_touch")),
    )
    with op.batch_alter_table("amendment_touch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_amendment_touch_clause_id"), ["clause_id"], unique=False)

    op.create_table(
        "consequence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=30), nullable=False),
        sa.Column("effect", sa.String(length=30), nullable=False),
        sa.Column("cause_motion_id", sa.Integer(), nullable=True),
        sa.Column("cause_amendment_id", sa.Integer(), nullable=True),
        sa.Column("effect_motion_id", sa.Integer(), nullable=True),
        sa.Column("effect_amendment_id", sa.Integer(), nullable=True),
        sa.Column("computed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('falls if carried', 'falls if lost', 'consequential on')", name=op.f("ck_consequence_kind")
        ),
        sa.CheckConstraint(
            "(cause_motion_id IS NULL) <> (cause_amendment_id IS NULL)", name=op.f("ck_consequence_one_cause")
        ),
        sa.CheckConstraint(
            "(effect_motion_id IS NULL) <> (effect_amendment_id IS NULL)", name=op.f("ck_consequence_one_effect")
        ),
        sa.CheckConstraint("cause <> effect", name=op.f("ck_consequence_not_itself")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_consequence_by_id_member")),
        sa.ForeignKeyConstraint(
            ["cause_amendment_id"], ["amendment.id"], name=op.f("fk_consequence_cause_amendment_id_amendment")
        ),
        sa.ForeignKeyConstraint(["cause_motion_id"], ["motion.id"], name=op.f("fk_consequence_cause_motion_id_motion")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_consequence_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(
            ["effect_amendment_id"], ["amendment.id"], name=op.f("fk_consequence_effect_amendment_id_amendment")
        ),
        sa.ForeignKeyConstraint(
            ["effect_motion_id"], ["motion.id"], name=op.f("fk_consequence_effect_motion_id_motion")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["member.id"], name=op.f("fk_consequence_ended_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consequence")),
    )
    with op.batch_alter_table("consequence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consequence_cause_amendment_id"), ["cause_amendment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consequence_cause_motion_id"), ["cause_motion_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consequence_consultation_id"), ["consultation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consequence_effect"), ["effect"], unique=False)
        batch_op.create_index(batch_op.f("ix_consequence_effect_amendment_id"), ["effect_amendment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consequence_effect_motion_id"), ["effect_motion_id"], unique=False)
        batch_op.create_index(
            "ix_consequence_standing",
            ["cause", "effect"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    with op.batch_alter_table("amendment_relation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("matter", sa.String(length=20), server_default="nothing", nullable=False))
    # what the order decides follows from the relation; what is there already is taken to touch all of its text
    for relation, matter in (
        ("overlap", "one stands"), ("contains", "one stands"), ("contained", "one stands"), ("identical", "same change"),
        ("same point", "order of words"),
    ):  # fmt: skip
        op.execute(f"UPDATE amendment_relation SET matter = '{matter}' WHERE relation = '{relation}'")  # noqa: S608 (ours)
    op.execute("INSERT INTO amendment_touch (amendment_id, clause_id) SELECT id, '*' FROM amendment")
    raise_fences(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("amendment_relation", schema=None) as batch_op:
        batch_op.drop_column("matter")

    with op.batch_alter_table("consequence", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_consequence_standing",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_consequence_effect_motion_id"))
        batch_op.drop_index(batch_op.f("ix_consequence_effect_amendment_id"))
        batch_op.drop_index(batch_op.f("ix_consequence_effect"))
        batch_op.drop_index(batch_op.f("ix_consequence_consultation_id"))
        batch_op.drop_index(batch_op.f("ix_consequence_cause_motion_id"))
        batch_op.drop_index(batch_op.f("ix_consequence_cause_amendment_id"))

    op.drop_table("consequence")
    with op.batch_alter_table("amendment_touch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_amendment_touch_clause_id"))

    op.drop_table("amendment_touch")
    with op.batch_alter_table("vote_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vote_order_motion_id"))

    op.drop_table("vote_order")
