"""What comes to a frozen roll afterwards: batches, removals and their appeals, and that count and bundle go by them."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from consult.domain.eligibility import RollRule
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.roles import Role
from consult.ledger import bundle, electorate
from consult.ledger.report import Report
from consult.model.audit import AuditEvent
from consult.model.ballots import Envelope
from consult.model.members import Member
from consult.model.notices import Notice
from consult.model.results import Publication
from consult.model.roll_changes import RollAddition, RollChange, RollRemoval
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db, writing
from consult.service import (
    casting,
    challenges,
    paper_ballots,
    removals,
    replacing,
    roll_changes,
    roll_standing,
    rolls,
    scheduling,
    turnout,
    units,
)
from consult.service import electorate as electorates
from consult.service.challenges import Verdict
from tests.desk import DAY, Desk
from tests.factories import NOON, PEOPLE, Cast, give_role, make_member
from tests.service.verifying import report_of

WHY = "The branch had not sent the form in."


def when(at: object) -> str:
    return f"{at:%d %B}"


@pytest.fixture
def desk(cast: Cast) -> Desk:
    made = Desk(cast)
    made.ask()
    made.schedule()
    return made


def newcomer(cast: Cast, branch: str = "Alder") -> Member:
    with writing():
        return make_member(cast.units[branch], "Nia New", joined_at=NOON + timedelta(minutes=1))


def add(desk: Desk, *people: Member, at: object = None) -> RollChange:
    by = desk.cast.actor("roll_officer")
    numbers = [member.number for member in people]
    return roll_changes.add(desk.roll, numbers, WHY, token=secrets.token_hex, by=by, at=at or desk.during)


def remove(desk: Desk, name: str, at: object = None) -> RollRemoval:
    by = desk.cast.actor("roll_officer")
    number = desk.cast.who[name].number
    return removals.remove(
        desk.roll, number, "Expelled by the congress.", token=secrets.token_hex, by=by, at=at or desk.during
    )


def decide(desk: Desk, removal: RollRemoval, restored: bool, by: str = "panel", at: object = None) -> RollRemoval:
    return removals.decide(
        removal, restored, "The congress had no such power.", token=secrets.token_hex, by=desk.cast.actor(by),
        at=at or desk.during,
    )  # fmt: skip


def certified(desk: Desk) -> bundle.Bundle:
    desk.publish()
    return bundle.read(_published(desk))


def checked(desk: Desk) -> Report:
    return report_of(_published(desk))


def _published(desk: Desk) -> bytes:
    return db.session.get_one(Publication, desk.ballot.id).bundle


# -- batches -----------------------------------------------------------------------------------------------------------


def test_somebody_added_on_the_eve_votes_and_is_counted_in_the_electorate(desk: Desk) -> None:
    late = newcomer(desk.cast)
    size = desk.roll.size
    change = add(desk, late, at=desk.at + DAY - timedelta(minutes=5))
    assert rolls.is_on(desk.roll.id, late.id)
    assert rolls.get(desk.roll.id).size == size
    assert change.hash == rolls.roll_hash(change.salt, [late.id])
    assert change.head == electorate.head(desk.roll.hash, "addition", "2026-03-03T11:55:00Z", 1, change.hash)
    told = roll_standing.standing(desk.roll, late.id, when)
    assert told.on_roll
    assert told.conditions[0].sentence == f"You came to this roll with supplementary batch 1 on 03 March: {WHY}"
    kinds = db.session.scalars(select(Notice.kind).where(Notice.member_id == late.id)).all()
    assert sorted(kinds) == ["ballot-opens", "roll-added"]
    casting.cast(desk.ballot.id, late.id, [casting.Answer("q1", (0,))], retry_key="a" * 32, at=desk.during)
    desk.vote("member", 1)
    assert electorates.size(desk.ballot) == size + 1 == turnout.told(desk.ballot.id).roll
    read = certified(desk)
    assert (read.manifest.roll_size, read.manifest.electorate, read.manifest.marked) == (size, size + 1, 2)
    assert [(c.kind, c.people, c.effect) for c in read.manifest.changes] == [("addition", 1, 1)]
    report = checked(desk)
    assert report.failures == []
    assert any("make one chain" in check.words for check in report.checks)


def test_a_batch_names_everybody_that_it_cannot_take(desk: Desk) -> None:
    on, by = desk.cast.who["member"], desk.cast.actor("roll_officer")
    for numbers, words in (
        ([on.number], "Mabel Thorn .* is on this roll"),
        (["X9"], "no member with the number “X9”"),
        ([], "at least one"),
        ([f"N{n}" for n in range(501)], "At most 500"),
    ):
        with pytest.raises(Invalid, match=words):
            roll_changes.add(desk.roll, numbers, WHY, token=secrets.token_hex, by=by, at=desk.during)
    with pytest.raises(Invalid, match="Say why"):
        roll_changes.add(desk.roll, ["X9"], "late", token=secrets.token_hex, by=by, at=desk.during)
    assert roll_changes.of_roll(desk.roll.id) == []
    assert roll_changes.read_numbers("A1, A2\n\nA1 A3") == ["A1", "A2", "A3"]


def test_only_a_roll_officer_changes_a_roll_and_never_about_themselves(desk: Desk) -> None:
    late = newcomer(desk.cast)
    for name in ("returning_officer", "committee_1", "member", "panel"):
        with pytest.raises(NotAllowed, match="roll officer"):
            roll_changes.add(
                desk.roll, [late.number], WHY, token=secrets.token_hex, by=desk.cast.actor(name), at=desk.during
            )
    with pytest.raises(NotAllowed, match="about themselves"):
        remove(desk, "roll_officer")


def test_nothing_is_changed_once_every_ballot_is_over(desk: Desk) -> None:
    late = newcomer(desk.cast)
    desk.close()
    with pytest.raises(OutOfOrder, match="is over"):
        add(desk, late, at=desk.after)
    with pytest.raises(OutOfOrder, match="is over"):
        remove(desk, "member", at=desk.after)


def test_the_chain_grows_and_each_act_is_on_the_record(desk: Desk) -> None:
    add(desk, newcomer(desk.cast))
    removal = remove(desk, "mover")
    removals.appeal(removal, "I was never heard by anybody.", by=desk.cast.actor("mover"), at=desk.during)
    decide(desk, removal, restored=True)
    changes = roll_changes.of_roll(desk.roll.id)
    assert [(c.number, c.kind, c.undoes) for c in changes] == [
        (1, "addition", None), (2, "removal", None), (3, "restoration", 2),
    ]  # fmt: skip
    assert len({c.head for c in changes}) == 3
    events = db.session.scalars(select(AuditEvent.event).where(AuditEvent.event.startswith("roll."))).all()
    assert sorted(events) == ["roll.added", "roll.appeal_decided", "roll.appealed", "roll.frozen", "roll.removed"]
    assert roll_changes.size_now(desk.roll) == desk.roll.size + 1
    people = roll_changes.people_of(desk.roll.id)
    assert [[member.name for member in people[c.id]] for c in changes] == [["Nia New"], ["Osric Vale"], ["Osric Vale"]]


# -- removals ----------------------------------------------------------------------------------------------------------


def test_whoever_is_expelled_on_the_eve_is_told_why_and_cannot_vote(desk: Desk) -> None:
    """A removal keeps them from voting; what they read names the reason; they can appeal and cast a challenged ballot."""
    removal = remove(desk, "member", at=desk.at + DAY - timedelta(hours=1))
    told = roll_standing.standing(desk.roll, desk.cast.who["member"].id, when)
    assert not told.on_roll
    assert [c.sentence for c in told.conditions] == [
        "You were taken off this roll on 03 March: Expelled by the congress."
    ]
    kinds = db.session.scalars(select(Notice.kind).where(Notice.member_id == removal.member_id)).all()
    assert "roll-removed" in kinds
    (link,) = db.session.scalars(
        select(Notice).where(Notice.member_id == removal.member_id, Notice.kind == "ballot-opens")
    )
    assert link.gave_up_at is not None  # a link that waits is not sent any more
    with pytest.raises(NotAllowed, match="not on the electoral roll"):
        desk.vote("member", 0)
    assert db.session.scalars(select(Envelope)).all() == []
    answers = [casting.Answer("q1", (0,))]
    challenges.cast(desk.ballot.id, removal.member_id, answers, WHY, retry_key="b" * 32, at=desk.during)
    assert challenges.of(desk.ballot.id, removal.member_id).refused_by.startswith("You were taken off this roll")
    assert electorates.size(desk.ballot) == desk.roll.size - 1


def test_a_vote_cast_before_a_removal_counts_unless_the_ballot_says_otherwise(desk: Desk) -> None:
    desk.vote("member", 0)
    desk.vote("mover", 1)
    remove(desk, "member")
    with pytest.raises(NotAllowed, match="not on the electoral roll"):
        desk.vote("member", 1)
    with pytest.raises(NotAllowed, match="It stands"):
        challenges.cast(
            desk.ballot.id, desk.cast.who["member"].id, [casting.Answer("q1", (0,))], WHY, retry_key="b" * 32,
            at=desk.during,
        )  # fmt: skip
    read = certified(desk)
    # The person stays in the figures: they may not tell whether a vote of theirs is in the box.
    assert (read.manifest.electorate, read.manifest.marked, read.manifest.papers.counted) == (desk.roll.size, 2, 2)
    assert [change.effect for change in read.manifest.changes] == [0]
    assert checked(desk).failures == []


def test_a_vote_is_set_aside_unopened_where_the_ballot_declares_it(cast: Cast) -> None:
    desk = Desk(cast)
    desk.ask()
    desk.roll = rolls.freeze(None, "Members", RollRule(), token=secrets.token_hex, by=desk.officer, at=NOON)
    scheduling.schedule(desk.ballot, desk.roll, removed="set aside", by=desk.officer, at=NOON)
    receipt = desk.vote("member", 0)
    desk.vote("mover", 1)
    remove(desk, "member")
    assert replacing.is_superseded(desk.ballot.id, receipt.digest, cast.who["member"].id)
    assert electorates.size(desk.ballot) == desk.roll.size - 1
    read = certified(desk)
    assert (read.manifest.marked, read.manifest.papers.counted, read.manifest.board.superseded) == (1, 1, 1)
    assert read.manifest.electorate == desk.roll.size - 1
    assert checked(desk).failures == []


def test_votes_that_cannot_be_found_again_are_not_promised_to_be_set_aside(cast: Cast) -> None:
    for values, words in (({"level": "recorded"}, "published by name"), ({"paper_rule": "first"}, "cannot be found")):
        desk = Desk(cast, keys=0 if desk_has_keys(cast) else 5, **values)
        desk.ask()
        roll = rolls.freeze(None, str(values), RollRule(), token=secrets.token_hex, by=desk.officer, at=NOON)
        with pytest.raises(Invalid, match=words):
            scheduling.schedule(desk.ballot, roll, removed="set aside", by=desk.officer, at=NOON)


def desk_has_keys(cast: Cast) -> bool:
    return bool(scheduling.signing_keys(db.session(), NOON))


def test_an_appeal_puts_somebody_back_and_they_can_vote(desk: Desk) -> None:
    removal = remove(desk, "member")
    with pytest.raises(OutOfOrder, match="no appeal here"):
        decide(desk, removal, restored=True)
    for name in ("mover", "roll_officer"):
        with pytest.raises(NotAllowed):
            removals.appeal(removal, "I was never heard by anybody.", by=desk.cast.actor(name), at=desk.during)
    removals.appeal(removal, "I was never heard by anybody.", by=desk.cast.actor("member"), at=desk.during)
    with pytest.raises(OutOfOrder, match="already"):
        removals.appeal(removal, "I was never heard by anybody.", by=desk.cast.actor("member"), at=desk.during)
    assert removals.waiting() == [removal]
    with pytest.raises(NotAllowed, match="complaints panel"):
        decide(desk, removal, restored=True, by="roll_officer")
    decide(desk, removal, restored=True)
    told = roll_standing.standing(desk.roll, desk.cast.who["member"].id, when)
    assert told.on_roll
    assert told.conditions[0].sentence.startswith("You were taken off this roll, and put back on appeal")
    links = select(Notice.gave_up_at.is_(None)).where(
        Notice.member_id == removal.member_id, Notice.kind == "ballot-opens"
    )
    assert sorted(db.session.scalars(links)) == [False, True]  # and a new one is
    assert desk.vote("member", 0).code
    assert electorates.size(desk.ballot) == desk.roll.size
    with pytest.raises(OutOfOrder):
        decide(desk, removal, restored=False)


def test_a_roll_officer_on_the_panel_does_not_hear_it(desk: Desk) -> None:
    removal = remove(desk, "member")
    removals.appeal(removal, "I was never heard by anybody.", by=desk.cast.actor("member"), at=desk.during)
    with writing():
        give_role(desk.cast.who["panel"], Role.ROLL_OFFICER)
    with pytest.raises(NotAllowed, match="not a roll officer"):
        decide(desk, removal, restored=True)


def test_an_appeal_dismissed_leaves_them_off_and_one_decided_late_changes_no_ballot(desk: Desk) -> None:
    first, second = remove(desk, "member"), remove(desk, "mover")
    for removal, name in ((first, "member"), (second, "mover")):
        removals.appeal(removal, "I was never heard by anybody.", by=desk.cast.actor(name), at=desk.during)
    decide(desk, first, restored=False)
    told = roll_standing.standing(desk.roll, first.member_id, when).conditions[0]
    assert "the complaints panel decided that you stay off it" in told.sentence
    desk.vote("second", 0)
    desk.close()
    before = electorates.size(desk.ballot)
    decide(desk, second, restored=True, at=desk.after + timedelta(hours=1))
    assert electorates.size(desk.ballot) == before


def test_whoever_was_put_back_and_voted_has_one_vote(desk: Desk) -> None:
    removal = remove(desk, "member")
    answers = [casting.Answer("q1", (0,))]
    challenges.cast(desk.ballot.id, removal.member_id, answers, WHY, retry_key="b" * 32, at=desk.during)
    cast = challenges.listed(desk.ballot)
    assert challenges.told_by_now(desk.ballot, cast) == {}, "nothing has changed since it was cast"
    removals.appeal(removal, "I was never heard by anybody.", by=desk.cast.actor("member"), at=desk.during)
    on_roll, told = challenges.told_by_now(desk.ballot, cast)[removal.member_id]
    assert not on_roll and "You have appealed" in told
    decide(desk, removal, restored=True)
    on_roll, told = challenges.told_by_now(desk.ballot, cast)[removal.member_id]
    assert on_roll and "put back" in told and "not decided" not in told
    desk.vote("member", 1)
    desk.close()
    desk.reconcile()
    by = desk.cast.actor("committee_1")
    with pytest.raises(Invalid, match="two votes"):
        challenges.decide(
            desk.ballot, {removal.member_id: Verdict(True, "Was on the roll.")}, token=secrets.token_hex, by=by,
            at=desk.after,
        )  # fmt: skip
    challenges.decide(
        desk.ballot, {removal.member_id: Verdict(False, "Voted in the ordinary way.")}, token=secrets.token_hex,
        by=by, at=desk.after,
    )  # fmt: skip
    assert challenges.told_by_now(desk.ballot, challenges.listed(desk.ballot)) == {}


def test_whoever_was_taken_off_gets_no_paper_and_no_notice(cast: Cast) -> None:
    with writing():
        without = make_member(cast.units["Alder"], email=None)
    desk = Desk(cast, paper_rule="first")
    desk.ask()
    desk.schedule()
    assert without.id in paper_ballots.without_address(desk.ballot)
    removals.remove(
        desk.roll, without.number, "Died in February.", token=secrets.token_hex, by=cast.actor("roll_officer"),
        at=NOON,
    )  # fmt: skip
    assert paper_ballots.without_address(desk.ballot) == []


# -- what the database refuses -----------------------------------------------------------------------------------------


def test_the_database_keeps_a_frozen_roll_and_what_stands_beside_it(desk: Desk) -> None:
    late = newcomer(desk.cast)
    removal = remove(desk, "member")
    refused = (
        insert(RollEntry).values(roll_id=desk.roll.id, member_id=late.id, unit_id=late.unit_id),
        update(Roll).values(size=3),
        update(RollChange).values(reason="Another."),
        delete(RollChange),
        delete(RollRemoval),
        update(RollRemoval).values(member_id=late.id),
        delete(RollAddition),
    )
    add(desk, late, at=desk.during)
    for number, statement in enumerate(refused[1:]):
        with pytest.raises(IntegrityError), writing() as session:
            session.execute(statement.execution_options(synchronize_session=False))
            assert number >= 0
    with writing():
        other = make_member(desk.cast.units["Alder"])
    with pytest.raises(IntegrityError, match="supplementary batch"), writing() as session:
        session.execute(insert(RollEntry).values(roll_id=desk.roll.id, member_id=other.id, unit_id=other.unit_id))
    with pytest.raises(IntegrityError, match="taken off the electoral roll"), writing() as session:
        session.execute(
            insert(Envelope).values(
                ballot_id=desk.ballot.id, member_id=removal.member_id, sealed=b"x", receipt="0" * 64,
                retry_key="k" * 16, sealed_by="server",
            )
        )  # fmt: skip


def test_a_quorum_and_the_units_go_by_the_electorate(cast: Cast) -> None:
    """Of 19 frozen and one added, a quorum of a share asks one more; by unit, the newcomer's branch is one larger."""
    desk = Desk(cast)
    desk.ask("majority", ("For", "Against"), title="Shall it pass?", settings={"by_unit": True})
    desk.schedule()
    late = newcomer(cast, "Elder")
    add(desk, late)
    made = electorates.roll_of(desk.ballot, scheduling.ballots.definition_of(desk.ballot))
    assert (made.size, made.units["Elder"]) == (len(PEOPLE) + 2, 2)
    (change,) = electorates.changes_of(desk.ballot)
    assert change.units == {"Elder": 1}


def test_a_branch_that_is_renamed_during_a_ballot_keeps_the_name_of_the_frozen_roll(cast: Cast) -> None:
    desk = Desk(cast, keys=3, signers_needed=1)
    desk.ask("majority", ("For", "Against"), title="Shall it pass?", settings={"by_unit": True})
    desk.schedule()
    desk.vote("delegate", 0)
    officer, alder = cast.actor("roll_officer"), cast.units["Alder"]
    units.rename(alder, "Alderbank", "as the members wished", was="Alder", by=officer, at=desk.during)
    desk.vote("member", 0)
    desk.publish()
    published = db.session.get_one(Publication, desk.ballot.id)
    assert report_of(published.bundle).ok
    told = {then: now for then, now, _count in rolls.by_branch(desk.roll)}
    assert told["Alder"] == "Alderbank" and told["Birch"] == "Birch" and "Alderbank" not in told
