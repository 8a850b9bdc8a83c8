"""Standing texts: constitutions and rule books, and the motions that amend them."""

from consult.web.standing.views import pages

__all__ = ["pages"]
