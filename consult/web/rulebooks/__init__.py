"""Rulebooks: what ships, what is adopted, and what applied to what."""

from consult.web.rulebooks.views import pages as pages
