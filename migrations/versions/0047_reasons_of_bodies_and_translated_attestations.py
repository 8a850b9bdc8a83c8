"""Why bodies are set up, changed and dissolved; translations of what members confirm for a roll."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_BEFORE = ("motion", "amendment", "ballot", "consultation")


def _one_of(names: tuple[str, ...]) -> str:
    return " + ".join(f"CASE WHEN {name}_id IS NULL THEN 0 ELSE 1 END" for name in names) + " = 1"


def upgrade() -> None:
    op.create_table(
        "body_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(40), nullable=False),
        sa.CheckConstraint("what IN ('set up', 'changed', 'dissolved')", name=op.f("ck_body_change_what")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_body_change_body_id_body")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_change")),
    )
    op.create_index(op.f("ix_body_change_body_id"), "body_change", ["body_id"])
    take_down_fences(op.get_bind(), ("translation",))
    with op.batch_alter_table("translation") as batch_op:
        batch_op.add_column(sa.Column("attestation_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_translation_attestation_id_attestation"), "attestation", ["attestation_id"], ["id"]
        )
        batch_op.drop_constraint(op.f("ck_translation_one_subject"), type_="check")
        batch_op.create_check_constraint(op.f("ck_translation_one_subject"), _one_of((*_BEFORE, "attestation")))
    op.create_index("ix_translation_of_attestation", "translation", ["attestation_id", "language"])
    raise_fences(op.get_bind(), ("body_change", "translation"))


def downgrade() -> None:
    take_down_fences(op.get_bind(), ("body_change", "translation"))
    op.drop_index("ix_translation_of_attestation", table_name="translation")
    op.execute("DELETE FROM translation WHERE attestation_id IS NOT NULL")
    with op.batch_alter_table("translation") as batch_op:
        batch_op.drop_constraint(op.f("ck_translation_one_subject"), type_="check")
        batch_op.create_check_constraint(op.f("ck_translation_one_subject"), _one_of(_BEFORE))
        batch_op.drop_constraint(op.f("fk_translation_attestation_id_attestation"), type_="foreignkey")
        batch_op.drop_column("attestation_id")
    op.drop_table("body_change")
    raise_fences(op.get_bind(), ("translation",))
