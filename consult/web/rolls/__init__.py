"""Electoral rolls: what they are made from, who is on them, and why."""

from consult.web.rolls.views import pages

__all__ = ["pages"]
