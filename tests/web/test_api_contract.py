"""The API held to its own document by schemathesis: every question, of every kind of reader, with good and bad parameters."""

from __future__ import annotations

import secrets

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import (
    CheckFunction,
    not_a_server_error,
)
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from consult.model.members import Member
from consult.model.store import db
from consult.service import clock, tokens
from consult.service.actors import actor_of
from consult.web.api.operations import ROOT
from tests.factories import PEOPLE
from tests.web import test_api

full = test_api.full
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

#: Reader → (whose token, its scopes): a visitor, a program that reads as one, and members with and without an office.
READERS: dict[str, tuple[str, tuple[str, ...]] | None] = {
    "visitor": None,
    "public": ("member", ("read:public",)),
    "member": ("member", ("read:member",)),
    "supporter": ("supporter", ("read:member",)),
    "mover": ("mover", ("read:public", "read:member")),
    "delegate": ("delegate", ("read:member",)),
    "officer": ("committee_1", ("read:member",)),
    "scrutineer": ("scrutineer", ("read:member",)),
}


#: What is asked about, where an address has a number: rows that are there.
NUMBERS = (1, 2, 3)


def operations(app: Flask) -> list[APIOperation]:
    document = schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", app)
    return [result.ok() for result in document.get_all_operations()]


@pytest.mark.parametrize("reader", ["visitor", "member"])
def test_whatever_is_asked_is_answered_as_the_document_says(full: Flask, reader: str) -> None:
    headers = key_of(full, reader)
    asked = operations(full)
    assert len(asked) > 25
    for operation in asked:
        hold(operation, headers)


@pytest.mark.parametrize("reader", READERS)
def test_whoever_asks_about_what_is_there_gets_what_the_document_says(full: Flask, reader: str) -> None:
    headers, answered = key_of(full, reader), set()
    for operation in operations(full):
        names = [parameter.name for parameter in operation.path_parameters]
        for number in NUMBERS if names else (0,):
            case = operation.Case(
                path_parameters=dict.fromkeys(names, number) | ({"sequence": 1} if "sequence" in names else {})
            )
            response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS, headers=headers)
            if response.status_code == 200:
                answered.add(operation.path)
            assert b"@members.example" not in response.content
    members_only = {"/motions/{motion_id}/rulings", "/audit/events"}
    assert (
        members_only <= answered if "read:member" in (READERS[reader] or ("", ()))[1] else not members_only & answered
    )
    assert len(answered) > 20


def key_of(app: Flask, reader: str) -> dict[str, str]:
    """The headers of a reader."""
    whose = READERS[reader]
    return {} if whose is None else {"Authorization": f"Bearer {token_of(app, reader, *whose)}"}


def token_of(app: Flask, reader: str, name: str, scopes: tuple[str, ...]) -> str:
    """A token of one of the cast."""
    token = f"{tokens.PREFIX}{reader}-{secrets.token_hex(8)}"
    with app.app_context():
        full_name = PEOPLE[name][0] if name in PEOPLE else "Sorrel Bright"
        member = db.session.query(Member).filter_by(name=full_name).one()
        tokens.make(member, reader, scopes, 7, token, by=actor_of(member.id), at=clock.now())
    return token


def hold(operation: APIOperation, headers: dict[str, str]) -> None:
    """Ask one question with some parameters, and check each answer against the document."""

    @given(case=operation.as_strategy())
    @settings(max_examples=3, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: Case) -> None:
        case.validate_response(case.call(headers=headers), checks=CHECKS, headers=headers)

    ask()
