"""The hall: sittings as everybody follows them, and the pages of their chairs, tellers and committee."""

from consult.web.hall import chair as _chair  # noqa: F401
from consult.web.hall import keeping as _keeping  # noqa: F401 (their routes belong to the same pages)
from consult.web.hall.views import pages

__all__ = ["pages"]
