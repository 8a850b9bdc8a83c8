"""The committee page and the certification desk."""

from consult.web.desk.views import pages as pages
