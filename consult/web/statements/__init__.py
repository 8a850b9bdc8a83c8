"""A round of statements: answering, proposing, screening, and the opinion groups."""

from consult.web.statements.views import pages as pages
