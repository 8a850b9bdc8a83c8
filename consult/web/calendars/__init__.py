"""Calendars: every public deadline, and one's own by a secret address."""

from consult.web.calendars.views import pages

__all__ = ["pages"]
