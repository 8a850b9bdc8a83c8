"""Sealed and recorded ballots: the ceremony before, the two openings after, and what the database refuses besides."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from consult.domain.eligibility import RollRule
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Refused
from consult.domain.roles import Role, Status
from consult.ledger import canonical, ceremony, envelopes
from consult.ledger.envelopes import Answer, EnvelopeRefused
from consult.model.ballots import Ballot, BallotKey, Envelope
from consult.model.boxes import RecordedVote
from consult.model.members import Member
from consult.model.results import Publication
from consult.model.store import db, writing
from consult.service import (
    ballot_questions,
    ballots,
    boxes,
    casting,
    ceremonies,
    certification,
    challenges,
    open_votes,
    roll_standing,
    rolls,
    scheduling,
    unsealing,
)
from tests.desk import AFTER, DURING, Desk, retry
from tests.factories import NOON, Cast, give_role, make_member
from tests.service.verifying import report_of

VOTERS = ("member", "delegate", "other_delegate", "third_delegate", "chair", "panel")


@pytest.fixture
def desk(cast: Cast) -> Desk:
    made = Desk(cast, level="sealed")
    made.ask()
    return made


def sealed_by_browser(desk: Desk, name: str, *ranking: int) -> casting.Receipt:
    made = ballots.definition_of(desk.ballot)
    envelope = envelopes.seal(made, [Answer("q1", ranking)])
    return casting.cast_sealed(desk.ballot.id, desk.cast.who[name].id, envelope, retry_key=retry(), at=DURING)


def test_a_sealed_ballot_from_the_ceremony_to_the_verified_bundle(desk: Desk) -> None:
    desk.hold_ceremony()
    desk.schedule()
    assert db.session.get(BallotKey, desk.ballot.id) is None
    for place, name in enumerate(VOTERS[:4]):
        receipt = sealed_by_browser(desk, name, place % 3)
        assert receipt.sealed_by == "browser"
    desk.vote("chair", 0, 1)
    desk.publish()
    assert (desk.ballot.opened, desk.ballot.refused, desk.ballot.sealed_by_server) == (5, 0, 1)
    report = report_of(db.session.get_one(Publication, desk.ballot.id).bundle)
    assert report.ok, [check.words for check in report.failures]
    passed = {check.name: check.words for check in report.checks if check.held}
    assert "2 openings, on 2 machines, came to the same papers" in passed["opening"]
    definition = ballots.definition_of(desk.ballot)
    assert definition.shares is not None
    assert definition.shares.k == 2 and set(definition.shares.holders) == {"Juno Ash", "Petra Lowe", "Silas Wren"}


def test_a_sealed_ballot_is_not_scheduled_without_key_and_rehearsal(desk: Desk) -> None:
    with pytest.raises(Invalid, match="Hold the key ceremony"):
        desk.schedule()
    desk.hold_ceremony()
    row = ceremonies.of(desk.ballot)
    assert row is not None and row.public is not None
    public = ceremony.loads(row.public.encode())
    ceremonies.upload(desk.ballot, public.dumps(), by=desk.officer, at=NOON)  # a new trial: the old answer is void
    with pytest.raises(Invalid, match="Rehearse the opening"):
        scheduling.schedule(desk.ballot, desk.roll, by=desk.officer, at=NOON)
    desk.rehearse()
    scheduling.schedule(desk.ballot, desk.roll, by=desk.officer, at=NOON)


def test_the_database_itself_opens_no_sealed_ballot_that_was_not_rehearsed(desk: Desk) -> None:
    for state in ("scheduled", "open"):
        with pytest.raises(IntegrityError, match="only after its key ceremony was rehearsed"), writing() as session:
            session.execute(update(Ballot).where(Ballot.id == desk.ballot.id).values(state=state))


def test_the_ceremony_is_fixed_with_the_ballot(desk: Desk) -> None:
    desk.hold_ceremony()
    desk.schedule()
    with pytest.raises(OutOfOrder, match="scheduled"):
        ceremonies.plan(desk.ballot, 2, [desk.cast.who["panel"].id], "A new plan.", by=desk.officer, at=NOON)
    row = ceremonies.of(desk.ballot)
    with pytest.raises(IntegrityError, match="never changed once the ballot is scheduled"), writing() as session:
        session.get_one(type(row), desk.ballot.id).public = "{}"


def test_no_candidate_and_no_operator_holds_a_share(cast: Cast) -> None:
    desk = Desk(cast, level="sealed")
    names = [
        ballot_questions.OptionSpec("Juno Ash", member_id=cast.who["panel"].id),
        ballot_questions.OptionSpec("Bo Birch"),
    ]
    desk.ask(names=tuple(names))  # type: ignore[arg-type]
    ids = [cast.who[name].id for name in ("panel", "chair", "scrutineer")]
    with pytest.raises(Invalid, match="Juno Ash stands in this ballot"):
        ceremonies.plan(desk.ballot, 2, ids, by=desk.officer, at=NOON)
    with writing():
        give_role(cast.who["chair"], Role.OPERATOR)
    with pytest.raises(Invalid, match="Petra Lowe keeps the machine"):
        ceremonies.plan(desk.ballot, 2, ids[1:], by=desk.officer, at=NOON)
    assert {member.name for member in ceremonies.able(desk.ballot, NOON)}.isdisjoint({"Juno Ash", "Petra Lowe"})


def test_a_holder_who_becomes_a_candidate_stands_in_the_way(desk: Desk) -> None:
    desk.hold_ceremony()
    candidate = ballot_questions.OptionSpec("Juno Ash", member_id=desk.cast.who["panel"].id)
    desk.ask(names=(candidate, "Bo Birch"), title="Who else?")  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="Juno Ash stands in this ballot"):
        desk.schedule()


@pytest.mark.parametrize(("k", "n"), [(1, 3), (4, 3), (2, 1)])
def test_impossible_numbers_are_refused(desk: Desk, k: int, n: int) -> None:
    ids = [desk.cast.who[name].id for name in ("panel", "chair", "scrutineer")][:n]
    with pytest.raises(Invalid):
        ceremonies.plan(desk.ballot, k, ids, by=desk.officer, at=NOON)


def test_only_the_public_part_of_this_plan_is_taken(desk: Desk) -> None:
    desk.hold_ceremony()
    row = ceremonies.of(desk.ballot)
    assert row is not None
    plan = ceremony.loads(row.plan.encode())
    with pytest.raises(Invalid, match="This is the plan"):
        ceremonies.upload(desk.ballot, plan.dumps(), by=desk.officer, at=NOON)
    other, _ = ceremony.make(replace(plan, k=3), envelopes.generate_keys())
    with pytest.raises(Invalid, match="another plan"):
        ceremonies.upload(desk.ballot, other.dumps(), by=desk.officer, at=NOON)
    with pytest.raises(Invalid):
        ceremonies.upload(desk.ballot, b"nonsense", by=desk.officer, at=NOON)
    with pytest.raises(NotAllowed):
        ceremonies.upload(desk.ballot, plan.dumps(), by=desk.cast.actor("member"), at=NOON)


def test_the_answer_to_another_trial_is_no_rehearsal(desk: Desk) -> None:
    desk.hold_ceremony()
    made = ceremonies.rehearsed(desk.ballot)
    assert made is not None and made.places == (1, 2, 3)
    with pytest.raises(Invalid, match="not the answer"):
        ceremonies.rehearse(desk.ballot, replace(made, answer="0" * 64).dumps(), by=desk.officer, at=NOON)


# -- the box ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(desk: Desk) -> Desk:
    desk.hold_ceremony()
    desk.schedule()
    for place, name in enumerate(VOTERS):
        desk.vote(name, place % 3)
    desk.close()
    desk.reconcile()
    return desk


def test_nothing_leaves_the_box_before_it_is_frozen_and_nothing_opens_here(closed: Desk) -> None:
    with pytest.raises(OutOfOrder, match="frozen first"):
        boxes.box(closed.ballot)
    with pytest.raises(OutOfOrder, match="off line"):
        closed.open_envelopes()
    closed.freeze_box()
    with pytest.raises(OutOfOrder, match="frozen already"):
        closed.freeze_box()
    assert closed.ballot.state == "reconciled"


def test_the_file_of_envelopes_names_nobody_and_is_always_the_same(closed: Desk) -> None:
    closed.freeze_box()
    data = b"".join(boxes.box(closed.ballot))
    assert data == b"".join(boxes.box(closed.ballot))
    for name in VOTERS:
        member = closed.cast.who[name]
        assert member.email.encode() not in data and member.number.encode() not in data.split(b"\n", 1)[1]
    sealed = db.session.scalars(select(Envelope.sealed).where(Envelope.ballot_id == closed.ballot.id))
    assert all(envelope in data for envelope in sealed)


def test_two_openings_that_differ_count_nothing_until_two_agree(closed: Desk) -> None:
    closed.freeze_box()
    papers, transcript = closed.open_off_line("1")
    value = canonical.loads(papers)
    groups = value["questions"][0]["groups"]
    groups[0]["papers"], groups[1]["papers"] = groups[0]["papers"] + 1, groups[1]["papers"] - 1
    wrong = canonical.dumps(value)
    lie = canonical.dumps({**canonical.loads(transcript), "opened": canonical.sha256(wrong), "machine": "a" * 64})
    boxes.record(closed.ballot, wrong, lie, by=closed.officer, at=AFTER)
    boxes.record(closed.ballot, papers, transcript, by=closed.officer, at=AFTER)
    assert closed.ballot.state == "reconciled"
    with pytest.raises(OutOfOrder, match="on the record already"):
        boxes.record(closed.ballot, papers, transcript, by=closed.officer, at=AFTER)
    boxes.record(closed.ballot, *closed.open_off_line("2"), by=closed.officer, at=AFTER)
    assert closed.ballot.state == "opened"
    assert [row.number for row in boxes.recorded(closed.ballot)] == [1, 2, 3]
    question = closed.ballot.questions[0]
    assert sum(group.papers for group in unsealing.groups_of(db.session(), question)) == len(VOTERS)


def test_papers_of_another_box_and_transcripts_of_other_papers_are_refused(closed: Desk) -> None:
    closed.freeze_box()
    papers, transcript = closed.open_off_line()
    value, said = canonical.loads(papers), canonical.loads(transcript)
    for bad_papers, bad_transcript in (
        (canonical.dumps({**value, "root": "0" * 64}), transcript),
        (canonical.dumps({**value, "papers": 5, "refused": {"x": 1}}), transcript),
        (papers, canonical.dumps({**said, "opened": "0" * 64})),
        (papers, canonical.dumps({**said, "envelopes": 7})),
        (b"", transcript),
        (papers, b"{}"),
    ):
        with pytest.raises(Invalid):
            boxes.record(closed.ballot, bad_papers, bad_transcript, by=closed.officer, at=AFTER)
    assert boxes.recorded(closed.ballot) == []


def test_challenged_ballots_that_were_admitted_are_opened_with_the_rest_and_accounted_for(desk: Desk) -> None:
    desk.hold_ceremony()
    desk.schedule()
    desk.vote("member", 0)
    late = [desk.cast.who[name].id for name in ("supporter",)]
    plea = "I became a member in February and have the receipt."
    challenges.cast(desk.ballot.id, late[0], [Answer("q1", (1,))], plea, retry_key=retry(), at=DURING)
    desk.close()
    desk.reconcile()
    with pytest.raises(OutOfOrder, match="not decided yet"):
        desk.freeze_box()
    verdict = {late[0]: challenges.Verdict(True, "The receipt proves it.")}
    challenges.decide(desk.ballot, verdict, token=lambda n: "ab" * n, by=desk.cast.actor("committee_1"), at=AFTER)
    desk.open_twice()
    assert (desk.ballot.state, desk.ballot.opened, desk.ballot.refused) == ("opened", 1, 0)
    found = unsealing.groups_of(db.session(), desk.ballot.questions[0])
    assert sorted(group.pattern.ranking for group in found) == [(0,), (1,)]


def test_a_challenged_ballot_sealed_in_the_browser_is_taken_once_and_the_certificate_tells_it_from_others(
    desk: Desk,
) -> None:
    with writing():
        other = make_member(desk.cast.units["Cedar"], status=Status.SUPPORTER.value).id
    desk.hold_ceremony()
    desk.schedule()
    made, box = ballots.definition_of(desk.ballot), desk.ballot.id
    me, plea = desk.cast.who["supporter"].id, "I became a member in February and have the receipt."
    mine, voted = (envelopes.seal(made, [Answer("q1", (place,))]) for place in (1, 0))
    casting.cast_sealed(box, desk.cast.who["member"].id, voted, retry_key=retry(), at=DURING)
    with pytest.raises(envelopes.EnvelopeRefused):
        challenges.cast_sealed(box, me, mine[:-1], plea, retry_key=retry(), at=DURING)
    with pytest.raises(Refused, match="handed in before"):
        challenges.cast_sealed(box, me, voted, plea, retry_key=retry(), at=DURING)
    with pytest.raises(Invalid, match="in a sentence or two"):
        challenges.cast_sealed(box, me, mine, "", retry_key=retry(), at=DURING)
    key = retry()
    receipt = challenges.cast_sealed(box, me, mine, plea, retry_key=key, at=DURING)
    assert challenges.cast_sealed(box, me, mine, plea, retry_key=key, at=DURING).code == receipt.code
    with pytest.raises(Refused, match="handed in before"):
        challenges.cast_sealed(box, other, mine, plea, retry_key=retry(), at=DURING)
    desk.close()
    desk.reconcile()
    verdict = {me: challenges.Verdict(True, "The receipt proves it.")}
    challenges.decide(desk.ballot, verdict, token=lambda n: "ab" * n, by=desk.cast.actor("committee_1"), at=AFTER)
    desk.open_twice()
    found = unsealing.groups_of(db.session(), desk.ballot.questions[0])
    assert sorted(group.pattern.ranking for group in found) == [(0,), (1,)]
    assert challenges.sealed_by_server(desk.ballot) == 0


def test_only_the_returning_officer_opens(closed: Desk) -> None:
    with pytest.raises(NotAllowed):
        boxes.freeze(closed.ballot, "1 2 3", by=closed.cast.actor("committee_1"), at=AFTER)


# -- envelopes from browsers -----------------------------------------------------------------------------------------


def test_what_is_no_envelope_of_this_ballot_is_refused_at_the_door(desk: Desk) -> None:
    desk.hold_ceremony()
    desk.schedule()
    good = envelopes.seal(ballots.definition_of(desk.ballot), [Answer("q1", (0,))])
    who = desk.cast.who["member"].id
    for bad in (good[:-1], good + b"\0", b"", bytes(len(good))):
        with pytest.raises(Refused):
            casting.cast_sealed(desk.ballot.id, who, bad, retry_key=retry(), at=DURING)
    with pytest.raises(EnvelopeRefused):
        casting.cast_sealed(desk.ballot.id, who, good[:-1], retry_key=retry(), at=DURING)
    key = retry()
    first = casting.cast_sealed(desk.ballot.id, who, good, retry_key=key, at=DURING)
    again = casting.cast_sealed(desk.ballot.id, who, good, retry_key=key, at=DURING)
    assert (again.code, again.again) == (first.code, True)


def test_the_same_envelope_under_another_name_is_refused(desk: Desk) -> None:
    desk.hold_ceremony()
    desk.schedule()
    good = envelopes.seal(ballots.definition_of(desk.ballot), [Answer("q1", (0,))])
    casting.cast_sealed(desk.ballot.id, desk.cast.who["member"].id, good, retry_key=retry(), at=DURING)
    with pytest.raises(Refused):
        casting.cast_sealed(desk.ballot.id, desk.cast.who["delegate"].id, good, retry_key=retry(), at=DURING)


# -- recorded votes --------------------------------------------------------------------------------------------------


def recorded(cast: Cast, weighting: str = "one") -> Desk:
    desk = Desk(cast, level="recorded", weighting=weighting)
    desk.ask("plurality")
    desk.schedule()
    return desk


def open_vote(desk: Desk, name: str, *ranking: int, key: str = "k" * 32) -> casting.Receipt:
    who = desk.cast.who[name].id
    return open_votes.cast(desk.ballot.id, who, [Answer("q1", ranking)], retry_key=key, at=DURING)


def test_a_recorded_vote_is_published_by_name_and_verified(cast: Cast) -> None:
    desk = recorded(cast)
    open_vote(desk, "delegate", 0)
    open_vote(desk, "other_delegate", 0)
    open_vote(desk, "third_delegate", 1)
    assert open_votes.paper_of(desk.ballot, cast.who["delegate"].id) == (Answer("q1", (0,)),)
    desk.publish()
    report = report_of(db.session.get_one(Publication, desk.ballot.id).bundle)
    assert report.ok, [check.words for check in report.failures]
    assert "The 3 votes listed by name" in " ".join(check.words for check in report.checks)


def test_an_open_vote_is_cast_once_and_never_changed(cast: Cast) -> None:
    desk = recorded(cast)
    assert not open_vote(desk, "delegate", 0).again
    assert open_vote(desk, "delegate", 0).again
    with pytest.raises(casting.AlreadyVoted):
        open_vote(desk, "delegate", 1, key="z" * 32)
    with pytest.raises(IntegrityError, match="never changed"), writing() as session:
        session.execute(update(RecordedVote).values(paper="[]"))
    with pytest.raises(OutOfOrder, match="closed on"):
        open_votes.cast(
            desk.ballot.id, cast.who["chair"].id, [Answer("q1", (0,))], retry_key=retry(), at=AFTER + timedelta(days=1)
        )


def test_secret_papers_and_open_votes_do_not_mix(cast: Cast) -> None:
    desk = recorded(cast)
    with pytest.raises(Refused):
        casting.cast(desk.ballot.id, cast.who["delegate"].id, [Answer("q1", (0,))], retry_key=retry(), at=DURING)
    other = Desk(cast, consultation=desk.consultation)
    other.ask("plurality")
    other.schedule()
    with pytest.raises(OutOfOrder, match="secret"):
        open_vote(other, "delegate", 0)


def test_card_votes_count_for_the_members_of_a_branch(cast: Cast) -> None:
    desk = Desk(cast, level="recorded", weighting="members")
    desk.ask("plurality")
    with pytest.raises(Invalid, match="has several on this roll"):
        desk.schedule()  # a roll of all members: several voters of one branch


def test_a_delegates_card_counts_for_every_member_of_the_branch(cast: Cast) -> None:
    desk = Desk(cast, level="recorded", weighting="members")
    desk.ask("plurality")
    rule = RollRule(delegates_at=desk.at)
    roll = rolls.freeze(None, "Delegates", rule, token=secrets.token_hex, by=desk.officer, at=desk.at)
    scheduling.schedule(desk.ballot, roll, by=desk.officer, at=desk.at)
    for name, choice in (("delegate", 0), ("other_delegate", 1), ("third_delegate", 1)):
        open_vote(desk, name, choice)
    desk.publish()
    cards = {name: open_votes.card_of(desk.ballot, cast.who[name].id) for name in ("delegate", "other_delegate")}
    branches = {name: cast.who[name].unit_id for name in cards}
    query = select(func.count()).select_from(Member).where(Member.status == "member")
    for name, votes in cards.items():
        assert votes == db.session.scalar(query.where(Member.unit_id == branches[name]))
    assert cards["delegate"] > cards["other_delegate"]
    counted = certification.results_of(desk.ballot)[0].count
    assert counted["stages"][0]["votes"]["Ann Ash"] == str(cards["delegate"])
    report = report_of(db.session.get_one(Publication, desk.ballot.id).bundle)
    assert report.ok, [check.words for check in report.failures]
    assert roll_standing.standing(roll, cast.who["delegate"].id).on_roll
    left = roll_standing.standing(roll, cast.who["member"].id)
    assert not left.on_roll and "for delegates in office" in " ".join(c.sentence for c in left.conditions)
