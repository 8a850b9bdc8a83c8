"""What becomes of a policy: its steps, the actions it orders, model motions sent elsewhere; and recommendations how to vote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_STATES = (
    "state IN ('sent', 'received', 'on the agenda', 'composited', "
    "'ruled out', 'carried', 'carried as amended', 'lost', 'remitted', 'not put')"
)


def upgrade() -> None:
    op.create_table(
        "model_motion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=200), nullable=False),
        sa.Column("word_limit", sa.Integer(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("word_count <= word_limit", name=op.f("ck_model_motion_within_the_limit")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_model_motion_by_id_member")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_model_motion_policy_id_policy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_motion")),
    )
    with op.batch_alter_table("model_motion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_model_motion_policy_id"), ["policy_id"], unique=False)

    op.create_table(
        "policy_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_policy_action_by_id_member")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_policy_action_policy_id_policy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_action")),
        sa.UniqueConstraint(
            "policy_id", "clause_id", "holder", name=op.f("uq_policy_action_policy_id_clause_id_holder")
        ),
    )
    with op.batch_alter_table("policy_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_action_policy_id"), ["policy_id"], unique=False)

    op.create_table(
        "policy_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("lapses_at", Instant(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(step = 'supersede') = (successor_id IS NOT NULL)", name=op.f("ck_policy_step_superseded_by")
        ),
        sa.CheckConstraint("step <> 'renew' OR lapses_at IS NOT NULL", name=op.f("ck_policy_step_renewed_until")),
        sa.CheckConstraint("step IN ('supersede', 'rescind', 'lapse', 'renew')", name=op.f("ck_policy_step_step")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_policy_step_by_id_member")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_policy_step_policy_id_policy")),
        sa.ForeignKeyConstraint(["successor_id"], ["policy.id"], name=op.f("fk_policy_step_successor_id_policy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_step")),
    )
    with op.batch_alter_table("policy_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_step_policy_id"), ["policy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_policy_step_successor_id"), ["successor_id"], unique=False)

    op.create_table(
        "recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("advice", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("advice IN ('for', 'against', 'no recommendation')", name=op.f("ck_recommendation_advice")),
        sa.CheckConstraint("(motion_id IS NULL) <> (amendment_id IS NULL)", name=op.f("ck_recommendation_one_subject")),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["amendment.id"], name=op.f("fk_recommendation_amendment_id_amendment")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_recommendation_by_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_recommendation_motion_id_motion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
    )
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_amendment_id"), ["amendment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recommendation_motion_id"), ["motion_id"], unique=False)

    op.create_table(
        "action_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("progress", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("progress IN ('begun', 'done', 'cannot be done')", name=op.f("ck_action_report_progress")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["policy_action.id"], name=op.f("fk_action_report_action_id_policy_action")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_action_report_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_report")),
    )
    with op.batch_alter_table("action_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_report_action_id"), ["action_id"], unique=False)

    op.create_table(
        "sending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_motion_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            _STATES,
            name=op.f("ck_sending_state"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_sending_by_id_member")),
        sa.ForeignKeyConstraint(
            ["model_motion_id"], ["model_motion.id"], name=op.f("fk_sending_model_motion_id_model_motion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending")),
    )
    with op.batch_alter_table("sending", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sending_model_motion_id"), ["model_motion_id"], unique=False)

    op.create_table(
        "sending_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sending_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            _STATES,
            name=op.f("ck_sending_news_state"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_sending_news_by_id_member")),
        sa.ForeignKeyConstraint(["sending_id"], ["sending.id"], name=op.f("fk_sending_news_sending_id_sending")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_news")),
    )
    with op.batch_alter_table("sending_news", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sending_news_sending_id"), ["sending_id"], unique=False)
    raise_fences(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("sending_news", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sending_news_sending_id"))

    op.drop_table("sending_news")
    with op.batch_alter_table("sending", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sending_model_motion_id"))

    op.drop_table("sending")
    with op.batch_alter_table("action_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_report_action_id"))

    op.drop_table("action_report")
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendation_motion_id"))
        batch_op.drop_index(batch_op.f("ix_recommendation_amendment_id"))

    op.drop_table("recommendation")
    with op.batch_alter_table("policy_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policy_step_successor_id"))
        batch_op.drop_index(batch_op.f("ix_policy_step_policy_id"))

    op.drop_table("policy_step")
    with op.batch_alter_table("policy_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policy_action_policy_id"))

    op.drop_table("policy_action")
    with op.batch_alter_table("model_motion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_model_motion_policy_id"))

    op.drop_table("model_motion")
