"""Debate: contributions, answers, reports and moderation."""

from consult.web.debate.views import pages as pages
