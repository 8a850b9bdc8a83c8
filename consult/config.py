"""Every setting in one table: its name in the environment, how it is read, its default, and what it is for."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from consult.domain import providers
from consult.domain.errors import Refused
from consult.domain.languages import LANGUAGES
from consult.domain.relying_party import relying_party

#: The most that a request carries, in megabytes: the words of a form, and a form with the files sent in it.
FORM_MB, UPLOAD_MB = 4, 64

DEVELOPMENT_SECRET = "for development only, never for members' votes"  # noqa: S105 (refused in production)


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    if value.lower() in ("1", "yes", "true", "on"):
        return True
    if value.lower() in ("0", "no", "false", "off", ""):
        return False
    raise ValueError("expected yes or no")


def _whole(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise ValueError(f"expected a whole number, zero or more, not “{value}”")
    return int(value)


def _port(value: str) -> int:
    number = _whole(value)
    if not 1 <= number <= 65535:
        raise ValueError(f"expected a port from 1 to 65535, not {number}")
    return number


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"expected the name of a time zone, such as Europe/London, not “{value}”") from None
    return value


def _mode(value: str) -> str:
    if value not in ("development", "production"):
        raise ValueError("expected development or production")
    return value


def _secret(value: str) -> str:
    if len(value) < 32:
        raise ValueError("expected at least 32 characters; `consult make-secret` makes one")
    return value


def _token(value: str) -> str:
    if value and len(value) < 32:
        raise ValueError("expected nothing, or at least 32 characters; `consult make-secret` makes one")
    return value


def _log(value: str) -> str:
    if value not in ("text", "json"):
        raise ValueError("expected text or json")
    return value


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise ValueError(f"expected one of {', '.join(LANGUAGES)}, not “{value}”")
    return value


def _database(value: str) -> str:
    if value.startswith(("postgres://", "postgresql://")):
        value = "postgresql+psycopg://" + value.split("://", 1)[1]
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("expected sqlite:///FILE or postgresql://…")
    return value


def _colour(value: str) -> str:
    if value and not (len(value) == 7 and value[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in value[1:])):
        raise ValueError("expected a colour such as #9c2f5a")
    return value


@dataclass(frozen=True)
class Setting:
    """One setting. `name` is its variable; `NAME_FILE` may name a file that holds the value instead."""

    name: str
    read: Callable[[str], Any]
    default: str
    meaning: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("CONSULT_MODE", _mode, "development", "development or production; production refuses default secrets"),
    Setting("DATABASE_URL", _database, "", "the database; empty: consult.db in the instance folder"),
    Setting("CONSULT_INSTANCE", _text, "instance", "the folder for the embedded database and the worker's queue"),
    Setting("CONSULT_SECRET", _secret, DEVELOPMENT_SECRET, "signs session cookies and forms", secret=True),
    Setting(
        "CONSULT_OPERATOR_KEY",
        _secret,
        DEVELOPMENT_SECRET,
        "seals ballot keys and authenticator secrets kept in the database; back it up apart from the database",
        secret=True,
    ),
    Setting("CONSULT_URL", _text, "", "the public address, for links in mail; empty: http://127.0.0.1:PORT"),
    Setting("PORT", _port, "8000", "the port that `consult serve` listens on"),
    Setting("CONSULT_BIND", _text, "127.0.0.1", "the address that `consult serve` listens on"),
    Setting("CONSULT_WORKERS", _whole, "2", "web processes that `consult serve` starts"),
    Setting("CONSULT_THREADS", _whole, "8", "requests that each web process handles at the same time"),
    Setting(
        "CONSULT_GROUP_COMMIT",
        _flag,
        "yes",
        "SQLite: votes that arrive while the disk is busy are written together; no vote is confirmed before it is written",
    ),
    Setting("CONSULT_ZONE", _zone, "Europe/London", "the one zone in which instants are shown and typed"),
    Setting("CONSULT_ZONE_NAME", _text, "UK time", "how that zone is called on pages"),
    Setting("CONSULT_LANGUAGE", _language, "en", "the language of pages and mail until somebody chooses another"),
    Setting("CONSULT_ACCENT", _colour, "", "the organisation's colour; empty: our own"),
    Setting("CONSULT_LOGO", _text, "", "address of the organisation's logo; empty: our own"),
    Setting("CONSULT_MAIL_HOST", _text, "", "the mail server; empty: mail is kept on a page (development only)"),
    Setting("CONSULT_MAIL_PORT", _whole, "25", "the mail server's port"),
    Setting("CONSULT_MAIL_USER", _text, "", "the name to sign in to the mail server with"),
    Setting("CONSULT_MAIL_PASSWORD", _text, "", "the password to sign in to the mail server with", secret=True),
    Setting("CONSULT_MAIL_TLS", _flag, "yes", "whether to ask the mail server for STARTTLS when it offers it"),
    Setting("CONSULT_MAIL_FROM", _text, "consult@localhost", "the sender of notices"),
    Setting(
        "CONSULT_MAIL_BOUNCES",
        _text,
        "",
        "the address to which undeliverable mail comes back; it must take bounces+ANYTHING@ too; empty: the sender's own",
    ),
    Setting(
        "CONSULT_MAIL_BOUNCES_MAILDIR",
        _text,
        "",
        "a Maildir whose new messages the worker reads as reports of undeliverable mail; empty: none is watched",
    ),
    Setting("CONSULT_AUDIT_HEADS_TO", _text, "", "addresses, with commas, that get the audit log's head each day"),
    Setting("CONSULT_PROXIES", _whole, "0", "how many reverse proxies in front are believed about who asks"),
    Setting(
        "CONSULT_WEBHOOKS_INSIDE",
        _flag,
        "no",
        "whether webhooks may lead inside the network and without TLS: for trying them out, never where strangers register them",
    ),
    Setting(
        "CONSULT_API_RATE",
        _whole,
        "120",
        "questions that a token, or an address without one, may ask of the API in a minute, counted in each web process; 0: any number",
    ),
    Setting("CONSULT_LOG", _log, "text", "how the log is written: text for people, json for machines"),
    Setting(
        "CONSULT_METRICS_TOKEN",
        _token,
        "",
        "what Prometheus must show to read /metrics; empty: nothing is counted and there is no such page",
        secret=True,
    ),
    Setting(
        "CONSULT_PASSKEY_DOMAIN",
        _text,
        "",
        "the domain that passkeys are bound to; never change it: they are lost; empty: the host of CONSULT_URL",
    ),
    Setting(
        "CONSULT_PASSKEY_ORIGINS",
        _text,
        "",
        "where passkeys are taken, such as https://vote.consult.example, with commas; empty: CONSULT_URL",
    ),
    Setting(
        "CONSULT_OPENID",
        providers.read,
        "",
        "OpenID providers at which members may sign in, as TOML; see sign-in.md",
        secret=True,
    ),
    Setting("CONSULT_SESSION_DAYS", _whole, "14", "days after which a signed-in browser must sign in again"),
)

BY_NAME: dict[str, Setting] = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class Reading:
    """What one setting came to: its value, where it came from, and what is wrong with it (or "")."""

    setting: Setting
    value: Any
    source: str
    fault: str = ""


class Misconfigured(Refused):
    """The settings do not allow the application to start; the sentence names each one that is wrong."""


def read_settings(environment: Mapping[str, str] | None = None) -> list[Reading]:
    """Every setting as it stands, faults included; nothing is raised."""
    environment = os.environ if environment is None else environment
    readings = [_read(setting, environment) for setting in SETTINGS]
    mode = next(r.value for r in readings if r.setting.name == "CONSULT_MODE")
    readings = [_with_passkeys(r, readings) for r in readings]
    return [_in_production(r) for r in readings] if mode == "production" else readings


def _read(setting: Setting, environment: Mapping[str, str]) -> Reading:
    raw, source = setting.default, "default"
    named_file = environment.get(setting.name + "_FILE")
    if setting.name in environment and named_file:
        fault = f"both {setting.name} and {setting.name}_FILE are set; keep one"
        return Reading(setting, setting.default, "environment", fault)
    if setting.name in environment:
        raw, source = environment[setting.name], "environment"
    elif named_file:
        source = f"file {named_file}"
        try:
            raw = Path(named_file).read_text().strip()
        except OSError as fault:
            return Reading(setting, setting.default, source, f"cannot be read: {fault.strerror}")
    if raw == setting.default and source == "default" and not raw:
        return Reading(setting, raw if setting.read in (_text, _database, _colour) else setting.read(raw), source)
    try:
        return Reading(setting, setting.read(raw), source)
    except (ValueError, KeyError) as fault:
        return Reading(setting, setting.default, source, str(fault) or "cannot be read")
    except Exception as fault:  # a zone that does not exist raises its own kind
        return Reading(setting, setting.default, source, f"not known: {fault}")


def _passkeys(readings: list[Reading]) -> Any:
    """The relying party of passkeys, from the three settings that make it.

    Raises:
        ValueError: if they do not fit together.
    """
    values = {r.setting.name: r.value for r in readings}
    url = values["CONSULT_URL"] or f"http://localhost:{values['PORT']}"  # a number has no passkeys
    return relying_party(url, values["CONSULT_PASSKEY_DOMAIN"], values["CONSULT_PASSKEY_ORIGINS"])


def _with_passkeys(reading: Reading, readings: list[Reading]) -> Reading:
    """The reading of the setting to be put right, with its fault, where passkeys could not work as they are set."""
    values = {r.setting.name: r.value for r in readings}
    to_blame = "CONSULT_PASSKEY_ORIGINS" if values["CONSULT_PASSKEY_ORIGINS"] else "CONSULT_PASSKEY_DOMAIN"
    if reading.setting.name != to_blame:
        return reading
    try:
        _passkeys(readings)
    except ValueError as fault:
        return Reading(reading.setting, reading.value, reading.source, str(fault))
    return reading


def _in_production(reading: Reading) -> Reading:
    name, value = reading.setting.name, reading.value
    fault = ""
    if reading.setting.secret and value == DEVELOPMENT_SECRET:
        fault = "the default secret is refused in production; `consult make-secret` makes one"
    elif name == "CONSULT_URL" and not str(value).startswith("https://"):
        fault = "in production it must be given and begin with https://"
    elif name == "CONSULT_MAIL_HOST" and not value:
        fault = "in production a mail server must be named"
    if fault and not reading.fault:
        return Reading(reading.setting, value, reading.source, fault)
    return reading


def configuration(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The settings as Flask's configuration.

    Raises:
        Misconfigured: with one line for each setting that is wrong.
    """
    readings = read_settings(environment)
    faults = [f"{r.setting.name}: {r.fault}" for r in readings if r.fault]
    if faults:
        listed = "\n  ".join(faults)
        raise Misconfigured(f"These settings are wrong:\n  {listed}\n`consult doctor` shows them all.")
    values = {r.setting.name: r.value for r in readings}
    instance = Path(values["CONSULT_INSTANCE"]).resolve()
    production = values["CONSULT_MODE"] == "production"
    return {
        **values,
        "CONSULT_INSTANCE": str(instance),
        "CONSULT_DEVELOPMENT": not production,
        "CONSULT_URL": values["CONSULT_URL"] or f"http://127.0.0.1:{values['PORT']}",
        "SQLALCHEMY_DATABASE_URI": values["DATABASE_URL"] or f"sqlite:///{instance / 'consult.db'}",
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": max(5, values["CONSULT_THREADS"]),
            "max_overflow": 10,
            "hide_parameters": True,  # a fault in the log says which statement failed, and nothing of whom
        },
        "CONSULT_PASSKEYS": _passkeys(readings),
        "SECRET_KEY": values["CONSULT_SECRET"],
        "SESSION_COOKIE_NAME": "consult",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": production,
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": UPLOAD_MB * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": FORM_MB * 1024 * 1024,
        "BABEL_DEFAULT_LOCALE": "en_GB",
        "BABEL_DEFAULT_TIMEZONE": values["CONSULT_ZONE"],
    }


def environment_with(**more: str) -> dict[str, str]:
    """The environment for a child process, with some variables more."""
    return dict(os.environ) | more


def make_secret() -> str:
    """A fresh secret of 256 bits, for CONSULT_SECRET or CONSULT_OPERATOR_KEY."""
    return secrets.token_urlsafe(32)
