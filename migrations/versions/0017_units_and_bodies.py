"""Units on the record, founding periods, representatives, bodies and their seats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "body",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("remit", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("reserves", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("confers", sa.String(length=40), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("dissolved_at", Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confers = '' OR confers IN ('delegate', 'unit officer', 'moderator', 'standing orders committee', 'governance committee', 'returning officer', 'scrutineer', 'complaints panel', 'roll officer', 'data protection officer', 'system operator')",
            name=op.f("ck_body_confers"),
        ),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_body_seats")),
        sa.CheckConstraint("term_months >= 1", name=op.f("ck_body_term_months")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_body_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        sa.UniqueConstraint("unit_id", "name", name=op.f("uq_body_unit_id_name")),
    )
    with op.batch_alter_table("body", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_body_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "founding_period",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_founding_period_order")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_founding_period_unit_id_unit")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_founding_period")),
    )
    op.create_table(
        "unit_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("old", sa.String(length=200), nullable=False),
        sa.Column("new", sa.String(length=200), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "what IN ('set up', 'renamed', 'moved', 'merged', 'closed', 'took in', 'founding', 'founding ended')",
            name=op.f("ck_unit_change_what"),
        ),
        sa.ForeignKeyConstraint(["other_id"], ["unit.id"], name=op.f("fk_unit_change_other_id_unit")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_change_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_change")),
    )
    with op.batch_alter_table("unit_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_change_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "unit_profile",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("readers", sa.String(length=20), nullable=False),
        sa.CheckConstraint("readers IN ('everyone', 'members', 'unit')", name=op.f("ck_unit_profile_readers")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_profile_unit_id_unit")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_unit_profile")),
    )
    op.create_table(
        "representative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("named_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_representative_term")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_representative_member_id_member")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_representative_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representative")),
    )
    with op.batch_alter_table("representative", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_representative_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_representative_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "seat_holding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(length=100), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("term_until", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("left_because", sa.String(length=1000), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.Column("filled_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "way IN ('elected', 'unopposed', 'by-election', 'countback', 'co-opted', 'appointed', 'interim')",
            name=op.f("ck_seat_holding_way"),
        ),
        sa.CheckConstraint("ends_at > starts_at AND ends_at <= term_until", name=op.f("ck_seat_holding_term")),
        sa.CheckConstraint("seat >= 1", name=op.f("ck_seat_holding_seat")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_seat_holding_body_id_body")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_seat_holding_member_id_member")),
        sa.ForeignKeyConstraint(["role_id"], ["role_holding.id"], name=op.f("fk_seat_holding_role_id_role_holding")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_holding")),
    )
    with op.batch_alter_table("seat_holding", schema=None) as batch_op:
        batch_op.create_index("ix_seat_holding_body_id_seat", ["body_id", "seat"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_holding_member_id"), ["member_id"], unique=False)

    with op.batch_alter_table("network_membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("joined_at", Instant(), nullable=True))

    with op.batch_alter_table("role_holding", schema=None) as batch_op:
        batch_op.add_column(sa.Column("interim", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("workplace", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("closed_at", Instant(), nullable=True))

    raise_fences(op.get_bind())


def downgrade() -> None:
    take_down_fences(op.get_bind())
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_column("closed_at")
        batch_op.drop_column("workplace")

    with op.batch_alter_table("role_holding", schema=None) as batch_op:
        batch_op.drop_column("interim")

    with op.batch_alter_table("network_membership", schema=None) as batch_op:
        batch_op.drop_column("joined_at")

    with op.batch_alter_table("seat_holding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_holding_member_id"))
        batch_op.drop_index("ix_seat_holding_body_id_seat")

    op.drop_table("seat_holding")
    with op.batch_alter_table("representative", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_representative_unit_id"))
        batch_op.drop_index(batch_op.f("ix_representative_member_id"))

    op.drop_table("representative")
    op.drop_table("unit_profile")
    with op.batch_alter_table("unit_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_change_unit_id"))

    op.drop_table("unit_change")
    op.drop_table("founding_period")
    with op.batch_alter_table("body", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_body_unit_id"))

    op.drop_table("body")
    raise_fences(op.get_bind())
