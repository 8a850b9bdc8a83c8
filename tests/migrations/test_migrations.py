"""Migrations go up and down on both databases, and the models equal the newest revision."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from consult.model import schema
from consult.model.amendments import Amendment
from consult.model.consultations import Consultation, Rulebook
from consult.model.members import Member
from consult.model.motions import Motion, MotionVersion
from consult.model.units import Unit
from tests.databases import Sqlite


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest):
    maker: Sqlite = request.getfixturevalue(request.param)
    address = maker.fresh()
    made = sa.create_engine(address)
    yield made
    made.dispose()
    maker.drop(address)


def test_models_equal_the_newest_revision(engine):
    assert schema.current(engine) == schema.head()
    assert schema.differences(engine) == []


def test_down_to_nothing_and_up_again(engine):
    schema.downgrade(engine, "base")
    left = set(sa.inspect(engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    schema.upgrade(engine)
    assert schema.differences(engine) == []


def test_a_second_upgrade_changes_nothing(engine):
    schema.upgrade(engine)
    assert schema.current(engine) == schema.head()


NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_motion_with_an_amendment(session: Session, motion_state: str, amendment_state: str) -> None:
    """The rows that stand between a motion, its version and an amendment, each referring to the others."""
    nation = Unit(name="Testland", kind="nation", path="1/")
    session.add(nation)
    session.flush()
    member = Member(number="M1", name="Mabel Thorn", unit_id=nation.id, joined_at=NOW, created_at=NOW)
    rules = Rulebook(name="Rules", version=1, rules={}, hash="0" * 64, created_at=NOW)
    session.add_all([member, rules])
    session.flush()
    consultation = Consultation(title="C", paper=[], unit_id=nation.id, rulebook_id=rules.id, created_at=NOW)
    session.add(consultation)
    session.flush()
    own = {"mover_id": member.id, "unit_id": nation.id, "created_at": NOW}
    motion = Motion(consultation_id=consultation.id, title="Buses", state=motion_state, **own)
    session.add(motion)
    session.flush()
    version = MotionVersion(
        motion_id=motion.id, sequence=1, hash="1" * 64, document={}, lines={}, word_count=1, search_text="buses",
        cause="submitted", provenance={}, created_at=NOW, created_by="member:1",
    )  # fmt: skip
    session.add(version)
    session.flush()
    motion.version_id = version.id
    texts = {"operations": [], "rubric": [], "marked": []}
    session.add(
        Amendment(motion_id=motion.id, base_version_id=version.id, state=amendment_state, number=1, **own, **texts)
    )


def test_down_and_up_again_with_rows_that_refer_to_one_another(engine):
    with Session(engine) as session:
        a_motion_with_an_amendment(session, "remitted", "composited")
        session.commit()
    schema.downgrade(engine, "0001")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT state FROM motion").scalar() == "on the order paper"
        assert connection.exec_driver_sql("SELECT state FROM amendment").scalar() == "in order"
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql("UPDATE motion SET state = 'remitted'")
    schema.upgrade(engine)
    assert schema.differences(engine) == []
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE motion SET state = 'remitted'")
    with pytest.raises(sa.exc.DBAPIError, match="never changed"), engine.begin() as connection:
        connection.exec_driver_sql("UPDATE motion_version SET word_count = 2")


def test_a_revision_that_leaves_rows_without_what_they_refer_to_is_not_kept(sqlite):
    """On SQLite foreign keys rest while tables are copied, and are checked before the commit."""
    address = sqlite.fresh()
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("INSERT INTO recovery_code (id, member_id, code_hash) VALUES (1, 77, 'x')")
        connection.commit()
    engine.dispose()
    engine = sa.create_engine(address)
    with pytest.raises(RuntimeError, match="recovery_code"):
        schema.downgrade(engine, "0001")
    assert schema.current(engine) == schema.head()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
    sqlite.drop(address)


def test_a_reading_from_before_is_one_for_the_codes_that_the_log_says_were_open(engine):
    """Code 1 stood before the reading, code 2 was closed then, code 3 joined later."""
    schema.downgrade(engine, "0057")
    stamps = [f"2026-03-0{day}T12:00:00.000000+00:00" for day in range(1, 8)]
    told = [("code:1", "code_book_changed"), ("code:2", "code_book_changed"), ("code:2", "code_book_changed"),
            ("contribution:1", "coded"), ("code:3", "code_book_changed")]  # fmt: skip
    values = {
        "unit": {"id": 1, "name": "Testland", "kind": "nation", "path": "1/"},
        "member": {"id": 1, "number": "M1", "name": "Mabel Thorn", "unit_id": 1, "joined_at": NOW, "created_at": NOW},
        "rulebook": {"id": 1, "name": "Rules", "version": 1, "rules": {}, "hash": "0" * 64, "created_at": NOW},
        "consultation": {"id": 1, "title": "C", "summary": "", "paper": [], "unit_id": 1, "rulebook_id": 1, "created_at": NOW},
        "contribution": {"id": 1, "consultation_id": 1, "kind": "person", "speaker": "member:1", "author_id": 1,
                         "author_status": "member", "created_at": NOW},
        "contribution_version": {"id": 1, "contribution_id": 1, "sequence": 1, "document": {}, "hash": "1" * 64,
                                 "created_at": NOW, "created_by": "member:1"},
        "coding_done": {"version_id": 1, "coder_id": 1, "at": NOW},
    }  # fmt: skip
    with engine.begin() as connection:
        for name, row in values.items():
            table = schema.Base.metadata.tables[name]
            wanted = [column for column in table.columns if name != "coding_done" or column.name != "read"]
            made = sa.table(name, *(sa.column(column.name, column.type) for column in wanted))
            defaults = {c.name: c.default.arg for c in wanted if c.default is not None and c.default.is_scalar}
            connection.execute(sa.insert(made).values(**defaults | row))
        for code in (1, 2, 3):
            made = sa.table("code", *map(sa.column, ("id", "consultation_id", "name", "meaning", "retired")))
            connection.execute(
                sa.insert(made).values(id=code, consultation_id=1, name=str(code), meaning="", retired=False)
            )
        events = schema.Base.metadata.tables["audit_event"]
        for place, (subject, event) in enumerate(told):
            kind = "submission.coded" if event == "coded" else f"consultation.{event}"
            connection.execute(
                sa.insert(events).values(
                    sequence=place + 1, at=datetime.fromisoformat(stamps[place]), event=kind, actor="member:1",
                    subject=subject, data='{"version": 1}', previous=str(place), hash=str(place + 1),
                )
            )  # fmt: skip
    schema.upgrade(engine)
    with engine.connect() as connection:
        read = connection.execute(sa.select(schema.Base.metadata.tables["coding_done"].c.read)).scalar()
    assert read == {"1": "2026-03-04T12:00:00.000000Z"}
    schema.downgrade(engine, "0057")
