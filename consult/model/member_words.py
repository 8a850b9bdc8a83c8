"""How the database keeps the words by which members are found in step with their entries."""

from __future__ import annotations

#: Name of a trigger on `member` → its statements, per dialect. A beginning of a word is found by the index of
#: `member_word`; PostgreSQL puts down the words of all rows that one statement adds at once.
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "sqlite": {
        "member_words_added": (
            """CREATE TRIGGER member_words_added AFTER INSERT ON member BEGIN
            INSERT OR IGNORE INTO member_word (word, member_id) SELECT value, NEW.id
            FROM json_each('["' || replace(NEW.search_key, ' ', '","') || '"]') WHERE value <> '';
            END""",
        ),
        "member_words_changed": (
            """CREATE TRIGGER member_words_changed AFTER UPDATE OF search_key ON member
            WHEN OLD.search_key IS NOT NEW.search_key BEGIN
            DELETE FROM member_word WHERE member_id = OLD.id
            AND word IN (SELECT value FROM json_each('["' || replace(OLD.search_key, ' ', '","') || '"]'));
            INSERT OR IGNORE INTO member_word (word, member_id) SELECT value, NEW.id
            FROM json_each('["' || replace(NEW.search_key, ' ', '","') || '"]') WHERE value <> '';
            END""",
        ),
        "member_words_gone": (
            """CREATE TRIGGER member_words_gone AFTER DELETE ON member BEGIN
            DELETE FROM member_word WHERE member_id = OLD.id
            AND word IN (SELECT value FROM json_each('["' || replace(OLD.search_key, ' ', '","') || '"]'));
            END""",
        ),
    },
    "postgresql": {
        "member_words_added": (
            """CREATE FUNCTION member_words_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO member_word (word, member_id) SELECT word, added.id
            FROM added, unnest(string_to_array(added.search_key, ' ')) AS word WHERE word <> ''
            ON CONFLICT DO NOTHING;
            RETURN NULL; END $$""",
            """CREATE TRIGGER member_words_added AFTER INSERT ON member REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION member_words_added()""",
        ),
        "member_words_changed": (
            """CREATE FUNCTION member_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            DELETE FROM member_word WHERE member_id = OLD.id AND word = ANY (string_to_array(OLD.search_key, ' '));
            INSERT INTO member_word (word, member_id) SELECT word, NEW.id
            FROM unnest(string_to_array(NEW.search_key, ' ')) AS word WHERE word <> '' ON CONFLICT DO NOTHING;
            RETURN NULL; END $$""",
            """CREATE TRIGGER member_words_changed AFTER UPDATE ON member FOR EACH ROW
            WHEN (OLD.search_key IS DISTINCT FROM NEW.search_key) EXECUTE FUNCTION member_words_changed()""",
        ),
        "member_words_gone": (
            """CREATE FUNCTION member_words_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            DELETE FROM member_word WHERE member_id = OLD.id AND word = ANY (string_to_array(OLD.search_key, ' '));
            RETURN NULL; END $$""",
            """CREATE TRIGGER member_words_gone AFTER DELETE ON member
            FOR EACH ROW EXECUTE FUNCTION member_words_gone()""",
        ),
    },
}
