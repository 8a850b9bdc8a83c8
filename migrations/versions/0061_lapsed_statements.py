"""Statements that nobody screened before the close lapse; how moderators hear of statements that wait is a topic of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

STATES = ("awaiting screening", "not admitted", "admitted")
TOPICS = ("followed", "own", "composites", "answers", "consultations", "events")


def _in(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    _checks((*STATES, "lapsed"), (*TOPICS, "screening"))


def downgrade() -> None:
    # the older table knows neither: what lapsed waits again, and how one hears of it is not chosen
    op.execute(sa.text("UPDATE statement SET state = 'awaiting screening' WHERE state = 'lapsed'"))
    op.execute(sa.text("DELETE FROM notice_choice WHERE topic = 'screening'"))
    op.execute(sa.text("DELETE FROM notice_kind_choice WHERE kind IN ('statements-wait', 'statement-lapsed')"))
    _checks(STATES, TOPICS)


def _checks(states: tuple[str, ...], topics: tuple[str, ...]) -> None:
    with op.batch_alter_table("statement") as batch:
        batch.drop_constraint(op.f("ck_statement_state"), type_="check")
        batch.create_check_constraint(op.f("ck_statement_state"), _in("state", states))
    with op.batch_alter_table("notice_choice", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.drop_constraint(op.f("ck_notice_choice_topic"), type_="check")
        batch.create_check_constraint(op.f("ck_notice_choice_topic"), _in("topic", topics))
