"""Casting against bare baselines, over HTTP against 127.0.0.1: ratios measured in one run.

`python benchmarks/casting.py [--full] [--only NAME]` serves the real pages and a bare Flask view with the same durable
statement under the same gunicorn, drives both in turn, repeats that three times, and prints for each line the median
ratio with its spread, the target, processor time per request, p50, p95 and p99, and the load average. The papers are
sealed by the voter's browser beforehand, or (in lines that say so) by the server. Every acknowledged vote is looked for
in the box afterwards. `--full` drives 2,000 votes in every turn instead of 400.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from driving import HANDS, Bench, drive
from lines import line

from consult.model import together
from tests.databases import Postgresql, Sqlite

REPETITIONS = 3


def casts(bench: Bench, name: str, target: float, count: int) -> bool:
    """Real cast against the bare view; the tail; two workers against one. Whether all targets are met."""
    kind = name.partition(",")[0]
    ratios, costs, tails, growth = [], [], [], []
    with ExitStack() as stack:
        real = stack.enter_context(bench.serving(threads=HANDS))
        bare = stack.enter_context(bench.serving("bare:app", threads=HANDS))
        two = stack.enter_context(bench.serving(threads=HANDS // 2, workers=2))
        for pages in (real, two):
            bench.check(drive(pages, bench.real(HANDS * 2), 303))
        drive(bare, bench.bare(HANDS * 2), 303)
        for _ in range(REPETITIONS):
            base, mine = drive(bare, bench.bare(count), 303), bench.check(drive(real, bench.real(count), 303))
            both = bench.check(drive(two, bench.real(count), 303))
            print(f"  bare {base}\n  real {mine}\n  two  {both}")
            ratios.append(mine.rate / base.rate)
            costs.append(base.cpu / mine.cpu)
            tails.append(mine.at(0.99) / mine.at(0.5))
            growth.append(both.rate / mine.rate)
    met = line(f"{name}: real cast / bare view, casts a second", ratios, target)
    met &= line(f"{name}: bare view / real cast, processor time", costs, target)
    met &= line(f"{name}: p99 / p50 at {HANDS} connections", tails, 4 if kind == "SQLite" else None, most=True)
    met &= line(f"{name}: two workers / one", growth, 1.7)
    print(f"  {bench.good} acknowledged, {bench.rows()} rows in the box")
    if bench.rows() != bench.good:
        raise SystemExit("The box does not hold what was acknowledged.")
    return met


def _slow_disk(folder: Path, queue: multiprocessing.Queue[float], grouped: bool, count: int) -> None:
    """Statements a second from 16 threads with a sync of 2 ms, which this process is given by a library of ours."""
    import sqlalchemy as sa

    from consult.model.store import alone, turn

    engine = sa.create_engine(f"sqlite:///{folder / f'slow-{grouped}-{time.monotonic_ns()}.db'}", pool_size=HANDS)
    with alone(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE box (voter INTEGER PRIMARY KEY, paper BLOB)")
    group = together.of(engine)
    left = iter(range(count))
    mutex = threading.Lock()

    def work() -> None:
        while True:
            with mutex:
                voter = next(left, None)
            if voter is None:
                return

            def put(connection: sa.Connection, voter: int = voter) -> int:
                return connection.exec_driver_sql("INSERT INTO box VALUES (?, randomblob(400))", (voter,)).rowcount

            if grouped:
                group.run(engine, put)
            else:
                with turn(engine), alone(engine) as connection:
                    put(connection)

    threads = [threading.Thread(target=work) for _ in range(HANDS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put(count / (time.perf_counter() - begun))


SLOW = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
int fdatasync(int fd) { static int (*real)(int); if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
  int answer = real(fd); usleep(2000); return answer; }
int fsync(int fd) { static int (*real)(int); if (!real) real = dlsym(RTLD_NEXT, "fsync");
  int answer = real(fd); usleep(2000); return answer; }
"""


def groups(folder: Path, count: int) -> bool:
    """Committing together against one commit each, where a sync takes 2 ms longer."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        print("group commit: NOT MEASURED, for there is no C compiler to make a slow disk with")
        return True
    source, library = folder / "slow.c", folder / "slow.so"
    source.write_text(SLOW)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    context = multiprocessing.get_context("spawn")
    os.environ["LD_PRELOAD"] = str(library)
    ratios = []
    try:
        for _ in range(REPETITIONS):
            rates = {}
            for grouped in (False, True):
                queue: multiprocessing.Queue[float] = context.Queue()
                child = context.Process(target=_slow_disk, args=(folder, queue, grouped, count))
                child.start()
                rates[grouped] = queue.get(timeout=300)
                child.join()
            print(f"  one commit each {rates[False]:.0f}/s, together {rates[True]:.0f}/s")
            ratios.append(rates[True] / rates[False])
    finally:
        del os.environ["LD_PRELOAD"]
    return line("SQLite: group commit / single commit with a 2 ms sync", ratios, 3)


def main() -> int:
    """Print the table; 1 when a target is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true", help="2,000 votes a turn")
    parser.add_argument("--only", default="", choices=("", "SQLite", "PostgreSQL", "group"))
    options = parser.parse_args()
    count = 2_000 if options.full else 400
    voters = count * 2 * REPETITIONS + 4 * HANDS
    met = True
    with tempfile.TemporaryDirectory(prefix="consult-bench-") as place:
        folder = Path(place)
        if options.only in ("", "group"):
            met &= groups(folder, count)
        if options.only in ("", "SQLite"):
            met &= casts(Bench(Sqlite(folder).fresh(), folder, voters), "SQLite", 0.55, count)
            server = Bench(Sqlite(folder).fresh(), folder, voters, "server")
            met &= casts(server, "SQLite, sealed by the server", 0.55, count)
        if options.only in ("", "PostgreSQL"):
            databases = Postgresql(durable=True)
            try:
                met &= casts(Bench(databases.fresh(), folder, voters), "PostgreSQL", 0.40, count)
                server = Bench(databases.fresh(), folder, voters, "server")
                met &= casts(server, "PostgreSQL, sealed by the server", 0.40, count)
            finally:
                databases.stop()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
