"""Votes on a motion: their order rehearsed for everybody, and what follows from what."""

from consult.web.votes.views import pages as pages
