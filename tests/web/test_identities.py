"""Signing in at an OpenID provider that really runs: there and back, linking, claims, signing out, and all that can be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from consult.domain.eligibility import RollRule
from consult.domain.errors import NotAllowed, OutOfOrder
from consult.domain.providers import Provider as Declared
from consult.domain.providers import read
from consult.domain.roles import VISITOR, Status
from consult.model.audit import AuditEvent
from consult.model.members import MemberChange, SignInSession
from consult.model.rolls import Roll, RollEntry
from consult.model.signing_in import ClaimProposal, Identity
from consult.model.store import db, writing
from consult.service import accounts, claims, clock, identities, openid, rolls, sessions
from consult.service.act import Act
from tests.factories import NOON, Cast
from tests.provider import CLIENT, SECRET, Provider
from tests.web.pages import Browser
from tests.web.signing_in import PASSWORD, browser_of, give_password

BACK = "http://consult.test/sign-in/with/union/back"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider is on this machine
        made = Provider()
        yield made
        made.stop()


@pytest.fixture
def provider(running: Provider, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The provider, clean, and this installation knowing it."""
    monkeypatch.setattr(openid, "_kept", openid._Kept())
    running.spoil, running.down, running.users = {}, False, {}
    app.config["CONSULT_URL"] = "http://consult.test"
    declare(app, running)
    return running


def declare(app: Flask, running: Provider, **more: Any) -> Declared:
    about: dict[str, Any] = {"number": "member_number", "second_factor": frozenset({"mfa"})} | more
    made = Declared("union", "the union’s sign-in", running.issuer, CLIENT, SECRET, **about)
    app.config["CONSULT_OPENID"] = (made,)
    return made


def go(browser: Browser, path: str = "/sign-in/with/union", expect: int = 302) -> Any:
    """Press the link, sign in there, and come back."""
    there = browser.client.get(path)
    assert there.status_code == 302, there.get_data(as_text=True)
    back = requests.get(there.location, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    answer = browser.client.get(f"{parts.path}?{parts.query}")
    db.session.rollback()  # look at what it wrote
    assert answer.status_code == expect, answer.get_data(as_text=True)
    return answer


def whose(browser: Browser) -> int | None:
    db.session.rollback()
    with browser.client.session_transaction() as cookie:
        found = sessions.find(cookie.get("token", ""), clock.now())
    return found.member_id if found else None


def events(name: str) -> list[AuditEvent]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.event == name)))


