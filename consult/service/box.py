"""The box: one sealed envelope put in by one statement, which is durable before anybody is told.

The statement itself asks whether the ballot is open by the database's clock, whether its definition is the one that the
envelope was sealed for, and whether the member is on its roll; and the primary key (ballot, member) whether there is an
envelope already. So nothing can change between asking and writing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from consult.model import together
from consult.model.plain import Plain, plain
from consult.model.store import DATABASE_CLOCK, Instant, db, let_go, turn

_PUT = """
INSERT INTO envelope (ballot_id, member_id, sealed, receipt, retry_key, sealed_by)
SELECT ballot.id, roll_entry.member_id, {sealed}, {receipt}, {retry_key}, {sealed_by}
FROM ballot JOIN roll_entry ON roll_entry.roll_id = ballot.roll_id {who}
WHERE ballot.id = {ballot_id} AND ballot.definition_hash = {definition} AND ballot.state IN ('scheduled', 'open')
AND ballot.opens_at <= {now} AND {now} < {last}
AND NOT EXISTS (SELECT 1 FROM roll_removal WHERE roll_removal.roll_id = roll_entry.roll_id
AND roll_removal.member_id = roll_entry.member_id AND roll_removal.restored_id IS NULL)
ON CONFLICT DO NOTHING
"""

#: Whose envelope: of a member that is known, or of whoever a link to vote belongs to.
_WHO = {
    "member": "AND roll_entry.member_id = {member_id}",
    "link": """JOIN voting_link ON voting_link.ballot_id = ballot.id AND voting_link.member_id = roll_entry.member_id
AND voting_link.token_hash = {link} JOIN member ON member.id = roll_entry.member_id AND member.erased_at IS NULL""",
}

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
_NAMES = ("ballot_id", "member_id", "sealed", "receipt", "retry_key", "sealed_by", "definition", "link")


def _statements(who: str) -> dict[str, str]:
    return {
        name: _PUT.replace("{who}", _WHO[who]).format(
            **parts, **{each: f":{each}" if name == "sqlite" else f"%({each})s" for each in _NAMES}
        )
        for name, parts in _DIALECTS.items()
    }


#: The statement of each kind of database, where the member is known; and by a link.
STATEMENTS, BY_LINK = _statements("member"), _statements("link")


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


def put(envelope: Sealed, definition: str, at: datetime | None = None, *, link: str = "") -> bool:
    """Put one envelope in; True once it is on the disk, False where the database took none: not open, not on the roll,
    sealed for another `definition` (its hash), or one of this member (or this very envelope) is there.

    With a `link` (the hash of its token) the envelope is that of whoever the link belongs to, if it is the newest of a
    member of today; `envelope.member_id` is then not looked at.

    On SQLite the envelopes that arrive while the disk is busy are committed together, unless the settings say otherwise.
    PostgreSQL does the same by itself for connections that commit at once, so one statement in one round trip is all.

    Raises:
        IntegrityError: if the ballot closed under the envelope.
        OperationalError: if the database failed: whether it was taken is then not known.
    """
    let_go()
    engine = db.engine
    moment = Instant().process_bind_param(at, engine.dialect)
    values = {**vars(envelope), "definition": definition, "at": moment, "link": link}
    statement = (BY_LINK if link else STATEMENTS)[engine.dialect.name]

    def write(connection: Plain) -> bool:
        return bool(connection.exec_driver_sql(statement, values).rowcount == 1)

    if engine.dialect.name == "sqlite" and current_app.config["CONSULT_GROUP_COMMIT"]:
        return bool(together.of(engine).run(engine, write))
    with turn(engine), plain(engine) as connection:
        return write(connection)
