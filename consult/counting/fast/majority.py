"""A motion: votes for, against and abstaining, held against a threshold, a quorum and, if wanted, the units."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from consult.counting.contest import Contest, Papers, as_paper, group_papers
from consult.counting.fast.papers import levels
from consult.counting.methods import METHODS, as_fraction, motion_roles
from consult.counting.result import Ballots, Count, Stage
from consult.domain.errors import Refused

#: What is counted, for the whole and for each unit.
KINDS = ("for", "against", "abstain", "papers")


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Counts; a paper with more than one mark is invalid.  `outcome` is "carried", "lost" or "inquorate"."""
    roles = motion_roles(contest)
    if roles is None:
        raise Refused("A motion needs the candidates For and Against.")
    kind_of = dict(zip(roles, KINDS, strict=False))
    whole = dict.fromkeys(KINDS, 0)
    units = {unit: dict.fromkeys(KINDS, 0) for unit in contest.units}
    by_unit = setting(contest, "by_unit")
    blank = invalid = 0
    for given, weight in group_papers(papers).items():
        paper = as_paper(given)
        marks = [c for level in levels(contest, paper.ranking) for c in level]
        tallies = [whole]
        if by_unit and paper.unit:
            tallies.append(unit_tally(contest, units, paper.unit))
        for tally in tallies:
            tally["papers"] += weight
            if len(marks) == 1:
                tally[kind_of[marks[0]]] += weight
        blank += weight * (not marks)
        invalid += weight * (len(marks) > 1)
    return judge(contest, whole, units, Ballots(whole["papers"] - blank - invalid, blank, invalid))


def setting(contest: Contest, name: str) -> Any:
    """The contest's value for a setting of a motion."""
    return METHODS["majority"].setting(contest, name)


def unit_tally(contest: Contest, units: dict[str, dict[str, int]], unit: str) -> dict[str, int]:
    """The tally of a unit.  Raises `Refused` where the roll does not know the unit."""
    if unit not in units:
        if contest.units:
            raise Refused(f"A paper comes from the unit {unit!r}, which is not on the roll.")
        units[unit] = dict.fromkeys(KINDS, 0)
    return units[unit]


def size(tally: dict[str, int], base: str, roll: int | None) -> int:
    """How large the base is: votes for and against, those and abstentions, papers returned, or the roll."""
    cast = tally["for"] + tally["against"]
    sizes = {"for-against": cast, "for-against-abstain": cast + tally["abstain"], "papers": tally["papers"]}
    return (roll or 0) if base == "roll" else sizes[base]


def reaches(part: int, whole: int, share: Fraction, comparison: str) -> bool:
    """Whether `part` passes (or, with ">=", reaches) the share of `whole`, exactly; nothing passes on no votes.

    >>> reaches(50, 100, Fraction(1, 2), ">"), reaches(50, 100, Fraction(1, 2), ">="), reaches(0, 0, Fraction(0), ">=")
    (False, True, False)
    """
    left, right = part * share.denominator, share.numerator * whole
    return part > 0 and (left > right or (comparison == ">=" and left == right))


def judge(contest: Contest, whole: dict[str, int], units: dict[str, dict[str, int]], ballots: Ballots) -> Count:
    """The verdict on the tallies."""
    share, comparison = as_fraction(setting(contest, "threshold")), setting(contest, "comparison")
    base = setting(contest, "base")
    base_size = size(whole, base, contest.roll)
    reached = reaches(whole["for"], base_size, share, comparison)
    tallies: dict[str, Any] = {
        **whole, "base": base, "base_size": base_size, "threshold": share, "comparison": comparison, "reached": reached,
    }  # fmt: skip
    if contest.roll is not None:
        tallies["roll"] = contest.roll
    quorate = True
    quorum = setting(contest, "quorum")
    if quorum is not None:
        needed = Fraction(quorum) if type(quorum) is int else as_fraction(quorum) * (contest.roll or 0)
        present = size(whole, setting(contest, "quorum_base"), None)
        quorate = present >= needed
        tallies["quorum"] = {
            "needed": -(-needed.numerator // needed.denominator), "base": setting(contest, "quorum_base"),
            "present": present, "reached": quorate,
        }  # fmt: skip
    carried = reached
    if setting(contest, "by_unit"):
        tallies["by_unit"] = double = judge_units(contest, units, share, comparison, base)
        carried = reached and double["reached"]
    outcome = "inquorate" if not quorate else "carried" if carried else "lost"
    roles = motion_roles(contest)
    assert roles is not None  # noqa: S101  # checked before counting
    votes: list[int | None] = [None] * len(contest.candidates)
    for index, kind in zip(roles, KINDS, strict=False):
        if index is not None and index not in contest.withdrawn:
            votes[index] = whole[kind]
    winners = (roles[0],) if outcome == "carried" else ()
    return Count(
        "majority", METHODS["majority"].version, 1, contest.labels, ballots, winners,
        (Stage(1, "tally", tuple(votes), elected=winners),), outcome=outcome, tallies=tallies,
        withdrawn=tuple(sorted(contest.withdrawn)),
    )  # fmt: skip


def judge_units(
    contest: Contest, units: dict[str, dict[str, int]], share: Fraction, comparison: str, base: str
) -> dict[str, Any]:
    """Whether enough units carry it, each by the same threshold on its own base."""
    rows: dict[str, Any] = {}
    for unit in sorted(units):
        base_size = size(units[unit], base, contest.units.get(unit))
        rows[unit] = {
            **units[unit], "base_size": base_size, "carried": reaches(units[unit]["for"], base_size, share, comparison),
        }  # fmt: skip
    voting = setting(contest, "unit_base") == "voting"
    of = sum(1 for row in rows.values() if row["papers"] or not voting)
    carried = sum(1 for row in rows.values() if row["carried"])
    unit_share, unit_comparison = as_fraction(setting(contest, "unit_threshold")), setting(contest, "unit_comparison")
    return {
        "units": rows, "carried": carried, "of": of, "threshold": unit_share, "comparison": unit_comparison,
        "base": setting(contest, "unit_base"), "reached": reaches(carried, of, unit_share, unit_comparison),
    }  # fmt: skip
