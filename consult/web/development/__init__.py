"""Pages for developing: mail that was not sent, and the codes of the demonstration's people."""

from consult.web.development.views import pages

__all__ = ["pages"]
