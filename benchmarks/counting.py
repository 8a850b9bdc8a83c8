"""How fast the counters are, as ratios against baselines in the same run: `python benchmarks/counting.py`.

Every figure is CPU time of this process (other work on the machine moves it less than wall time), the median of at
least three repetitions in which both sides take turns, with its spread; the load average is printed at both ends.
`--full` takes the sizes that the targets are stated for; `--svg docs/counting/growth.svg` draws growth.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lines import line

from consult.counting.contest import Candidate, Contest, pack
from consult.counting.count import count, recount

Rankings = list[tuple[int, ...]]
KINDS = ("complete", "any-length", "slates", "short")


def contest(candidates: int, seats: int) -> Contest:
    """A contest of numbered candidates."""
    return Contest("benchmark", tuple(Candidate(str(i), f"Candidate {i}") for i in range(candidates)), seats)


def ballots(number: int, candidates: int, kind: str = "any-length", seed: int = 1) -> Rankings:
    """Rankings of one kind.

    "any-length": some candidates in random order, almost every paper different; "complete": all of them, every paper
    different; "slates": papers drawn from five thousand lists, as where groups hand out advice; "short": few
    preferences, mostly for a few favourites.
    """
    rng = random.Random(seed)
    everybody = range(candidates)
    if kind == "complete":
        return [tuple(rng.sample(everybody, candidates)) for _ in range(number)]
    if kind == "slates":
        lists = [tuple(rng.sample(everybody, rng.randint(1, min(8, candidates)))) for _ in range(5000)]
        return rng.choices(lists, k=number)
    if kind == "short":
        return [_short(rng, candidates) for _ in range(number)]
    return [tuple(rng.sample(everybody, rng.randint(1, candidates))) for _ in range(number)]


def _short(rng: random.Random, candidates: int) -> tuple[int, ...]:
    length = min(1 + int(rng.expovariate(0.4)), candidates)
    return tuple(dict.fromkeys(min(int(rng.expovariate(4 / candidates)), candidates - 1) for _ in range(length)))


def cpu(work: Callable[[], Any]) -> float:
    """Seconds of CPU time."""
    began = time.process_time()
    work()
    return time.process_time() - began


def compare(title: str, ours: Callable[[], Any], baseline: Callable[[], Any], times: int, least: float) -> float:
    """Both sides in turn; prints and returns baseline ÷ ours of the medians, which is to be `least` or more."""
    fast, slow = [], []
    for _ in range(times):
        fast.append(cpu(ours))
        slow.append(cpu(baseline))
    ratio = statistics.median(slow) / statistics.median(fast)
    print(f"  ours {spread(fast)}   baseline {spread(slow)}", flush=True)
    line(title, [b / a for a, b in zip(fast, slow, strict=True)], least)
    return ratio


def spread(seconds: Sequence[float]) -> str:
    """Median with least and most."""
    return f"{statistics.median(seconds):.3f} s [{min(seconds):.3f}–{max(seconds):.3f}]"


def against_pyrankvote(size: int, times: int, kind: str) -> None:
    """From a list of rankings to a finished count."""
    papers = ballots(size, 20, kind)
    for method, seats in (("scottish-stv", 4), ("irv", 1)):
        asked = contest(20, seats)
        compare(
            f"{method}, {size:,} {kind} ballots × 20 × {seats}, against pyrankvote's build and count",
            lambda method=method, asked=asked: count(method, asked, papers, "seed"),
            lambda seats=seats: pyrankvote_count(papers, 20, seats),
            times,
            20,
        )


def pyrankvote_count(papers: Rankings, candidates: int, seats: int) -> None:
    """The package's own ballots built, and counted."""
    import pyrankvote

    names = [pyrankvote.Candidate(str(i)) for i in range(candidates)]
    built = [pyrankvote.Ballot(ranked_candidates=[names[i] for i in paper]) for paper in papers]
    if seats == 1:
        pyrankvote.instant_runoff_voting(names, built)
    else:
        pyrankvote.single_transferable_vote(names, built, number_of_seats=seats)


