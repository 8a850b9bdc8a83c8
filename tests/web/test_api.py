"""The read API: what it says to whom, in which form, how often, and that its document holds for every question."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from consult.app import create_app
from consult.model.motions import Motion
from consult.model.store import db
from consult.service import clock
from consult.web.api.operations import OPERATIONS, ROOT
from consult.web.api.pace import Counter
from consult.web.api.views import EXAMPLES
from tests.databases import Sqlite
from tests.factories import Cast, found
from tests.web.movement import NOW, SECRET, furnish
from tests.web.pages import Browser
from tests.web.signing_in import browser_of

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def full(sqlite: Sqlite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A movement with something of every kind, to be read only."""
    address = sqlite.fresh()
    app = create_app(
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": address,
            "CONSULT_INSTANCE": str(tmp_path_factory.mktemp("api")),
            "SERVER_NAME": "consult.test",
            "CONSULT_API_RATE": 0,
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "source", lambda session: NOW)
        with app.app_context():
            furnish(found())
            db.session.remove()
        yield app
        with app.app_context():
            db.engine.dispose()
    sqlite.drop(address)


def ask(app: Flask, path: str, **headers: str) -> TestResponse:
    return Browser(app, **{name.replace("_", "-"): value for name, value in headers.items()}).fetch(ROOT + path)


def got(app: Flask, path: str, **headers: str) -> Any:
    answer = ask(app, path, **headers)
    assert (answer.status_code, answer.mimetype) == (200, "application/json"), answer.text[:500]
    return json.loads(answer.data)


def whole(app: Flask, path: str, most: int, **headers: str) -> list[Any]:
    """A list by its pages of at most `most`."""
    found: list[Any] = []
    address = f"{ROOT}{path}?limit={most}"
    while address:
        answer = Browser(app, **headers).fetch(address)
        page = json.loads(answer.data)
        assert 0 < len(page["data"]) <= most or page["next"] is None
        said = answer.headers.get("Link")
        assert said == (f'<{page["next"]}>; rel="next"' if page["next"] else None)
        found += page["data"]
        address = (page["next"] or "").removeprefix("http://consult.test")
    return found


# -- what it says ----------------------------------------------------------------------------------------------------


def test_a_published_motion_is_whole_with_its_versions_amendments_and_history(full: Flask) -> None:
    (summary,) = [row for row in got(full, "/motions?state=published")["data"] if row["number"]][:1]
    motion = got(full, f"/motions/{summary['id']}")
    assert summary.items() <= motion.items()
    assert motion["mover"] is None  # names of movers are for members
    clauses = motion["version"]["clauses"]
    assert clauses[0]["text"] == motion["title"] and clauses[-1]["lines"]
    assert [row["sequence"] for row in got(full, f"/motions/{motion['id']}/versions")["data"]] == [1]
    assert got(full, f"/motions/{motion['id']}/versions/1") == motion["version"]
    assert {step["state"] for step in motion["history"]} == {"published"}
    for amendment in motion["amendments"]:
        one = got(full, f"/amendments/{amendment['id']}")
        assert amendment.items() <= one.items() and one["motion"] == motion["id"] and one["operations"]


def test_a_result_has_its_stages_and_its_open_data_can_be_fetched(full: Flask) -> None:
    (summary,) = got(full, "/results")["data"]
    result = got(full, f"/results/{summary['ballot']}")
    assert result["figures"]["questions"][0]["count"]["stages"]
    files = result["open_data"]
    for address in (files["figures_json"], files["figures_csv"], files["bundle"], *files["papers_blt"]):
        assert Browser(full).fetch(address.removeprefix("http://consult.test")).status_code == 200
    assert Browser(full).fetch(files["figures_json"].removeprefix("http://consult.test")).json == result["figures"]
    ballot = got(full, f"/ballots/{summary['ballot']}")
    assert ballot["turnout"] == {"voted": 1, "roll": ballot["turnout"]["roll"], "exact": True}
    assert ballot["result"] == result["links"]["self"]
    assert Browser(full).fetch(ballot["definition"].removeprefix("http://consult.test")).status_code == 200


