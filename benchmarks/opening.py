"""What opening a sealed box costs beside the bare HPKE opens, as a ratio in one run: `python benchmarks/opening.py`.

The bare side decrypts the same envelopes in one process and does nothing else; the other reads the file, checks the root,
opens, reads and groups the papers in one process, as `consult open-envelopes --processes 1` does. CPU time of this
process, medians of three rounds in which both take turns; then the peak memory of it all. `--full` takes 500,000.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import sys
import time
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from consult.cli import open_envelopes
from consult.ledger import ceremony, envelopes, opening
from consult.ledger.ceremony import Ceremony, Holder
from consult.ledger.definition import Definition, KeyShares, Lot, Option, Question, Roll, Signer
from consult.ledger.envelopes import Answer


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--full", action="store_true", help="500,000 envelopes instead of 10,000")
    number = 500_000 if parser.parse_args().full else 10_000
    plan = Ceremony("1", "Benchmark", 2, (Holder("1", "A"), Holder("2", "B"), Holder("3", "C")))
    public, lists = ceremony.make(plan, envelopes.generate_keys())
    made, rng = ballot(public), random.Random(1)
    sealed = sorted(
        (envelopes.seal(made, [Answer("q1", tuple(rng.sample(range(10), rng.randint(1, 10))))]) for _ in range(number)),
        key=envelopes.leaf,
    )
    top = opening.Header(public, made, number, opening.root(map(envelopes.leaf, sealed)))
    box = b"".join(opening.write(top, ((0, each) for each in sealed)))
    private, _ = ceremony.private_key(public, lists[:2])
    key, info = envelopes.read_private(private), envelopes.info(made)
    bare, whole = [], []
    print(f"{number:,} envelopes; load {os.getloadavg()[0]:.1f}")
    for _ in range(3):
        start = time.process_time()
        for each in sealed:
            envelopes.SUITE.decrypt(each, key, info)
        bare.append(time.process_time() - start)
        start = time.process_time()
        file = BytesIO(box)
        open_envelopes.open_all(file, opening.read_header(file), private, 1)
        whole.append(time.process_time() - start)
    ratio = statistics.median(whole) / statistics.median(bare)
    print(
        f"bare HPKE opens: {1e6 * statistics.median(bare) / number:.0f} µs each; whole opening: {ratio:.2f} times that"
    )
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
