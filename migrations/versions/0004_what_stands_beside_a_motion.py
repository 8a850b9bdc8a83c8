"""What stands beside a motion: adoptions of rulebooks, submissions, minutes, decisions, parts, rebases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


_PHASES = (
    "consulting", "drafting", "amendments", "debating", "compositing", "prioritising", "voting", "certifying", "following up",
)  # fmt: skip
_MORE = ("late motions", "emergency motions")


def _phases(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("phase", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_phase_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_phase_kind"), f"kind IN ({', '.join(map(repr, kinds))})")


def upgrade() -> None:
    op.create_table(
        "rulebook_adoption",
        sa.Column("rulebook_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("preset", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_rulebook_adoption_by_id_member")),
        sa.ForeignKeyConstraint(
            ["rulebook_id"], ["rulebook.id"], name=op.f("fk_rulebook_adoption_rulebook_id_rulebook")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_rulebook_adoption_unit_id_unit")),
        sa.PrimaryKeyConstraint("rulebook_id", name=op.f("pk_rulebook_adoption")),
    )
    with op.batch_alter_table("rulebook_adoption", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rulebook_adoption_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "disposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=30), nullable=False),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("sent_to", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('prioritised', 'not prioritised', 'remitted', 'referred back', 'not put', 'taken up again', 'withdrawn by leave', 'falls')",
            name=op.f("ck_disposal_decision"),
        ),
        sa.CheckConstraint("source IN ('ballot', 'committee', 'meeting')", name=op.f("ck_disposal_source")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_disposal_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_disposal_by_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_disposal_motion_id_motion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
    )
    with op.batch_alter_table("disposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disposal_motion_id"), ["motion_id"], unique=False)

    op.create_table(
        "resemblance",
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("barred_until", Instant(), nullable=False),
        sa.Column("allowed_because", sa.Text(), nullable=False),
        sa.Column("allowed_by_id", sa.Integer(), nullable=True),
        sa.Column("allowed_at", Instant(), nullable=True),
        sa.CheckConstraint("motion_id <> other_id", name=op.f("ck_resemblance_another")),
        sa.ForeignKeyConstraint(["allowed_by_id"], ["member.id"], name=op.f("fk_resemblance_allowed_by_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_resemblance_motion_id_motion")),
        sa.ForeignKeyConstraint(["other_id"], ["motion.id"], name=op.f("fk_resemblance_other_id_motion")),
        sa.PrimaryKeyConstraint("motion_id", "other_id", name=op.f("pk_resemblance")),
    )
    op.create_table(
        "submission",
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("moved_by", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("arose_on", sa.Date(), nullable=True),
        sa.Column("rulebook_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("kind = 'ordinary' OR reason <> ''", name=op.f("ck_submission_late_has_a_reason")),
        sa.CheckConstraint("kind IN ('ordinary', 'late', 'emergency')", name=op.f("ck_submission_kind")),
        sa.CheckConstraint(
            "moved_by IN ('branch', 'member', 'network', 'affiliate')", name=op.f("ck_submission_moved_by")
        ),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_submission_motion_id_motion")),
        sa.ForeignKeyConstraint(["rulebook_id"], ["rulebook.id"], name=op.f("fk_submission_rulebook_id_rulebook")),
        sa.PrimaryKeyConstraint("motion_id", name=op.f("pk_submission")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_rulebook_id"), ["rulebook_id"], unique=False)

    op.create_table(
        "motion_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("clauses", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint("outcome IS NULL OR outcome IN ('carried', 'lost')", name=op.f("ck_motion_part_outcome")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_motion_part_decided_by_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_motion_part_motion_id_motion")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["motion_version.id"], name=op.f("fk_motion_part_version_id_motion_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_part")),
        sa.UniqueConstraint(
            "motion_id", "version_id", "number", name=op.f("uq_motion_part_motion_id_version_id_number")
        ),
    )
    with op.batch_alter_table("motion_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_motion_part_motion_id"), ["motion_id"], unique=False)

    op.create_table(
        "minute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_type", sa.String(length=80), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("(motion_id IS NULL) <> (amendment_id IS NULL)", name=op.f("ck_minute_one_subject")),
        sa.CheckConstraint("present >= quorum", name=op.f("ck_minute_quorate")),
        sa.CheckConstraint("votes_for > votes_against", name=op.f("ck_minute_agreed")),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendment.id"], name=op.f("fk_minute_amendment_id_amendment")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_minute_by_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_minute_motion_id_motion")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_minute_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minute")),
    )
    with op.batch_alter_table("minute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minute_amendment_id"), ["amendment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_minute_motion_id"), ["motion_id"], unique=False)

    op.create_table(
        "rebase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=False),
        sa.Column("from_version_id", sa.Integer(), nullable=False),
        sa.Column("to_version_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("operations", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("conflicts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("notes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "status IN ('clean', 'needs consent', 'already made', 'consented', 'declined')",
            name=op.f("ck_rebase_status"),
        ),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendment.id"], name=op.f("fk_rebase_amendment_id_amendment")),
        sa.ForeignKeyConstraint(
            ["from_version_id"], ["motion_version.id"], name=op.f("fk_rebase_from_version_id_motion_version")
        ),
        sa.ForeignKeyConstraint(
            ["to_version_id"], ["motion_version.id"], name=op.f("fk_rebase_to_version_id_motion_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rebase")),
        sa.UniqueConstraint("amendment_id", "to_version_id", name=op.f("uq_rebase_amendment_id_to_version_id")),
    )
    with op.batch_alter_table("rebase", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rebase_amendment_id"), ["amendment_id"], unique=False)

    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_amendment_parent_id"), ["parent_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_amendment_parent_id_amendment"), "amendment", ["parent_id"], ["id"])

    _phases((*_PHASES, *_MORE))
    raise_fences(op.get_bind())


def downgrade() -> None:
    op.execute(f"DELETE FROM phase WHERE kind IN ({', '.join(map(repr, _MORE))})")  # noqa: S608 (words of ours)
    _phases(_PHASES)
    # an amendment to an amendment was made on another text, which the tables before this one cannot say
    op.execute("UPDATE amendment SET state = 'withdrawn' WHERE parent_id IS NOT NULL")
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_amendment_parent_id_amendment"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_amendment_parent_id"))
        batch_op.drop_column("parent_id")

    with op.batch_alter_table("rebase", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rebase_amendment_id"))

    op.drop_table("rebase")
    with op.batch_alter_table("minute", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minute_motion_id"))
        batch_op.drop_index(batch_op.f("ix_minute_amendment_id"))

    op.drop_table("minute")
    with op.batch_alter_table("motion_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_motion_part_motion_id"))

    op.drop_table("motion_part")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_rulebook_id"))

    op.drop_table("submission")
    op.drop_table("resemblance")
    with op.batch_alter_table("disposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disposal_motion_id"))

    op.drop_table("disposal")
    with op.batch_alter_table("rulebook_adoption", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rulebook_adoption_unit_id"))

    op.drop_table("rulebook_adoption")
