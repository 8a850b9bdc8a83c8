"""The text engine against bare rapidfuzz, and relations against derivation: ratios measured in one run.

`python benchmarks/text.py [repetitions]` prints each ratio (median over the repetitions, with the spread), its target,
and the load average. Every repetition measures the bare baseline beside the engine. The texts are made from a fixed
seed; nothing is cached from one repetition to the next.
"""

from __future__ import annotations

import gc
import os
import random
import resource
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import _lru_cache_wrapper

from lines import line
from rapidfuzz.distance import Indel

from consult.printing import format_of, pdf
from consult.printing.blocks import Block, Heading, Paper, text_of
from consult.text import align, lines, opcodes, plain, tokens
from consult.text.clauses import Clause, Document, Kind
from consult.text.compare import compare
from consult.text.conflicts import Book
from consult.text.derive import derive
from consult.text.operations import Amendment
from consult.text.ordering import matter
from consult.text.rebase import Rebasing, Status
from consult.text.rehearse import rehearse
from consult.text.relations import Relating, RelationIndex, relations
from consult.text.replay import Decision, Outcome, replay

CLAUSES, WORDS, AMENDMENTS, EDITS = 40, 5_000, 1_000, 200
COMMON = ["the", "of", "to", "and", "that", "in", "for", "this", "shall", "be", "on", "with", "by", "our", "council"]
#: More clauses than any cache of their words holds.
KEPT_CLAUSES = 9_000
MEGABYTE = 1_000_000
VOCABULARY = [
    f"{start}{end}" for start in ("work", "hous", "rent", "vot", "car", "clim") for end in range(150)
] + COMMON * 20


def motion(rng: random.Random) -> Document:
    """A motion of 40 clauses and 5,000 words."""
    size = WORDS // CLAUSES
    return Document(
        tuple(
            Clause(f"c{number}", Kind.RESOLVES, " ".join(rng.choice(VOCABULARY) for _ in range(size)) + ".")
            for number in range(CLAUSES)
        )
    )


def edited(base: Document, rng: random.Random, edits: int, hot: bool = False) -> Document:
    """The motion after some edits of one to four words; `hot` ones crowd at three phrases of each clause."""
    clauses = list(base.clauses)
    for _ in range(edits):
        place = rng.randrange(CLAUSES)
        own = clauses[place].text.split(" ")
        start = rng.choice((10, 50, 90)) + rng.randrange(4) if hot else rng.randrange(len(own) - 5)
        own[start : start + rng.randint(0, 3)] = [rng.choice(VOCABULARY) for _ in range(rng.randint(1, 4))]
        clauses[place] = Clause(clauses[place].id, clauses[place].kind, " ".join(own))
    return Document(tuple(clauses))


def cold() -> None:
    """Forget every cached word."""
    for module in (align, lines, opcodes, plain, tokens):
        for value in vars(module).values():
            if isinstance(value, _lru_cache_wrapper):
                value.cache_clear()
    gc.collect()


