"""Requisitions: members demand a meeting or a recall, and sign for it."""

from consult.web.requisitions.views import pages

__all__ = ["pages"]
