"""Other ways to use a page than with a mouse and good eyes: a keyboard alone, scripts off, text at twice its size."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser import eyes

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

#: 320 CSS pixels at twice the size of the text: 640 by the screen's own measure.
NARROW = {"width": 640, "height": 720}


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

    def choose(self, target: Locator) -> None:
        """A choice of several: to the group, and on by the arrows."""
        group = self.page.locator(f"input[type=radio][name='{target.get_attribute('name')}']")
        chosen = group.and_(self.page.locator(":checked"))
        self.to(chosen if chosen.count() else group.first)
        self.press("Space")
        for _ in range(group.count()):
            if target.is_checked():
                return
            self.press("ArrowDown")
        raise AssertionError(f"{self.page.url}: {target} cannot be chosen by the arrows")

    def tick(self, target: Locator) -> None:
        """A box to be ticked."""
        self.to(target)
        self.press("Space")
        expect(target).to_be_checked()

    def pick(self, target: Locator) -> None:
        """The first of a list that folds out."""
        self.to(target)
        self.press("ArrowDown")

    def go(self, path: str) -> None:
        """To an address, and with the first key past the menu: the focus is in the main part then."""
        self.page.goto(path)
        self.press("Tab")
        expect(self.page.get_by_role("link", name="Skip to main content")).to_be_focused()
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("main")).to_be_focused()

    def leave(self, target: Locator, key: str = "Enter") -> None:
        """Go to a link or button that leads to another page, and follow it."""
        self.to(target)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)


class Pointer:
    """Hands with a mouse, or fingers; every page that they come to and leave is looked at with `see`."""

    def __init__(self, page: Page, see: Callable[[Page], None]) -> None:
        self.page, self.see = page, see

    def type(self, target: Locator, text: str) -> None:
        """Type into a field."""
        target.fill(text)

    def choose(self, target: Locator) -> None:
        """A choice of several."""
        target.check()

    def tick(self, target: Locator) -> None:
        """A box to be ticked."""
        target.check()

    def pick(self, target: Locator) -> None:
        """The first of a list that folds out."""
        target.select_option(index=1)

    def go(self, path: str) -> None:
        """To an address."""
        self.page.goto(path)
        self.see(self.page)

    def leave(self, target: Locator) -> None:
        """Press a link or button that leads to another page."""
        self.see(self.page)
        with self.page.expect_navigation():
            target.click()
        self.see(self.page)


def narrow(page: Page) -> None:
    """Nothing is wider than the screen; what is wide in a scroller of its own is not counted."""
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide: {page.evaluate(eyes.WIDE)}"


def enlarged(page: Page) -> Page:
    """The page with its text, and that of all that follow, at twice its size."""
    double = "document.documentElement.style.fontSize = '200%'"
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {double} }})")
    return page


def fits(page: Page, name: str = "") -> None:
    """Nothing wider than the screen, and nothing cut off; keeps a picture when given a name."""
    page.wait_for_load_state()
    if name:
        eyes.SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=eyes.SHOTS / f"large-{name}.png", full_page=True)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    narrow(page)
    assert page.evaluate(CUT) == [], page.url
