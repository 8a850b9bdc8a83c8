"""A walk through every page that is linked, in Welsh: no English is left but what people wrote and names that stay."""

from __future__ import annotations

import doctest
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup
from sqlalchemy import select

from consult.domain import mutations
from consult.model.bodies import Body
from consult.model.members import Member
from consult.model.store import Base, db
from consult.model.units import Organisation, Unit
from consult.service import calendar_addresses, clock, languages
from consult.web.languages import FOLLOWED
from consult.web.phrases import told
from consult.web.phrases import written as marked
from consult.web.words import Translated, lines, plural
from tests.factories import NOON, Cast
from tests.motions import stage
from tests.web import movement
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of
from tests.web.test_translations import WELSH

#: Words that hardly a sentence of English does without, and that are no words of Welsh.
ENGLISH = re.compile(
    r"\b(the|of|and|you|your|are|this|that|with|from|has|have|been|which|there|when|what|every|its|their|not|for|were|by|will"
    r"|would|should|must|they|who|how|why)\b",
    re.IGNORECASE,
)
ATTRIBUTES = ("alt", "title", "aria-label", "placeholder", "summary")
#: Columns that hold sentences of services, which a page puts into its language; all others hold what people wrote.
KEPT = {
    ("publication", "sentence"), ("question_result", "count"), ("vote_order", "sentences"), ("nomination_call", "outcome"),
}  # fmt: skip
#: Words of people that are more than a name: three words at least, one of them small.
PROSE = re.compile(r"^(?=.*\b[a-z]{2,})\S+ \S+ \S+")
#: An example of what can be typed, and the law as it is cited.
EXAMPLES = re.compile(r"“the timetable”|^UK GDPR Art\. .*")
#: Pages that stay in the language they were made in: the interface for programs, what is there while developing, and the
#: components in use.
AS_MADE = re.compile(r"/(api|style|development)\b")
#: Of these every page is read, of others one of each kind.
ALL_OF = ("help.show", "rulebooks.preset")


def strings(value: Any) -> Iterator[str]:
    """Every string in a value of a column, of whatever shape."""
    if isinstance(value, str):
        yield " ".join(value.split())
        if value[:1] in "[{":
            try:
                yield from strings(json.loads(value))
            except ValueError:
                return
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def written() -> list[str]:
    """What people wrote, the longest first."""
    found: set[str] = set()
    for name, table in Base.metadata.tables.items():
        columns = [column for column in table.c if (name, column.name) not in KEPT]
        for row in db.session.execute(select(*columns)):
            for value in row:
                found.update(text for text in strings(value) if len(text) > 2)
    return sorted(found, key=lambda text: (-len(text), text))


def shown(page: str) -> Iterator[str]:
    """What one reads or hears of a page, without what is marked as being in English."""
    for node in lxml.html.fromstring(page).iter():
        if not isinstance(node.tag, str) or node.tag in ("script", "style", "code"):
            continue
        marked = any(each.get("lang") == "en" for each in (node, *node.iterancestors()))
        for text in (None if marked else node.text, node.tail, *(node.get(name) for name in ATTRIBUTES if not marked)):
            if text and ENGLISH.search(text):
                yield " ".join(text.split())


def unmarked(page: str, prose: list[str], names: list[str]) -> Iterator[str]:
    """What a page says in English, or in words of people, where nothing says in what language it is.

    In a list to choose from, in what was typed and in the name of the page nothing can be marked.
    """
    for node in lxml.html.fromstring(page).iter():
        if not isinstance(node.tag, str):
            continue
        for text, within in ((node.text, node), (node.tail, node.getparent())):
            if not text or within.tag in ("script", "style", "code", "option", "textarea", "title", "mark"):
                continue
            tongue = next((each.get("lang") for each in (within, *within.iterancestors()) if each.get("lang")), None)
            plain = " ".join(text.split())
            for name in names:
                plain = plain.replace(name, "")
            if tongue == "cy" and (ENGLISH.search(EXAMPLES.sub("", plain)) or any(words in plain for words in prose)):
                yield f"{within.tag}: {plain}"


def left(text: str, people: list[str]) -> bool:
    """Whether there is English in a text besides what people wrote."""
    text = EXAMPLES.sub("", text)
    for words in people:
        if words in text:
            text = text.replace(words, " ")
            if not ENGLISH.search(text):
                return False
        elif text in words:
            return False
    return bool(ENGLISH.search(text))


