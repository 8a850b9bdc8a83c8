"""The demonstration's links, papers and circulars: what its ledger says is what the real sender writes, and agrees with the votes."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from consult.demo import circulars as letters
from consult.demo import papers
from consult.demo.people import People
from consult.demo.post import Post
from consult.domain.roles import SWEEP
from consult.job import outgoing
from consult.model.ballots import VotingLink
from consult.model.deliveries import Bounce, Delivery
from consult.model.members import Member
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import candidates, circulars, clock, deliveries, delivery_ledger, opening, paper_ballots
from tests.desk import DURING, OPENS, Desk
from tests.factories import NOON, Cast, make_member

HOUR = timedelta(hours=1)


def desk_of(cast: Cast, **spec: object) -> Desk:
    """A ballot that is open, with two members on its roll who have no address."""
    with writing() as session:
        for name in ("second", "third_delegate"):
            member = session.get_one(Member, cast.who[name].id)
            member.email = member.email_key = None
    made = Desk(cast, keys=3, **spec)
    made.ask("plurality")
    made.schedule()
    opening.open_ballot(made.ballot, by=SWEEP, at=OPENS)
    return made


def written(ballot_id: int) -> tuple[list[tuple[object, ...]], set[int], set[tuple[object, ...]]]:
    """The lines of a ledger, whose links there are, and what the outbox keeps of its notices."""
    db.session.rollback()
    query = select(Delivery.member_id, Delivery.state, Delivery.remark, Delivery.opened, Delivery.doubled)
    lines = [
        tuple(row) for row in db.session.execute(query.where(Delivery.ballot_id == ballot_id).order_by("member_id"))
    ]
    links = set(db.session.scalars(select(VotingLink.member_id).where(VotingLink.ballot_id == ballot_id)))
    notices = select(Notice).where(Notice.kind == "ballot-opens")
    kept = {
        (row.member_id, row.sent_at is None, row.attempts, row.fault, row.gave_up_at)
        for row in db.session.scalars(notices)
        if row.context["ballot"] == ballot_id
    }
    return lines, links, kept


def test_what_is_written_down_is_what_the_sender_writes_down(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = desk_of(cast), desk_of(cast)
    Post(Random(1)).deliver(first.ballot, DURING)
    assert {state for _, state, *_ in written(second.ballot.id)[0]} == {"queued", "none"}  # the other ballot's wait
    monkeypatch.setattr(clock, "source", lambda session: DURING)
    outgoing.send_due()
    assert written(first.ballot.id) == written(second.ballot.id)
    assert {state for _, state, *_ in written(first.ballot.id)[0]} == {"sent", "none"}


def test_what_became_of_links_agrees_with_who_voted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_BACK", "_LOOKED", "_LOST"):
        monkeypatch.setattr(f"consult.demo.post.{name}", 4)
    with writing():
        for _ in range(12):
            make_member(cast.units["Alder"])
    desk, post = desk_of(cast, paper_rule="first"), Post(Random(1))
    post.deliver(desk.ballot, OPENS + HOUR / 60)
    deliveries.opened(desk.ballot.id, cast.who["member"].id)
    desk.vote("member", 0)
    post.settle(desk.ballot, {cast.who["member"].id})
    lines = delivery_ledger.page(desk.ballot, DURING).lines
    told = delivery_ledger.totals(desk.ballot, DURING)
    assert sum(told.states.values()) == told.on_roll and not told.states["queued"] and not told.doubled
    assert told.states["failed"] == 1 and told.states["bounced"] and told.opened > told.voted == 1
    assert all(line.opened for line in lines if line.voted)
    assert not [line for line in lines if line.state in ("bounced", "failed") and line.voted]
    assert all(line.remark for line in lines if line.state in ("bounced", "failed"))
    assert set(db.session.scalars(select(Bounce.permanent))) == {True}
    asked = select(Notice).where(Notice.kind == "ballot-link")
    assert all(notice.sent_at for notice in db.session.scalars(asked)) and db.session.scalar(asked) is not None


def test_papers_go_to_those_without_an_address_and_to_who_asked_and_nobody_votes_twice(cast: Cast) -> None:
    desk = desk_of(cast, paper_rule="first", closes_at=NOON + timedelta(days=12))
    keeper, asking = cast.actor("roll_officer"), cast.actor("mover")
    assert papers.elsewhere(desk.ballot) == {cast.who["second"].id, cast.who["third_delegate"].id}
    papers.issue(desk.ballot, desk.officer, keeper, [asking])
    assert cast.who["mover"].id in papers.elsewhere(desk.ballot)
    told = paper_ballots.totals(desk.ballot)
    assert (told.issued, told.out, told.returned) == (3, 3, 0)


@pytest.mark.parametrize("fates", [("approved", "handed in"), ("mended", "draft"), ("approved", "")])
def test_circulars_are_where_they_are_said_to_be(cast: Cast, fates: tuple[str, str]) -> None:
    desk = Desk(cast, keys=3)
    desk.ask("plurality")
    for option, name in zip(desk.ballot.questions[0].options, ("member", "mover"), strict=False):
        spec = candidates.StatementSpec("I stand.", number=cast.who[name].number)
        candidates.state(option, spec, by=cast.actor("committee_1"), at=NOON)
    desk.schedule()
    letters.call(desk.ballot, OPENS + HOUR, by=desk.officer, at=NOON)
    others = [member.id for name, member in cast.who.items() if name not in ("member", "mover")]
    everybody = People(
        member_ids={name: cast.who[name].id for name in ("member", "mover")}, by_branch={"alder": others}
    )
    letters.agree(everybody, NOON)
    letters.write(desk.ballot, everybody, desk.officer, NOON, fates)
    order = [circulars.of_ballot(desk.ballot).get(one.id) for one in circulars.candidates_of(desk.ballot)]
    wanted = [{"mended": "approved", "": None}.get(fate, fate) for fate in fates]
    assert [row and row.state for row in order] == wanted
