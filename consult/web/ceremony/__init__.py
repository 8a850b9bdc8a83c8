"""The key ceremony of a sealed ballot before it opens, and the box that is opened off line after it has closed."""

from consult.web.ceremony.views import pages as pages
