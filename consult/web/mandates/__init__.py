"""Mandates of delegates and what they report back."""

from consult.web.mandates.views import pages

__all__ = ["pages"]
