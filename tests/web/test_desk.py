"""The certification desk in the browser: each role's own hands, everybody else's tied, and every step out of order."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import event

from consult.counting import lots
from consult.ledger import signatures
from consult.model.store import db
from tests.desk import AFTER, CLOSES, DURING, Desk
from tests.factories import Cast
from tests.web.clocks import Clock
from tests.web.pages import Browser, Page
from tests.web.signing_in import browser_of

#: What every page has: the way out.
ALWAYS = {"Sign out", "Search everything"}


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, AFTER)


@pytest.fixture
def desk(cast: Cast, clock: Clock) -> Desk:
    made = Desk(cast, signers_needed=2)
    made.ask()
    made.schedule()
    for name, ranking in (("member", (0, 1)), ("mover", (0,)), ("second", (1, 0))):
        made.vote(name, *ranking)
    return made


def at(desk: Desk, app: Flask, name: str, path: str = "desk", expect: int = 200) -> Page:
    """The desk as one of the cast sees it now."""
    db.session.rollback()
    return browser_of(app, desk.cast.who[name]).open(f"/ballots/{desk.ballot.id}/{path}", expect)


def token_of(browser: Browser) -> dict[str, str]:
    """The token against forgery that this browser's forms carry."""
    return {"csrf_token": browser.open("/ballots").find_all("input", name="csrf_token")[0].get("value", "")}


def tasks(page: Page) -> dict[str, str]:
    """Task → its status."""
    found = {}
    for item in page.find_all("li", cls="govuk-task-list__item"):
        (status,) = [node for node in item.iter("div") if "govuk-task-list__status" in node.get("class", "")]
        title = next(node for node in item.iter() if node.tag == "a" or (node.tag == "div" and not node.get("class")))
        found[page.words(title)] = page.words(status)
    return found


def test_from_the_close_to_the_published_result_by_hand(app: Flask, desk: Desk) -> None:
    page = at(desk, app, "returning_officer")
    assert tasks(page)["Close"] == "To do"
    page = page.press("Record the close")
    assert page.notices == ["The close is on the record."]
    page = page.click("Reconcile the box with the roll")
    assert page.press("Reconcile the box with the roll", 422).errors
    page = page.tick("Nobody is still entitled to vote").press("Reconcile the box with the roll")
    assert "Envelopes opened not opened yet" in page.main
    page = page.click("Open the envelopes, twice")
    assert "Named before opening: The draw of 6 March" in page.main
    empty = page.press("Open the envelopes", 422)
    assert len(empty.errors) == 2
    page = page.fill("The public value, as it has come out", "3 17 20 41")
    page = page.tick("The envelopes may be opened now; nothing more goes into the box")
    page = page.press("Open the envelopes")
    assert "Marked on the roll as having voted 3" in page.main
    page = page.press("Count twice and compare")
    assert "Counted. The counts agree." in page.notices[0]
    assert "Provisional: seen by the committee" in page.main
    assert "Elected: Ann Ash" in page.main
    for name in ("committee_1", "committee_2"):
        page = at(desk, app, name).click("Sign the result")
        assert "Elected: Ann Ash." in page.main
        content = browser_of(app, desk.cast.who[name]).fetch(f"/ballots/{desk.ballot.id}/manifest.json")
        assert "attachment" in content.headers["Content-Disposition"]
        written = signatures.write(content.data, [signatures.sign(content.data, desk.keys[name])])
        if name == "committee_1":
            page = page.fill("Signature", written.decode()).press("Add my signature")
            assert tasks(page)["Sign the result"] == "You have signed"
        else:
            page = page.attach("Or the file that it wrote", "signature.json", written).press("Add my signature")
    assert tasks(page)["Publish"] == "To do"
    page = page.press("Publish the result")
    assert page.address == f"/results/{desk.ballot.id}" and page.notices == ["The result is published."]
    assert "Elected: Ann Ash" in page.main


