"""Voting on paper: two duties in different hands, one vote each whichever way it comes, two entries alike, and totals that add up."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.ledger import canonical, envelopes, manifest, opening
from consult.ledger.envelopes import Answer
from consult.model import paper_ballots as model
from consult.model.audit import AuditEvent
from consult.model.ballots import BallotKey, Envelope
from consult.model.paper_ballots import PaperEntry, PaperIssue
from consult.model.results import Publication
from consult.model.store import db, writing
from consult.service import (
    ballots,
    boxes,
    casting,
    certification,
    challenges,
    destruction,
    paper_ballots,
    paper_entries,
    publication,
    replacing,
    tally,
    unsealing,
)
from tests.desk import AFTER, DURING, OPENS, Desk, retry
from tests.factories import NOON, Cast, make_member
from tests.service.test_casting import at_once
from tests.service.verifying import report_of


@pytest.fixture
def desk(cast: Cast) -> Desk:
    with writing():
        cast.who["paper"] = make_member(cast.units["Alder"], "Pat Reed", email=None)
    return made(cast)


def made(cast: Cast, rule: str = "first") -> Desk:
    desk = Desk(cast, paper_rule=rule, title=f"Ballot {rule}")
    desk.ask()
    desk.schedule()
    paper_ballots.take_duty(desk.ballot, model.ENVELOPES, by=cast.actor("roll_officer"), at=NOON)
    paper_ballots.take_duty(desk.ballot, model.PAPERS, by=cast.actor("returning_officer"), at=NOON)
    return desk


def issue(desk: Desk, name: str, at: Any = OPENS) -> int:
    """Issue a paper to one of the cast; gives the number on its outer envelope."""
    number = desk.cast.who[name].number
    out = paper_ballots.out_to(desk.ballot, number)
    cancels, by = str(out.number) if out else "", desk.cast.actor("roll_officer")
    paper_ballots.issue(desk.ballot, number, "asked for one", cancels, by=by, at=at)
    return max(row.number for row in paper_ballots.issued(desk.ballot))


def mark(desk: Desk, number: int, at: Any = DURING) -> str:
    return paper_ballots.mark(desk.ballot, number, by=desk.cast.actor("roll_officer"), at=at)


def enter(desk: Desk, *places: int, serial: str = "") -> PaperEntry:
    answers = [Answer("q1", tuple(places))]
    return paper_entries.enter(desk.ballot, answers, serial=serial, by=desk.officer, at=DURING)


def events() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.event).order_by(AuditEvent.sequence)))


# -- duties ----------------------------------------------------------------------------------------------------------


def test_nobody_has_both_duties_in_one_ballot(desk: Desk, cast: Cast) -> None:
    with pytest.raises(OutOfOrder, match="You have the envelopes"):
        paper_ballots.take_duty(desk.ballot, model.PAPERS, by=cast.actor("roll_officer"), at=NOON)
    with pytest.raises(NotAllowed, match="somebody else must handle its papers"):
        paper_entries.enter(desk.ballot, [Answer("q1", (0,))], by=cast.actor("roll_officer"), at=DURING)
    with pytest.raises(NotAllowed, match="somebody else must handle its envelopes"):
        paper_ballots.mark(desk.ballot, 1, by=cast.actor("returning_officer"), at=DURING)
    with pytest.raises(NotAllowed, match="one must be"):
        paper_ballots.take_duty(desk.ballot, model.PAPERS, by=cast.actor("scrutineer"), at=NOON)
    with pytest.raises(IntegrityError), writing() as session:
        row = {"ballot_id": desk.ballot.id, "member_id": cast.who["roll_officer"].id, "duty": model.PAPERS}
        session.execute(insert(model.PaperDuty).values(**row))
    other = Desk(cast, title="Online only")
    other.ask()
    other.schedule()
    with pytest.raises(OutOfOrder, match="takes no papers"):
        paper_ballots.take_duty(other.ballot, model.PAPERS, by=cast.actor("roll_officer"), at=NOON)


# -- issuing and marking -----------------------------------------------------------------------------------------------


def test_papers_go_to_those_without_an_address_once_and_to_whoever_asks(desk: Desk, cast: Cast) -> None:
    officer = cast.actor("roll_officer")
    assert paper_ballots.without_address(desk.ballot) == [cast.who["paper"].id]
    paper_ballots.issue_to_all_without_address(desk.ballot, by=officer, at=OPENS)
    with pytest.raises(OutOfOrder, match="a paper already"):
        paper_ballots.issue_to_all_without_address(desk.ballot, by=officer, at=OPENS)
    assert issue(desk, "member") == 2
    assert issue(desk, "member") == 3  # spoilt or lost: another, and the first is cancelled
    with pytest.raises(OutOfOrder, match="Paper 2 was cancelled"):
        mark(desk, 2)
    with pytest.raises(Invalid, match="Nobody on the roll"):
        paper_ballots.issue(desk.ballot, "M-none", "asked", by=officer, at=OPENS)
    now = paper_ballots.totals(desk.ballot)
    assert (now.issued, now.cancelled, now.out, now.returned) == (3, 1, 2, 0)


def test_a_marked_envelope_ends_voting_online(desk: Desk) -> None:
    number = issue(desk, "member")
    assert "has voted on paper" in mark(desk, number)
    with pytest.raises(casting.AlreadyVoted, match="on paper was received"):
        desk.vote("member", 0)
    with pytest.raises(OutOfOrder, match="returned already"):
        mark(desk, number)
    with pytest.raises(OutOfOrder, match="is returned already"):
        issue(desk, "member")
    with pytest.raises(NotFound):
        mark(desk, 99)
    assert db.session.scalar(select(func.count()).select_from(Envelope)) == 0


def test_the_first_recorded_counts_unless_declared_otherwise(desk: Desk, cast: Cast) -> None:
    number = issue(desk, "member")
    kept = desk.vote("member", 0)
    assert "voted online first" in mark(desk, number)
    assert casting.receipt_of(desk.ballot.id, cast.who["member"].id) == kept
    assert paper_ballots.totals(desk.ballot).refused == 1
    other = made(cast, "paper")
    number = issue(other, "member")
    old = other.vote("member", 0)
    assert "cast online is superseded" in mark(other, number)
    me = cast.who["member"].id
    assert casting.receipt_of(other.ballot.id, me) is None
    assert replacing.is_superseded(other.ballot.id, old.digest, me)
    with pytest.raises(casting.AlreadyVoted):
        other.vote("member", 1)


def test_no_envelope_is_marked_before_the_opening_or_after_the_close(desk: Desk) -> None:
    number = issue(desk, "member", at=NOON)
    with pytest.raises(OutOfOrder, match="not open yet"):
        mark(desk, number, at=NOON)
    with pytest.raises(OutOfOrder, match="has closed"):
        mark(desk, number, at=AFTER)


def test_a_cast_racing_a_mark_gives_one_vote(app: Flask, desk: Desk, cast: Cast) -> None:
    names = ("member", "mover", "second", "delegate", "chair", "moderator")
    numbers = {name: issue(desk, name) for name in names}
    ballot, officer = desk.ballot.id, cast.actor("roll_officer")
    ids = {name: cast.who[name].id for name in names}

    def voting(name: str) -> Callable[[], Any]:
        who = ids[name]
        return lambda: casting.cast(ballot, who, [Answer("q1", (0,))], retry_key=retry(), at=DURING)

    def marking(name: str) -> Callable[[], Any]:
        return lambda: paper_ballots.mark(ballots.get(ballot), numbers[name], by=officer, at=DURING)

    for start in range(0, len(names), 3):
        works = [make(name) for name in names[start : start + 3] for make in (voting, marking)]
        db.session.remove()
        at_once(app, *works)
    online = set(db.session.scalars(select(Envelope.member_id)))
    returned = select(PaperIssue.member_id).where(PaperIssue.status == model.RETURNED)
    on_paper = set(db.session.scalars(returned))
    assert not online & on_paper
    assert online | on_paper == set(ids.values())


def test_the_database_itself_refuses_a_second_vote_of_one_voter(desk: Desk, cast: Cast) -> None:
    number = issue(desk, "member")
    mark(desk, number)
    row = {"ballot_id": desk.ballot.id, "member_id": cast.who["member"].id, "sealed": b"x", "receipt": "0" * 64}
    with pytest.raises(IntegrityError, match="on paper was received"), writing() as session:
        session.execute(insert(Envelope).values(**row, retry_key=retry(), sealed_by="server"))
    number = issue(desk, "mover")
    desk.vote("mover", 0)
    with pytest.raises(IntegrityError, match="has voted online"), writing() as session:
        session.get_one(PaperIssue, (desk.ballot.id, number)).status = model.RETURNED


# -- entering --------------------------------------------------------------------------------------------------------


def test_a_paper_is_entered_twice_alike_before_it_is_sealed(desk: Desk) -> None:
    mark(desk, issue(desk, "member"))
    entry = enter(desk, 1, 0)
    assert entry.sealed is None and entry.status == model.ONCE
    assert paper_entries.waiting(desk.ballot) == [entry.serial]
    with pytest.raises(Invalid, match="not the same as the first"):
        enter(desk, 0, 1, serial=entry.serial)
    enter(desk, 1, 0, serial=entry.serial.lower().replace("-", " "))
    db.session.refresh(entry)
    assert entry.status == model.AGREED and entry.sealed is not None and entry.first_mark is None
    with pytest.raises(OutOfOrder, match="entered twice"):
        enter(desk, 1, 0, serial=entry.serial)
    with pytest.raises(NotFound, match="Compare it"):
        enter(desk, 1, serial="ZZZ-ZZZ")


def test_no_more_papers_than_marked_envelopes(desk: Desk) -> None:
    with pytest.raises(OutOfOrder, match="0 outer envelopes are marked"):
        enter(desk, 0)
    mark(desk, issue(desk, "member"))
    first = enter(desk, 0)
    with pytest.raises(OutOfOrder, match="as many papers"):
        enter(desk, 1)
    assert paper_entries.start_anew(desk.ballot, first.serial, by=desk.officer, at=DURING) == first.serial
    assert enter(desk, 1).status == model.ONCE


def test_totals_add_up_to_a_certified_result(desk: Desk, cast: Cast) -> None:
    for name in ("member", "paper", "second"):
        mark(desk, issue(desk, name))
    desk.vote("mover", 0, 1)
    desk.vote("chair", 1)
    for order in ((2, 1), ()):
        enter(desk, *order, serial=enter(desk, *order).serial)
    desk.close()
    with pytest.raises(OutOfOrder, match="3 outer envelopes are marked, and 2 papers"):
        desk.reconcile()
    paper_entries.reject(desk.ballot, "nothing in the envelope", by=desk.officer, at=AFTER)
    paper_ballots.record_totals(desk.ballot, by=desk.officer, at=AFTER)
    desk.count()
    ballot = desk.ballot
    assert (ballot.marked, ballot.opened, ballot.on_paper, ballot.refused, ballot.superseded) == (5, 2, 2, 0, 0)
    content = manifest.loads(certification.manifest_of(ballot).content)
    assert (content.papers.counted, content.papers.on_paper) == (4, 2)
    assert content.board is not None and content.board.leaves == 2
    if any(result.needed_lot for result in certification.results_of(ballot)):
        certification.acknowledge_lot(ballot, by=cast.actor("committee_1"), at=AFTER)
    for name in ("committee_1", "committee_2", "committee_3"):
        desk.sign(name)
    publication.publish(ballot, by=cast.actor("committee_1"), at=AFTER)
    assert ballot.state == "published"


# -- sealed ballots --------------------------------------------------------------------------------------------------


def sealed_desk(cast: Cast) -> Desk:
    desk = Desk(cast, level="sealed", paper_rule="paper")
    desk.ask()
    desk.hold_ceremony()
    desk.schedule()
    paper_ballots.take_duty(desk.ballot, model.ENVELOPES, by=cast.actor("roll_officer"), at=NOON)
    paper_ballots.take_duty(desk.ballot, model.PAPERS, by=cast.actor("returning_officer"), at=NOON)
    return desk


def voted_both_ways(cast: Cast) -> Desk:
    """Three online, of whom one was superseded; three envelopes marked: two papers entered, one rejected; one challenged."""
    desk = sealed_desk(cast)
    made = ballots.definition_of(desk.ballot)
    numbers = [issue(desk, name) for name in ("member", "delegate", "second")]
    envelope = envelopes.seal(made, [Answer("q1", (0, 1))])
    casting.cast_sealed(desk.ballot.id, cast.who["mover"].id, envelope, retry_key=retry(), at=DURING)
    desk.vote("chair", 1)
    desk.vote("member", 0)  # on paper after all: this one is superseded
    plea = "I became a member in February and have the receipt."
    person = cast.who["supporter"].id
    challenges.cast(desk.ballot.id, person, [Answer("q1", (0,))], plea, retry_key=retry(), at=DURING)
    for number in numbers:
        mark(desk, number)
    for order in ((2, 1), (2,)):
        enter(desk, *order, serial=enter(desk, *order).serial)
    paper_entries.reject(desk.ballot, "nothing in the envelope", by=desk.officer, at=DURING)
    desk.close()
    desk.reconcile()
    verdict = {person: challenges.Verdict(True, "The receipt proves it.")}
    challenges.decide(desk.ballot, verdict, token=lambda n: "ab" * n, by=cast.actor("committee_1"), at=AFTER)
    return desk


def test_a_sealed_ballot_with_votes_on_paper_opens_off_line_to_a_verified_bundle(cast: Cast) -> None:
    desk = voted_both_ways(cast)
    ballot = desk.ballot
    assert (ballot.marked, ballot.on_paper, ballot.superseded) == (5, 2, 1)
    desk.open_twice()
    assert (ballot.state, ballot.opened, ballot.refused) == ("opened", 2, 0)
    found = unsealing.groups_of(db.session(), ballot.questions[0])
    assert sorted(group.pattern.ranking for group in found) == [(0,), (0, 1), (1,), (2,), (2, 1)]
    tally.count_ballot(ballot, by=desk.officer, at=AFTER)
    content = manifest.loads(certification.manifest_of(ballot).content)
    assert (content.papers.counted, content.papers.on_paper, content.papers.sealed_by_server) == (5, 2, 2)
    assert content.board is not None and (content.board.leaves, content.board.opened) == (3, 2)
    assert (content.challenged.admitted, content.challenged.unreadable) == (1, 0)
    if any(result.needed_lot for result in certification.results_of(ballot)):
        certification.acknowledge_lot(ballot, by=cast.actor("committee_1"), at=AFTER)
    for name in ("committee_1", "committee_2", "committee_3"):
        desk.sign(name)
    publication.publish(ballot, by=cast.actor("committee_1"), at=AFTER)
    report = report_of(db.session.get_one(Publication, ballot.id).bundle)
    assert report.ok, [check.words for check in report.failures]
    assert "opening" in {check.name for check in report.checks if check.held}
    with pytest.raises(IntegrityError, match="until its destruction"), writing() as session:
        session.execute(delete(PaperEntry).where(PaperEntry.sealed.is_not(None)))
    late = AFTER + destruction.CHALLENGE_PERIOD
    said = "Shredded before the committee on 1 April."
    destruction.propose(ballot, said, said, by=desk.officer, at=late)
    destruction.agree(ballot, by=cast.actor("committee_1"), at=late)
    assert destruction.of(ballot).destroyed == {"envelopes": 2, "challenged": 1, "papers": 2, "keys": 0}
    assert db.session.scalar(select(func.count()).where(PaperEntry.sealed.is_not(None))) == 0


def test_papers_go_off_line_among_the_rest_sealed_to_the_key_of_the_ceremony(cast: Cast) -> None:
    desk = voted_both_ways(cast)
    desk.freeze_box()
    entries = list(db.session.scalars(select(PaperEntry).where(PaperEntry.ballot_id == desk.ballot.id)))
    sealed = {entry.sealed for entry in entries if entry.sealed is not None}
    assert len(sealed) == 2 and db.session.get(BallotKey, desk.ballot.id) is None
    data = b"".join(boxes.box(desk.ballot))
    file = BytesIO(data)
    top = opening.read_header(file)
    records = [each for chunk in opening.chunks(file, top) for each in opening.split(top, chunk)]
    assert (top.envelopes, top.challenged, top.on_paper) == (5, 1, 2)
    assert {number for number, envelope in records if envelope in sealed} == {0}  # as those cast online have it
    assert [envelope for _, envelope in records] == sorted((e for _, e in records), key=envelopes.leaf)
    assert sealed < {envelope for _, envelope in records}
    assert not any(entry.serial.encode() in data for entry in entries)


def test_an_opening_that_says_otherwise_of_the_papers_is_refused(cast: Cast) -> None:
    desk = voted_both_ways(cast)
    desk.freeze_box()
    papers, transcript = desk.open_off_line()
    value, said = canonical.loads(papers), canonical.loads(transcript)
    wrong = canonical.dumps({**value, "on_paper": 1})
    with pytest.raises(Invalid, match="another box"):
        boxes.record(desk.ballot, wrong, transcript, by=desk.officer, at=AFTER)
    lie = canonical.dumps({**said, "on_paper": 1})
    with pytest.raises(Invalid, match="number of votes on paper"):
        boxes.record(desk.ballot, papers, lie, by=desk.officer, at=AFTER)
    with pytest.raises(IntegrityError, match="not entered now"), writing() as session:
        session.execute(update(PaperEntry).where(PaperEntry.ballot_id == desk.ballot.id).values(reason="late"))


def test_open_votes_take_no_papers(cast: Cast) -> None:
    desk = Desk(cast, level="recorded", paper_rule="first")
    desk.ask("plurality")
    with pytest.raises(Invalid, match="a paper has none"):
        desk.schedule()


def test_marking_and_entering_leave_no_event_and_no_time(desk: Desk) -> None:
    number = issue(desk, "member")
    before = events()
    mark(desk, number)
    enter(desk, 1, serial=enter(desk, 1).serial)
    assert events() == before
    for table in (PaperIssue, PaperEntry):
        assert not [c.name for c in table.__table__.columns if c.name.endswith("_at")]
    paper_ballots.record_totals(desk.ballot, by=desk.officer, at=DURING)
    assert events()[len(before) :] == ["papers.totalled"]
