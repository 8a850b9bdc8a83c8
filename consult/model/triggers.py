"""What the database itself refuses, whatever the program does: changing what is fixed, voting when a ballot is not open."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, event, inspect

from consult.model.store import Base

#: Table → (columns that may still change, the sentence of the refusal). Rows of these are never deleted.
FIXED: dict[str, tuple[tuple[str, ...], str]] = {
    "audit_event": ((), "The audit log is only ever added to."),
    "audit_head": ((), "Heads that were mailed out are never changed."),
    "rulebook": ((), "A rulebook is never changed; a new version follows it."),
    "motion_version": ((), "A version of a motion is never changed; a new version follows it."),
    "ruling": ((), "A ruling is never changed; an appeal is decided beside it."),
    "roll": ((), "A frozen roll is never changed."),
    "roll_entry": (("email",), "The entries of a frozen roll are never changed."),
    "opened_paper": ((), "Opened papers are never changed."),
    "signature": ((), "A signature is never changed."),
    "publication": ((), "A published result is never changed."),
}


def _fixed(connection: Connection) -> dict[str, tuple[str, str]]:
    """Table → (its fixed columns, the sentence), for those that the database has by now.

    A revision runs while later tables and columns are not there yet, so the database is asked, not the model.
    """
    there = inspect(connection)
    found = {}
    for table in sorted(FIXED.keys() & there.get_table_names()):
        may_change, sentence = FIXED[table]
        names = [column["name"] for column in there.get_columns(table) if column["name"] not in may_change]
        found[table] = (", ".join(f'"{name}"' for name in names), sentence)
    return found


_DEFINITION = "What a ballot asks is never changed once voters can have seen it."
_ENVELOPE = "This ballot is not open: the envelope was not taken."


def _sqlite(fixed: dict[str, tuple[str, str]]) -> list[str]:
    made = []
    for table, (columns, sentence) in fixed.items():
        for verb, of in (("update", f"UPDATE OF {columns}"), ("delete", "DELETE")):
            made.append(
                f"CREATE TRIGGER fixed_{table}_{verb} BEFORE {of} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
    made.append(
        "CREATE TRIGGER ballot_definition BEFORE UPDATE OF definition, definition_hash, public_key ON ballot "
        "WHEN OLD.definition_hash IS NOT NULL AND (NEW.definition_hash IS NOT OLD.definition_hash OR "
        "NEW.definition IS NOT OLD.definition OR NEW.public_key IS NOT OLD.public_key) "
        f"BEGIN SELECT RAISE(ABORT, '{_DEFINITION}'); END"
    )
    made.append(
        "CREATE TRIGGER envelope_open BEFORE INSERT ON envelope "
        "WHEN (SELECT state FROM ballot WHERE id = NEW.ballot_id) NOT IN ('scheduled', 'open') "
        f"BEGIN SELECT RAISE(ABORT, '{_ENVELOPE}'); END"
    )
    return made


def _postgresql(fixed: dict[str, tuple[str, str]]) -> list[str]:
    made = [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$",
        # FOR SHARE waits for a close that is under way, so that no envelope slips in behind it.
        "CREATE OR REPLACE FUNCTION refuse_envelope() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF (SELECT state FROM ballot WHERE id = NEW.ballot_id FOR SHARE) NOT IN ('scheduled', 'open') THEN "
        f"RAISE EXCEPTION '{_ENVELOPE}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    ]
    for table, (columns, sentence) in fixed.items():
        for verb, of in (("update", f"UPDATE OF {columns}"), ("delete", "DELETE")):
            made.append(
                f"CREATE TRIGGER fixed_{table}_{verb} BEFORE {of} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION refuse_change('{sentence}')"
            )
    made.append(
        "CREATE TRIGGER ballot_definition BEFORE UPDATE OF definition, definition_hash, public_key ON ballot "
        "FOR EACH ROW WHEN (OLD.definition_hash IS NOT NULL AND (NEW.definition_hash IS DISTINCT FROM "
        "OLD.definition_hash OR NEW.definition IS DISTINCT FROM OLD.definition OR "
        f"NEW.public_key IS DISTINCT FROM OLD.public_key)) EXECUTE FUNCTION refuse_change('{_DEFINITION}')"
    )
    made.append(
        "CREATE TRIGGER envelope_open BEFORE INSERT ON envelope FOR EACH ROW EXECUTE FUNCTION refuse_envelope()"
    )
    return made


def _drops(dialect: str, *, functions: bool) -> list[str]:
    """The DDL that takes the refusals away."""
    named = [(f"fixed_{table}_{verb}", table) for table in FIXED for verb in ("update", "delete")]
    named += [("ballot_definition", "ballot"), ("envelope_open", "envelope")]
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name, _ in named]
    drops = [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in named]
    if functions:
        drops += [f"DROP FUNCTION IF EXISTS {name}()" for name in ("refuse_change", "refuse_envelope")]
    return drops


def raise_fences(connection: Connection) -> None:
    """Create every refusal anew, for the tables and columns that the database has by now.

    A revision that makes a fixed table, gives one a column, or alters any of them on SQLite (which copies the table and
    so loses its triggers) calls it at its end.
    """
    fixed = _fixed(connection)
    dialect = connection.dialect.name
    _run(connection, _drops(dialect, functions=False))
    _run(connection, _sqlite(fixed) if dialect == "sqlite" else _postgresql(fixed))


def take_down_fences(connection: Connection) -> None:
    """Drop every refusal again."""
    _run(connection, _drops(connection.dialect.name, functions=True))


def _run(connection: Connection, ddl: list[str]) -> None:
    doubled = connection.dialect.name == "postgresql"  # psycopg reads % as the start of a placeholder
    for statement in ddl:
        connection.exec_driver_sql(statement.replace("%", "%%") if doubled else statement)


@event.listens_for(Base.metadata, "after_create")
def _after_create(target: Any, connection: Connection, **options: Any) -> None:
    """So that tables made without migrations (in quick tests) refuse the same things."""
    raise_fences(connection)