def test_the_first_sign_in_by_the_register_s_number_links_and_the_next_needs_it_no_more(
    provider: Provider, cast: Cast, browser: Browser
) -> None:
    member = cast.who["member"]
    provider.add("s-1", member_number=member.number, amr=["pwd", "mfa"])
    there = browser.client.get("/sign-in/with/union?next=/account")
    asked = parse_qs(urlsplit(there.location).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["response_type"] == ["code"]
    assert {"state", "nonce", "code_challenge"} <= set(asked) and asked["scope"] == ["openid profile"]
    assert go(browser, "/sign-in/with/union?next=/account").location == "/account"
    assert whose(browser) == member.id
    begun = db.session.scalars(select(SignInSession)).one()
    assert begun.second_factor  # the provider says so, and the operator believes it
    (linked,) = events("account.identity_linked")
    assert linked.subject == f"account:{member.id}" and linked.details["how"] == "number"
    provider.add("s-1", email="other@post.example")
    again = Browser(browser.app)
    go(again)
    assert whose(again) == member.id and len(events("account.identity_linked")) == 1
    assert not db.session.scalars(select(SignInSession).order_by(SignInSession.created_at.desc())).first().second_factor


def test_nobody_is_ever_known_by_an_address(provider: Provider, cast: Cast, browser: Browser) -> None:
    for sent in ({"email_verified": False}, {"email_verified": True}, {"member_number": "M0"}, {"member_number": True}):
        provider.add("s-2", email="member@members.example", **sent)
        answer = go(browser, expect=422)
        assert "belongs to no account here yet" in answer.get_data(as_text=True)
    assert whose(browser) is None and not db.session.scalars(select(Identity)).all()


def test_an_officer_comes_without_a_second_factor_unless_the_provider_said_one(
    provider: Provider, cast: Cast, browser: Browser
) -> None:
    provider.add("s-3", member_number=cast.who["chair"].number, amr=["pwd"])
    assert go(browser).location.startswith("/account/authenticator")


def test_linking_asks_first_and_only_a_fresh_session_may(provider: Provider, app: Flask, cast: Cast) -> None:
    member = cast.who["member"]
    mine = browser_of(app, member)
    provider.add("s-4", name="Mabel at the union")
    assert go(mine, "/sign-in/with/union?purpose=link").location == "/account/link"
    assert not db.session.scalars(select(Identity)).all()
    page = mine.open("/account/link")
    assert "Mabel at the union" in page.text
    page = page.press("Yes, it is me: link it")
    assert "From now on you can sign in through" in page.text
    other = Browser(app)
    go(other)
    assert whose(other) == member.id
    mine.open("/account/link", 404)  # what waited is gone

    theirs = browser_of(app, cast.who["mover"])
    go(theirs, "/sign-in/with/union?purpose=link")
    assert "linked to somebody else" in theirs.open("/account/link").press("Yes, it is me: link it", 409).text

    found = db.session.scalars(select(Identity)).one()
    page = mine.open(f"/account/identities/{found.id}/unlink")
    theirs.open(f"/account/identities/{found.id}/unlink", 404)
    page.press("Unlink it")
    assert whose(other) is None and whose(mine) == member.id  # what was begun through it has ended
    assert events("account.identity_unlinked")


def test_a_session_that_is_not_fresh_links_nothing_and_the_last_way_in_stays(
    provider: Provider, app: Flask, cast: Cast
) -> None:
    member, of, said = cast.who["member"], openid.provider("union"), openid.Said("s-5", {}, False)
    with writing() as session:
        member.email = member.email_key = None
        sessions.begin(Act(session, VISITOR, clock.now()), member.id, "f" * 43, second_factor=False, device="x")
    here, mine, now = sessions.token_hash("f" * 43), accounts.get(member.id), clock.now()
    about: dict[str, Any] = {"session_hash": here, "by": cast.actor("member")}
    with pytest.raises(NotAllowed, match="show again that it is you"):
        identities.link(mine, of, said, at=now + sessions.FRESH * 2, **about)
    linked = identities.link(mine, of, said, **about)
    with pytest.raises(OutOfOrder, match="last way to sign in"):
        identities.unlink(mine, linked.id, **about)
    with pytest.raises(OutOfOrder, match="linked to another sign-in"):
        identities.link(mine, of, openid.Said("s-6", {}, False), **about)


def test_an_answer_is_taken_once_by_the_browser_that_asked(provider: Provider, cast: Cast, browser: Browser) -> None:
    provider.add("s-7", member_number=cast.who["member"].number)
    there = browser.client.get("/sign-in/with/union").location
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=5).headers["Location"])
    other = Browser(browser.app)
    assert other.client.get(f"{back.path}?{back.query}").status_code == 422  # it asked nothing
    other.client.get("/sign-in/with/union")
    assert other.client.get(f"{back.path}?{back.query}").status_code == 422  # it asked something else
    assert browser.client.get(f"{back.path}?{back.query}&iss=https://evil.example").status_code == 422
    assert browser.client.get(f"{back.path}?{back.query}").status_code == 422  # used up by that
    assert whose(browser) is whose(other) is None


@pytest.mark.parametrize(
    "spoilt",
    [
        {"nonce": "another"}, {"iss": "https://evil.example"}, {"aud": "somebody else"}, {"exp": 1_000_000_000},
        {"iat": 99_999_999_999}, {"azp": "somebody else"}, {"at_hash": "AAAA"}, {"aud": ["consult", "another"]},
    ],
    ids=lambda spoilt: f"{next(iter(spoilt))}-{next(iter(spoilt.values()))}"[:16],
)  # fmt: skip
def test_a_token_that_fails_a_check_signs_nobody_in(
    provider: Provider, cast: Cast, browser: Browser, spoilt: dict[str, Any]
) -> None:
    provider.add("s-8", member_number=cast.who["member"].number)
    provider.spoil = spoilt
    answer = go(browser, expect=422)
    assert "could not be verified" in answer.get_data(as_text=True) and whose(browser) is None


def test_a_new_key_of_the_provider_is_fetched_when_its_tokens_need_it(
    provider: Provider, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openid, "_LEAST", 0.0)
    provider.add("s-9", member_number=cast.who["member"].number)
    go(browser)
    provider.rotate()
    provider.asked.clear()
    go(Browser(browser.app))
    assert provider.asked.count("/keys") == 1 and "/.well-known/openid-configuration" not in provider.asked
    provider.asked.clear()
    go(Browser(browser.app))
    assert "/keys" not in provider.asked


