"""Meetings and events: their kinds, whom they are for, and by which majority a vote at one is carried."""

from __future__ import annotations

from fractions import Fraction

KINDS: dict[str, str] = {
    "meeting": "a meeting of a unit, with a quorum, minutes and votes",
    "consultation event": "a discussion of a consultation's paper",
    "hustings": "candidates answer questions",
    "training": "something is learnt",
    "social": "people get to know one another",
}
OPEN_TO: dict[str, str] = {
    "its members": "members of the unit and of those below it",
    "members": "every member",
    "members and supporters": "every member and supporter",
}
COMING, WAITING, NOT_COMING = "coming", "waiting", "not coming"
ANSWERS = (COMING, WAITING, NOT_COMING)
HOW = ("in the room", "from afar")
#: How the attendance keeps a member whom the quorum of the meeting does not count: one of another unit.
GUEST = "guest"
CARRIED, LOST, INQUORATE = "carried", "lost", "not quorate"
OUTCOMES = (CARRIED, LOST, INQUORATE)

#: Key of a majority → threshold, comparison, and what it is called.
MAJORITIES: dict[str, tuple[str, str, str]] = {
    "simple": ("1/2", ">", "more votes for than against"),
    "two thirds": ("2/3", ">=", "at least two thirds of the votes for and against"),
    "three quarters": ("3/4", ">=", "at least three quarters of the votes for and against"),
}

#: Days after an event for which access needs are kept, and hours before it at which those who come are reminded.
ACCESS_DAYS, REMINDER_HOURS = 14, 48


def outcome(votes_for: int, votes_against: int, threshold: str, comparison: str, quorate: bool) -> str:
    """What a vote came to: abstentions count towards neither side, and an inquorate meeting decides nothing.

    >>> outcome(20, 10, "2/3", ">=", True), outcome(10, 10, "1/2", ">", True), outcome(9, 0, "1/2", ">", False)
    ('carried', 'lost', 'not quorate')
    """
    if not quorate:
        return INQUORATE
    cast = votes_for + votes_against
    needed = Fraction(threshold) * cast
    enough = votes_for > needed if comparison == ">" else votes_for >= needed
    return CARRIED if cast and enough else LOST
