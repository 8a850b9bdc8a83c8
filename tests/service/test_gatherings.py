"""Meetings and events: who comes and who waits, reminders, access needs, attendance, votes and minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Stale
from consult.domain.roles import Role
from consult.model.gatherings import EventAnswer, Gathering
from consult.model.mandates import Decision
from consult.model.members import RoleHolding
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import gathering_records, gatherings, housekeeping
from consult.service.gatherings import Spec
from tests.factories import NOON, Cast, give_role
from tests.motions import DAY

EVENING = NOON + 3 * DAY


def planned(cast: Cast, **values: object) -> Gathering:
    """A meeting of Alder in three days, planned by its officer ("second")."""
    with writing():
        give_role(cast.who["second"], Role.UNIT_OFFICER, cast.units["Alder"])
    spec = {
        "title": "Alder in March",
        "starts_at": EVENING,
        "ends_at": EVENING + timedelta(hours=2),
        "place": "Library",
    }
    return gatherings.plan(cast.units["Alder"], Spec(**spec | values), by=cast.actor("second"), at=NOON)  # type: ignore[arg-type]


def kinds() -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.kind.like("event-%")).order_by(Notice.id)))


def answer(row: Gathering, cast: Cast, name: str, coming: bool = True, minutes: int = 0, needs: str = "") -> str:
    gatherings.answer(row, coming, needs, by=cast.actor(name), at=NOON + timedelta(minutes=minutes))
    return db.session.get_one(EventAnswer, (row.id, cast.who[name].id)).answer


def test_a_button_pressed_twice_plans_one_event(cast: Cast) -> None:
    row = planned(cast)
    with pytest.raises(OutOfOrder, match="is planned for that time already"):
        planned(cast)
    gatherings.cancel(row, "The hall is closed for repairs.", by=cast.actor("second"), at=NOON)
    assert planned(cast).id != row.id


def test_a_full_event_has_a_waiting_list_whose_first_moves_up_with_a_notice(cast: Cast) -> None:
    row = planned(cast, capacity=1)
    assert [answer(row, cast, name, minutes=n) for n, name in enumerate(("member", "mover", "delegate"))] == [
        "coming", "waiting", "waiting",
    ]  # fmt: skip
    answer(row, cast, "member", coming=False, minutes=5)
    assert gatherings.counts(row.id) == {"coming": 1, "waiting": 1, "not coming": 1}
    assert db.session.get_one(EventAnswer, (row.id, cast.who["mover"].id)).answer == "coming"
    assert kinds() == ["event-answered", "event-waiting", "event-waiting", "event-place-free"]
    assert answer(row, cast, "member", minutes=6) == "waiting"
    spec = Spec(row.title, row.starts_at, row.ends_at, place="Library", capacity=3)
    gatherings.change(row, spec, "resolved", revision=row.revision, by=cast.actor("second"), at=NOON)
    assert gatherings.counts(row.id) == {"coming": 3} and kinds().count("event-place-free") == 3


def test_an_event_is_for_whom_it_says(cast: Cast) -> None:
    row = planned(cast)
    for name in ("stranger", "supporter"):
        with pytest.raises(NotAllowed, match="members of the unit"):
            answer(row, cast, name)
    everybody = planned(cast, title="Alder in April", open_to="members and supporters")
    assert answer(everybody, cast, "supporter") == "coming"
    with pytest.raises(OutOfOrder, match="has begun"):
        gatherings.answer(row, True, by=cast.actor("member"), at=EVENING)


def test_an_event_is_changed_by_its_unit_with_notice_and_cancelled_with_a_reason(cast: Cast) -> None:
    row = planned(cast)
    answer(row, cast, "member")
    with pytest.raises(NotAllowed):
        gatherings.cancel(row, "Nobody wants to come.", by=cast.actor("member"), at=NOON)
    spec = Spec(row.title, row.starts_at, row.ends_at, place="Town hall")
    gatherings.change(row, spec, "resolved", revision=1, by=cast.actor("second"), at=NOON)
    with pytest.raises(Stale):
        gatherings.change(row, spec, "resolved", revision=1, by=cast.actor("second"), at=NOON)
    gatherings.cancel(row, "The library is flooded.", by=cast.actor("second"), at=NOON)
    assert kinds() == ["event-answered", "event-changed", "event-changed"] and row.revision == 3
    with pytest.raises(OutOfOrder, match="is cancelled"):
        answer(row, cast, "mover")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("ends_at", {"ends_at": EVENING}),
        ("place", {"place": ""}),
        ("link", {"link": "javascript:alert(1)"}),
        ("capacity", {"capacity": 0}),
        ("starts_at", {"starts_at": NOON - DAY}),
    ],
)
def test_what_is_wrong_with_an_event_is_said_at_its_field(cast: Cast, field: str, values: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refusal:
        planned(cast, **values)
    assert field in refusal.value.fields


def test_access_needs_are_read_by_the_organiser_alone_and_forgotten(cast: Cast) -> None:
    row = planned(cast)
    answer(row, cast, "member", needs="A ramp.")
    assert [one.access_needs for one in gatherings.needs_of(row, cast.actor("second"), NOON)] == ["A ramp."]
    for name in ("committee_1", "delegate", "member"):
        with pytest.raises(NotAllowed, match="organiser"):
            gatherings.needs_of(row, cast.actor(name), NOON)
    housekeeping.forget(EVENING + 13 * DAY)
    assert db.session.scalars(select(EventAnswer.access_needs)).one() == "A ramp."
    housekeeping.forget(EVENING + 15 * DAY)
    db.session.expire_all()
    assert db.session.scalars(select(EventAnswer.access_needs)).one() is None


def test_whoever_comes_or_waits_changes_what_they_need_without_losing_the_place(cast: Cast) -> None:
    row = planned(cast, capacity=1)
    assert answer(row, cast, "member", needs="A ramp.") == "coming"
    assert answer(row, cast, "mover", minutes=1) == "waiting"
    assert answer(row, cast, "member", minutes=2, needs="A ramp and a loop.") == "coming"
    assert answer(row, cast, "mover", minutes=3, needs="Large print.") == "waiting"
    needs = {one.member.name: one.access_needs for one in gatherings.answers_of(row.id)}
    assert set(needs.values()) == {"A ramp and a loop.", "Large print."}
    with pytest.raises(Invalid, match="500 characters at most"):
        answer(row, cast, "member", minutes=4, needs="A ramp. " * 70)


def test_the_worker_reminds_once(cast: Cast) -> None:
    row = planned(cast)
    answer(row, cast, "member")
    assert gatherings.remind_due(NOON) == 0
    assert gatherings.remind_due(NOON + 2 * DAY) == 1 and gatherings.remind_due(NOON + 2 * DAY) == 0
    assert kinds()[-1] == "event-reminder" and row.reminded_at is not None


def test_who_comes_is_told_of_a_new_address_and_reminded_of_a_new_day(cast: Cast) -> None:
    row, officer = planned(cast, link="https://meet.example/old"), cast.actor("second")
    answer(row, cast, "member")
    gatherings.remind_due(NOON + 2 * DAY)
    spec = Spec(row.title, row.starts_at, row.ends_at, place=row.place, link="https://meet.example/new")
    gatherings.change(row, spec, "It was full.", revision=None, by=officer, at=NOON + 2 * DAY)
    assert kinds()[-2:] == ["event-reminder", "event-changed"] and row.reminded_at is not None
    spec = replace(spec, starts_at=EVENING + 7 * DAY, ends_at=EVENING + 7 * DAY + timedelta(hours=2))
    gatherings.change(row, spec, "Snow.", revision=None, by=officer, at=NOON + 2 * DAY)
    assert gatherings.remind_due(NOON + 2 * DAY) == 0 and gatherings.remind_due(EVENING + 6 * DAY) == 1
    assert kinds()[-2:] == ["event-changed", "event-reminder"]


def test_a_meeting_whose_attendance_is_recorded_does_not_begin_later(cast: Cast) -> None:
    row, officer = planned(cast), cast.actor("second")
    gathering_records.attend(row, {cast.who["member"].id: "in the room"}, by=officer, at=EVENING)
    later = Spec(row.title, row.starts_at + DAY, row.ends_at + DAY, place=row.place)
    with pytest.raises(Invalid, match="so it has begun") as refused:
        gatherings.change(row, later, "Snow.", revision=None, by=officer, at=EVENING)
    assert list(refused.value.fields) == ["starts_at"]
    shorter = Spec(row.title, row.starts_at, EVENING + timedelta(hours=1), place=row.place)
    gatherings.change(row, shorter, "It ended early.", revision=None, by=officer, at=EVENING + timedelta(hours=1))


def test_votes_rest_on_the_attendance_and_are_never_changed(cast: Cast) -> None:
    row, officer = planned(cast, quorum=3), cast.actor("second")
    with pytest.raises(OutOfOrder, match="who is there first"):
        gathering_records.record_vote(row, "That we meet monthly", 1, 0, 0, "simple", by=officer, at=EVENING)
    present = {cast.who[name].id: "in the room" for name in ("member", "mover")}
    present[cast.who["supporter"].id] = "from afar"
    gathering_records.attend(row, present, by=officer, at=EVENING)
    vote = gathering_records.record_vote(row, "That we meet monthly", 2, 0, 0, "simple", by=officer, at=EVENING)
    with pytest.raises(OutOfOrder, match="not recorded twice"):  # a button pressed twice
        gathering_records.record_vote(row, "That we meet  monthly", 2, 0, 0, "simple", by=officer, at=EVENING)
    assert (vote.present, vote.outcome) == (2, "not quorate")
    refused = "These are 3 votes, and the attendance has 2 members: count again, or correct the attendance first"
    with pytest.raises(Invalid, match=refused):
        gathering_records.record_vote(row, "That we meet monthly", 2, 1, 0, "simple", by=officer, at=EVENING)
    with pytest.raises(DBAPIError, match="never changed"), writing() as session:
        session.get_one(type(vote), vote.id).votes_for = 5
    entry = db.session.scalars(select(Decision).where(Decision.unit_id == row.unit_id)).one()
    assert (
        "(not quorate: nothing is decided; 2 for, 0 against, 0 abstained; 2 members present; majority asked: more"
        in entry.words
    )
    assert entry.kind == "meeting" and "carried" not in entry.words and entry.place == f"/events/{row.id}"
    assert [one.id for one in gathering_records.votes_of_unit(row.unit_id)] == [vote.id]


def test_latecomers_are_recorded_with_a_reason_and_earlier_votes_keep_their_number(cast: Cast) -> None:
    row, officer = planned(cast, quorum=2), cast.actor("second")
    one = {cast.who["member"].id: "in the room"}
    gathering_records.attend(row, one, by=officer, at=EVENING)
    first = gathering_records.record_vote(row, "That we meet monthly", 1, 0, 0, "simple", by=officer, at=EVENING)
    both = one | {cast.who["mover"].id: "in the room"}
    with pytest.raises(Invalid) as refusal:
        gathering_records.attend(row, both, by=officer, at=EVENING)
    assert "reason" in refusal.value.fields and len(gathering_records.attendance_of(row.id)) == 1
    gathering_records.attend(row, both, "A bus was late.", by=officer, at=EVENING + timedelta(minutes=5))
    later = gathering_records.record_vote(row, "That we meet weekly", 2, 0, 0, "simple", by=officer, at=EVENING)
    gathering_records.attend(row, one, "The mover left at once.", by=officer, at=EVENING + timedelta(minutes=9))
    assert [(vote.present, vote.outcome) for vote in (first, later)] == [(1, "not quorate"), (2, "carried")]
    kept = [(each.before, each.after, each.reason) for each in gathering_records.corrections_of(row.id)]
    assert kept == [(1, 2, "A bus was late."), (2, 1, "The mover left at once.")]
    entries = db.session.scalars(select(Decision.words).order_by(Decision.number)).all()
    assert "1 member present" in entries[0] and "2 members present" in entries[1]


def test_minutes_are_published_in_texts_that_stay(cast: Cast) -> None:
    row, officer = planned(cast), cast.actor("second")
    with pytest.raises(OutOfOrder, match="once the meeting was held"):
        gathering_records.publish_minutes(row, "We met, and agreed on nothing.", by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match=r"lasts until .*If it ended before, change when it ends"):
        gathering_records.publish_minutes(row, "We met, and agreed on nothing.", by=officer, at=EVENING)
    assert row.state == "planned"
    gathering_records.publish_minutes(row, "We met, and agreed on nothing.", by=officer, at=EVENING + DAY)
    gathering_records.publish_minutes(row, "We met, and agreed on something.", by=officer, at=EVENING + DAY)
    with pytest.raises(OutOfOrder, match="word for word"):  # a second press of the button
        gathering_records.publish_minutes(row, " We met, and agreed on something. ", by=officer, at=EVENING + DAY)
    with pytest.raises(Stale, match="Somebody else published minutes"):
        gathering_records.publish_minutes(row, "We met, and sang.", after=1, by=officer, at=EVENING + DAY)
    assert row.state == "held"
    assert [one.sequence for one in gathering_records.minutes_of(row.id)] == [2, 1]


def test_the_quorum_counts_members_of_the_unit_and_guests_are_guests(cast: Cast) -> None:
    row, officer = planned(cast, quorum=2, open_to="members and supporters"), cast.actor("second")
    present = {cast.who[name].id: "in the room" for name in ("member", "stranger", "other_delegate", "supporter")}
    gathering_records.attend(row, present, by=officer, at=EVENING)
    counted = gathering_records.members_present(db.session(), row), gathering_records.guests_present(db.session(), row)
    home = {name: cast.who[name].unit_id == row.unit_id for name in ("member", "stranger", "other_delegate")}
    assert counted == (sum(home.values()), 4 - sum(home.values())) and counted[0] < 2
    vote = gathering_records.record_vote(row, "That we meet monthly", 1, 0, 0, "simple", by=officer, at=EVENING)
    assert (vote.present, vote.outcome) == (1, "not quorate")


def test_a_meeting_that_was_held_is_not_cancelled(cast: Cast) -> None:
    row, officer = planned(cast), cast.actor("second")
    gathering_records.attend(row, {cast.who["member"].id: "in the room"}, by=officer, at=EVENING)
    with pytest.raises(OutOfOrder, match="record that nobody was there, and cancel it then"):
        gatherings.cancel(row, "A mistake.", by=officer, at=EVENING)
    gathering_records.record_vote(row, "That we meet monthly", 1, 0, 0, "simple", by=officer, at=EVENING)
    with pytest.raises(OutOfOrder, match="Publish its minutes"):
        gatherings.cancel(row, "A mistake.", by=officer, at=EVENING)
    other = planned(cast, title="Alder in April")
    gathering_records.attend(other, {cast.who["member"].id: "in the room"}, by=officer, at=EVENING)
    gathering_records.attend(other, {}, by=officer, at=EVENING)
    assert gatherings.cancel(other, "The wrong evening.", by=officer, at=EVENING).state == "cancelled"


def test_who_changes_an_event_whose_organiser_has_left_office_organises_it(cast: Cast) -> None:
    row = planned(cast)
    answer(row, cast, "member", needs="A ramp.")
    with writing():
        give_role(cast.who["delegate"], Role.UNIT_OFFICER, cast.units["Alder"])
    spec = Spec(row.title, row.starts_at, row.ends_at, place=row.place)
    gatherings.change(row, spec, "A typing error.", revision=None, by=cast.actor("delegate"), at=NOON)
    assert row.organiser_id == cast.who["second"].id and gatherings.is_organised(row, NOON)
    with writing() as session:
        session.execute(update(RoleHolding).where(RoleHolding.member_id == row.organiser_id).values(ends_at=NOON + DAY))
    assert not gatherings.is_organised(row, NOON + DAY)
    gatherings.change(row, spec, "I took over.", revision=None, by=cast.actor("delegate"), at=NOON + DAY)
    assert [one.access_needs for one in gatherings.needs_of(row, cast.actor("delegate"), NOON + DAY)] == ["A ramp."]
