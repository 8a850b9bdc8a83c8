"""The read API: everything that is public, and what a member's token lets a program read."""

from consult.web.api import consultations, motions, records, views
from consult.web.api.operations import pages

__all__ = ["consultations", "motions", "pages", "records", "views"]
