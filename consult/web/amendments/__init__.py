"""Amendments: drafted by editing the text, previewed, submitted, answered."""

from consult.web.amendments.views import pages as pages
