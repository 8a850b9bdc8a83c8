"""What one officer proposes and a second agrees to: the kinds, how long a proposal stands, and when one person is enough."""

from __future__ import annotations

from datetime import datetime, timedelta

#: Kinds of proposal → what it comes to once it is agreed to.
ANNUL, END_ROLE, VACATE, END_FOUNDING, POLL_AGAIN, MERGE, CLOSE = KINDS = (
    "annul ballot", "end role", "vacate seat", "end founding period", "poll again", "merge unit", "close unit",
)  # fmt: skip

MEANINGS: dict[str, str] = {
    ANNUL: "the ballot is annulled",
    END_ROLE: "the role ends",
    VACATE: "the seat is vacant",
    END_FOUNDING: "the founding period ends, and with it every interim term",
    POLL_AGAIN: "the ballot is annulled and nominations are called again",
    MERGE: "the unit is merged into another, and its offices end",
    CLOSE: "the unit is closed, and its offices end",
}

#: How a proposal came to its end.
DONE, ALONE, WITHDRAWN, LAPSED, OVERTAKEN = ENDS = ("done", "done alone", "withdrawn", "lapsed", "overtaken")

#: For so long is a proposal public before it can be carried out where nobody else holds the right; and so long ago must
#: somebody have come to an office, where the proposer gave it to them, to be the second.
WAIT = timedelta(hours=72)

#: After this nobody can agree to it any more.
LIFE = timedelta(days=28)


def lapses_at(proposed_at: datetime) -> datetime:
    """The instant from which a proposal that nobody agreed to has lapsed.

    >>> from datetime import UTC
    >>> lapses_at(datetime(2026, 3, 1, 12, tzinfo=UTC)).isoformat()
    '2026-03-29T12:00:00+00:00'
    """
    return proposed_at + LIFE


def counts_as_second(given_by: str, starts_at: datetime, proposer_id: int, at: datetime) -> bool:
    """Whether a holder of the right can agree: not somebody whom the proposer brought in less than `WAIT` ago.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> [counts_as_second(who, noon, 7, noon + timedelta(hours=h)) for who, h in
    ...  (("member:7", 71), ("member:7", 72), ("member:8", 1), ("machine:console", 1))]
    [False, True, True, True]
    """
    return given_by != f"member:{proposer_id}" or starts_at + WAIT <= at
