"""What became of each link to vote, mail that came back, and reminders of ballots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("ballot_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("member_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("remark", sa.String(300), nullable=True),
        sa.Column("opened", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("doubled", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.CheckConstraint("state IN ('none', 'queued', 'sent', 'bounced', 'failed')", name=op.f("ck_delivery_state")),
        sa.PrimaryKeyConstraint("ballot_id", "member_id", name=op.f("pk_delivery")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bounce",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(64), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("permanent", sa.Boolean(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_bounce_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("report", name=op.f("uq_bounce_report")),
    )
    op.create_index("ix_bounce_member_id_address", "bounce", ["member_id", "address"])
    op.create_table(
        "ballot_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_reminder_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["member.id"], name=op.f("fk_ballot_reminder_asked_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_reminder")),
        sa.UniqueConstraint("ballot_id", "number", name=op.f("uq_ballot_reminder_ballot_id_number")),
    )
    _told()


def _told() -> None:
    """What the notices of ballots that were scheduled before say already, for those with an address and those without."""
    op.execute(
        "INSERT INTO delivery (ballot_id, member_id, state, remark) "
        "SELECT ballot.id, roll_entry.member_id, "
        "CASE WHEN roll_entry.email IS NULL THEN 'none' WHEN notice.sent_at IS NOT NULL THEN 'sent' "
        "WHEN notice.gave_up_at IS NOT NULL THEN 'failed' ELSE 'queued' END, substr(notice.fault, 1, 300) "
        "FROM ballot JOIN roll_entry ON roll_entry.roll_id = ballot.roll_id "
        "LEFT JOIN notice ON notice.once = 'ballot-opens:' || ballot.id || ':' || roll_entry.member_id "
        "WHERE ballot.definition IS NOT NULL AND (roll_entry.email IS NULL OR notice.id IS NOT NULL)"
    )


def downgrade() -> None:
    op.drop_table("ballot_reminder")
    op.drop_table("bounce")
    op.drop_table("delivery")
