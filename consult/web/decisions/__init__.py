"""Registers of decisions."""

from consult.web.decisions.views import pages

__all__ = ["pages"]
