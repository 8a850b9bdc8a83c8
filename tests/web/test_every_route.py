"""Every route, for every role, about somebody else's things: no fault, nobody past the guard, nothing read or changed.

The questions are made from the route table, so a new route is asked about without a word here. Forms are those that the
pages show, sent again by everybody. `CONSULT_TEST_MATRIX` asks every role about every object; otherwise the objects
and the roles take turns.
"""

from __future__ import annotations

import gzip
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from werkzeug.routing import Rule

from consult.app import create_app
from consult.domain import policy
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.store import db
from consult.service import clock
from consult.web import guards
from consult.web.kept import SHARED
from tests.databases import Sqlite
from tests.factories import found
from tests.web import movement as asking
from tests.web.movement import NOW, OUTSIDERS, SECRET, Movement

WHOLE = bool(os.environ.get("CONSULT_TEST_MATRIX"))
pytestmark = pytest.mark.xdist_group("every-route")

REFUSED = (400, 401, 403, 404, 405, 409, 413, 422, 429)
#: What no outsider may read anywhere: texts of others that are not published, addresses and numbers of other members.
PRIVATE = re.compile(rf"{SECRET}|(?<!stranger)@members\.example|\bM\d{{6}}\b", re.I)


@pytest.fixture(scope="module")
def movement(sqlite: Sqlite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Movement]:
    """One application for all questions; it is put back after whatever changes something."""
    address = sqlite.fresh()
    file = Path(address.removeprefix("sqlite:///"))
    app = create_app(
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": address,
            "CONSULT_INSTANCE": str(tmp_path_factory.mktemp("movement")),
            "SERVER_NAME": "consult.test",
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "source", lambda session: NOW)
        with app.app_context():
            cast = found()
            asking.furnish(cast)
            made = Movement(app, cast, file, file.with_suffix(".kept"))
            made.own = (cast.who["stranger"].number, cast.who["stranger"].email or "-")
            asking.sign_in(made)
            db.session.remove()
            db.engine.dispose()
        with closing(sqlite3.connect(file)) as now, closing(sqlite3.connect(made.kept)) as kept:
            now.backup(kept)
        right = policy.why_not

        def why_not(permission: Permission, actor: Actor, subject: Any = None, *, at: datetime) -> str | None:
            sentence = right(permission, actor, subject, at=at)
            made.asked.append((permission, actor, sentence is None))
            return sentence

        patch.setattr(policy, "why_not", why_not)
        yield made
    with app.app_context():
        db.engine.dispose()
    sqlite.drop(address)
    made.kept.unlink()


def trouble(movement: Movement, rule: Rule, who: str, status: int, page: str) -> str:
    """What is wrong with an answer, whatever was asked; "" if nothing."""
    if status >= 500:
        return f"a fault: {page[:300]}"
    if status not in REFUSED and not asking.may_enter(movement, rule, who):
        return "past the guard of the route"
    if status in REFUSED and status != 401 and page.startswith("<") and not says_why(page):
        return "refused without a sentence"
    for mine in movement.own if who == "stranger" else ():
        page = page.replace(mine, "")
    if who in OUTSIDERS and (read := PRIVATE.search(page)):
        return f"shows “{page[max(0, read.start() - 60) : read.end() + 20]}”"
    return ""


def says_why(page: str) -> bool:
    """Whether a page that refuses says so in a sentence."""
    return any(re.search(r"[a-z]{2}[.:!?]", each.text_content()) for each in lxml.html.fromstring(page).iter("main"))


def test_no_page_is_a_fault_or_passes_its_guard_or_shows_what_is_not_its_readers(movement: Movement) -> None:
    wrong: list[str] = []
    readers: set[str] = set()
    before = movement.state()
    for rule, who, address in asking.questions(movement, "GET", whole=WHOLE):
        status, page = movement.ask(who, address)
        if said := trouble(movement, rule, who, status, page):
            wrong.append(f"GET {address} ({rule.endpoint}) by {who}, answered {status}: {said}")
        readers |= {who} if PRIVATE.search(page) else set()
    after = movement.state()
    movement.restore()
    assert not wrong, "\n".join(wrong)
    assert len(readers) > 3  # what is private is shown to somebody
    assert {name for name in before if before[name] != after[name]} <= {"sign_in_session", "delivery"}, (
        "to look changes nothing, but that one's paper was opened"
    )


