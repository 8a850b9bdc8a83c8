"""What a batch on the list of sealed votes costs as the list grows, as a ratio in one run: `python benchmarks/board.py`.

A batch of 1,000 receipts is put on a list of 1,000 and on one of 100,000 (500,000 with `--full`), as the timetable does it: the nodes
at the edge of the tree are read, the batch is hashed, leaves and new nodes are written, in a SQLite database of the real
schema. Beside it stands what it would cost to make the tree of all leaves anew. Medians of five.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from consult.ledger import merkle
from consult.model.ballots import Ballot
from consult.model.boxes import BoardLeaf, BoardNode
from consult.service import boards

BATCH = 1_000


def receipts(first: int, number: int) -> list[str]:
    """Receipts that nobody cast."""
    return [sha256(str(n).encode()).hexdigest() for n in range(first, first + number)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--full", action="store_true", help="a list of 500,000 instead of 100,000")
    large = 500_000 if parser.parse_args().full else 100_000
    print(f"batches of {BATCH:,}; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/board.db")
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE ballot (id INTEGER PRIMARY KEY)")
            connection.exec_driver_sql("INSERT INTO ballot VALUES (1), (2)")
        for table in (BoardLeaf, BoardNode):
            table.__table__.create(engine)
        cost = {}
        with Session(engine) as session:
            for number, size in ((1, BATCH), (2, large)):
                ballot = Ballot(id=number)
                boards.grow(session, ballot, 0, receipts(0, size))
                session.commit()
                rounds = []
                for turn in range(5):
                    start = time.perf_counter()
                    grown = boards.grow(session, ballot, size + turn * BATCH, receipts(size + turn * BATCH, BATCH))
                    session.commit()
                    rounds.append(time.perf_counter() - start)
                cost[size] = statistics.median(rounds)
            start = time.perf_counter()
            whole = boards.leaves(ballot, session)
            anew = merkle.Tree(whole).root()
            rebuilt = time.perf_counter() - start
            assert anew == grown.root()
    ratio, linear = cost[large] / cost[BATCH], large // BATCH
    print(
        f"a batch on {large:,} against one on {BATCH:,}: {ratio:.2f} (in proportion to the list it would be {linear})"
    )
    print(f"making the tree anew against a batch on {large:,}: {rebuilt / cost[large]:.1f}")


if __name__ == "__main__":
    main()
