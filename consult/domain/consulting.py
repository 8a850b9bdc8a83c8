"""What a consultation asks and promises: kinds of question, who speaks, whether it is published with a name, whose voice."""

from __future__ import annotations

from collections.abc import Sequence

from consult.domain.roles import Status

#: Kinds of question → what somebody who answers is asked for.
QUESTIONS: dict[str, str] = {
    "open": "an answer in one's own words",
    "one": "one of several answers",
    "several": "any of several answers",
}

#: For whom a submission speaks → who may send it.
SPEAKERS: dict[str, str] = {
    "person": "a member or supporter, for themselves",
    "unit": "a branch, region or network, by its delegate or an officer",
    "organisation": "an affiliated organisation, by its representative",
    "meeting": "a meeting of a unit, with its minutes, by the unit's delegate or an officer",
}

#: The rule by which submissions are published, declared before the first one is sent → what it promises.
PUBLISHING: dict[str, str] = {
    "names to members": "Submissions are published. Members read who sent each; visitors read a person's name only "
    "where that person agreed to it.",
    "agreed names": "Submissions are published. A person is named, to anybody, only where that person agreed to it.",
    "without names": "Submissions are published, and persons are never named.",
    "figures only": "Submissions are read by the officers who code them; only figures and the analysis are published.",
}

TAKING_PART = ("members", "members and supporters")

#: Voices are never added up: each figure is given for each of them apart.
VOICES: dict[str, str] = {
    "member": "Members",
    "supporter": "Supporters",
    "unit": "Units",
    "organisation": "Organisations",
    "meeting": "Meetings",
}
#: Those among them that are people, of whom small groups are withheld.
PEOPLE = ("member", "supporter")

#: The least that a minimum group may be, and what it is unless declared otherwise.
LEAST_GROUP, USUAL_GROUP = 3, 5


def voice_of(kind: str, status: str) -> str:
    """Whose voice a submission is: a person's is that of their status when it was first sent.

    >>> voice_of("person", "supporter"), voice_of("person", "representative"), voice_of("meeting", "member")
    ('supporter', 'supporter', 'meeting')
    """
    if kind != "person":
        return kind
    return "member" if status == Status.MEMBER.value else "supporter"


def hundredths(counts: Sequence[int]) -> list[int]:
    """Each count in whole per cent of them all, together 100: what is left over goes to the largest remainders, in order.

    >>> hundredths([6, 1, 0]), hundredths([1, 1, 1]), hundredths([0, 0])
    ([86, 14, 0], [34, 33, 33], [0, 0])
    """
    whole = sum(counts)
    if not whole:
        return [0 for _count in counts]
    made = [count * 100 // whole for count in counts]
    order = sorted(range(len(counts)), key=lambda place: -(counts[place] * 100 % whole))
    for place in order[: 100 - sum(made)]:
        made[place] += 1
    return made


def shown(count: int, voice: str, least: int, of: int) -> int | None:
    """A figure about `count` of the `of` of one voice, or None where the people behind it are too few to be told apart.

    >>> shown(2, "member", 5, 40), shown(1, "supporter", 5, 3), shown(1, "unit", 5, 2)
    (2, None, 1)
    """
    return None if voice in PEOPLE and 0 < of < least else count
