"""The whole demonstration, as `make run` furnishes it: every act in it goes through, its pages open and its log verifies."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest

from consult.app import create_app
from consult.cli import demo
from consult.model.store import db
from consult.service import audit
from tests.cli.words import run
from tests.databases import Postgresql
from tests.factories import found


def test_a_new_database_is_furnished_and_whatever_its_front_page_links_to_opens(
    console: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{console / 'consult.db'}")
    made = run("demo")
    assert made.exit_code == 0, made.output
    assert list((console / "demo-keys").iterdir())
    assert "in use already" in run("demo").output
    app = create_app()
    visitor = app.test_client()
    seen = {"/"}
    for page in ("/", "/motions", "/consultations", "/ballots", "/results", "/policy", "/units"):
        found = lxml.html.fromstring(visitor.get(page).get_data(as_text=True)).xpath("//main//a/@href")
        seen |= {link.partition("#")[0] for link in found if link.startswith("/")}
    opened = {link: visitor.get(link).status_code for link in sorted(seen)}
    assert len(opened) > 60
    assert {link: status for link, status in opened.items() if status not in (200, 302)} == {}
    with app.app_context():
        assert audit.verify() == []


def test_half_a_demonstration_on_postgresql_is_told_as_such_and_not_taken_for_a_whole_one(
    console: Path, postgresql: Postgresql, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(**asked: object) -> None:
        found()
        db.session.remove()
        db.engine.dispose()
        raise KeyboardInterrupt

    monkeypatch.setenv("DATABASE_URL", postgresql.fresh())
    monkeypatch.setattr(demo, "furnish", cut_off)
    assert run("demo").exit_code != 0
    again = run("demo")
    assert "was cut off half way" in str(again.exception) and str(console / "demo-keys") in str(again.exception)
