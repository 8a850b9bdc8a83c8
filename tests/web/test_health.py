"""What machines ask: health, readiness, version and metrics, and what the figures must never hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from consult.app import create_app
from consult.model import schema
from consult.model.store import db
from consult.service import clock, organisation, worker_state
from tests.factories import Cast, found
from tests.web.pages import Browser

TOKEN = "a token of thirty-two letters or more"


@pytest.fixture
def watched(database: str, tmp_path: Path) -> Iterator[Flask]:
    """An application that counts."""
    settings = {"SQLALCHEMY_DATABASE_URI": database, "CONSULT_INSTANCE": str(tmp_path), "SERVER_NAME": "consult.test"}
    made = create_app({"TESTING": True, "CONSULT_METRICS_TOKEN": TOKEN} | settings)
    with made.app_context():
        found()
        yield made
        db.session.remove()
        db.engine.dispose()


def test_a_living_process_says_so_whatever_its_database_does(app: Flask) -> None:
    answer = Browser(app).fetch("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_ready_when_all_is_well_and_without_a_worker(app: Flask, cast: Cast) -> None:
    answer = Browser(app).fetch("/ready")
    assert (answer.status_code, answer.json["ready"]) == (200, True)
    assert answer.json["checks"]["worker"].startswith("The worker has never run")
    worker_state.beat(clock.now())
    checks = Browser(app).fetch("/ready").json["checks"]
    assert checks["database"] == checks["tables"] == checks["operator_key"] == "well"
    assert checks["worker"] == "well" or "wait" in checks["worker"]


def test_not_ready_with_tables_of_another_version(app: Flask, cast: Cast) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = Browser(app).fetch("/ready")
    assert (answer.status_code, answer.json["ready"]) == (503, False)
    assert "at revision 0001" in answer.json["checks"]["tables"]
    assert "consult db upgrade" in answer.json["checks"]["tables"]


def test_not_ready_with_another_operators_key(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(organisation, "key_is_right", lambda: False)
    answer = Browser(app).fetch("/ready")
    assert (answer.status_code, answer.json["ready"]) == (503, False)
    assert "not the key" in answer.json["checks"]["operator_key"]


def test_not_ready_when_the_database_is_gone(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def gone(engine: object) -> str:
        raise OperationalError("SELECT", {}, Exception("no host"))

    monkeypatch.setattr(schema, "current", gone)
    monkeypatch.setattr(clock, "source", gone)  # its clock went with it
    answer = Browser(app).fetch("/ready")
    assert (answer.status_code, answer.json) == (
        503,
        {"ready": False, "checks": {"database": "The database does not answer."}},
    )


def test_not_ready_when_the_file_of_an_embedded_database_was_moved_away(app: Flask, cast: Cast) -> None:
    name = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or name is None:
        return  # a server's files are its own
    file = Path(name)
    assert Browser(app).fetch("/ready").status_code == 200
    file.rename(file.with_suffix(".away"))
    answer = Browser(app).fetch("/ready")
    file.with_suffix(".away").rename(file)
    assert answer.status_code == 503 and "not in its place" in answer.json["checks"]["database"]
    assert Browser(app).fetch("/ready").status_code == 200


def test_the_version_names_the_tables_it_wants(app: Flask) -> None:
    answer = Browser(app).fetch("/version").json
    assert answer["name"] == "consult" and answer["tables"] == schema.head()
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", answer["version"])


def test_there_are_no_metrics_without_a_token_in_the_settings(app: Flask) -> None:
    assert Browser(app).fetch("/metrics").status_code == 404


def test_metrics_are_for_who_shows_the_token(watched: Flask) -> None:
    browser = watched.test_client()
    assert browser.get("/metrics").status_code == 401
    assert browser.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    answer = browser.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200 and answer.content_type.startswith("text/plain")
    assert "consult_audit_sequence" in answer.text and 'consult_notices_waiting{state="queued"}' in answer.text


def counted(browser: object, route: str) -> float:
    answer = browser.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})  # type: ignore[attr-defined]
    lines = [line for line in answer.text.splitlines() if f'route="{route}"' in line and "_total" in line]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def test_requests_are_counted_by_route_and_never_by_address(watched: Flask) -> None:
    browser = watched.test_client()
    before = counted(browser, "motions.index")
    browser.get("/motions?q=somebody")
    assert counted(browser, "motions.index") == before + 1
    answer = browser.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert "somebody" not in answer


def test_no_request_of_a_voter_is_counted_or_timed(watched: Flask) -> None:
    browser = watched.test_client()
    voters = {rule.endpoint for rule in watched.url_map.iter_rules() if rule.endpoint.split(".")[0] == "voting"}
    assert voters
    for path in ("/ballots/1/vote", "/ballots/1/receipt"):
        browser.get(path)
        browser.post(path)
    answer = browser.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert not any(f'route="{endpoint}"' in answer for endpoint in voters)
