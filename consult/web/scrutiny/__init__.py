"""What a scrutineer sees: everything of one ballot, and the report of it."""

from consult.web.scrutiny.views import pages as pages
