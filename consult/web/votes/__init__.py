"""Votes on a motion: their order rehearsed for everybody, challenged and answered, and what follows from what."""

from consult.web.votes import challenging as _challenging  # noqa: F401 (its routes belong to the same pages)
from consult.web.votes.views import pages as pages
