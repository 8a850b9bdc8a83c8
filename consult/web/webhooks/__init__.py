"""Webhooks: registered and looked after by administrators."""

from consult.web.webhooks.views import pages

__all__ = ["pages"]
