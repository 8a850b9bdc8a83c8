"""Whatever stands in a field or after the question mark of an address: every route answers, and none with a fault.

Routes, forms and the names that views look for in addresses are found in the application itself. Lengths and numbers are
a matter of the database, so both kinds are asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from flask import Flask

from consult import web
from consult.domain import policy
from consult.service import clock
from tests.databases import Sqlite
from tests.factories import Cast
from tests.web import movement as asking
from tests.web.movement import NOW, Movement

#: Characters of value zero, numbers beyond every column, texts longer than any, times at the ends, and no such choice.
HOSTILE = (
    "\0",
    "9" * 30,
    "-1",
    "x" * 70_000,
    "9999-12-31T23:59",
    "0001-01-01",
    "²",
    "%",
    "'\"<&>",
    "\u202e\ud7ff\U0010ffff",
    " ",
)

ASKED = re.compile(r"""request\.args\.get(?:list)?\(\s*["'](\w+)["']""")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    maker: Sqlite = request.getfixturevalue(request.param)
    address = maker.fresh()
    yield address
    maker.drop(address)


def test_no_field_and_no_address_is_a_fault(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "source", lambda session: NOW)
    asking.furnish(cast)
    movement = Movement(app, cast)
    asking.sign_in(movement)
    names = sorted(
        {name for file in Path(web.__file__).parent.rglob("*.py") for name in ASKED.findall(file.read_text())}
    )
    assert {"page", "q", "line"} <= set(names)
    wrong: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(policy, "why_not", lambda *args, **more: None)
        forms = asking.forms(movement, each=1)
    for rule in asking.routes(app, "GET"):
        address = asking.addresses(movement, rule, "GET")[-1]
        start = crc32(rule.rule.encode())
        query = {
            name: HOSTILE[(start + place) % len(HOSTILE)].replace("\0", "9" * 18) for place, name in enumerate(names)
        }
        for sent in (query, {"q": "\0"}):
            status, page = movement.ask("committee_1", address, query=sent)
            if status >= 500:
                wrong.append(f"GET {address} ({rule.endpoint}) {sent!r:.300}: {page[:400]}")
    for rule in asking.routes(app, "POST"):
        address = asking.addresses(movement, rule, "POST")[-1]
        form = forms.get(address) or forms.get(rule.endpoint) or {}
        start = crc32(rule.rule.encode())
        for turn in range(2):
            sent = {name: HOSTILE[(start + place * 3 + turn) % len(HOSTILE)] for place, name in enumerate(form)}
            for each in (sent, {name: value.replace("\0", " ") for name, value in sent.items()}):
                who = ("committee_1", "returning_officer", "mover", "roll_officer")[(start + turn) % 4]
                status, page = movement.ask(who, address, each | {"csrf_token": movement.token})
                if status >= 500:
                    wrong.append(f"POST {address} ({rule.endpoint}) by {who} {each!r:.300}: {page[:400]}")
    assert not wrong, "\n".join(wrong)
