"""The member's ballot paper: vote, check, cast, receipt."""

from consult.web.voting.views import pages as pages
