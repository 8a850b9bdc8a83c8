"""The look: assets as browsers get them, the weight of a first paint, the menu, and pages without a database."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, render_template, render_template_string
from flask_wtf import CSRFProtect

from consult.web import assets, colour, look

STATIC = Path(assets.__file__).resolve().parent.parent / "static"
VENDORED = STATIC / "vendor" / "govuk-frontend@6.6.0"


@pytest.fixture
def bare() -> Iterator[Flask]:
    """An application of nothing but the look."""
    app = Flask("bare", static_folder=None)
    app.config.update(TESTING=True, SECRET_KEY="x" * 32, CONSULT_ORGANISATION="Movement for Tests")
    CSRFProtect(app)
    look.init_app(
        app,
        nav=[look.Link("Here", "here"), look.Link("Gone", "gone.index"), look.Link("Closed", "here", lambda: False)],
        foot=[look.Link("Foot", "here")],
        clock=lambda: datetime(2026, 11, 20, 9, tzinfo=UTC),
    )
    page = '{% extends "base.html" %}{% block title %}A &amp; B{% endblock %}'
    page += "{% block lede %}{{ now()|instant }}{% endblock %}"
    app.add_url_rule("/here", "here", lambda: render_template_string(page))
    yield app


def styles(app: Flask) -> str:
    address = f"/look/{app.extensions['consult-shelf'].version}/consult.css"
    return app.test_client().get(address).get_data(as_text=True)


def test_the_vendored_files_are_what_the_recipe_made() -> None:
    recorded = dict(reversed(line.split()) for line in (VENDORED / "SHA256SUMS").read_text().splitlines())
    assert set(recorded) == {"govuk-frontend.css", "govuk-frontend.js"}
    for name, digest in recorded.items():
        assert hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() == digest
    assert "MIT License" in (VENDORED / "LICENSE.txt").read_text()


def test_nothing_a_browser_gets_is_the_states(bare: Flask) -> None:
    shelf = bare.extensions["consult-shelf"]
    for name, body in shelf.files.items():
        text = body.decode("utf-8")
        for word in ("GDS Transport", "crest", "crown", "gov.uk", "#1d70b8", "@font-face", "sourceMappingURL"):
            said = text.lower().replace("crown copyright", "")  # in the licence
            if name.endswith("govuk-frontend.js"):
                said = said.replace("gov.uk frontend", "")  # the library's own name, in messages to developers
            assert word.lower() not in said, (name, word)


def test_every_property_the_anatomy_reads_is_set_by_the_theme(bare: Flask) -> None:
    sheet = styles(bare)
    read = set(re.findall(r"var\((--[\w-]+)", sheet))
    given = set(re.findall(r"(--[\w-]+)\s*:", sheet))
    assert read - given == {"--consult-face"} - given
    assert read <= given


def test_a_first_paint_is_one_sheet_and_one_script_and_small(bare: Flask) -> None:
    client = bare.test_client()
    html = client.get("/here").get_data(as_text=True)
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
    scripts = re.findall(r'<script type="module" src="([^"]+)"', html)
    assert len(sheets) == 1 and len(scripts) == 1
    weight = len(gzip.compress(html.encode()))
    for address in sheets + scripts:
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        assert gzip.decompress(answer.data) == client.get(address).data
        weight += len(answer.data)
    assert weight < 40_000


def test_an_address_of_an_older_version_gets_todays_file_but_may_not_keep_it(bare: Flask) -> None:
    answer = bare.test_client().get("/look/000000000000/js/rank.js")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["vendor/govuk-frontend@6.6.0/recipe.py", "../app.py", "no.css", "theme"])
def test_only_stylesheets_scripts_and_pictures_are_served(bare: Flask, name: str) -> None:
    version = bare.extensions["consult-shelf"].version
    assert bare.test_client().get(f"/look/{version}/{name}").status_code == 404


def test_scripts_are_small_modules_without_a_build() -> None:
    for path in sorted((STATIC / "js").glob("*.js")):
        source = path.read_text(encoding="utf-8")
        assert len(source.splitlines()) < 150, path.name
        assert source.startswith("//"), f"{path.name} does not say what it knows"
        assert "innerHTML" not in source and "eval(" not in source


def test_an_organisations_accent_colours_the_same_one_sheet(bare: Flask) -> None:
    bare.extensions["consult-look"].organisation = lambda: look.Organisation("M", accent="#ffd800")
    client = bare.test_client()
    address = re.findall(r'<link rel="stylesheet" href="([^"]+)"', client.get("/here").get_data(as_text=True))[0]
    assert address.endswith("/accent/ffd800.css")
    sheet = client.get(address).get_data(as_text=True)
    assert sheet.startswith(styles(bare)) and sheet.endswith(colour.accent_rules("#ffd800"))
    assert client.get(address.replace("ffd800", "nocolr")).status_code == 404


@pytest.mark.parametrize("accent", ["#ffd800", "#000000", "#ffffff", "#336699", "#00ff7f", colour.ACCENT])
def test_any_accent_is_made_readable(accent: str) -> None:
    day, night = re.findall(r"--accent:(#[0-9a-f]{6})", colour.accent_rules(accent))
    assert colour.contrast(day, colour.LIGHT) >= 4.5 and colour.contrast(day, "#ffffff") >= 4.5
    assert colour.contrast(night, colour.DARK) >= 4.5 and colour.contrast(night, "#221711") >= 4.5


def test_the_stylesheet_and_the_contrast_rules_agree_on_the_grounds() -> None:
    tokens = (STATIC / "theme" / "tokens.css").read_text(encoding="utf-8")
    assert re.findall(r"--paper: (#[0-9a-f]{6})", tokens) == [colour.LIGHT, colour.DARK]
    assert re.findall(r"--accent: (#[0-9a-f]{6})", tokens)[0] == colour.ACCENT


def test_the_menu_shows_what_exists_and_is_allowed(bare: Flask) -> None:
    html = bare.test_client().get("/here").get_data(as_text=True)
    assert html.count(">Here</a>") == 2  # in the bar and in the fold-out menu
    assert "Gone" not in html and "Closed" not in html
    assert 'aria-current="page">Here' in html
    assert "<title>A &amp; B – Movement for Tests</title>" in html
    assert "Friday 20 November 2026, 9am (UK time)" in html


@pytest.mark.parametrize(
    "name", ["refused", "not_found", "forbidden", "conflict", "out_of_order", "server", "unavailable"]
)
def test_error_pages_ask_nothing_of_the_database(bare: Flask, name: str) -> None:
    def gone() -> look.Organisation:
        raise RuntimeError("the database is gone")

    def asked() -> bool:
        raise RuntimeError("the database is gone")

    kept = bare.extensions["consult-look"]
    kept.organisation = gone
    kept.nav.append(look.Link("Desk", "here", asked))
    with bare.test_request_context("/here"):
        look.undress()
        html = render_template(
            f"errors/{name}.html", sentence="The ballot closed at noon.", status=409, reference="abc123"
        )
    assert "The ballot closed at noon." in html and "abc123" in html and "Movement for Tests" in html
