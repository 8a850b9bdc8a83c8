"""Bodies of units and their seats."""

from consult.web.bodies.views import pages

__all__ = ["pages"]
