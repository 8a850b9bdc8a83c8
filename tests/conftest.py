"""The databases, the application and the small cast that the tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from consult.app import create_app
from consult.model.store import db
from tests.compiling import compile_once
from tests.databases import Postgresql, Sqlite, postgresql_programs
from tests.factories import Cast, found

compile_once()

CHROMIUM = Path(os.environ.get("CONSULT_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: `make test` tries the same examples every time, without a clock, so that a busy machine fails no test and a failure
#: can be seen again; `make test-all` goes looking for new ones.
settings.register_profile("same-every-time", deadline=None, derandomize=True)
settings.register_profile("looking-for-more", deadline=None, print_blob=True)
settings.load_profile("looking-for-more" if os.environ.get("CONSULT_TEST_MATRIX") else "same-every-time")


def pytest_collection_finish() -> None:
    """Leave what is there for good, modules and tests, out of every later look for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    """The maker of SQLite databases."""
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """The maker of PostgreSQL databases; tests that need it are left out, loudly, where there is no server."""
    if postgresql_programs() is None:
        if os.environ.get("CONSULT_TEST_EVERYTHING"):
            pytest.fail("PostgreSQL is missing, and nothing may be left out here.")
        pytest.skip("LEFT OUT: PostgreSQL is not installed (Debian: apt-get install postgresql)")
    server = Postgresql()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the session; left out, loudly, where there is none."""
    if not CHROMIUM.exists():
        if os.environ.get("CONSULT_TEST_EVERYTHING"):
            pytest.fail("Chromium is missing, and nothing may be left out here.")
        pytest.skip("LEFT OUT: Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS, headless=True)
        yield browser
        browser.close()


@pytest.fixture
def database(sqlite: Sqlite) -> Iterator[str]:
    """The address of a fresh database; tests/service and tests/model run on both kinds (see their conftest)."""
    address = sqlite.fresh()
    yield address
    sqlite.drop(address)


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[object]:
    """The application on a fresh database, with its context pushed."""
    made = create_app(
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": database,
            "CONSULT_INSTANCE": str(tmp_path),
            "SERVER_NAME": "consult.test",
            "WTF_CSRF_ENABLED": True,
        }
    )
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def cast(app: object) -> Cast:
    """A small movement: one nation, two regions, four branches, and one person for each role."""
    return found()
