"""Moderation of debate: slow mode, screening, decisions with grounds, appeals, earlier wordings, summaries of sides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_TABLES = ("moderation", "moderation_appeal", "earlier_text")
#: What was hidden before there were grounds keeps its reason, so that its author can appeal as everybody else.
_HIDDEN = (
    "INSERT INTO moderation ({column}, decision, ground, reason, by_id, at) "
    "SELECT id, 'hidden', 'rules', hidden_reason, hidden_by_id, hidden_at FROM {table} "
    "WHERE hidden_at IS NOT NULL AND hidden_by_id IS NOT NULL"
)


def upgrade() -> None:
    op.create_table(
        "debate_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("consultation_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'slow') = (minutes IS NOT NULL)", name=op.f("ck_debate_rule_minutes")),
        sa.CheckConstraint("kind IN ('slow', 'screening')", name=op.f("ck_debate_rule_kind")),
        sa.CheckConstraint("(motion_id IS NULL) <> (consultation_id IS NULL)", name=op.f("ck_debate_rule_one_thread")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["member.id"], name=op.f("fk_debate_rule_begun_by_id_member")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_debate_rule_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["member.id"], name=op.f("fk_debate_rule_ended_by_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_debate_rule_motion_id_motion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debate_rule")),
    )
    op.create_index(
        "ix_debate_rule_consultation",
        "debate_rule",
        ["consultation_id", "kind"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_debate_rule_motion",
        "debate_rule",
        ["motion_id", "kind"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "side_summary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.CheckConstraint("side IN ('for', 'against')", name=op.f("ck_side_summary_side")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["member.id"], name=op.f("fk_side_summary_drafted_by_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_side_summary_motion_id_motion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_side_summary")),
    )
    op.create_index("ix_side_summary_motion", "side_summary", ["motion_id", "side"], unique=False)
    op.create_table(
        "paragraph_report",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["paragraph_comment.id"], name=op.f("fk_paragraph_report_comment_id_paragraph_comment")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_paragraph_report_member_id_member")),
        sa.PrimaryKeyConstraint("comment_id", "member_id", name=op.f("pk_paragraph_report")),
    )
    op.create_table(
        "summary_approval",
        sa.Column("summary_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_summary_approval_member_id_member")),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["side_summary.id"], name=op.f("fk_summary_approval_summary_id_side_summary")
        ),
        sa.PrimaryKeyConstraint("summary_id", "member_id", name=op.f("pk_summary_approval")),
    )
    op.create_table(
        "earlier_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("paragraph_comment_id", sa.Integer(), nullable=True),
        sa.Column("stance", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("replaced_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "stance IN ('for', 'against', 'question', 'information')", name=op.f("ck_earlier_text_stance")
        ),
        sa.CheckConstraint(
            "(comment_id IS NULL) <> (paragraph_comment_id IS NULL)", name=op.f("ck_earlier_text_one_contribution")
        ),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_earlier_text_comment_id_comment")),
        sa.ForeignKeyConstraint(
            ["paragraph_comment_id"],
            ["paragraph_comment.id"],
            name=op.f("fk_earlier_text_paragraph_comment_id_paragraph_comment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_text")),
    )
    op.create_index(op.f("ix_earlier_text_comment_id"), "earlier_text", ["comment_id"], unique=False)
    op.create_index(
        op.f("ix_earlier_text_paragraph_comment_id"), "earlier_text", ["paragraph_comment_id"], unique=False
    )
    op.create_table(
        "waiting_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("answers_id", sa.Integer(), nullable=True),
        sa.Column("clause_id", sa.String(length=60), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("consultation_id", sa.Integer(), nullable=True),
        sa.Column("paragraph", sa.String(length=20), nullable=True),
        sa.Column("paragraph_parent_id", sa.Integer(), nullable=True),
        sa.Column("paragraph_answers_id", sa.Integer(), nullable=True),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("author_status", sa.String(length=20), nullable=False),
        sa.Column("stance", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("paragraph_comment_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "stance IN ('for', 'against', 'question', 'information')", name=op.f("ck_waiting_post_stance")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'admitted', 'refused', 'withdrawn')", name=op.f("ck_waiting_post_state")
        ),
        sa.CheckConstraint("(motion_id IS NULL) <> (consultation_id IS NULL)", name=op.f("ck_waiting_post_one_thread")),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["amendment.id"], name=op.f("fk_waiting_post_amendment_id_amendment")
        ),
        sa.ForeignKeyConstraint(["answers_id"], ["comment.id"], name=op.f("fk_waiting_post_answers_id_comment")),
        sa.ForeignKeyConstraint(
            ["paragraph_answers_id"],
            ["paragraph_comment.id"],
            name=op.f("fk_waiting_post_paragraph_answers_id_paragraph_comment"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_waiting_post_author_id_member")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_waiting_post_comment_id_comment")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_waiting_post_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_waiting_post_motion_id_motion")),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper_version.id"], name=op.f("fk_waiting_post_paper_id_paper_version")
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_comment_id"],
            ["paragraph_comment.id"],
            name=op.f("fk_waiting_post_paragraph_comment_id_paragraph_comment"),
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_parent_id"],
            ["paragraph_comment.id"],
            name=op.f("fk_waiting_post_paragraph_parent_id_paragraph_comment"),
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_waiting_post_parent_id_comment")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["motion_version.id"], name=op.f("fk_waiting_post_version_id_motion_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_post")),
    )
    op.create_index(op.f("ix_waiting_post_author_id"), "waiting_post", ["author_id"], unique=False)
    op.create_index(op.f("ix_waiting_post_consultation_id"), "waiting_post", ["consultation_id"], unique=False)
    op.create_index(op.f("ix_waiting_post_motion_id"), "waiting_post", ["motion_id"], unique=False)
    op.create_index("ix_waiting_post_queue", "waiting_post", ["state", "due_at"], unique=False)
    op.create_table(
        "moderation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("paragraph_comment_id", sa.Integer(), nullable=True),
        sa.Column("waiting_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("(decision = 'unseen') = (by_id IS NULL)", name=op.f("ck_moderation_by_somebody")),
        sa.CheckConstraint(
            "(decision IN ('hidden', 'refused')) = (ground IS NOT NULL)", name=op.f("ck_moderation_with_ground")
        ),
        sa.CheckConstraint(
            "(decision IN ('hidden', 'refused', 'kept')) = (reason IS NOT NULL)", name=op.f("ck_moderation_with_reason")
        ),
        sa.CheckConstraint(
            "decision IN ('hidden', 'shown', 'kept', 'admitted', 'refused', 'unseen')",
            name=op.f("ck_moderation_decision"),
        ),
        sa.CheckConstraint(
            "ground IS NULL OR ground IN ('person', 'private', 'demeaning', 'off the matter', 'repeated', 'advertising', 'unlawful', 'rules')",
            name=op.f("ck_moderation_ground"),
        ),
        sa.CheckConstraint(
            "(CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN paragraph_comment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN waiting_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_moderation_one_contribution"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_moderation_by_id_member")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_moderation_comment_id_comment")),
        sa.ForeignKeyConstraint(
            ["paragraph_comment_id"],
            ["paragraph_comment.id"],
            name=op.f("fk_moderation_paragraph_comment_id_paragraph_comment"),
        ),
        sa.ForeignKeyConstraint(
            ["waiting_id"], ["waiting_post.id"], name=op.f("fk_moderation_waiting_id_waiting_post")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation")),
    )
    op.create_index(op.f("ix_moderation_at"), "moderation", ["at"], unique=False)
    op.create_index(op.f("ix_moderation_comment_id"), "moderation", ["comment_id"], unique=False)
    op.create_index(op.f("ix_moderation_paragraph_comment_id"), "moderation", ["paragraph_comment_id"], unique=False)
    op.create_index(op.f("ix_moderation_waiting_id"), "moderation", ["waiting_id"], unique=False)
    op.create_table(
        "moderation_appeal",
        sa.Column("moderation_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('upheld', 'overturned')", name=op.f("ck_moderation_appeal_outcome")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (answer IS NULL)", name=op.f("ck_moderation_appeal_with_answer")),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_moderation_appeal_decided")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["member.id"], name=op.f("fk_moderation_appeal_decided_by_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["moderation_id"], ["moderation.id"], name=op.f("fk_moderation_appeal_moderation_id_moderation")
        ),
        sa.PrimaryKeyConstraint("moderation_id", name=op.f("pk_moderation_appeal")),
    )
    for table, column in (("comment", "comment_id"), ("paragraph_comment", "paragraph_comment_id")):
        op.execute(_HIDDEN.format(table=table, column=column))
    raise_fences(op.get_bind(), _TABLES)


def downgrade() -> None:
    take_down_fences(op.get_bind(), _TABLES)
    op.drop_table("moderation_appeal")
    op.drop_table("moderation")
    op.drop_table("waiting_post")
    op.drop_table("earlier_text")
    op.drop_table("summary_approval")
    op.drop_table("paragraph_report")
    op.drop_table("side_summary")
    op.drop_table("debate_rule")