def test_a_scrutineer_sees_everything_and_has_nothing_to_press(app: Flask, desk: Desk) -> None:
    def sees(words: str) -> None:
        page = at(desk, app, "scrutineer")
        assert words in page.main
        assert set(page.buttons()) <= ALWAYS
        ends = {href.rpartition("/")[2] for href in page.links().values()}
        assert not ends & {"reconcile", "sign", "annul", "lot"}

    sees("Waits for an officer")
    desk.close()
    sees("Reconcile the box")
    desk.count()
    sees("Elected: Ann Ash")
    for name in ("committee_1", "committee_2"):
        desk.sign(name)
    sees("signatures 2/2")
    for path in ("reconcile", "sign", "annul"):
        at(desk, app, "scrutineer", path, 403)


def test_the_officer_and_the_committee_cannot_do_each_others_part(app: Flask, desk: Desk) -> None:
    desk.close()
    committee = at(desk, app, "committee_1")
    assert tasks(committee)["Reconcile the box with the roll"] == "Waits for an officer"
    at(desk, app, "committee_1", "reconcile", 403)
    desk.count()
    officer = at(desk, app, "returning_officer")
    assert tasks(officer)["Sign the result"] == "Waits for an officer"
    assert "Annul this ballot" not in officer.links()
    for path in ("sign", "annul", "lot"):
        at(desk, app, "returning_officer", path, 403)


@pytest.mark.parametrize("name", ["member", "supporter", "delegate", "chair", "roll_officer", "moderator"])
def test_everybody_else_is_refused(app: Flask, desk: Desk, name: str) -> None:
    desk.close()
    desk.count()
    for path in ("desk", "reconcile", "sign", "annul", "manifest.json", "lot"):
        page = at(desk, app, name, path, 403)
        assert "Ann Ash" not in page.text
    browser = browser_of(app, desk.cast.who[name])
    for path in ("close", "count", "acknowledge", "publish", "annul", "reconcile"):
        data = {"reason": "because I say so, that is why", "lot_value": "1", "sure": "y", **token_of(browser)}
        browser.send(f"/ballots/{desk.ballot.id}/{path}", data, 403)
    db.session.rollback()
    assert desk.ballot.state == "drawn up"


def test_an_officer_without_the_second_factor_is_told_to_give_it(app: Flask, desk: Desk) -> None:
    once = browser_of(app, desk.cast.who["returning_officer"], second_factor=False)
    assert "authenticator" in once.open(f"/ballots/{desk.ballot.id}/desk", 403).main


def test_while_it_is_open_nobody_sees_how_the_votes_fall(app: Flask, desk: Desk, clock: Clock) -> None:
    clock.set(DURING)
    for name in ("returning_officer", "committee_1", "scrutineer"):
        page = at(desk, app, name)
        assert "sealed votes fewer than 10" in page.main
        assert "Nobody, of any role, sees how the votes fall before the close." in page.main
        assert set(page.buttons()) <= ALWAYS
        assert set(tasks(page).values()) == {"Cannot start yet"}


def test_the_second_officer_is_told_what_the_first_did(app: Flask, desk: Desk) -> None:
    one = at(desk, app, "returning_officer")
    two = at(desk, app, "returning_officer")
    one.press("Record the close")
    told = two.press("Record the close", 409)
    assert "by Rhona Peel" in told.main and "a ballot closed" in told.main
    at(desk, app, "returning_officer", "reconcile").tick("Nobody is still entitled to vote").press(
        "Reconcile the box with the roll"
    )
    first, second = (at(desk, app, "returning_officer", "envelopes") for _ in range(2))
    for page in (first, second):
        page.fill("The public value, as it has come out", "3 17")
        page.tick("The envelopes may be opened now; nothing more goes into the box")
    first.press("Open the envelopes")
    told = second.press("Open the envelopes", 409)
    assert "by Rhona Peel" in told.errors[0]
    assert told.find(name="lot_value").get("value") == "3 17"
    count = at(desk, app, "returning_officer")
    count.press("Count twice and compare")
    assert "by Rhona Peel" in count.press("Count twice and compare", 409).main


