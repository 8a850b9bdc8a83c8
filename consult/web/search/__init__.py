"""Searching."""

from consult.web.search.views import pages

__all__ = ["pages"]