def from_rows(size: int, times: int) -> None:
    """From SQLite rows to a result, against fetching and decoding the same rows."""
    with tempfile.TemporaryDirectory() as folder:
        store = sqlite3.connect(Path(folder) / "ballots.sqlite")
        store.execute("CREATE TABLE ballots (id INTEGER PRIMARY KEY, ranking BLOB NOT NULL)")
        packed = ((pack(paper),) for paper in ballots(size, 20))
        store.executemany("INSERT INTO ballots (ranking) VALUES (?)", packed)
        store.commit()
        asked = contest(20, 4)

        def rows() -> list[bytes]:
            return [row[0] for row in store.execute("SELECT ranking FROM ballots")]

        ratio = compare(
            f"SQLite rows to a Scottish STV result, {size:,} × 20 × 4, against fetching and decoding them",
            lambda: count("scottish-stv", asked, rows(), "seed"),
            lambda: [tuple(row) for row in rows()],
            times,
            0.67,
        )
        print(f"    so the result takes {1 / ratio:.2f} times the bare fetch and decode")
        store.close()


def cyclic(size: int, times: int) -> None:
    """Everybody tied, in a circle."""
    papers = [tuple((start + step) % 20 for step in range(20)) for start in range(20)] * (size // 20)
    for method in ("irv", "scottish-stv"):
        asked = contest(20, 1)
        took = [cpu(lambda method=method, asked=asked: count(method, asked, papers, "seed")) for _ in range(times)]
        line(f"{method}, {size:,} × 20 fully tied and cyclic", took, 1, most=True, unit=" s")


def meek(size: int, times: int) -> None:
    """Against the plain counter: fixed-point whole numbers, one object per ballot."""
    papers, asked = ballots(size, 20), contest(20, 4)
    for method in ("meek-prf", "meek"):
        compare(
            f"{method}, {size:,} × 20 × 4, against the plain fixed-point counter",
            lambda method=method: count(method, asked, papers, "seed"),
            lambda method=method: recount(method, asked, papers, "seed"),
            times,
            20,
        )


def memory(size: int) -> None:
    """Peak resident memory of a process that holds the rankings and counts them."""
    peaks = {}
    for side in ("rankings", "ours", "pyrankvote"):
        out = subprocess.run(
            [sys.executable, __file__, "--peak", side, "--ballots", str(size)],
            capture_output=True,
            check=True,
            text=True,
        )
        peaks[side] = int(out.stdout)
    base = peaks["rankings"]
    ours, theirs = peaks["ours"], peaks["pyrankvote"]
    print(
        f"  ours {ours / 1024:.0f} MiB, pyrankvote {theirs / 1024:.0f} MiB; the rankings alone {base / 1024:.0f} MiB, beyond "
        f"them ours {(ours - base) / 1024:.0f} MiB, pyrankvote {(theirs - base) / 1024:.0f} MiB",
        flush=True,
    )
    line(f"Peak memory, {size:,} × 20 × 4, against pyrankvote", [ours / theirs], 0.5, most=True)


def peak(side: str, size: int) -> None:
    """One side of `memory`, in a process of its own; prints KiB."""
    papers = ballots(size, 20)
    if side == "ours":
        count("scottish-stv", contest(20, 4), papers, "seed")
    elif side == "pyrankvote":
        pyrankvote_count(papers, 20, 4)
    # Not getrusage: a child starts with its parent's peak there.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(status.split("VmHWM:")[1].split()[0])


def growth(size: int, times: int) -> dict[str, list[tuple[int, float]]]:
    """Seconds as one of the three sizes grows and the others stay (size, 20 candidates, 4 seats)."""
    found: dict[str, list[tuple[int, float]]] = {"ballots": [], "candidates": [], "seats": []}

    def took(number: int, candidates: int, seats: int) -> float:
        papers, asked = ballots(number, candidates), contest(candidates, seats)
        return statistics.median(cpu(lambda: count("scottish-stv", asked, papers, "seed")) for _ in range(times))

    for share in (8, 4, 2, 1):
        found["ballots"].append((size // share, took(size // share, 20, 4)))
    for candidates in (5, 10, 20, 40, 80):
        found["candidates"].append((candidates, took(size // 4, candidates, 4)))
    for seats in (1, 2, 4, 8, 16):
        found["seats"].append((seats, took(size // 4, 20, seats)))
    return found


def draw(found: dict[str, list[tuple[int, float]]]) -> str:
    """The growth as an SVG of three panels, each with its figures written beside the points."""
    width, height, pad = 300, 260, 46
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {3 * width} {height}" role="img" '
        'font-family="sans-serif" font-size="11">',
        "<title>Scottish STV: seconds of CPU time as ballots, candidates and seats grow</title>",
        f'<rect width="{3 * width}" height="{height}" fill="#fff"/>',
    ]
    for panel, (name, points) in enumerate(found.items()):
        left = panel * width + pad
        most_x, most_y = max(x for x, _ in points), max(y for _, y in points)
        places = [
            (left + x / most_x * (width - 2 * pad), height - pad - y / most_y * (height - 2 * pad)) for x, y in points
        ]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        bottom, right = height - pad, left + width - 2 * pad
        parts.append(f'<path d="M{left} {pad}V{bottom}H{right}" fill="none" stroke="#555"/>')
        parts.append(f'<polyline points="{line}" fill="none" stroke="#1d4f91" stroke-width="2"/>')
        for (x, y), (size, seconds) in zip(places, points, strict=True):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#1d4f91"/>')
            parts.append(f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{seconds:.2f} s</text>')
            parts.append(f'<text x="{x:.1f}" y="{bottom + 14}" text-anchor="middle">{label(size)}</text>')
        middle = (left + right) / 2
        parts.append(f'<text x="{middle:.1f}" y="{height - 10}" text-anchor="middle" font-weight="bold">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def label(size: int) -> str:
    """A size in few characters.

    >>> label(125000), label(20)
    ('125k', '20')
    """
    return f"{size / 1000:g}k" if size >= 1000 else str(size)


def main() -> None:
    """Reads the sizes and runs every comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="the sizes that the targets are stated for")
    parser.add_argument("--ballots", type=int, help="ballots against pyrankvote (100,000; 1,000,000 with --full)")
    parser.add_argument("--meek", type=int, help="ballots for Meek (10,000; 100,000 with --full)")
    parser.add_argument("--kind", action="append", choices=KINDS, help="kinds of ballot against pyrankvote (all)")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--only", action="append", choices=("pyrankvote", "rows", "cyclic", "meek", "memory", "growth"))
    parser.add_argument("--svg", type=Path, help="where to draw growth")
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    size = asked.ballots or (1_000_000 if asked.full else 100_000)
    if asked.peak:
        peak(asked.peak, size)
        return
    runs: dict[str, Callable[[], Any]] = {
        "pyrankvote": lambda: [against_pyrankvote(size, asked.times, kind) for kind in asked.kind or KINDS],
        "rows": lambda: from_rows(size, asked.times),
        "cyclic": lambda: cyclic(10_000, asked.times),
        "meek": lambda: meek(asked.meek or (100_000 if asked.full else 10_000), asked.times),
        "memory": lambda: memory(size),
    }
    print(f"Load average {os.getloadavg()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    for name, run in runs.items():
        if not asked.only or name in asked.only:
            run()
    if asked.svg or (asked.only and "growth" in asked.only):
        found = growth(size, asked.times)
        for name, points in found.items():
            print(f"Growth with {name}: " + ", ".join(f"{label(x)} {y:.3f} s" for x, y in points))
        if asked.svg:
            asked.svg.parent.mkdir(parents=True, exist_ok=True)
            asked.svg.write_text(draw(found), encoding="utf-8")
    print(f"Load average {os.getloadavg()}")


if __name__ == "__main__":
    main()
