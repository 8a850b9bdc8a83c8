"""The public verifier with the counters of the house, for tests of what was published."""

from __future__ import annotations

from consult.counting.lots import seed_of
from consult.ledger.report import Report
from consult.ledger.verify import verify
from consult.text.published import replayed_hash
from consult.verifier.standalone import counters, margins_of


def report_of(bundle: bytes) -> Report:
    """What `consult verify` says of a bundle."""
    rules = {"combine": seed_of, "replay": replayed_hash, "margins": margins_of}
    return verify(bundle, counters(), **rules)