def test_steps_out_of_order_are_refused_with_a_sentence(app: Flask, desk: Desk, clock: Clock) -> None:
    at(desk, app, "committee_1", "sign", 404)
    at(desk, app, "committee_1", "manifest.json", 404)
    chief = browser_of(app, desk.cast.who["committee_1"])
    told = chief.send(f"/ballots/{desk.ballot.id}/publish", token_of(chief), 409)
    assert "must be certified first" in told.main
    clock.set(CLOSES)
    officer = browser_of(app, desk.cast.who["returning_officer"])
    data = token_of(officer)
    assert "must be" in officer.send(f"/ballots/{desk.ballot.id}/count", data, 409).main
    clock.set(DURING)
    assert "still open" in officer.send(f"/ballots/{desk.ballot.id}/close", data, 409).main


def test_a_signature_that_does_not_fit_is_refused_and_kept_to_look_at(app: Flask, desk: Desk) -> None:
    desk.close()
    desk.count()
    page = at(desk, app, "committee_1", "sign")
    assert page.press("Add my signature", 422).errors == ["Paste a signature or choose the file that holds it."]
    typed = page.fill("Signature", "not one").press("Add my signature", 422)
    assert "as `consult sign` writes it" in typed.errors[0]
    assert typed.words(typed.find("textarea", name="signature")) == "not one"
    other = desk.signature("committee_2").decode()
    assert page.fill("Signature", other).press("Add my signature", 422).errors == ["Not your key."]
    wrong = signatures.sign(b"another result", desk.keys["committee_1"])
    forged = signatures.write(b"another result", [wrong]).decode()
    assert "does not fit this result" in page.fill("Signature", forged).press("Add my signature", 422).errors[0]
    right = desk.signature("committee_1").decode()
    page.fill("Signature", right).press("Add my signature")
    assert "signed this result already" in page.fill("Signature", right).press("Add my signature", 409).errors[0]
    binary = page.attach("Or the file that it wrote", "x.bin", bytes(range(256)) * 100).press("Add my signature", 422)
    assert binary.errors


def test_a_key_is_registered_by_its_owner(app: Flask, cast: Cast, clock: Clock) -> None:
    page = browser_of(app, cast.who["committee_5"]).open("/committee").click("Your signing key")
    assert "You have no key yet" in page.main
    assert "consult signing-key" in page.main
    assert page.press("Register this key", 422).errors
    refused = page.fill("Public key", "not a key").press("Register this key", 422)
    assert refused.words(refused.find("textarea", name="public_key")) == "not a key"
    first, second = (signatures.public_part(signatures.generate_key()) for _ in range(2))
    page = page.fill("Public key", f"  {first}\n").press("Register this key")
    assert [row[0] for row in page.rows("Your keys")[1:]] == [first]
    page = page.fill("Public key", second).press("Register this key")
    newest, older = page.rows("Your keys")[1:]
    assert (newest[0], newest[2]) == (second, "in use") and older[2] != "in use"
    again = browser_of(app, cast.who["committee_4"]).open("/committee/key").fill("Public key", second)
    assert "has been registered before" in again.press("Register this key", 422).errors[0]
    for name in ("member", "returning_officer"):
        browser_of(app, cast.who[name]).open("/committee/key", 403)


