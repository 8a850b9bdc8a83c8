"""A real server and a real browser for the tests of this folder.

`serve(furnisher)` starts the application on a fresh database that `furnisher()` filled (one server per furnisher and
session); `new_page(served)` opens a page whose console must stay clean; `visit(page, path)` goes there and looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Response

from tests.browser import eyes
from tests.browser.server import DidNotStart, Served, furnish
from tests.databases import Sqlite

Serve = Callable[..., Served]
NewPage = Callable[..., Page]
Visit = Callable[..., Response]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def settled() -> Iterator[None]:
    """Every click lets the page that follows load: what does not wait (`count`, axe) would look at half of one."""
    click = Locator.click

    def click_and_settle(self: Locator, **options: Any) -> None:
        click(self, **options)
        self.page.wait_for_load_state()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", click_and_settle)
        yield


@pytest.fixture(scope="session")
def serve(sqlite: Sqlite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Start (once per furnisher and settings) the application on a database that the furnisher filled."""
    running: dict[Any, Served] = {}
    broken: list[str] = []

    def start(furnisher: Callable[[], Any] | None = None, **settings: str) -> Served:
        key = (furnisher, *sorted(settings.items()))
        if broken:
            pytest.fail(broken[0], pytrace=False)  # it would not start a second time either
        if key not in running:
            folder = tmp_path_factory.mktemp("served")
            database = sqlite.fresh()
            furnished = furnish(database, folder, furnisher)
            try:
                running[key] = Served(database, folder, settings, furnished)
            except DidNotStart as failure:
                broken.append(str(failure))
                raise
        return running[key]

    yield start
    for served in running.values():
        served.stop()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[NewPage]:
    """Open pages in contexts of their own, as `new_page(served, java_script_enabled=False)`; consoles stay clean."""
    opened = []
    complaints: list[str] = []

    def open_page(served: Served, **options: Any) -> Page:
        context = chromium.new_context(base_url=served.base, locale="en-GB", **options)
        context.set_default_timeout(15_000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: complaints.append(f"{page.url}: {said.text}") if _bad(said) else None)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not complaints, "\n".join(complaints)


def _bad(said: Any) -> bool:
    """Errors and policy violations; a refusal's own status (4xx) is not one."""
    return said.type == "error" and "the server responded with a status of 4" not in said.text


@pytest.fixture
def visit() -> Visit:
    """Go to a path and look at it in the ways of `eyes.sights`, or those given; keep pictures when given a name."""

    def go(page: Page, path: str, name: str = "", looks: tuple[eyes.Sight, ...] = ()) -> Response:
        answer = page.goto(path)
        assert answer is not None, f"{path} did not load"
        for sight in looks or eyes.sights(path):
            eyes.look(page, sight, name)
        return answer

    return go
