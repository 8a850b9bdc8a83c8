"""Sittings and what is decided in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sitting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("quorate", sa.Boolean(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("by_card", sa.Boolean(), nullable=False),
        sa.Column("presiding_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'open', 'adjourned', 'closed')", name=op.f("ck_sitting_state")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_sitting_times")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_sitting_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["presiding_id"], ["member.id"], name=op.f("fk_sitting_presiding_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_sitting_consultation_id_number")),
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("card", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("proxy_id", sa.Integer(), nullable=True),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('delegate', 'substitute', 'ex officio', 'visitor')", name=op.f("ck_credential_kind")
        ),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_credential_weight")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_credential_member_id_member")),
        sa.ForeignKeyConstraint(["proxy_id"], ["credential.id"], name=op.f("fk_credential_proxy_id_credential")),
        sa.ForeignKeyConstraint(["replaces_id"], ["credential.id"], name=op.f("fk_credential_replaces_id_credential")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_credential_sitting_id_sitting")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_credential_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_credential_replaces_id")),
        sa.UniqueConstraint("sitting_id", "card", name=op.f("uq_credential_sitting_id_card")),
        sa.UniqueConstraint("sitting_id", "member_id", name=op.f("uq_credential_sitting_id_member_id")),
    )
    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credential_member_id"), ["member_id"], unique=False)

    op.create_table(
        "sitting_office",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=20), nullable=False),
        sa.CheckConstraint("office IN ('chair', 'teller')", name=op.f("ck_sitting_office_office")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_sitting_office_member_id_member")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_office_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", "member_id", "office", name=op.f("pk_sitting_office")),
    )
    op.create_table(
        "business_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("base_version_id", sa.Integer(), nullable=True),
        sa.Column("parts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("reply", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("kind IN ('opening', 'report', 'motion', 'other')", name=op.f("ck_business_item_kind")),
        sa.CheckConstraint(
            "state IN ('to come', 'before the meeting', 'disposed', 'not reached')", name=op.f("ck_business_item_state")
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_business_item_minutes")),
        sa.ForeignKeyConstraint(
            ["base_version_id"], ["motion_version.id"], name=op.f("fk_business_item_base_version_id_motion_version")
        ),
        sa.ForeignKeyConstraint(["issue_id"], ["agenda_issue.id"], name=op.f("fk_business_item_issue_id_agenda_issue")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_business_item_motion_id_motion")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_business_item_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_item")),
        sa.UniqueConstraint("sitting_id", "motion_id", name=op.f("uq_business_item_sitting_id_motion_id")),
    )
    with op.batch_alter_table("business_item", schema=None) as batch_op:
        batch_op.create_index(
            "ix_business_item_before",
            ["sitting_id"],
            unique=True,
            sqlite_where=sa.text("state = 'before the meeting'"),
            postgresql_where=sa.text("state = 'before the meeting'"),
        )
        batch_op.create_index(batch_op.f("ix_business_item_motion_id"), ["motion_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_business_item_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "division",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("procedure", sa.String(length=30), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("parts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("threshold", sa.String(length=10), nullable=False),
        sa.Column("comparison", sa.String(length=2), nullable=False),
        sa.Column("put_at", Instant(), nullable=False),
        sa.Column("put_by_id", sa.Integer(), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Integer(), nullable=True),
        sa.Column("casting", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("effects", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("declared_at", Instant(), nullable=True),
        sa.Column("declared_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("casting IN ('', 'for', 'against')", name=op.f("ck_division_casting")),
        sa.CheckConstraint("kind IN ('amendment', 'motion', 'part', 'procedure')", name=op.f("ck_division_kind")),
        sa.CheckConstraint(
            "method IN ('voice', 'nem con', 'hands', 'tellers', 'cards')", name=op.f("ck_division_method")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('carried', 'lost', 'not pressed')", name=op.f("ck_division_outcome")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (declared_at IS NULL)", name=op.f("ck_division_declared")),
        sa.CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND abstained >= 0", name=op.f("ck_division_votes")),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendment.id"], name=op.f("fk_division_amendment_id_amendment")),
        sa.ForeignKeyConstraint(["declared_by_id"], ["member.id"], name=op.f("fk_division_declared_by_id_member")),
        sa.ForeignKeyConstraint(["item_id"], ["business_item.id"], name=op.f("fk_division_item_id_business_item")),
        sa.ForeignKeyConstraint(["put_by_id"], ["member.id"], name=op.f("fk_division_put_by_id_member")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_division_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_division")),
        sa.UniqueConstraint("sitting_id", "number", name=op.f("uq_division_sitting_id_number")),
    )
    with op.batch_alter_table("division", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_division_amendment_id"), ["amendment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_division_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "ix_division_open",
            ["sitting_id"],
            unique=True,
            sqlite_where=sa.text("declared_at IS NULL"),
            postgresql_where=sa.text("declared_at IS NULL"),
        )

    op.create_table(
        "card_vote",
        sa.Column("division_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("choice IN ('for', 'against', 'abstain')", name=op.f("ck_card_vote_choice")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_card_vote_by_id_member")),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credential.id"], name=op.f("fk_card_vote_credential_id_credential")
        ),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name=op.f("fk_card_vote_division_id_division")),
        sa.PrimaryKeyConstraint("division_id", "credential_id", name=op.f("pk_card_vote")),
    )
    op.create_table(
        "sitting_minute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("division_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name=op.f("fk_sitting_minute_division_id_division")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["business_item.id"], name=op.f("fk_sitting_minute_item_id_business_item")
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_minute_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting_minute")),
        sa.UniqueConstraint("sitting_id", "sequence", name=op.f("uq_sitting_minute_sitting_id_sequence")),
    )
    op.create_table(
        "teller_count",
        sa.Column("division_id", sa.Integer(), nullable=False),
        sa.Column("teller_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND abstained >= 0", name=op.f("ck_teller_count_votes")
        ),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name=op.f("fk_teller_count_division_id_division")),
        sa.ForeignKeyConstraint(["teller_id"], ["member.id"], name=op.f("fk_teller_count_teller_id_member")),
        sa.PrimaryKeyConstraint("division_id", "teller_id", "attempt", name=op.f("pk_teller_count")),
    )
    with op.batch_alter_table("policy", schema=None) as batch_op:
        batch_op.add_column(sa.Column("division_id", sa.Integer(), nullable=True))
        batch_op.alter_column("ballot_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_unique_constraint(batch_op.f("uq_policy_division_id"), ["division_id"])
        batch_op.create_foreign_key(batch_op.f("fk_policy_division_id_division"), "division", ["division_id"], ["id"])
        batch_op.create_check_constraint(op.f("ck_policy_one_decision"), "(ballot_id IS NULL) <> (division_id IS NULL)")
    raise_fences(op.get_bind())


def downgrade() -> None:
    op.execute("DELETE FROM policy WHERE ballot_id IS NULL")  # decided in the hall, which this revision does not know
    with op.batch_alter_table("policy", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_policy_one_decision"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_policy_division_id_division"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_policy_division_id"), type_="unique")
        batch_op.alter_column("ballot_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("division_id")

    op.drop_table("teller_count")
    op.drop_table("sitting_minute")
    op.drop_table("card_vote")
    with op.batch_alter_table("division", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_division_open",
            sqlite_where=sa.text("declared_at IS NULL"),
            postgresql_where=sa.text("declared_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_division_item_id"))
        batch_op.drop_index(batch_op.f("ix_division_amendment_id"))

    op.drop_table("division")
    with op.batch_alter_table("business_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_business_item_sitting_id"))
        batch_op.drop_index(batch_op.f("ix_business_item_motion_id"))
        batch_op.drop_index(
            "ix_business_item_before",
            sqlite_where=sa.text("state = 'before the meeting'"),
            postgresql_where=sa.text("state = 'before the meeting'"),
        )

    op.drop_table("business_item")
    op.drop_table("sitting_office")
    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credential_member_id"))

    op.drop_table("credential")
    op.drop_table("sitting")
    raise_fences(op.get_bind())
