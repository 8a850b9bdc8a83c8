"""Requisitions: how many members can demand a meeting or the recall of an officer, and by when each thing must happen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

MEETING, RECALL = "meeting", "recall"
#: Kind → what is demanded.
KINDS: dict[str, str] = {MEETING: "a special meeting", RECALL: "a vote on recalling an officer"}


@dataclass(frozen=True)
class Terms:
    """What a kind of requisition needs: a share of the members, days to find them, days to hold the meeting after that."""

    share: str
    days_to_sign: int
    days_to_hold: int

    def needed(self, members: int) -> int:
        """How many signatures: the share of the members, rounded up, and at least one.

        >>> TERMS["meeting"].needed(101), TERMS["recall"].needed(0)
        (6, 1)
        """
        share = Fraction(self.share)
        return max(1, -(-members * share.numerator // share.denominator))

    def hold_by(self, met_at: datetime) -> datetime:
        """The instant by which the meeting must begin, once enough have signed."""
        return met_at + timedelta(days=self.days_to_hold)


#: Kind → its terms where a rulebook says nothing else.
TERMS: dict[str, Terms] = {MEETING: Terms("1/20", 28, 42), RECALL: Terms("1/10", 28, 28)}

#: open: being signed · met: enough have signed · called: a sitting takes it · decided · lapsed: not enough in time
STATES = ("open", "met", "called", "decided", "withdrawn")


def state_at(state: str, closes_at: datetime, at: datetime) -> str:
    """The state as people see it: one that was not signed by enough in time has lapsed."""
    return "lapsed" if state == "open" and at >= closes_at else state
