"""The front page, what one must decide, and the standing pages."""

from consult.web.home import deciding as _deciding  # noqa: F401 (its routes belong to the same pages)
from consult.web.home.views import pages

__all__ = ["pages"]
