"""Amendments: drafted by editing the text, previewed, submitted, answered."""

from consult.web.amendments import writing as _writing  # noqa: F401 (its routes belong to the same pages)
from consult.web.amendments.views import pages as pages
