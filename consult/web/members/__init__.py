"""The register of members: searched, shown, corrected, merged, and imported from a file."""

from consult.web.members import claims, imports, merging, suspending
from consult.web.members.views import pages

__all__ = ["claims", "imports", "merging", "pages", "suspending"]
