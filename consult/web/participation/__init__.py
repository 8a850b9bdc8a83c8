"""How people take part in a consultation: terms and questions."""

from consult.web.participation.views import pages as pages
