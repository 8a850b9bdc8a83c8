"""Units and offices: the tree, each unit's page, what is done to a unit, and giving and ending roles."""

from consult.web.units import keeping, people, roles
from consult.web.units.views import pages

__all__ = ["keeping", "pages", "people", "roles"]
