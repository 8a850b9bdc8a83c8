"""A browser on the test's application, for page tests."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.pages import Browser


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A visitor's browser, not signed in."""
    return Browser(app)