def walk(browser: Browser, app: Flask, seen: set[str]) -> Iterator[tuple[str, str]]:
    """One page of each kind that is linked from another, with its address."""
    routes = app.url_map.bind(browser.host)
    waiting, met = ["/"], set()
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        if path in met or AS_MADE.match(path) or not browser.resolves(path):
            continue
        met.add(path)
        endpoint = routes.match(path, method="GET")[0]
        if (endpoint in seen and endpoint not in ALL_OF) or "language" in endpoint or endpoint == "static":
            continue
        answer = browser.fetch(address)
        if answer.status_code in (301, 302, 303):
            waiting.append(urljoin(address, answer.headers["Location"]))
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        seen.add(endpoint)
        yield address, answer.text
        found = [urljoin(address, link) for link in lxml.html.fromstring(answer.text).xpath("//a/@href")]
        waiting += [link for link in found if urlsplit(link).netloc in ("", browser.host)]


def test_no_english_is_left_on_a_page_of_a_member_who_reads_welsh(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "source", lambda session: movement.NOW)
    movement.furnish(cast)
    people = written()
    names = sorted(
        {name for table in (Unit, Body, Member, Organisation) for name in db.session.scalars(select(table.name))},
        key=len,
    )
    prose = [text for text in people if PROSE.search(text) and text not in names]
    seen: set[str] = set()
    english: dict[str, list[str]] = {}
    bare: dict[str, list[str]] = {}
    for who in ("member", "delegate", "supporter"):
        browser = browser_of(app, cast.who[who])
        browser.fetch(WELSH)
        for address, page in walk(browser, app, seen):
            if found := sorted({text for text in shown(page) if left(text, people)}):
                english[f"{who}: {address}"] = found
            if found := sorted(set(unmarked(page, prose, names[::-1]))):
                bare[f"{who}: {address}"] = found
    assert len(seen) > 60
    assert english == {}
    assert bare == {}


def test_a_page_that_refuses_says_in_welsh_who_may_do_it(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "source", lambda session: NOON)
    browser = browser_of(app, cast.who["member"])
    browser.fetch(WELSH)
    acts = ("/units/new", "/rolls/new", "/consultations/new", "/members", "/account/roles/99/lay-down")
    for address in (*acts, "/events/9.ics", "/link/" + "x" * 43, "/search?q=%00"):
        answer = browser.fetch(address)
        assert answer.status_code >= 400, address
        found = [text.replace("The Test Movement", "") for text in shown(answer.text)]
        assert [text for text in found if ENGLISH.search(text)] == [], address
    assert "swyddog canlyniadau, neu gonsol y gweithredwr" in browser.fetch("/rolls/new").text


@pytest.mark.parametrize(("number", "said"), [(1, "1 cymal"), (2, "2 gymal"), (3, "3 chymal"), (5, "5 cymal")])
def test_a_noun_after_a_figure_is_mutated_on_a_page_in_welsh(app: Flask, number: int, said: str) -> None:
    with app.test_request_context(), force_locale("cy"):
        assert plural(number, "cymal", "cymal") == said
    with app.test_request_context(), force_locale("en_GB"):
        assert plural(number, "clause", "clauses") == f"{number} clause{'s' if number > 1 else ''}"


def test_what_people_wrote_is_marked_with_its_language_on_a_page_in_another(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = stage(cast)
    motion = scene.published()
    monkeypatch.setattr(clock, "source", lambda session: scene.at)
    browser = browser_of(app, cast.who["member"])

    def marks() -> list[set[str | None]]:
        page = lxml.html.fromstring(browser.fetch(f"/motions/{motion.id}").text)
        found = [page.xpath(path) for path in ("//h1", "//*[contains(@class, 'motion__text')]")]
        assert all(found)
        return [{each.get("lang") for each in nodes} for nodes in found]

    assert marks() == [{None}, {None}]
    with app.test_request_context():
        assert lines("It is cheap.") == '<p class="govuk-body">It is cheap.</p>'
    browser.fetch(WELSH)
    assert marks() == [{"en"}, {"en"}]
    monkeypatch.setattr("consult.web.words.get_locale", lambda: "cy")
    assert lines("It is cheap.") == '<p class="govuk-body" lang="en">It is cheap.</p>'
    assert lines("Mae’n rhad.", marked=False) == '<p class="govuk-body">Mae’n rhad.</p>'


def test_a_field_that_is_wrong_says_so_in_welsh(cast: Cast, browser: Browser) -> None:
    browser.fetch(WELSH)
    page = browser.open("/sign-in").press("Mewngofnodi", 422)
    hidden = lxml.html.fromstring(page.html).xpath("//*[@class='govuk-error-message']/span/text()")
    assert hidden and {text.strip() for text in hidden} == {"Gwall:"}


def test_what_programs_follow_has_its_language_in_its_address(app: Flask) -> None:
    rules = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.endswith((".atom", ".ics"))}
    assert rules == FOLLOWED


