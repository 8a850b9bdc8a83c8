"""Agendas and reports of the standing orders committee: what each says of every motion and amendment, and what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

FORMAT = "consult-agenda-1"

SOC_REPORT, PRELIMINARY, FINAL, ORDER_PAPER = "soc report", "preliminary agenda", "final agenda", "order paper"

#: Kind of paper → (its name, whether it is for members only).
KINDS: dict[str, tuple[str, bool]] = {
    SOC_REPORT: ("Standing orders committee report", True),
    PRELIMINARY: ("Preliminary agenda", False),
    FINAL: ("Final agenda", False),
    ORDER_PAPER: ("Order paper", False),
}

#: State of a motion → the word that a paper prints for it, where it is not the state itself.
MOTION_WORDS: dict[str, str] = {
    "submitted": "not ruled on yet",
    "in order": "stands",
    "published": "stands",
    "prioritised": "stands",
    "on the order paper": "stands",
    "put to the vote": "stands",
    "composited": "joins a composite",
    "ruled out for good": "ruled out",
}

#: State of an amendment → the same.
AMENDMENT_WORDS: dict[str, str] = {
    "submitted": "not ruled on yet",
    "in order": "stands",
    "accepted by mover": "accepted",
    "incorporated": "accepted and written in",
    "drafting change": "taken as a drafting change and written in",
    "on the order paper": "stands",
    "composited": "goes with a composite",
    "ruled out for good": "ruled out",
}


def title(kind: str, number: int) -> str:
    """What a paper is called.

    >>> title(SOC_REPORT, 2), title(FINAL, 1)
    ('Standing orders committee report 2', 'Final agenda')
    """
    name = KINDS[kind][0]
    return f"{name} {number}" if kind == SOC_REPORT or number > 1 else name


def verdict(entry: Mapping[str, Any]) -> str:
    """The sentence for a motion or an amendment as a paper keeps it: its word, then what explains it.

    >>> verdict({"status": "ruled out", "rule": "SO 5: It repeats one.", "appeal": "The appeal is not decided yet."})
    'Ruled out (SO 5: It repeats one). The appeal is not decided yet.'
    >>> verdict({"status": "joins a composite", "composite": "Composite 2"})
    'Joins Composite 2.'
    >>> verdict({"status": "stands", "follows": ["If Motion 3 is carried, Motion 7 falls."]})
    'Stands. If Motion 3 is carried, Motion 7 falls.'
    """
    status = str(entry["status"])
    if entry.get("composite"):
        head = status.replace("a composite", entry["composite"])
    elif entry.get("rule") and status in ("ruled out", "queried"):
        head = f"{status} ({entry['rule'].rstrip('.')})"
    else:
        head = status
    parts = [f"{head[0].upper()}{head[1:]}.", *entry.get("follows", ())]
    parts += [entry[name] for name in ("priority", "appeal", "because") if entry.get(name)]
    return " ".join(parts)


# -- what has changed ------------------------------------------------------------------------------------------------


def changes(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[str]:
    """What a paper says otherwise than the one before it, as sentences; none for the first of its kind.

    >>> before = {"motions": [{"id": 1, "label": "Motion 1", "status": "stands", "hash": "a", "amendments": []}]}
    >>> after = {"motions": [{"id": 1, "label": "Motion 1", "status": "withdrawn", "hash": "a", "amendments": []}]}
    >>> changes(before, after)
    ['Motion 1 was: Stands. It is now: Withdrawn.']
    """
    if old is None:
        return []
    return list(_changes(old, new))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    was = {entry["id"]: entry for entry in old["motions"]}
    now = {entry["id"]: entry for entry in new["motions"]}
    for number, entry in now.items():
        before = was.get(number)
        if before is None:
            yield f"{entry['label']} is new: {verdict(entry)}"
            continue
        if verdict(before) != verdict(entry):
            yield f"{entry['label']} was: {verdict(before)} It is now: {verdict(entry)}"
        if before.get("hash") != entry.get("hash"):
            yield f"The text of {entry['label']} has changed; its line numbers are those printed here."
        if before.get("summaries") != entry.get("summaries"):
            yield f"What the two sides say in short of {entry['label']} is new."
        yield from _amendments(entry["label"], before["amendments"], entry["amendments"])
    for number, entry in was.items():
        if number not in now:
            yield f"{entry['label']} is no longer on this paper."


def _amendments(label: str, old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    was = {entry["id"]: entry for entry in old}
    for entry in new:
        name = f"{entry['label']} to {label}"
        before = was.get(entry["id"])
        if before is None:
            yield f"{name} is new: {verdict(entry)}"
            continue
        if verdict(before) != verdict(entry):
            yield f"{name} was: {verdict(before)} It is now: {verdict(entry)}"
        if before.get("rubric") != entry.get("rubric"):
            yield f"{name} is worded otherwise."


@dataclass(frozen=True)
class CutLine:
    """The motions above and below the line, by their names; `added` are those that members did not choose in the ballot."""

    above: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    #: Whose decision drew it, in a sentence; "" where the paper does not know.
    drawn: str = ""


def cut_line(entries: Iterable[Mapping[str, Any]]) -> CutLine:
    """Where the line falls, those above it in the order that the ballot gave; nothing where nobody has drawn one.

    >>> cut_line([{"label": "Motion 1", "title": "A", "status": "stands"}]).below
    ()
    >>> line = cut_line([
    ...     {"label": "Motion 1", "title": "A", "status": "stands", "taken": {"source": "ballot", "place": 2, "by": "May"}},
    ...     {"label": "Motion 2", "title": "B", "status": "stands", "taken": {"source": "committee", "place": None}},
    ...     {"label": "Motion 3", "title": "C", "status": "stands", "taken": {"source": "ballot", "place": 1, "by": "May"}},
    ...     {"label": "Motion 4", "title": "D", "status": "not prioritised", "taken": {"source": "ballot", "by": "May"}},
    ... ])
    >>> line.above, line.added, line.below, line.drawn
    (('Motion 3: C', 'Motion 1: A'), ('Motion 2: B',), ('Motion 4: D',), 'The line is that of the ballot “May”.')
    """
    rows = list(entries)
    below = tuple(_name(row) for row in rows if row["status"] == "not prioritised")
    if not below:
        return CutLine()
    taken = [row for row in rows if row["status"] != "not prioritised"]
    added = [row for row in taken if _taken(row).get("source") in ("committee", "meeting")]
    above = sorted((row for row in taken if row not in added), key=_place)
    ballots = dict.fromkeys(by for row in rows if (by := _taken(row).get("by")))
    drawn = " and ".join(f"“{title}”" for title in ballots)
    sentence = f"The line is that of the ballot{'s' if len(ballots) > 1 else ''} {drawn}." if drawn else ""
    return CutLine(tuple(map(_name, above)), tuple(map(_name, added)), below, sentence)


def _taken(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return entry.get("taken") or {}


def _place(entry: Mapping[str, Any]) -> tuple[bool, int]:
    place = _taken(entry).get("place")
    return place is None, place or 0


def _name(entry: Mapping[str, Any]) -> str:
    return f"{entry['label']}: {entry['title']}"


# -- times -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timed:
    """When an item begins and ends if each before it takes the minutes it was given, and whether the sitting ends first."""

    begins: datetime
    ends: datetime
    #: Whether it would still be going on, or not have begun, when the sitting ends.
    over: bool


def timings(minutes: Sequence[int], begins: datetime, ends: datetime) -> list[Timed]:
    """The times of the items of a sitting, one after another.

    >>> from datetime import UTC
    >>> start = datetime(2026, 3, 2, 10, tzinfo=UTC)
    >>> [(t.begins.minute, t.over) for t in timings([30, 20, 20], start, start + timedelta(minutes=60))]
    [(0, False), (30, False), (50, True)]
    """
    found, now = [], begins
    for length in minutes:
        then = now + timedelta(minutes=length)
        found.append(Timed(now, then, then > ends))
        now = then
    return found
