"""Migrations go up and down on both databases, and the models equal the newest revision."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from consult.model import schema
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
