"""The register of members: searched, shown, corrected, and imported from a file."""

from consult.web.members import imports
from consult.web.members.views import pages

__all__ = ["imports", "pages"]
