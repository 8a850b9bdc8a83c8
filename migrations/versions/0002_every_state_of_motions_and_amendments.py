"""Every state of motions and amendments: composited, prioritised, remitted, referred back, not put and the rest."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MOTION = """
    state IN ('draft', 'seeking support', 'queried', 'submitted', 'in order', 'ruled out', 'ruled out for good',
    'published', 'on the order paper', 'put to the vote', 'carried', 'carried as amended', 'lost', 'withdrawn'{})
"""
_AMENDMENT = """
    state IN ('draft', 'queried', 'submitted', 'in order', 'ruled out', 'ruled out for good', 'not accepted',
    'accepted by mover', 'incorporated', 'on the order paper', 'carried', 'lost', 'falls', 'withdrawn'{})
"""
#: New state of a motion → the one that it goes back to, with nothing decided that was not.
_MOTION_BACK = {
    "composited": "published",
    "prioritised": "published",
    "not prioritised": "published",
    "falls": "on the order paper",
    "remitted": "on the order paper",
    "referred back": "on the order paper",
    "not put": "on the order paper",
    "withdrawn by leave": "withdrawn",
}
_AMENDMENT_BACK = {"drafting change": "incorporated", "composited": "in order", "remitted": "on the order paper"}


def _check(table: str, words: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_state"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_state"), " ".join(words.split()))


def _more(words: str, states: dict[str, str]) -> str:
    return words.format("".join(f", '{state}'" for state in states))


def upgrade() -> None:
    _check("motion", _more(_MOTION, _MOTION_BACK))
    _check("amendment", _more(_AMENDMENT, _AMENDMENT_BACK))


def downgrade() -> None:
    for table, back in (("motion", _MOTION_BACK), ("amendment", _AMENDMENT_BACK)):
        for state, before in back.items():
            op.execute(f"UPDATE {table} SET state = '{before}' WHERE state = '{state}'")  # noqa: S608 (words of ours)
    _check("motion", _MOTION.format(""))
    _check("amendment", _AMENDMENT.format(""))
