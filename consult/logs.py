"""What is written to the log, and how: lines for people or JSON for machines, and nothing about persons.

A fault is written with where it happened and what kind it is. What it said is left out in production, because the words
of a database's error quote the row, and those of many others the input.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def discreet(error: BaseException | None) -> str:
    """A traceback without the words of the errors in it.

    >>> try:
    ...     int("ann@example.org")
    ... except ValueError as fault:
    ...     print("ann" in discreet(fault).splitlines()[-1], discreet(fault).splitlines()[-1])
    False ValueError
    """
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = [
            f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        parts.append(
            "\n".join([*frames, f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")])
        )
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\ncaused by\n".join(parts)


class _Discreet(logging.Formatter):
    def formatException(self, ei: Any) -> str:
        return discreet(ei[1])


class _DiscreetJson(JsonFormatter):
    def formatException(self, ei: Any) -> str:
        return discreet(ei[1])


def formatter(settings: Mapping[str, Any]) -> logging.Formatter:
    """How lines look by the settings `CONSULT_LOG` and `CONSULT_MODE`."""
    production = settings["CONSULT_MODE"] == "production"
    if settings["CONSULT_LOG"] == "json":
        kind = _DiscreetJson if production else JsonFormatter
        names = {"asctime": "time", "levelname": "level", "name": "logger"}
        return kind("%(asctime)s %(levelname)s %(name)s %(message)s %(process)d", rename_fields=names)
    plain = _Discreet if production else logging.Formatter
    return plain("%(asctime)s %(levelname)s %(name)s: %(message)s")


def begin(settings: Mapping[str, Any]) -> None:
    """Write what consult logs to standard error, unless whoever serves it has set up logging already."""
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(formatter(settings))
        root.addHandler(handler)
        logging.getLogger("consult").setLevel(logging.INFO)
