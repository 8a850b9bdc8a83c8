"""Meetings and events of units and consultations."""

from consult.web.gatherings.views import pages as pages
