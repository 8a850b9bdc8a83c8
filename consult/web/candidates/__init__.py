"""Candidates: a ballot's candidates with statements and photographs, and the form that gives them."""

from consult.web.candidates import questions as questions
from consult.web.candidates.views import pages as pages
