"""consult: motions are drafted, amended, debated, put to the ballot, counted, certified and published."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`flask --app consult` looks here for the factory; importing the package alone must not load Flask."""
    if name == "create_app":
        return import_module("consult.app").create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
