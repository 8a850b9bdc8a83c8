"""Opinion groups of a round of statements: principal components and k-means of scikit-learn, and exact figures on top.

The method is told in docs/consultations.md; `METHOD` is its name in every stored result and export.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from typing import Any

from consult.domain.consulting import PEOPLE, shown

METHOD = "opinion groups 2"
#: Somebody is grouped once they have answered so many statements (all of them where there are fewer).
ENOUGH = 7
#: The most groups that are looked for.
MOST_GROUPS = 5
#: The share of a group, after one imagined answer either way, from which it agrees or disagrees together.
TOGETHER = Fraction(3, 5)

AGREE, DISAGREE, UNSURE = 1, -1, 0


@dataclass(frozen=True)
class Row:
    """One person's answers: statement id → 1, -1 or 0; and whose voice it is ("member" or "supporter")."""

    voice: str
    answers: Mapping[int, int]


def computed(rows: Sequence[Row], statements: Sequence[int], least: int, seed: int) -> dict[str, Any]:
    """Groups and figures of the answers; the same answers give the same result in whatever order they come.

    `statements` are those admitted, `least` is the minimum group. Returns what is stored: see docs/consultations.md.
    """
    ordered = sorted(rows, key=lambda row: (tuple(row.answers.get(key, 9) for key in statements), row.voice))
    enough = min(ENOUGH, len(statements))
    able = [row for row in ordered if statements and len(row.answers) >= enough]
    labels = _labels(able, statements, least, seed)
    names = _names(able, labels, statements)
    groups = {
        name: [row for row, label in zip(able, labels, strict=True) if names[label] == name]
        for name in sorted(names.values())
    }
    return {
        "method": METHOD,
        "library": f"scikit-learn {version('scikit-learn')}, numpy {version('numpy')}",
        "seed": seed,
        "least": least,
        "answered": len(ordered),
        "people": _people(ordered, least),
        "grouped": _people(able, least),
        "groups": [{"name": name, "people": _people(group, least)} for name, group in groups.items()],
        "statements": {
            str(key): {
                "all": _figures(ordered, key, least),
                "groups": _by_group(ordered, groups, key, least),
            }
            for key in statements
        },
        **_compared(groups, statements, least),
    }


def _people(rows: Sequence[Row], least: int) -> dict[str, int | None]:
    counts = Counter(row.voice for row in rows)
    return {voice: shown(counts[voice], voice, least, counts[voice]) for voice in PEOPLE}


def _figures(rows: Sequence[Row], key: int, least: int) -> dict[str, list[int] | None]:
    """For each voice [agree, disagree, unsure], or None where too few of it answered."""
    counts = {voice: _counts(rows, voice, key) for voice in PEOPLE}
    return {voice: None if 0 < sum(given) < least else given for voice, given in counts.items()}


def _counts(rows: Sequence[Row], voice: str, key: int) -> list[int]:
    given = Counter(row.answers[key] for row in rows if row.voice == voice and key in row.answers)
    return [given[AGREE], given[DISAGREE], given[UNSURE]]


def _by_group(
    everybody: Sequence[Row], groups: Mapping[str, Sequence[Row]], key: int, least: int
) -> dict[str, dict[str, list[int] | None]]:
    """`_figures` of each group, none of which can be found by taking the others from those of everybody.

    What is withheld, with those who are in no group, comes to nobody or to at least `least` people of a voice: where it
    would not, the smallest group that is shown is withheld too.
    """
    found: dict[str, dict[str, list[int] | None]] = {name: {} for name in groups}
    for voice in PEOPLE:
        counts = {name: _counts(group, voice, key) for name, group in groups.items()}
        told = sorted((n for n in counts if sum(counts[n]) >= least), key=lambda n: (-sum(counts[n]), n))
        rest = sum(_counts(everybody, voice, key)) - sum(sum(counts[name]) for name in told)
        while 0 < rest < least and told:
            rest += sum(counts[told.pop()])
        for name, given in counts.items():
            found[name][voice] = given if name in told or sum(given) == 0 else None
    return found


