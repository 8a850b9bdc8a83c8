"""What the log holds of a fault: where and what kind, and in production not what it said."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from consult import config, logs

PRODUCTION = {"CONSULT_MODE": "production", "CONSULT_LOG": "json"}


def line(settings: dict[str, str], error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("consult", logging.ERROR, "x.py", 1, "fault %s", ("abc",), info)
    return logs.formatter(settings).format(record)


def fault() -> BaseException:
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE t (email TEXT UNIQUE)"))
            connection.execute(text("INSERT INTO t VALUES (:email)"), {"email": "ann@example.org"})
            connection.execute(text("INSERT INTO t VALUES (:email)"), {"email": "ann@example.org"})
    except IntegrityError:
        return sys.exc_info()[1]  # type: ignore[return-value]
    raise AssertionError("the second row should have been refused")


@pytest.mark.parametrize("form", ["text", "json"])
def test_in_production_a_fault_is_written_without_its_words(form: str) -> None:
    said = line(PRODUCTION | {"CONSULT_LOG": form}, fault())
    assert "ann@example.org" not in said
    assert "IntegrityError" in said and "test_logs.py" in said and "fault abc" in said


def test_while_developing_it_is_written_whole() -> None:
    assert "ann@example.org" in line({"CONSULT_MODE": "development", "CONSULT_LOG": "text"}, fault())


def test_a_line_for_machines_is_one_object() -> None:
    said = json.loads(line(PRODUCTION))
    assert (said["level"], said["logger"], said["message"]) == ("ERROR", "consult", "fault abc")
    assert said["process"] and said["time"]


def test_a_databases_error_does_not_show_what_was_written() -> None:
    made = config.configuration(
        {
            "CONSULT_MODE": "production",
            "CONSULT_SECRET": "s" * 40,
            "CONSULT_OPERATOR_KEY": "k" * 40,
            "CONSULT_URL": "https://votes.example.org",
            "CONSULT_MAIL_HOST": "mail.example.org",
        }
    )
    assert made["SQLALCHEMY_ENGINE_OPTIONS"]["hide_parameters"] is True
