"""The box under attack: races, closes, lost replies, dead databases, full disks, and how little a cast asks of the database."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from consult.domain.errors import Invalid, OutOfOrder, Refused, Stale, Unavailable
from consult.domain.events import Event
from consult.ledger import signatures
from consult.ledger.envelopes import Answer
from consult.model.audit import AuditEvent
from consult.model.ballots import Envelope
from consult.model.results import Manifest, Publication, Signature
from consult.model.store import db, writing
from consult.service import ballots, casting, certification, opening, publication, reconciliation, tally, unsealing
from tests.desk import AFTER, CLOSES, DURING, Desk, retry
from tests.factories import Cast, make_member

ANSWER = [Answer("q1", (0,))]


@pytest.fixture
def desk(cast: Cast) -> Desk:
    made = Desk(cast)
    made.ask()
    made.schedule()
    return made


def at_once(app: Flask, *works: Callable[[], Any]) -> list[Any]:
    """What each piece of work gave or raised, all begun at the same moment, each in a thread and session of its own."""
    gate = threading.Barrier(len(works))
    found: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            gate.wait()
            try:
                found[place] = work()
            except Exception as fault:  # whatever it is, the test looks at it
                found[place] = fault
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def envelopes_of(ballot_id: int) -> dict[int, str]:
    """Member → receipt of every envelope in the box."""
    db.session.rollback()
    query = select(Envelope.member_id, Envelope.receipt).where(Envelope.ballot_id == ballot_id)
    return dict(db.session.execute(query).all())


# -- one member, many hands ------------------------------------------------------------------------------------------


def test_a_hundred_forms_of_one_member_make_one_envelope(app: Flask, desk: Desk) -> None:
    ballot, member = desk.ballot.id, desk.cast.who["member"].id
    keys = [retry() for _ in range(50)] * 2  # each form is sent twice

    def send(key: str) -> Callable[[], Any]:
        return lambda: casting.cast(ballot, member, ANSWER, retry_key=key, at=DURING)

    found = []
    for start in range(0, 100, 20):  # as many at a time as the pool has connections for
        found += at_once(app, *(send(key) for key in keys[start : start + 20]))
    receipts = [each for each in found if isinstance(each, casting.Receipt)]
    refused = [each for each in found if isinstance(each, casting.AlreadyVoted)]
    assert len(receipts) + len(refused) == 100, Counter(type(each) for each in found)
    assert len(receipts) == 2 and len({receipt.code for receipt in receipts}) == 1
    assert sorted(receipt.again for receipt in receipts) == [False, True]
    assert len(envelopes_of(ballot)) == 1


def test_a_close_racing_casts_counts_every_acknowledged_vote_and_takes_none_after_it(app: Flask, desk: Desk) -> None:
    ballot = desk.ballot.id
    names = ("member", "mover", "second", "delegate", "chair", "moderator", "panel")
    voters = [desk.cast.who[name].id for name in names]
    officer = desk.officer

    def send(member: int) -> Callable[[], Any]:
        return lambda: casting.cast(ballot, member, ANSWER, retry_key=retry(), at=CLOSES - timedelta(microseconds=1))

    def close() -> Any:
        opening.close(ballots.get(ballot), by=officer, at=AFTER)
        return set(envelopes_of(ballot))

    *found, at_close = at_once(app, *(send(member) for member in voters), close)
    acknowledged = {m for m, each in zip(voters, found, strict=True) if isinstance(each, casting.Receipt)}
    told = [each for each in found if not isinstance(each, casting.Receipt)]
    assert all(isinstance(each, OutOfOrder) and "ot cast" in str(each) for each in told), told
    assert at_close == acknowledged == set(envelopes_of(ballot))
    db.session.rollback()
    desk.count()
    assert desk.ballot.opened == len(acknowledged)


# -- replies that are lost -------------------------------------------------------------------------------------------


def test_a_reply_lost_after_the_commit_is_given_again(desk: Desk) -> None:
    key = retry()
    first = desk.vote("member", 0, key=key)
    assert desk.vote("member", 0, key=key) == casting.Receipt(desk.ballot.id, first.code, "server", again=True)


def test_a_retry_after_the_close_is_not_told_that_it_was_not_cast(desk: Desk) -> None:
    key = retry()
    first = desk.vote("member", 0, key=key, at=CLOSES - timedelta(milliseconds=1))
    assert desk.vote("member", 0, key=key, at=CLOSES).code == first.code
    desk.close()
    assert desk.vote("member", 0, key=key, at=AFTER).code == first.code
    with pytest.raises(casting.AlreadyVoted, match="That vote stands"):
        desk.vote("member", 1, at=AFTER)
    with pytest.raises(OutOfOrder, match="no more votes are taken"):
        desk.vote("mover", 0, at=AFTER)


@pytest.mark.parametrize(("moment", "taken"), [("before_cursor_execute", False), ("after_cursor_execute", True)])
def test_the_connection_lost_at_the_write_acknowledges_nothing_and_the_retry_is_right(
    desk: Desk, moment: str, taken: bool
) -> None:
    """Whether the write arrived is unknown to the caller; the same form again finds out."""
    key, engine = retry(), db.engine

    def break_off(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "INSERT INTO envelope" in statement:
            raise OperationalError("INSERT", {}, Exception("the connection is gone"))

    event.listen(engine, moment, break_off)
    try:
        with pytest.raises(Unavailable, match="Send the same form again"):
            desk.vote("member", 0, key=key)
    finally:
        event.remove(engine, moment, break_off)
    assert len(envelopes_of(desk.ballot.id)) == taken
    assert desk.vote("member", 0, key=key).again == taken
    assert len(envelopes_of(desk.ballot.id)) == 1


def test_a_key_that_is_not_a_forms_is_refused(desk: Desk) -> None:
    for key in ("", "short", "x" * 65):
        with pytest.raises(Invalid, match="not one of ours"):
            casting.cast(desk.ballot.id, desk.cast.who["member"].id, ANSWER, retry_key=key, at=DURING)
    assert envelopes_of(desk.ballot.id) == {}


# -- a database that cannot ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # a full disk is made by SQLite's limit on its pages
def test_a_full_disk_takes_no_vote_and_says_so(cast: Cast) -> None:
    with writing():
        voters = [make_member(cast.units["Alder"]).id for _ in range(60)]
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    ballot = desk.ballot.id
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    db.session.remove()
    db.engine.dispose()

    def small(connection: Any, record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(db.engine, "connect", small)
    acknowledged: dict[int, str] = {}
    full = 0
    try:
        for voter in voters:
            try:
                acknowledged[voter] = casting.cast(ballot, voter, ANSWER, retry_key=retry(), at=DURING).code
            except Unavailable as refusal:
                full += 1
                assert "Send the same form again" in str(refusal)
    finally:
        event.remove(db.engine, "connect", small)
        db.session.remove()
        db.engine.dispose()
    assert full, "the disk did not fill"
    assert set(envelopes_of(ballot)) == set(acknowledged)
    (left, *_) = set(voters) - set(acknowledged)
    assert casting.cast(ballot, left, ANSWER, retry_key=retry(), at=DURING).code  # there is room again


def test_the_database_gone_is_said_and_nothing_is_acknowledged(desk: Desk) -> None:
    def dead(*_: object) -> None:
        raise OperationalError("BEGIN", {}, Exception("could not connect"))

    ballot, member = desk.ballot.id, desk.cast.who["member"].id
    db.session.rollback()
    event.listen(db.engine, "begin", dead)
    try:
        with pytest.raises(Unavailable, match="did not answer"):
            casting.cast(ballot, member, ANSWER, retry_key=retry(), at=DURING)
    finally:
        event.remove(db.engine, "begin", dead)
    assert envelopes_of(desk.ballot.id) == {}


def test_a_cast_asks_two_things_of_the_database(desk: Desk) -> None:
    member = desk.cast.who["member"].id
    ballot = desk.ballot.id
    casting.definition(ballot, "")  # once a process
    db.session.rollback()
    said: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        with pytest.raises(OutOfOrder):  # by the database's own clock, which is asked too
            casting.cast(ballot, member, ANSWER, retry_key=retry())
        asked = [s for s in said if not s.startswith("BEGIN")]
        assert len(asked) == 1, asked
        said.clear()
        casting.cast(ballot, member, ANSWER, retry_key=retry(), at=DURING)
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    asked = [s for s in said if not s.startswith("BEGIN")]
    assert [s.split()[0] for s in asked] == ["SELECT", "INSERT"]  # the clock is asked in both


# -- two officers at once ---------------------------------------------------------------------------------------------


def one_and_one_told(found: list[Any]) -> None:
    done = [each for each in found if not isinstance(each, Exception)]
    told = [each for each in found if isinstance(each, Refused)]
    assert len(done) == 1 and len(told) == 1, found
    assert isinstance(told[0], OutOfOrder | Stale), told
    assert "last change" in str(told[0]) or "at the same moment" in str(told[0]) or "already" in str(told[0])


def test_two_officers_doing_one_thing_at_once_do_it_once(app: Flask, desk: Desk) -> None:
    for name in ("member", "mover", "second"):
        desk.vote(name, 0, 1)
    ballot, officer, committee = desk.ballot.id, desk.officer, desk.cast.actor("committee_1")
    steps: list[Callable[[], Any]] = [
        lambda: opening.close(ballots.get(ballot), by=officer, at=AFTER) and None,
        lambda: reconciliation.reconcile(ballots.get(ballot), by=officer, at=AFTER) and None,
        lambda: unsealing.open_envelopes(ballots.get(ballot), "3 17", by=officer, at=AFTER) and None,
        lambda: tally.count_ballot(ballots.get(ballot), by=officer, at=AFTER) and None,
    ]
    for step in steps:
        one_and_one_told(at_once(app, step, step))
    db.session.rollback()
    assert desk.ballot.state == "drawn up" and desk.ballot.opened == 3
    assert db.session.scalar(select(func.count()).select_from(Manifest)) == 1
    for name in ("committee_1", "committee_2", "committee_3"):
        desk.sign(name)
    publish = lambda: publication.publish(ballots.get(ballot), by=committee, at=AFTER) and None  # noqa: E731
    one_and_one_told(at_once(app, publish, publish))
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Publication)) == 1


def test_two_of_the_committee_signing_last_at_once_certify_once(app: Flask, desk: Desk) -> None:
    desk.vote("member", 0)
    desk.close()
    desk.count()
    desk.sign("committee_1")
    desk.sign("committee_2")
    ballot, content = desk.ballot.id, certification.manifest_of(desk.ballot).content

    def signing(name: str) -> Callable[[], Any]:
        made, actor = signatures.sign(content, desk.keys[name]), desk.cast.actor(name)
        return lambda: certification.sign(ballots.get(ballot), made.key, made.signature, by=actor, at=AFTER) and None

    works = [signing(name) for name in ("committee_3", "committee_4", "committee_5")]
    db.session.remove()
    found = at_once(app, *works)
    assert [each for each in found if each is None] == [None], found
    assert all(isinstance(each, OutOfOrder | Stale) for each in found if each is not None), found
    assert ballots.get(ballot).state == "certified"
    assert db.session.scalar(select(func.count()).select_from(Signature)) == 3
    certified = select(func.count()).select_from(AuditEvent).where(AuditEvent.event == Event.RESULT_CERTIFIED.value)
    assert db.session.scalar(certified) == 1
