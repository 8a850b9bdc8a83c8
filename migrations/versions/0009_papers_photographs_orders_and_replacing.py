"""Papers by hand, photographs, a declared order of candidates, and votes that may be replaced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.triggers import raise_fences, take_down_fences

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    take_down_fences(op.get_bind())
    op.create_table(
        "photograph",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("large", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_photograph")),
    )
    op.create_table(
        "paper_duty",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=10), nullable=False),
        sa.CheckConstraint("duty IN ('envelopes', 'papers')", name=op.f("ck_paper_duty_duty")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_paper_duty_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_paper_duty_member_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "member_id", name=op.f("pk_paper_duty")),
    )
    op.create_table(
        "paper_entry",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("first_mark", sa.String(length=64), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("first_by_id", sa.Integer(), nullable=False),
        sa.Column("second_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(status = 'agreed') = (sealed IS NOT NULL)", name=op.f("ck_paper_entry_sealed")),
        sa.CheckConstraint("status IN ('once', 'agreed', 'rejected')", name=op.f("ck_paper_entry_status")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_paper_entry_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["first_by_id"], ["member.id"], name=op.f("fk_paper_entry_first_by_id_member")),
        sa.ForeignKeyConstraint(["second_by_id"], ["member.id"], name=op.f("fk_paper_entry_second_by_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "serial", name=op.f("pk_paper_entry")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "paper_issue",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('issued', 'cancelled', 'returned', 'refused')", name=op.f("ck_paper_issue_status")
        ),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_paper_issue_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["member.id"], name=op.f("fk_paper_issue_issued_by_id_member")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_paper_issue_member_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "number", name=op.f("pk_paper_issue")),
    )
    with op.batch_alter_table("paper_issue", schema=None) as batch_op:
        batch_op.create_index(
            "ix_paper_issue_standing",
            ["ballot_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("status <> 'cancelled'"),
            postgresql_where=sa.text("status <> 'cancelled'"),
        )

    op.create_table(
        "superseded",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_superseded_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_superseded_member_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "receipt", name=op.f("pk_superseded")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("candidate_order", sa.String(length=10), server_default="fixed", nullable=False))
        batch_op.add_column(sa.Column("order_seed", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("replacing", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("paper_rule", sa.String(length=10), server_default="none", nullable=False))
        batch_op.add_column(sa.Column("statement_words", sa.Integer(), server_default="250", nullable=False))
        batch_op.add_column(sa.Column("superseded", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("on_paper", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_ballot_candidate_order"), "candidate_order IN ('fixed', 'random')")
        batch_op.create_check_constraint(op.f("ck_ballot_paper_rule"), "paper_rule IN ('none', 'first', 'paper')")

    with op.batch_alter_table("option", schema=None) as batch_op:
        batch_op.add_column(sa.Column("photograph_hash", sa.String(length=64), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_option_photograph_hash_photograph"), "photograph", ["photograph_hash"], ["hash"]
        )
    raise_fences(op.get_bind())


def downgrade() -> None:
    take_down_fences(op.get_bind())
    with op.batch_alter_table("option", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_option_photograph_hash_photograph"), type_="foreignkey")
        batch_op.drop_column("photograph_hash")

    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_ballot_candidate_order"), type_="check")
        batch_op.drop_constraint(op.f("ck_ballot_paper_rule"), type_="check")
        batch_op.drop_column("on_paper")
        batch_op.drop_column("superseded")
        batch_op.drop_column("statement_words")
        batch_op.drop_column("paper_rule")
        batch_op.drop_column("replacing")
        batch_op.drop_column("order_seed")
        batch_op.drop_column("candidate_order")

    op.drop_table("superseded")
    with op.batch_alter_table("paper_issue", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_paper_issue_standing",
            sqlite_where=sa.text("status <> 'cancelled'"),
            postgresql_where=sa.text("status <> 'cancelled'"),
        )

    op.drop_table("paper_issue")
    op.drop_table("paper_entry")
    op.drop_table("paper_duty")
    op.drop_table("photograph")
    raise_fences(op.get_bind())
