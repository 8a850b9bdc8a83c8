"""What opening and counting a sealed box costs beside the bare HPKE opens, in one run: `python benchmarks/opening.py`.

The bare side decrypts the same envelopes in as many processes as there are cores and does nothing else. The other is
`consult open-envelopes` itself, on the same cores: it reads the file, checks the root, opens, reads, groups and writes
the papers; then they are read and counted. Both take turns, three times (`--full`: 500,000 envelopes, once). Ratios of
processor time and of wall time, how many cores the opening kept busy, and the most memory of any of its processes.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from consult.counting.count import count
from consult.counting.data import contest_from, papers_from
from consult.ledger import ceremony, envelopes, opening
from consult.ledger import definition as definitions
from consult.ledger.ceremony import Ceremony, Holder
from consult.ledger.definition import Definition, KeyShares, Lot, Option, Question, Roll, Signer, contest_of
from consult.ledger.envelopes import Answer

from lines import line  # isort: skip (beside this file)

CORES = os.cpu_count() or 1
#: The most memory that one process of the opening may take, in MB.
MEMORY = 1_000


def ballot(public: Ceremony) -> Definition:
    """A ranked contest of ten candidates, sealed to a key in shares."""
    options = tuple(Option(f"c{n}", f"Candidate {n}") for n in range(10))
    question = Question("q1", "Who?", "irv", "1", {}, options)
    shares = KeyShares(public.k, tuple(holder.name for holder in public.holders), public.hash)
    return Definition(
        "1", "Benchmark", "sealed", (question,), "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", 0,
        Roll("0" * 64, 1_000_000), public.public_key, "tables-only", Lot("named", "A draw"), 1,
        (Signer("A", envelopes.shape.encode(bytes(32))),), shares=shares,
    )  # fmt: skip


def sealed(made: bytes, seed: int, number: int) -> list[bytes]:
    """So many envelopes with papers of any length."""
    definition, rng = definitions.loads(made), random.Random(seed)
    return [
        envelopes.seal(definition, [Answer("q1", tuple(rng.sample(range(10), rng.randint(1, 10))))])
        for _ in range(number)
    ]


def opened_bare(box: Path, private: bytes, first: int, number: int) -> float:
    """Seconds of processor time for the bare opens of a part of the box."""
    with box.open("rb") as file:
        header = opening.read_header(file)
        file.seek(first * header.record, os.SEEK_CUR)
        parts = [envelope for _, envelope in opening.split(header, file.read(number * header.record))]
    key, info = envelopes.read_private(private), envelopes.info(header.definition)
    begun = time.process_time()
    for envelope in parts:
        envelopes.SUITE.decrypt(envelope, key, info)
    return time.process_time() - begun


def bare(pool: ProcessPoolExecutor, box: Path, private: bytes, number: int) -> tuple[float, float]:
    """Wall and processor seconds of the bare opens on all cores."""
    size = min(10_000, -(-number // CORES))
    begun = time.perf_counter()
    starts = range(0, number, size)
    tasks = [pool.submit(opened_bare, box, private, first, min(size, number - first)) for first in starts]
    cpu = sum(task.result() for task in tasks)
    return time.perf_counter() - begun, cpu


def whole(box: Path, words: Sequence[Path], folder: Path) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and MB of the command, with its progress bar."""
    command = [sys.executable, "-m", "consult.cli", "open-envelopes", str(box), "--out", str(folder)]
    command += [part for each in words for part in ("--words", str(each))]
    begun = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit("The box was not opened.")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def counted(file: Path, made: bytes, number: int) -> float:
    """Processor seconds of reading the opened papers and counting them once, by a process of its own."""
    begun = time.process_time()
    definition = definitions.loads(made)
    found = opening.read_opened(file.read_bytes(), definition)
    (question,) = definition.questions
    votes = papers_from((tuple(group.pattern), group.votes) for group in found.questions[0].groups)  # type: ignore[misc]
    result = count("irv", contest_from(contest_of(definition, question)), votes, None)
    if found.papers != number or not result.winners:
        raise SystemExit("Not every paper was counted.")
    return time.process_time() - begun


def main() -> int:
    """Print the lines; 1 when one is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--full", action="store_true", help="500,000 envelopes, once, instead of 20,000 three times")
    full = parser.parse_args().full
    number, rounds = (500_000, 1) if full else (20_000, 3)
    plan = Ceremony("1", "Benchmark", 2, (Holder("1", "A"), Holder("2", "B"), Holder("3", "C")))
    public, lists = ceremony.make(plan, envelopes.generate_keys())
    definition = ballot(public)
    made, (private, _) = definition.bytes, ceremony.private_key(public, lists[:2])
    ratios, walls, busy, memory = [], [], [], []
    with tempfile.TemporaryDirectory() as place, ProcessPoolExecutor(CORES, get_context("spawn")) as pool:
        folder = Path(place)
        box, words = folder / "box", [folder / "first", folder / "second"]
        for file, each in zip(words, lists, strict=False):
            file.write_text(each)
        tasks = [pool.submit(sealed, made, seed, 5_000) for seed in range(number // 5_000)]
        all_of_them = sorted((each for task in tasks for each in task.result()), key=envelopes.leaf)
        header = opening.Header(public, definition, number, opening.root(map(envelopes.leaf, all_of_them)))
        with box.open("wb") as out:
            out.writelines(opening.write(header, ((0, each) for each in all_of_them)))
        del all_of_them, tasks
        print(f"{number:,} envelopes on {CORES} cores; load {os.getloadavg()[0]:.1f}", flush=True)
        for turn in range(rounds):
            base_wall, base = bare(pool, box, private, number)
            out_folder = folder / f"out-{turn}"
            wall, cpu, most = whole(box, words, out_folder)
            (papers,) = out_folder.glob("opened-*")
            count_time = pool.submit(counted, papers, made, number).result()
            print(
                f"  bare {base_wall:.1f} s ({base:.1f} s of processor time, {1e6 * base / number:.0f} µs each), "
                f"opening {wall:.1f} s ({cpu:.1f} s), counting {count_time:.1f} s, {most:.0f} MB",
                flush=True,
            )
            ratios.append((cpu + count_time) / base)
            walls.append((wall + count_time) / base_wall)
            busy.append(cpu / wall)
            memory.append(most)
    size = f"{number:,} envelopes"
    met = line(f"{size}: opening and counting / bare HPKE opens, processor", ratios, 2, most=True)
    line(f"{size}: the same by wall time", walls, None)
    line(f"{size}: cores kept busy by the opening, of {CORES}", busy, None)
    met &= line(f"{size}: most memory of one process", memory, MEMORY, most=True, unit=" MB")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
