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
