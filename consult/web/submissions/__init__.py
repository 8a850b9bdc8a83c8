"""Submissions to a consultation."""

from consult.web.submissions.views import pages as pages
