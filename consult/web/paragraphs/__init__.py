"""The paper of a consultation, with comments at its paragraphs."""

from consult.web.paragraphs.views import pages as pages
