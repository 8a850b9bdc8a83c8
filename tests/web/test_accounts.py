"""Signing in and one's own account, in the browser, as each kind of person and as somebody who means harm."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.job import outgoing
from consult.model.members import Account, LoginToken, RoleHolding, SignInSession
from consult.model.notices import DevelopmentMail
from consult.model.store import db, writing
from tests.factories import Cast
from tests.web.pages import Browser, Page
from tests.web.signing_in import PASSWORD, browser_of, code, give_authenticator, give_password

WHO = "E-mail address or member number"


def sign_in(page: Page, who: str = "member@members.example", password: str = PASSWORD, expect: int = 200) -> Page:
    return page.fill(WHO, who).fill("Password", password).press("Sign in", expect)


def mailed(address: str) -> str:
    """The path of the newest link that was mailed to an address; sends what is due."""
    outgoing.send_due()
    db.session.rollback()
    query = select(DevelopmentMail.body).where(
        DevelopmentMail.address == address, DevelopmentMail.body.contains("/link/")
    )
    body = db.session.scalars(query.order_by(DevelopmentMail.id.desc())).first()
    assert body is not None, f"no link was mailed to {address}"
    found = re.search(r"http://127\.0\.0\.1:8000(/link/\S+)", body)
    assert found, body
    return found[1]


def test_a_member_signs_in_with_a_password_and_out_again(app: Flask, cast: Cast, browser: Browser) -> None:
    give_password(cast.who["member"])
    page = sign_in(browser.open("/sign-in?next=/account"))
    assert page.title == "Your account"
    assert "Mabel Thorn" in page.main
    page = page.press("Sign out")
    assert page.title == "Sign in"
    assert page.notices == ["You are signed out."]
    assert browser.open("/account").title == "Sign in"
    assert db.session.scalar(select(func.count()).where(SignInSession.ended_at.is_(None))) == 0


def test_what_is_wrong_is_said_without_saying_which(app: Flask, cast: Cast, browser: Browser) -> None:
    give_password(cast.who["member"])
    wrong = sign_in(browser.open("/sign-in"), password="something else", expect=422)
    unknown = sign_in(browser.open("/sign-in"), "nobody@members.example", expect=422)
    assert wrong.errors == unknown.errors
    assert "do not belong together" in wrong.errors[0]
    empty = browser.open("/sign-in").press("Sign in", 422)
    assert empty.errors == ["Type your e-mail address or member number.", "Type your password."]
    assert wrong.find(name="identifier").get("value") == "member@members.example"


def test_huge_input_is_an_ordinary_refusal(app: Flask, cast: Cast, browser: Browser) -> None:
    page = sign_in(browser.open("/sign-in"), "x" * 100_000, "y" * 100_000, expect=422)
    assert page.errors


def test_a_page_asked_for_before_signing_in_is_shown_after_it(app: Flask, cast: Cast, browser: Browser) -> None:
    give_password(cast.who["member"])
    page = browser.open("/account/password")
    assert page.title == "Sign in"
    assert sign_in(page).title == "Change your password"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(app: Flask, cast: Cast, elsewhere: str) -> None:
    give_password(cast.who["member"])
    browser = Browser(app)
    page = browser.open("/sign-in", query_string={"next": elsewhere})
    token = page.find_all("input", name="csrf_token")[0].get("value")
    answer = browser.fetch(
        "/sign-in",
        method="POST",
        query_string={"next": elsewhere},
        data={"identifier": "member@members.example", "password": PASSWORD, "csrf_token": token},
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_the_cookie_is_new_after_signing_in(app: Flask, cast: Cast, browser: Browser) -> None:
    """A cookie put into somebody's browser beforehand is worth nothing afterwards (session fixation)."""
    give_password(cast.who["member"])
    page = browser.open("/sign-in")
    with browser.client.session_transaction() as cookie:
        planted = dict(cookie)
        cookie["planted"] = "by somebody else"
    sign_in(page)
    with browser.client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != planted["csrf_token"]
        assert len(cookie["token"]) == 43


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(app: Flask, cast: Cast, browser: Browser) -> None:
    give_password(cast.who["member"])
    page = sign_in(browser.open("/sign-in?next=/account"))
    with browser.client.session_transaction() as cookie:
        stolen = dict(cookie)
    page.press("Sign out")
    thief = Browser(app)
    with thief.client.session_transaction() as cookie:
        cookie.update(stolen)
    assert thief.open("/account").title == "Sign in"


