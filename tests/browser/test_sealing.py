"""Sealing in a real browser: the official vectors of HPKE, a vote that leaves only as an envelope, and one with scripts off."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Request
from sqlalchemy import create_engine, text

from consult.ledger import ceremony, definition, envelopes
from consult.model.members import Account
from consult.model.store import db, writing
from consult.service import clock, passwords
from tests.browser import eyes
from tests.browser.server import Served
from tests.desk import Desk
from tests.factories import found
from tests.ledger.test_envelopes import VECTOR

PASSWORD = "marsh lantern gate twelve"
VOTERS = (
    "member",
    "mover",
    "second",
    "stranger",
    "supporter",
)  # every test its own; who votes, fills in the same paper
LOOKS = (eyes.Sight(320, "light"), eyes.Sight(1280, "dark"))


def furnish() -> dict[str, object]:
    """A sealed ballot that is open now: its plain questions of every kind, and the words of its holders."""
    cast = found()
    now = clock.now()
    desk = Desk(cast, level="sealed", at=now.replace(microsecond=0) - timedelta(days=2))
    desk.ask("plurality", ("Red", "Blue"), "Which colour?")
    desk.ask("irv", ("Ann Ash", "Bo Birch", "Cy Cole"), "Who?")
    desk.ask("approval", ("Left", "Middle", "Right"), "Which of these?")
    desk.hold_ceremony()
    desk.schedule()
    with writing() as session:
        for name in VOTERS:
            member = cast.who[name]
            account = session.get(Account, member.id) or Account(member_id=member.id, created_at=now)
            account.password_hash = passwords.hashed(PASSWORD)
            session.add(account)
    emails = {name: cast.who[name].email for name in VOTERS}
    kept = {"ballot": desk.ballot.id, "words": desk.word_lists, "emails": emails, "definition": desk.ballot.definition}
    db.session.remove()
    return kept


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    return serve(furnish)


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address or member number").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def fill_in(page: Page) -> None:
    page.get_by_label("Blue").check()
    page.get_by_label("Number for Cy Cole").fill("1")
    page.get_by_label("Number for Ann Ash").fill("2")
    page.get_by_label("Left").check()
    page.get_by_label("Right").check()


#: Import the bundle as the page itself does, and run the official vector in both directions.
VECTORS = """async ([address, v]) => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const hex = (data) => [...new Uint8Array(data)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } = await import(address);
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const [info, aad] = [bytes(v.info).buffer, bytes(v.aad).buffer];
  const recipientPublicKey = await suite.kem.deserializePublicKey(bytes(v.pkRm).buffer);
  const privateKey = await suite.kem.importKey("raw", bytes(v.skEm).buffer, false);
  const publicKey = await suite.kem.deserializePublicKey(bytes(v.enc).buffer);
  const sender = await suite.createSenderContext({ recipientPublicKey, info, ekm: { privateKey, publicKey } });
  const recipientKey = await suite.kem.importKey("raw", bytes(v.skRm).buffer, false);
  const recipient = await suite.createRecipientContext({ recipientKey, enc: bytes(v.enc).buffer, info });
  return {
    enc: hex(sender.enc),
    ct: hex(await sender.seal(bytes(v.pt).buffer, aad)),
    pt: hex(await recipient.open(bytes(v.ct).buffer, aad)),
  };
}"""


def test_the_official_vector_comes_out_the_same_in_the_browser(served: Served, new_page: Callable[..., Page]) -> None:
    page = new_page(served)
    page.goto("/")
    script = page.locator("script[type=module]").get_attribute("src") or ""
    address = served.base + script.replace("js/consult.js", "vendor/hpke-core@1.9.0/hpke.js")
    said = page.evaluate(VECTORS, [address, VECTOR])
    assert said == {name: VECTOR[name] for name in ("enc", "ct", "pt")}


def test_a_vote_sealed_in_the_browser_leaves_it_only_as_an_envelope(
    served: Served, new_page: Callable[..., Page]
) -> None:
    page = new_page(served)
    sign_in(page, served.furnished["emails"]["member"])
    before = box_of(served)  # the other voter of this file may have been first
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.goto(f"/ballots/{served.furnished['ballot']}/vote")
    page.get_by_text("sealed in this browser before it is sent").wait_for()
    states = page.locator("[data-tasks] .govuk-tag")
    assert states.all_inner_texts() == ["To do"] * 3
    page.get_by_role("link", name="Who?").click()
    assert page.url.endswith("#q2-title")
    page.get_by_label("Number for Bo Birch").fill("3")
    page.get_by_label("Left").focus()
    assert states.all_inner_texts() == ["To do", "To be corrected", "To do"]
    page.get_by_role("main").get_by_role("button", name="Check your vote").last.click()
    assert "Number 1 is missing" in page.get_by_role("alert").inner_text()
    assert states.all_inner_texts() == ["Left blank", "To be corrected", "Left blank"]
    page.get_by_label("Number for Bo Birch").fill("")
    fill_in(page)
    assert states.all_inner_texts() == ["Answered"] * 3
    for sight in LOOKS:
        eyes.look(page, sight, "sealing-paper")
    page.get_by_role("main").get_by_role("button", name="Check your vote").last.click()
    review = page.locator("[data-review]")
    assert re.search(r"1\. Cy Cole\s+2\. Ann Ash", review.inner_text())
    for sight in LOOKS:
        eyes.look(page, sight, "sealing-check")
    page.get_by_role("button", name="Change it").click()
    page.get_by_role("main").get_by_role("button", name="Check your vote").last.click()
    page.get_by_role("button", name="Seal and cast my vote").click()
    page.wait_for_url("**/receipt")
    assert "sealed in your browser" in page.inner_text("main")
    for sight in LOOKS:
        eyes.look(page, sight, "sealing-receipt")
    (request,) = sent
    assert set(parse_qs(request.post_data or "")) == {"csrf_token", "key", "paper", "sealed"}
    assert [sealed_by for sealed, sealed_by in box_of(served) if (sealed, sealed_by) not in before] == ["browser"]


def test_a_challenged_ballot_is_sealed_in_the_browser_too_and_only_its_reasons_go_open(
    served: Served, new_page: Callable[..., Page]
) -> None:
    page = new_page(served)
    sign_in(page, served.furnished["emails"]["supporter"])
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.goto(f"/ballots/{served.furnished['ballot']}/challenge")
    page.get_by_text("sealed in this browser before it is sent").wait_for()
    fill_in(page)
    page.get_by_role("button", name="Check it").last.click()
    assert "Say in a sentence or two" in page.get_by_role("alert").inner_text()
    page.get_by_label("What is wrong with that?").fill("I paid in cash at the stall in Birch.")
    for sight in LOOKS:
        eyes.look(page, sight, "challenge-paper")
    page.get_by_role("button", name="Check it").last.click()
    review = page.locator("[data-review]").inner_text()
    assert "I paid in cash" in review and re.search(r"1\. Cy Cole\s+2\. Ann Ash", review)
    for sight in LOOKS:
        eyes.look(page, sight, "challenge-check")
    page.get_by_role("button", name="Seal and cast my challenged ballot").click()
    page.get_by_role("heading", name="Your challenged ballot").wait_for()
    for sight in LOOKS:
        eyes.look(page, sight, "challenge-own")
    (request,) = sent
    fields = parse_qs(request.post_data or "")
    assert set(fields) == {"csrf_token", "key", "paper", "sealed", "statement"}
    engine = create_engine(served.database)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT sealed, sealed_by FROM challenged_ballot")).one()
    engine.dispose()
    made, public = definition.loads(served.furnished["definition"].encode()), ceremony.loads(kept_key(served))
    private, _ = ceremony.private_key(public, served.furnished["words"][1:])
    _, who, _ = envelopes.opener(made, private)(row.sealed)
    assert (row.sealed_by, who.ranking) == ("browser", (2, 0))


def box_of(served: Served) -> list[tuple[bytes, str]]:
    engine = create_engine(served.database)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text("SELECT sealed, sealed_by FROM envelope"))]
    engine.dispose()
    return rows


def test_with_scripts_off_the_server_seals_and_one_opener_reads_both(
    served: Served, new_page: Callable[..., Page]
) -> None:
    page = new_page(served, java_script_enabled=False)
    sign_in(page, served.furnished["emails"]["mover"])
    page.goto(f"/ballots/{served.furnished['ballot']}/vote")
    assert "this server would seal your vote" in page.inner_text("main")
    tasks = page.locator("[data-tasks]")
    assert tasks.get_by_role("link").all_inner_texts() == ["1. Which colour?", "2. Who?", "3. Which of these?"]
    assert tasks.locator(".govuk-tag").count() == 0  # nobody could keep them true
    fill_in(page)
    page.get_by_role("main").get_by_role("button", name="Check your vote").last.click()
    page.get_by_role("button", name="Cast my vote").click()
    assert "sealed by this server" in page.inner_text("main")
    made = definition.loads(served.furnished["definition"].encode())
    public = ceremony.loads(kept_key(served))
    private, _ = ceremony.private_key(public, served.furnished["words"][1:])
    papers = {envelopes.opener(made, private)(sealed) for sealed, _ in box_of(served)}
    ((colour, who, these),) = papers  # both voters filled in the same: sealed here or there, it is the same paper
    assert (colour.ranking, who.ranking, these.ranking) == ((1,), (2, 0), ((0, 2),))


def kept_key(served: Served) -> bytes:
    engine = create_engine(served.database)
    with engine.connect() as connection:
        found_key = connection.execute(text("SELECT public FROM key_ceremony")).scalar_one()
    engine.dispose()
    return str(found_key).encode()


def test_the_list_of_sealed_votes_reads_well_for_a_visitor(served: Served, new_page: Callable[..., Page]) -> None:
    page = new_page(served)
    page.goto(f"/ballots/{served.furnished['ballot']}/sealed-votes?receipt={'0' * 52}")
    page.get_by_text("The mathematics, and files").click()
    for sight in LOOKS:
        eyes.look(page, sight, "sealing-list")
    page.goto("/promises")
    for sight in LOOKS:
        eyes.look(page, sight, "sealing-promises")
