"""The pages of motions, from a draft to the order of votes, as each role sees them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, update

from consult.model.amendments import Amendment
from consult.model.consultations import Phase
from consult.model.store import database_now, db, writing
from consult.service import clock, rebases
from tests.factories import Cast
from tests.motions import SECTIONS, Stage, stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def scene(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A consultation, and the clock of its tests on every page."""
    made = stage(cast)
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    yield made


def by(app: Flask, scene: Stage, name: str) -> Browser:
    return browser_of(app, scene.cast.who[name])


def test_a_member_drafts_sees_lines_and_words_and_opens_it_for_seconders(app: Flask, scene: Stage) -> None:
    mover = by(app, scene, "mover")
    page = mover.open(f"/consultations/{scene.consultation.id}").click("Draft a motion")
    for label, name in (
        ("Heading", "heading"),
        ("Notes", "notes"),
        ("Resolves", "resolves"),
        ("Rationale", "rationale"),
    ):
        page = page.fill(label, SECTIONS[name])
    page = page.press("Save draft")
    assert page.title == "Buses that run on Sundays"
    assert "of 900 words" in page.text and page.find(id="l3") is not None
    assert "Open it for seconders" in page.buttons()
    other = by(app, scene, "member")
    other.open(page.address, 404)
    page = page.press("Open it for seconders")
    assert "Finding seconders" in page.text
    page = other.open(page.address).press("Second it")
    assert "Your name stands under the motion" in page.text and "Mabel Thorn" in page.text
    other.send(page.address + "/second", expect=400)
    assert "Second it" not in page.buttons()
    page = by(app, scene, "supporter").open(page.address).press("Support it")
    assert "1 supporter" in page.text


def test_an_empty_draft_is_refused_at_its_fields_and_keeps_what_was_typed(app: Flask, scene: Stage) -> None:
    page = by(app, scene, "mover").open(f"/consultations/{scene.consultation.id}/motions/new")
    page = page.fill("Rationale", "Because we must.").press("Save draft", 422)
    assert "Give the motion a heading." in page.errors
    page = page.fill("Heading", "Buses").press("Save draft", 422)
    assert any("at least one clause" in error for error in page.errors)
    assert "Because we must." in page.text or "Because we must." in str(page.find(name="rationale").text)


def test_the_second_tab_is_told_and_shows_both_texts(app: Flask, scene: Stage) -> None:
    motion = scene.draft()
    mover = by(app, scene, "mover")
    first, second = (mover.open(f"/motions/{motion.id}/edit") for _tab in range(2))
    first.fill("Heading", "Buses on the Lord's day").press("Save draft")
    page = second.fill("Heading", "Buses at weekends").press("Save draft", 409)
    assert any("saved in another tab" in error for error in page.errors)
    assert "Buses on the Lord's day" in page.text
    assert page.find(name="heading").get("value") == "Buses at weekends"
    assert "Saved." in page.press("Save draft").text


def test_the_delegate_submits_with_the_meeting(app: Flask, scene: Stage) -> None:
    motion = scene.seconded()
    by(app, scene, "other_delegate").open(f"/motions/{motion.id}/submit", 403)
    page = by(app, scene, "delegate").open(f"/motions/{motion.id}").click("Submit for the branch")
    page = page.press("Submit the motion", 422)
    assert len(page.errors) >= 4
    page = page.fill("Day", "20").fill("Month", "2").fill("Year", "2026").fill("How many were present?", "31")
    page = page.fill("How many voted for the motion?", "26").fill("How many voted against?", "4")
    page = page.press("Submit the motion")
    assert "Motion 1 is submitted" in page.text
    assert "Agreed by 26 votes to 4" in page.text


def test_a_motion_is_withdrawn_after_being_asked(app: Flask, scene: Stage) -> None:
    motion = scene.submitted()
    page = by(app, scene, "mover").open(f"/motions/{motion.id}").click("Withdraw the motion")
    assert "cannot be brought back" in page.text
    page = page.press("Withdraw it for good")
    assert "The motion is withdrawn." in page.text
    by(app, scene, "member").open(f"/motions/{motion.id}/withdraw", 403)


