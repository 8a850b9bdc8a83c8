"""What one can do in a consultation now, as the front page says it: the words before the instant at which that ends."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

#: Kind of phase → what to do in it.
UNTIL: dict[str, LazyString] = {
    "consulting": _l("Say what matters until"),
    "drafting": _l("Draft and send motions until"),
    "late motions": _l("Send late motions until"),
    "emergency motions": _l("Send emergency motions until"),
    "amendments": _l("Send amendments until"),
    "debating": _l("Debate until"),
    "compositing": _l("Like motions are brought together until"),
    "prioritising": _l("Choose what is taken until"),
    "voting": _l("Vote until"),
    "certifying": _l("Counting and certification until"),
    "following up": _l("Reports on what was done until"),
}
