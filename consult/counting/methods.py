"""The register of counting methods: what each is called, which papers it takes, which settings it knows.

A method is a rule with a version.  Whoever changes what a rule elects, or one byte of its working out, raises the
version: certified results name the one they were counted under.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from consult.counting.contest import Contest
from consult.counting.reserves import possible
from consult.domain.errors import Refused

#: One byte names a candidate on a packed paper.
MOST_CANDIDATES = 256
#: Forms of paper: for/against/abstain, one mark, several marks, a ranking, a ranking with equal places, both questions.
FORMS = ("choice", "one", "several", "rank", "rank-ties", "adopt-and-rank")
#: Where the ballot editor offers it: "preset" for branches, "more" behind "more methods".
PRESET, MORE = "preset", "more"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a method; `wrong(value)` is the sentence saying what is wrong with a value, or ""."""

    default: Any
    about: str
    wrong: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Method:
    """A counting rule as the ballot editor, the command line and the certificate know it."""

    id: str
    version: str
    title: str
    about: str
    form: str
    level: str = MORE
    many_seats: bool = True
    reserves: bool = False
    settings: Mapping[str, Setting] = None  # type: ignore[assignment]

    def setting(self, contest: Contest, name: str) -> Any:
        """The contest's value of a setting, or its default."""
        return contest.settings.get(name, self.settings[name].default)

    def validate(self, contest: Contest) -> None:
        """Raises `Refused` with a sentence where this contest cannot be counted by this method."""
        if not contest.candidates:
            raise Refused("There are no candidates.")
        if len(contest.candidates) > MOST_CANDIDATES:
            raise Refused(f"There are {len(contest.candidates)} candidates; at most {MOST_CANDIDATES} can be counted.")
        if len({c.key for c in contest.candidates}) != len(contest.candidates):
            raise Refused("Two candidates have the same key; each needs one of its own.")
        standing = len(contest.standing)
        if type(contest.seats) is not int or contest.seats < 1:
            raise Refused(f"The number of places must be a whole number from 1, not {contest.seats!r}.")
        if contest.seats > standing:
            raise Refused(f"There are {contest.seats} places but only {standing} candidates standing.")
        if contest.seats > 1 and not self.many_seats:
            raise Refused(f"{self.title} fills one place, not {contest.seats}; choose another method or one place.")
        for name, value in contest.settings.items():
            if name not in self.settings:
                known = ", ".join(sorted(self.settings)) or "none"
                raise Refused(f"{self.title} has no setting called {name!r}; it knows: {known}.")
            if problem := self.settings[name].wrong(value):
                raise Refused(f"{self.title}, setting {name!r}: {problem}")
        self._validate_reserves(contest)
        if self.id == "majority":
            _validate_motion(contest)

    def _validate_reserves(self, contest: Contest) -> None:
        if not contest.reserves:
            return
        if not self.reserves:
            raise Refused(f"{self.title} cannot keep places for groups; Scottish STV, Meek and ERS97 can.")
        for reserve in contest.reserves:
            if reserve.minimum < 0 or (reserve.maximum is not None and reserve.maximum < reserve.minimum):
                raise Refused(f"The places kept for {reserve.group} must be from a minimum up to a maximum.")
        if len({r.group for r in contest.reserves}) != len(contest.reserves):
            raise Refused("The same group has places kept twice.")
        if not possible(contest):
            kept = ", ".join(
                f"{r.group} at least {r.minimum}" + (f" at most {r.maximum}" if r.maximum is not None else "")
                for r in contest.reserves
            )
            raise Refused(f"No {contest.seats} of the candidates standing would satisfy the reserved places ({kept}).")


def _one_of(*values: Any) -> Callable[[Any], str]:
    words = ", ".join(repr(v) for v in values)
    return lambda value: "" if value in values else f"must be one of {words}, not {value!r}."


def _fraction(value: Any) -> str:
    try:
        share = as_fraction(value)
    except (ValueError, TypeError, ZeroDivisionError):
        return f"must be an exact share such as '2/3', not {value!r}."
    return "" if 0 <= share <= 1 else f"must lie between 0 and 1, not {value!r}."


def as_fraction(value: Any) -> Fraction:
    """A share given as '2/3', [2, 3], 1 or a Fraction; never a float (TypeError).

    >>> as_fraction("2/3"), as_fraction((1, 2))
    (Fraction(2, 3), Fraction(1, 2))
    """
    if isinstance(value, list | tuple):
        return Fraction(*value)
    if isinstance(value, float | bool):
        raise TypeError("a float is not an exact share")
    return Fraction(value)


def _quorum(value: Any) -> str:
    if value is None or (type(value) is int and value >= 0):
        return ""
    if type(value) is int:
        return "must not be negative."
    return _fraction(value)


def _whole_or_none(value: Any) -> str:
    right = value is None or (type(value) is int and value >= 1)
    return "" if right else f"must be a whole number from 1, not {value!r}."


def _points(value: Any) -> str:
    if value is None:
        return ""
    whole = isinstance(value, list | tuple) and value and all(type(v) is int and v >= 0 for v in value)
    if whole and list(value) == sorted(value, reverse=True):
        return ""
    return f"must be None or whole numbers that do not rise, such as [5, 3, 1], not {value!r}."


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else f"must be true or false, not {value!r}."


