"""A browser on the test's application, for page tests; and the real browser, for those whose pages are in the gallery."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium

from tests.browser import gallery
from tests.conftest import CHROMIUM
from tests.web.pages import Browser

#: Test, as "file.py::name" → what it is to show in the gallery.
HUNG: dict[str, list[gallery.Exhibit]] = defaultdict(list)
for exhibit in gallery.exhibits("shown", "refused"):
    HUNG[exhibit.where].append(exhibit)


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A visitor's browser, not signed in."""
    return Browser(app)


@pytest.fixture(scope="session")
def wall(chromium: Chromium) -> gallery.Wall:
    """Where pages are looked at."""
    return gallery.Wall(chromium)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """When a test has passed that shows pages of the gallery, axe looks at them."""
    due = HUNG.get(f"{pyfuncitem.path.name}::{pyfuncitem.name}")
    if not due or not CHROMIUM.exists():  # tests/browser says loudly that it is missing
        return (yield)
    with gallery.recorded() as shown:
        outcome = yield
    wall: gallery.Wall = pyfuncitem._request.getfixturevalue("wall")
    wrong: list[str] = []
    for exhibit in due:
        pages = [each for each in shown if (each.kind, each.template) == (exhibit.kind, exhibit.template)]
        assert pages, f"tests/browser/gallery.txt: {exhibit.where} is not {exhibit.kind} {exhibit.template} any more"
        wrong += wall.look(max(pages, key=lambda each: len(each.body)))
    assert not wrong, "\n\n".join(wrong)
    return outcome
