"""Writers in a line, and writers who commit together: order, faults, and that nobody is told before the commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from consult.model import gate, store, together


@pytest.fixture
def engine(tmp_path: Path) -> Any:
    made = sa.create_engine(f"sqlite:///{tmp_path / 'box.db'}", pool_size=40)
    with made.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE box (voter INTEGER PRIMARY KEY)")
    yield made
    made.dispose()


def put(voter: int) -> together.Statement:
    return lambda connection: connection.exec_driver_sql("INSERT INTO box VALUES (?)", (voter,)).rowcount


def rows(engine: sa.Engine) -> list[int]:
    with engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT voter FROM box ORDER BY voter")]


def in_threads(*works: Callable[[], Any]) -> list[Any]:
    found: list[Any] = [None] * len(works)

    def run(place: int) -> None:
        try:
            found[place] = works[place]()
        except Exception as fault:  # the test looks at it
            found[place] = fault

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def count_commits(engine: sa.Engine) -> list[int]:
    """How many statements each commit of several held, filled in as they come."""
    sizes: list[int] = []

    def listen(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("BEGIN IMMEDIATE"):
            sizes.append(0)
        elif sizes and statement.startswith("INSERT"):
            sizes[-1] += 1

    sa.event.listen(engine, "before_cursor_execute", listen)
    return sizes


def held_up(engine: sa.Engine, group: together.Group, *works: Callable[[], Any]) -> list[Any]:
    """What works gave that all arrived while another process was writing."""
    found: list[Any] = []
    with store.turn(engine):
        others = threading.Thread(target=lambda: found.extend(in_threads(*works)))
        others.start()
        while len(group._waiting) < len(works):
            time.sleep(0.001)
    others.join()
    return found


def test_those_who_wait_together_are_committed_together(engine: sa.Engine) -> None:
    group, sizes = together.Group(), count_commits(engine)
    found = held_up(engine, group, *(lambda n=n: group.run(engine, put(n)) for n in range(20)))  # type: ignore[misc]
    assert found == [1] * 20 and rows(engine) == list(range(20))
    assert sizes == [20]
    assert group.run(engine, put(20)) == 1 and len(sizes) == 1  # one alone needs no transaction around it
    assert group._waiting == [] and not group._led


def test_no_more_than_so_many_share_a_commit_and_the_next_one_leads(engine: sa.Engine) -> None:
    group, sizes = together.Group(most=6), count_commits(engine)
    found = held_up(engine, group, *(lambda n=n: group.run(engine, put(n)) for n in range(20)))  # type: ignore[misc]
    assert found == [1] * 20 and rows(engine) == list(range(20)) and sizes == [6, 6, 6, 2]


def test_one_refused_does_not_touch_the_others(engine: sa.Engine) -> None:
    group = together.Group()
    group.run(engine, put(3))
    found = held_up(engine, group, *(lambda n=n: group.run(engine, put(n)) for n in (1, 3, 2, 2)))  # type: ignore[misc]
    assert sum(isinstance(each, IntegrityError) for each in found) == 2 and found.count(1) == 2
    assert rows(engine) == [1, 2, 3]


def test_a_commit_that_fails_acknowledges_nobody(engine: sa.Engine) -> None:
    group = together.Group()

    def full(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement == "COMMIT":
            raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    sa.event.listen(engine, "before_cursor_execute", full)
    found = held_up(engine, group, *(lambda n=n: group.run(engine, put(n)) for n in range(5)))  # type: ignore[misc]
    sa.event.remove(engine, "before_cursor_execute", full)
    assert all(isinstance(each, OperationalError) for each in found), found
    assert rows(engine) == []
    assert group.run(engine, put(0)) == 1  # and the next one is served


def test_nobody_is_told_before_the_commit(engine: sa.Engine) -> None:
    group, told = together.Group(), []
    at_commit: list[int] = []

    def listen(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement == "COMMIT":
            time.sleep(0.05)  # a slow disk
            at_commit.append(len(told))

    sa.event.listen(engine, "before_cursor_execute", listen)
    held_up(engine, group, *(lambda n=n: told.append(group.run(engine, put(n))) for n in range(8)))  # type: ignore[misc]
    assert at_commit == [0] and len(told) == 8


def test_a_follower_whose_leader_never_answers_is_told_so_and_writes_nothing_later(engine: sa.Engine) -> None:
    group = together.Group(patience=0.05)
    with store.turn(engine):
        leader = threading.Thread(target=lambda: group.run(engine, put(1)))
        leader.start()
        while not group._waiting:
            time.sleep(0.001)
        with pytest.raises(OperationalError, match="did not answer"):
            group.run(engine, put(2))
    leader.join()
    assert rows(engine) == [1]


def test_the_line_is_served_in_the_order_of_coming(tmp_path: Path) -> None:
    line, served = gate.Gate(str(tmp_path / "x.db")), []
    threads = []

    def work(number: int) -> None:
        with line.turn():
            served.append(number)

    with line.turn():
        for number in range(12):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            while len(line._line) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert served == list(range(12))


def test_one_who_waits_too_long_leaves_the_line_and_the_others_go_on(tmp_path: Path) -> None:
    line, served = gate.Gate(str(tmp_path / "x.db"), patience=0.05), []

    def work() -> None:
        with line.turn():
            served.append(1)

    with line.turn():
        assert all(isinstance(each, gate.TooLong) for each in in_threads(work, work, work))
    work()
    assert served == [1]


def test_a_thread_that_writes_already_is_told_at_once(tmp_path: Path) -> None:
    line = gate.Gate(str(tmp_path / "x.db"))
    with line.turn(), pytest.raises(RuntimeError, match="one transaction"), line.turn():
        pass
    with line.turn():
        pass


def test_two_gates_before_one_database_let_one_in_at_a_time(tmp_path: Path) -> None:
    """As two processes have them."""
    gates, inside, most = [gate.Gate(str(tmp_path / "x.db")) for _ in range(2)], [0], [0]

    def work(own: gate.Gate) -> None:
        for _ in range(100):
            with own.turn():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    assert in_threads(*(lambda own=own: work(own) for own in gates * 3)) == [None] * 6  # type: ignore[misc]
    assert most == [1]


def test_every_commit_of_sqlite_is_synced_and_the_log_is_ahead(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("synchronous", "journal_mode")
        }
    assert said == {"synchronous": 2, "journal_mode": "wal"}  # 2 is FULL
