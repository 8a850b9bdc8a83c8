"""Nominations for seats of bodies: the calls, the candidates, and what comes of them."""

from consult.web.nominations import deciding
from consult.web.nominations.views import pages

__all__ = ["deciding", "pages"]