def test_who_reads_what(app: Flask, scene: Stage, browser: Browser) -> None:
    draft, submitted, published = scene.draft(), scene.submitted(), scene.published()
    assert set(browser.open("/motions").links()) & {submitted.title, published.title}
    assert browser.open("/motions").text.count("Alder") == 1
    browser.open(f"/motions/{draft.id}", 404)
    browser.open(f"/motions/{submitted.id}", 404)
    page = browser.open(f"/motions/{published.id}")
    assert "Osric Vale" not in page.text
    assert "Osric Vale" in by(app, scene, "stranger").open(f"/motions/{published.id}").text
    assert by(app, scene, "stranger").open("/motions").text.count("Alder") == 2
    browser.open("/motions/999", 404)


def test_permalinks_and_views_with_an_amendment(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    one = scene.amended(motion, ("£2", "£1.50"))
    two = scene.amended(motion, ("£2", "£1"), by="third_delegate")
    page = browser.open(f"/motions/{motion.id}?line=3")
    assert "line--here" in page.find(id="l3").get("class", "")
    both = "Amendment 1 and Amendment 2 change the same words: if Amendment 1 is carried, Amendment 2 falls."
    assert both in page.text
    page = browser.open(f"/motions/{motion.id}?amendment={one.id}")
    assert "£2" in page.text and "£1.50" in page.text
    reads = page.click("As it would read")
    assert "single fare of £1.50" in reads.text
    for wrong in ("line=x", "line=99999", "amendment=77", "view=reads"):
        browser.open(f"/motions/{motion.id}?{wrong}")
    assert "no text" in browser.open(f"/motions/{motion.id}?amendment=%00", 400).main
    page = browser.open(f"/amendments/{two.id}")
    assert both in page.text and "So that it reads" in page.text and "delete '£2' and insert '£1'" in page.text


def test_amendments_stand_beside_the_lines_they_touch_and_the_text_is_kept_in_any_form(
    app: Flask, scene: Stage, browser: Browser
) -> None:
    motion = scene.published()
    one = scene.amended(motion, ("£2", "£1.50"))
    page = browser.open(f"/motions/{motion.id}")
    rail = page.find(**{"aria-label": "Amendments to Resolves 2"})
    assert "Amendment 1" in page.words(rail)
    page = page.click("Amendment 1")
    assert page.address.endswith(f"amendment={one.id}") and "Everything about amendment 1" in page.links()
    shown = browser.open(f"/motions/{motion.id}")
    for form in ("txt", "html", "large-html", "docx", "odt"):
        answer = browser.fetch(f"/motions/{motion.id}/print/{form}")
        assert answer.status_code == 200 and answer.data, form
    kept = browser.fetch(f"/motions/{motion.id}/print/txt").text
    line = next(each for each in kept.splitlines() if "single fare of" in each)
    assert shown.words(shown.find(id=f"l{line.split()[0]}")).split()[-3:] == line.split()[-3:]
    browser.open(f"/motions/{motion.id}/print/scroll", 404)
    draft = scene.draft()
    by(app, scene, "mover").open(f"/motions/{draft.id}/print/txt", 404)


def test_freezing_says_first_what_it_will_do(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    taken = scene.answered(scene.amended(motion, ("£2", "£1.50")), True)
    rival = scene.amended(motion, ("£2", "£1"), by="third_delegate")
    late = scene.amended(motion, ("10pm", "11pm"))
    officer = by(app, scene, "committee_1")
    page = officer.open(f"/motions/{motion.id}/freeze")
    assert "Amendments can still be submitted until" in page.text
    scene.at = scene.after_amendments
    by(app, scene, "member").open(f"/motions/{motion.id}/freeze", 403)
    page = officer.open(f"/motions/{motion.id}/freeze")
    assert "Written into the motion" in page.text and "£1.50" in page.text
    page = page.press("Freeze the text", 422)
    assert any(f"Confirm that {rival.label} falls" in error for error in page.errors)
    page = page.tick(f"{taken.label} (Birch)").press("Work out again")
    assert "Nothing: the text stays as it is." in page.text and rival.label in page.text
    page = page.press("Freeze the text")
    assert page.title == "Order of votes"
    db.session.rollback()
    assert [row.state for row in (taken, rival, late)] == ["on the order paper"] * 3
    assert db.session.get(type(motion), motion.id).version.sequence == 1  # type: ignore[union-attr]


def test_the_order_of_votes_moves_by_buttons_and_tells_the_second_officer(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    scene.amended(motion, ("10pm", "11pm"))
    scene.amended(motion, ("£2", "£1"))
    scene.frozen(motion)
    one, two = by(app, scene, "chair"), by(app, scene, "committee_2")
    page, stale = one.open(f"/motions/{motion.id}/order"), two.open(f"/motions/{motion.id}/order")
    assert page.text.index("Amendment 1") < page.text.index("Amendment 2 (")
    page = page.click("Move down: Amendment 1")
    assert page.main.index("Amendment 2") < page.main.index("Amendment 1") and "is not set yet" in page.text
    page = page.fill("In the committee's own words", "The fare is what people came for.").press("Set this order")
    assert "The order of votes is set" in page.text and "any order leads to the same text" in page.text
    refused = stale.click("Move up: Amendment 2").fill("In the committee's own words", "So be it.")
    assert "is not set yet" not in refused.text
    late = stale.press("Set this order", 409)
    assert "changed since you opened the page" in late.text and "Petra Lowe" in late.text


def test_versions_are_compared(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    scene.answered(scene.amended(motion, ("£2", "£1.50")), True)
    scene.frozen(motion)
    page = browser.open(f"/motions/{motion.id}").click("Versions")
    page = page.click("What changed from version 1")
    assert "1 word put in, 1 word taken out" in page.text
    both = browser.open(f"/motions/{motion.id}/versions").choose("From", "Version 2").choose("To", "Version 1")
    assert both.press("Compare them").title == "From version 2 to version 1"
    browser.open(f"/motions/{motion.id}/versions/2")
    browser.open(f"/motions/{motion.id}/versions/9", 404)
    browser.open(f"/motions/{motion.id}/compare?old=1&new=8", 404)


class Statements:
    """Counts the SELECTs of a page: every one, that of the clock included."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, connection: object, cursor: object, statement: str, *rest: object) -> None:
        words = statement.lstrip().upper()
        if words.startswith("SELECT"):
            self.seen.append(statement)


def statements(browser: Browser, address: str) -> int:
    counter = Statements()
    event.listen(db.engine, "before_cursor_execute", counter)
    try:
        browser.open(address)
    finally:
        event.remove(db.engine, "before_cursor_execute", counter)
    return len(counter.seen)


def test_the_page_of_a_motion_takes_the_same_few_statements_whatever_its_size(
    app: Flask, scene: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from consult.service import debate

    def asked(session: Any) -> datetime:
        database_now(session)  # the statement of the clock counts, too
        return scene.at

    monkeypatch.setattr(clock, "source", asked)
    clauses = "\n".join(f"{n}. To do thing {n} by the year 20{n}." for n in range(10, 75))
    motion = scene.published(resolves=clauses)
    empty = statements(browser, f"/motions/{motion.id}")
    for n in range(10, 15):
        scene.amended(motion, (f"thing {n} by", f"thing {n} well before"), ruled=n % 2 == 0)
    few = statements(browser, f"/motions/{motion.id}")
    for n in range(30):
        debate.write(motion, ("for", "against")[n % 2], f"Point {n}.", by=scene.actor("member"), at=scene.at)
    many = statements(browser, f"/motions/{motion.id}")
    with writing() as session:
        row = session.get_one(Amendment, motion.amendments[0].id)
        kept = {column.key: getattr(row, column.key) for column in Amendment.__table__.columns if column.key != "id"}
        session.execute(insert(Amendment), [kept | {"number": number} for number in range(6, 101)])
    scene.at += timedelta(minutes=1)  # rows put in by no act are seen a minute later
    hundred = statements(browser, f"/motions/{motion.id}")
    assert "Amendment 100" in browser.open(f"/motions/{motion.id}").text
    assert empty == few == many == hundred <= 6
    member = by(app, scene, "member")
    assert (
        statements(member, f"/motions/{motion.id}") <= 6 + 5
    )  # the session, the person and roles, clock, organisation


def test_a_visitor_is_not_sent_again_what_has_not_changed(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    address = f"/motions/{motion.id}"
    first = browser.fetch(address)
    etag = {"If-None-Match": first.headers["ETag"]}
    assert browser.client.get(address, headers=etag).status_code == 304
    scene.at += timedelta(minutes=2)
    assert browser.client.get(address, headers=etag).status_code == 304  # made anew, and the same
    scene.amended(motion, ("£2", "£1.50"))
    again = browser.client.get(address, headers=etag)
    assert again.status_code == 200 and "Amendment 1" in again.text and "Amendment 1" not in first.text
    member = by(app, scene, "member")
    assert "ETag" not in member.fetch(address).headers and "Osric Vale" in member.open(address).text
    assert "Osric Vale" not in browser.open(address).text


def test_a_proxy_may_keep_a_visitors_page_and_nobody_elses(app: Flask, scene: Stage, browser: Browser) -> None:
    address = f"/motions/{scene.published().id}"
    answer = browser.fetch(address)
    assert (
        answer.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=")
        and "Cookie" in answer.headers["Vary"]
    )
    assert "Set-Cookie" not in answer.headers
    same = browser.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304 and same.headers["ETag"] == answer.headers["ETag"] and not same.data
    assert same.headers["Cache-Control"] == answer.headers["Cache-Control"] and "Cookie" in same.headers["Vary"]
    browser.open("/sign-in")  # a form's token is a cookie of one's own
    assert "public" not in browser.fetch(address).headers["Cache-Control"]
    own = by(app, scene, "member").fetch(address)
    assert own.headers["Cache-Control"] == "private, no-store" and "Cookie" in own.headers["Vary"]


def test_the_first_paint_of_a_long_motion_is_small(app: Flask, scene: Stage, browser: Browser) -> None:
    clauses = "\n".join(
        f"{n}. To do thing {n} by the year 20{n} and to say so plainly in print." for n in range(10, 40)
    )
    motion = scene.published(resolves=clauses)
    row = scene.amended(motion, ("thing 12 by", "thing 12 well before"))
    kept = {column.key: getattr(row, column.key) for column in Amendment.__table__.columns if column.key != "id"}
    with writing() as session:
        session.execute(insert(Amendment), [kept | {"number": number} for number in range(2, 101)])
    html = browser.fetch(f"/motions/{motion.id}").text
    assert "Amendment 100" in html
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
    scripts = re.findall(r'<script [^>]*src="([^"]+)"', html)
    assert len(sheets) == 1 and len(scripts) == 1 and "<style" not in html and "<img" not in html
    weights = [len(browser.client.get(each, headers={"Accept-Encoding": "gzip"}).data) for each in sheets + scripts]
    assert len(gzip.compress(html.encode())) + sum(weights) < 60_000


def test_an_amendment_on_an_earlier_version_stands_in_the_rail_and_says_so(
    app: Flask, scene: Stage, browser: Browser
) -> None:
    motion = scene.published()
    first = scene.answered(scene.amended(motion, ("£2", "£1.50")), True)
    late = scene.amended(motion, ("single fare of £2", "single fare of £1"), by="third_delegate")
    rebases.take_as_drafting(first, "The mover wrote it so in the first place.", by=scene.actor("chair"), at=scene.at)
    page = browser.open(f"/motions/{motion.id}")
    rail = page.words(page.find(**{"aria-label": "Amendments to Resolves 2"}))
    assert late.label in rail and "on version 1" in rail and first.label not in rail
    assert "It was made on version 1 of the text." in page.text
    assert page.click("on version 1").address == f"/motions/{motion.id}/versions/1"
    assert page.click(late.label).address == f"/amendments/{late.id}"


def test_huge_and_odd_input(app: Flask, scene: Stage) -> None:
    mover = by(app, scene, "mover")
    page = mover.open(f"/consultations/{scene.consultation.id}/motions/new")
    page = page.fill("Heading", "Big").fill("Notes", "word " * 9_000).press("Save draft", 422)
    assert any("the most is 40,000" in error for error in page.errors)
    page = (
        page.fill("Notes", "").fill("Resolves", "Emoji 👩‍👩‍👧 and é and <script>alert(1)</script>").press("Save draft")
    )
    assert "<script>alert(1)</script>" in page.text
    assert page.title == "Big"


def test_a_published_motion_says_what_it_is_open_to_by_the_timetable(
    app: Flask, scene: Stage, browser: Browser
) -> None:
    motion = scene.published()
    page = browser.open(f"/motions/{motion.id}")
    assert "Published: open to amendments and debate" in page.main and "0 members" not in page.main
    with writing() as session:
        session.execute(update(Phase).where(Phase.kind == "amendments").values(closes_at=scene.at - timedelta(hours=1)))
    scene.at += timedelta(minutes=2)  # rows put in by no act are seen a minute later
    page = browser.open(f"/motions/{motion.id}")
    assert "Published: open to debate" in page.main and "open to amendments" not in page.main
    with writing() as session:
        session.execute(update(Phase).where(Phase.kind == "debating").values(closes_at=scene.at - timedelta(hours=1)))
    scene.at += timedelta(minutes=2)
    assert "open to" not in browser.open(f"/motions/{motion.id}").main
