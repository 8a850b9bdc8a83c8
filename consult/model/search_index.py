"""How the database keeps the index of words in step with what can be searched: FTS5 on SQLite, a vector and GIN on PostgreSQL."""

from __future__ import annotations

from sqlalchemy import Connection, inspect

#: Every table and index of ours that the model does not know begins with this.
NAME = "search_index"

_PAIR = (
    "INSERT INTO search_index (rowid, heading_words, body_words) VALUES (NEW.id, NEW.heading_words, NEW.body_words);"
)
_GONE = (
    "INSERT INTO search_index (search_index, rowid, heading_words, body_words) "
    "VALUES ('delete', OLD.id, OLD.heading_words, OLD.body_words);"
)
_VECTOR = (
    "setweight(to_tsvector('simple'::regconfig, {0}heading_words), 'A') "
    "|| setweight(to_tsvector('simple'::regconfig, {0}body_words), 'D')"
)

#: The words come folded and apart by one space, so each tokenizer has only to part them there: `ascii` takes every letter that
#: is not ASCII as one of a word, and `simple` leaves words as they are. Beginnings of three letters are indexed too.
#: The heading of a document counts several times as much as its body: six times on SQLite, A against D on PostgreSQL.
MADE: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_index USING fts5(heading_words, body_words, content='search_document', "
        "content_rowid='id', tokenize='ascii', prefix='3')",
        "INSERT INTO search_index (search_index, rank) VALUES ('rank', 'bm25(6.0, 1.0)')",
        f"CREATE TRIGGER search_index_added AFTER INSERT ON search_document BEGIN {_PAIR} END",
        "CREATE TRIGGER search_index_changed AFTER UPDATE OF heading_words, body_words ON search_document "
        "WHEN OLD.heading_words <> NEW.heading_words OR OLD.body_words <> NEW.body_words "
        f"BEGIN {_GONE} {_PAIR} END",
        f"CREATE TRIGGER search_index_gone AFTER DELETE ON search_document BEGIN {_GONE} END",
    ),
    "postgresql": (
        "CREATE FUNCTION search_index_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"NEW.vector := {_VECTOR.format('NEW.')}; RETURN NEW; END $$",
        "CREATE TRIGGER search_index_words BEFORE INSERT OR UPDATE OF heading_words, body_words ON search_document "
        "FOR EACH ROW EXECUTE FUNCTION search_index_words()",
        "CREATE INDEX search_index ON search_document USING gin (vector)",
    ),
}

_DROPPED: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS search_index_added",
        "DROP TRIGGER IF EXISTS search_index_changed",
        "DROP TRIGGER IF EXISTS search_index_gone",
        "DROP TABLE IF EXISTS search_index",
    ),
    "postgresql": (
        "DROP INDEX IF EXISTS search_index",
        "DROP TRIGGER IF EXISTS search_index_words ON search_document",
        "DROP FUNCTION IF EXISTS search_index_words()",
    ),
}


def make(connection: Connection) -> None:
    """Make the index anew, empty of what stands in the table already; nothing where the table is not there yet."""
    if not inspect(connection).has_table("search_document"):
        return
    drop(connection)
    for statement in MADE[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Take the index away."""
    for statement in _DROPPED[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def disagreements(connection: Connection) -> int:
    """How many documents the index does not hold as they are. On SQLite, whether it is whole: 1 where it is not."""
    if connection.dialect.name == "postgresql":
        wrong = f"SELECT count(*) FROM search_document WHERE vector IS DISTINCT FROM ({_VECTOR.format('')})"  # noqa: S608
        return int(connection.exec_driver_sql(wrong).scalar_one())
    try:
        connection.exec_driver_sql("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")
    except Exception as fault:
        if "malformed" not in str(fault):
            raise
        return 1
    return 0
