"""The rules of debate: grounds on which a contribution is taken down, slow mode, screening, limits, and times to act in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from consult.domain.timetable import written


def translatable(words: str) -> str:
    """The words themselves, marked for the catalogues of translations."""
    return words


#: Ground of a moderator's decision → what it says of the contribution, in a sentence that begins "It …".
GROUNDS: dict[str, str] = {
    "person": translatable("It attacks a person, not an argument."),
    "private": translatable("It tells what is private about somebody."),
    "demeaning": translatable("It demeans people for who they are."),
    "off the matter": translatable("It is not about this matter."),
    "repeated": translatable("It says again what the same person has said here."),
    "advertising": translatable("It advertises or canvasses."),
    "unlawful": translatable("It may be unlawful to publish."),
    "rules": translatable("It breaks the rules of debate in another way."),
}

#: How a thread can be moderated as a whole.
RULES = ("slow", "screening")
#: Minutes between two contributions of one person that a moderator can declare.
INTERVALS = (5, 10, 30, 60, 240, 1440)

#: How long the author can correct a contribution.
EDIT_WITHIN = timedelta(minutes=15)
#: A contribution that no moderator has looked at in this time appears by itself.
SCREEN_WITHIN = timedelta(hours=24)
#: How long the author can appeal, and how soon the appeal is to be decided.
APPEAL_WITHIN = timedelta(days=14)
ANSWER_APPEAL_WITHIN = timedelta(days=7)
#: The most contributions of one person in an hour, in all debates together.
MOST_AN_HOUR = 30
#: How long the same words of the same person at the same place are taken for a second press of the button.
SAME_WITHIN = timedelta(minutes=10)

#: The fewest and the most words of a summary, declared beforehand and the same for both sides: whatever the two write, the
#: shorter has at least nine tenths of the words of the longer, and neither side sets the other's length or waits to learn it.
FEWEST_SUMMARY_WORDS, SUMMARY_WORDS = 90, 100
#: How long a side's summary waits for one of the other side before it stands alone.
SUMMARY_WAITS = timedelta(days=7)
FEWEST_APPROVALS, MOST_APPROVALS = 2, 10


def minutes_in_words(minutes: int) -> str:
    """An interval for sentences.

    >>> [minutes_in_words(n) for n in (5, 60, 240, 1440)]
    ['5 minutes', '1 hour', '4 hours', '24 hours']
    """
    if minutes < 60:
        return f"{minutes} minutes"
    hours = minutes // 60
    return f"{hours} hour{'s' if hours > 1 else ''}"


def again_at(said: Sequence[datetime], minutes: int) -> datetime | None:
    """The first instant at which somebody who spoke at `said` may speak again, or None who has not spoken."""
    return max(said) + timedelta(minutes=minutes) if said else None


def too_soon(minutes: int, reason: str, when: datetime) -> str:
    """The sentence for somebody who speaks too soon in slow mode."""
    return (
        f"This debate is in slow mode: each person speaks once in {minutes_in_words(minutes)} ({reason}). "
        f"You may speak again from {written(whole_minute(when))}. What you typed is kept below."
    )


def whole_minute(when: datetime) -> datetime:
    """The first whole minute that is not before an instant: nobody is told to come back some seconds too soon.

    >>> whole_minute(datetime(2026, 3, 2, 12, 5, 1)), whole_minute(datetime(2026, 3, 2, 12, 5))
    (datetime.datetime(2026, 3, 2, 12, 6), datetime.datetime(2026, 3, 2, 12, 5))
    """
    begun = when.replace(second=0, microsecond=0)
    return begun if begun == when else begun + timedelta(minutes=1)


def alike(one: int, other: int) -> bool:
    """Whether summaries of so many words are of equal length: the shorter has nine tenths of the words of the longer, or more.

    >>> alike(100, 90), alike(89, 100)
    (True, False)
    """
    return min(one, other) * SUMMARY_WORDS >= max(one, other) * FEWEST_SUMMARY_WORDS


def approvals_needed(speakers: int) -> int:
    """How many of those who spoke on a side must approve its summary: half of them, at least two and at most ten.

    >>> [approvals_needed(n) for n in (1, 2, 5, 12, 400)]
    [2, 2, 3, 6, 10]
    """
    return max(FEWEST_APPROVALS, min(MOST_APPROVALS, -(-speakers // 2)))
