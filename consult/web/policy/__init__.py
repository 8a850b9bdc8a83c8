"""The policy book."""

from consult.web.policy import keeping as _keeping  # noqa: F401 (its routes belong to the same pages)
from consult.web.policy import sending as _sending  # noqa: F401 (likewise)
from consult.web.policy.views import pages

__all__ = ["pages"]
