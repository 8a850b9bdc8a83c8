"""Requisitions: how many members can demand a meeting or the recall of an officer, and by when each thing must happen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

MEETING, RECALL = "meeting", "recall"


@dataclass(frozen=True)
class Terms:
    """What a kind of requisition needs: a share of the members, days to find them, days to hold the meeting after that."""

    name: str
    share: Fraction
    days_to_sign: int
    days_to_hold: int

    def needed(self, members: int) -> int:
        """How many signatures: the share of the members, rounded up, and at least one.

        >>> TERMS["meeting"].needed(101), TERMS["recall"].needed(0)
        (6, 1)
        """
        return max(1, -(-members * self.share.numerator // self.share.denominator))


#: Kind → its terms.
TERMS: dict[str, Terms] = {
    MEETING: Terms("a special meeting", Fraction(1, 20), 28, 42),
    RECALL: Terms("a vote on recalling an officer", Fraction(1, 10), 28, 28),
}

#: open: being signed · met: enough have signed · called: a sitting takes it · decided · lapsed: not enough in time
STATES = ("open", "met", "called", "decided", "withdrawn")


def state_at(state: str, closes_at: datetime, at: datetime) -> str:
    """The state as people see it: one that was not signed by enough in time has lapsed."""
    return "lapsed" if state == "open" and at >= closes_at else state


def hold_by(met_at: datetime, kind: str) -> datetime:
    """The instant by which the meeting must begin."""
    return met_at + timedelta(days=TERMS[kind].days_to_hold)
