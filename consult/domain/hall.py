"""The hall: the life of a sitting, what can be put to a meeting, by which majority, and what follows if it is carried."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from consult.domain.errors import Invalid

#: States of a sitting.
PLANNED, OPEN, ADJOURNED, CLOSED = "planned", "open", "adjourned", "closed"
SITTING_STATES = (PLANNED, OPEN, ADJOURNED, CLOSED)

#: States of an item of business.
TO_COME, BEFORE, DISPOSED, NOT_REACHED = "to come", "before the meeting", "disposed", "not reached"
ITEM_STATES = (TO_COME, BEFORE, DISPOSED, NOT_REACHED)
ITEM_KINDS = ("opening", "report", "motion", "other")

#: Offices of a sitting.
CHAIR, TELLER = "chair", "teller"
OFFICES = (CHAIR, TELLER)

#: What a question before the meeting is about.
AMENDMENT, MOTION, PART, PROCEDURE = "amendment", "motion", "part", "procedure"
QUESTION_KINDS = (AMENDMENT, MOTION, PART, PROCEDURE)

#: How it is voted on → what that means.
METHODS: dict[str, str] = {
    "voice": "by voice: the chair declares which side has it",
    "nem con": "nobody is against",
    "hands": "by show of hands, counted by the chair",
    "tellers": "by show of hands, counted by two tellers who must agree",
    "cards": "by card vote: each delegate's card counts for what its branch is entitled to",
}

CARRIED, LOST, NOT_PRESSED = "carried", "lost", "not pressed"
OUTCOMES = (CARRIED, LOST, NOT_PRESSED)

#: Kinds of credentials.
CREDENTIALS = ("delegate", "substitute", "ex officio", "visitor")


@dataclass(frozen=True)
class Majority:
    """The share of the votes for and against that carries a question.

    >>> str(Majority("1/2", ">")), str(Majority("2/3", ">="))
    ('more than half of the votes', 'at least 2/3 of the votes')
    """

    threshold: str
    comparison: str

    @classmethod
    def of(cls, share: str) -> Majority:
        """What a rulebook means by a share: more than half, else at least so much.

        >>> str(Majority.of("1/2")), str(Majority.of("3/4"))
        ('more than half of the votes', 'at least 3/4 of the votes')
        """
        return cls(share, ">" if Fraction(share) == Fraction(1, 2) else ">=")

    def __str__(self) -> str:
        share = "half" if self.threshold == "1/2" else self.threshold
        return f"{'more than' if self.comparison == '>' else 'at least'} {share} of the votes"

    @property
    def simple(self) -> bool:
        """Whether it is the ordinary one, which a casting vote can decide."""
        return Fraction(self.threshold) == Fraction(1, 2) and self.comparison == ">"


SIMPLE = Majority("1/2", ">")
#: Two thirds of those who vote for or against, "or more": what meetings ask where rights of members are cut short.
TWO_THIRDS = Majority("2/3", ">=")


@dataclass(frozen=True)
class Procedure:
    """A procedural motion: the question that is put, its majority, where it can be moved and what it leads to."""

    key: str
    question: str
    effect: str
    majority: Majority = SIMPLE
    #: "motion": while a motion is before the meeting; "report": while a report is; "leave": while a motion waits for leave
    #: to be taken; "": at any time.
    about: str = ""
    #: What a rulebook calls it among what its hall knows; "": every meeting knows it.
    rule: str = ""
    #: Whether words must say what it is about.
    words: bool = False


PROCEDURES: tuple[Procedure, ...] = (
    Procedure("adopt report", "That the report be adopted", "The report is adopted.", about="report"),
    Procedure(
        "refer back report", "That part of the report be referred back", "That part goes back to the committee; the rest "
        "of the report is still to be adopted.", about="report", words=True,
    ),
    # its majority is what the rulebook asks of late and of emergency motions
    Procedure("give leave", "That leave be given to take the motion", "The motion is taken.", TWO_THIRDS, about="leave"),
    Procedure(
        "closure", "That the question be now put", "Debate ends; the mover replies, and the vote is taken.",
        about="motion", rule="closure",
    ),
    Procedure(
        "next business", "That the meeting proceed to next business", "The motion is left without a vote.",
        about="motion", rule="next business",
    ),
    Procedure(
        "lie on the table", "That the motion lie on the table", "The motion is left until it is taken up again.",
        about="motion", rule="lie on the table",
    ),
    Procedure(
        "remit", "That the motion be remitted", "The executive deals with it, without a vote for or against.",
        about="motion", rule="remit",
    ),
    Procedure(
        "refer back", "That the motion be referred back", "It goes back to those who brought it.",
        about="motion", rule="refer back",
    ),
    Procedure(
        "withdraw by leave", "That leave be given to withdraw the motion", "The motion is withdrawn.",
        about="motion", rule="withdraw by leave",
    ),
    Procedure(
        "take in parts", "That the motion be voted on in parts", "Each part is put on its own; what is lost is taken out.",
        about="motion", rule="take in parts",
    ),
    Procedure(
        "challenge to the chair", "That the ruling of the chair be overturned", "The ruling of the chair is overturned.",
        TWO_THIRDS, rule="challenge to the chair", words=True,
    ),
    Procedure(
        "suspend standing orders", "That standing orders be suspended", "The order of business does not bind the chair until "
        "this business is finished.", TWO_THIRDS, rule="suspend standing orders", words=True,
    ),
    Procedure(
        "recall", "That the holder of the office be recalled", "The office ends now.", TWO_THIRDS, about="recall",
    ),
    Procedure("card vote", "That a card vote be taken", "The next vote is by card.", rule="card vote"),
    Procedure("adjourn", "That the sitting be adjourned", "The sitting is adjourned."),
    Procedure("other", "That the meeting so resolve", "The meeting so resolves.", words=True),
)  # fmt: skip


#: Procedural motion → the share of votes that carries it, where a rulebook says nothing else.
MAJORITIES: dict[str, str] = {one.key: one.majority.threshold for one in PROCEDURES if one.about != "leave"}


def procedure(key: str) -> Procedure:
    """The procedural motion of that name.

    Raises:
        Invalid: naming those there are.

    >>> str(procedure("suspend standing orders").majority)
    'at least 2/3 of the votes'
    """
    for found in PROCEDURES:
        if found.key == key:
            return found
    raise Invalid(f"There is no procedural motion ‘{key}’; there are {', '.join(one.key for one in PROCEDURES)}.")


#: Procedural motion → the step of the motion before the meeting that follows if it is carried.
STEPS: dict[str, str] = {
    "next business": "leave unput",
    "lie on the table": "leave unput",
    "remit": "remit",
    "refer back": "refer back",
    "withdraw by leave": "withdraw by leave",
}
