"""Every setting is in the table, in the documentation, and read nowhere else."""

from __future__ import annotations

import re

import pytest

from consult import config, paths
from consult.cli.docs import MADE

ROOT = paths.PACKAGE.parent


@pytest.mark.parametrize("name", MADE)
def test_pages_made_from_tables_are_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == MADE[name](), f"docs/{name} is out of date: run `consult docs`"


def test_every_setting_says_what_it_is_for() -> None:
    assert all(len(setting.meaning) > 10 for setting in config.SETTINGS)
    assert len(config.BY_NAME) == len(config.SETTINGS)


def test_every_setting_is_used_and_every_one_used_is_in_the_table() -> None:
    used: set[str] = set()
    for source in (ROOT / "consult").rglob("*.py"):
        if source.name != "config.py":
            used |= set(re.findall(r"[\"'](CONSULT_[A-Z_]+|DATABASE_URL|PORT)[\"']", source.read_text()))
    for source in paths.templates().rglob("*.*"):
        used |= set(re.findall(r"config\.(CONSULT_[A-Z_]+)", source.read_text()))
    made = {"CONSULT_DEVELOPMENT", "CONSULT_ORGANISATION", "CONSULT_PASSKEYS"}
    assert used - set(config.BY_NAME) - made == set()
    read_by_config_itself = {"DATABASE_URL", "CONSULT_SECRET", "CONSULT_PASSKEY_DOMAIN", "CONSULT_PASSKEY_ORIGINS"}
    assert set(config.BY_NAME) - used - read_by_config_itself == set()


def test_the_environment_is_read_in_one_place() -> None:
    for source in (ROOT / "consult").rglob("*.py"):
        if source.name != "config.py":
            assert not re.search(r"os\.environ|os\.getenv", source.read_text()), source


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_can_come_from_a_file(setting: config.Setting, tmp_path: object) -> None:
    good = {
        "CONSULT_MODE": "development",
        "DATABASE_URL": "sqlite:///x.db",
        "CONSULT_ZONE": "Europe/Paris",
        "CONSULT_ACCENT": "#112233",
        "CONSULT_MAIL_TLS": "no",
        "CONSULT_GROUP_COMMIT": "no",
        "CONSULT_WEBHOOKS_INSIDE": "no",
        "CONSULT_LOG": "json",
        "CONSULT_LANGUAGE": "cy",
        "CONSULT_OPENID": "[[provider]]\nname='x'\nlabel='X'\nissuer='https://x.example'\nclient_id='a'\nclient_secret='b'",
        "CONSULT_PASSKEY_DOMAIN": "localhost",
        "CONSULT_PASSKEY_ORIGINS": "https://consult.example",
    }
    value = good.get(setting.name) or ("7" if setting.default.isdigit() else "x" * 40)
    place = tmp_path / "value"  # type: ignore[operator]
    place.write_text(value + "\n")
    reading = next(r for r in config.read_settings({f"{setting.name}_FILE": str(place)}) if r.setting is setting)
    assert (reading.fault, reading.source) == ("", f"file {place}")
    both = {setting.name: value, f"{setting.name}_FILE": str(place)}
    assert "keep one" in next(r for r in config.read_settings(both) if r.setting is setting).fault
