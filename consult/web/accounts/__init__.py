"""Accounts: signing in and out, one's own account, and resets by officers."""

from consult.web.accounts import authenticator, own, resets
from consult.web.accounts.views import pages

__all__ = ["authenticator", "own", "pages", "resets"]
