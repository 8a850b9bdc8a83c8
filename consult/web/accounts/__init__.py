"""Accounts: signing in and out, one's own account, and resets by officers."""

from consult.web.accounts import authenticator, confirming, identities, own, passkeys, resets
from consult.web.accounts.views import pages

__all__ = ["authenticator", "confirming", "identities", "own", "pages", "passkeys", "resets"]
