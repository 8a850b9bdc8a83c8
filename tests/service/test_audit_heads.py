"""Heads of the audit log: mailed once a day, and a cut-off tail found by them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from consult.domain.errors import NotAllowed
from consult.domain.roles import SWEEP
from consult.ledger.chain import Head
from consult.model import triggers
from consult.model.notices import Notice
from consult.model.store import db
from consult.service import audit, audit_heads, units
from tests.factories import NOON, Cast, by_two

DAY = timedelta(days=1)


def log_something(cast: Cast, name: str, at=NOON) -> None:  # type: ignore[no-untyped-def]
    units.make_unit(cast.units["Northmoor"], name, "branch", "resolved", by=cast.actor("committee_1"), at=at)


def test_nothing_is_sent_before_anything_was_logged(cast: Cast) -> None:
    assert audit_heads.send_due(NOON) == 0


def test_the_head_goes_to_the_named_addresses_and_the_scrutineers_once_a_day(app: Flask, cast: Cast) -> None:
    app.config["CONSULT_AUDIT_HEADS_TO"] = "press@paper.example, auditor@firm.example"
    log_something(cast, "Rowan")
    head = audit.head()
    assert head is not None
    assert audit_heads.send_due(NOON) == 1
    told = db.session.scalars(select(Notice).where(Notice.kind == "audit-head")).all()
    assert {n.address for n in told} == {"press@paper.example", "auditor@firm.example", "scrutineer@members.example"}
    assert told[0].context == {"sequence": head.sequence, "hash": head.hash}
    log_something(cast, "Sorrel")
    assert audit_heads.send_due(NOON + DAY - timedelta(seconds=1)) == 0
    assert audit_heads.send_due(NOON + DAY) == 1
    assert audit_heads.send_due(NOON + 2 * DAY) == 0  # nothing but the mailing itself was logged since
    assert audit.verify() == []


def test_nobody_to_send_it_to(cast: Cast) -> None:
    log_something(cast, "Rowan")
    holding = next(h for h in units.offices(NOON) if h.role == "scrutineer")
    by_two(cast, holding, "done with it")
    assert audit_heads.send_due(NOON) == 0
    assert audit_heads.sent() == []


def test_only_the_timetable_sends_it(cast: Cast) -> None:
    log_something(cast, "Rowan")
    with pytest.raises(NotAllowed):
        audit_heads.send(None, by=cast.actor("committee_1"), at=NOON)


def damage(statement: str) -> None:
    """Do what somebody with the database's own rights could: take the refusals away and change a row."""
    db.session.rollback()
    with db.engine.connect().execution_options(writing=True) as connection:
        triggers.take_down_fences(connection)
        connection.execute(text(statement))
        triggers.raise_fences(connection)
        connection.commit()
    db.session.rollback()


@pytest.fixture
def logged(app: Flask, cast: Cast) -> Head:
    """Six entries, and the head of the fifth, which was mailed."""
    for name in ("Rowan", "Sorrel", "Tansy", "Umber", "Violet"):
        log_something(cast, name)
    mailed = audit.head()
    assert mailed is not None and mailed.sequence == 5
    audit_heads.send(None, by=SWEEP, at=NOON)
    return mailed


@pytest.mark.parametrize(
    ("statement", "kind", "sequence"),
    [
        ("UPDATE audit_event SET actor = 'member:999' WHERE sequence = 3", "edited", 3),
        ("DELETE FROM audit_event WHERE sequence = 2", "missing", 2),
        ("DELETE FROM audit_event WHERE sequence >= 4", "cut off", 5),
    ],
)
def test_what_is_done_to_the_log_is_found_and_named(logged: Head, statement: str, kind: str, sequence: int) -> None:
    assert audit.verify() == []
    damage(statement)
    faults = audit.verify()
    assert (kind, sequence) in {(fault.kind, fault.sequence) for fault in faults}


def test_a_tail_cut_off_together_with_the_kept_heads_is_found_by_a_mail(logged: Head) -> None:
    damage("DELETE FROM audit_head")
    damage("DELETE FROM audit_event WHERE sequence >= 5")
    assert audit.verify() == []
    assert [fault.kind for fault in audit.verify([logged])] == ["cut off"]


def test_the_database_itself_refuses_to_change_the_log(logged: Head) -> None:
    db.session.rollback()
    for statement in (
        "UPDATE audit_event SET actor = 'x' WHERE sequence = 1",
        "DELETE FROM audit_event WHERE sequence = 1",
        "DELETE FROM audit_head",
    ):
        with pytest.raises(Exception, match=r"only ever added to|never changed"), db.engine.begin() as connection:
            connection.execute(text(statement))
