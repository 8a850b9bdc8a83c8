"""For which codes a coder read a submission: those that were open in the code book when it was read."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("coding_done", sa.Column("read", sa.JSON(none_as_null=True), nullable=False, server_default="{}"))
    _fill(op.get_bind())


def downgrade() -> None:
    op.drop_column("coding_done", "read")


_READINGS = sa.table(
    "coding_done", sa.column("version_id"), sa.column("coder_id"), sa.column("read", sa.JSON(none_as_null=True))
)
_EVENTS = sa.text(
    "SELECT at, actor, subject, data FROM audit_event WHERE event = :event ORDER BY sequence"
).columns(at=Instant())  # fmt: skip
_OF = sa.text(
    "SELECT v.contribution_id, v.sequence, c.consultation_id FROM contribution_version v "
    "JOIN contribution c ON c.id = v.contribution_id WHERE v.id = :version"
)


def _fill(bind: sa.Connection) -> None:
    """What the audit log tells: a code joins with its first event and is closed or opened again by each further one."""
    rows = bind.execute(sa.select(_READINGS.c.version_id, _READINGS.c.coder_id)).all()
    if not rows:
        return
    moves: dict[str, list[datetime]] = defaultdict(list)
    for event in bind.execute(_EVENTS, {"event": "consultation.code_book_changed"}):
        moves[event.subject].append(event.at)
    readings: dict[tuple[str, str, int], list[datetime]] = defaultdict(list)
    for event in bind.execute(_EVENTS, {"event": "submission.coded"}):
        readings[event.actor, event.subject, json.loads(event.data)["version"]].append(event.at)
    books: dict[int, list[int]] = defaultdict(list)
    for code, consultation in bind.execute(sa.text("SELECT id, consultation_id FROM code")):
        books[consultation].append(code)
    for version, coder in rows:
        contribution, sequence, consultation = bind.execute(_OF, {"version": version}).one()
        read: dict[str, str] = {}
        for at in readings[f"member:{coder}", f"contribution:{contribution}", sequence]:
            stamp = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            read |= {
                str(code): stamp for code in books[consultation] if sum(m <= at for m in moves[f"code:{code}"]) % 2
            }
        of = (_READINGS.c.version_id == version) & (_READINGS.c.coder_id == coder)
        bind.execute(sa.update(_READINGS).where(of).values(read=read))
