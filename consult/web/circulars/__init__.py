"""Candidates' circulars: called for, written, approved, sent, agreed to and ended."""

from consult.web.circulars.views import pages as pages
