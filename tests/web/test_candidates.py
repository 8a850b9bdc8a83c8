"""Candidates in the browser: statement and photograph by the candidate or an officer, the page to print, and the order on papers."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from consult.model.ballots import Option, Photograph
from consult.model.store import db, writing
from consult.model.triggers import take_down_fences
from consult.service import ballots, candidates
from consult.service.ballot_questions import OptionSpec
from tests.desk import DURING, OPENS, Desk
from tests.factories import NOON, Cast
from tests.web.clocks import Clock
from tests.web.pages import Page
from tests.web.signing_in import browser_of

NAMES = ("Ann Ash", "Bo Birch", "Cy Cole", "Di Dale", "Ed Elm", "Fay Fern")


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, NOON)


def made(cast: Cast, **spec: object) -> Desk:
    desk = Desk(cast, statement_words=20, **spec)
    own = OptionSpec("Mabel Thorn", member_id=cast.who["member"].id)
    desk.ask("irv", (own, *NAMES), title="Chair", ron=True)
    return desk


def photograph() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (500, 400), "olive").save(out, "PNG")
    return out.getvalue()


def test_a_candidate_gives_statement_and_photograph_and_voters_see_them(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = made(cast)
    own = browser_of(app, cast.who["member"])
    page = own.open(f"/ballots/{desk.ballot.id}/candidates")
    page = page.click("Give or change statement and photograph: Mabel Thorn")
    told = page.fill("Statement", "word " * 21).press("Save", 422)
    assert "21 words and the limit is 20: take out 1" in told.errors[0]
    told = page.fill("Statement", "I ride the bus.").attach("Photograph", "me.gif", b"GIF89a").press("Save", 422)
    assert told.errors == ["This file cannot be read as a photograph. Send a JPEG, PNG or WebP picture."]
    shown = page.fill("Statement", "I ride the bus.").attach("Photograph", "me.png", photograph()).press("Save")
    assert "I ride the bus." in shown.main
    (face,) = shown.find_all("img", cls="face--large")
    answer = own.fetch(face.get("src"))
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert "immutable" in answer.headers["Cache-Control"] and "private" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    own.headers["If-None-Match"] = answer.headers["ETag"]
    assert own.fetch(face.get("src")).status_code == 304
    del own.headers["If-None-Match"]
    desk.schedule()
    clock.set(DURING)
    voter = browser_of(app, cast.who["mover"]).open(f"/ballots/{desk.ballot.id}/vote")
    assert "I ride the bus." in voter.main and len(voter.find_all("img", cls="face--small")) == 1
    own.open(f"/candidates/{desk.ballot.questions[0].options[0].id}")
    late = (
        own.open(f"/candidates/{desk.ballot.questions[0].options[0].id}").fill("Statement", "Later.").press("Save", 409)
    )
    assert "not changed any more" in late.text


def test_what_was_changed_behind_the_definition_is_shown_to_nobody(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = made(cast)
    own = desk.ballot.questions[0].options[0]
    spec = candidates.StatementSpec("I ride the bus.", photograph())
    candidates.state(own, spec, by=desk.officer, at=NOON)
    desk.schedule()
    bound = ballots.definition_of(desk.ballot).questions[0].options
    assert bound[0].photograph == own.photograph_hash and bound[0].statement and bound[1].statement is None
    for change in (
        update(Option).where(Option.id == own.id).values(statement="I ride a horse."),
        update(Photograph).values(large=b"another"),
    ):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(change)
    with writing() as session:  # somebody who holds the database
        take_down_fences(session.connection(), ["photograph"])
        session.execute(update(Option).where(Option.id == own.id).values(statement="I ride a horse."))
    clock.set(DURING)
    browser = browser_of(app, cast.who["mover"])
    for path in ("vote", "candidates"):
        page = browser.open(f"/ballots/{desk.ballot.id}/{path}")
        assert "I ride a horse." not in page.main and "is not what was fixed" in page.main
        assert not page.find_all("img", cls="face")
    with writing() as session:
        session.execute(update(Photograph).values(large=b"another"))
    browser.open(f"/photographs/{own.photograph_hash}-large.jpg", 404)


def test_nobody_else_changes_a_statement(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = made(cast)
    option = desk.ballot.questions[0].options[0].id
    for name in ("mover", "scrutineer", "moderator"):
        told = browser_of(app, cast.who[name]).open(f"/candidates/{option}", 403)
        assert "one must be" in told.main
    page = browser_of(app, cast.who["committee_1"]).open(f"/candidates/{desk.ballot.questions[0].options[1].id}")
    told = page.fill("Member number of the candidate", "nobody").press("Save", 422)
    assert "Nobody in the register" in told.errors[0]
    number = cast.who["mover"].number
    page.fill("Statement", "Mine.").fill("Member number of the candidate", number).press("Save")
    db.session.rollback()
    assert candidates.standing_in(ballots.get(desk.ballot.id), cast.who["mover"].id)


def names_on(page: Page) -> list[str]:
    return [page.words(name) for name in page.find_all("div", cls="ranking__name")]


def test_a_declared_random_order_is_each_voters_own_and_stays(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = made(cast, candidate_order="random")
    desk.schedule()
    clock.set(DURING)
    orders = {}
    for who in ("member", "mover", "second", "delegate"):
        voter = browser_of(app, cast.who[who])
        page = voter.open(f"/ballots/{desk.ballot.id}/vote")
        orders[who] = names_on(page)
        assert names_on(voter.open(f"/ballots/{desk.ballot.id}/vote")) == orders[who]
        assert names_on(page.press("Move Bo Birch up")) == orders[who]  # nothing re-orders itself
        assert sorted(orders[who]) == sorted(("Mabel Thorn", *NAMES, "Re-open nominations"))
        assert orders[who][-1] == "Re-open nominations"
    assert len({tuple(order) for order in orders.values()}) > 1
    assert "Every voter sees the candidates in another order" in page.main
    definition = ballots.definition_of(desk.ballot)
    assert definition.casting.order == "random" and len(definition.casting.seed) == 64
    app.config["CONSULT_OPERATOR_KEY"] = "another key than before"  # the seed alone gives nobody's order
    question = definition.questions[0]
    again = [o.name for o in candidates.in_order(definition, question, str(cast.who["member"].id))]
    assert again != orders["member"]


def test_a_fixed_order_is_as_entered(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = made(cast)
    desk.schedule()
    clock.set(OPENS)
    page = browser_of(app, cast.who["mover"]).open(f"/ballots/{desk.ballot.id}/vote")
    assert names_on(page) == ["Mabel Thorn", *NAMES, "Re-open nominations"]
    assert "casting" not in ballots.definition_of(desk.ballot).as_json()
