"""For machines that watch this one: health, readiness, version and metrics."""

from consult.web.health.views import pages

__all__ = ["pages"]
