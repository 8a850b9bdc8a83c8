"""The numbers in addresses: those that a table can hold, so that any other is a page not found and not a fault."""

from __future__ import annotations

from typing import Any

from flask import Flask, url_for
from werkzeug.routing import IntegerConverter, Map

#: The largest number of a row: PostgreSQL's `integer`.
LARGEST = 2**31 - 1


class RowNumber(IntegerConverter):
    """`<int:…>` in a route, up to the largest number of a row."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST, **kwargs})


def init_app(app: Flask) -> None:
    """Hold every `<int:…>` of the routes to it; to be called before the blueprints are registered."""
    app.url_map.converters["int"] = RowNumber


def before_number(endpoint: str, name: str, **values: Any) -> str:
    """The address of a page up to the number it ends with: for long lists, whose addresses differ in nothing else."""
    return url_for(endpoint, **(values | {name: 0})).removesuffix("0")
