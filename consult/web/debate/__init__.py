"""Debate: contributions, answers, corrections, reports, and the summaries of both sides."""

from consult.web.debate import summaries as summaries
from consult.web.debate.views import pages as pages
