"""These tests run on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import Sqlite


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh database of each kind in turn."""
    maker: Sqlite = request.getfixturevalue(request.param)
    address = maker.fresh()
    yield address
    maker.drop(address)
