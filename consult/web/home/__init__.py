"""The front page and the standing pages."""

from consult.web.home.views import pages as pages
