"""Links to vote and what became of them: the officers' ledger, new links for voters, and mail that came back."""

from consult.web.deliveries.views import pages as pages
