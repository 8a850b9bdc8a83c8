"""Verification put together: the ledger's checks, the counters and the rules for texts; and the one file that ships."""