def test_no_form_is_a_fault_or_passes_its_guard_or_changes_what_is_others(
    movement: Movement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change is on the audit log, and the policy was asked of this person and said yes; or it is to one's own rows."""
    with monkeypatch.context() as patch:
        patch.setattr(policy, "why_not", lambda *args, **more: None)
        forms = asking.forms(movement)
    movement.restore()
    wrong: list[str] = []
    changed: set[str] = set()
    before = movement.state()
    with closing(sqlite3.connect(movement.file)) as watching:
        for rule, who, address in asking.questions(movement, "POST", whole=WHOLE):
            version = movement.version(watching)
            sent = forms.get(address) or forms.get(rule.endpoint) or {}
            status, page = movement.ask(who, address, sent | {"csrf_token": movement.token})
            about = f"POST {address} ({rule.endpoint}) by {who}, answered {status}"
            if said := trouble(movement, rule, who, status, page):
                wrong.append(f"{about}: {said}")
            if movement.version(watching) == version:
                continue
            after = movement.state()
            movement.restore()
            if not (others := asking.of_others(before, after, movement.owner(who))):
                continue
            changed.add(rule.endpoint)
            mine = [yes for _, actor, yes in movement.asked if actor.member_id == movement.actors[who].member_id]
            if status not in (200, 302, 303) or "audit_event" not in others or who == "visitor" or not all(mine or [0]):
                wrong.append(f"{about}, changed {sorted(others)}, and the policy said {mine}")
    assert not wrong, "\n".join(wrong)
    assert len(changed) > 10  # the forms are such as the services take from whoever may


def test_no_form_is_taken_without_its_token(movement: Movement) -> None:
    """Whoever sends it, and whatever else is in it: another site cannot make a member's browser do anything here."""
    taken: list[str] = []
    with closing(sqlite3.connect(movement.file)) as watching:
        version = movement.version(watching)
        for turn, rule in enumerate(asking.routes(movement.app, "POST")):
            address = asking.addresses(movement, rule, "POST")[-1]
            for more in ({}, {"csrf_token": "x"}):
                who = ("committee_1", "returning_officer", "stranger")[turn % 3]
                status, page = movement.ask(who, address, {"text": "typed"} | more)
                if status not in (400, 403, 404) or movement.version(watching) != version or not says_why(page):
                    taken.append(f"{address} ({rule.endpoint}) by {who}, answered {status}")
    assert not taken, "\n".join(taken)


#: Public answers that a proxy may not give again, by how they are to be kept instead.
EACH_TIME = {
    # what is told while it happens, has a mark of its own, or is made for whoever asks
    "no-cache": {
        "hall.show", "hall.live", "board.show", "board.heads", "board.leaves", "ballots.definition", "ballots.roll_changes",
        "paragraphs.show", "paragraphs.comments", "calendars.index", "submissions.index", "submissions.show",
        "statements.index", "statements.groups", "statements.answers", "translations.show",
        "results.bundle", "motions.download", "policy.keep", "policy.download", "agenda.download",
        # forms, and the pages on the way in
        "accounts.sign_in", "accounts.ask_for_link", "accounts.forgot", "accounts.sent", "accounts.passkey",
        "votes.follows", "votes.challenges", "deliveries.link",
    },
    "no-store": {"health.health", "health.ready", "health.version"},
    "public, max-age=5": {"ballots.turnout_told"},
}  # fmt: skip
#: Bytes of the first paint, compressed: one page, its stylesheet and its script.
FIRST_PAINT = 60_000


def test_a_proxy_may_share_what_visitors_read_and_nothing_made_for_a_person(movement: Movement) -> None:
    """Each public address of the route table: kept for a proxy with a mark, or in the table above; light; and for somebody
    who is signed in never to be shared, unless it is the very same to all."""
    wrong: list[str] = []
    shared: set[str] = set()
    with movement.app.test_client(use_cookies=False) as client:
        signed_in = {"Cookie": f"consult={movement.cookies['stranger']}"}
        for rule in asking.routes(movement.app, "GET"):
            if guards.entry_of(movement.app, rule.endpoint) != "public" or rule.endpoint.startswith("look."):
                continue
            asked = ((address, client.get(address)) for address in asking.addresses(movement, rule, "GET"))
            address, answer = next((pair for pair in asked if pair[1].status_code == 200), ("", None))
            if answer is None:
                continue
            kept = next((kept for kept, those in EACH_TIME.items() if rule.endpoint in those), asking_a_proxy(answer))
            if answer.headers["Cache-Control"] != kept or "Cookie" not in answer.headers["Vary"]:
                wrong.append(f"{address} ({rule.endpoint}): {answer.headers['Cache-Control']}, not {kept}")
            if "s-maxage" in kept:
                shared.add(rule.endpoint)
                again = client.get(address, headers={"If-None-Match": answer.headers.get("ETag", "")})
                if again.status_code != 304 or "Set-Cookie" in answer.headers or b"csrf" in answer.get_data():
                    wrong.append(f"{address} ({rule.endpoint}) is shared, but not as it should be")
            if answer.mimetype == "text/html" and (weight := first_paint(client, answer.get_data())) > FIRST_PAINT:
                wrong.append(f"{address} ({rule.endpoint}) weighs {weight} bytes")
            mine = client.get(address, headers=signed_in)
            if "public" in mine.headers["Cache-Control"] and mine.get_data() != answer.get_data():
                wrong.append(f"{address} ({rule.endpoint}) is made for a person and may be shared")
    movement.restore()
    assert not wrong, "\n".join(wrong)
    assert {"ballots.show", "results.show", "search.index", "motions.show", "debate.index", "units.show"} <= shared


def asking_a_proxy(answer: Any) -> str:
    """What a shared answer says: the one of pages, feeds, figures and the API."""
    return SHARED if answer.headers.get("ETag") else "with an ETag"


def first_paint(client: Any, html: bytes) -> int:
    """The bytes of a page with its stylesheet and its script, compressed; more than one of either is too much."""
    parts = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html.decode())
    parts += (scripts := re.findall(r'<script[^>]* src="([^"]+/consult\.js)"', html.decode()))
    if len(parts) != 2 or len(scripts) != 1:
        return FIRST_PAINT + len(parts) if b"<html" in html else 0
    return sum(len(gzip.compress(part, 6)) for part in (html, *(client.get(part).get_data() for part in parts)))
