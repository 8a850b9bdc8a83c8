"""Mandates: how far a branch binds its delegate on one matter, and what the delegate says became of it."""

from __future__ import annotations

from collections.abc import Collection

FREE, INSTRUCTED, DISCRETION = KINDS = ("free", "instructed", "instructed with discretion")

KIND_MEANINGS: dict[str, str] = {
    FREE: "the delegate decides after hearing the debate",
    INSTRUCTED: "the delegate votes as the branch decided",
    DISCRETION: "the delegate votes as the branch decided, unless what is said or amended changes the matter, and then says why",
}

FOR, AGAINST, ABSTAIN = POSITIONS = ("for", "against", "abstain")

#: What a delegate can say to have done.
AS_INSTRUCTED, OTHERWISE, BY_DISCRETION, FREELY, NOT_PUT, ABSENT = DEEDS = (
    "as instructed", "otherwise", "by discretion", "freely", "not put", "absent",
)  # fmt: skip

DEED_MEANINGS: dict[str, str] = {
    AS_INSTRUCTED: "I voted as the branch instructed me",
    OTHERWISE: "I voted otherwise than instructed",
    BY_DISCRETION: "I used the discretion that I was given",
    FREELY: "I voted as I thought right, as I was free to",
    NOT_PUT: "It was not put to the vote, or fell before",
    ABSENT: "I was not there, or did not vote",
}


def deeds(kind: str) -> tuple[str, ...]:
    """What can be said under a mandate of this kind.

    >>> deeds("free")
    ('freely', 'not put', 'absent')
    """
    if kind == FREE:
        return (FREELY, NOT_PUT, ABSENT)
    used = (AS_INSTRUCTED, BY_DISCRETION, OTHERWISE) if kind == DISCRETION else (AS_INSTRUCTED, OTHERWISE)
    return (*used, NOT_PUT, ABSENT)


def kept(position: str, votes: Collection[str]) -> bool | None:
    """Whether open votes that are on the record keep to an instructed position; None where none is on the record.

    >>> kept("for", ["for", "for"]), kept("for", ["against"]), kept("for", [])
    (True, False, None)
    """
    if not votes:
        return None
    return all(vote == position for vote in votes)
