"""Members in, rolls frozen, notices queued, people found: each against the bare statement, as ratios in one run.

`python benchmarks/people.py [--full] [--only sqlite|postgresql] [--members N]` does each on databases of its own of either
kind, the bare side and the real one in turn, three times, and prints the median ratio of processor time (this process and
the database's) with its spread, the target, the peak of memory and the load average. The bare load puts the same rows
into the same table, with its indexes, checks and triggers, and asks, compares and reports nothing. `--full` takes 500,000.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lines import line as put_down  # isort: skip (beside this file)
from sqlalchemy import JSON, String, cast, insert, literal, select, text
from sqlalchemy.orm import contains_eager

from consult.app import create_app
from consult.domain.eligibility import RollRule
from consult.domain.roles import CONSOLE
from consult.model.deliveries import Delivery
from consult.model.members import Member
from consult.model.notices import Notice
from consult.model.rolls import Roll, RollEntry
from consult.model.store import Instant, db, writing
from consult.service import imports, members, outbox, rolls
from tests.databases import Postgresql, Sqlite
from tests.factories import NOON, found

REPETITIONS = 3
HEADING = "member number,name,e-mail,joined,branch,status\n"
BRANCHES = ("Alder", "Birch", "Cedar", "Elder")
GIVEN = ("Ada", "Ben", "Siân", "Dov", "Elif", "Femi", "Gwen", "Hal", "Ines", "Jo", "Kofi", "Lena", "Mo", "Nia", "Olu")
MISSED: list[str] = []


def write(path: Path, count: int) -> None:
    """A register as another system writes it: names of three words, one in fifteen with an accent."""
    rng = random.Random(5)
    with path.open("w") as file:
        file.write(HEADING)
        for n in range(count):
            name = f"{rng.choice(GIVEN)} {_surname(rng)} {_surname(rng)}"
            day = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(3900))
            file.write(
                f"P{n:07d},{name},{rng.getrandbits(40):x}@post.example,{day:%Y-%m-%d},{BRANCHES[n % 4]},member\n"
            )


def _surname(rng: random.Random) -> str:
    return "".join(
        rng.choice(("an", "bel", "cor", "dun", "el", "far", "gor", "hol", "in", "ker")) for _ in range(4)
    ).title()


class Kind:
    """One kind of database: fresh ones, and the processor time that it and this process have taken."""

    def __init__(self, maker: Sqlite, folder: Path) -> None:
        self.maker, self.folder, self.name = maker, folder, maker.name

    def app(self) -> Any:
        """The application on a fresh database with a small movement."""
        address = self.maker.fresh()
        app = create_app({"SQLALCHEMY_DATABASE_URI": address, "CONSULT_INSTANCE": str(self.folder), "TESTING": True})
        with app.app_context():
            found()
            db.session.remove()
        return app

    def seconds(self) -> float:
        """Processor time so far."""
        own = time.process_time()
        if not isinstance(self.maker, Postgresql):
            return own
        master = (self.maker.data / "postmaster.pid").read_text().split()[0]
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parts = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if parts[1] == master:
                ticks += int(parts[11]) + int(parts[12])
            elif stat.parent.name == master:  # itself, and those of its processes that have ended
                ticks += sum(map(int, parts[11:15]))
        return own + ticks / os.sysconf("SC_CLK_TCK")

    def cost(self, do: Callable[[], object]) -> float:
        """What one call costs."""
        before = self.seconds()
        do()
        return self.seconds() - before


def line(name: str, values: Sequence[float], target: float) -> None:
    """Print one ratio beside its target."""
    if not put_down(name, values, target, most=True):
        MISSED.append(name)


def _rows(file: BinaryIO, units: dict[str, int], at: str) -> Iterator[tuple[Any, ...]]:
    reader = csv.reader(line.decode() for line in file)
    next(reader)
    for number, name, email, joined, branch, status in reader:
        day = f"{joined}T00:00:00.000000Z"
        yield number, name, email, email, status, day, units[branch], at, f"{name} {number}".lower()


def bare_load(path: Path) -> None:
    """The rows into the table, and nothing else: executemany on SQLite, COPY on PostgreSQL, one transaction."""
    names = "number, name, email, email_key, status, joined_at, unit_id, created_at, search_key"
    units = dict(db.session.execute(text("SELECT name, id FROM unit")).all())
    with path.open("rb") as file, writing() as session:
        rows = _rows(file, units, NOON.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
        driver: Any = session.connection().connection.driver_connection
        if session.get_bind().dialect.name == "sqlite":
            driver.executemany(f"INSERT INTO member ({names}) VALUES (?,?,?,?,?,?,?,?,?)", rows)
        else:
            with driver.cursor() as cursor, cursor.copy(f"COPY member ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write("\t".join(map(str, row)) + "\n")


def real_import(path: Path, count: int) -> None:
    """The file read, laid beside the register, reported, and taken."""
    with path.open("rb") as file:
        report = imports.preview(file, at=NOON)
    if report.counts["new"] != count or report.counts["wrong"]:
        raise SystemExit(f"The report is not that of the file: {report.counts}")
    done = imports.apply(None, report, "The file of June.", by=CONSOLE, at=NOON)
    if done["new"] != count:
        raise SystemExit(f"The register did not take the file: {done}")


def peak() -> int:
    """The most memory that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def load(kind: Kind, path: Path, count: int) -> Any:
    """Import against a bare load; gives an application with the members in it."""
    ratios, app = [], kind.app()
    small = path.with_suffix(".small")
    write(small, count // 5)
    with kind.app().app_context():
        real_import(small, count // 5)
    before = peak()
    for _ in range(REPETITIONS):
        with kind.app().app_context():
            bare = kind.cost(lambda: bare_load(path))
            db.engine.dispose()
        app = kind.app()
        with app.app_context():
            mine = kind.cost(lambda: real_import(path, count))
            db.session.remove()
        print(f"  {count:,} in: bare {bare:.2f} s, import {mine:.2f} s")
        ratios.append(mine / bare)
    line(f"{kind.name}: import / bare load", ratios, 2.5 if kind.name == "postgresql" else 2.0)
    print(f"  peak of memory: {before} MB after {count // 5:,} rows, {peak()} MB after {count:,}")
    return app


def freeze(kind: Kind) -> int:
    """A roll frozen against the bare INSERT … SELECT of its entries, beside rolls that stand already; gives a roll."""
    ratios, roll_id = [], 0
    _bare_entries(_empty_roll("Before"))  # the first roll alone finds an empty index; no later one does
    for place in range(REPETITIONS + 1):
        bare_roll = _empty_roll(f"Bare {place}")
        sides = [lambda roll=bare_roll: _bare_entries(roll), lambda place=place: _frozen(place)]
        # each roll makes the index larger: who comes second pays for it, so that they take turns
        costs = [kind.cost(side) for side in (sides[::-1] if place % 2 else sides)]
        bare, mine = costs[::-1] if place % 2 else costs
        ratios.append(mine / bare)
        made = next(roll for roll in rolls.listed() if roll.title == f"Real {place}")
        roll_id = made.id
        print(f"  {made.size:,} on the roll: bare {bare:.2f} s, frozen {mine:.2f} s")
    line(f"{kind.name}: roll freeze / bare INSERT … SELECT", ratios, 1.3)
    return roll_id


def _frozen(place: int) -> None:
    rolls.freeze(None, f"Real {place}", RollRule(), token=lambda n: "00" * n, by=CONSOLE, at=NOON)


def _empty_roll(title: str) -> int:
    with writing() as session:
        roll = Roll(title=title, rule={}, frozen_at=NOON, frozen_by="x", size=0, kept_out={}, hash="x", salt="x")
        session.add(roll)
        session.flush()
        return roll.id


def _bare_entries(roll_id: int) -> None:
    chosen = select(literal(roll_id), Member.id, Member.unit_id, Member.email).where(Member.status == "member")
    with writing() as session:
        session.execute(insert(RollEntry).from_select(["roll_id", "member_id", "unit_id", "email"], chosen))


def notices(kind: Kind, roll_id: int) -> None:
    """A notice queued, and a line of the ledger begun, for everyone on a roll against the bare INSERT … SELECT of both."""
    ratios = []
    _bare_notices(roll_id, 3000)  # the first alone finds an empty index; no later one does
    for place in range(REPETITIONS + 1):
        sides = [
            lambda place=place: _bare_notices(roll_id, 2000 + place),
            lambda place=place: _real_notices(roll_id, place),
        ]
        # each makes the indexes larger: who comes second pays for it, so that they take turns
        costs = [kind.cost(side) for side in (sides[::-1] if place % 2 else sides)]
        bare, mine = costs[::-1] if place % 2 else costs
        print(f"  queued: bare {bare:.2f} s, through the outbox {mine:.2f} s")
        ratios.append(mine / bare)
    line(f"{kind.name}: notices queued / bare INSERT … SELECT", ratios, 1.5)
    print(f"  peak of memory: {peak()} MB")


def _bare_notices(roll_id: int, ballot_id: int) -> None:
    """The same rows, with keys and contexts of the same length, and nothing asked."""
    at = literal(NOON, Instant)
    context = {"ballot": ballot_id, "title": "A ballot"}
    with writing() as session:
        once = literal(f"ballot-opens:{ballot_id}:").concat(cast(RollEntry.member_id, String))
        chosen = select(
            literal("ballot-opens"),
            RollEntry.member_id,
            RollEntry.email,
            literal(context, JSON),
            once,
            at,
            at,
            literal(0),
        ).where(RollEntry.roll_id == roll_id, RollEntry.email.is_not(None))
        names = ["kind", "member_id", "address", "context", "once", "queued_at", "send_after", "attempts"]
        session.execute(insert(Notice).from_select(names, chosen))
        lines = select(literal(ballot_id), RollEntry.member_id, literal("queued")).where(RollEntry.roll_id == roll_id)
        session.execute(insert(Delivery).from_select(["ballot_id", "member_id", "state"], lines))


def _real_notices(roll_id: int, place: int) -> None:
    with writing() as session:
        outbox.queue_roll(session, "ballot-opens", roll_id, 1000 + place, at=NOON, after=NOON, title="A ballot")


def search(kind: Kind, count: int) -> None:
    """Somebody found by name, and by number, against a look-up by the unique number."""
    rng = random.Random(9)
    numbers = [f"P{rng.randrange(count):07d}" for _ in range(100)]
    names = dict(db.session.execute(select(Member.number, Member.name).where(Member.number.in_(numbers))).all())
    by_name, by_number = [], []
    for _ in range(REPETITIONS):
        bare = kind.cost(lambda: [_look_up(number) for number in numbers])
        by_name.append(kind.cost(lambda: [_search(names[number]) for number in numbers]) / bare)
        by_number.append(kind.cost(lambda: [_search(number) for number in numbers]) / bare)
    print(f"  a look-up takes {1000 * bare / len(numbers):.2f} ms")
    line(f"{kind.name}: search by number / indexed look-up", by_number, 1.5)
    line(f"{kind.name}: search by three words of a name / look-up", by_name, 2.5)


def _search(words: str) -> None:
    db.session.expunge_all()
    if not members.search(words).members:
        raise SystemExit(f"Nobody is found by {words!r}.")


def _look_up(number: str) -> None:
    """An entry with its branch by the unique number."""
    db.session.expunge_all()
    query = select(Member).join(Member.unit).options(contains_eager(Member.unit)).where(Member.number == number)
    list(db.session.scalars(query))


def main() -> None:
    """Measure, print, and fail where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="500,000 members")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--members", type=int, default=30_000)
    chosen = parser.parse_args()
    count = 500_000 if chosen.full else chosen.members
    with tempfile.TemporaryDirectory(prefix="consult-people-") as made:
        folder = Path(made)
        path = folder / "register.csv"
        write(path, count)
        print(f"{count:,} members, a file of {path.stat().st_size >> 20} MB, load {os.getloadavg()[0]:.1f}")
        kinds = {"sqlite": lambda: Sqlite(folder), "postgresql": lambda: Postgresql(durable=True)}
        for name, make in kinds.items():
            if chosen.only not in (None, name):
                continue
            maker = make()
            try:
                kind = Kind(maker, folder)
                with load(kind, path, count).app_context():
                    notices(kind, freeze(kind))
                    search(kind, count)
            finally:
                maker.stop()
    if MISSED:
        raise SystemExit(f"Missed: {', '.join(MISSED)}")


if __name__ == "__main__":
    main()
