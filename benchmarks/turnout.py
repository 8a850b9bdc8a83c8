"""Turnout against an empty route, and pages with half a million votes in the box against the same with 500.

`python benchmarks/turnout.py [--full] [--only NAME]`. One poll has 500 envelopes on a database of its own, another 50,000
(`--full`: 500,000), loaded by SQL, and rolls of as many. The real pages are served by gunicorn and asked in turn: turnout,
the front page, the ballot's page, and the paper of somebody who comes by a link. Ratios are of processor time; medians
of three repetitions. That a page costs the same is a ratio of at most 1.2, which leaves room for noise alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from driving import Bench, Sent, drive
from lines import line
from sqlalchemy import text

from consult.model.store import db, writing
from tests import poll
from tests.databases import Postgresql, Sqlite

REPETITIONS, REQUESTS, SMALL, HANDS = 3, 300, 500, 8
#: Requests of a page that costs a fraction of a paper.
LIGHT = 3_000

#: The numbers from 1, as each kind of database makes them; 400 bytes at random; 64 digits of a number.
NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})",
    "postgresql": "WITH n(i) AS (SELECT generate_series(1, {count}))",
}
BYTES = {"sqlite": "randomblob(400)", "postgresql": "decode(repeat(md5(random()::text), 25), 'hex')"}
DIGITS = {"sqlite": "substr('{zeros}' || m.id, -64)", "postgresql": "right('{zeros}' || m.id, 64)"}

STEPS = (
    """{numbers} INSERT INTO member (number, name, status, joined_at, unit_id, created_at)
    SELECT 'L' || n.i, 'Member ' || n.i, m.status, m.joined_at, m.unit_id, m.created_at
    FROM n CROSS JOIN member m WHERE m.id = {like}""",
    # the roll is frozen: they come to it as a supplementary batch
    """INSERT INTO roll_change (roll_id, number, kind, people, reason, at, changed_by, hash, salt, head)
    SELECT {roll}, 1, 'addition', {count}, 'the load', m.created_at, 'load', '{zeros}', '{zeros}', '{zeros}'
    FROM member m WHERE m.id = {like}""",
    """INSERT INTO roll_addition (roll_id, member_id, change_id)
    SELECT {roll}, m.id, c.id FROM member m JOIN roll_change c ON c.roll_id = {roll} WHERE m.number LIKE 'L%'""",
    """INSERT INTO roll_entry (roll_id, member_id, unit_id)
    SELECT {roll}, m.id, m.unit_id FROM member m WHERE m.number LIKE 'L%'""",
    """INSERT INTO envelope (ballot_id, member_id, sealed, receipt, retry_key, sealed_by)
    SELECT {ballot}, m.id, {bytes}, {digits}, {digits}, 'browser' FROM member m WHERE m.number LIKE 'L%'""",
)


def fill(bench: Bench, count: int) -> None:
    """So many more members on the poll's roll, each with an envelope in the box."""
    with bench.app.app_context():
        kind = db.engine.dialect.name
        values = {
            "numbers": NUMBERS[kind].format(count=count),
            "bytes": BYTES[kind],
            "zeros": "0" * 64,
            "digits": DIGITS[kind].format(zeros="0" * 64),
            "count": count,
            "like": bench.poll.voters[0].member_id,
            "roll": bench.poll.desk.ballot.roll_id,
            "ballot": bench.poll.ballot_id,
        }
        with writing() as session:
            for step in STEPS:
                session.execute(text(step.format(**values)))
        if kind == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
        db.session.remove()


def pages_of(bench: Bench) -> dict[str, Sent]:
    """What is asked for, by its name in the table."""
    ballot = f"/ballots/{bench.poll.ballot_id}"
    link = f"/vote/{bench.poll.voters[0].token}"
    addresses = {"turnout": f"{ballot}/turnout", "front page": "/", "ballot's page": ballot, "paper by link": link}
    return {name: ("GET", address, {}, "") for name, address in addresses.items()}


def cost(pages: poll.Pages, sent: Sent) -> float:
    """Milliseconds of processor time of one request."""
    number = REQUESTS if sent[1].startswith("/vote/") else LIGHT
    drive(pages, [sent] * 2 * HANDS, 200, HANDS)
    run = drive(pages, [sent] * number, 200, HANDS)
    if run.good != number:
        raise SystemExit(f"{sent[1]} was answered by {run.told}")
    return 1000 * run.cpu / number


def measure(server: Sqlite | Postgresql, folder: Path, name: str, count: int) -> bool:
    """The lines of one kind of database; whether all targets are met."""
    small, large = (Bench(server.fresh(), folder, 20, alike=False) for _ in range(2))
    fill(small, SMALL)
    fill(large, count)
    ratios: dict[str, list[float]] = {}
    cores: dict[str, list[float]] = {}
    with ExitStack() as stack:
        empty = stack.enter_context(large.serving("bare:app", threads=HANDS))
        few, many = (stack.enter_context(bench.serving(threads=HANDS)) for bench in (small, large))
        for _ in range(REPETITIONS):
            base = cost(empty, ("GET", "/empty", {}, ""))
            for page, sent in pages_of(small).items():
                with_few, with_many = cost(few, sent), cost(many, pages_of(large)[page])
                print(
                    f"  {page}: {with_few:.2f} ms with {SMALL:,}, {with_many:.2f} ms with {count:,}; empty {base:.2f} ms"
                )
                ratios.setdefault(page, []).append(with_many / with_few)
                cores.setdefault(page, []).append(with_many)
                if page == "turnout":
                    ratios.setdefault("empty", []).append(base / with_many)
    for page, spent in cores.items():
        line(f"{name}: read in a second of a core: {page}", [1000 / ms for ms in spent], None)
    met = line(f"{name}: empty route / turnout, processor time", ratios.pop("empty"), 0.45)
    for page, values in ratios.items():
        met &= line(f"{name}: {page} with {count:,} votes / with {SMALL}", values, 1.2, most=True)
    return met


def main() -> int:
    """Print the table; 1 when a target is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true", help="500,000 votes")
    parser.add_argument("--only", default="", choices=("", "SQLite", "PostgreSQL"))
    options = parser.parse_args()
    met = True
    with tempfile.TemporaryDirectory(prefix="consult-bench-") as place:
        folder = Path(place)
        databases = {"SQLite": lambda: Sqlite(folder), "PostgreSQL": lambda: Postgresql(durable=True)}
        for name, make in databases.items():
            if options.only in ("", name):
                server = make()
                try:
                    met &= measure(server, folder, name, 500_000 if options.full else 50_000)
                finally:
                    server.stop()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
