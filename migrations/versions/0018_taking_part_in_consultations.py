"""Taking part in consultations; statements, coding, meetings and events."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_VERSION = "fk_contribution_version_id_contribution_version"
_FIXED = ("paper_version", "contribution_version", "gathering_minutes", "vote_taken", "consultation_report")


def upgrade() -> None:
    op.create_table(
        "code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("meaning", sa.String(length=500), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_code_consultation_id_consultation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code")),
        sa.UniqueConstraint("consultation_id", "name", name=op.f("uq_code_consultation_id_name")),
    )
    op.create_table(
        "consultation_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("wording", sa.String(length=500), nullable=False),
        sa.Column("help", sa.String(length=1000), nullable=False),
        sa.Column("options", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("needed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('open', 'one', 'several')", name=op.f("ck_consultation_question_kind")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_consultation_question_consultation_id_consultation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_question")),
    )
    with op.batch_alter_table("consultation_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_question_consultation_id"), ["consultation_id"], unique=False)

    op.create_table(
        "consultation_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name=op.f("ck_consultation_report_published")
        ),
        sa.CheckConstraint("kind IN ('analysis', 'response')", name=op.f("ck_consultation_report_kind")),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_consultation_report_state")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_consultation_report_by_id_member")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_consultation_report_consultation_id_consultation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_report")),
        sa.UniqueConstraint(
            "consultation_id", "kind", "sequence", name=op.f("uq_consultation_report_consultation_id_kind_sequence")
        ),
    )
    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("speaker", sa.String(length=40), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("author_status", sa.String(length=20), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.Column("aside_reason", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("(kind = 'person') = (unit_id IS NULL)", name=op.f("ck_contribution_for_whom")),
        sa.CheckConstraint(
            "(state = 'set aside') = (aside_reason IS NOT NULL)", name=op.f("ck_contribution_aside_with_reason")
        ),
        sa.CheckConstraint("kind IN ('person', 'unit', 'organisation', 'meeting')", name=op.f("ck_contribution_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn', 'submitted', 'set aside')", name=op.f("ck_contribution_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('submitted', 'set aside') OR version_id IS NOT NULL", name=op.f("ck_contribution_has_text")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_contribution_author_id_member")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_contribution_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_contribution_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint("consultation_id", "speaker", name=op.f("uq_contribution_consultation_id_speaker")),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contribution_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "gathering",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("access", sa.String(length=1000), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("open_to", sa.String(length=30), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cancelled_because", sa.String(length=1000), nullable=True),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_because IS NOT NULL)", name=op.f("ck_gathering_cancelled_with_reason")
        ),
        sa.CheckConstraint(
            "kind IN ('meeting', 'consultation event', 'hustings', 'training', 'social')",
            name=op.f("ck_gathering_kind"),
        ),
        sa.CheckConstraint(
            "open_to IN ('its members', 'members', 'members and supporters')", name=op.f("ck_gathering_open_to")
        ),
        sa.CheckConstraint("state IN ('planned', 'cancelled', 'held')", name=op.f("ck_gathering_state")),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name=op.f("ck_gathering_capacity")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_gathering_order")),
        sa.CheckConstraint("quorum IS NULL OR quorum > 0", name=op.f("ck_gathering_quorum")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_gathering_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["organiser_id"], ["member.id"], name=op.f("fk_gathering_organiser_id_member")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_gathering_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathering")),
    )
    with op.batch_alter_table("gathering", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gathering_consultation_id"), ["consultation_id"], unique=False)
        batch_op.create_index("ix_gathering_starts_at", ["starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_gathering_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "opinion_result",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("computed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_opinion_result_consultation_id_consultation")
        ),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_opinion_result")),
    )
    op.create_table(
        "paper_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("paper", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_paper_version_consultation_id_consultation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_version")),
        sa.UniqueConstraint("consultation_id", "sequence", name=op.f("uq_paper_version_consultation_id_sequence")),
    )
    op.create_table(
        "participation",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("publishing", sa.String(length=20), nullable=False),
        sa.Column("taking_part", sa.String(length=30), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("minimum_group", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("statements", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("declared_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "publishing IN ('names to members', 'agreed names', 'without names', 'figures only')",
            name=op.f("ck_participation_publishing"),
        ),
        sa.CheckConstraint(
            "taking_part IN ('members', 'members and supporters')", name=op.f("ck_participation_taking_part")
        ),
        sa.CheckConstraint("minimum_group >= 3", name=op.f("ck_participation_minimum_group")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_participation_consultation_id_consultation")
        ),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_participation")),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("author_status", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("screened_at", Instant(), nullable=True),
        sa.Column("screened_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state <> 'not admitted' OR reason <> ''", name=op.f("ck_statement_refused_with_reason")),
        sa.CheckConstraint(
            "state IN ('awaiting screening', 'not admitted', 'admitted')", name=op.f("ck_statement_state")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_statement_author_id_member")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_statement_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["screened_by_id"], ["member.id"], name=op.f("fk_statement_screened_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_consultation_id"), ["consultation_id"], unique=False)

    op.create_table(
        "contribution_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_contribution_version_contribution_id_contribution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_version")),
        sa.UniqueConstraint(
            "contribution_id", "sequence", name=op.f("uq_contribution_version_contribution_id_sequence")
        ),
    )
    op.create_table(
        "gathering_answer",
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("access_needs", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("answer IN ('coming', 'waiting', 'not coming')", name=op.f("ck_gathering_answer_answer")),
        sa.ForeignKeyConstraint(
            ["gathering_id"], ["gathering.id"], name=op.f("fk_gathering_answer_gathering_id_gathering")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_gathering_answer_member_id_member")),
        sa.PrimaryKeyConstraint("gathering_id", "member_id", name=op.f("pk_gathering_answer")),
    )
    with op.batch_alter_table("gathering_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gathering_answer_member_id"), ["member_id"], unique=False)

    op.create_table(
        "gathering_attendance",
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.CheckConstraint("how IN ('in the room', 'from afar')", name=op.f("ck_gathering_attendance_how")),
        sa.ForeignKeyConstraint(
            ["gathering_id"], ["gathering.id"], name=op.f("fk_gathering_attendance_gathering_id_gathering")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_gathering_attendance_member_id_member")),
        sa.PrimaryKeyConstraint("gathering_id", "member_id", name=op.f("pk_gathering_attendance")),
    )
    with op.batch_alter_table("gathering_attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gathering_attendance_member_id"), ["member_id"], unique=False)

    op.create_table(
        "gathering_minutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_gathering_minutes_by_id_member")),
        sa.ForeignKeyConstraint(
            ["gathering_id"], ["gathering.id"], name=op.f("fk_gathering_minutes_gathering_id_gathering")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathering_minutes")),
        sa.UniqueConstraint("gathering_id", "sequence", name=op.f("uq_gathering_minutes_gathering_id_sequence")),
    )
    op.create_table(
        "motion_source",
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_motion_source_by_id_member")),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name=op.f("fk_motion_source_code_id_code")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_motion_source_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_motion_source_motion_id_motion")),
        sa.PrimaryKeyConstraint("motion_id", "consultation_id", name=op.f("pk_motion_source")),
    )
    op.create_table(
        "paragraph_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("paragraph", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("author_status", sa.String(length=20), nullable=False),
        sa.Column("stance", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("hidden_at", Instant(), nullable=True),
        sa.Column("hidden_reason", sa.String(length=1000), nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "stance IN ('for', 'against', 'question', 'information')", name=op.f("ck_paragraph_comment_stance")
        ),
        sa.CheckConstraint(
            "(hidden_at IS NULL) = (hidden_reason IS NULL)", name=op.f("ck_paragraph_comment_hidden_with_reason")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_paragraph_comment_author_id_member")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_paragraph_comment_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["member.id"], name=op.f("fk_paragraph_comment_hidden_by_id_member")),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper_version.id"], name=op.f("fk_paragraph_comment_paper_id_paper_version")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["paragraph_comment.id"], name=op.f("fk_paragraph_comment_parent_id_paragraph_comment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paragraph_comment")),
    )
    with op.batch_alter_table("paragraph_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paragraph_comment_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_paragraph_comment_place", ["consultation_id", "paragraph"], unique=False)

    op.create_table(
        "said_done",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=1000), nullable=False),
        sa.Column("did", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=True),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.CheckConstraint("state IN ('done', 'under way', 'to come', 'not done')", name=op.f("ck_said_done_state")),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name=op.f("fk_said_done_code_id_code")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_said_done_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_said_done_motion_id_motion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_said_done")),
    )
    with op.batch_alter_table("said_done", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_said_done_consultation_id"), ["consultation_id"], unique=False)

    op.create_table(
        "statement_vote",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.CheckConstraint("choice IN (-1, 0, 1)", name=op.f("ck_statement_vote_choice")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_statement_vote_member_id_member")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_vote_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("statement_id", "member_id", name=op.f("pk_statement_vote")),
    )
    op.create_table(
        "vote_taken",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=1000), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.String(length=10), nullable=False),
        sa.Column("comparison", sa.String(length=2), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("outcome IN ('carried', 'lost', 'not quorate')", name=op.f("ck_vote_taken_outcome")),
        sa.CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND abstained >= 0", name=op.f("ck_vote_taken_figures")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_vote_taken_by_id_member")),
        sa.ForeignKeyConstraint(["gathering_id"], ["gathering.id"], name=op.f("fk_vote_taken_gathering_id_gathering")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_taken")),
    )
    with op.batch_alter_table("vote_taken", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_taken_gathering_id"), ["gathering_id"], unique=False)

    op.create_table(
        "coding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name=op.f("fk_coding_code_id_code")),
        sa.ForeignKeyConstraint(["coder_id"], ["member.id"], name=op.f("fk_coding_coder_id_member")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["contribution_version.id"], name=op.f("fk_coding_version_id_contribution_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding")),
        sa.UniqueConstraint(
            "version_id", "part", "code_id", "coder_id", name=op.f("uq_coding_version_id_part_code_id_coder_id")
        ),
    )
    with op.batch_alter_table("coding", schema=None) as batch_op:
        batch_op.create_index("ix_coding_code_id", ["code_id"], unique=False)

    op.create_table(
        "coding_done",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["coder_id"], ["member.id"], name=op.f("fk_coding_done_coder_id_member")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["contribution_version.id"], name=op.f("fk_coding_done_version_id_contribution_version")
        ),
        sa.PrimaryKeyConstraint("version_id", "coder_id", name=op.f("pk_coding_done")),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_foreign_key(op.f(_VERSION), "contribution_version", ["version_id"], ["id"])
    _keep_papers()
    raise_fences(op.get_bind())


def _keep_papers() -> None:
    """The paper of every consultation so far becomes its first version, its paragraphs numbered from p1."""
    bind = op.get_bind()
    kept = sa.table(
        "consultation", sa.column("id", sa.Integer), sa.column("paper", sa.JSON), sa.column("created_at", Instant)
    )
    versions = sa.table(
        "paper_version",
        *(sa.column(name) for name in ("consultation_id", "sequence", "hash", "created_by")),
        sa.column("paper", sa.JSON),
        sa.column("created_at", Instant),
    )
    for row in bind.execute(sa.select(kept)).all():
        number, paper = 0, []
        for part in row.paper:
            number += "text" in part
            paper.append({"id": f"p{number}", **part} if "text" in part else part)
        digest = hashlib.sha256(json.dumps(paper, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        values = {"consultation_id": row.id, "sequence": 1, "hash": digest, "created_by": "machine:console"}
        bind.execute(versions.insert().values(paper=paper, created_at=row.created_at, **values))


def downgrade() -> None:
    take_down_fences(op.get_bind(), _FIXED)
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(_VERSION), type_="foreignkey")
    op.drop_table("coding_done")
    with op.batch_alter_table("coding", schema=None) as batch_op:
        batch_op.drop_index("ix_coding_code_id")

    op.drop_table("coding")
    with op.batch_alter_table("vote_taken", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vote_taken_gathering_id"))

    op.drop_table("vote_taken")
    op.drop_table("statement_vote")
    with op.batch_alter_table("said_done", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_said_done_consultation_id"))

    op.drop_table("said_done")
    with op.batch_alter_table("paragraph_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_paragraph_comment_place")
        batch_op.drop_index(batch_op.f("ix_paragraph_comment_author_id"))

    op.drop_table("paragraph_comment")
    op.drop_table("motion_source")
    op.drop_table("gathering_minutes")
    with op.batch_alter_table("gathering_attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gathering_attendance_member_id"))

    op.drop_table("gathering_attendance")
    with op.batch_alter_table("gathering_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gathering_answer_member_id"))

    op.drop_table("gathering_answer")
    op.drop_table("contribution_version")
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_consultation_id"))

    op.drop_table("statement")
    op.drop_table("participation")
    op.drop_table("paper_version")
    op.drop_table("opinion_result")
    with op.batch_alter_table("gathering", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gathering_unit_id"))
        batch_op.drop_index("ix_gathering_starts_at")
        batch_op.drop_index(batch_op.f("ix_gathering_consultation_id"))

    op.drop_table("gathering")
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contribution_unit_id"))
        batch_op.drop_index(batch_op.f("ix_contribution_author_id"))

    op.drop_table("contribution")
    op.drop_table("consultation_report")
    with op.batch_alter_table("consultation_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_question_consultation_id"))

    op.drop_table("consultation_question")
    op.drop_table("code")
