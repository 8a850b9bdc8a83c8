"""Moderation of debate: its public record, the moderators' desk, slow mode and screening, and appeals."""

from consult.web.moderation import appeals as appeals
from consult.web.moderation import rules as rules
from consult.web.moderation.views import pages as pages
