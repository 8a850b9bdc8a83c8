"""A sealed ballot from its key ceremony to the stranger who checks the result: every step in a real browser, or off line.

The vote is sealed in the browser, the receipt is looked up on the list, the box is opened off line by holders' words on
two machines, signed with a key that the server never holds, published, and the downloaded bundle is verified. Every page
of the desk on the way is looked at by axe and photographed.
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page

from consult.domain.eligibility import RollRule
from consult.ledger import ceremony, envelopes, signatures
from consult.model.members import Account
from consult.model.store import db, writing
from consult.service import candidates, passwords, rolls, vault
from consult.service.ballot_questions import OptionSpec
from tests.browser import eyes
from tests.browser.server import Served
from tests.browser.test_journey import PASSWORD, SECRETS, Theatre, begins, fill, press
from tests.desk import AFTER, CLOSES, DURING, Desk
from tests.factories import NOON, found
from tests.web.test_candidates import photograph

DAY = timedelta(days=1)
LOOKS = (eyes.Sight(320, "light"), eyes.Sight(1280, "dark"))
HOLDERS = ("Juno Ash", "Petra Lowe", "Silas Wren")


def furnish() -> dict[str, Any]:
    """A sealed ballot in preparation with a roll, and a password and an authenticator for everybody in the cast."""
    cast = found()
    desk = Desk(cast, level="sealed", signers_needed=1, complaint_hours=24, publication="all-papers")
    desk.ask("plurality", ("Red", "Blue"), "Which colour?")
    desk.ask("irv", (OptionSpec("Ann Ash", "I ride the bus daily."), "Bo Birch", "Cy Cole"), "Who?")
    ann = desk.ballot.questions[1].options[0]
    spec = candidates.StatementSpec(ann.statement, photograph())
    candidates.state(ann, spec, "Her portrait came later.", by=desk.officer, at=NOON)
    rolls.freeze(None, "Members", RollRule(joined_by=NOON), token=secrets.token_hex, by=desk.officer, at=NOON)
    hashed = passwords.hashed(PASSWORD)
    with writing() as session:
        for name, member in cast.who.items():
            account = session.get(Account, member.id) or Account(member_id=member.id, created_at=NOON)
            secret = SECRETS.setdefault(name, pyotp.random_base32())
            account.password_hash = hashed
            account.totp_sealed = vault.seal(f"totp:{member.id}", secret.encode())
            account.totp_confirmed_at = NOON
            session.add(account)
    kept = {name: member.email for name, member in cast.who.items()}
    kept |= {"ballot": f"/ballots/{desk.ballot.id}", "id": str(desk.ballot.id), "key": desk.keys["committee_1"]}
    db.session.remove()
    return kept


@pytest.fixture
def theatre(
    serve: Callable[..., Served], new_page: Callable[..., Page], tmp_path_factory: pytest.TempPathFactory
) -> Theatre:
    clock = tmp_path_factory.mktemp("clock") / "now"
    clock.write_text(NOON.isoformat())
    served = serve(furnish, CONSULT_TEST_APP="tests.browser.clocked:app", CONSULT_TEST_CLOCK=str(clock))
    return Theatre(served, clock, new_page, {})


class Watch:
    """axe and photographs on the way; what axe says is said at the end, all together."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def look(self, page: Page, name: str) -> None:
        """Look at the page as it stands."""
        for sight in LOOKS:
            try:
                eyes.look(page, sight, f"sealed-{name}")
            except AssertionError as complaint:
                self.complaints.append(str(complaint))

    def visit(self, page: Page, path: str, name: str) -> None:
        """Go there, and look."""
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, f"{path}: {page.inner_text('main')[:300]}"
        self.look(page, name)


