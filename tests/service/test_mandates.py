"""Mandates: given by a meeting, replaced by later ones, reported back with the facts; and the register that keeps them."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.roles import VISITOR, Role
from consult.model.mandates import Decision, Mandate
from consult.model.motions import Motion
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import decisions, mandates, reorganising, roles, settling, units
from consult.service.mandates import Spec
from tests.desk import Desk
from tests.factories import NOON, Cast
from tests.motions import stage
from tests.nominations import WITHDRAW, Calling

DAY = date(2026, 3, 1)


def spec(cast: Cast, motion: Motion, **values: object) -> Spec:
    holding = mandates.delegates_of(cast.units["Alder"], NOON)[0]
    given = Spec(
        holding.id, "instructed", "Vote for it whatever is said.", DAY, 20, 15, 2, "Item 4 of the minutes.", "for",
        motion_id=motion.id,
    )  # fmt: skip
    return replace(given, **values)  # type: ignore[arg-type]


def given(cast: Cast, motion: Motion, **values: object) -> Mandate:
    alder = cast.units["Alder"]
    return mandates.give(alder, spec(cast, motion, **values), by=cast.actor("delegate"), at=NOON)


def test_a_mandate_is_given_on_the_record_and_the_delegate_is_told(cast: Cast) -> None:
    motion = stage(cast).published()
    row = given(cast, motion)
    assert row.subject.startswith("Motion 1: Buses")
    assert db.session.scalars(select(Notice).where(Notice.kind == "mandate-given")).one()
    [entry] = decisions.search(cast.units["Alder"])[0]
    assert (entry.number, entry.kind, entry.place) == (1, "mandate", f"/mandates/{row.id}")
    later = given(cast, motion, kind="free", position="", words="Hear the debate.")
    rows = mandates.of_delegate(cast.who["delegate"].id)
    assert [one.id for one in rows] == [later.id, row.id] and mandates.standing(rows) == {later.id}
    with pytest.raises(IntegrityError, match="never changed"), writing() as session:
        session.get_one(Mandate, row.id).words = "Vote against it."


def test_a_mandate_of_an_older_meeting_that_is_typed_later_replaces_nothing(cast: Cast) -> None:
    motion = stage(cast).published()
    newer = given(cast, motion)
    older = given(cast, motion, held_on=date(2026, 2, 1), position="against")
    for rows in (mandates.of_delegate(cast.who["delegate"].id), mandates.of_unit(cast.units["Alder"])):
        assert [one.id for one in rows] == [newer.id, older.id] and mandates.standing(rows) == {newer.id}
        assert mandates.standing(rows[::-1]) == {newer.id}


def test_what_a_mandate_has_to_say(cast: Cast) -> None:
    motion = stage(cast).published()
    for values, field in (
        ({"holding_id": 9_999}, "holding"),
        ({"kind": "bound"}, "kind"),
        ({"kind": "free"}, "position"),
        ({"position": "", "words": " "}, "words"),
        ({"minute": " "}, "minute"),
        ({"held_on": date(2026, 3, 3)}, "held_on"),
        ({"votes_for": 2}, "votes_for"),
        ({"present": 10}, "present"),
        ({"motion_id": None}, "matter"),
    ):
        with pytest.raises(Invalid) as refusal:
            given(cast, motion, **values)
        assert field in refusal.value.fields
    with pytest.raises(NotAllowed):
        mandates.give(cast.units["Alder"], spec(cast, motion), by=cast.actor("other_delegate"), at=NOON)


def test_the_delegate_reports_back_once_it_is_decided(cast: Cast) -> None:
    motion = stage(cast).published()
    row = given(cast, motion)
    assert mandates.facts_of(row).outcome == ""
    with pytest.raises(OutOfOrder, match="not decided yet"):
        mandates.report(row, "as instructed", "It went well.", by=cast.actor("delegate"), at=NOON)
    with writing() as session:
        session.get_one(Motion, motion.id).state = "lost"
    row = mandates.get(row.id)
    assert mandates.facts_of(row) == mandates.Facts("lost", [], False)
    with pytest.raises(NotAllowed):
        mandates.report(row, "as instructed", "It went well.", by=cast.actor("member"), at=NOON)
    for deed, words in (("freely", "It went."), ("otherwise", " ")):
        with pytest.raises(Invalid):
            mandates.report(row, deed, words, by=cast.actor("delegate"), at=NOON)
    mandates.report(row, "otherwise", "The text was changed.", by=cast.actor("delegate"), at=NOON)
    assert [one.deed for one in mandates.get(row.id).reports] == ["otherwise"]
    with pytest.raises(OutOfOrder, match="decided already"):
        given(cast, motion)


def test_nothing_is_instructed_once_the_votes_are_cast(cast: Cast) -> None:
    """Else whoever has voted could have a mandate written that says the same."""
    scene = stage(cast)
    motion = scene.frozen(scene.published())
    desk = Desk(cast, consultation=scene.consultation, at=NOON + 13 * timedelta(days=1), signers_needed=1)
    desk.put(motion)
    desk.schedule()
    assert motion.id in {one.id for one in mandates.motions_open()}
    desk.close()
    assert motion.id not in {one.id for one in mandates.motions_open()} and motion.state == "put to the vote"
    with pytest.raises(OutOfOrder, match="votes are cast"):
        given(cast, motion)


def test_a_register_is_read_by_whom_the_unit_says(cast: Cast) -> None:
    alder = cast.units["Alder"]
    roles.give(
        cast.who["member"], Role.UNIT_OFFICER, unit=alder, reason="elected", by=cast.actor("committee_1"), at=NOON
    )
    officer = cast.actor("member")
    decisions.record(alder, "officer", "The hall", "The hall is booked.", "It was free.", DAY, by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match="entered already: it is decision 1 of Alder"):
        decisions.record(alder, "officer", "The hall ", "The hall is booked.", "Twice.", DAY, by=officer, at=NOON)
    for readers, may in (
        ("everyone", ("visitor", "stranger", "mover")),
        ("members", ("stranger", "mover")),
        ("unit", ("mover",)),
    ):
        units.describe(alder, "", readers, "resolved", by=officer, at=NOON)
        for name in ("visitor", "stranger", "mover"):
            actor = VISITOR if name == "visitor" else cast.actor(name)
            if name in may:
                decisions.require_reader(alder, actor, NOON)
            else:
                with pytest.raises(NotAllowed, match="register of decisions of Alder"):
                    decisions.require_reader(alder, actor, NOON)
    decisions.require_reader(alder, cast.actor("committee_1"), NOON)


def test_entries_are_numbered_searched_exported_and_never_changed(cast: Cast) -> None:
    alder, officer = cast.units["Alder"], cast.actor("committee_1")
    for number, title in enumerate(("Café rent", "=SUM(A1)", "Meeting day"), start=1):
        row = decisions.record(alder, "meeting", title, "Agreed by 12 to 3.", "", DAY, by=officer, at=NOON)
        assert row.number == number
    other = decisions.record(cast.units["Birch"], "meeting", "Another", "Agreed.", "", DAY, by=officer, at=NOON)
    assert other.number == 1
    rows, many = decisions.search(alder, "cafe RENT")
    assert (many, rows[0].title) == (1, "Café rent")
    assert decisions.search(alder, "", "election") == ([], 0)
    lines = list(csv.reader("".join(decisions.as_csv(alder)).splitlines()))
    assert [line[0] for line in lines[1:]] == ["1", "2", "3"] and lines[2][3] == "'=SUM(A1)"
    with pytest.raises(IntegrityError, match="never changed"), writing() as session:
        session.get_one(Decision, other.id).words = "Not agreed."
    for values, field in (
        (("motion", "T", "W", "", DAY), "kind"),
        (("officer", "T", "W", "", DAY), "reason"),
        (("meeting", " ", "W", "", DAY), "title"),
        (("meeting", "T", "W", "", date(2026, 4, 1)), "decided_on"),
    ):
        with pytest.raises(Invalid) as refusal:
            decisions.record(alder, *values, by=officer, at=NOON)
        assert field in refusal.value.fields
    with pytest.raises(NotAllowed):
        decisions.record(alder, "meeting", "T", "W", "", DAY, by=cast.actor("delegate"), at=NOON)


def test_elections_and_what_is_done_to_a_unit_enter_by_themselves(cast: Cast) -> None:
    made = Calling(cast)
    made.stand("member")
    settling.declare(made.call, by=made.officer, at=WITHDRAW)
    [entry] = decisions.search(cast.units["Testland"])[0]
    assert (entry.kind, entry.place) == ("election", f"/nominations/{made.call_id}") and "1 elected" in entry.words
    reorganising.merge(cast.units["Elder"], cast.units["Cedar"], "too few", by=cast.actor("committee_1"), at=NOON)
    [entry] = decisions.search(cast.units["Elder"])[0]
    assert (entry.kind, entry.title, entry.reason) == ("officer", "Merged: Elder → Cedar", "too few")