def test_signing_in_by_link(app: Flask, cast: Cast, browser: Browser) -> None:
    page = browser.open("/sign-in?next=/account").click("Have a link sent to you by e-mail")
    page = page.fill(WHO, "Member@members.example").press("Send the link")
    assert page.title == "Look at your mail"
    path = mailed("member@members.example")
    for _ in range(3):  # a scanner of mail that follows links, and asks for their heads
        assert Browser(app).open(path).title == "Sign in as Mabel Thorn"
        assert browser.fetch(path, method="HEAD").status_code == 200
    page = browser.open(path).press("Sign in")
    assert page.title == "Your account"
    again = Browser(app).open(path, 409)
    assert "has been used" in again.text
    assert again.title == "This link does not work"
    assert Browser(app).open("/link/" + "x" * 43, 403).title == "This link does not work"


def test_a_link_spent_in_one_tab_is_refused_in_another(app: Flask, cast: Cast, browser: Browser) -> None:
    browser.open("/sign-in/link").fill(WHO, "member@members.example").press("Send the link")
    path = mailed("member@members.example")
    first, second = browser.open(path), Browser(app).open(path)
    first.press("Sign in", expect=404 if not browser.resolves("/") else 200)
    assert second.press("Sign in", 409).title == "This link does not work"


def test_the_answer_for_an_unknown_address_is_the_same_page(app: Flask, cast: Cast, browser: Browser) -> None:
    known = browser.open("/sign-in/link").fill(WHO, "member@members.example").press("Send the link")
    unknown = browser.open("/sign-in/link").fill(WHO, "nobody@elsewhere.example").press("Send the link")
    assert (known.html, known.address) == (unknown.html, unknown.address)
    outgoing.send_due()
    body = db.session.scalars(
        select(DevelopmentMail.body).where(DevelopmentMail.address == "nobody@elsewhere.example")
    ).one()
    assert "Nobody in our register has this address" in body
    assert "/link/" not in body


def test_asking_too_often(app: Flask, cast: Cast, browser: Browser) -> None:
    for _ in range(5):
        browser.open("/sign-in/link").fill(WHO, "member@members.example").press("Send the link")
    page = browser.open("/sign-in/link").fill(WHO, "member@members.example").press("Send the link", 429)
    assert "tried too often" in page.errors[0]


