"""Electoral rolls: what they are made from, who is on them, and why; what comes to them afterwards, and who looks into them."""

from consult.web.rolls import attesting, changing, inspecting
from consult.web.rolls.views import pages

__all__ = ["attesting", "changing", "inspecting", "pages"]