def test_a_key_that_is_not_the_provider_s_signs_nobody_in(
    provider: Provider, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.add("s-10", member_number=cast.who["member"].number)
    go(browser)
    right = provider.key
    provider.rotate()  # a thief's: what the provider publishes is still the right one, looked at a moment ago
    assert provider.key.kid != right.kid
    go(Browser(browser.app), expect=422)


def test_a_provider_that_is_down_or_is_somebody_else_leaves_the_other_ways(
    provider: Provider, app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert browser.client.get("/sign-in/with/union").status_code == 302  # what it said of itself is kept from now on
    provider.down = True
    monkeypatch.setattr(openid, "FRESH", 0.0)
    page = browser.client.get("/sign-in/with/union")
    said = page.get_data(as_text=True)
    assert page.status_code == 503 and "does not answer at the moment" in said and "Password" in said
    provider.down = False
    provider.add("s-11")
    there = browser.client.get("/sign-in/with/union").location
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=5).headers["Location"])
    provider.down = True  # between going there and coming back
    assert browser.client.get(f"{back.path}?{back.query}").status_code in (422, 503)
    app.config["CONSULT_OPENID"] = (Declared("union", "X", provider.issuer + "/", CLIENT, SECRET),)
    provider.down = False
    assert browser.client.get("/sign-in/with/union").status_code == 503  # it says that it is another issuer
    assert browser.client.get("/sign-in/with/nobody").status_code == 404


MAPPED: dict[str, Any] = {
    "status": "membership", "unit": "branch", "statuses": {"active": Status.MEMBER, "over": Status.LAPSED},
}  # fmt: skip


def test_claims_are_proposed_to_an_officer_and_move_no_frozen_roll(provider: Provider, app: Flask, cast: Cast) -> None:
    member = cast.who["member"]
    declare(app, provider, rule="propose", **MAPPED)
    rolls.freeze(None, "Before", RollRule(), token=lambda n: "ab" * n, by=cast.actor("returning_officer"), at=NOON)
    frozen = select(RollEntry.roll_id, RollEntry.member_id, RollEntry.unit_id, RollEntry.email, Roll.hash).join(Roll)
    before = db.session.execute(frozen).all()
    assert (member.id, cast.units["Alder"].id) in {(row.member_id, row.unit_id) for row in before}
    provider.add("s-12", member_number=member.number, membership="over", branch="Birch")
    for _ in range(2):  # once is enough
        go(Browser(app))
    status, branch = claims.waiting()
    assert (status.what, status.old, status.new) == ("status", "member", "lapsed")
    assert (branch.what, branch.old, branch.new) == ("branch", "Alder", "Birch")
    assert (member.status, member.unit.name) == ("member", "Alder")
    assert len(events("member.claim_proposed")) == 2
    officer = browser_of(app, cast.who["roll_officer"])
    page = officer.open("/members/claims")
    assert "Birch there" in page.text
    claims.decide(branch, True, "They moved.", by=cast.actor("roll_officer"))
    claims.decide(status, False, "A mistake of the provider.", by=cast.actor("roll_officer"))
    db.session.rollback()
    assert (member.status, member.unit.name) == ("member", "Birch")
    with pytest.raises(OutOfOrder, match="decided already"):
        claims.decide(status, True, "It is so.", by=cast.actor("roll_officer"))
    go(Browser(app))
    assert claims.waiting() == []  # what was set aside is not proposed again
    provider.add("s-12", membership="nonsense", branch="Nowhere")
    go(Browser(app))
    assert claims.waiting() == [] and db.session.execute(frozen).all() == before
    (change,) = db.session.scalars(select(MemberChange))
    assert (change.what, change.new, change.changed_by) == ("branch", "Birch", f"member:{cast.who['roll_officer'].id}")


def test_agreeing_tells_which_offices_end_and_asks_why(provider: Provider, app: Flask, cast: Cast) -> None:
    delegate = cast.who["delegate"]
    declare(app, provider, rule="propose", **MAPPED)
    provider.add("s-17", member_number=delegate.number, membership="over")
    go(Browser(app))
    page = browser_of(app, cast.who["roll_officer"]).open("/members/claims").click("Put the register right")
    assert "Status: Member in the register, Lapsed there." in page.text
    assert f"{delegate.name} holds: Delegate, Alder" in page.text and claims.waiting()
    page = page.press("Save the correction", expect=422)
    assert "Say why" in page.text and delegate.status == "member"
    assert "is put right" in page.fill("Why", "They wrote that they leave.").press("Save the correction").text
    db.session.rollback()
    (change,) = db.session.scalars(select(MemberChange))
    assert delegate.status == "lapsed" and change.reason.endswith("says so: They wrote that they leave.")
    assert events("role.ended") and claims.waiting() == []


