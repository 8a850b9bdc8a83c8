"""Searching 100,000 comments against the bare full-text query, on both databases; ratios measured in one run.

`python benchmarks/searching.py [repetitions [comments]]` furnishes a new SQLite file, and a private PostgreSQL server where one is
installed, with comments whose words are as unevenly common as those of a language. The bare query asks the index alone for the
best twenty; the real one also asks who may see each, and gives back all that the page shows. Every repetition interleaves the
two over the same questions: words that few, some and many comments have, two words, a beginning, a phrase. It prints the median
of the ratios with their spread and what one question takes: processor time on SQLite, which works in this process, else the time
that passes. A rare word is a line of its own: where few comments match, what is measured is the fixed cost.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import accumulate
from pathlib import Path

from flask import Flask
from lines import line
from sqlalchemy import insert, text

from consult.app import create_app
from consult.domain import searching
from consult.domain.roles import VISITOR
from consult.model import schema
from consult.model.debate import Comment
from consult.model.store import db, writing
from consult.service import motions, search, search_keeping
from consult.service.search import Wanted

COMMENTS, WORDS, TARGET = 100_000, 5_000, 3.0
#: What is asked: words by their rank, 0 the most common, or a question with the words put in.
QUESTIONS = {
    "a common word": "{9}", "a word of some": "{60}", "two words": "{5} {30}", "a beginning": "{40:.4}*",
    "either of two": "{20} OR {50}", "a phrase": '"{3} {8}"',
}  # fmt: skip
RARE = "{4000}"
BARE = {
    "sqlite": "SELECT rowid FROM search_index WHERE search_index MATCH :asked ORDER BY rank LIMIT 20",
    "postgresql": (
        "SELECT id FROM search_document WHERE vector @@ CAST(:asked AS tsquery) "
        "ORDER BY ts_rank(vector, CAST(:asked AS tsquery), 1) DESC LIMIT 20"
    ),
}


def vocabulary(rng: random.Random) -> list[str]:
    """Words of our own, all different."""
    found: dict[str, None] = {}
    while len(found) < WORDS:
        found["".join(rng.choice("bdfglmnprst") + rng.choice("aeiou") for _ in range(rng.randint(2, 4)))] = None
    return list(found)


def furnished(address: str, folder: Path, comments: int) -> tuple[Flask, list[str]]:
    """The application on a new database with the comments, and the words they are made of."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.factories import found
    from tests.motions import stage

    app = create_app({"SQLALCHEMY_DATABASE_URI": address, "CONSULT_INSTANCE": str(folder)})
    rng = random.Random(7)
    words = vocabulary(rng)
    weights = list(accumulate(1 / (rank + 10) for rank in range(WORDS)))
    with app.app_context():
        schema.upgrade(db.engine)
        motion = stage(found()).published()
        row = motions.get(motion.id)
        fixed = {"motion_id": row.id, "author_id": row.mover_id, "author_status": "member", "stance": "for"}
        with writing() as session:
            for begin in range(0, comments, 5_000):
                session.execute(
                    insert(Comment),
                    [
                        fixed
                        | {
                            "body": " ".join(rng.choices(words, cum_weights=weights, k=40)),
                            "at": row.created_at + timedelta(minutes=n),
                        }
                        for n in range(begin, min(begin + 5_000, comments))
                    ],
                )
        begun = time.perf_counter()
        many = search_keeping.rebuild()
        print(f"{many:,} documents put into the index in {time.perf_counter() - begun:.1f} s", flush=True)
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE search_document")
    return app, words


def cost(
    ask: Callable[[str], int], questions: list[str], times: int, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Seconds that each question takes, the best of some times."""
    found = []
    for question in questions:
        taken = []
        for _ in range(times):
            begun = clock()
            ask(question)
            taken.append(clock() - begun)
        found.append(min(taken))
    return found


def measured(name: str, address: str, folder: Path, repetitions: int, comments: int) -> bool:
    """Print the lines of one database; whether its target was met."""
    app, words = furnished(address, folder, comments)
    with app.app_context():
        from tests.factories import NOON

        def bare(question: str) -> int:
            query = searching.parsed(question)
            asked = query.fts5 if name == "sqlite" else query.tsquery
            return len(db.session.execute(text(BARE[name]), {"asked": asked}).all())

        def real(question: str) -> int:
            return len(search.find(Wanted(question), VISITOR, NOON).rows)

        clock = time.process_time if name == "sqlite" else time.perf_counter
        questions = [question.format(*words) for question in (*QUESTIONS.values(), RARE)]
        for question in questions:
            if bare(question) != real(question):
                raise SystemExit(f"{question}: the bare query and the real one find different numbers.")
        ratios: dict[str, list[float]] = {kind: [] for kind in (*QUESTIONS, "a rare word", "all")}
        took: dict[str, list[float]] = {kind: [] for kind in (*QUESTIONS, "a rare word")}
        for _ in range(repetitions):
            one, other = cost(bare, questions, 5, clock), cost(real, questions, 5, clock)
            for kind, few, more in zip(took, one, other, strict=True):
                ratios[kind].append(more / few)
                took[kind].append(more)
            ratios["all"].append(sum(other[:-1]) / sum(one[:-1]))
        for kind, values in took.items():
            print(
                f"  {name}, {kind}: {statistics.median(values) * 1000:.1f} ms, {statistics.median(ratios[kind]):.2f} of the bare query"
            )
        db.session.remove()
        db.engine.dispose()
    return all([
        line(f"search over {comments:,} comments / bare query, {name}", ratios["all"], TARGET, most=True),
        line(f"search for a rare word in {comments:,} / bare query, {name}", ratios["a rare word"], TARGET, most=True),
    ])  # fmt: skip


def main(repetitions: int = 5, comments: int = COMMENTS) -> int:
    """Print the lines of both databases; 1 when a target is missed."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.databases import Postgresql, postgresql_programs

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        met = [measured("sqlite", f"sqlite:///{place / 'searching.db'}", place, repetitions, comments)]
        if postgresql_programs() is None:
            print("LEFT OUT: PostgreSQL is not installed.")
        else:
            server = Postgresql()
            try:
                met.append(measured("postgresql", server.fresh(), place, repetitions, comments))
            finally:
                server.stop()
    print(f"{repetitions} repetitions, load average {os.getloadavg()[0]:.2f}")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:3])))
