"""The delivery ledger: totals that are the roll's, new links with limits, and reminders that leave no record of who voted."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, func, select

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, TooOften
from consult.job import outgoing
from consult.ledger.envelopes import Answer
from consult.model import paper_ballots as model
from consult.model.audit import AuditEvent
from consult.model.ballots import VotingLink
from consult.model.deliveries import BallotReminder, Delivery
from consult.model.members import Member
from consult.model.notices import DevelopmentMail, Notice
from consult.model.store import db, writing
from consult.service import (
    clock,
    deliveries,
    delivery_ledger,
    fresh_links,
    open_votes,
    outbox,
    paper_ballots,
    reminding,
    sending,
    voting_links,
)
from tests.desk import AFTER, DURING, OPENS, Desk, retry
from tests.factories import NOON, Cast

HOUR = timedelta(hours=1)


class Watch:
    """The clock of a test, moved by hand."""

    at = DURING


@pytest.fixture
def watch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    return made


@pytest.fixture
def desk(cast: Cast, watch: Watch) -> Desk:
    """A ballot that takes papers; two on its roll have no address."""
    with writing() as session:
        for name in ("second", "third_delegate"):
            member = session.get_one(Member, cast.who[name].id)
            member.email = member.email_key = None
    made = Desk(cast, keys=3, paper_rule="first")
    made.ask("plurality")
    made.schedule()
    return made


def letters(desk: Desk, who: str = "member") -> list[str]:
    db.session.rollback()
    query = select(DevelopmentMail.body).where(DevelopmentMail.address == desk.cast.who[who].email)
    return list(db.session.scalars(query.order_by(DevelopmentMail.id)))


def states(desk: Desk) -> dict[str, int]:
    db.session.rollback()
    found = delivery_ledger.totals(desk.ballot, DURING)
    assert sum(found.states.values()) == found.on_roll == desk.roll.size
    return {name: number for name, number in found.states.items() if number}


def names(desk: Desk, show: str = "", words: str = "") -> set[str]:
    db.session.rollback()
    return {line.name for line in delivery_ledger.page(desk.ballot, DURING, show, words).lines}


def test_the_totals_are_the_rolls_from_queueing_to_the_vote(desk: Desk, watch: Watch) -> None:
    size = desk.roll.size
    watch.at = NOON
    assert outgoing.send_due() == 0  # before the opening nothing goes
    assert states(desk) == {"queued": size - 2, "none": 2}
    watch.at = DURING
    outgoing.send_due()
    assert states(desk) == {"sent": size - 2, "none": 2}
    desk.vote("member", 0)
    deliveries.opened(desk.ballot.id, desk.cast.who["mover"].id)
    deliveries.opened(desk.ballot.id, desk.cast.who["mover"].id)
    deliveries.opened(desk.ballot.id, 10**6)  # nobody on the roll
    db.session.rollback()
    told = delivery_ledger.totals(desk.ballot, DURING)
    assert (told.opened, told.voted, told.papers_out, told.papers_in, told.unreached) == (1, 1, 0, 0, 2)
    assert names(desk, "voted") == {"Mabel Thorn"} and names(desk, "opened") == {"Osric Vale"}
    assert names(desk, "unreached") == {"Idris Penn", "Nuala Field"} == names(desk, "none")
    assert len(names(desk, "not voted")) == size - 1 and "Mabel Thorn" not in names(desk, "not voted")
    assert names(desk, "", "mabel") == {"Mabel Thorn"} == names(desk, "voted", desk.cast.who["member"].number)
    assert names(desk, "not voted", "mabel") == set()


def test_a_link_that_waited_until_the_close_is_not_sent_and_said_to_be_late(desk: Desk, watch: Watch) -> None:
    size = desk.roll.size
    over = AFTER
    told = delivery_ledger.totals(desk.ballot, over)  # by the clock, though no worker recorded the close
    assert (told.states["queued"], told.states["late"]) == (0, size - 2)
    watch.at = over
    assert outgoing.send_due() == 0 and letters(desk) == []
    db.session.rollback()
    assert delivery_ledger.totals(desk.ballot, over).states["late"] == size - 2
    assert {line.state for line in delivery_ledger.page(desk.ballot, over, "late").lines} == {"late"}
    assert db.session.scalars(select(Notice.fault).where(Notice.kind == "ballot-opens")).first() == deliveries.TOO_LATE


def test_papers_are_in_the_same_ledger(desk: Desk, watch: Watch) -> None:
    officer = desk.cast.actor("roll_officer")
    paper_ballots.take_duty(desk.ballot, model.ENVELOPES, by=officer, at=NOON)
    paper_ballots.issue_to_all_without_address(desk.ballot, by=officer, at=NOON)
    told = delivery_ledger.totals(desk.ballot, DURING)
    assert (told.papers_out, told.papers_in, told.unreached, told.voted) == (2, 0, 0, 0)
    number = desk.cast.who["third_delegate"].number
    out = paper_ballots.out_to(desk.ballot, number)
    assert out is not None
    paper_ballots.issue(desk.ballot, number, "lost in the post", str(out.number), by=officer, at=DURING)
    # the cancelled one is not counted twice
    numbers = {row.name: row.number for row in paper_ballots.issued(desk.ballot, "issued")}
    paper_ballots.mark(desk.ballot, numbers["Idris Penn"], by=officer, at=DURING)
    told = delivery_ledger.totals(desk.ballot, DURING)
    assert (told.papers_out, told.papers_in, told.unreached, told.voted) == (1, 1, 0, 1)
    assert names(desk, "paper in") == {"Idris Penn"} == names(desk, "voted")
    states(desk)


def test_open_votes_count_as_voted(cast: Cast, watch: Watch) -> None:
    made = Desk(cast, keys=1, level="recorded", signers_needed=1)
    made.ask("plurality")
    made.schedule()
    open_votes.cast(made.ballot.id, cast.who["member"].id, [Answer("q1", (0,))], retry_key=retry(), at=DURING)
    assert delivery_ledger.totals(made.ballot, DURING).voted == 1 and names(made, "voted") == {"Mabel Thorn"}


def test_links_that_are_missing_are_found_and_queued_once(desk: Desk, watch: Watch) -> None:
    gone = desk.cast.who["mover"]
    with writing() as session:  # somebody whose notice was lost, and whose line was
        session.execute(delete(Notice).where(Notice.member_id == gone.id))
        session.execute(delete(Delivery).where(Delivery.member_id == gone.id))
    assert states(desk)["missing"] == 1 and names(desk, "missing") == {"Osric Vale"}
    officer = desk.officer
    with pytest.raises(NotAllowed):
        fresh_links.queue_missing(desk.ballot, by=desk.cast.actor("scrutineer"), at=DURING)
    fresh_links.queue_missing(desk.ballot, by=officer, at=DURING)
    assert "missing" not in states(desk)
    with pytest.raises(OutOfOrder, match="everybody on the roll"):
        fresh_links.queue_missing(desk.ballot, by=officer, at=DURING)
    outgoing.send_due()
    assert len(letters(desk, "mover")) == len(letters(desk, "member")) == 1


def test_a_new_link_is_had_by_address_or_number_and_opening_it_ends_the_older(desk: Desk, watch: Watch) -> None:
    member = desk.cast.who["member"]
    outgoing.send_due()
    first = db.session.scalar(select(VotingLink.token_hash).where(VotingLink.member_id == member.id))
    fresh_links.ask(desk.ballot, f" {str(member.email).upper()} ", network="192.0.2.1", at=DURING)
    fresh_links.ask(desk.ballot, member.number, network="192.0.2.1", at=DURING)
    outgoing.send_due()
    bodies = letters(desk)
    assert len(bodies) == 2 and "Here is your new link" in bodies[1]  # the first of the two asked for had not gone yet
    db.session.rollback()
    tokens = [re.findall(r"/vote/([\w-]{43})", body)[0] for body in bodies]
    assert voting_links.look(tokens[0])[1].member_id == member.id  # whoever asked, the older one goes on
    assert voting_links.look(tokens[1])[1].member_id == member.id
    with pytest.raises(NotAllowed):
        voting_links.look(tokens[0])
    db.session.rollback()
    links = db.session.scalars(select(VotingLink.token_hash).where(VotingLink.member_id == member.id)).all()
    assert len(links) == 1 and links[0] != first
    assert states(desk) == {"sent": desk.roll.size - 2, "none": 2}


def test_a_link_asked_for_before_the_first_went_takes_its_place(desk: Desk, watch: Watch) -> None:
    fresh_links.ask(desk.ballot, desk.cast.who["member"].number, network="192.0.2.1", at=DURING)
    outgoing.send_due()
    assert ["new link" in body for body in letters(desk)] == [True]


def test_whoever_is_not_on_the_roll_is_sent_nothing_and_told_nothing(desk: Desk, watch: Watch) -> None:
    before = db.session.scalar(select(func.count()).select_from(Notice))
    for typed in ("nobody@members.example", desk.cast.who["supporter"].number, desk.cast.who["second"].number, "x"):
        fresh_links.ask(desk.ballot, typed, network="192.0.2.1", at=DURING)
    assert db.session.scalar(select(func.count()).select_from(Notice)) == before


def test_a_link_goes_to_the_address_on_the_roll_alone(desk: Desk, watch: Watch) -> None:
    outgoing.send_due()
    with writing() as session:
        member = session.get_one(Member, desk.cast.who["member"].id)
        old, member.email, member.email_key = member.email, "newer@post.example", "newer@post.example"
    fresh_links.ask(desk.ballot, "newer@post.example", network="192.0.2.1", at=DURING)
    outgoing.send_due()
    sent = db.session.scalars(select(DevelopmentMail.address).where(DevelopmentMail.body.contains("new link"))).all()
    assert sent == [old]


def test_how_often_is_limited_by_person_and_by_network_with_a_sentence(desk: Desk, watch: Watch) -> None:
    number = desk.cast.who["member"].number
    for _ in range(3):
        fresh_links.ask(desk.ballot, number, network="192.0.2.1", at=DURING)
    for typed in (number, number):
        with pytest.raises(TooOften, match=r"newest link in your mail .* or ask for another at \d\d:\d\d"):
            fresh_links.ask(desk.ballot, typed, network="192.0.2.9", at=DURING)
    fresh_links.ask(desk.ballot, number, network="192.0.2.1", at=DURING + HOUR)
    for n in range(60):
        fresh_links.ask(desk.ballot, f"X{n}", network="198.51.100.1", at=DURING)
    with pytest.raises(TooOften, match="Please try again"):
        fresh_links.ask(desk.ballot, "X60", network="198.51.100.1", at=DURING)
    with pytest.raises(Invalid, match="Type your"):
        fresh_links.ask(desk.ballot, "  ", network="192.0.2.1", at=DURING)


@pytest.mark.parametrize(("at", "says"), [(OPENS - HOUR, "has not begun"), (AFTER, "has closed")])
def test_links_are_sent_until_the_last_minute_and_not_beyond(desk: Desk, watch: Watch, at: datetime, says: str) -> None:
    with pytest.raises(OutOfOrder, match=says):
        fresh_links.ask(desk.ballot, desk.cast.who["member"].number, network="192.0.2.1", at=at)
    last = desk.ballot.closes_at - timedelta(minutes=1)
    fresh_links.ask(desk.ballot, desk.cast.who["member"].number, network="192.0.2.1", at=last)


def test_a_reminder_reaches_those_who_have_not_voted_at_the_moment_of_sending(desk: Desk, watch: Watch) -> None:
    outgoing.send_due()
    desk.vote("member", 0)
    reminding.remind(desk.ballot, by=desk.officer, at=DURING)
    desk.vote("mover", 1)  # after it was queued, and before it is sent
    outgoing.send_due()
    assert [len(letters(desk, name)) for name in ("member", "mover", "chair")] == [1, 1, 2]
    assert "You have not voted yet" in letters(desk, "chair")[1]


def test_nothing_that_is_kept_of_a_reminder_tells_who_had_voted(
    desk: Desk, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    outgoing.send_due()
    desk.vote("member", 0)
    reminding.remind(desk.ballot, by=desk.officer, at=DURING)
    rows = select(Notice.__table__).where(Notice.kind == sending.REMINDER).order_by(Notice.member_id)
    real = sending.failed
    failing = desk.cast.who["chair"].id

    def refused(due: sending.Due) -> str:
        if due.member_id == failing:
            real(due.id, "no such box", watch.at, for_good=True)
            raise OSError("no such box")
        return make(due)

    make = sending.make_link
    monkeypatch.setattr(sending, "make_link", refused)
    monkeypatch.setattr(sending, "failed", lambda *args, **more: None)
    watch.at = DURING + HOUR
    outgoing.send_due()
    db.session.rollback()
    own = {"id", "member_id", "address", "once"}
    kept = [
        {name: value for name, value in row._mapping.items() if name not in own} for row in db.session.execute(rows)
    ]
    assert len(kept) == desk.roll.size - 2 and all(row == kept[0] for row in kept)
    said = db.session.scalars(select(AuditEvent).where(AuditEvent.event == "ballot.reminded")).one()
    assert f'"on_roll_with_address":{len(kept)}' in said.data.replace(" ", "") and "voted" not in said.data


def test_reminders_are_apart_and_few(desk: Desk, watch: Watch) -> None:
    officer, at = desk.officer, DURING
    with pytest.raises(NotAllowed):
        reminding.remind(desk.ballot, by=desk.cast.actor("committee_1"), at=at)
    with pytest.raises(OutOfOrder, match="while voting is open"):
        reminding.remind(desk.ballot, by=officer, at=AFTER)
    with pytest.raises(OutOfOrder, match="less than 20 hours ago"):
        reminding.remind(desk.ballot, by=officer, at=OPENS + HOUR)
    reminding.remind(desk.ballot, by=officer, at=at)
    with pytest.raises(OutOfOrder, match="less than 20 hours ago"):
        reminding.remind(desk.ballot, by=officer, at=at + 19 * HOUR)
    reminding.remind(desk.ballot, by=officer, at=at + 20 * HOUR)
    assert [one.number for one in reminding.of(desk.ballot)] == [1, 2]
    with writing() as session:
        for number in (3, 4):
            session.add(
                BallotReminder(ballot_id=desk.ballot.id, number=number, asked_at=at, asked_by_id=officer.member_id)
            )
    with pytest.raises(OutOfOrder, match="which is the most"):
        reminding.remind(desk.ballot, by=officer, at=at + 41 * HOUR)


def test_queueing_a_roll_again_adds_nothing(desk: Desk, watch: Watch) -> None:
    with writing() as session:
        again = outbox.queue_roll(session, "ballot-opens", desk.roll.id, desk.ballot.id, at=DURING, after=DURING)
    assert again == 0
    assert db.session.scalar(select(func.count()).select_from(Delivery)) == desk.roll.size


def test_the_ledger_asks_the_same_whatever_the_roll(desk: Desk, watch: Watch) -> None:
    said: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    assert desk.ballot.roll_id
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        delivery_ledger.totals(desk.ballot, DURING)
        delivery_ledger.page(desk.ballot, DURING, "not voted", "m")
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    assert len([one for one in said if one.startswith("SELECT")]) == 2
