"""Pages in another language: chosen by a link, kept by the browser and for mail, and marked as a translation."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale, gettext

from consult.domain.errors import NotFound
from consult.domain.languages import LANGUAGES
from consult.job import outgoing
from consult.model.notices import DevelopmentMail
from consult.model.store import db
from consult.service import accounts, languages
from consult.web import phrases
from tests.factories import Cast
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


def tongue(page: object) -> str:
    return page.html.split('lang="', 1)[1].split('"', 1)[0]  # type: ignore[attr-defined]


def test_a_visitor_chooses_welsh_and_comes_back_to_the_same_page(app: Flask, cast: Cast, browser: Browser) -> None:
    page = browser.open("/motions?q=x")
    page = page.click("Cymraeg")
    assert page.address == "/motions?q=x"
    assert tongue(page) == "cy"
    assert LANGUAGES["cy"].note in page.text
    assert tongue(browser.open("/")) == "cy"
    page = browser.open("/").click("English")
    assert tongue(page) == "en-GB" and LANGUAGES["cy"].note not in page.text


def test_a_kept_page_is_kept_for_each_language(app: Flask, cast: Cast, browser: Browser) -> None:
    english = browser.open("/motions")
    other = Browser(app)
    other.open("/language/cy?next=/motions")
    assert tongue(other.open("/motions")) == "cy"
    assert tongue(browser.open("/motions")) == tongue(english) == "en-GB"


def test_there_is_no_such_language(app: Flask, cast: Cast, browser: Browser) -> None:
    assert browser.open("/language/xx", 404).title == "Page not found"
    with pytest.raises(NotFound):
        languages.choose(cast.who["member"].id, "xx")


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_choosing_leads_to_this_site_only(app: Flask, cast: Cast, browser: Browser, where: str) -> None:
    answer = browser.fetch(f"/language/cy?next={where}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_an_address_that_is_a_secret_is_not_repeated_in_a_link(app: Flask, cast: Cast, browser: Browser) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if "token" in rule.arguments and "GET" in (rule.methods or ())]
    assert rules
    for rule in rules:
        path = rule.rule.replace("<token>", "a-secret").replace("<int:ballot_id>", "1")
        if "<" not in path:
            assert "/language/" not in browser.fetch(path).text, rule.rule


def test_mail_is_in_the_language_that_somebody_chose(app: Flask, cast: Cast) -> None:
    browser_of(app, cast.who["member"]).open("/language/cy?next=/")
    accounts.ask_for_link("member@members.example", network="")
    accounts.ask_for_link("mover@members.example", network="")
    outgoing.send_due()
    kept = {mail.address: mail for mail in db.session.query(DevelopmentMail)}
    welsh, english = kept["member@members.example"], kept["mover@members.example"]
    assert english.subject.startswith("Your link to sign in")
    assert not welsh.subject.startswith("Your link to sign in")
    assert "Annwyl Mabel Thorn" in welsh.body and "Dear" in english.body


def test_what_a_service_says_is_said_in_the_language_of_the_page(app: Flask, cast: Cast, browser: Browser) -> None:
    browser.open("/language/cy?next=/")
    page = browser.open("/ballots/999", 404)
    assert "Nid oes pleidlais â'r rhif hwn." in page.text
    assert "There is no ballot" not in page.text


def test_the_label_of_a_thing_is_in_the_language_of_the_page(app: Flask) -> None:
    with force_locale("cy"):
        assert phrases.label("Motion 3") == "Cynnig 3"
        assert phrases.said("Amendment 2 to Motion 3") == "Gwelliant 2 i Cynnig 3"
        assert phrases.label("Motion 3 is ours.") == "Motion 3 is ours."
        assert gettext("Amendments to %(clause)s", clause="Motion 3").endswith("Cynnig 3")
        assert app.jinja_env.from_string("{{ label }}, {{ _('Amendments to %(clause)s', clause=label) }}").render(
            label="Motion 3"
        ) == ("Cynnig 3, Gwelliannau i Cynnig 3")
    with force_locale("en_GB"):
        assert phrases.label("Motion 3") == phrases.said("Motion 3") == "Motion 3"


def test_a_sentence_is_found_whatever_fills_it_and_whatever_stands_beside_it(app: Flask) -> None:
    with force_locale("cy"):
        said = phrases.said("Motion 3 has no text yet that could be amended. There is no ballot of this number.")
        assert said == "Nid oes gan Cynnig 3 destun eto y gellid ei wella. Nid oes pleidlais â'r rhif hwn."
        assert phrases.said("Nobody ever wrote this.") == "Nobody ever wrote this."
