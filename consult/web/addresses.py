"""The numbers in addresses: those that a table can hold, so that any other is a page not found and not a fault."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, current_app, request, url_for
from werkzeug.routing import IntegerConverter, Map

#: The largest number of a row: PostgreSQL's `integer`.
LARGEST = 2**31 - 1


class RowNumber(IntegerConverter):
    """`<int:…>` in a route, up to the largest number of a row."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST, **kwargs})


#: Addresses that are kept in each process; a page has some fifty, most of them on every page.
MOST = 4_096


def init_app(app: Flask) -> None:
    """Hold every `<int:…>` of the routes to it, and let templates keep addresses; before the blueprints are registered."""
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.globals["url_for"] = kept_url_for


def kept_url_for(endpoint: str, **values: Any) -> str:
    """What `url_for` gives, made once for each endpoint and its values."""
    here: Any = cast(Any, request)._get_current_object() if request else None
    if here is None or endpoint[:1] == "." or "_external" in values:
        return url_for(endpoint, **values)
    kept: dict[Any, str] = current_app.extensions.setdefault("consult-addresses", {})
    try:
        key = (endpoint, here.root_path, *((name, type(value), value) for name, value in values.items()))
        found = kept.get(key)
    except TypeError:  # a list among the values
        return url_for(endpoint, **values)
    if found is None:
        if len(kept) >= MOST:
            kept.clear()
        found = kept[key] = url_for(endpoint, **values)
    return found


def before_number(endpoint: str, name: str, **values: Any) -> str:
    """The address of a page up to the number it ends with: for long lists, whose addresses differ in nothing else."""
    return kept_url_for(endpoint, **(values | {name: 0})).removesuffix("0")
