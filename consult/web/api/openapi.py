"""The OpenAPI 3.1 document, made from the declared questions and the shapes of their answers."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from consult import __version__
from consult.domain.interfaces import SCOPES
from consult.web.api.operations import OPERATIONS, ROOT, Operation
from consult.web.api.shapes import Problem
from consult.web.problems import MEDIA

_REF = "#/components/schemas/{model}"

_HEADERS = {
    "ETag": "Of this answer; send it back as If-None-Match.",
    "RateLimit-Limit": "Questions in a minute.",
    "RateLimit-Remaining": "Questions left in it.",
    "RateLimit-Reset": "Seconds until the count begins anew.",
}


def document(organisation: str, site: str) -> dict[str, Any]:
    """The document for the API at `site`."""
    shapes = {operation.shape for operation in OPERATIONS} | {Problem}
    _keys, schemas = models_json_schema(
        [(shape, "serialization") for shape in sorted(shapes, key=lambda shape: shape.__name__)], ref_template=_REF
    )
    paths: dict[str, Any] = {}
    for operation in sorted(OPERATIONS, key=lambda each: each.path):
        paths[operation.template] = {"get": _operation(operation)}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": f"{organisation}: open data",
            "version": __version__,
            "summary": "Motions, ballots, results and everything else that is public, for programs to read.",
            "description": f"Described for people at {site}/api.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": f"{site}{ROOT}"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(operation.tag for operation in OPERATIONS)],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "headers": {name: {"description": words, "schema": _kind(name)} for name, words in _HEADERS.items()},
            "responses": {"Problem": _content(MEDIA, "Problem", "Why not (RFC 9457).")},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token that a member made on their account page. Scopes: "
                    + " ".join(f"{name}: {words}" for name, words in SCOPES.items()),
                }
            },
        },
    }


def _kind(header: str) -> dict[str, str]:
    return {"type": "string" if header == "ETag" else "integer"}


def _content(media: str, shape: str, words: str) -> dict[str, Any]:
    return {"description": words, "content": {media: {"schema": {"$ref": _REF.format(model=shape)}}}}


def _operation(operation: Operation) -> dict[str, Any]:
    good = _content("application/json", operation.shape.__name__, operation.summary)
    good["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    refusals = ["400", "401", "406", "429", *(["403"] if operation.scope or operation.parts else [])]
    refusals += ["404"] if operation.parts else []
    return {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "security": [{"token": [operation.scope]}] if operation.scope else [{}, {"token": []}],
        "parameters": [*map(_number, operation.parts), *_parameters(operation)],
        "responses": {
            "200": good,
            "304": {"description": "You have it already: its ETag is the one that you sent."},
            **{status: {"$ref": "#/components/responses/Problem"} for status in sorted(refusals)},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }


def _number(name: str) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found = []
    for name, schema in operation.query.model_json_schema(mode="validation").get("properties", {}).items():
        schema.pop("title", None)
        words = schema.pop("description", "")
        if options := [each for each in schema.pop("anyOf", []) if each.get("type") != "null"]:
            schema |= options[0]
        if schema.get("default", "") in (None, ""):
            schema.pop("default", None)
        found.append({"name": name, "in": "query", "required": False, "description": words, "schema": schema})
    return found
