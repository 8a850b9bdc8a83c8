"""A sealed vote from sign-in to receipt by keyboard alone, and with text at twice its size: nobody needs a mouse or good eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import NARROW, Keyboard, enlarged, fits, narrow
from tests.browser.server import Served
from tests.browser.test_sealing import PASSWORD, fill_in, furnish, sign_in


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    return serve(furnish)


def test_a_sealed_vote_by_keyboard_alone(served: Served, new_page: Callable[..., Page]) -> None:
    page = new_page(served)
    hands, main = Keyboard(page), page.get_by_role("main")
    page.goto("/sign-in")
    hands.type(page.get_by_label("E-mail address or member number"), str(served.furnished["emails"]["second"]))
    hands.type(page.get_by_label("Password", exact=True), PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    hands.press("Tab")  # the first key leads past the menu
    page.keyboard.press("Enter")
    hands.leave(main.get_by_role("link", name="Policy committee").first)
    hands.leave(main.get_by_role("link", name="Vote now").or_(main.get_by_role("button", name="Vote now")).first)
    page.get_by_text("sealed in this browser before it is sent").wait_for()

    hands.to(page.get_by_role("link", name="Which colour?"))
    page.keyboard.press("Enter")
    blue = page.get_by_label("Blue")
    hands.press("Tab")
    hands.press("Space")
    while not blue.is_checked():
        hands.press("ArrowDown")
    rank(hands, page)
    for name in ("Left", "Right"):
        box = page.get_by_label(name)
        hands.to(box)
        hands.press("Space")
        expect(box).to_be_checked()
    check = main.get_by_role("button", name="Check your vote").last
    hands.to(check)
    hands.press("Space")
    review = page.locator("[data-review]")
    expect(review).to_be_focused()
    assert "Cy Cole" in review.inner_text()
    hands.to(page.get_by_role("button", name="Change it"))
    hands.press("Enter")
    expect(page.locator("#questions")).to_be_focused()
    hands.to(check)
    hands.press("Enter")
    hands.to(page.get_by_role("button", name="Seal and cast my vote"))
    page.keyboard.press("Space")
    page.wait_for_url("**/receipt")
    hands.leave(page.get_by_role("link", name="Look for it on the list of sealed votes"))
    assert "receipt" in main.inner_text()


def rank(hands: Keyboard, page: Page) -> None:
    """A number typed twice over is found and led to; then by the buttons to Cy first, Ann second and nobody third."""
    field = {name: page.get_by_label(f"Number for {name}") for name in ("Ann Ash", "Bo Birch", "Cy Cole")}
    in_turn = sorted(field, key=lambda name: field[name].bounding_box()["y"])  # type: ignore[index]
    for name in in_turn:
        hands.type(field[name], {"Ann Ash": "1", "Bo Birch": "1", "Cy Cole": ""}[name])
    page.keyboard.press("Enter")  # checks the paper, and never moves anybody
    expect(page.locator("[data-problems]")).to_be_focused()
    hands.press("Tab")
    page.keyboard.press("Enter")
    wrong = page.locator("input:focus")
    expect(wrong).to_have_value("1")
    hands.to(field["Bo Birch"])
    page.keyboard.press("Control+a")
    hands.press("Delete")
    up = page.get_by_role("button", name="Move Cy Cole up")
    hands.to(up)
    hands.press("Enter")
    hands.press("Space")
    expect(up).to_be_focused()
    expect(page.locator("[data-said]").first).to_have_text("Cy Cole moved up to number 1")
    assert {name: each.input_value() for name, each in field.items()} == {
        "Ann Ash": "2",
        "Bo Birch": "",
        "Cy Cole": "1",
    }


def test_the_eyes_see_a_focus_that_is_lost_or_unmarked(served: Served, new_page: Callable[..., Page]) -> None:
    """A harness that cannot fail proves nothing."""
    page = new_page(served)
    page.goto("/sign-in")
    hands = Keyboard(page)
    hands.to(page.get_by_label("E-mail address or member number"))
    at = "document.activeElement.style"
    for spoil, said in (
        (f"Object.assign({at}, {{outline: 'none', boxShadow: 'none'}})", "no mark"),
        (f"Object.assign({at}, {{position: 'fixed', left: '-900px'}})", "out of sight"),
        ("document.activeElement.blur()", "lost"),
    ):
        page.evaluate(spoil)
        with pytest.raises(AssertionError, match=said):
            hands.press("Shift")


@pytest.fixture
def large(served: Served, new_page: Callable[..., Page]) -> Iterator[Page]:
    yield enlarged(new_page(served, viewport=NARROW))


def test_the_eyes_see_what_is_cut_off(large: Page) -> None:
    """Nor does one that takes a cut heading for a whole one."""
    large.goto("/sign-in")
    fits(large, "sign-in")
    large.evaluate(
        "Object.assign(document.querySelector('h1').style, {height: '1em', overflow: 'hidden', width: '2em'})"
    )
    with pytest.raises(AssertionError):
        fits(large, "sign-in-cut")


def test_a_sealed_vote_with_text_at_twice_its_size(served: Served, large: Page) -> None:
    page, main = large, large.get_by_role("main")
    sign_in(page, str(served.furnished["emails"]["stranger"]))
    fits(page, "home")
    page.goto(f"/ballots/{served.furnished['ballot']}")
    fits(page, "ballot")
    page.goto(f"/ballots/{served.furnished['ballot']}/vote")
    page.get_by_text("sealed in this browser before it is sent").wait_for()
    page.get_by_label("Number for Bo Birch").fill("3")
    main.get_by_role("button", name="Check your vote").last.click()
    expect(page.locator("[data-problems]")).to_be_focused()
    fits(page, "paper-wrong")
    page.get_by_label("Number for Bo Birch").fill("")
    fill_in(page)
    fits(page, "paper")
    main.get_by_role("button", name="Check your vote").last.click()
    fits(page, "check")
    page.get_by_role("button", name="Seal and cast my vote").click()
    page.wait_for_url("**/receipt")
    fits(page, "receipt")
    page.get_by_role("link", name="Look for it on the list of sealed votes").click()
    fits(page, "list")


def test_the_eyes_see_what_is_wider_than_the_screen(served: Served, new_page: Callable[..., Page]) -> None:
    """With scripts switched off as well."""
    page = new_page(served, viewport={"width": 320, "height": 720}, java_script_enabled=False)
    page.goto("/sign-in")
    narrow(page)
    page.evaluate("document.querySelector('h1').style.width = '400px'")
    with pytest.raises(AssertionError, match="too wide"):
        narrow(page)
