"""The register of members: searched, shown, corrected, merged, and imported from a file."""

from consult.web.members import imports, merging, suspending
from consult.web.members.views import pages

__all__ = ["imports", "merging", "pages", "suspending"]
