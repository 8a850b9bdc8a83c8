"""Published results."""

from consult.web.results.views import pages as pages
