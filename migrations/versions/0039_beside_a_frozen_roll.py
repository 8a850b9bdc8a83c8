"""What stands beside a frozen roll: batches, removals, inspections; attestations and suspensions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_NEW = (
    "roll_change", "roll_seal", "roll_addition", "roll_removal", "roll_inspection", "inspection_view", "attestation",
    "attested", "suspension",
)  # fmt: skip
#: Of what was there before, what is refused otherwise from here.
_BESIDE = ("roll", "roll_entry", "envelope", "recorded_vote")


def upgrade() -> None:
    op.create_table(
        "roll_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'restoration') = (undoes IS NOT NULL)", name=op.f("ck_roll_change_undoes")),
        sa.CheckConstraint("kind IN ('addition', 'removal', 'restoration')", name=op.f("ck_roll_change_kind")),
        sa.CheckConstraint("people >= 1", name=op.f("ck_roll_change_people")),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name=op.f("fk_roll_change_roll_id_roll")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_change")),
        sa.UniqueConstraint("roll_id", "number", name=op.f("uq_roll_change_roll_id_number")),
    )
    op.create_table(
        "roll_seal",
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name=op.f("fk_roll_seal_roll_id_roll")),
        sa.PrimaryKeyConstraint("roll_id", name=op.f("pk_roll_seal")),
    )
    op.create_table(
        "attestation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["member.id"], name=op.f("fk_attestation_made_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestation")),
    )
    op.create_table(
        "roll_addition",
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["roll_change.id"], name=op.f("fk_roll_addition_change_id_roll_change")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_roll_addition_member_id_member")),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name=op.f("fk_roll_addition_roll_id_roll")),
        sa.PrimaryKeyConstraint("roll_id", "member_id", name=op.f("pk_roll_addition")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("roll_addition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roll_addition_change_id"), ["change_id"], unique=False)

    op.create_table(
        "roll_inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=True),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('granted', 'refused')", name=op.f("ck_roll_inspection_outcome")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_roll_inspection_decided")),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_roll_inspection_shown")),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_roll_inspection_order")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_roll_inspection_decided_by_id_member")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_roll_inspection_member_id_member")),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name=op.f("fk_roll_inspection_roll_id_roll")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_inspection")),
    )
    with op.batch_alter_table("roll_inspection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roll_inspection_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_roll_inspection_roll_id"), ["roll_id"], unique=False)

    op.create_table(
        "roll_removal",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("removed_by_id", sa.Integer(), nullable=False),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("appealed_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("restored_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('restored', 'stays removed')", name=op.f("ck_roll_removal_outcome")
        ),
        sa.CheckConstraint("restored_id IS NULL OR outcome = 'restored'", name=op.f("ck_roll_removal_restored")),
        sa.CheckConstraint("(appeal IS NULL) = (appealed_at IS NULL)", name=op.f("ck_roll_removal_appealed")),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_roll_removal_decided")),
        sa.CheckConstraint("outcome IS NULL OR appeal IS NOT NULL", name=op.f("ck_roll_removal_heard")),
        sa.ForeignKeyConstraint(["change_id"], ["roll_change.id"], name=op.f("fk_roll_removal_change_id_roll_change")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_roll_removal_decided_by_id_member")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_roll_removal_member_id_member")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["member.id"], name=op.f("fk_roll_removal_removed_by_id_member")),
        sa.ForeignKeyConstraint(
            ["restored_id"], ["roll_change.id"], name=op.f("fk_roll_removal_restored_id_roll_change")
        ),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name=op.f("fk_roll_removal_roll_id_roll")),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_roll_removal")),
    )
    with op.batch_alter_table("roll_removal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roll_removal_member_id"), ["member_id"], unique=False)
        batch_op.create_index(
            "uq_roll_removal_standing",
            ["roll_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("restored_id IS NULL"),
            postgresql_where=sa.text("restored_id IS NULL"),
        )

    op.create_table(
        "suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("suspended_by", sa.String(length=40), nullable=False),
        sa.Column("lifted_by", sa.String(length=40), nullable=True),
        sa.Column("lifted_because", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_suspension_order")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_suspension_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suspension_member_id"), ["member_id"], unique=False)

    op.create_table(
        "attested",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attestation_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= made_at", name=op.f("ck_attested_order")),
        sa.ForeignKeyConstraint(
            ["attestation_id"], ["attestation.id"], name=op.f("fk_attested_attestation_id_attestation")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_attested_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attested")),
    )
    with op.batch_alter_table("attested", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attested_member_id"), ["member_id"], unique=False)
        batch_op.create_index(
            "uq_attested_standing",
            ["attestation_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "inspection_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["roll_inspection.id"], name=op.f("fk_inspection_view_inspection_id_roll_inspection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_view")),
    )
    with op.batch_alter_table("inspection_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_view_inspection_id"), ["inspection_id"], unique=False)
    op.execute("INSERT INTO roll_seal (roll_id) SELECT id FROM roll")
    raise_fences(op.get_bind(), (*_NEW, *_BESIDE))


def downgrade() -> None:
    take_down_fences(op.get_bind(), (*_NEW, *_BESIDE))
    op.drop_table("inspection_view")
    op.drop_table("attested")
    op.drop_table("suspension")
    op.drop_table("roll_removal")
    op.drop_table("roll_inspection")
    op.drop_table("roll_addition")
    op.drop_table("attestation")
    op.drop_table("roll_seal")
    op.drop_table("roll_change")
    raise_fences(op.get_bind(), _BESIDE)
