"""Passkeys in a real browser with its virtual authenticator: made, used for signing in, removed; and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from consult.model.store import db
from tests.browser.server import Served
from tests.factories import found
from tests.web.signing_in import PASSWORD, give_password

Visit = Callable[..., Any]


def furnish() -> dict[str, str]:
    """A member and an officer, each with a password."""
    cast = found()
    for name in ("member", "chair"):
        give_password(cast.who[name])
    kept = {name: str(cast.who[name].email) for name in ("member", "chair")}
    db.session.remove()
    return kept


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    return serve(furnish, CONSULT_TEST_HOST="localhost")


def device(page: Page, *, verifies: bool = True) -> tuple[CDPSession, str]:
    """Give the browser an authenticator of its own (WebAuthn domain of the DevTools protocol)."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    about = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": verifies,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": about})
    return tools, made["authenticatorId"]


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address or member number").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/*")


def make(page: Page, name: str) -> None:
    page.goto("/account/passkeys")
    page.get_by_label("Name of the passkey").fill(name)
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_text("The passkey is made.")).to_be_visible()


def test_a_passkey_from_the_account_s_page_to_signing_in_and_its_removal(
    served: Served, new_page: Callable[..., Page], visit: Visit
) -> None:
    page = new_page(served)
    tools, key = device(page)
    sign_in(page, served.furnished["member"])
    visit(page, "/account/passkeys", "passkeys-none")
    make(page, "The blue phone")
    visit(page, "/account/passkeys", "passkeys")
    credentials = tools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    assert [(c["isResidentCredential"], c["rpId"]) for c in credentials] == [(True, "localhost")]
    page.get_by_role("button", name="Make a passkey").click()  # the same device a second time
    expect(page.get_by_text("holds a passkey of yours already")).to_be_visible()

    page.get_by_role("button", name="Sign out").first.click()
    visit(page, "/sign-in/passkey", "passkey-sign-in")
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("link", name="Mabel Thorn")).to_be_visible()
    page.goto("/account/passkeys")
    expect(page.get_by_text("last used")).to_be_visible()

    visit(page, page.get_by_role("link", name="Rename").get_attribute("href"), "passkey-name")
    page.get_by_label("Name of the passkey").fill("The green phone")
    page.get_by_role("button", name="Save").click()
    visit(
        page,
        page.get_by_role("link", name=re.compile("^Remove.*The green phone")).get_attribute("href"),
        "passkey-remove",
    )
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("No passkey yet")).to_be_visible()
    page.get_by_role("button", name="Sign out").first.click()
    page.goto("/sign-in/passkey")
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_text("belongs to no account here")).to_be_visible()


def test_an_officer_s_passkey_is_the_second_factor(served: Served, new_page: Callable[..., Page], visit: Visit) -> None:
    page = new_page(served)
    device(page)
    sign_in(page, served.furnished["chair"])
    make(page, "Key on my ring")
    page.get_by_role("button", name="Sign out").first.click()
    sign_in(page, served.furnished["chair"])
    expect(page.get_by_text("You hold an office. To use it, show your passkey as well.")).to_be_visible()
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(served.base + "/")
    visit(page, "/account", "account-of-an-officer")
    assert "without your passkey" not in page.inner_text("main")
    visit(page, "/account/confirm?next=/account/passkeys", "confirm")
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url("**/account/passkeys")


def test_a_device_that_says_no_leaves_the_other_ways(served: Served, new_page: Callable[..., Page]) -> None:
    page = new_page(served)
    tools, key = device(page)
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.goto("/sign-in/passkey")
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_text("did not go through with it")).to_be_visible()
    page.get_by_role("link", name="With your password").click()
    expect(page.get_by_label("Password", exact=True)).to_be_visible()


def test_without_scripts_the_page_says_what_to_do_instead(served: Served, new_page: Callable[..., Page]) -> None:
    page = new_page(served, java_script_enabled=False)
    page.goto("/sign-in/passkey")
    expect(
        page.get_by_text("Passkeys need a browser with scripts switched on. Sign in with your password")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Use my passkey")).to_be_hidden()
    page.get_by_role("link", name="Have a link sent to you by e-mail").click()
    expect(page.get_by_label("E-mail address or member number")).to_be_visible()


def test_at_another_address_the_page_leads_to_the_right_one(
    serve: Callable[..., Served], new_page: Callable[..., Page]
) -> None:
    served = serve(furnish, CONSULT_URL="https://consult.example")
    page = new_page(served)
    page.goto("/sign-in/passkey")
    expect(page.get_by_role("link", name="https://consult.example")).to_be_visible()
