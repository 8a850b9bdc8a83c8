"""Where templates/ and migrations/ are: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def _find(name: str) -> Path:
    for place in (PACKAGE.parent / name, PACKAGE / name):
        if place.is_dir() and (place != PACKAGE.parent / name or (PACKAGE.parent / "setup.cfg").exists()):
            return place
    raise RuntimeError(f"consult is not installed whole: its folder “{name}” is missing beside or inside {PACKAGE}.")


def templates() -> Path:
    """The folder of the page templates."""
    return _find("templates")


def migrations() -> Path:
    """The folder of the database migrations."""
    return _find("migrations")
