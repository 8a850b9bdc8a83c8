"""The policy book."""

from consult.web.policy.views import pages as pages
