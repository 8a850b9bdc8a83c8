"""Help: guides in every language for what people do here, and the way to the right one from each page."""

from consult.web.help.views import pages

__all__ = ["pages"]
