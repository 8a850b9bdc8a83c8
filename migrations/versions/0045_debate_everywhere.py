"""Debate on policies and composites, and questions to candidates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

THREADS = ("motion", "policy", "composite", "question")
WHERE = (*THREADS, "consultation")
SIDED = ("motion", "policy", "composite")
_STANDING = sa.text("ended_at IS NULL")
#: What stands beside a contribution and is never changed.
_FENCED = ("moderation", "moderation_appeal", "earlier_text")


def _one(names: tuple[str, ...]) -> str:
    return " + ".join(f"CASE WHEN {name}_id IS NULL THEN 0 ELSE 1 END" for name in names) + " = 1"


def _add(batch: object, table: str, names: tuple[str, ...]) -> None:
    for name in names:
        batch.add_column(sa.Column(f"{name}_id", sa.Integer(), nullable=True))  # type: ignore[attr-defined]
        batch.create_foreign_key(  # type: ignore[attr-defined]
            op.f(f"fk_{table}_{name}_id_{name}"), name, [f"{name}_id"], ["id"]
        )


def _drop(batch: object, table: str, names: tuple[str, ...]) -> None:
    for name in names:
        batch.drop_constraint(op.f(f"fk_{table}_{name}_id_{name}"), type_="foreignkey")  # type: ignore[attr-defined]
        batch.drop_column(f"{name}_id")  # type: ignore[attr-defined]


def upgrade() -> None:
    op.create_table(
        "hustings",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.String(10), nullable=False),
        sa.Column("declared_at", Instant(), nullable=False),
        sa.Column("declared_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("until IN ('opening', 'closing')", name=op.f("ck_hustings_until")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_hustings_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["declared_by_id"], ["member.id"], name=op.f("fk_hustings_declared_by_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_hustings")),
    )
    with op.batch_alter_table("comment") as batch:
        batch.alter_column("motion_id", existing_type=sa.Integer(), nullable=True)
        _add(batch, "comment", ("policy", "composite", "question", "option", "composite_text"))
        batch.create_check_constraint(op.f("ck_comment_one_thread"), _one(THREADS))
        batch.create_check_constraint(
            op.f("ck_comment_candidate_of_an_election"), "option_id IS NULL OR question_id IS NOT NULL"
        )
    with op.batch_alter_table("waiting_post") as batch:
        _add(batch, "waiting_post", ("policy", "composite", "question", "option", "composite_text"))
        batch.drop_constraint(op.f("ck_waiting_post_one_thread"), type_="check")
        batch.create_check_constraint(op.f("ck_waiting_post_one_thread"), _one(WHERE))
    with op.batch_alter_table("debate_rule") as batch:
        _add(batch, "debate_rule", ("policy", "composite", "question"))
        batch.drop_constraint(op.f("ck_debate_rule_one_thread"), type_="check")
        batch.create_check_constraint(op.f("ck_debate_rule_one_thread"), _one(WHERE))
    with op.batch_alter_table("side_summary") as batch:
        batch.alter_column("motion_id", existing_type=sa.Integer(), nullable=True)
        _add(batch, "side_summary", ("policy", "composite"))
        batch.create_check_constraint(op.f("ck_side_summary_one_thread"), _one(SIDED))
    for name in ("policy", "composite", "question"):
        op.create_index(op.f(f"ix_comment_{name}_id"), "comment", [f"{name}_id"])
        op.create_index(op.f(f"ix_waiting_post_{name}_id"), "waiting_post", [f"{name}_id"])
        op.create_index(
            f"ix_debate_rule_{name}", "debate_rule", [f"{name}_id", "kind"], unique=True, sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        )  # fmt: skip
    for name in ("policy", "composite"):
        op.create_index(f"ix_side_summary_{name}", "side_summary", [f"{name}_id", "side"])


#: What the older tables have no place for – contributions elsewhere than to motions and papers – and what stands beside.
_FORGET = (
    "DELETE FROM moderation_appeal WHERE moderation_id IN (SELECT id FROM moderation"
    " WHERE comment_id IN (SELECT id FROM comment WHERE motion_id IS NULL)"
    " OR waiting_id IN (SELECT id FROM waiting_post WHERE motion_id IS NULL AND consultation_id IS NULL))",
    "DELETE FROM moderation WHERE comment_id IN (SELECT id FROM comment WHERE motion_id IS NULL)"
    " OR waiting_id IN (SELECT id FROM waiting_post WHERE motion_id IS NULL AND consultation_id IS NULL)",
    "DELETE FROM earlier_text WHERE comment_id IN (SELECT id FROM comment WHERE motion_id IS NULL)",
    "DELETE FROM comment_report WHERE comment_id IN (SELECT id FROM comment WHERE motion_id IS NULL)",
    "DELETE FROM waiting_post WHERE motion_id IS NULL AND consultation_id IS NULL",
    "DELETE FROM comment WHERE motion_id IS NULL AND parent_id IS NOT NULL",
    "DELETE FROM comment WHERE motion_id IS NULL",
    "DELETE FROM debate_rule WHERE motion_id IS NULL AND consultation_id IS NULL",
    "DELETE FROM summary_approval WHERE summary_id IN (SELECT id FROM side_summary WHERE motion_id IS NULL)",
    "DELETE FROM side_summary WHERE motion_id IS NULL",
)


def downgrade() -> None:
    take_down_fences(op.get_bind(), _FENCED)
    for statement in _FORGET:
        op.execute(statement)
    for name in ("policy", "composite"):
        op.drop_index(f"ix_side_summary_{name}", "side_summary")
    for name in ("policy", "composite", "question"):
        op.drop_index(f"ix_debate_rule_{name}", "debate_rule")
        op.drop_index(op.f(f"ix_waiting_post_{name}_id"), "waiting_post")
        op.drop_index(op.f(f"ix_comment_{name}_id"), "comment")
    with op.batch_alter_table("side_summary") as batch:
        batch.drop_constraint(op.f("ck_side_summary_one_thread"), type_="check")
        _drop(batch, "side_summary", ("policy", "composite"))
        batch.alter_column("motion_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("debate_rule") as batch:
        batch.drop_constraint(op.f("ck_debate_rule_one_thread"), type_="check")
        _drop(batch, "debate_rule", ("policy", "composite", "question"))
        batch.create_check_constraint(
            op.f("ck_debate_rule_one_thread"), "(motion_id IS NULL) <> (consultation_id IS NULL)"
        )
    with op.batch_alter_table("waiting_post") as batch:
        batch.drop_constraint(op.f("ck_waiting_post_one_thread"), type_="check")
        _drop(batch, "waiting_post", ("policy", "composite", "question", "option", "composite_text"))
        batch.create_check_constraint(
            op.f("ck_waiting_post_one_thread"), "(motion_id IS NULL) <> (consultation_id IS NULL)"
        )
    with op.batch_alter_table("comment") as batch:
        batch.drop_constraint(op.f("ck_comment_candidate_of_an_election"), type_="check")
        batch.drop_constraint(op.f("ck_comment_one_thread"), type_="check")
        _drop(batch, "comment", ("policy", "composite", "question", "option", "composite_text"))
        batch.alter_column("motion_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("hustings")
    raise_fences(op.get_bind(), _FENCED)
