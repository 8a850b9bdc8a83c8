"""Challenged ballots: casting one, and deciding them in a batch."""

from consult.web.challenges.views import pages as pages
