"""An environment of its own for each command that is tried."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.databases import Sqlite


@pytest.fixture
def console(tmp_path: Path, sqlite: Sqlite, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment with a prepared, empty database of its own."""
    for name in list(os.environ):
        if name.startswith("CONSULT_") and name != "CONSULT_TEST_EVERYTHING":
            monkeypatch.delenv(name)
    monkeypatch.setenv("CONSULT_INSTANCE", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", sqlite.fresh())
    return tmp_path
