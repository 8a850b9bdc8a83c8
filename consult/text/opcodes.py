"""Which words of one text became which words of another: the smallest changed ranges (rapidfuzz, word by word)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

from consult.text.tokens import STOPS, counts

#: Named where a derivation is stored: the rules below decide ranges, so changing them is a new algorithm.
ALGORITHM = "words-1"
#: Below this share of kept words a clause is rewritten, and is shown as one replacement rather than as confetti.
REWRITTEN = (1, 3)


class Change(NamedTuple):
    """The words [start, end) of the old text became [new_start, new_end) of the new one."""

    start: int
    end: int
    new_start: int
    new_end: int


def changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """The changed ranges in order, none touching the next; empty for equal texts.

    >>> changes("pay £12 an hour".split(), "pay £15 an hour now".split())
    [Change(start=1, end=2, new_start=1, new_end=2), Change(start=4, end=4, new_start=4, new_end=5)]
    """
    low, most = 0, min(len(old), len(new))
    while low < most and old[low] == new[low]:
        low += 1
    tail = 0
    most -= low
    while tail < most and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    old_end, new_end = len(old) - tail, len(new) - tail
    if low == old_end and low == new_end:
        return []
    if low in (old_end, new_end):
        return [_slid(Change(low, old_end, low, new_end), old, new, -1)]
    return _tidied(_raw(old, new, low, old_end, new_end), old, new)


def _raw(old: Sequence[str], new: Sequence[str], low: int, old_end: int, new_end: int) -> list[Change]:
    known: dict[str, int] = {}
    one = [known.setdefault(word, len(known)) for word in old[low:old_end]]
    two = [known.setdefault(word, len(known)) for word in new[low:new_end]]
    found: list[Change] = []
    for code in Indel.opcodes(one, two):
        if code.tag == "equal":
            continue
        change = Change(code.src_start + low, code.src_end + low, code.dest_start + low, code.dest_end + low)
        last = found[-1] if found else None
        if last and last.end == change.start and last.new_end == change.new_start:
            found[-1] = Change(last.start, change.end, last.new_start, change.new_end)
        else:
            found.append(change)
    return found


def _tidied(found: list[Change], old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """A kept stop between two changes is changed with them; a clause hardly kept is one change."""
    kept = len(old) - sum(change.end - change.start for change in found)
    if len(found) > 1 and kept * REWRITTEN[1] < max(len(old), len(new)) * REWRITTEN[0]:
        return [Change(0, len(old), 0, len(new))]
    tidy: list[Change] = []
    for change in found:
        last = tidy[-1] if tidy else None
        if last and not any(counts(word) for word in old[last.end : change.start]):
            tidy[-1] = Change(last.start, change.end, last.new_start, change.new_end)
        else:
            tidy.append(change)
    ends = [-1] + [change.end for change in tidy]
    return [_slid(change, old, new, ends[place]) for place, change in enumerate(tidy)]


def _slid(change: Change, old: Sequence[str], new: Sequence[str], floor: int) -> Change:
    """An insertion or deletion that could stand at several places, at the one that begins a part of a sentence."""
    start, end, new_start, new_end = change
    if (start < end) == (new_start < new_end):
        return change
    words, low, high = (new, new_start, new_end) if start == end else (old, start, end)
    back = 0
    while start - back > max(floor + 1, 0) and words[low - 1 - back] == words[high - 1 - back]:
        back += 1
    for step in range(back + 1):
        place = low - step
        if place == 0 or words[place - 1] in STOPS:
            return Change(start - step, end - step, new_start - step, new_end - step)
    return change
