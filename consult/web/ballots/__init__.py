"""Ballots: list, page and editor."""

from consult.web.ballots.views import pages as pages
