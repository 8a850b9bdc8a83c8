"""Every page of the product in a real browser, without a server: what somebody was shown is kept, and hung where axe sees it.

`gallery.txt` says for each page template where it is seen. A line begins with

- `asked`: as whom, and at which endpoint, it is seen in the movement of `test_every_page.py`;
- `shown`: the test of `tests/web` that is shown it, and after which it is looked at (see the conftest there);
- `refused`: the same of a page with its summary of what was wrong;
- `watched`: the test of this folder that looks at it on its way;
- `unseen`: why nobody looks at it yet; there are fewer than ten of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request, request_finished, template_rendered
from playwright.sync_api import Browser, ConsoleMessage, Route

from consult import paths
from tests.browser import eyes

BASE = "https://consult.test"
ROOM = paths.templates()
LIST = Path(__file__).with_name("gallery.txt")
PAGE = re.compile(r'{%\s*extends "(base|errors/_help)\.html"')


def page_templates() -> frozenset[str]:
    """The templates that are whole pages: they are laid into the frame, and no other page is made from them."""
    names = (path.relative_to(ROOM) for path in ROOM.rglob("*.html") if not path.name.startswith("_"))
    return frozenset(name.as_posix() for name in names if PAGE.search((ROOM / name).read_text(encoding="utf-8")))


PAGES = page_templates()


@dataclass(frozen=True)
class Exhibit:
    """A line of the list: how a template comes to be seen, and where."""

    kind: str
    template: str
    where: str


def exhibits(*kinds: str) -> tuple[Exhibit, ...]:
    """The lines of these kinds; all without one."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    found = (Exhibit(*line.split(maxsplit=2)) for line in lines if line and not line.startswith("#"))
    return tuple(each for each in found if not kinds or each.kind in kinds)


@dataclass(frozen=True)
class Shown:
    """A page as somebody was shown it."""

    template: str
    address: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    app: Flask

    @property
    def kind(self) -> str:
        """ "refused" for a page that says what was wrong with a form, else "shown"."""
        return "refused" if b"govuk-error-summary" in self.body else "shown"

    @property
    def skeleton(self) -> tuple[str, str]:
        """What stands in the main part and around it, without the words: pages that differ only in words look alike to axe."""
        text = self.body.decode()
        before, _, rest = text.partition("<main")
        main, _, after = rest.partition("</main>")
        return _bones(main), _bones(before + after)


def _bones(html: str) -> str:
    """Tags with their classes and roles, each once: a second row of a table adds nothing to see."""
    tags = re.findall(r"<[a-z][^>]*>", html)
    return "".join(sorted({re.sub(r'\s(?!class|role|type)[\w-]+="[^"]*"|\d+', "", tag) for tag in tags}))


@contextmanager
def recorded() -> Iterator[list[Shown]]:
    """The pages that any application in this process shows meanwhile, in their order."""
    shown: list[Shown] = []
    rendered: list[str] = []

    def note(sender: Flask, template: Any, **more: Any) -> None:
        rendered.append(template.name or "")

    def keep(sender: Flask, response: Response, **more: Any) -> None:
        name = next((each for each in rendered if each in PAGES), "")
        rendered.clear()
        if name and response.status_code != 304:
            where = request.full_path.removesuffix("?")
            kept = tuple((key, value) for key, value in response.headers if key.lower() not in ("set-cookie", "vary"))
            shown.append(Shown(name, where, response.status_code, kept, response.get_data(), sender))

    with template_rendered.connected_to(note), request_finished.connected_to(keep):
        yield shown


class Wall:
    """One tab of the browser in which pages are hung; styles and scripts come from the application that showed them."""

    def __init__(self, chromium: Browser) -> None:
        self.files: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.faults: list[str] = []
        self.shown: Shown | None = None
        self.context = chromium.new_context(base_url=BASE, locale="en-GB")
        self.context.route("**/*", self._answer)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._listen)

    def _listen(self, said: ConsoleMessage) -> None:
        """Errors and violations of the policy are faults; that the page itself is a refusal is not."""
        if said.type == "error" and "the server responded with a status of" not in said.text:
            self.faults.append(f"{self.page.url}: {said.text}")

    def _answer(self, route: Route) -> None:
        assert self.shown is not None
        if route.request.is_navigation_request():
            route.fulfill(status=self.shown.status, headers=dict(self.shown.headers), body=self.shown.body)
            return
        path = urlsplit(route.request.url).path
        if path not in self.files:
            got = self.shown.app.test_client(use_cookies=False).get(path, base_url=BASE)
            found = got.status_code < 300  # what is only its reader's own is not fetched here
            self.files[path] = (200, dict(got.headers), got.get_data()) if found else (404, {}, b"")
        status, headers, body = self.files[path]
        route.fulfill(status=status, headers=headers, body=body)

    def look(self, shown: Shown, sights: tuple[eyes.Sight, ...] = ()) -> list[str]:
        """What is wrong with a page: each violation in each of the sights (else those of `eyes.sights`), and faults of scripts."""
        self.shown = shown
        self.faults.clear()
        self.page.goto(BASE + shown.address)
        wrong = []
        for sight in sights or eyes.sights(shown.template):
            try:
                eyes.look(self.page, sight)
            except AssertionError as complaint:
                wrong.append(f"{shown.template}: {complaint}")
        return wrong + self.faults
