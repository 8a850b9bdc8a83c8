"""The kept figure of turnout: counted once by those who ask, and again beside them when it has grown old."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event

from consult.domain.errors import NotFound
from consult.model.store import db
from consult.service import turnout
from tests.desk import Desk
from tests.factories import Cast


class Hand:
    """A clock turned by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def settled() -> None:
    """Until the counting threads have ended."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.name.startswith("Thread-"):
            thread.join(5)


def test_it_is_counted_once_while_it_is_good_and_then_beside_those_who_ask() -> None:
    clock, asked, envelopes = Hand(), [], [3]
    kept = turnout.Kept(clock)

    def count() -> int:
        asked.append(threading.current_thread() is threading.main_thread())
        return envelopes[0]

    assert [kept.of(1, count) for _ in range(5)] == [3] * 5 and asked == [True]
    envelopes[0], clock.now = 7, turnout.SECONDS
    assert kept.of(1, count) == 3  # nobody waits for the new figure
    settled()
    assert kept.of(1, count) == 7 and asked == [True, False]
    assert kept.of(2, count) == 7 and len(asked) == 3  # another ballot has its own


def test_a_slow_count_is_made_seldom() -> None:
    clock, asked = Hand(), []
    kept = turnout.Kept(clock)

    def count() -> int:
        asked.append(1)
        clock.now += 2
        return 1

    kept.of(1, count)
    clock.now += turnout.TIMES * 2 - 1
    kept.of(1, count)
    settled()
    assert len(asked) == 1
    clock.now += 1
    kept.of(1, count)
    settled()
    assert len(asked) == 2


def test_the_old_figure_stands_while_the_database_is_away() -> None:
    clock = Hand()
    kept = turnout.Kept(clock)
    kept.of(1, lambda: 4)
    clock.now = turnout.SECONDS

    def away() -> int:
        raise OSError("away")

    assert kept.of(1, away) == 4
    settled()
    assert kept.of(1, lambda: 5) == 4
    settled()
    assert kept.of(1, lambda: 6) == 5


@pytest.mark.usefixtures("app")
def test_pages_ask_the_database_nothing_for_it(cast: Cast) -> None:
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    desk.vote("member", 0)
    assert turnout.kept(desk.ballot) == 1
    said: list[str] = []

    def listen(connection: object, cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    ballot = desk.ballot
    assert ballot.marked is None
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        assert turnout.kept(ballot) == 1
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    assert said == []


@pytest.mark.usefixtures("app")
def test_everybody_is_told_in_tens_while_it_is_open_and_exactly_once_it_is_reconciled(cast: Cast) -> None:
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    for name in ("member", "mover", "second"):
        desk.vote(name, 0)
    assert turnout.told(desk.ballot.id) == (0, desk.roll.size, False)
    desk.close()
    desk.count()
    db.session.rollback()
    turnout._figures()._figures.clear()
    assert turnout.told(desk.ballot.id) == (3, desk.roll.size, True)


@pytest.mark.usefixtures("app")
def test_nothing_is_told_of_a_ballot_that_is_being_prepared_or_that_has_a_quorum(cast: Cast) -> None:
    preparing = Desk(cast)
    with pytest.raises(NotFound, match="no turnout"):
        turnout.told(preparing.ballot.id)
    quorate = Desk(cast)
    quorate.ask("majority", ("For", "Against"), settings={"quorum": "1/3"})
    quorate.schedule()
    with pytest.raises(NotFound, match="after it has closed"):
        turnout.told(quorate.ballot.id)
