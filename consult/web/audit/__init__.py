"""The audit log."""

from consult.web.audit.views import pages

__all__ = ["pages"]
