"""Registers of decisions: the kinds of entry, and who may read a unit's register."""

from __future__ import annotations

from consult.domain.roles import Actor, Status

MOTION, ELECTION, MEETING, MANDATE, OFFICER = KINDS = ("motion", "election", "meeting", "mandate", "officer")

KIND_MEANINGS: dict[str, str] = {
    MOTION: "a motion that was decided",
    ELECTION: "an election, or a seat filled without a poll",
    MEETING: "a vote of a meeting",
    MANDATE: "a mandate for a delegate",
    OFFICER: "a decision of an officer, with the reason",
}

#: What is entered by hand; the others come from the acts themselves.
BY_HAND = (MEETING, OFFICER)


def may_read(readers: str, actor: Actor, unit_path: str, officer: bool) -> bool:
    """Whether somebody may read the register of a unit whose setting is `readers`.

    >>> from consult.domain.roles import VISITOR
    >>> may_read("everyone", VISITOR, "1/4/", False), may_read("members", VISITOR, "1/4/", False)
    (True, False)
    >>> may_read("unit", Actor(1, "Ada", Status.MEMBER, home_path="1/4/9/"), "1/4/", False)
    True
    """
    if readers == "everyone" or officer:
        return True
    if actor.member_id is None:
        return False
    return readers == "members" or (actor.status is Status.MEMBER and (actor.home_path or "").startswith(unit_path))
