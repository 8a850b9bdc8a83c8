"""In the hall: every question in its turn and once, what follows from it, and what is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from consult.domain import hall as domain
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Stale
from consult.model.amendments import Amendment
from consult.model.hall import Division
from consult.model.motions import Motion, Policy
from consult.model.notices import Notice
from consult.model.procedure import Disposal
from consult.model.store import db, writing
from consult.service import (
    consequences,
    credentials,
    declaring,
    hall,
    hall_minutes,
    hall_text,
    hall_votes,
    motions,
    parts,
    sittings,
)
from consult.service.declaring import Told
from consult.service.hall_questions import Asked
from consult.service.hall_votes import Figures
from consult.service.sittings import Business
from consult.service.versions import document_of
from tests.factories import Cast
from tests.hall import Hall, assembled
from tests.motions import REASON


def text_of(made: Hall) -> str:
    found = hall_text.standing(db.session(), made.item)
    return " ".join(clause.text for clause in found.document.clauses)


def policy_of(motion: Motion) -> Policy | None:
    db.session.rollback()
    return db.session.scalars(select(Policy).where(Policy.motion_id == motion.id)).one_or_none()


def opened(cast: Cast, **values: object) -> Hall:
    made = assembled(cast, **values)  # type: ignore[arg-type]
    made.open()
    made.take()
    return made


def test_a_motion_with_amendments_from_the_first_vote_to_the_policy_book(cast: Cast) -> None:
    made = opened(cast)
    late, one, two = sorted(made.motions[0].amendments, key=lambda row: row.order or 0)
    assert (late.number, one.number, two.number) == (3, 1, 2)
    made.vote(10, 4)
    assert "until 11pm" in text_of(made) and "£2." in text_of(made)
    carried = made.vote(9, 6)
    assert "£1.50" in text_of(made)
    assert carried.effects is not None and carried.effects[0].startswith("Amendment 2 falls: ")
    states = [db.session.get_one(Amendment, row.id).state for row in (late, one, two)]
    assert states == ["carried", "carried", "falls"]
    with pytest.raises(OutOfOrder, match="right of reply first"):
        made.put_next()
    made.replied()
    last = made.vote(12, 2)
    motion = motions.get(made.motions[0].id)
    assert (motion.state, made.sitting.items[0].state) == ("carried as amended", "disposed")
    assert motion.version is not None and motion.version.cause == "carried amendments"
    assert "£1.50" in " ".join(clause.text for clause in document_of(motion.version).clauses)
    policy = policy_of(motion)
    assert policy is not None and (policy.ballot_id, policy.division_id) == (None, last.id)
    assert policy.version_id == motion.version.id
    assert {author for runs in policy.provenance.values() for author, _ in runs} == {"", str(late.id), str(one.id)}
    said = [minute.words for minute in hall_minutes.of(made.sitting.id)]
    assert "Amendment 3 (Birch) to Motion 1: carried on a show of hands, 10 for, 4 against, 1 abstained." in said
    assert said[-1].endswith("Motion 1 is carried as amended.")


def test_a_lost_motion_makes_no_policy_and_an_unamended_one_keeps_its_text(cast: Cast) -> None:
    made = opened(cast, count=2, amended=False)
    before = made.motions[1].version_id
    made.replied()
    made.vote(3, 8)
    assert motions.get(made.motions[0].id).state == "lost" and policy_of(made.motions[0]) is None
    made.take(1)
    made.replied()
    made.vote(8, 3)
    carried = motions.get(made.motions[1].id)
    assert (carried.state, carried.version_id) == ("carried", before)
    assert policy_of(carried) is not None


def test_the_wrong_order_is_refused_and_suspension_allows_it(cast: Cast) -> None:
    made = opened(cast, count=2)
    rows = sorted(made.motions[0].amendments, key=lambda row: row.order or 0)
    with pytest.raises(OutOfOrder, match=r"Amendment 3 \(Birch\) to Motion 1 comes first"):
        made.go(hall.put, Asked(domain.AMENDMENT, db.session.get_one(Amendment, rows[1].id)))
    with pytest.raises(OutOfOrder, match="comes first"):
        made.go(hall.put, Asked(domain.MOTION))
    with pytest.raises(OutOfOrder, match="is before the meeting"):
        made.take(1)
    made.procedure("suspend standing orders", 20, 10, words="SO 9, to take Amendment 2 first")
    made.declare(made.go(hall.put, Asked(domain.AMENDMENT, db.session.get_one(Amendment, rows[1].id))), 8, 2)
    assert "£1" in text_of(made)


def test_an_item_out_of_its_turn_is_refused(cast: Cast) -> None:
    made = assembled(cast, count=2)
    with pytest.raises(OutOfOrder, match="is planned"):
        made.take()
    made.open()
    with pytest.raises(OutOfOrder, match="standing orders must be suspended"):
        made.take(1)
    made.procedure("suspend standing orders", 20, 10, words="to take Motion 2 first")
    made.take(1)
    made.go(hall.put_back, made.item)
    assert motions.get(made.motions[1].id).state == "on the order paper"


def test_two_chairs_at_once_and_a_double_click(cast: Cast) -> None:
    made = opened(cast)
    seen = made.sitting.revision
    put = made.put_next(revision=seen)
    with pytest.raises(Stale):
        made.go(hall.put, Asked(domain.MOTION), by="committee_2", revision=seen)
    with pytest.raises(OutOfOrder, match="Question 1 is before the meeting"):
        made.go(hall.put, Asked(domain.MOTION), by="committee_2")
    made.declare(put, 9, 1)
    with pytest.raises(
        OutOfOrder, match=r"was declared at \d\d:\d\d UTC on \d+ March 2026: carried. Nothing was changed"
    ):
        made.declare(put, 1, 9)
    with pytest.raises(DBAPIError, match="never changed"), writing() as session:
        session.execute(update(Division).where(Division.id == put.id).values(votes_for=1))
    with pytest.raises(DBAPIError), writing() as session:
        for number in (50, 51):
            session.add(
                Division(
                    sitting_id=made.sitting.id, number=number, kind="motion", words="?", method="hands", threshold="1/2",
                    comparison=">", put_at=made.at, put_by_id=cast.who["chair"].id,
                )
            )  # fmt: skip
            session.flush()


def test_only_a_chair_of_the_sitting_presides_and_only_tellers_report(cast: Cast) -> None:
    made = assembled(cast)
    with pytest.raises(NotAllowed, match="a chair of the sitting"):
        made.go(hall.open_sitting, by="committee_1")
    with pytest.raises(NotAllowed, match="authenticator"):
        hall.open_sitting(made.sitting, by=cast.actor("chair", second_factor=False), at=made.now())
    with pytest.raises(NotAllowed):
        made.go(sittings.appoint, cast.who["member"], "chair", by="delegate")
    with pytest.raises(Invalid, match="nobody presides and counts"):
        made.go(sittings.appoint, cast.who["chair"], "teller", by="committee_1")
    made.open()
    made.take()
    put = made.put_next("tellers")
    with pytest.raises(NotAllowed):
        made.go(hall_votes.report, put, Figures(1, 2), by="chair")


def test_tellers_must_agree(cast: Cast) -> None:
    made = opened(cast)
    put = made.put_next("tellers")
    with pytest.raises(OutOfOrder, match="Two tellers must report"):
        made.go(declaring.declare, put, Told())
    made.go(hall_votes.report, put, Figures(20, 18, 2), by="panel")
    made.go(hall_votes.report, put, Figures(20, 19, 2), by="scrutineer")
    with pytest.raises(OutOfOrder, match="do not agree"):
        made.go(declaring.declare, put, Told())
    made.go(hall_votes.report, put, Figures(20, 18, 2), by="scrutineer")
    done = made.go(declaring.declare, put, Told())
    assert (done.outcome, done.votes_for, done.votes_against) == ("carried", 20, 18)


def test_a_card_vote_counts_entitlements_substitutes_and_proxies(cast: Cast) -> None:
    made = assembled(cast)
    made.card("delegate", "Alder", 40)
    made.card("other_delegate", "Birch", 25)
    made.card("third_delegate", "Cedar", 30)
    made.card("second", "Cedar", kind="substitute", replaces=3)
    made.card("member", "Alder", kind="visitor")
    made.open()
    made.take()
    made.procedure("card vote", 2, 0)
    with pytest.raises(OutOfOrder, match="taken by card"):
        made.put_next()
    put = made.put_next("cards")
    for card, choice in ((1, "for"), (4, "against")):
        made.go(hall_votes.cast_card, put, card, choice, by="panel")
    for card, why in ((1, "has voted in this division"), (3, "taken over"), (5, "counts for nothing")):
        with pytest.raises(OutOfOrder, match=why):
            made.go(hall_votes.cast_card, put, card, "for", by="panel")
    made.go(credentials.mark_present, 2, False, by="committee_1")
    made.go(credentials.give_proxy, 2, 4, by="committee_1")
    done = made.go(declaring.declare, put, Told())
    assert (done.outcome, done.votes_for, done.votes_against) == ("carried", 40, 30)
    put = made.put_next("cards")
    made.go(hall_votes.cast_card, put, 1, "for", by="panel")
    made.go(hall_votes.cast_card, put, 4, "against", by="panel")
    done = made.go(declaring.declare, put, Told())
    assert (done.outcome, done.votes_against) == ("lost", 55)


def test_more_hands_than_cards_and_a_casting_vote(cast: Cast) -> None:
    made = assembled(cast)
    for name, unit in (("delegate", "Alder"), ("other_delegate", "Birch"), ("third_delegate", "Cedar")):
        made.card(name, unit)
    made.open()
    made.take()
    put = made.put_next()
    with pytest.raises(Invalid, match="5 hands were counted, but only 3"):
        made.declare(put, 3, 1)
    with pytest.raises(Invalid, match="only where the votes for and against are equal"):
        made.go(declaring.declare, put, Told(Figures(2, 1), casting="for"))
    done = made.go(declaring.declare, put, Told(Figures(1, 1, 1), casting="for"))
    assert done.outcome == "carried" and "casting vote for" in declaring.sentence(done)
    put = made.put_next()
    assert made.go(declaring.declare, put, Told(Figures(1, 1))).outcome == "lost"


def test_a_two_thirds_majority_is_exact_and_is_counted(cast: Cast) -> None:
    made = opened(cast)
    asked = Asked(domain.PROCEDURE, procedure="suspend standing orders", words="SO 9")
    with pytest.raises(Invalid, match="must be counted"):
        made.go(hall.put, asked, "voice")
    assert made.procedure("suspend standing orders", 19, 10, words="SO 9").outcome == "lost"
    assert made.procedure("suspend standing orders", 20, 10, words="SO 9").outcome == "carried"
    assert made.sitting.suspended


def test_a_challenge_is_put_by_another_chair(cast: Cast) -> None:
    made = opened(cast)
    words = "the ruling on Amendment 2"
    with pytest.raises(OutOfOrder, match="does not put a challenge"):
        made.procedure("challenge to the chair", 20, 10, words=words)
    with pytest.raises(Invalid, match="what it is about"):
        made.procedure("challenge to the chair", 20, 10, by="committee_2")
    asked = Asked(domain.PROCEDURE, procedure="challenge to the chair", words=words)
    put = made.go(hall.put, asked, by="committee_2")
    with pytest.raises(OutOfOrder, match="does not declare"):
        made.declare(put, 20, 10)
    done = made.declare(put, 20, 10, by="committee_2")
    assert done.effects == ["The ruling of the chair is overturned."]


@pytest.mark.parametrize(
    ("key", "state", "amendment"),
    [
        ("next business", "not put", "falls"), ("lie on the table", "not put", "falls"), ("remit", "remitted", "remitted"),
        ("refer back", "referred back", "falls"), ("withdraw by leave", "withdrawn by leave", "falls"),
    ],
)  # fmt: skip
def test_what_a_meeting_does_with_a_motion_instead_of_voting_on_it(
    cast: Cast, key: str, state: str, amendment: str
) -> None:
    made = opened(cast)
    assert made.procedure(key, 4, 9).effects == []
    made.procedure(key, 9, 4)
    motion = motions.get(made.motions[0].id)
    assert (motion.state, made.sitting.items[0].state) == (state, "disposed")
    assert {row.state for row in motion.amendments} == {amendment}
    kept = db.session.scalars(select(Disposal).where(Disposal.motion_id == motion.id)).one()
    assert (kept.decision, kept.source) == (state, "meeting")


def test_a_motion_taken_in_parts_loses_the_parts_that_are_lost(cast: Cast) -> None:
    made = opened(cast, amended=False)
    with pytest.raises(Invalid, match="is no clause"):
        made.procedure("take in parts", 9, 1, parts="Resolves 9")
    made.procedure("take in parts", 9, 1, parts="Resolves 1\nResolves 3")
    made.replied()
    made.vote(9, 1)
    assert made.vote(2, 9).outcome == "lost"
    done = made.vote(9, 1)
    assert done.effects == ["Motion 1 is carried as amended."]
    motion = motions.get(made.motions[0].id)
    assert motion.version is not None
    words = " ".join(clause.text for clause in document_of(motion.version).clauses)
    assert "hourly bus" in words and "single fare of £2" in words
    assert "write to every member" not in words and "the timetable" not in words
    policy = policy_of(motion)
    assert policy is not None and set(policy.provenance) <= {
        clause["id"] for clause in motion.version.document["clauses"]
    }


def test_a_meeting_that_is_not_quorate_votes_on_nothing(cast: Cast) -> None:
    made = opened(cast, quorum=20)
    made.go(hall.call_quorum, 19)
    with pytest.raises(OutOfOrder, match="not quorate"):
        made.put_next()
    made.go(hall.call_quorum, 20)
    made.vote(15, 5)


def test_a_question_that_is_not_pressed_can_be_put_again(cast: Cast) -> None:
    made = opened(cast)
    made.go(declaring.not_pressed, made.put_next())
    assert made.vote(5, 1).number == 2


def test_closing_leaves_what_was_not_reached_unput(cast: Cast) -> None:
    made = opened(cast, count=2, amended=False)
    with pytest.raises(OutOfOrder, match="still before the meeting"):
        made.go(hall.close)
    made.replied()
    made.vote(5, 1)
    made.go(hall.adjourn)
    with pytest.raises(OutOfOrder, match="adjourned"):
        made.take(1)
    made.open()
    made.go(hall.close)
    assert [item.state for item in made.sitting.items] == ["disposed", "not reached"]
    assert motions.get(made.motions[1].id).state == "not put"
    with pytest.raises(OutOfOrder, match="closed"):
        made.open()


def test_the_order_of_business_is_checked_and_then_fixed(cast: Cast) -> None:
    made = assembled(cast)
    motion = made.motions[0].id
    for business, why in (
        ([Business(10, motion_id=motion), Business(10, motion_id=motion)], "once"),
        ([Business(0, "Opening")], "minutes"),
        ([Business(10)], "title"),
        ([Business(10, motion_id=999)], "not before this conference"),
    ):
        with pytest.raises(Invalid, match=why):
            made.go(sittings.set_business, business, "It met again.", by="committee_1")
    order = [Business(10, "Opening"), Business(150, motion_id=motion)]
    made.go(sittings.set_business, order, "It met again.", by="committee_1")
    assert [when.over for _item, when in sittings.timed(made.sitting)] == [False, True]
    made.open()
    with pytest.raises(OutOfOrder, match="only while it is planned"):
        made.go(sittings.set_business, [], "It met again.", by="committee_1")
    made.take()
    with pytest.raises(OutOfOrder, match="cannot be moved now"):
        made.procedure("closure", 5, 1)
    made.go(hall.finish, made.item, "The meeting was welcomed.")
    assert made.take(1).state == domain.BEFORE


def test_consequences_that_the_committee_confirmed_are_applied_in_the_hall(cast: Cast) -> None:
    made = assembled(cast, count=2)
    late, one, _two = sorted(made.motions[0].amendments, key=lambda row: row.order or 0)
    other = made.motions[1]
    for kind, cause, effect in (
        ("consequential on", late, one), ("falls if carried", made.motions[0], other),
    ):  # fmt: skip
        consequences.confirm(
            made.scene.consultation, kind, consequences.key_of(cause), consequences.key_of(effect), REASON,
            by=cast.actor("chair"), at=made.now(),
        )  # fmt: skip
    made.open()
    made.take()
    done = made.vote(9, 1)
    assert done.effects is not None
    assert done.effects[0] == "Amendment 1 is consequential on it and is carried with it."
    assert done.effects[1].startswith("Amendment 2 falls")
    assert "until 11pm" in text_of(made) and "£1.50" in text_of(made)
    made.replied()
    made.vote(9, 1)
    assert motions.get(other.id).state == "falls"
    with pytest.raises(OutOfOrder):
        made.take(1)


def test_the_rulebook_says_what_carries_a_procedural_motion(cast: Cast) -> None:
    made = opened(cast, amended=False, majorities={"suspend standing orders": "3/4", "closure": "2/3"})
    assert made.procedure("suspend standing orders", 29, 10, words="SO 9").outcome == "lost"
    assert made.procedure("suspend standing orders", 30, 10, words="SO 9").outcome == "carried"
    closure = made.procedure("closure", 20, 10)
    assert (closure.threshold, closure.comparison, closure.outcome) == ("2/3", ">=", "carried")


def test_movers_are_told_what_the_meeting_decided(cast: Cast) -> None:
    made = opened(cast)
    made.vote(10, 4)
    made.vote(9, 6)
    made.replied()
    made.vote(12, 2)
    said = [row.context["said"] for row in db.session.scalars(select(Notice).where(Notice.kind == "hall-decided"))]
    assert any(words.startswith("Amendment 3 (Birch) to Motion 1: carried") for words in said)
    assert any(words.startswith("Amendment 2 falls: ") for words in said)
    assert "Motion 1: carried as amended." in said


def test_the_committee_does_not_record_parts_while_the_hall_takes_them(cast: Cast) -> None:
    made = opened(cast, amended=False)
    motion = motions.get(made.motions[0].id)
    ids = [clause.id for clause in parts.divisible(motion)]
    by, at = made.by("committee_1"), made.now()
    parts.divide(motion, [ids[:1], ids[1:]], by=by, at=at)
    with pytest.raises(OutOfOrder, match=r"before the meeting \(Saturday morning\): the chair puts each part"):
        parts.decide(motion, 1, "carried", by=by, at=at)