def test_a_feed_and_a_calendar_are_in_the_language_of_their_address_and_never_of_a_cookie(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    Clock(monkeypatch, NOON)
    motion = stage(cast).published()
    browser.open(WELSH)
    assert "/feeds/motions.atom?language=cy" in browser.open("/motions").html
    feed = browser.fetch("/feeds/motions.atom?language=cy").text
    assert f"<title>Cynnig {motion.number}: {motion.title}</title>" in feed and 'xml:lang="cy"' in feed
    assert "Cynigiwyd ar ran" in feed and "motions.atom?language=cy" in feed
    feed = browser.fetch("/feeds/motions.atom").text
    assert f"<title>Motion {motion.number}: {motion.title}</title>" in feed and 'xml:lang="en-GB"' in feed
    assert "yn agor" in browser.fetch("/calendar.ics?language=cy").text
    assert " opens" in browser.fetch("/calendar.ics").text
    assert browser.fetch("/calendar.ics?language=xx").status_code == 200


def test_ones_own_calendar_is_in_the_language_that_one_chose(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    Clock(monkeypatch, NOON)
    member = cast.who["member"]
    calendar_addresses.renew(member, "s" * 43, by=cast.actor("member"))
    languages.choose(member.id, "cy")
    assert "fy nyddiadau" in browser.fetch(f"/calendar/{'s' * 43}.ics").text
    assert "my dates" in browser.fetch(f"/calendar/{'s' * 43}.ics?language=en").text


def test_a_printed_motion_says_in_welsh_which_text_binds_and_marks_that_text_as_english(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    Clock(monkeypatch, NOON)
    motion = stage(cast).published()
    address = f"/motions/{motion.id}/print/html"
    assert "authoritative" not in browser.fetch(address).text and 'lang="en-GB"' in browser.fetch(address).text
    browser.open(WELSH)
    page = browser.fetch(address).text
    assert '<html lang="cy">' in page and "awdurdodol" in page and "Saesneg" in page
    assert "<dt>Cynigiwyd gan</dt>" in page and "Moved by" not in page
    lines = lxml.html.fromstring(page).xpath("//span[@class='w']")
    assert lines and all(line.get("lang") == "en" for line in lines)


def test_words_of_people_are_marked_and_what_the_catalogue_has_is_said(app: Flask) -> None:
    with app.test_request_context(), force_locale("en_GB"):
        assert marked("Trams & buses") == "Trams & buses"
    with app.test_request_context(), force_locale("cy"):
        assert marked("Trams & buses") == '<span lang="en">Trams &amp; buses</span>'
        assert marked("Motion 3: Trams") == 'Cynnig 3: <span lang="en">Trams</span>'
        assert marked("Motion 3: Trams (as amended by whatever is carried above)") == (
            'Cynnig 3: <span lang="en">Trams</span> (fel y&#39;i gwellwyd gan yr hyn a gerir uchod)'
        )
        assert marked("Re-open nominations") == "Ailagor enwebiadau"
        assert marked(Translated("Tramiau")) == "Tramiau" and marked(Markup("<b>x</b>")) == Markup("<b>x</b>")
        assert lines(Translated("Tramiau")) == '<p class="govuk-body">Tramiau</p>'
        assert told("Ballot opens: The new tram") == 'Pleidlais yn agor: <span lang="en">The new tram</span>'


def test_a_day_is_mutated_after_the_word_before_it(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    assert doctest.testmod(mutations).failed == 0
    assert mutations.mutated("o Dydd Mawrth\nhyd Dydd Mercher") == "o ddydd Mawrth\nhyd ddydd Mercher"
    assert mutations.mutated("Cau: Dydd Iau. Llên Dydd y Farn") == "Cau: Dydd Iau. Llên Dydd y Farn"
    Clock(monkeypatch, NOON)
    scene = stage(cast)
    browser.fetch(WELSH)
    page = browser.fetch(f"/consultations/{scene.consultation.id}").text
    assert (
        re.search(r"tan <time [^>]*>ddydd ", page)
        and "tan <time" in page
        and not re.search(r"tan <time [^>]*>Dydd", page)
    )
    assert ">Dydd " in page