def test_every_address_that_it_gives_leads_somewhere(full: Flask) -> None:
    seen: set[str] = set()

    def gather(value: Any) -> None:
        if isinstance(value, dict):
            seen.update(v for k, v in value.items() if k in ("self", "page") and isinstance(v, str))
            any(gather(each) for each in value.values())
        elif isinstance(value, list):
            any(gather(each) for each in value)

    for operation in OPERATIONS:
        if not operation.parts and not operation.scope:
            gather(got(full, operation.path))
    assert len(seen) > 30
    for address in sorted(seen):
        assert Browser(full).fetch(address.removeprefix("http://consult.test")).status_code == 200, address


def test_lists_go_on_by_their_cursor_and_lose_nobody(full: Flask) -> None:
    for path, least in (("/motions", 2), ("/units", 2), ("/ballots", 2), ("/consultations", 1)):
        at_once = got(full, f"{path}?limit=100")
        assert at_once["next"] is None and len(at_once["data"]) >= least
        assert whole(full, path, 1) == at_once["data"] == whole(full, path, 2)


def test_it_shows_a_visitor_nothing_that_pages_do_not(full: Flask) -> None:
    with full.app_context():
        numbers = [row.id for row in db.session.query(Motion).all()]
        public = {row["id"] for row in got(full, "/motions?limit=100")["data"]}
    assert public and public < set(numbers)
    for number in numbers:
        page = Browser(full).fetch(f"/motions/{number}").status_code
        assert ask(full, f"/motions/{number}").status_code == page == (200 if number in public else 404)
    said = "".join(
        ask(full, operation.path.replace("<int:motion_id>", "1")).text
        for operation in OPERATIONS
        if not operation.scope and len(operation.parts) < 1
    )
    assert SECRET not in said and "@members.example" not in said


