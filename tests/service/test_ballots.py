"""A ballot from preparation to publication, and every way in which it is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from consult.counting.count import count as count_fast
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Stale
from consult.ledger import signatures
from consult.ledger.envelopes import Answer
from consult.model.ballots import Ballot, Envelope, OpenedPaper
from consult.model.store import db, writing
from consult.service import ballots, casting, certification, counts, opening, publication, reconciliation, tally
from tests.desk import AFTER, CLOSES, DURING, OPENS, Desk, retry
from tests.factories import NOON, Cast, by_two


@pytest.fixture
def desk(cast: Cast) -> Desk:
    made = Desk(cast)
    made.ask()
    made.schedule()
    return made


def test_from_scheduling_to_a_published_result(desk: Desk) -> None:
    for name, ranking in (("member", (0, 1)), ("mover", (0,)), ("second", (1, 0)), ("delegate", ())):
        desk.vote(name, *ranking)
    assert desk.ballot.state == "scheduled"  # the worker never ran, and voting was open all the same
    desk.close()
    assert desk.ballot.state == "closed"
    desk.count()
    (result,) = certification.results_of(desk.ballot)
    assert result.count["winners"] == ["Ann Ash"]
    assert result.count["ballots"] == {"valid": 3, "blank": 1, "invalid": 0}
    assert result.hash == result.second_hash
    assert "agrees" in result.package_verdict or "not applicable" not in result.package_verdict
    for name in ("committee_1", "committee_2"):
        desk.sign(name)
        assert desk.ballot.state == "drawn up"
    desk.sign("committee_3")
    assert desk.ballot.state == "certified"
    found = publication.publish(desk.ballot, by=desk.cast.actor("committee_1"), at=AFTER)
    assert desk.ballot.state == "published"
    assert found.bundle[:2] == b"PK"


def test_one_vote_each_however_often_the_form_is_sent(desk: Desk) -> None:
    key = retry()
    first = desk.vote("member", 0, key=key)
    again = desk.vote("member", 1, key=key)
    assert (again.code, again.again) == (first.code, True)
    with pytest.raises(casting.AlreadyVoted, match="already voted"):
        desk.vote("member", 1)
    assert ballots.turnout(desk.ballot) == 1


def test_the_close_to_the_millisecond(desk: Desk) -> None:
    instant = timedelta(milliseconds=1)
    with pytest.raises(OutOfOrder, match="opens on"):
        desk.vote("member", 0, at=OPENS - instant)
    desk.vote("member", 0, at=OPENS)
    desk.vote("mover", 0, at=CLOSES - instant)
    with pytest.raises(OutOfOrder, match="closed on"):
        desk.vote("second", 0, at=CLOSES)
    with pytest.raises(OutOfOrder, match="closed on"):
        desk.vote("second", 0, at=CLOSES + instant)


def test_grace_is_for_forms_on_their_way(cast: Cast) -> None:
    desk = Desk(cast, grace_minutes=5)
    desk.ask()
    desk.schedule()
    desk.vote("member", 0, at=CLOSES + timedelta(minutes=4, seconds=59))
    with pytest.raises(OutOfOrder):
        desk.vote("mover", 0, at=CLOSES + timedelta(minutes=5))
    with pytest.raises(OutOfOrder, match="still open"):
        opening.close(desk.ballot, by=desk.officer, at=CLOSES + timedelta(minutes=4))


def test_who_is_not_on_the_roll_cannot_vote(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="not on the electoral roll"):
        desk.vote("supporter", 0)
    assert ballots.turnout(desk.ballot) == 0


def test_a_paper_of_another_ballot_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid, match="does not answer the questions"):
        casting.cast(desk.ballot.id, desk.cast.who["member"].id, [Answer("q9", (0,))], retry_key=retry(), at=DURING)
    with pytest.raises(Invalid, match="same number"):
        desk.vote("member", (0, 1))
    assert ballots.turnout(desk.ballot) == 0


def test_the_database_itself_takes_no_second_vote_and_none_after_the_close(desk: Desk) -> None:
    desk.vote("member", 0)
    row = {
        "ballot_id": desk.ballot.id,
        "sealed": b"x",
        "receipt": "0" * 64,
        "retry_key": "r" * 32,
        "sealed_by": "server",
    }
    with pytest.raises(IntegrityError), writing() as session:
        session.execute(insert(Envelope).values(member_id=desk.cast.who["member"].id, **row))
    desk.close()
    with pytest.raises(IntegrityError), writing() as session:
        session.execute(insert(Envelope).values(member_id=desk.cast.who["mover"].id, **row))
    with pytest.raises(IntegrityError), writing() as session:
        session.execute(update(Ballot).values(definition_hash="f" * 64))


def test_nothing_about_a_vote_stays_readable_in_the_envelope(desk: Desk) -> None:
    desk.vote("member", 2, 1, 0)
    desk.vote("mover", 0)
    sealed = list(db.session.scalars(select(Envelope.sealed)))
    assert len({len(envelope) for envelope in sealed}) == 1
    assert not any(b"ranking" in envelope for envelope in sealed)


def test_casting_leaves_no_event_in_the_audit_log(desk: Desk) -> None:
    from consult.service import audit

    before = audit.length()
    desk.vote("member", 0)
    assert audit.length() == before


def test_a_lot_is_acknowledged_before_anybody_signs(cast: Cast) -> None:
    desk = Desk(cast, signers_needed=1)
    desk.ask(names=("Ann Ash", "Bo Birch"))
    desk.schedule()
    desk.vote("member", 0)
    desk.vote("mover", 1)
    desk.close()
    desk.count()
    (result,) = certification.results_of(desk.ballot)
    assert result.needed_lot
    assert "not applicable" in result.package_verdict
    with pytest.raises(OutOfOrder, match="Acknowledge"):
        desk.sign("committee_1")
    certification.acknowledge_lot(desk.ballot, by=cast.actor("committee_2"), at=AFTER)
    desk.sign("committee_1")
    assert desk.ballot.state == "certified"


def test_only_the_named_signers_sign_once_with_their_own_key(desk: Desk) -> None:
    desk.vote("member", 0)
    desk.close()
    desk.count()
    desk.sign("committee_1")
    with pytest.raises(OutOfOrder, match="signed this result already"):
        desk.sign("committee_1")
    with pytest.raises(Invalid, match="not registered as yours"):
        desk.sign("committee_2", desk.keys["committee_3"])
    with pytest.raises(NotAllowed):
        desk.sign("returning_officer", desk.keys["committee_3"])
    late = signatures.generate_key()
    certification.register_key(
        desk.cast.who["committee_4"], signatures.public_part(late), by=desk.cast.actor("committee_4"), at=AFTER
    )
    with pytest.raises(NotAllowed, match="named before this ballot opened"):
        desk.sign("committee_4", late)
    with pytest.raises(Invalid, match="does not fit this result"):
        good = signatures.sign(b"another manifest", desk.keys["committee_5"])
        certification.sign(desk.ballot, good.key, good.signature, by=desk.cast.actor("committee_5"), at=AFTER)


def test_two_counts_that_differ_certify_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    desk.vote("member", 0)
    desk.vote("mover", 1)
    desk.vote("second", 1)
    desk.close()
    desk.reconcile()
    desk.open_envelopes()
    monkeypatch.setattr(counts, "recount", lambda *a: replace(count_fast(*a), winners=(0,)))
    with pytest.raises(OutOfOrder, match="differ, so nothing can be certified"):
        tally.count_ballot(desk.ballot, by=desk.officer, at=AFTER)
    assert desk.ballot.state == "opened"
    assert certification.results_of(desk.ballot) == []


def test_the_wrong_order_is_refused_with_a_sentence(desk: Desk) -> None:
    with pytest.raises(OutOfOrder, match="still open"):
        opening.close(desk.ballot, by=desk.officer, at=DURING)
    with pytest.raises(OutOfOrder, match="must be closed first"):
        reconciliation.reconcile(desk.ballot, by=desk.officer, at=DURING)
    with pytest.raises(OutOfOrder, match="must be certified first"):
        publication.publish(desk.ballot, by=desk.cast.actor("committee_1"), at=DURING)
    with pytest.raises(OutOfOrder, match="can no longer be changed"):
        desk.ask()


def test_the_second_of_two_officers_is_told_what_changed(desk: Desk) -> None:
    desk.close()
    with pytest.raises(OutOfOrder, match="a ballot closed, by Rhona Peel"):
        desk.close()


def test_a_ballot_is_not_scheduled_before_everything_is_there(cast: Cast) -> None:
    desk = Desk(cast, keys=2)
    with pytest.raises(Invalid, match=r"at least one question.*only 2 have registered"):
        desk.schedule()
    assert desk.ballot.state == "preparing"
    with pytest.raises(Invalid, match="places but only 3"):
        desk.ask("scottish-stv", seats=4)
    with pytest.raises(Invalid, match="open in the future"):
        Desk(cast, keys=0, opens_at=NOON - timedelta(days=1))


def test_an_edit_from_an_older_page_is_stale(cast: Cast) -> None:
    desk = Desk(cast, keys=0)
    spec = ballots.BallotSpec("New title", OPENS, CLOSES)
    old = desk.ballot.revision
    ballots.edit(desk.ballot, spec, "resolved", revision=old, by=cast.actor("committee_1"), at=NOON)
    with pytest.raises(Stale, match="another tab"):
        ballots.edit(desk.ballot, spec, "resolved", revision=old, by=cast.actor("committee_2"), at=NOON)


def test_a_cancelled_ballot_takes_no_vote_and_an_open_one_is_not_cancelled(desk: Desk) -> None:
    with pytest.raises(OutOfOrder, match="only be annulled"):
        opening.cancel(desk.ballot, "We changed our mind about it.", by=desk.officer, at=DURING)
    opening.cancel(desk.ballot, "We changed our mind about it.", by=desk.officer, at=NOON)
    with pytest.raises(OutOfOrder, match="not open to vote in"):
        desk.vote("member", 0)


def test_an_annulled_ballot_publishes_nothing(desk: Desk) -> None:
    desk.vote("member", 0)
    by_two(desk.cast, desk.ballot, "Thirty members could not sign in for a day.", at=DURING)
    assert certification.annulment_of(desk.ballot).reason.startswith("Thirty")
    with pytest.raises(OutOfOrder, match="annulled"):
        desk.vote("mover", 0)


def test_opened_papers_say_nothing_of_whom_or_when(desk: Desk) -> None:
    for name in ("member", "mover", "second"):
        desk.vote(name, 0)
    desk.close()
    desk.reconcile()
    desk.open_envelopes()
    rows = db.session.execute(select(OpenedPaper.pattern, OpenedPaper.copies)).all()
    assert rows == [('[[0],"",""]', 3)]


def test_a_lot_made_by_commit_and_reveal(cast: Cast) -> None:
    from consult.counting import lots

    desk = Desk(cast, lot_rule="commit-and-reveal", signers_needed=1)
    desk.ask(names=("Ann Ash", "Bo Birch"))
    desk.schedule()
    for name, value in (("committee_1", "heather"), ("committee_2", "bracken")):
        reconciliation.commit_seed(desk.ballot, lots.commitment(value, "salt"), by=cast.actor(name), at=DURING)
    desk.vote("member", 0)
    desk.vote("mover", 1)
    with pytest.raises(OutOfOrder, match="after the close"):
        reconciliation.reveal_seed(desk.ballot, "heather", "salt", by=cast.actor("committee_1"), at=DURING)
    desk.close()
    with pytest.raises(Invalid, match="do not give the hash"):
        reconciliation.reveal_seed(desk.ballot, "gorse", "salt", by=cast.actor("committee_1"), at=AFTER)
    reconciliation.reveal_seed(desk.ballot, "heather", "salt", by=cast.actor("committee_1"), at=AFTER)
    public, silent = reconciliation.seed_of(db.session(), desk.ballot, "draw 9")
    assert silent == (str(cast.who["committee_2"].id),)
    reconciliation.reveal_seed(desk.ballot, "bracken", "salt", by=cast.actor("committee_2"), at=AFTER)
    assert reconciliation.silent(desk.ballot) == [], "until the seed is fixed, everybody may still reveal"
    together, nobody = reconciliation.seed_of(db.session(), desk.ballot, "draw 9")
    assert nobody == () and together != public
    desk.count()
    assert desk.ballot.seed == together
    certification.acknowledge_lot(desk.ballot, by=cast.actor("committee_2"), at=AFTER)
    desk.sign("committee_1")
    publication.publish(desk.ballot, by=cast.actor("committee_1"), at=AFTER)