def test_a_lot_by_commit_and_reveal_on_the_page(app: Flask, cast: Cast, clock: Clock) -> None:
    clock.set(DURING)
    desk = Desk(cast, lot_rule="commit-and-reveal", signers_needed=1)
    desk.ask(names=("Ann Ash", "Bo Birch"))
    desk.schedule()
    page = at(desk, app, "committee_1").click("Your share of the lot")
    assert "consult lot-commitment" in page.main
    assert "64 letters and digits" in page.fill("Your commitment", "heather").press("Commit", 422).errors[0]
    page = page.fill("Your commitment", lots.commitment("heather", "salt")).press("Commit")
    assert "Amina Grove: committed" in page.main
    again = at(desk, app, "committee_1", "lot").fill("Your commitment", "0" * 64).press("Commit", 409)
    assert "committed already" in again.errors[0]
    desk.vote("member", 0)
    desk.vote("mover", 1)
    clock.set(AFTER)
    desk.close()
    page = at(desk, app, "committee_1", "lot")
    wrong = page.fill("Your value", "gorse").fill("Your salt", "salt").press("Reveal", 422)
    assert "do not give the hash" in wrong.errors[0]
    page = page.fill("Your value", "heather").fill("Your salt", "salt").press("Reveal")
    assert "revealed" in page.main
    stranger = at(desk, app, "committee_2", "lot").fill("Your value", "x").fill("Your salt", "y")
    assert "made no commitment" in stranger.press("Reveal", 404).errors[0]
    desk.count()
    page = at(desk, app, "committee_1")
    assert tasks(page)["Sign the result"] == "Cannot start yet"
    page = page.press("I know that a lot decided a tie here")
    assert tasks(page)["Acknowledge the lot"] == "Done"
    assert "acknowledged already" not in page.main


def test_annulling_says_why_to_everybody(app: Flask, desk: Desk, browser: Browser) -> None:
    desk.close()
    page = at(desk, app, "committee_1").click("Propose to annul this ballot")
    assert "20 to 2,000 characters" in page.fill("Reason", "a mistake").press("Propose to annul it", 422).errors[0]
    reason = "The roll left out a whole branch, and 40 members could not vote."
    page = page.fill("Reason", reason).press("Propose to annul it")
    assert "Bevan Holt" in page.main and "Agree, so that it takes effect" not in page.main
    stale = at(desk, app, "committee_1", "annul").fill("Reason", reason).press("Propose to annul it", 409)
    assert "You proposed this already" in stale.errors[0]
    there = f"/ballots/{desk.ballot.id}"
    assert f"proposes to annul this ballot: {reason}" in browser.open(there).main
    second = (
        browser_of(app, desk.cast.who["committee_2"])
        .open("/proposals")
        .click(f"Annul the ballot “{desk.ballot.title}”")
    )
    done = second.press("Agree, so that it takes effect")
    assert "Bevan Holt" in done.main and "Agreed to, and done" in done.main
    assert "carried out already" in second.press("Agree, so that it takes effect", 409).text
    assert f"This ballot was annulled: {reason}" in browser.open(there).main
    assert (
        "proposed by Amina Grove, agreed by Bevan Holt"
        in browser_of(app, desk.cast.who["committee_3"]).open(there).main
    )
    again = at(desk, app, "committee_1", "annul").fill("Reason", reason).press("Propose to annul it", 409)
    assert "annulled" in again.errors[0]


def test_the_committees_page(app: Flask, desk: Desk, browser: Browser) -> None:
    for name in ("committee_1", "returning_officer", "scrutineer", "chair"):
        page = browser_of(app, desk.cast.who[name]).open("/committee")
        assert "Policy committee" in page.links()
    browser_of(app, desk.cast.who["member"]).open("/committee", 403)
    assert browser.open("/committee").title == "Sign in"


def test_the_desks_statements_do_not_grow_with_its_questions(app: Flask, cast: Cast, clock: Clock) -> None:
    counts = []
    for questions in (1, 6):
        desk = Desk(cast, keys=0 if counts else 5, signers_needed=1, title=f"Ballot of {questions}")
        for number in range(questions):
            desk.ask(title=f"Question {number}")
        desk.schedule()
        desk.close()
        desk.count()
        browser = browser_of(app, cast.who["scrutineer"])
        said: list[str] = []

        def listen(connection: object, cursor: object, statement: str, *rest: object, said: list[str] = said) -> None:
            if re.match("SELECT", statement):
                said.append(statement)

        address = f"/ballots/{desk.ballot.id}/desk"
        db.session.rollback()
        event.listen(db.engine, "before_cursor_execute", listen)
        browser.open(address)
        event.remove(db.engine, "before_cursor_execute", listen)
        counts.append(len(said))
    assert counts[0] == counts[1], counts