def test_claims_are_applied_at_once_where_the_operator_declared_it(provider: Provider, app: Flask, cast: Cast) -> None:
    member = cast.who["member"]
    declare(app, provider, rule="propose", **MAPPED)
    provider.add("s-13", member_number=member.number, membership="over")
    go(Browser(app))
    declare(app, provider, rule="apply", **MAPPED)
    go(Browser(app))
    db.session.rollback()
    assert member.status == "lapsed"
    (change,) = db.session.scalars(select(MemberChange))
    assert (change.old, change.new, change.changed_by) == ("member", "lapsed", "provider:union")
    assert [e.details["change"] for e in events("member.changed")] == [change.id]
    assert db.session.scalars(select(ClaimProposal)).one().outcome == "overtaken"


def test_claims_that_are_not_in_the_token_come_from_userinfo_of_the_same_person(
    provider: Provider, app: Flask, cast: Cast, browser: Browser
) -> None:
    declare(app, provider, number="later_number")
    provider.add("s-14", later_number=cast.who["member"].number)
    provider.spoil = {"userinfo_sub": "another"}
    go(browser, expect=422)
    provider.spoil = {}
    go(browser)
    assert whose(browser) == cast.who["member"].id


def test_signing_out_here_leads_to_signing_out_there(provider: Provider, cast: Cast, browser: Browser) -> None:
    provider.add("s-15", member_number=cast.who["member"].number)
    go(browser)
    page = browser.open("/account").press("Sign out", form="/sign-out")
    assert "may still be signed in at the union’s sign-in" in page.text and whose(browser) is None
    there = browser.client.get("/sign-in/with/union/leave").location
    asked = parse_qs(urlsplit(there).query)
    assert there.startswith(provider.issuer + "/leave")
    assert asked == {"client_id": [CLIENT], "post_logout_redirect_uri": ["http://consult.test/sign-in"]}


def test_signing_out_there_ends_the_session_here(provider: Provider, app: Flask, cast: Cast, browser: Browser) -> None:
    provider.add("s-16", member_number=cast.who["member"].number, sid="one")
    go(browser)
    provider.add("s-16", sid="two")
    second = Browser(app)
    go(second)
    by_password = browser_of(app, cast.who["member"])

    def tell(**said: Any) -> int:
        sent = {"logout_token": provider.logout_token(**said)}
        return Browser(app).client.post("/sign-in/with/union/logged-out", data=sent).status_code

    for wrong in (
        {"sub": "s-16", "aud": "another"}, {"sub": "s-16", "iss": "https://evil.example"}, {"sub": "s-16", "nonce": "x"},
        {"sub": "s-16", "events": {}}, {"sub": "s-16", "exp": 1}, {"sub": "s-16", "jti": None}, {},
    ):  # fmt: skip
        assert tell(**wrong) == 400
    assert whose(browser) and whose(second)
    assert tell(sid="one") == 200
    assert whose(browser) is None and whose(second)
    assert tell(sub="s-16") == 200
    assert whose(second) is None and whose(by_password)  # which was begun another way
    assert Browser(app).client.post("/sign-in/with/union/logged-out", data={"logout_token": "x"}).status_code == 400


def test_a_password_goes_on_working_beside_it(provider: Provider, app: Flask, cast: Cast, browser: Browser) -> None:
    give_password(cast.who["member"])
    page = browser.open("/sign-in")
    assert "Sign in through the union’s sign-in" in page.text
    page.fill("E-mail address or member number", cast.who["member"].number).fill("Password", PASSWORD)
    page.press("Sign in", form="/sign-in")
    assert whose(browser) == cast.who["member"].id


GOOD = """
[[provider]]
name = "union"
label = "the union"
issuer = "https://login.union.example"
client_id = "consult"
client_secret = "s"
second_factor = ["mfa"]
[provider.claims]
number = "member_number"
status = "membership"
rule = "apply"
[provider.status]
active = "member"
"""


def test_the_declaration_is_read_or_refused_in_words() -> None:
    (found,) = read(GOOD)
    assert (found.number, found.rule, found.statuses) == ("member_number", "apply", {"active": Status.MEMBER})
    assert read("") == () and len(read(GOOD + GOOD.replace("union", "other"))) == 2
    for old, new, said in (
        ('"union"', '"The Union"', "small letters"),
        ("https://", "http://", "must begin with https://"),
        ("rule = ", "rules = ", "rules is not known"),
        ('"apply"', '"delete"', "propose or apply"),
        ('"member"', '"king"', "a status is one of"),
        ("[provider.status]\nactive = ", "# ", "belong together"),
        ('client_secret = "s"', "", "client_secret must be given"),
        ('["mfa"]', '"mfa"', "list of words"),
        ("[[provider]]", "[[", "expected TOML"),
        ("[[provider]]", "[[providers]]", "nothing but"),
    ):
        with pytest.raises(ValueError, match=said):
            read(GOOD.replace(old, new, 1))
    with pytest.raises(ValueError, match="the same name"):
        read(GOOD + GOOD)
