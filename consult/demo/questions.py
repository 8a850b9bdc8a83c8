"""The demonstration's questions to candidates, and what members say about a policy that is in force."""

from __future__ import annotations

from datetime import datetime, timedelta

from consult.demo.people import People
from consult.domain.roles import Actor
from consult.model.ballots import Ballot
from consult.model.debate import Comment
from consult.model.motions import Policy
from consult.service import debate, hustings

HOUR = timedelta(hours=1)
#: (to whom, by its place, or to all; the question; the answers by place)
_ASKED: tuple[tuple[int | None, str, dict[int, str]], ...] = (
    (
        None, "Will there be a crèche on all three days, and who pays for it?",
        {
            1: "On all three days, out of the fee for exhibitors. It was so in two of the last five years and never cost more.",
            2: "Yes. I would rather cut the printed programme than the crèche.",
        },
    ),
    (
        2, "You say that ours lost four thousand. Where did it go?",
        {2: "To a stage that nobody needed. The accounts are with the treasurer, page six."},
    ),
    (1, "How would a branch of twelve members ever get one of those hours?", {}),
)  # fmt: skip
_SAID = (
    (
        "for",
        "Our branch has used it twice to get a meeting with the council. It works because it says who is to do what.",
    ),
    (
        "against",
        "It is three years old and names an office that there is not any more. It should come back to conference.",
    ),
    ("question", "Has anybody reported on what was done in the north?"),
)


def declare(ballot: Ballot, officer: Actor, at: datetime) -> None:
    """Before the ballot is scheduled: until when questions may be put to its candidates."""
    hustings.declare(ballot, "closing", by=officer, at=at)


def put(ballot: Ballot, askers: list[Actor], people: People, at: datetime) -> None:
    """Members ask, and the candidates answer."""
    election = hustings.get(ballot.questions[-1].id)
    for number, (to, words, answers) in enumerate(_ASKED):
        asked_at = at + 5 * number * HOUR
        candidate = election.options[to] if to is not None else None
        asked = hustings.ask(election, words, candidate=candidate, by=askers[number], at=asked_at)
        for place, answer in answers.items():
            by = people.actor(election.options[place].member_id or 0)
            if isinstance(asked, Comment):
                hustings.answer(asked, answer, by=by, at=asked_at + (2 + place) * HOUR)


def discuss(policy: Policy, speakers: list[Actor], at: datetime) -> None:
    """Members say how a policy works."""
    for number, (stance, words) in enumerate(_SAID):
        debate.write(policy, stance, words, by=speakers[number], at=at + number * HOUR)
