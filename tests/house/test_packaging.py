"""What an installation holds: every package is listed, and a wheel has the templates, migrations and static files."""

from __future__ import annotations

import configparser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_package_is_listed() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    listed = set(settings["options"]["packages"].split())
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "consult").rglob("__init__.py")}
    moved = {"consult.templates", "consult.migrations", "consult.migrations.versions"}
    assert listed == found | moved


def test_the_requirements_of_the_package_are_those_of_the_lock_file() -> None:
    wanted = {
        line.split(">")[0].split("[")[0].strip().lower()
        for line in (ROOT / "requirements.in").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    }
    locked = {
        line.split("==")[0].split("[")[0].strip().lower()
        for line in (ROOT / "requirements.lock").read_text().splitlines()
        if "==" in line and not line.startswith(" ")
    }
    assert wanted <= locked