RON = {
    "ron": Setting(
        "rest",
        "What the election of Re-open Nominations means: 'rest' that place and all after it stay unfilled; "
        "'place' only that place does.",
        _one_of("rest", "place"),
    )
}
BASES = ("for-against", "for-against-abstain", "papers", "roll")
MOTION = {
    "threshold": Setting("1/2", "The share of the base that votes for must reach.", _fraction),
    "comparison": Setting(">", "Whether the share must be passed ('>') or reached ('>=').", _one_of(">", ">=")),
    "base": Setting("for-against", "What the share is taken of.", _one_of(*BASES)),
    "quorum": Setting(None, "None, a number, or a share of the roll.", _quorum),
    "quorum_base": Setting("papers", "What counts towards the quorum.", _one_of(*BASES[:3])),
    "by_unit": Setting(False, "Whether units must carry it too (double majority).", _flag),
    "unit_threshold": Setting("1/2", "The share of the units that must carry it.", _fraction),
    "unit_comparison": Setting(">", "Whether that share must be passed or reached.", _one_of(">", ">=")),
    "unit_base": Setting("all", "Share of all units on the roll, or of units that voted.", _one_of("all", "voting")),
}


def _validate_motion(contest: Contest) -> None:
    roles = motion_roles(contest)
    if roles is None:
        raise Refused("A motion is voted for or against: the candidates must be For, Against and, if wanted, Abstain.")
    base = contest.settings.get("base", "for-against")
    quorum = contest.settings.get("quorum")
    share = quorum is not None and type(quorum) is not int
    if contest.roll is None and (base == "roll" or share):
        raise Refused("The number of members on the frozen roll is needed for this base or quorum.")
    if base == "roll" and contest.settings.get("by_unit") and not contest.units:
        raise Refused("The number of members on the roll of each unit is needed for this base.")


def motion_roles(contest: Contest) -> tuple[int, int, int | None] | None:
    """Which candidate is for, against and abstain: by key, else by name, in any case; None where it is neither.

    >>> from consult.counting.contest import Candidate
    >>> motion_roles(Contest("b", (Candidate("1", "Against"), Candidate("2", "For"))))
    (1, 0, None)
    """
    found: dict[str, int] = {}
    for index, candidate in enumerate(contest.candidates):
        for word in (candidate.key.casefold(), candidate.name.strip().casefold()):
            role = {"yes": "for", "no": "against", "abstention": "abstain"}.get(word, word)
            if role in ("for", "against", "abstain"):
                if role in found:
                    return None
                found[role] = index
                break
        else:
            return None
    if "for" not in found or "against" not in found:
        return None
    return found["for"], found["against"], found.get("abstain")


_ALL = [
    Method(
        "majority",
        "1",
        "Motion",
        "Carried or lost on votes for and against, by a stated share of a stated base.",
        "choice",
        PRESET,
        many_seats=False,
        settings=MOTION,
    ),
    Method("plurality", "1", "Most votes", "One mark each; whoever has most marks wins.", "one", PRESET, settings=RON),
    Method("block", "1", "Block vote", "As many marks as places; those with most marks win.", "several", settings=RON),
    Method(
        "approval",
        "1",
        "Approval",
        "Mark everyone you approve of; those with most marks win.",
        "several",
        settings={**RON, "most": Setting(None, "The most marks a paper may carry, or None.", _whole_or_none)},
    ),
    Method(
        "irv",
        "1",
        "Preferential vote for one place",
        "Rank the candidates; the lowest is excluded until one has a majority of the papers still in play.",
        "rank",
        PRESET,
        many_seats=False,
        settings=RON,
    ),
    Method(
        "scottish-stv",
        "1",
        "Scottish STV",
        "Rank the candidates; places are shared in proportion by the rules of Scottish council elections.",
        "rank",
        PRESET,
        reserves=True,
        settings=RON,
    ),
    Method(
        "meek",
        "1",
        "Meek STV (Hill, Wichmann and Woodall 1987)",
        "Rank the candidates; every paper is shared by keep values found by repeated calculation.",
        "rank",
        reserves=True,
        settings=RON,
    ),
    Method(
        "meek-prf",
        "1",
        "Meek STV (Proportional Representation Foundation reference rule)",
        "As Meek, by the reference rule at nine decimals.",
        "rank",
        reserves=True,
        settings=RON,
    ),
    Method(
        "ers97",
        "1",
        "ERS97 STV",
        "Rank the candidates; Newland and Britton's rules, third edition, 1997.",
        "rank",
        reserves=True,
        settings=RON,
    ),
    Method(
        "schulze",
        "1",
        "Schulze",
        "Rank with equals; compares every pair and the strongest chains of wins.",
        "rank-ties",
        settings=RON,
    ),
    Method(
        "ranked-pairs",
        "1",
        "Ranked pairs",
        "Rank with equals; locks in the strongest wins that make no circle.",
        "rank-ties",
        settings=RON,
    ),
    Method(
        "points",
        "1",
        "Points",
        "Rank; each place earns points.  Who else is on the slate changes the order.",
        "rank",
        settings={**RON, "points": Setting(None, "Points for first, second, … place; None: Borda.", _points)},
    ),
    Method(
        "repeated-stv",
        "1",
        "Proportional order by repeated STV",
        "Rank; Scottish STV again and again, each time for one place less, gives a proportional order.",
        "rank",
        settings=RON,
    ),
    Method(
        "policy-primary",
        "1",
        "Policy primary",
        "For or against each, then rank; those with a majority for are adopted in ranked order.",
        "adopt-and-rank",
        settings={
            "order": Setting(
                "schulze", "The rule that orders the adopted.", _one_of("schulze", "points", "repeated-stv")
            )
        },
    ),
]
#: Every method by id, in the order in which people meet them.
METHODS: dict[str, Method] = {method.id: method for method in _ALL}


def method(method_id: str) -> Method:
    """The method of that id.  Raises `Refused` naming those there are."""
    if method_id not in METHODS:
        raise Refused(f"There is no counting method {method_id!r}; there are: {', '.join(METHODS)}.")
    return METHODS[method_id]
