"""A sealed vote from sign-in to receipt by keyboard alone, and with text at twice its size: nobody needs a mouse or good eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import eyes
from tests.browser.server import Served
from tests.browser.test_sealing import PASSWORD, fill_in, furnish, sign_in

#: What is wrong with where the focus is: lost, out of sight, without a mark, or behind something; empty where all is well.
UNSEEN = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "the focus is lost";
  const shown = at.matches(".govuk-radios__input, .govuk-checkboxes__input") ? at.labels[0] : at;
  const marks = [getComputedStyle(at), getComputedStyle(shown, "::before"), getComputedStyle(shown)];
  const box = at.getClientRects()[0] ?? at.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)];
  const name = at.outerHTML.slice(0, 160);
  if (box.width < 2 || box.height < 2) return "too small to be seen: " + name;
  if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return "out of sight: " + name;
  if (!marks.some((s) => (s.outlineStyle !== "none" && s.outlineWidth !== "0px") || s.boxShadow !== "none"))
    return "no mark of the focus: " + name;
  const top = document.elementFromPoint(x, y);
  if (!(at.contains(top) || top?.contains(at) || shown.contains(top))) return "hidden behind something: " + name;
  return "";
}"""

#: Words that are cut off: more text than its box shows, where the box hides what is too much.
CUT = """() => [...document.querySelectorAll("body *")].filter((e) => {
  const style = getComputedStyle(e);
  if (e.closest(".govuk-visually-hidden, .scroll, [aria-hidden=true], select, svg") || !e.checkVisibility()) return false;
  if (!e.innerText?.trim() || style.position === "absolute" && e.offsetWidth < 2) return false;
  const hides = (way) => ["hidden", "clip"].includes(way);
  return (hides(style.overflowX) && e.scrollWidth > e.clientWidth + 1)
    || (hides(style.overflowY) && e.scrollHeight > e.clientHeight + 1);
}).map((e) => e.outerHTML.slice(0, 160))"""


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    return serve(furnish)


class Keyboard:
    """Hands that have a keyboard and nothing else; after every key the focus must be somewhere, and seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, key: str) -> None:
        """One key."""
        self.page.keyboard.press(key)
        wrong = self.page.evaluate(UNSEEN)
        assert not wrong, f"{self.page.url} after {key}: {wrong}"

    def to(self, target: Locator) -> None:
        """Tab forwards or backwards until the focus is there."""
        expect(target).to_be_visible()
        ahead = target.evaluate("e => Boolean(document.activeElement.compareDocumentPosition(e) & 4)")
        key = "Tab" if ahead else "Shift+Tab"
        for _ in range(90):
            if target.evaluate("e => e === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"{self.page.url}: no way to {target} by {key}")

    def type(self, target: Locator, text: str) -> None:
        """Go there and type."""
        self.to(target)
        self.page.keyboard.type(text)

    def leave(self, target: Locator, key: str = "Enter") -> None:
        """Go to a link or button that leads to another page, and follow it."""
        self.to(target)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)


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
    """A page of 320 CSS pixels at twice the size of its text: 640 by the screen's own measure."""
    page = new_page(served, viewport={"width": 640, "height": 720})
    double = "document.documentElement.style.fontSize = '200%'"
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {double} }})")
    yield page


def fits(page: Page, name: str) -> None:
    """Nothing wider than the screen, and nothing cut off; keeps a picture."""
    eyes.SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=eyes.SHOTS / f"large-{name}.png", full_page=True)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide: {page.evaluate(eyes.WIDE)}"
    assert page.evaluate(CUT) == [], page.url


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
