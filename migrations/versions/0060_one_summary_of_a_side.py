"""One summary of each side of a debate stands; the one that it had before says when it was replaced."""

from __future__ import annotations

from itertools import pairwise

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

SIDED = ("motion", "policy", "composite")
_PINNED = sa.text("approved_at IS NOT NULL AND replaced_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("side_summary") as batch:
        batch.add_column(sa.Column("replaced_at", Instant(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_side_summary_replaced_once_approved"), "replaced_at IS NULL OR approved_at IS NOT NULL"
        )
    _replace(op.get_bind())
    for name in SIDED:
        op.create_index(
            f"uq_side_summary_{name}_stands", "side_summary", [f"{name}_id", "side"], unique=True, sqlite_where=_PINNED,
            postgresql_where=_PINNED,
        )  # fmt: skip


def downgrade() -> None:
    for name in SIDED:
        op.drop_index(f"uq_side_summary_{name}_stands", "side_summary")
    with op.batch_alter_table("side_summary") as batch:
        batch.drop_constraint(op.f("ck_side_summary_replaced_once_approved"), type_="check")
        batch.drop_column("replaced_at")


_SUMMARY = sa.table(
    "side_summary", sa.column("id"), sa.column("motion_id"), sa.column("policy_id"), sa.column("composite_id"),
    sa.column("side"), sa.column("approved_at", Instant()), sa.column("replaced_at", Instant()),
)  # fmt: skip


def _replace(bind: sa.Connection) -> None:
    """Of several that one side had approved, each was replaced when the next one was approved."""
    kept = _SUMMARY.c
    approved = sa.select(kept.id, kept.motion_id, kept.policy_id, kept.composite_id, kept.side, kept.approved_at).where(
        kept.approved_at.is_not(None)
    )
    sides: dict[tuple[object, ...], list[sa.Row[tuple[object, ...]]]] = {}
    for row in bind.execute(approved.order_by(kept.approved_at, kept.id)):
        sides.setdefault((row.motion_id, row.policy_id, row.composite_id, row.side), []).append(row)
    for rows in sides.values():
        for before, after in pairwise(rows):
            bind.execute(sa.update(_SUMMARY).where(kept.id == before.id).values(replaced_at=after.approved_at))