def _labels(rows: Sequence[Row], statements: Sequence[int], least: int, seed: int) -> list[int]:
    """A group's number for each row; 0 for all where no division has every group at least `least` large."""
    if len(rows) < 2 * least or len(statements) < 2:
        return [0] * len(rows)
    import numpy
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.metrics import silhouette_score

    table = numpy.array([[row.answers.get(key, numpy.nan) for key in statements] for row in rows], dtype=float)
    given = ~numpy.isnan(table)
    # what somebody has not answered is taken as the mean of those who have
    means = numpy.where(given.any(axis=0), numpy.nansum(table, axis=0) / numpy.maximum(given.sum(axis=0), 1), 0.0)
    table = numpy.where(given, table, means)
    if len(numpy.unique(table, axis=0)) < 2:
        return [0] * len(rows)
    points = PCA(n_components=2, svd_solver="full").fit_transform(table)
    # few answers pull a person towards the middle; this pushes them out again by what is missing
    points *= numpy.sqrt(len(statements) / given.sum(axis=1))[:, None]
    best: tuple[float, list[int]] = (-1.0, [0] * len(rows))
    distinct = len(numpy.unique(points.round(9), axis=0))
    for k in range(2, min(MOST_GROUPS, len(rows) // least, distinct) + 1):
        found = KMeans(n_clusters=k, n_init=10, random_state=seed).fit_predict(points)
        sizes = Counter(int(label) for label in found)
        if len(sizes) < k or min(sizes.values()) < least:
            continue
        score = round(float(silhouette_score(points, found)), 9)
        if score > best[0]:
            best = (score, [int(label) for label in found])
    return best[1]


def _names(rows: Sequence[Row], labels: Sequence[int], statements: Sequence[int]) -> dict[int, str]:
    """A, B, C … by size, the largest first; of equal ones the one whose first row sorts first. None for a single group."""
    if len(set(labels)) < 2:
        return dict.fromkeys(labels, "A")
    sizes = Counter(labels)
    first = {label: labels.index(label) for label in sizes}
    ordered = sorted(sizes, key=lambda label: (-sizes[label], first[label]))
    return {label: "ABCDE"[place] for place, label in enumerate(ordered)}


def _share(rows: Sequence[Row], key: int, choice: int) -> tuple[Fraction, int]:
    """The share of a group that chose so, with one imagined answer either way, and how many answered."""
    given = [row.answers[key] for row in rows if key in row.answers]
    return Fraction(given.count(choice) + 1, len(given) + 2), len(given)


def _compared(groups: Mapping[str, Sequence[Row]], statements: Sequence[int], least: int) -> dict[str, list[int]]:
    """What all groups agree on, what all disagree with, and what divides them: statement ids, the clearest first."""
    found: dict[str, list[tuple[Fraction, int]]] = {"together": [], "against": [], "divide": []}
    for key in statements:
        shares = {choice: [_share(group, key, choice) for group in groups.values()] for choice in (AGREE, DISAGREE)}
        if not groups or any(count < least for _share_, count in shares[AGREE]):
            continue
        for name, choice in (("together", AGREE), ("against", DISAGREE)):
            product = Fraction(1)
            for share, _count in shares[choice]:
                product *= share
            if all(share >= TOGETHER for share, _count in shares[choice]):
                found[name].append((product, key))
        gap = max(s for s, _ in shares[AGREE]) - min(s for s, _ in shares[AGREE])
        if len(groups) > 1 and gap >= Fraction(1, 3):
            found["divide"].append((gap, key))
    return {
        name: [key for _value, key in sorted(rows, key=lambda row: (-row[0], row[1]))] for name, rows in found.items()
    }


def matrix(rows: Sequence[Row], statements: Sequence[int], least: int, seed: int) -> list[list[str]]:
    """The answers without identities: a header, then each grouped person's group, voice and answers, in sorted order.

    An answer is left out where `_by_group` withholds the figure that it is part of, so that adding rows up tells no more
    than the page does. Where a group has fewer than `least` of one voice, the voice of none of its people is told.
    """
    ordered = sorted(rows, key=lambda row: (tuple(row.answers.get(key, 9) for key in statements), row.voice))
    able = [row for row in ordered if statements and len(row.answers) >= min(ENOUGH, len(statements))]
    labels = _labels(able, statements, least, seed)
    names = _names(able, labels, statements)
    groups = {n: [row for row, label in zip(able, labels, strict=True) if names[label] == n] for n in names.values()}
    cells = {key: _by_group(ordered, groups, key, least) for key in statements}
    voices = Counter((names[label], row.voice) for row, label in zip(able, labels, strict=True))
    mixed = {name for (name, _voice), count in voices.items() if count < least}
    lines = [["group", "voice", *(str(key) for key in statements)]]
    for row, label in zip(able, labels, strict=True):
        name = names[label]
        told = "not told" if name in mixed else row.voice
        shown_ = [key in row.answers and cells[key][name][row.voice] is not None for key in statements]
        lines.append(
            [name, told, *(str(row.answers[key]) if one else "" for key, one in zip(statements, shown_, strict=True))]
        )
    return lines[:1] + sorted(lines[1:])
