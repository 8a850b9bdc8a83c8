"""The levels of secrecy in words that members understand: who could find out how somebody voted, and what it would take.

These sentences stand before the vote, on the receipt, in what the committee signs and in the bundle, always the same.
"""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """`name` of the level, `who` could find out how somebody voted, `takes`: what that would take."""

    name: str
    who: str
    takes: str


LEVELS: dict[str, Words] = {
    "sealed": Words(
        "Sealed votes: no single person can open them",
        "Nobody alone can see how you voted: not the people who run this server, no officer, and no thief of its database.",
        "It would take the key, which is split among several members of the organisation, and the sealed votes with the "
        "names on them: so many holders of a share and the people who run the server would have to act together, against "
        "the rules, before the sealed votes are destroyed. Somebody who changes the programs of this server, or controls "
        "your device, could see a vote while it is being filled in.",
    ),
    "operator": Words(
        "Secret votes, with the key kept by the server",
        "The people who run this server could see how you voted, if they set out to. Nobody else can: no officer, and no "
        "thief of the database without the server's own key.",
        "It would take the server's key and its database, which the people who run it both have. This level is meant for "
        "ballots in which you trust them not to look.",
    ),
    "recorded": Words(
        "Open votes: published with names",
        "Everybody will see how you voted. This is a recorded vote of people who answer to others for how they vote.",
        "It takes nothing: names and votes are published together with the result.",
    ),
}


def sentence(level: str) -> str:
    """The level in one line, for certificates.

    >>> sentence("recorded")
    'Open votes: published with names. Everybody will see how you voted. This is a recorded vote of people who answer to \
others for how they vote.'
    """
    words = LEVELS[level]
    return f"{words.name}. {words.who}"