def test_an_officer_is_led_to_set_up_an_authenticator_and_then_asked_for_its_code(
    app: Flask, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyotp

    from tests.web.signing_in import SECRET

    monkeypatch.setattr(pyotp, "random_base32", lambda: SECRET)
    give_password(cast.who["committee_1"])
    page = sign_in(browser.open("/sign-in?next=/roles"), "committee_1@members.example")
    assert page.title == "Set up an authenticator"
    refused = browser.open("/roles", 403)
    assert "the code from your authenticator" in refused.text
    assert refused.click("Give the code, or use your passkey, and go on").title == "Set up an authenticator"
    page = page.press("I have it, go on")
    picture = browser.fetch("/account/authenticator/picture.svg")
    assert picture.mimetype == "image/svg+xml" and b"<svg" in picture.data and b"style=" not in picture.data
    assert picture.headers["Cache-Control"] == "no-store"
    assert page.fill("Code", "000000").press("Put it to use", 422).errors
    page = page.fill("Code", code()).press("Put it to use")
    assert page.title == "Your recovery codes"
    codes = [page.words(item) for item in page.find_all("code")]
    assert len(codes) == 10 and all(re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}", one) for one in codes)
    assert page.click("I have kept them, go on").title == "Roles"
    assert browser.fetch("/account/authenticator/picture.svg").status_code == 404

    other = Browser(app)
    page = sign_in(other.open("/sign-in?next=/roles"), "committee_1@members.example")
    assert page.title == "Enter the code from your authenticator"
    used = page.fill("Code", code()).press("Go on", 422)
    assert "not the one" in used.errors[0]  # the code that set it up is spent
    page = page.fill("Code", code(later=1)).press("Go on")
    assert page.title == "Roles"

    third = Browser(app)
    page = sign_in(third.open("/sign-in?next=/roles"), "committee_1@members.example")
    page = page.click("I cannot use my authenticator: use a recovery code")
    assert page.fill("Recovery code", "AAAA-AAAA-AAAA").press("Go on", 422).errors
    page = page.fill("Recovery code", codes[3].lower().replace("-", " ")).press("Go on")
    assert page.title == "Roles"
    assert "Recovery codes left: 9 of 10" in third.open("/account").text
    page = third.open("/account").press("Make new recovery codes")
    assert page.title == "Your recovery codes"


def test_an_officer_without_the_code_can_do_nothing_of_the_office_and_is_told_why(app: Flask, cast: Cast) -> None:
    give_authenticator(cast.who["committee_1"])
    browser = browser_of(app, cast.who["committee_1"], second_factor=False)
    refused = browser.open("/roles", 403)
    assert "you need to sign in with a passkey, or with the code from your authenticator" in refused.text
    assert "Some pages are only for certain roles" not in refused.text
    page = refused.click("Give the code, or use your passkey, and go on")
    assert page.title == "Enter the code from your authenticator"
    assert browser.open("/account").title == "Your account"
    assert browser.open("/account/authenticator").title == "Enter the code from your authenticator"
    answer = browser.open("/account").press("Sign out")
    assert answer.title == "Sign in"


def test_the_code_gives_a_new_token_and_ends_the_old_one(app: Flask, cast: Cast) -> None:
    give_authenticator(cast.who["committee_1"])
    browser = browser_of(app, cast.who["committee_1"], second_factor=False)
    page = browser.open("/sign-in/code?next=/account")
    with browser.client.session_transaction() as cookie:
        before = cookie["token"]
    page.fill("Code", code()).press("Go on")
    with browser.client.session_transaction() as cookie:
        assert cookie["token"] != before
    db.session.rollback()
    rows = db.session.scalars(select(SignInSession)).all()
    assert sorted((row.second_factor, row.ended_at is None) for row in rows) == [(False, False), (True, True)]


def test_codes_are_limited(app: Flask, cast: Cast) -> None:
    give_authenticator(cast.who["committee_1"])
    browser = browser_of(app, cast.who["committee_1"], second_factor=False)
    for _ in range(8):
        browser.open("/sign-in/code").fill("Code", "123456").press("Go on", 422)
    page = browser.open("/sign-in/code").fill("Code", code()).press("Go on", 429)
    assert "try again at" in page.errors[0]


def test_taking_up_an_invitation(app: Flask, cast: Cast, browser: Browser) -> None:
    from consult.domain.roles import CONSOLE
    from consult.service import accounts

    accounts.invite(cast.who["member"], by=CONSOLE)
    path = mailed("member@members.example")
    page = browser.open(path)
    assert page.title == "Welcome: choose a password"
    page = page.fill("New password", "short").fill("New password again", "different")
    page = page.press("Set the password and sign in", 422)
    assert page.errors == ["The two passwords are not the same. Type both again."]
    page = page.fill("New password", "short").fill("New password again", "short")
    page = page.press("Set the password and sign in", 422)
    assert "at least 12" in page.errors[0]
    home = 200 if browser.resolves("/") else 404
    page.fill("New password", PASSWORD).fill("New password again", PASSWORD).press("Set the password and sign in", home)
    assert browser.open("/account").notices == (["Your password is set, and you are signed in."] if home == 404 else [])
    assert sign_in(Browser(app).open("/sign-in?next=/account")).title == "Your account"


def test_a_forgotten_password(app: Flask, cast: Cast, browser: Browser) -> None:
    give_password(cast.who["member"])
    page = browser.open("/sign-in").click("I have forgotten my password")
    page.fill(WHO, "member@members.example").press("Send the link")
    path = mailed("member@members.example")
    newer = "ten different words altogether"
    page = browser.open(path).fill("New password", newer).fill("New password again", newer)
    page.press("Set the password and sign in", 200 if browser.resolves("/") else 404)
    other = Browser(app)
    assert sign_in(other.open("/sign-in"), expect=422).errors
    assert sign_in(other.open("/sign-in?next=/account"), password=newer).title == "Your account"


def test_changing_the_password_signs_other_browsers_out(app: Flask, cast: Cast) -> None:
    give_password(cast.who["member"])
    mine, other = Browser(app), Browser(app)
    sign_in(mine.open("/sign-in?next=/account"))
    sign_in(other.open("/sign-in?next=/account"))
    page = mine.open("/account").click("Change: Password")
    newer = "ten different words altogether"
    page = page.fill("Present password", "wrong").fill("New password", newer).fill("New password again", newer)
    page = page.press("Set the password", 422)
    assert "not your present password" in page.errors[0]
    page = page.fill("Present password", PASSWORD).fill("New password", newer).fill("New password again", newer)
    assert page.press("Set the password").title == "Your account"
    assert other.open("/account").title == "Sign in"


def test_listing_and_ending_sessions(app: Flask, cast: Cast) -> None:
    give_password(cast.who["member"])
    phone = Browser(app, **{"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS) Mobile"})
    sign_in(phone.open("/sign-in?next=/account"))
    mine = browser_of(app, cast.who["member"])
    page = mine.open("/account")
    assert "A phone or tablet" in page.main and "(this one)" in page.main
    button = next(name for name in page.buttons() if name.startswith("Sign it out"))
    page = page.press(button)
    assert page.notices == ["That browser is signed out."]
    assert phone.open("/account").title == "Sign in"
    sign_in(phone.open("/sign-in?next=/account"))
    page = mine.open("/account").press("Sign out everywhere else")
    assert phone.open("/account").title == "Sign in"
    assert mine.open("/account").title == "Your account"


def test_nobody_ends_somebody_elses_session(app: Flask, cast: Cast) -> None:
    victim = browser_of(app, cast.who["mover"])
    hashed = db.session.scalars(select(SignInSession.token_hash)).one()
    mine = browser_of(app, cast.who["member"])
    token = mine.open("/account").find_all("input", name="csrf_token")[0].get("value")
    page = mine.send("/account/sessions/end", {"session": hashed, "csrf_token": token}, 404)
    assert "no such session" in page.text
    assert victim.open("/account").title == "Your account"


@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/sign-in/link", "/sign-in/forgot", "/sign-out", "/account/password", "/account/sessions/end-others"],
)
def test_a_form_sent_from_another_site_is_refused(app: Flask, cast: Cast, path: str) -> None:
    browser = browser_of(app, cast.who["member"])
    page = browser.send(path, {"identifier": "member@members.example", "password": PASSWORD}, 400)
    assert "nothing was changed" in page.text
    assert browser.open("/account").title == "Your account"


