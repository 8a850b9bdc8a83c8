"""Rulings: the committee's queue, the public ledger, appeals."""

from consult.web.rulings.views import pages as pages
