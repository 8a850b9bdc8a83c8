"""Consultations: paper, timetable and rulebook."""

from consult.web.consultations.views import pages as pages
