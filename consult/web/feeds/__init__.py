"""Atom feeds of what is new."""

from consult.web.feeds.views import pages

__all__ = ["pages"]