def test_signing_out_is_not_done_by_a_link(app: Flask, cast: Cast) -> None:
    browser = browser_of(app, cast.who["member"])
    assert browser.fetch("/sign-out").status_code == 405
    assert browser.open("/account").title == "Your account"


def test_two_officers_reset_a_lost_authenticator(app: Flask, cast: Cast) -> None:
    give_authenticator(cast.who["chair"])
    lost = browser_of(app, cast.who["chair"])
    asker, second = browser_of(app, cast.who["roll_officer"]), browser_of(app, cast.who["committee_1"])
    page = asker.open("/resets")
    assert page.press("Ask for the reset", 422).errors
    unknown = page.fill("Member number or e-mail address", "nobody").fill(
        "How do you know that it is this person who asks?", "They say so."
    )
    assert unknown.press("Ask for the reset", 422).errors == ["Nobody in the register has this number or address."]
    page = asker.open("/resets").fill("Member number or e-mail address", "chair@members.example")
    page = page.fill("How do you know that it is this person who asks?", "Telephoned on the branch's number.")
    page = page.press("Ask for the reset")
    assert "another officer must agree" in page.text
    assert not any(name.startswith("Agree") for name in page.buttons())
    stale = second.open("/resets")
    page = second.open("/resets").press("Agree to the reset: Petra Lowe")
    assert "Petra Lowe can set up a new authenticator" in page.notices[0]
    assert "has been done already" in stale.press("Agree to the reset: Petra Lowe", 409).text
    assert lost.open("/account").title == "Sign in"
    path = mailed("chair@members.example")
    page = Browser(app).open(path).press("Sign in")
    assert page.title == "Set up an authenticator"
    db.session.rollback()
    assert db.session.get_one(Account, cast.who["chair"].id).totp_sealed is None


def test_resets_are_for_officers(app: Flask, cast: Cast) -> None:
    assert "one must be" in browser_of(app, cast.who["member"]).open("/resets", 403).text
    assert Browser(app).open("/resets").title == "Sign in"


def test_laying_a_role_down(app: Flask, cast: Cast) -> None:
    browser = browser_of(app, cast.who["delegate"])
    page = browser.open("/account").click("Lay down")
    assert page.press("Lay the role down", 422).errors == ["Give the reason: everybody can read it."]
    page = page.fill("Reason", "moved away").press("Lay the role down")
    assert "You hold no office." in page.main
    holding = db.session.scalars(
        select(RoleHolding).where(RoleHolding.member_id == cast.who["other_delegate"].id)
    ).one()
    other = browser_of(app, cast.who["member"]).open(f"/account/roles/{holding.id}/lay-down", 404)
    assert "You hold no such role." in other.main


def test_nothing_about_the_browser_is_kept(app: Flask, cast: Cast, browser: Browser) -> None:
    give_password(cast.who["member"])
    sign_in(browser.open("/sign-in?next=/account"))
    with browser.client.session_transaction() as cookie:
        assert set(cookie) <= {"token", "_user_id", "csrf_token", "_permanent"}
    row = db.session.scalars(select(SignInSession)).one()
    assert row.device in ("phone", "computer", "unknown")


def test_a_link_row_outlives_nothing(app: Flask, cast: Cast, browser: Browser) -> None:
    browser.open("/sign-in/link").fill(WHO, "member@members.example").press("Send the link")
    path = mailed("member@members.example")
    token = path.rpartition("/")[2]
    rows = db.session.scalars(select(LoginToken)).all()
    assert len(rows) == 1 and token not in rows[0].token_hash
    with writing() as session:
        session.get_one(LoginToken, rows[0].token_hash).member_id = cast.who["mover"].id
    assert Browser(app).open(path).title == "Sign in as Osric Vale"
