"""The desk between the close and the certificate: challenged ballots, extensions, complaints, recounts, destruction."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Refused
from consult.domain.roles import Role, Status
from consult.ledger import bundle, packing, signatures
from consult.ledger import recounts as ledger_recounts
from consult.ledger.envelopes import Answer
from consult.ledger.verify import verify
from consult.model.audit import ActReason
from consult.model.ballots import BallotKey, Envelope
from consult.model.boxes import BoxOpening
from consult.model.desk import ChallengedBallot
from consult.model.results import Publication
from consult.model.store import db, writing
from consult.service import (
    casting,
    certificate,
    certification,
    challenges,
    clock,
    complaints,
    destruction,
    extensions,
    materiality,
    publication,
    recounts,
    reruns,
    tally,
)
from consult.service.ballot_questions import OptionSpec
from consult.service.challenges import Verdict
from consult.verifier import recounting, standalone
from tests.desk import AFTER, DURING, Desk, retry
from tests.factories import Cast, by_two, give_role, make_member

HOUR = timedelta(hours=1)
SAID = "I joined in January at the stall in Alder, and paid in cash."


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """A ballot of one question with a window of a day, two signers, and a supporter who is not on the roll."""
    with writing():
        cast.who["outsider"] = make_member(cast.units["Cedar"], "Ottoline Reed", status=Status.SUPPORTER.value)
    made = Desk(cast, signers_needed=2, complaint_hours=24, publication="all-papers")
    made.ask(names=("Ann Ash", "Bo Birch"))
    made.schedule()
    return made


def challenge(desk: Desk, name: str, *ranking: int, key: str | None = None) -> casting.Receipt:
    return challenges.cast(
        desk.ballot.id, desk.cast.who[name].id, [Answer("q1", ranking)], SAID, retry_key=key or retry(), at=DURING
    )


def decide(desk: Desk, **admitted: bool) -> None:
    verdicts = {
        desk.cast.who[name].id: Verdict(yes, "The receipt of the stall bears this out.")
        for name, yes in admitted.items()
    }
    challenges.decide(desk.ballot, verdicts, token=secrets.token_hex, by=desk.cast.actor("committee_1"), at=AFTER)


def vote(desk: Desk) -> None:
    for name in ("member", "mover", "second"):
        desk.vote(name, 0, 1)
    desk.vote("delegate", 1, 0)


def counted(desk: Desk) -> Desk:
    vote(desk)
    desk.close()
    desk.count()
    return desk


def finish(desk: Desk, after: timedelta = 25 * HOUR) -> Publication:
    """Draw up, sign and publish once the window is over."""
    at = AFTER + after
    certificate.draw_up(desk.ballot, by=desk.officer, at=at)
    for name in ("committee_1", "committee_2"):
        desk.after = at
        desk.sign(name)
    return publication.publish(desk.ballot, by=desk.cast.actor("committee_1"), at=at)


# -- challenged ballots ----------------------------------------------------------------------------------------------


def test_a_challenged_ballot_is_decided_before_the_one_opening_and_counts_if_admitted(desk: Desk) -> None:
    vote(desk)
    receipt = challenge(desk, "supporter", 1, 0)
    challenge(desk, "outsider", 0, 1)
    with pytest.raises(OutOfOrder, match="decided after the box is reconciled"):
        decide(desk, supporter=True, outsider=False)
    desk.close()
    desk.reconcile()
    with pytest.raises(OutOfOrder, match="2 challenged ballots are not decided yet"):
        desk.open_envelopes()
    with pytest.raises(Invalid, match="decided all together"):
        decide(desk, supporter=True)
    assert challenges.figures(desk.ballot) == challenges.Figures(2, 0, 0)
    decide(desk, supporter=True, outsider=False)
    (logged,) = db.session.scalars(select(ActReason.reason).where(ActReason.reason.contains("Admitted: ")))
    why = "The receipt of the stall bears this out."
    assert set(logged.split(" | ")) == {f"Admitted: {why}", f"Refused: {why}"}
    desk.open_envelopes()
    tally.count_ballot(desk.ballot, by=desk.officer, at=AFTER)
    assert certification.results_of(desk.ballot)[0].count["ballots"]["valid"] == 5
    data = finish(desk).bundle
    said = json.loads(packing.unpack(data)["manifest.json"])["challenged"]
    assert (said["cast"], said["admitted"], said["refused"], len(said["rolls"])) == (2, 1, 1, 1)
    report = verify(data, standalone.counters(), receipts=[receipt.code])
    assert report.ok, report.failures
    assert any(check.name == "receipt" and check.held for check in report.checks)


def test_only_people_off_the_roll_cast_one_and_once(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="vote in the ordinary way"):
        challenge(desk, "member", 0)
    key = retry()
    first = challenge(desk, "supporter", 0, key=key)
    assert challenge(desk, "supporter", 0, key=key) == casting.Receipt(
        first.ballot_id, first.code, "server", again=True
    )
    with pytest.raises(casting.AlreadyVoted):
        challenge(desk, "supporter", 1)
    with pytest.raises(Invalid, match="in a sentence or two"):
        challenges.cast(
            desk.ballot.id, desk.cast.who["outsider"].id, [Answer("q1", (0,))], "", retry_key=retry(), at=DURING
        )
    with pytest.raises(OutOfOrder, match="not open"):
        challenges.cast(
            desk.ballot.id, desk.cast.who["outsider"].id, [Answer("q1", (0,))], SAID, retry_key=retry(), at=AFTER
        )


def test_the_database_decides_challenged_ballots_in_no_other_order(desk: Desk) -> None:
    vote(desk)
    challenge(desk, "supporter", 0)
    row = ChallengedBallot.ballot_id == desk.ballot.id
    for change in (
        delete(ChallengedBallot).where(row),
        update(ChallengedBallot).where(row).values(sealed=b"another"),
        update(ChallengedBallot).where(row).values(reason="early"),
    ):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(change)
    desk.close()
    for change in (delete(Envelope), update(Envelope).values(receipt="0" * 64), delete(BallotKey)):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(change)


# -- the close -------------------------------------------------------------------------------------------------------


def test_a_close_is_extended_by_two_officers_while_it_is_open(desk: Desk, cast: Cast) -> None:
    later = desk.ballot.closes_at + timedelta(hours=6)
    why = "The site was down for two hours this morning."
    first, second = desk.officer, cast.actor("committee_1")
    with pytest.raises(Invalid, match="must be after"):
        extensions.propose(desk.ballot, desk.ballot.closes_at, why, by=first, at=DURING)
    made = extensions.propose(desk.ballot, later, why, by=first, at=DURING)
    with pytest.raises(OutOfOrder, match="a second officer"):
        extensions.agree(desk.ballot, made.id, by=first, at=DURING)
    with pytest.raises(NotAllowed):
        extensions.agree(desk.ballot, made.id, by=cast.actor("member"), at=DURING)
    extensions.agree(desk.ballot, made.id, by=second, at=DURING)
    assert desk.ballot.closes_at == later
    with pytest.raises(OutOfOrder, match="has been changed since"):
        extensions.agree(desk.ballot, made.id, by=second, at=DURING)
    desk.vote("member", 0, at=later - timedelta(seconds=1))
    with pytest.raises(OutOfOrder, match="closed on"):
        desk.vote("mover", 0, at=later)
    with pytest.raises(OutOfOrder, match="what has closed stays closed"):
        extensions.propose(desk.ballot, later + HOUR, why, by=first, at=later)


def test_a_clock_that_steps_back_opens_nothing_again(desk: Desk, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    vote(desk)
    monkeypatch.setattr(clock, "source", lambda session: AFTER)
    materiality.arrived_late(desk.ballot, cast.who["stranger"].id)
    assert desk.ballot.state == "closed"  # no worker ran: whoever came late was told that it is closed
    with pytest.raises(OutOfOrder, match="no more votes are taken"):
        desk.vote("panel", 0, at=DURING)
    assert materiality.turned_away(desk.ballot) == {"too late": 1}


# -- complaints and recounts -----------------------------------------------------------------------------------------


def test_nothing_is_certified_before_the_window_is_over_and_complaints_are_decided(desk: Desk, cast: Cast) -> None:
    counted(desk)
    assert desk.ballot.state == "counted"
    with pytest.raises(OutOfOrder, match="are taken until"):
        certificate.draw_up(desk.ballot, by=desk.officer, at=AFTER + HOUR)
    made = complaints.make(
        desk.ballot,
        "could not vote",
        "The link in my letter never worked.",
        1,
        by=cast.actor("third_delegate"),
        at=AFTER + HOUR,
    )
    with pytest.raises(OutOfOrder, match="1 complaint waits"):
        certificate.draw_up(desk.ballot, by=desk.officer, at=AFTER + 25 * HOUR)
    with pytest.raises(OutOfOrder, match="time for complaints about this ballot is over"):
        complaints.make(
            desk.ballot, "other", "I have thought of something else.", by=cast.actor("member"), at=AFTER + 25 * HOUR
        )
    for name in ("returning_officer", "committee_1", "member"):
        with pytest.raises(NotAllowed):
            complaints.decide(
                made, "dismissed", "The log shows no attempt at all.", 0, by=cast.actor(name), at=AFTER + 25 * HOUR
            )
    complaints.decide(
        made, "upheld", "The letter did bear a wrong address.", 1, by=cast.actor("panel"), at=AFTER + 25 * HOUR
    )
    with pytest.raises(OutOfOrder, match="never changed"):
        complaints.decide(
            made, "dismissed", "On second thoughts it did not.", 0, by=cast.actor("panel"), at=AFTER + 25 * HOUR
        )
    report = materiality.of(desk.ballot)
    assert report.doubts.votes == 1 and not report.matters  # three to one: two papers apart
    data = finish(desk).bundle
    assert json.loads(packing.unpack(data)[bundle.MATERIALITY])["doubts"]["together"] == 1


def test_a_complaint_upheld_against_the_whole_ballot_leaves_only_annulment(desk: Desk, cast: Cast) -> None:
    counted(desk)
    made = complaints.make(
        desk.ballot, "conduct", "A whole branch had no letters at all.", 40, by=cast.actor("member"), at=AFTER
    )
    complaints.decide(
        made,
        "upheld: not to be certified",
        "Forty members could not vote.",
        40,
        by=cast.actor("panel"),
        at=AFTER + HOUR,
    )
    assert materiality.of(desk.ballot).matters
    with pytest.raises(OutOfOrder, match="may not be certified"):
        certificate.draw_up(desk.ballot, by=desk.officer, at=AFTER + 25 * HOUR)
    by_two(cast, desk.ballot, "The panel found that a branch had no letters.", at=AFTER + 26 * HOUR)
    at = AFTER + 27 * HOUR
    again = reruns.put_again(desk.ballot, at + HOUR, at + 48 * HOUR, by=cast.actor("committee_1"), at=at)
    assert (again.rerun_of_id, again.state, again.definition) == (desk.ballot.id, "preparing", None)
    assert [o.name for o in again.questions[0].options] == ["Ann Ash", "Bo Birch"]
    with pytest.raises(OutOfOrder, match="put again already"):
        reruns.put_again(desk.ballot, at + HOUR, at + 48 * HOUR, by=cast.actor("committee_1"), at=at)


def test_a_recount_asked_for_is_made_before_anything_is_certified(desk: Desk, cast: Cast) -> None:
    counted(desk)
    with pytest.raises(NotAllowed):
        recounts.ask(desk.ballot, "It was close, I think.", by=cast.actor("member"), at=AFTER)
    recounts.ask(desk.ballot, "It was close, I think.", by=cast.actor("scrutineer"), at=AFTER)
    with pytest.raises(OutOfOrder, match="1 recounts that were asked for"):
        certificate.draw_up(desk.ballot, by=desk.officer, at=AFTER + 25 * HOUR)
    recounts.make(desk.ballot, by=desk.officer, at=AFTER + HOUR)
    (done,) = recounts.listed(desk.ballot)
    assert done.agrees and "once more and gave the same papers" in done.finding
    with pytest.raises(OutOfOrder, match="No recount waits"):
        recounts.make(desk.ballot, by=desk.officer, at=AFTER + HOUR)
    assert finish(desk).hash


def test_the_box_is_opened_twice_with_one_hash(desk: Desk) -> None:
    counted(desk)
    hashes = db.session.scalars(select(BoxOpening.opened_hash).where(BoxOpening.ballot_id == desk.ballot.id)).all()
    assert len(hashes) == 2 and len(set(hashes)) == 1


def test_scrutineers_sign_recounts_of_papers_that_are_not_public(cast: Cast) -> None:
    key = signatures.generate_key()
    certification.register_key(
        cast.who["scrutineer"], signatures.public_part(key), by=cast.actor("scrutineer"), at=DURING - timedelta(days=2)
    )
    desk = Desk(cast, signers_needed=2, complaint_hours=24, publication="tables-only", recounts_needed=1)
    desk.ask(names=("Ann Ash", "Bo Birch"))
    desk.schedule()
    counted(desk)
    with pytest.raises(OutOfOrder, match="0 of 1 scrutineers"):
        certificate.draw_up(desk.ballot, by=desk.officer, at=AFTER + 25 * HOUR)
    made = recounting.recount(
        desk.ballot.definition.encode(), [recounts.papers_file(desk.ballot, "q1")], desk.ballot.seed, "Silas Wren"
    )
    wrong = ledger_recounts.sign(made, signatures.generate_key())
    with pytest.raises(Invalid, match="not registered as yours"):
        recounts.sign(desk.ballot, ledger_recounts.write_one(wrong), by=cast.actor("scrutineer"), at=AFTER)
    data = ledger_recounts.write_one(ledger_recounts.sign(made, key))
    with pytest.raises(Refused):
        recounts.sign(desk.ballot, data.replace(b"Silas", b"Solas"), by=cast.actor("scrutineer"), at=AFTER)
    assert recounts.sign(desk.ballot, data, by=cast.actor("scrutineer"), at=AFTER).agrees
    data = finish(desk).bundle
    preferred = json.loads(packing.unpack(data)["pairwise/q1.json"])["preferred"]
    assert (preferred["c1"]["c2"], preferred["c2"]["c1"]) == (3, 1)
    report = verify(data, standalone.counters())
    assert report.ok and report.arithmetic_only and report.by_scrutineers == 1
    held = verify(data, standalone.counters(), ballots=[recounts.papers_file(desk.ballot, "q1")])
    assert held.ok and "pairwise" in {check.name for check in held.checks if check.held}


# -- who could not vote, and destruction -----------------------------------------------------------------------------


def test_people_turned_away_are_counted_once_and_not_if_they_voted_after_all(desk: Desk, cast: Cast) -> None:
    for name, why in (("stranger", "too late"), ("stranger", "too late"), ("member", "could not be read")):
        materiality.note_turned_away(desk.ballot.id, cast.who[name].id, why)
    materiality.note_turned_away(desk.ballot.id, cast.who["supporter"].id, "not on the roll")
    vote(desk)
    challenge(desk, "supporter", 0)
    assert materiality.turned_away(desk.ballot) == {"too late": 1}


def test_envelopes_are_destroyed_by_two_after_the_challenge_period_and_the_result_stands(
    desk: Desk, cast: Cast
) -> None:
    vote(desk)
    challenge(desk, "supporter", 0)
    desk.close()
    desk.reconcile()
    decide(desk, supporter=True)
    desk.open_envelopes()
    tally.count_ballot(desk.ballot, by=desk.officer, at=AFTER)
    published = finish(desk)
    before = published.bundle
    first, second = desk.officer, cast.actor("committee_1")
    words = ("There were no shares: the server kept the key.", "Backups of March were wiped by Rhona Peel.")
    with pytest.raises(OutOfOrder, match="challenge period is not over"):
        destruction.propose(desk.ballot, *words, by=first, at=AFTER + 26 * HOUR)
    at = published.published_at + timedelta(days=28)
    with pytest.raises(Invalid, match="what became of the shares"):
        destruction.propose(desk.ballot, "", "", by=first, at=at)
    destruction.propose(desk.ballot, *words, by=first, at=at)
    with pytest.raises(OutOfOrder, match="a second officer"):
        destruction.agree(desk.ballot, by=first, at=at)
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(delete(Envelope).where(Envelope.ballot_id == desk.ballot.id))
    destruction.agree(desk.ballot, by=second, at=at)
    assert destruction.of(desk.ballot).destroyed == {"envelopes": 4, "challenged": 1, "papers": 0, "keys": 1}
    for table in (Envelope, BallotKey):
        assert db.session.scalar(select(func.count()).select_from(table).where(table.ballot_id == desk.ballot.id)) == 0
    assert db.session.scalar(select(Publication.bundle).where(Publication.ballot_id == desk.ballot.id)) == before
    with pytest.raises(OutOfOrder, match="destroyed already"):
        destruction.agree(desk.ballot, by=cast.actor("committee_2"), at=at)


def test_candidates_neither_rule_nor_sign_nor_decide_in_their_own_contest(cast: Cast) -> None:
    desk = Desk(cast, signers_needed=1, complaint_hours=24)
    with writing():
        give_role(cast.who["member"], Role.COMPLAINTS)
    names = (
        OptionSpec("Amina Grove", member_id=cast.who["committee_1"].id),
        OptionSpec("Mabel Thorn", member_id=cast.who["member"].id),
    )
    desk.ask(names=names)
    desk.schedule()
    counted(desk)
    made = complaints.make(
        desk.ballot, "count", "The count came too soon for my taste.", by=cast.actor("mover"), at=AFTER
    )
    with pytest.raises(NotAllowed):
        complaints.decide(
            made, "dismissed", "It came when it came, after the close.", 0, by=cast.actor("member"), at=AFTER
        )
    for act in (certificate.draw_up, certification.acknowledge_lot, recounts.make):
        with pytest.raises(NotAllowed):
            act(desk.ballot, by=cast.actor("committee_1"), at=AFTER + 25 * HOUR)
    recounts.ask(desk.ballot, "It was close, and I stood in it.", by=cast.actor("member"), at=AFTER)
