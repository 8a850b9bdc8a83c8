"""Mail that comes back: reports in every form are read, only those with our own mark count, and what each kind leads to."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from consult.domain.errors import NotAllowed, NotFound
from consult.job import outgoing
from consult.model.deliveries import Bounce, Delivery
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import bounces, clock, delivery_reports
from consult.service.bounces import Outcome
from tests.desk import DURING, Desk
from tests.factories import Cast
from tests.mail import report


@pytest.fixture
def desk(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An open ballot whose links have been sent."""
    made = Desk(cast, keys=3)
    made.ask()
    made.schedule()
    monkeypatch.setattr(clock, "source", lambda session: DURING)
    assert outgoing.send_due() == made.roll.size
    return made


def sent_to(desk: Desk, who: str = "member") -> Notice:
    db.session.rollback()
    return db.session.scalars(
        select(Notice).where(Notice.kind == "ballot-opens", Notice.member_id == desk.cast.who[who].id)
    ).one()


def marked(notice: Notice) -> str:
    return bounces.mark_of(notice.id, notice.attempts)


def line(desk: Desk, who: str = "member") -> tuple[str, str | None]:
    db.session.rollback()
    found = db.session.get_one(Delivery, (desk.ballot.id, desk.cast.who[who].id))
    return found.state, found.remark


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Bounce)) or 0


@pytest.mark.parametrize("place", ["to", "message_id", "whole message", "envelope"])
def test_a_report_is_known_by_its_mark_wherever_that_stands(desk: Desk, place: str) -> None:
    mark = marked(sent_to(desk))
    data = {
        "to": report(to=f"<bounces+{mark}@movement.example>"),
        "message_id": report(message_id=f"<17.3.{mark}@movement.example>"),
        "whole message": report(message_id=f"<17.3.{mark.upper()}@movement.example>", returned="message/rfc822"),
        "envelope": report(envelope=mark),
    }[place]
    assert bounces.take(data, DURING) is Outcome.BOUNCED
    assert line(desk) == ("bounced", "550 5.1.1 <somebody@post.example>: Recipient address rejected")
    assert line(desk, "mover") == ("sent", None)
    assert bounces.take(data, DURING) is Outcome.KNOWN and count() == 1


def test_nobody_reports_the_mail_of_others(desk: Desk) -> None:
    mine, other = sent_to(desk), sent_to(desk, "mover")
    forged = f"n{other.id:x}-{other.attempts:x}-{marked(mine).rpartition('-')[2]}"
    for mark in (forged, f"n{other.id:x}-1-{'0' * 20}", f"n{10**9:x}-1-{'a' * 20}"):
        assert bounces.take(report(to=f"<bounces+{mark}@movement.example>"), DURING) is Outcome.STRANGE
    assert bounces.take(report(), DURING) is Outcome.STRANGE  # and one without any mark
    assert line(desk, "mover") == ("sent", None) and count() == 0


def test_what_is_no_report_changes_nothing_though_it_has_the_mark(desk: Desk) -> None:
    mark = marked(sent_to(desk))
    away = f"To: bounces+{mark}@movement.example\nSubject: I am away\n\nStatus: 5.1.1\nAction: failed\n".encode()
    assert bounces.take(away, DURING) is Outcome.NONE
    assert line(desk) == ("sent", None)


@pytest.mark.parametrize(
    ("action", "status", "outcome", "state"),
    [
        ("failed", "5.7.1", Outcome.BOUNCED, "bounced"),
        ("failed", "none of that", Outcome.BOUNCED, "bounced"),
        ("failed", "4.4.7", Outcome.AGAIN, "queued"),
        ("delayed", "4.2.0", Outcome.DELAYED, "sent"),
        ("delivered", "2.0.0", Outcome.FINE, "sent"),
        ("relayed", "2.0.0", Outcome.FINE, "sent"),
    ],
)
def test_for_good_for_now_late_and_fine(desk: Desk, action: str, status: str, outcome: Outcome, state: str) -> None:
    data = report(envelope=marked(sent_to(desk)), action=action, status=status)
    assert bounces.take(data, DURING) is outcome
    assert line(desk)[0] == state
    assert (bounces.standing(desk.cast.who["member"].id) is not None) == (outcome is Outcome.BOUNCED)


def test_what_came_back_for_now_is_sent_again_and_in_the_end_given_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, tries = DURING, 1
    while bounces.take(report(envelope=marked(sent_to(desk)), status="4.4.7"), at) is Outcome.AGAIN:
        monkeypatch.setattr(clock, "source", lambda session, at=at: at)
        assert outgoing.send_due() == 0  # not at once
        at += bounces.AGAIN
        assert outgoing.send_due() == 0
        monkeypatch.setattr(clock, "source", lambda session, at=at: at)
        assert outgoing.send_due() == 1
        tries += 1
    assert tries == bounces.TRIES and line(desk)[0] == "bounced"
    assert bounces.standing(desk.cast.who["member"].id) is None  # the address itself was never said to be wrong


def test_a_member_is_told_and_says_that_it_works_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    member, by = desk.cast.who["member"], desk.cast.actor("member")
    with pytest.raises(NotFound):
        bounces.settle(member, by=by, at=DURING)
    bounces.take(report(envelope=marked(sent_to(desk))), DURING)
    with pytest.raises(NotAllowed):
        bounces.settle(member, by=desk.cast.actor("mover"), at=DURING)
    told = bounces.standing(member.id)
    assert told is not None and told.address == member.email and bounces.standing(None) is None
    bounces.settle(member, by=by, at=DURING)
    assert bounces.standing(member.id) is None
    kinds = db.session.scalars(select(Notice.kind).where(Notice.member_id == member.id, Notice.sent_at.is_(None)))
    assert kinds.all() == ["address-tried"]


def test_a_new_address_is_not_held_to_blame(desk: Desk) -> None:
    member = desk.cast.who["member"]
    bounces.take(report(envelope=marked(sent_to(desk))), DURING)
    with writing() as session:
        found = session.get_one(type(member), member.id)
        found.email = found.email_key = "newer@members.example"
    assert bounces.standing(member.id) is None


def test_the_mark_is_that_of_one_attempt(cast: Cast) -> None:
    assert len({bounces.mark_of(1, 1), bounces.mark_of(1, 2), bounces.mark_of(2, 1)}) == 3
    assert bounces.mark_of(26, 1).startswith("n1a-1-")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # no database is asked
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_whatever_comes_is_read_or_is_no_report(database: str, data: st.DataObject) -> None:
    sent = bytearray(report(envelope=f"n1-1-{'a' * 20}"))
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(sent)))
        sent[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=30))
    found = delivery_reports.read(bytes(sent))
    assert found is None or (found.words.isprintable() and len(found.words) <= 250 and len(found.status) <= 11)