def timed(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(seed: int) -> dict[str, float]:
    """Every ratio once."""
    rng = random.Random(seed)
    base = motion(rng)
    new = edited(base, rng, EDITS)
    old_words = [word for clause in base.clauses for word in clause.text.split()]
    new_words = [word for clause in new.clauses for word in clause.text.split()]
    cold()
    bare = timed(lambda: Indel.opcodes(old_words, new_words))
    found = {"compare / bare opcodes": timed(lambda: compare(base, new)) / bare}
    results = [edited(base, rng, 1, hot=True) for _ in range(AMENDMENTS)]
    cold()
    made: list[Amendment] = []
    deriving = timed(
        lambda: made.extend(
            Amendment(str(number), base.hash, derive(base, result)) for number, result in enumerate(results)
        )
    )
    index = RelationIndex(base)
    relating = timed(lambda: [index.add(amendment) for amendment in made])
    total = sum(1 for _ in index.all())
    if total != len(relations(base, made)) or total < AMENDMENTS:
        raise SystemExit(f"The relations do not agree or are too few to measure: {total}.")
    found["1,000 relations / derivations"] = relating / deriving
    by_key = {own.key: own for own in made}
    pairs = list(index.all())
    ordering = timed(
        lambda: [matter(base, by_key[r.first], by_key[r.second], identical=r.kind is Relating.IDENTICAL) for r in pairs]
    )
    found["1,000 relations with what order decides"] = (relating + ordering) / deriving
    order = [own.key for own in made]
    found["rehearse 1,000 / derivations"] = (
        timed(lambda: rehearse(base, made, order, dict.fromkeys(order, True))) / deriving
    )
    found["one more of 1,000 / one more of 100"] = _growth(base, rng)
    change = Rebasing(base, edited(base, rng, 1))
    statuses: list[Status] = []
    found["rebase 1,000 / derivations"] = (
        timed(lambda: statuses.extend(change.rebase(own).status for own in made)) / deriving
    )
    if Status.CLEAN not in statuses:
        raise SystemExit("No amendment was rebased cleanly: the measure means nothing.")
    decisions = [Decision(own.key, Outcome.CARRIED) for own in made[:100]]
    found["replay 100 / derivations"] = timed(lambda: replay(base, made[:100], decisions)) / deriving
    return found | bearing(rng) | exported(rng)


def agenda(size: int, rng: random.Random) -> Paper:
    """An agenda of so many motions of fifteen clauses, each made when it is asked for."""
    words = [" ".join(rng.choice(VOCABULARY) for _ in range(60)) + "." for _ in range(15)]

    def parts() -> Iterator[list[Block]]:
        for number in range(size):
            clauses = [Clause(f"c{place}", Kind.RESOLVES, f"{number} {text}") for place, text in enumerate(words)]
            text = Document((Clause("h", Kind.HEADING, f"Motion {number}"), *clauses))
            numbered = {"lines": [line.to_data() for line in lines.lines(text)]}
            yield [Heading(1, f"Motion {number}"), text_of(text.to_data(), numbered)]

    return Paper("Agenda", "Benchmark", count=size, parts=parts)


def exported(rng: random.Random) -> dict[str, float]:
    """Peak memory of an agenda of 200 motions against one of 20 in each form that is written as it comes; time of the PDF.

    The program keeps the words of the last 8,192 clauses, whatever is done with them. Those places are filled first, so that
    what is measured is what an agenda takes besides; less than a megabyte counts as one, for below it nothing but chance
    is measured.
    """
    found = {}
    tracemalloc.start()
    _write("txt", KEPT_CLAUSES // 15, rng)
    for key in ("html", "txt", "docx", "odt"):
        peaks = []
        for size in (20, 20, 200):  # the first warms up what is loaded once
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            _write(key, size, rng)
            peaks.append(max(MEGABYTE, tracemalloc.get_traced_memory()[1] - before))
        found[f"{key} of 200 motions / of 20, memory"] = peaks[2] / peaks[1]
    tracemalloc.stop()
    cold()
    return found | _set(rng)


def _write(key: str, size: int, rng: random.Random) -> None:
    with tempfile.TemporaryFile() as out:
        format_of(key).write(agenda(size, rng), out)


def _set(rng: random.Random) -> dict[str, float]:
    """The PDF, which a process of its own sets and whose memory goes with it: time, and that process's peak by size.

    The peak of all child processes so far is what the system tells, so that the small paper is set first, and the ratio is
    measured in the first repetition alone.
    """
    costs, peaks = [], []
    for size in (20, 200):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with tempfile.TemporaryFile() as out:
            format_of("pdf").write(agenda(size, rng), out)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        costs.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        peaks.append((before.ru_maxrss, after.ru_maxrss))
    found = {"PDF of 200 motions / ten of 20, time": costs[1] / (10 * costs[0])}
    if peaks[0][0] < peaks[0][1]:
        found["PDF of 200 motions / ten of 20, memory"] = peaks[1][1] / (10 * peaks[0][1])
        found["PDF of 200 motions, share of what it may take"] = peaks[1][1] * 1024 / pdf.MOST
    return found


def bearing(rng: random.Random) -> dict[str, float]:
    """What a draft of 10 clauses has in common with a book of 600 policies, against one of 60 and against bare opcodes."""

    def policy(number: int) -> Document:
        letters = str.maketrans("0123456789", "bdfgklmprv")  # a figure is no weighty word
        words = [" ".join(rng.choices(VOCABULARY, k=24)).translate(letters) for _ in range(5)]
        return Document(tuple(Clause(f"p{number}.{n}", Kind.RESOLVES, f"{text}.") for n, text in enumerate(words)))

    policies = {str(number): policy(number) for number in range(600)}
    clauses = [Clause(f"c{n}", Kind.RESOLVES, policies[str(7 * n)].clauses[0].text) for n in range(10)]
    own = Document(tuple(clauses))
    books = [Book(dict(list(policies.items())[:many])) for many in (60, 600)]
    if not {"0", "7", "63"} <= {found.other for found in books[1].overlaps(own)}:
        raise SystemExit("The policies that the draft is taken from were not found: the measure means nothing.")
    costs = [timed(lambda book=book: [book.overlaps(own) for _ in range(5)]) for book in books]  # type: ignore[misc]
    every = [clause.text.split() for document in policies.values() for clause in document.clauses]
    mine = [clause.text.split() for clause in clauses]
    bare = timed(lambda: [Indel.opcodes(one, two) for one in mine for two in every])
    return {
        "600 policies / 60 policies": costs[1] / costs[0],
        "600 policies / bare opcodes of all pairs": costs[1] / (5 * bare),
    }


def _growth(base: Document, rng: random.Random) -> float:
    """What one more amendment costs among 1,000 against among 100, where neither has neighbours: 1 is no growth."""
    costs = []
    lone = [Amendment(f"lone{number}", base.hash, derive(base, _at(base, number, 118))) for number in range(CLAUSES)]
    for size in (100, 1_000):
        index = RelationIndex(base)
        for number in range(size):
            index.add(Amendment(str(number), base.hash, derive(base, _at(base, number, rng.randrange(110)))))
        costs.append(timed(lambda index=index: [index.add(own) for own in lone]))  # type: ignore[misc]
    return costs[1] / costs[0]


def _at(base: Document, number: int, word: int) -> Document:
    clauses = list(base.clauses)
    own = clauses[number % CLAUSES].text.split(" ")
    own[word] = f"new{number}"
    clauses[number % CLAUSES] = Clause(clauses[number % CLAUSES].id, Kind.RESOLVES, " ".join(own))
    return Document(tuple(clauses))


TARGETS = {
    "compare / bare opcodes": 3.0,
    "1,000 relations / derivations": 3.0,
    "1,000 relations with what order decides": 3.0,
    "rehearse 1,000 / derivations": 20.0,
    "one more of 1,000 / one more of 100": 2.0,
    "rebase 1,000 / derivations": 20.0,
    "replay 100 / derivations": 10.0,
    "html of 200 motions / of 20, memory": 1.5,
    "txt of 200 motions / of 20, memory": 1.5,
    "docx of 200 motions / of 20, memory": 1.5,
    "odt of 200 motions / of 20, memory": 1.5,
    "600 policies / 60 policies": 10.0,
    "600 policies / bare opcodes of all pairs": 1.0,
    "PDF of 200 motions / ten of 20, time": 2.0,
    "PDF of 200 motions / ten of 20, memory": 1.0,
    "PDF of 200 motions, share of what it may take": 0.5,
}


def main(repetitions: int = 5) -> int:
    """Print the table; 1 when a target is missed."""
    runs = [measure(seed) for seed in range(repetitions)]
    met = [line(name, [run[name] for run in runs], target, most=True) for name, target in TARGETS.items()]
    print(f"{repetitions} repetitions, load average {os.getloadavg()[0]:.2f}")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
