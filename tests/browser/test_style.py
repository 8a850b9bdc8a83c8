"""The style page in a real browser: every component in every way of looking, and the scripts that help."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser import eyes
from tests.browser.conftest import NewPage, Serve, Visit


@pytest.mark.parametrize("sight", eyes.MATRIX, ids=str)
def test_shuts_nobody_out(serve: Serve, new_page: NewPage, visit: Visit, sight: eyes.Sight) -> None:
    page = new_page(serve())
    visit(page, "/style", "style", (sight,))
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    eyes.look(page, sight, "style-wrong")


def test_the_eyes_see_what_is_wrong(serve: Serve, new_page: NewPage) -> None:
    """A harness that cannot fail proves nothing: faint words, a small button and a wide box must each be seen."""
    page = new_page(serve())
    sight = eyes.Sight(320, "light")
    add = "() => {{ const b = document.createElement('p'); document.querySelector('main').prepend(b); {} }}"
    page.goto("/style")
    page.evaluate(add.format("b.style.color = '#ccc'; b.textContent = 'Faint words'"))
    with pytest.raises(AssertionError, match="color-contrast"):
        eyes.look(page, sight)
    page.goto("/style")
    page.evaluate(add.format("b.style.width = '900px'; b.textContent = 'Wide'"))
    with pytest.raises(AssertionError, match="wider than the screen"):
        eyes.look(page, sight)
    page.goto("/style")
    tiny = "for (const x of 'ab') { const t = document.createElement('button'); t.textContent = x;"
    tiny += " Object.assign(t.style, {width: '10px', height: '10px', padding: 0, border: 0}); b.append(t) }"
    page.evaluate(add.format(tiny))
    with pytest.raises(AssertionError, match="target-size"):
        eyes.look(page, sight)


def test_every_ballot_paper_that_is_printed_is_like_the_others(serve: Serve, new_page: NewPage) -> None:
    """Nothing of the page stands above the first or below the last, and each begins where its sheet begins."""
    page = new_page(serve())
    page.goto("/style")
    page.emulate_media(media="print")
    around = page.locator(".masthead, .heading, .foot")
    assert all(one.is_visible() for one in around.all())
    papers = "<div class='blank'>One</div><div class='blank'>Two</div>"
    page.evaluate(
        f"() => {{ document.querySelector('main').innerHTML = document.querySelector('.heading').outerHTML + `{papers}` }}"
    )
    assert not any(one.is_visible() for one in around.all())
    assert page.evaluate("document.querySelector('.blank').getBoundingClientRect().top") == 0
    made = PdfReader(BytesIO(page.pdf(format="A4")))
    assert [sheet.extract_text().split() for sheet in made.pages] == [["One"], ["Two"]]


def ranks(page: Page) -> dict[str, str]:
    """Candidate → what stands in its field."""
    return {name: page.locator(f"#rank-{name}").input_value() for name in "abcd"}


def test_ranking_is_upgraded_in_place_and_says_what_it_did(serve: Serve, new_page: NewPage) -> None:
    page = new_page(serve())
    page.goto("/style")
    assert ranks(page) == {"a": "2", "b": "1", "c": "2", "d": ""}
    up = page.get_by_role("button", name="Move Re-open nominations up")
    up.focus()
    page.keyboard.press("Enter")
    assert ranks(page) == {"a": "2", "b": "1", "c": "3", "d": "4"}
    page.keyboard.press("Space")
    assert ranks(page) == {"a": "2", "b": "1", "c": "4", "d": "3"}
    expect(page.locator("[data-said]")).to_have_text("Re-open nominations moved up to number 3")
    expect(page.locator("[data-count]")).to_have_text("4 of 4 ranked. Ranking fewer than all is allowed.")
    expect(up).to_be_focused()
    assert page.locator("#paper .ranking__name").all_inner_texts()[0] == "Rhian Thornfield"  # nothing re-orders itself
    assert page.url.endswith("/style")


def test_ranking_works_without_scripts_because_its_buttons_are_ordinary(serve: Serve, new_page: NewPage) -> None:
    page = new_page(serve(), java_script_enabled=False)
    page.goto("/style")
    page.get_by_role("button", name="Move Re-open nominations up").click()
    expect(page.get_by_text("That button does nothing but say this.")).to_be_visible()


def test_enter_in_a_ranking_field_never_presses_a_move(serve: Serve, new_page: NewPage) -> None:
    page = new_page(serve())
    page.goto("/style")
    page.locator("#rank-d").fill("4")
    with page.expect_request(re.compile("/style/nothing")) as sent:
        page.keyboard.press("Enter")
    assert "step=check" in (sent.value.post_data or "") and "move=" not in (sent.value.post_data or "")


def test_words_left_are_counted_while_one_types(serve: Serve, new_page: NewPage) -> None:
    page = new_page(serve())
    page.goto("/style")
    page.get_by_label("Text", exact=True).fill("one two\nthree")
    expect(page.get_by_text("37 words left")).to_be_visible()
    page.get_by_label("Text", exact=True).fill("word " * 42)
    expect(page.locator(".words-left")).to_have_text("2 words too many")


def test_a_second_press_is_dropped_while_the_first_is_on_its_way(serve: Serve, new_page: NewPage) -> None:
    page = new_page(serve())
    page.goto("/style")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate(
        "() => { const b = document.querySelector('form[action$=nothing] button'); b.click(); b.click(); b.click() }"
    )
    expect(page.get_by_text("That button does nothing but say this.")).to_be_visible()
    assert len(sent) == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_menu_on_a_telephone_opens_with_or_without_scripts(serve: Serve, new_page: NewPage, scripts: bool) -> None:
    page = new_page(serve(), java_script_enabled=scripts, viewport={"width": 320, "height": 640})
    page.goto("/style")
    link = page.locator(".menu nav a").first
    expect(link).to_be_hidden()
    page.locator(".menu > summary").click()
    expect(link).to_be_visible()
    if scripts:
        page.keyboard.press("Escape")
        expect(link).to_be_hidden()
        expect(page.locator(".menu > summary")).to_be_focused()


def test_the_first_key_leads_past_the_menu(serve: Serve, new_page: NewPage) -> None:
    page = new_page(serve())
    page.goto("/style")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_text_at_twice_its_size_fits_a_telephone_turned_sideways(serve: Serve, new_page: NewPage) -> None:
    page = new_page(serve(), viewport={"width": 640, "height": 360})
    page.goto("/style")
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.evaluate(
        eyes.WIDE
    )


def test_paper_has_no_buttons_black_words_and_what_is_folded(serve: Serve, new_page: NewPage) -> None:
    page = new_page(serve())
    page.goto("/style")
    page.emulate_media(media="print")
    eyes.SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=eyes.SHOTS / "style-print.png", full_page=True)
    assert page.locator("main .govuk-button:visible, .menu:visible, .bar:visible").count() == 0
    expect(page.locator("main details:not([open]) .govuk-details__text").first).to_be_visible()
    assert page.locator("h1").evaluate("h => getComputedStyle(h).color") == "rgb(0, 0, 0)"


def test_forced_colours_keep_every_edge(serve: Serve, new_page: NewPage) -> None:
    page = new_page(serve(), forced_colors="active")
    page.goto("/style")
    eyes.SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=eyes.SHOTS / "style-forced.png", full_page=True)
    for edged in (".govuk-button", ".govuk-tag", ".motion", ".comment"):
        assert page.locator(edged).first.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    ground = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    line = "e => getComputedStyle(e).borderBottomColor"
    here, elsewhere = page.locator(".tabs__link[aria-current]"), page.locator(".tabs__link:not([aria-current])")
    assert here.first.evaluate(line) != ground == elsewhere.first.evaluate(line)


def test_no_typeface_is_fetched_and_the_first_paint_is_light(serve: Serve, new_page: NewPage) -> None:
    page = new_page(serve())
    got: dict[str, int] = {}
    page.on("requestfinished", lambda r: got.__setitem__(r.url, r.sizes()["responseBodySize"]))
    page.goto("/style", wait_until="networkidle")
    assert not [address for address in got if re.search(r"\.(woff2?|ttf|otf)", address)]
    assert sum(size for address, size in got.items() if "/look/" in address) < 60_000, got
