"""The style page: every component in use, for those who write pages and for the tests that look at them."""

from consult.web.style.views import pages

__all__ = ["pages"]
