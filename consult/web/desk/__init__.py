"""The committee page and the certification desk."""

from consult.web.desk import falls as falls
from consult.web.desk.views import pages as pages
