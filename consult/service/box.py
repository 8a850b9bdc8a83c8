"""The box: one sealed envelope put in by one statement, which is durable before anybody is told.

The statement itself asks whether the ballot is open by the database's clock and whether the member is on its roll, and
the primary key (ballot, member) whether there is an envelope already; so nothing can change between asking and writing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from consult.model import together
from consult.model.store import DATABASE_CLOCK, Instant, alone, db, turn

_PUT = """
INSERT INTO envelope (ballot_id, member_id, sealed, receipt, retry_key, sealed_by)
SELECT ballot.id, roll_entry.member_id, {sealed}, {receipt}, {retry_key}, {sealed_by}
FROM ballot JOIN roll_entry ON roll_entry.roll_id = ballot.roll_id AND roll_entry.member_id = {member_id}
WHERE ballot.id = {ballot_id} AND ballot.state IN ('scheduled', 'open')
AND ballot.opens_at <= {now} AND {now} < {last}
ON CONFLICT DO NOTHING
"""

#: What differs: the clock, and adding the declared grace to the close. Instants are text on SQLite, in a form that sorts.
_DIALECTS = {
    "sqlite": {
        "now": f"coalesce(:at, {DATABASE_CLOCK['sqlite']})",
        "last": "strftime('%Y-%m-%dT%H:%M:%f000Z', ballot.closes_at, ballot.grace_minutes || ' minutes')",
    },
    "postgresql": {
        "now": f"coalesce(%(at)s::timestamptz, {DATABASE_CLOCK['postgresql']})",
        "last": "(ballot.closes_at + make_interval(mins => ballot.grace_minutes))",
    },
}
_COLUMNS = ("ballot_id", "member_id", "sealed", "receipt", "retry_key", "sealed_by")
#: The statement of each kind of database.
STATEMENTS = {
    name: _PUT.format(**parts, **{column: f":{column}" if name == "sqlite" else f"%({column})s" for column in _COLUMNS})
    for name, parts in _DIALECTS.items()
}


@dataclass(frozen=True)
class Sealed:
    """One sealed envelope with the member's name on the outside; `receipt` is the SHA-256 of `sealed` in hexadecimal."""

    ballot_id: int
    member_id: int
    sealed: bytes
    receipt: str
    retry_key: str
    #: "server" or "browser".
    sealed_by: str


def put(envelope: Sealed, at: datetime | None = None) -> bool:
    """Put one envelope in; True once it is on the disk, False where the database took none: not open, not on the roll,
    or one of this member (or this very envelope) is there.

    On SQLite the envelopes that arrive while the disk is busy are committed together, unless the settings say otherwise.
    PostgreSQL does the same by itself for connections that commit at once, so one statement in one round trip is all.

    Raises:
        IntegrityError: if the ballot closed under the envelope.
        OperationalError: if the database failed: whether it was taken is then not known.
    """
    db.session.rollback()  # whatever was read before holds no connection and no snapshot while we wait
    engine = db.engine
    values = _values(engine, envelope, at)
    statement = STATEMENTS[engine.dialect.name]

    def write(connection: Connection) -> bool:
        return connection.exec_driver_sql(statement, values).rowcount == 1

    if engine.dialect.name == "sqlite" and current_app.config["CONSULT_GROUP_COMMIT"]:
        return bool(together.of(engine).run(engine, write))
    with turn(engine), alone(engine) as connection:
        return write(connection)


def _values(engine: Engine, envelope: Sealed, at: datetime | None) -> dict[str, Any]:
    return {**asdict(envelope), "at": Instant().process_bind_param(at, engine.dialect)}