# -- in which form ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/motions?limit=0", 400, "limit"),
        ("/motions?colour=red", 400, "colour"),
        ("/motions?state=lost&state=carried", 400, "state"),
        ("/motions?cursor=WyJ4Il0.abc", 400, "cursor"),
        ("/motions/99999", 404, "no motion"),
        ("/motions/x", 404, "no such page"),
        ("/nothing", 404, "no such page"),
        ("/audit/events", 401, "token"),
        ("/motions/1/rulings", 401, "token"),
        ("/units/1/decisions", 401, "read:member"),
    ],
)
def test_a_refusal_is_a_problem_with_its_sentence(full: Flask, path: str, status: int, said: str) -> None:
    answer = ask(full, path)
    body = json.loads(answer.data)
    assert (answer.status_code, answer.mimetype, body["status"]) == (status, PROBLEM, status)
    assert said in json.dumps(body).lower() and body["title"] and body["type"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*" and answer.headers["Cache-Control"] == "no-store"
    if body["type"] != "about:blank":
        place, _hash, anchor = body["type"].removeprefix("http://consult.test").partition("#")
        assert f'id="{anchor}"' in Browser(full).fetch(place).text


def test_a_cursor_is_good_for_its_own_question_alone(full: Flask) -> None:
    more = got(full, "/units?limit=1")["next"].partition("cursor=")[2]
    assert ask(full, f"/units?limit=3&cursor={more}").status_code == 200
    for other in ("/motions?", "/units?kind=branch&"):
        assert ask(full, f"{other}cursor={more}").status_code == 400


def test_it_only_reads_and_says_only_json(full: Flask) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = Browser(full).fetch(f"{ROOT}/motions", method=method)
        assert (answer.status_code, answer.mimetype) == (405, PROBLEM)
        assert "GET" in answer.headers["Allow"]
    assert ask(full, "/motions", Accept="text/html").status_code == 406
    assert ask(full, "/motions", Accept="text/html, application/*;q=0.1").status_code == 200
    head = Browser(full).fetch(f"{ROOT}/motions", method="HEAD")
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(ask(full, "/motions").data)
    for data, kind in ((b"{}", "application/json"), (b"x" * 3_000_000, "application/x-www-form-urlencoded")):
        answer = full.test_client().post(f"{ROOT}/motions", data=data, content_type=kind)
        assert (answer.status_code, answer.mimetype) == (405, PROBLEM)


@pytest.mark.parametrize("path", ["/motions", "/audit/events", "/openapi.json", "/motions/99999"])
def test_asked_for_methods_it_names_them_and_says_nothing_else(full: Flask, path: str) -> None:
    answer = Browser(full).fetch(ROOT + path, method="OPTIONS")
    assert (answer.status_code, answer.data, answer.headers["Allow"]) == (204, b"", "GET, HEAD, OPTIONS")
    assert "Content-Type" not in answer.headers
    missing = Browser(full).fetch(f"{ROOT}/nothing", method="OPTIONS")
    assert (missing.status_code, missing.mimetype) == (404, PROBLEM)


@pytest.mark.parametrize(
    ("sent", "kind", "error"),
    [
        (None, "token-needed", ""),
        ("Basic QTpC", "token-needed", ""),
        ("Bearer consult_nobody", "invalid-token", ', error="invalid_token"'),
    ],
)
def test_without_a_token_one_is_asked_for_and_a_wrong_one_is_called_so(
    full: Flask, sent: str | None, kind: str, error: str
) -> None:
    for method in ("GET", "HEAD"):
        headers = {"Authorization": sent} if sent else {}
        answer = Browser(full, **headers).fetch(f"{ROOT}/audit/events", method=method)
        assert (answer.status_code, answer.mimetype) == (401, PROBLEM)
        assert answer.headers["WWW-Authenticate"] == f'Bearer realm="consult"{error}'
    assert json.loads(ask(full, "/audit/events", **headers).data)["type"].endswith(f"/api#{kind}")


def test_a_fault_is_a_problem_with_a_reference(full: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consult.web.api.records.open_reading.list_units", lambda **given: 1 // 0)
    monkeypatch.setitem(full.config, "TESTING", False)
    answer = ask(full, "/units?limit=7")
    body = json.loads(answer.data)
    assert (answer.status_code, answer.mimetype) == (500, PROBLEM) and len(body["reference"]) == 12


def test_pages_of_other_sites_may_ask(full: Flask) -> None:
    asked = Browser(full, Origin="https://other.example").fetch(f"{ROOT}/motions", method="OPTIONS")
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    answer = ask(full, "/motions", Origin="https://other.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers.getlist("Cross-Origin-Resource-Policy") == ["cross-origin"]


# -- again and too often ---------------------------------------------------------------------------------------------


def test_asked_again_it_says_not_modified_without_making_the_answer(
    full: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask(full, "/motions?limit=2")
    assert first.headers["Cache-Control"].startswith("public") and "Authorization" in first.headers["Vary"]
    monkeypatch.setattr("consult.web.api.motions.open_reading.list_motions", lambda *args, **more: 1 // 0)
    again = ask(full, "/motions?limit=2", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert again.headers["Link"] == first.headers["Link"]
    assert ask(full, "/motions?limit=2", If_None_Match='"other"').data == first.data


def test_after_an_act_the_answer_is_new_and_one_that_says_the_same_is_still_had(app: Flask, cast: Cast) -> None:
    from consult.service import units

    units_before, motions_before = ask(app, "/units"), ask(app, "/motions")
    units.rename(cast.units["Elder"], "Elderbank", "So voted.", was="Elder", by=cast.actor("committee_1"))
    assert ask(app, "/motions", If_None_Match=motions_before.headers["ETag"]).status_code == 304
    after = ask(app, "/units", If_None_Match=units_before.headers["ETag"])
    assert after.status_code == 200 and "Elderbank" in after.text


def test_too_many_questions_are_refused_until_the_next_minute(app: Flask, cast: Cast) -> None:
    app.config["CONSULT_API_RATE"] = 2
    clock = [30.0]
    app.extensions["consult-api-pace"] = Counter(lambda: clock[0])
    assert [ask(app, "/units").headers["RateLimit-Remaining"] for _ in range(2)] == ["1", "0"]
    refused = ask(app, "/units")
    assert (refused.status_code, refused.mimetype) == (429, PROBLEM)
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"] == "31"
    assert "31 seconds" in json.loads(refused.data)["detail"]
    clock[0] = 61.0
    assert ask(app, "/units").status_code == 200


# -- the document ----------------------------------------------------------------------------------------------------


def test_the_examples_on_its_page_are_true(full: Flask) -> None:
    page = Browser(full).open("/api")
    for path, words in EXAMPLES.items():
        assert f"GET {path}: {words}" in page.main
        assert "data" in got(full, path) or "head" in got(full, path)
    for operation in OPERATIONS:
        assert operation.template in page.main


def test_the_document_names_every_question_once(full: Flask) -> None:
    document = got(full, "/openapi.json")
    assert document["openapi"].startswith("3.1.")
    assert {op.template for op in OPERATIONS} == set(document["paths"])
    assert len({op.name for op in OPERATIONS}) == len(OPERATIONS)


# -- with a token ----------------------------------------------------------------------------------------------------


def test_a_member_makes_a_token_sees_it_once_and_a_program_reads_with_it(app: Flask, cast: Cast) -> None:
    browser = browser_of(app, cast.who["member"])
    page = browser.open("/account").click("Tokens for programs").click("Make a token")
    page = page.fill("Which program is it for?", "My page").tick("read:member")
    page = page.choose("For how long?", "30 days").press("Make the token")
    token = re.search(r"consult_[\w-]{43}", page.main)
    assert token is not None
    key = {"Authorization": f"Bearer {token[0]}"}
    assert ask(app, "/audit/events").status_code == 401
    answer = ask(app, "/audit/events", **key)
    events = json.loads(answer.data)["data"]
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert [row["event"] for row in events][:1] == ["account.token_made"] and events[0]["subject"] == "access_token:1"
    listed = browser.open("/account/tokens")
    assert token[0] not in listed.main and "last used on" in listed.main
    listed.press("Revoke it: My page")
    refused = ask(app, "/audit/events", **key)
    assert refused.status_code == 401 and 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    assert ask(app, "/units", **key).status_code == 401  # a bad token is never taken for none


def test_a_token_for_public_things_sees_what_a_visitor_sees(app: Flask, cast: Cast) -> None:
    from tests.service.test_tokens import TOKEN, made

    made(cast, scopes=("read:public",))
    key = {"Authorization": f"Bearer {TOKEN}"}
    refused = ask(app, "/audit/events", **key)
    assert refused.status_code == 403 and 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]
    assert ask(app, "/units", **key).data == ask(app, "/units").data
    assert ask(app, "/units", Authorization="Basic x").status_code == 401


def test_what_members_read_is_not_kept_for_visitors(app: Flask, cast: Cast) -> None:
    from tests.motions import stage
    from tests.service.test_tokens import TOKEN, made

    scene = stage(cast)
    motion = scene.submitted()
    made(cast, at=clock.now())
    key = {"Authorization": f"Bearer {TOKEN}"}
    assert json.loads(ask(app, f"/motions/{motion.id}", **key).data)["mover"] == "Osric Vale"
    assert ask(app, f"/motions/{motion.id}").status_code == 404
    assert [row["id"] for row in json.loads(ask(app, "/motions", **key).data)["data"]] == [motion.id]
    assert json.loads(ask(app, "/motions").data)["data"] == []
    assert json.loads(ask(app, f"/motions/{motion.id}/rulings", **key).data) == {"data": []}


def test_an_officer_revokes_somebodys_token(app: Flask, cast: Cast) -> None:
    from tests.service.test_tokens import made

    made(cast, at=clock.now())
    page = browser_of(app, cast.who["committee_1"]).open("/tokens")
    assert "Delia Marsh" in page.main
    assert (
        "Nobody has a token"
        in page.click("Revoke it: Branch page").fill("Why", "The branch is closed.").press("Revoke it").main
    )
