"""What can be asked: each question declared once beside its function, and one way through for every request.

In this order: who asks, how often, for which form, with which parameters; then the answer that is kept, or the function,
whose answer is kept for others who see the same. The mark that an answer is kept by is that of a visitor's page.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_type_hints

from flask import Blueprint, current_app, g, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from consult.service import attempts, marks
from consult.service.marks import Mark
from consult.web import assets
from consult.web.api import readers
from consult.web.api.cursors import Listing, Query
from consult.web.api.pace import Counter
from consult.web.api.readers import Reader
from consult.web.api.shapes import Page, Shape
from consult.web.guards import public
from consult.web.kept import SHARED, Shelf
from consult.web.problems import ANYWHERE, Problem

pages = Blueprint("api", __name__)

ROOT = "/api/v1"
JSON = "application/json"
#: How a page of a list ends that is not the last.
_NEXT = re.compile(rb',"next":"([^"]+)"}\Z')


@dataclass(frozen=True)
class Operation:
    """One question: its address, what it takes, what it answers with, and what a token must allow ("" for visitors)."""

    name: str
    path: str
    tag: str
    summary: str
    scope: str
    query: type[Query]
    shape: type[Shape]
    answer: Callable[..., Shape]

    @property
    def parts(self) -> tuple[str, ...]:
        """The numbers in its address."""
        return tuple(re.findall(r"<int:(\w+)>", self.path))

    @property
    def template(self) -> str:
        """The address as OpenAPI writes it."""
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", self.path)


OPERATIONS: list[Operation] = []


def reads(path: str, tag: str, scope: str = "") -> Callable[[Callable[..., Shape]], Callable[..., Shape]]:
    """Declare a question. Its function takes the reader, the parameters if its signature has `query`, and the path's numbers."""

    def declare(function: Callable[..., Shape]) -> Callable[..., Shape]:
        hints = get_type_hints(function)
        name, summary = function.__name__, (inspect.getdoc(function) or "").split("\n")[0]
        made = Operation(name, path, tag, summary, scope, hints.get("query", Query), hints["return"], function)
        OPERATIONS.append(made)
        pages.add_url_rule(ROOT + path, name, _view(made), methods=["GET"])
        return function

    return declare


def _view(operation: Operation) -> Callable[..., Response]:
    @public
    def view(**numbers: int) -> Response:
        mark = marks.mark()
        reader = readers.reader(mark.at)
        measure(reader)
        if request.accept_mimetypes and not request.accept_mimetypes[JSON]:
            raise Problem(406, "The API answers with application/json alone.", "not-acceptable")
        readers.require(reader, operation.scope)
        query = _query(operation)
        return kept(reader, mark, lambda: _body(operation, reader, query, numbers))

    return view


def _body(operation: Operation, reader: Reader, query: Query, numbers: dict[str, int]) -> bytes:
    more = {"query": query} if operation.query is not Query else {}
    return operation.answer(reader, **more, **numbers).model_dump_json().encode()


def _query(operation: Operation) -> Query:
    given = request.args
    faults = [(name, "It is given more than once.") for name, values in given.lists() if len(values) > 1]
    try:
        if not faults:
            return operation.query.model_validate(given.to_dict())
    except ValidationError as wrong:
        faults = [(".".join(map(str, each["loc"])), each["msg"]) for each in wrong.errors()]
    names = ", ".join(f"“{name[:60]}”" for name, _words in faults)
    raise Problem(400, f"These parameters cannot be understood: {names}.", "invalid-parameter", faults)


def measure(reader: Reader) -> None:
    """Count the request.

    Raises:
        Problem: 429, if it is one too many in this minute.
    """
    limit = current_app.config["CONSULT_API_RATE"]
    if not limit:
        return
    counter: Counter = current_app.extensions.setdefault("consult-api-pace", Counter())
    pace = counter.take(reader.key or attempts.network(request.remote_addr or ""), limit)
    g.api_pace = pace.headers
    if pace.over:
        sentence = f"More than {limit} questions in a minute. Ask again in {pace.reset} seconds."
        raise Problem(429, sentence, "rate-limit", headers={"Retry-After": str(pace.reset)})


def kept(reader: Reader, found: Mark, make: Callable[[], bytes], media: str = JSON) -> Response:
    """The answer for this reader: made once while nothing happens, and not sent again to whoever has it."""
    shelf: Shelf = current_app.extensions.setdefault("consult-api-kept", Shelf())
    g.consult_now, g.consult_name = found.at, found.organisation
    where = (request.scheme, request.host, request.root_path, request.path, request.query_string)
    minute = int(found.at.timestamp()) // 60
    key = (*where, reader.sees, assets.shelf().version, found.organisation, found.head, minute)
    body, etag = shelf.get(key) or shelf.put(key, make())
    same = request.if_none_match.contains_weak(etag)
    answer = Response(status=304) if same else Response(body, content_type=media)
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = "private, no-cache" if reader.key else SHARED
    answer.headers["Vary"] = "Authorization"
    if more := _NEXT.search(body):
        answer.headers["Link"] = f'<{more[1].decode()}>; rel="next"'
    return answer


@pages.after_request
def dress(response: Any) -> Any:
    """Pages of any site may ask, and everybody is told how often."""
    if request.path.startswith(ROOT):
        response.headers.update(ANYWHERE | g.get("api_pace", {}))
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = "Authorization, If-None-Match"
            response.headers["Access-Control-Max-Age"] = "86400"
    return response


def paged(
    shape: type[Any], rows: Sequence[Any], query: Listing, key: Callable[[Any], int], show: Callable[[Any], Shape]
) -> Any:
    """A page of a list from the rows found, of which there is one more where the list goes on."""
    shown, more = rows[: query.limit], None
    if len(rows) > query.limit:
        asked = {name: value for name, value in request.args.items() if name != "cursor"}
        asked["cursor"] = query.beyond(key(shown[-1]))
        more = url_for(request.endpoint or "", **(request.view_args or {}), **asked, _external=True)
    made: Page[Any] = shape(data=[show(row) for row in shown], next=more)
    return made