def consult(*words: object) -> str:
    """A command off line."""
    command = [sys.executable, "-m", "consult", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_sealed_ballot_from_the_ceremony_to_a_result_that_a_stranger_verifies(
    theatre: Theatre, tmp_path: Path
) -> None:
    watch, ballot = Watch(), theatre.served.furnished["ballot"]
    words = hold_ceremony(theatre, watch, ballot)
    schedule(theatre, ballot)
    receipts = vote(theatre, watch, ballot)
    open_box(theatre, watch, ballot, words, tmp_path)
    on_the_list(theatre, watch, ballot, receipts[0])
    certify(theatre, watch, ballot)
    verify(theatre, watch, ballot, receipts, tmp_path)
    assert not watch.complaints, "\n".join(watch.complaints)


def hold_ceremony(theatre: Theatre, watch: Watch, ballot: str) -> list[str]:
    """Holders chosen, key made off line, uploaded, rehearsed; gives the holders' words."""
    page = theatre.as_("returning_officer")
    watch.visit(page, f"{ballot}/candidates", "01-candidates")
    page.goto(ballot)
    page.get_by_role("link", name="Hold its key ceremony").first.click()
    page.get_by_role("link", name=re.compile("Choose who holds a share")).first.click()
    for name in HOLDERS:
        page.get_by_label(name).check()
    page.get_by_label(begins("How many of them must come together")).fill("2")
    watch.look(page, "02-holders")
    press(page, "Choose these holders")
    plan = ceremony.loads(page.request.get(f"{ballot}/ceremony/plan.json").body())
    public, words = ceremony.make(plan, envelopes.generate_keys())
    page.goto(f"{ballot}/ceremony/key")
    watch.look(page, "03-upload")
    page.get_by_label(begins("The public part of the key")).set_input_files(attached("public.json", public.dumps()))
    press(page, "Upload it")
    assert public.fingerprint in page.inner_text("main")
    trial = ceremony.read_trial(page.request.get(f"{ballot}/ceremony/trial.json").body())
    page.goto(f"{ballot}/ceremony/rehearsal")
    answer = ceremony.rehearse(trial, words[:2]).dumps()
    page.get_by_label(begins("The answer of the rehearsal")).set_input_files(attached("rehearsal.json", answer))
    press(page, "Upload it")
    assert "took part in the rehearsal" in page.inner_text("main")
    watch.look(page, "04-ceremony")
    return words


def attached(name: str, data: bytes) -> Any:
    """A file as a form takes it."""
    return {"name": name, "mimeType": "application/json", "buffer": data}


def schedule(theatre: Theatre, ballot: str) -> None:
    page = theatre.as_("returning_officer")
    page.goto(ballot)
    press(page, "Schedule it")
    page.get_by_label("Electoral roll").select_option(index=0)
    page.get_by_label(begins("I have read the paper")).check()
    press(page, "Schedule the ballot")
    assert "scheduled" in page.inner_text("main").lower()
    theatre.now(DURING)


def vote(theatre: Theatre, watch: Watch, ballot: str) -> list[str]:
    """Three voters whose browsers seal; gives their receipts."""
    receipts = []
    for name, colour, first in (
        ("member", "Blue", "Ann Ash"),
        ("mover", "Blue", "Ann Ash"),
        ("second", "Red", "Bo Birch"),
    ):
        page = theatre.as_(name)
        page.goto(ballot)
        press(page, "Vote now")
        page.get_by_text("sealed in this browser before it is sent").wait_for()
        page.get_by_label(colour).check()
        page.get_by_label(f"Number for {first}").fill("1")
        if not receipts:
            watch.look(page, "05-paper")
        page.get_by_role("main").get_by_role("button", name="Check your vote").last.click()
        press(page, "Seal and cast my vote")
        page.wait_for_url("**/receipt")
        assert "sealed in your browser" in page.inner_text("main")
        receipts.append(page.locator(".receipt__code").inner_text().strip())
    watch.visit(theatre.as_("returning_officer"), f"{ballot}/extend", "06-extend")
    return receipts


def open_box(theatre: Theatre, watch: Watch, ballot: str, words: list[str], folder: Path) -> None:
    """The close, the reconciliation, and two openings off line by the words of two holders."""
    theatre.now(AFTER)
    page = theatre.as_("returning_officer")
    page.goto(f"{ballot}/desk")
    press(page, "Record the close")
    page.get_by_role("link", name=re.compile("^Reconcile")).click()
    page.get_by_label(begins("Nobody is still entitled")).check()
    watch.look(page, "07-reconcile")
    press(page, "Reconcile the box with the roll")
    page.goto(f"{ballot}/box")
    fill(page, The_public_value="3 17 20 41")
    page.get_by_label(begins("Nobody is still entitled")).check()
    watch.look(page, "08-box")
    press(page, "Freeze the box")
    box = folder / "envelopes.box"
    box.write_bytes(page.request.get(f"{ballot}/box/envelopes").body())
    for place, list_ in enumerate(words[1:]):
        (folder / f"words-{place}").write_text(list_)
    given = [word for place in range(2) for word in ("--words", folder / f"words-{place}")]
    for machine in ("one", "two"):
        out = folder / machine
        assert "opened" in consult("open-envelopes", box, *given, "--out", out, "--processes", 1)
        (opened,), (said,) = out.glob("opened-*.json"), out.glob("transcript-*.json")
        page.goto(f"{ballot}/box/opening")
        page.get_by_label(begins("The opened papers")).set_input_files(opened)
        page.get_by_label(begins("The transcript of the same opening")).set_input_files(said)
        watch.look(page, "09-opening")
        press(page, "Put this opening on the record")
    assert "Two openings came to the same papers" in page.inner_text("body")
    watch.visit(page, f"{ballot}/box", "10-box-opened")
    page.goto(f"{ballot}/desk")
    press(page, "Count twice and compare")
    watch.look(page, "11-desk-counted")


def on_the_list(theatre: Theatre, watch: Watch, ballot: str, receipt: str) -> None:
    """The voter looks for the receipt on the list, takes the proof away, and checks it off line."""
    page = theatre.as_("member")
    page.goto(f"{ballot}/sealed-votes")
    page.get_by_label("Your receipt").fill(receipt)
    press(page, "Look for it")
    assert "Yes: this receipt is on the list." in page.inner_text("main")
    watch.look(page, "12-list")
    watch.visit(page, f"{ballot}/complaints", "13-complain")


def certify(theatre: Theatre, watch: Watch, ballot: str) -> None:
    """What the desk has before the certificate; then the window is over, and it is drawn up, signed and published."""
    scrutineer = theatre.as_("scrutineer")
    watch.visit(scrutineer, f"{ballot}/scrutiny", "14-scrutiny")
    watch.visit(scrutineer, f"{ballot}/recount", "15-recount")
    watch.visit(scrutineer, f"{ballot}/scrutiny/recount", "16-scrutineers-recount")
    theatre.now(CLOSES + 2 * DAY)
    officer = theatre.as_("returning_officer")
    officer.goto(f"{ballot}/desk")
    press(officer, "Draw up the certificate now")
    page = theatre.as_("committee_1")
    page.goto(f"{ballot}/sign")
    watch.look(page, "17-sign")
    href = page.get_by_role("link", name="Download the manifest").get_attribute("href")
    content = page.request.get(href or "").body()
    signed = signatures.write(content, [signatures.sign(content, theatre.served.furnished["key"])])
    page.get_by_label("Signature", exact=True).fill(signed.decode())
    press(page, "Add my signature")
    assert "on the result" in page.inner_text("body")
    press(page, "Publish the result")
    watch.visit(officer, f"{ballot}/desk", "18-desk-published")
    watch.visit(officer, f"{ballot}/destruction", "18-destruction")


def verify(theatre: Theatre, watch: Watch, ballot: str, receipts: list[str], folder: Path) -> None:
    """Somebody who is not signed in takes the bundle away, and verifies it with the receipts."""
    page = theatre.open_page(theatre.served)
    page.goto(ballot.replace("/ballots/", "/results/"))
    assert "Ann Ash" in page.inner_text("main")
    watch.look(page, "19-result")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("^Download")).click()
    bundle = folder / "result.zip"
    waiting.value.save_as(bundle)
    given = [word for receipt in receipts for word in ("--receipt", receipt)]
    report = json.loads(consult("verify", bundle, *given, "--json"))
    held = {check["name"] for check in report["checks"] if check["held"]}
    assert report["ok"] and not report["arithmetic_only"]
    assert {"receipt", "opening", "board", "count", "statement", "photograph", "materiality"} <= held
