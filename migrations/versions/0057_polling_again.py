"""A call for nominations that follows one whose poll ended without a result; merging and closing units by two officers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.triggers import raise_fences, take_down_fences

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

_TERMS = "officer_proposal_terms"
_BEFORE = ("annul ballot", "end role", "vacate seat", "end founding period")
_ADDED = ("poll again", "merge unit", "close unit")


def _kinds(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("officer_proposal") as batch_op:
        batch_op.drop_constraint(op.f("ck_officer_proposal_what"), type_="check")
        words = ", ".join(f"'{kind}'" for kind in kinds)
        batch_op.create_check_constraint(op.f("ck_officer_proposal_what"), f"what IN ({words})")


def upgrade() -> None:
    with op.batch_alter_table("nomination_call") as batch_op:
        batch_op.add_column(sa.Column("again_of_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_nomination_call_again_of_id_nomination_call"), "nomination_call", ["again_of_id"], ["id"]
        )
        batch_op.create_unique_constraint(op.f("uq_nomination_call_again_of_id"), ["again_of_id"])
    take_down_fences(op.get_bind(), ("officer_proposal",))
    _kinds((*_BEFORE, *_ADDED))
    op.create_table(
        _TERMS,
        sa.Column("proposal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["officer_proposal.id"],
            name=op.f("fk_officer_proposal_terms_proposal_id_officer_proposal"),
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_officer_proposal_terms")),
    )
    raise_fences(op.get_bind(), ("officer_proposal", _TERMS))


def downgrade() -> None:
    take_down_fences(op.get_bind(), ("officer_proposal", _TERMS))
    op.drop_table(_TERMS)
    proposals = sa.table("officer_proposal", sa.column("what", sa.String()))
    op.execute(proposals.delete().where(proposals.c.what.in_(_ADDED)))
    _kinds(_BEFORE)
    raise_fences(op.get_bind(), ("officer_proposal",))
    with op.batch_alter_table("nomination_call") as batch_op:
        batch_op.drop_constraint(op.f("uq_nomination_call_again_of_id"), type_="unique")
        batch_op.drop_constraint(op.f("fk_nomination_call_again_of_id_nomination_call"), type_="foreignkey")
        batch_op.drop_column("again_of_id")
