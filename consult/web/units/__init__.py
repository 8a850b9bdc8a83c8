"""Units and offices: the tree, who is who, and giving and ending roles."""

from consult.web.units import roles
from consult.web.units.views import pages

__all__ = ["pages", "roles"]
