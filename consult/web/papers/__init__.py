"""Voting on paper: duties, outer envelopes, entering papers, and what is printed."""

from consult.web.papers.views import pages as pages
