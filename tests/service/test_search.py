"""Members are found by the beginnings of their names and numbers, whatever the accents, by an index."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, text, update

from consult.model.members import Member, MemberWord
from consult.model.store import db, writing
from consult.service import members
from tests.factories import NOON, Cast, make_member

NAMES = ("Siân O’Brien-Hall", "Łukasz Źdźbło", "Rosa Maria Weiß", "Bo Østby")


@pytest.fixture
def people(cast: Cast) -> Cast:
    with writing():
        for place, name in enumerate(NAMES):
            make_member(cast.units["Alder"], name, number=f"LAB-{place:03d}")
    return cast


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("sian", 0), ("SIÂN o'b", 0), ("obrienhall", 0), ("hall", 0), ("brien sian", 0),
        ("lukasz", 1), ("zdzb", 1), ("maria", 2), ("weiss rosa", 2), ("WEISS", 2), ("ostby", 3),
        ("lab-002", 2), ("LAB003", 3), ("002", 2),
    ],
)  # fmt: skip
def test_somebody_is_found_by_beginnings_of_words(people: Cast, words: str, found: int) -> None:
    assert [member.name for member in members.search(words).members] == [NAMES[found]]


def test_what_is_found_by_address_or_not_at_all(people: Cast) -> None:
    assert [one.name for one in members.search("MOVER@members.example").members] == ["Osric Vale"]
    for words in ("rian", "bo rosa", "%", "_", "…", "zzz" * 100):
        assert members.search(words).total == 0
    assert members.search("lab").total == 4
    assert members.search(" ").total == len(people.who) + 4


def test_the_database_keeps_the_words_whoever_writes(people: Cast) -> None:
    with writing() as session:
        mover = people.who["mover"]
        mover.name = "Osric Dale"
        values = {"number": "X9", "name": "Plain Row", "status": "member", "joined_at": NOON, "created_at": NOON}
        session.execute(insert(Member), [values | {"unit_id": mover.unit_id}])
    assert (members.search("vale").total, members.search("dale").total, members.search("plain x9").total) == (0, 1, 1)
    with writing() as session:
        quiet = {"synchronize_session": False}
        session.execute(update(Member).where(Member.number == "X9").values(search_key="other"), execution_options=quiet)
    found = db.session.scalars(select(MemberWord.word).join(Member, Member.id == MemberWord.member_id)
                               .where(Member.number == "X9"))  # fmt: skip
    assert list(found) == ["other"]
    with writing() as session:
        session.execute(text("DELETE FROM member WHERE number = 'X9'"))
    assert db.session.scalar(select(MemberWord.word).where(MemberWord.word == "other")) is None


def test_a_search_is_two_statements_that_read_no_table_from_end_to_end(people: Cast) -> None:
    if db.engine.dialect.name != "sqlite":
        return  # PostgreSQL rightly scans a table of a few rows
    query = members._matching(select(Member.id), "rosa mar", "")
    statement = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = db.session.execute(text(f"EXPLAIN QUERY PLAN {statement}")).all()
    told = " ".join(row[-1] for row in plan)
    assert "SEARCH member_word USING" in told.replace("COVERING ", "") and "SCAN member_word" not in told
    assert "SCAN member" not in told.replace("SCAN member_word", "")
