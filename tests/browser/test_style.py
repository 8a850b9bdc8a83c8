"""The style page in a real browser: every component, in every way of looking, and the scripts that help."""

from __future__ import annotations

import pytest

from tests.browser import eyes
from tests.browser.conftest import NewPage, Serve, Visit


@pytest.mark.parametrize("sight", eyes.MATRIX, ids=str)
def test_shuts_nobody_out(serve: Serve, new_page: NewPage, visit: Visit, sight: eyes.Sight) -> None:
    page = new_page(serve())
    visit(page, "/style", "style", (sight,))
    page.get_by_role("button", name="Save draft").last.click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    eyes.look(page, sight, "style-wrong")
