"""Proposals that take two officers: to annul a ballot, or to end somebody else's office."""

from consult.web.proposals.views import pages

__all__ = ["pages"]
