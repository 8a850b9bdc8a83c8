"""Coding of submissions: kinds of report, how far a thing is done, and how well two coders agree, exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

REPORTS: dict[str, str] = {
    "analysis": "what was said, coded and counted",
    "response": "what the body that asked makes of it",
}
DONE_STATES = ("done", "under way", "to come", "not done")


def cohen_kappa(pairs: Iterable[tuple[bool, bool]]) -> Fraction | None:
    """Agreement of two coders on one code, beyond what chance would give; None where it is not defined.

    `pairs` holds, for each item that both have read, whether each of them found the code.
    kappa = (p_o - p_e) / (1 - p_e), with p_e from each coder's own shares
    (J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20, 1960,
    formula 1). Where both always give the same one answer, p_e is 1 and there is nothing to measure.

    >>> cohen_kappa([(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15)
    Fraction(2, 5)
    >>> cohen_kappa([(False, False)] * 9) is None
    True
    """
    rated = list(pairs)
    if not rated:
        return None
    total = len(rated)
    observed = Fraction(sum(one == two for one, two in rated), total)
    first, second = (Fraction(sum(pair[place] for pair in rated), total) for place in (0, 1))
    expected = first * second + (1 - first) * (1 - second)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def krippendorff_alpha(units: Iterable[Sequence[bool]]) -> Fraction | None:
    """Agreement of any number of coders, some of whom may not have read every item; None where it is not defined.

    `units` holds for each item the findings of those who read it; items read by fewer than two say nothing.
    Nominal data: alpha = 1 - D_o / D_e = 1 - (n - 1) * sum_u(d_u) / sum over c, k of n_c * n_k, from the coincidence
    matrix (K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011, section C, nominal metric).

    >>> krippendorff_alpha([(True, True), (True, False), (False, False), (False, False)])
    Fraction(8, 15)
    """
    paired = [list(unit) for unit in units if len(unit) > 1]
    values: Counter[bool] = Counter(value for unit in paired for value in unit)
    total = sum(values.values())
    unlike = values[True] * values[False]
    if not unlike:
        return None
    # each unit of m values gives 1/(m - 1) for every ordered pair of unlike values (one order, as in `unlike`)
    observed = sum(
        (Fraction(unit.count(True) * unit.count(False), len(unit) - 1) for unit in paired), start=Fraction(0)
    )
    return 1 - (total - 1) * observed / unlike
