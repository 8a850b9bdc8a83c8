"""One door to every counter: the fast grouped count, the plain recount, and whether the two agree."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from consult.counting.contest import Contest, Papers
from consult.counting.methods import method
from consult.counting.result import Count


def count(method_id: str, contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Count by the fast grouped counter.

    Raises `Refused` where contest and method do not fit, `lots.LotNeeded` where a lot is needed and `seed` is None.

    >>> from consult.counting.contest import Candidate
    >>> c = Contest("b", (Candidate("1", "Ann"), Candidate("2", "Bo")))
    >>> count("irv", c, [(0,), (1, 0), (0, 1)]).winners
    (0,)
    """
    with _no_search_for_cycles():
        return _run("fast", method_id, contest, papers, seed)


def recount(method_id: str, contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Count again by the plain counter: one object per paper, written apart from the fast one.  Same errors."""
    return _run("plain", method_id, contest, papers, seed)


def agree(first: Count, second: Count) -> tuple[str, ...]:
    """What differs between two counts' whole working out, as sentences; empty when they agree byte for byte."""
    one, two = first.as_json(), second.as_json()
    if one == two:
        return ()
    found = [
        f"{key}: one count says {one.get(key)!r}, the other {two.get(key)!r}."
        for key in sorted((one.keys() | two.keys()) - {"stages", "hash"})
        if one.get(key) != two.get(key)
    ]
    stages = zip(one["stages"], two["stages"], strict=False)
    for a, b in stages:
        found += [
            f"Stage {a['number']}, {key}: one count says {a.get(key)!r}, the other {b.get(key)!r}."
            for key in sorted(a.keys() | b.keys())
            if a.get(key) != b.get(key)
        ]
    if len(one["stages"]) != len(two["stages"]):
        found.append(f"One count has {len(one['stages'])} stages, the other {len(two['stages'])}.")
    return tuple(found)


def _run(room: str, method_id: str, contest: Contest, papers: Papers, seed: str | None) -> Count:
    rule = method(method_id)
    rule.validate(contest)
    module = import_module(f"consult.counting.{room}.{method_id.replace('-', '_')}")
    finished: Count = module.count(contest, papers, seed)
    return finished


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """The interpreter's search for reference cycles waits: a count makes none, and walking over a million papers to find
    none costs a quarter of a count.  What was switched off before stays so.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
