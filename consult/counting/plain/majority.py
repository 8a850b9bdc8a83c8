"""A motion: votes for and against, held against a threshold of a named base, a quorum, and the units where wanted.

It is carried when  votes for ÷ base  passes (or, if so set, reaches) the threshold, a quorum if there is one is
reached, and, under a double majority, enough units carry it by the same test on their own votes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any

from consult.counting.contest import Contest, Papers
from consult.counting.methods import METHODS, as_fraction, motion_roles
from consult.counting.plain.ballots import BallotBox, levels_of, one_by_one
from consult.counting.plain.chance import Lot
from consult.counting.plain.places import written_down
from consult.counting.result import Count, Stage
from consult.domain.errors import Refused


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count; a motion never needs a lot.

    >>> from consult.counting.contest import Candidate
    >>> motion = (Candidate("for", "For"), Candidate("against", "Against"), Candidate("abstain", "Abstain"))
    >>> count(Contest("b", motion), [(0,), (0,), (1,), (2,), (2,)]).outcome
    'carried'
    """
    roles = motion_roles(contest)
    if roles is None:
        raise Refused("A motion is voted for or against: the candidates must be For, Against and, if wanted, Abstain.")
    settings = {name: METHODS["majority"].setting(contest, name) for name in METHODS["majority"].settings}
    said = {role: at for role, at in zip(("for", "against", "abstain"), roles, strict=True) if at is not None}
    whole, units = Votes(), {key: Votes() for key in sorted(contest.units)}
    box = BallotBox([], 0, 0, 0)
    for paper, weight in one_by_one(papers):
        levels = levels_of(contest, paper)
        if not levels:
            box.blank += weight
            word = "blank"
        elif len(levels) == 1 and len(levels[0]) == 1:
            box.valid += weight
            word = next(role for role, candidate in said.items() if candidate == levels[0][0])
        else:
            box.invalid += weight
            word = "invalid"
        whole.add(word, weight)
        if paper.unit and settings["by_unit"]:
            if contest.units and paper.unit not in contest.units:
                raise Refused(f"A paper comes from the unit {paper.unit!r}, which is not on the roll.")
            units.setdefault(paper.unit, Votes()).add(word, weight)
    tallies, carried = judge(contest, settings, whole, units)
    winners = [said["for"]] if carried else []
    stage = Stage(
        number=1,
        action="tally",
        votes=tuple(
            next((whole.of(role) for role, at in said.items() if at == i), 0) if i not in contest.withdrawn else None
            for i in range(len(contest.candidates))
        ),
        elected=tuple(winners),
    )
    quorate = tallies.get("quorum", {"reached": True})["reached"]
    outcome = "carried" if carried else "lost" if quorate else "inquorate"
    finished = written_down(
        "majority", contest, box, winners, [stage], Lot(contest, seed), outcome=outcome, tallies=tallies
    )
    return replace(finished, unfilled=0)  # a motion that is lost leaves no place open


class Votes:
    """Papers by what they say: for, against, abstain, blank, invalid."""

    def __init__(self) -> None:
        self.papers: dict[str, int] = {}

    def add(self, word: str, weight: int) -> None:
        self.papers[word] = self.papers.get(word, 0) + weight

    def of(self, *words: str) -> int:
        return sum(self.papers.get(word, 0) for word in words)

    def base(self, name: str, roll: int | None) -> int:
        """The number that a share is taken of."""
        if name == "for-against":
            return self.of("for", "against")
        if name == "for-against-abstain":
            return self.of("for", "against", "abstain")
        if name == "papers":
            return self.of("for", "against", "abstain", "blank", "invalid")
        if roll is None:
            raise Refused("The number of members on the frozen roll is needed for this base or quorum.")
        return roll


def passes(part: int, base: int, share: Fraction, comparison: str) -> bool:
    """part ÷ base against the share, as whole numbers; nothing is carried by nobody, whatever the share.

    >>> passes(2, 3, Fraction(2, 3), ">"), passes(2, 3, Fraction(2, 3), ">="), passes(0, 0, Fraction(0), ">=")
    (False, True, False)
    """
    left, right = part * share.denominator, share.numerator * base
    return part > 0 and base > 0 and (left > right if comparison == ">" else left >= right)


def judge(
    contest: Contest, settings: Mapping[str, Any], whole: Votes, units: Mapping[str, Votes]
) -> tuple[dict[str, Any], bool]:
    """The working out, and whether the motion is carried."""
    share, comparison, base = as_fraction(settings["threshold"]), settings["comparison"], settings["base"]
    size = whole.base(base, contest.roll)
    reached = passes(whole.of("for"), size, share, comparison)
    tallies: dict[str, Any] = {
        "for": whole.of("for"),
        "against": whole.of("against"),
        "abstain": whole.of("abstain"),
        "papers": whole.base("papers", None),
        "base": base,
        "base_size": size,
        "threshold": share,
        "comparison": comparison,
        "reached": reached,
    }
    if contest.roll is not None:
        tallies["roll"] = contest.roll
    verdicts = [reached]
    if settings["quorum"] is not None:
        tallies["quorum"] = quorum = quorum_of(contest, settings, whole)
        verdicts.append(quorum["reached"])
    if settings["by_unit"]:
        tallies["by_unit"] = by_unit = units_of(contest, settings, units)
        verdicts.append(by_unit["reached"])
    return tallies, all(verdicts)


def quorum_of(contest: Contest, settings: Mapping[str, Any], whole: Votes) -> dict[str, Any]:
    """The quorum: a number, or a share of the roll (a part of a member counts as a whole one)."""
    asked = settings["quorum"]
    needed = asked if type(asked) is int else ceil(as_fraction(asked) * (contest.roll or 0))
    present = whole.base(settings["quorum_base"], contest.roll)
    return {"needed": needed, "base": settings["quorum_base"], "present": present, "reached": present >= needed}


def units_of(contest: Contest, settings: Mapping[str, Any], units: Mapping[str, Votes]) -> dict[str, Any]:
    """The double majority: which units carry it by the same threshold and base, and whether they are enough."""
    share, comparison = as_fraction(settings["threshold"]), settings["comparison"]
    shown = {}
    for key in sorted(units):
        votes = units[key]
        size = votes.base(settings["base"], contest.units.get(key, 0))
        shown[key] = {
            "for": votes.of("for"),
            "against": votes.of("against"),
            "abstain": votes.of("abstain"),
            "papers": votes.base("papers", None),
            "base_size": size,
            "carried": passes(votes.of("for"), size, share, comparison),
        }
    carried = sum(unit["carried"] for unit in shown.values())
    of = len(shown) if settings["unit_base"] == "all" else sum(unit["papers"] > 0 for unit in shown.values())
    unit_share = as_fraction(settings["unit_threshold"])
    return {
        "units": shown,
        "carried": carried,
        "of": of,
        "threshold": unit_share,
        "comparison": settings["unit_comparison"],
        "base": settings["unit_base"],
        "reached": passes(carried, of, unit_share, settings["unit_comparison"]),
    }
