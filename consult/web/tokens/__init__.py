"""Tokens for programs."""

from consult.web.tokens.views import pages

__all__ = ["pages"]
