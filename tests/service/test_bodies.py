"""Bodies and seats: terms that end at their instant, vacancies, reserved places, roles that go with seats, founding periods."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Stale
from consult.domain.policy import Permission, may, why_not
from consult.domain.roles import CONSOLE, Role
from consult.model.audit import AuditEvent
from consult.model.bodies import Body, BodyChange, SeatHolding
from consult.model.store import db, writing
from consult.model.units import FoundingPeriod
from consult.service import audit_reasons, bodies, founding, roles, seats
from consult.service.bodies import Spec
from consult.service.seats import Term
from tests.factories import NOON, Cast, by_two

WHY = "elected at the annual meeting"
DAY = timedelta(days=1)


def committee(cast: Cast, unit: str = "Testland", **values: object) -> Body:
    given = {"name": "Disputes", "seats": 2, "confers": "moderator"} | values
    spec = Spec(remit="It settles disputes.", **given)  # type: ignore[arg-type]
    return bodies.make(cast.units[unit], spec, WHY, by=cast.actor("committee_1"), at=NOON)


def seated(cast: Cast, body: Body, name: str, **values: object) -> SeatHolding:
    at = values.pop("at", NOON)
    term = Term(values.pop("way", "appointed"), WHY, **values)  # type: ignore[arg-type]
    return seats.fill(body, cast.who[name], term, by=cast.actor("committee_1"), at=at)


def test_a_seat_gives_its_role_for_its_term_and_not_an_instant_longer(cast: Cast) -> None:
    row = seated(cast, committee(cast), "member")
    assert row.ends_at.isoformat() == "2027-03-02T12:00:00+00:00"
    now = cast.actor("member")
    assert may(Permission.COMMENT_MODERATE, now, at=row.ends_at - timedelta(microseconds=1))
    assert not may(Permission.COMMENT_MODERATE, now, at=row.ends_at)
    assert "Your term as moderator does not include this moment" in str(
        why_not(Permission.COMMENT_MODERATE, now, at=row.ends_at)
    )


def test_who_leaves_loses_the_role_at_once_and_the_rest_of_the_term_is_filled(cast: Cast) -> None:
    body = committee(cast)
    row, other = seated(cast, body, "member"), seated(cast, body, "mover")
    assert (row.seat, other.seat) == (1, 2)
    with pytest.raises(Invalid, match="All 2 seats are held"):
        seated(cast, body, "second")
    with pytest.raises(NotAllowed):
        seats.resign(row, "moved away", by=cast.actor("mover"), at=NOON + DAY)
    seats.resign(row, "moved away", by=cast.actor("member"), at=NOON + DAY)
    assert not may(Permission.COMMENT_MODERATE, cast.actor("member"), at=NOON + DAY)
    body = bodies.get(body.id)
    [vacancy] = bodies.vacancies(body, NOON + DAY)
    assert (vacancy.seat, vacancy.casual, vacancy.left, vacancy.until) == (1, True, "Mabel Thorn", row.term_until)
    filled = seated(cast, body, "second", at=NOON + 2 * DAY, way="co-opted")
    assert (filled.seat, filled.ends_at) == (1, row.term_until)
    with pytest.raises(OutOfOrder, match="not running"):
        by_two(cast, row, "moved again", at=NOON + 3 * DAY)


def test_the_database_lets_nobody_into_a_seat_that_is_held_nor_a_term_grow(cast: Cast) -> None:
    body = committee(cast)
    row = seated(cast, body, "member")
    with pytest.raises(IntegrityError, match="Somebody else holds this seat"), writing() as session:
        session.add(
            SeatHolding(
                body_id=body.id, seat=1, member_id=cast.who["mover"].id, way="elected", starts_at=NOON + DAY,
                ends_at=NOON + 2 * DAY, term_until=NOON + 2 * DAY, reason=WHY, filled_by="member:1",
            )
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="never made longer"), writing() as session:
        kept = session.get_one(SeatHolding, row.id)
        kept.ends_at = kept.term_until = row.ends_at + DAY
    with pytest.raises(IntegrityError, match="stays on the record"), writing() as session:
        session.delete(session.get_one(SeatHolding, row.id))


def test_reserved_places_are_kept_for_whom_they_are_reserved(cast: Cast) -> None:
    body = committee(cast, reserves=({"group": "women", "minimum": 1, "maximum": 1},))
    seated(cast, body, "mover")
    with pytest.raises(Invalid, match="left are reserved"):
        seated(cast, body, "second")
    seated(cast, body, "member", group="women")
    with pytest.raises(Invalid, match="More places are reserved"):
        committee(cast, name="Other", reserves=({"group": "women", "minimum": 3, "maximum": None},))


def test_who_may_set_up_and_fill_what(cast: Cast) -> None:
    alder = cast.units["Alder"]
    roles.give(cast.who["member"], Role.UNIT_OFFICER, unit=alder, reason=WHY, by=cast.actor("committee_1"), at=NOON)
    officer = cast.actor("member")
    spec = Spec("Executive", "It runs the branch.", 3)
    body = bodies.make(alder, spec, WHY, by=officer, at=NOON)
    seats.fill(body, cast.who["mover"], Term("appointed", WHY), by=officer, at=NOON)
    with pytest.raises(NotAllowed, match="seats themself"):
        seats.fill(body, cast.who["member"], Term("appointed", WHY), by=officer, at=NOON)
    with pytest.raises(NotAllowed, match="give and end roles"):
        bodies.make(alder, Spec("Power", "It has power.", 3, confers="governance committee"), WHY, by=officer, at=NOON)
    with pytest.raises(NotAllowed):
        bodies.make(cast.units["Birch"], spec, WHY, by=officer, at=NOON)
    with pytest.raises(Invalid) as refusal:
        bodies.make(alder, Spec("Executive", " ", 0, 0), WHY, by=officer, at=NOON)
    assert set(refusal.value.fields) == {"name", "remit", "seats", "term_months"}
    changed = bodies.change(body, Spec("Executive", "It runs it.", 5), WHY, revision=1, by=officer, at=NOON)
    assert (changed.seats, changed.revision) == (5, 2)
    with pytest.raises(Stale):
        bodies.change(body, Spec("Executive", "It runs it.", 4), WHY, revision=1, by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match="holds a seat"):
        bodies.dissolve(body, WHY, by=officer, at=NOON)
    supporter = Term("appointed", WHY)
    with pytest.raises(Invalid, match="seats are for members"):
        seats.fill(body, cast.who["supporter"], supporter, by=officer, at=NOON)
    late = Term("appointed", WHY, until=NOON + 460 * DAY)
    with pytest.raises(Invalid, match="A full term of Executive has 12 months; this one may end on"):
        seats.fill(body, cast.who["delegate"], late, by=officer, at=NOON)
    just = Term("appointed", WHY, until=NOON + 450 * DAY)
    assert seats.fill(body, cast.who["delegate"], just, by=officer, at=NOON).seat == 2


def test_offices_that_do_not_go_together_are_refused(cast: Cast) -> None:
    body = committee(cast, confers="governance committee")
    with pytest.raises(Invalid, match="governance committee and scrutineer at once"):
        seated(cast, body, "scrutineer")


def test_a_founding_period_ends_the_powers_of_its_interim_officers_by_itself(cast: Cast) -> None:
    alder, officer = cast.units["Alder"], cast.actor("committee_1")
    with pytest.raises(Invalid, match="none is running"):
        roles.give(cast.who["member"], Role.UNIT_OFFICER, unit=alder, reason=WHY, interim=True, by=officer, at=NOON)
    with pytest.raises(Invalid, match="at most 24 months"):
        founding.begin(alder, NOON + 800 * DAY, "a new branch", by=officer, at=NOON)
    founding.begin(alder, NOON + 30 * DAY, "a new branch", by=officer, at=NOON)
    given = roles.give(cast.who["member"], Role.UNIT_OFFICER, unit=alder, reason=WHY, interim=True, by=officer, at=NOON)
    assert given.ends_at == NOON + 30 * DAY and given.interim
    assert [period.unit.name for period in founding.running(NOON)] == ["Alder"]
    assert may(Permission.UNIT_DESCRIBE, cast.actor("member"), alder, at=NOON + 30 * DAY - timedelta(seconds=1))
    assert not may(Permission.UNIT_DESCRIBE, cast.actor("member"), alder, at=NOON + 30 * DAY)
    with pytest.raises(Invalid, match="no interim term outlasts it"):
        roles.give(
            cast.who["mover"], Role.UNIT_OFFICER, unit=alder, reason=WHY, interim=True, ends_at=NOON + 31 * DAY,
            by=officer, at=NOON,
        )  # fmt: skip
    with pytest.raises(OutOfOrder, match="no second one"):
        founding.begin(alder, NOON + 90 * DAY, "again", by=officer, at=NOON + 40 * DAY)


def test_a_founding_period_is_never_made_longer_and_can_end_sooner(cast: Cast) -> None:
    alder, officer = cast.units["Alder"], cast.actor("committee_1")
    founding.begin(alder, NOON + 30 * DAY, "a new branch", by=officer, at=NOON)
    given = roles.give(cast.who["member"], Role.UNIT_OFFICER, unit=alder, reason=WHY, interim=True, by=officer, at=NOON)
    with pytest.raises(IntegrityError, match="sooner and never later"), writing() as session:
        session.get_one(FoundingPeriod, alder.id).ends_at = NOON + 60 * DAY
    with pytest.raises(IntegrityError, match="never made longer"), writing() as session:
        session.get_one(type(given), given.id).ends_at = NOON + 60 * DAY
    body = bodies.make(alder, Spec("Executive", "It runs the branch.", 2), WHY, by=officer, at=NOON)
    seat = seats.fill(body, cast.who["mover"], Term("interim", WHY), by=officer, at=NOON)
    assert seat.ends_at == NOON + 30 * DAY
    by_two(cast, alder, "elections were held", at=NOON + 5 * DAY)
    assert roles.get(given.id).ends_at == seats.get(seat.id).ends_at == NOON + 5 * DAY
    with pytest.raises(OutOfOrder, match="No founding period"):
        by_two(cast, alder, "once again", at=NOON + 6 * DAY)


def test_the_founding_of_the_whole_does_not_end_while_only_interim_officers_could_give_roles(cast: Cast) -> None:
    nation = cast.units["Testland"]
    founding.begin(nation, NOON + 30 * DAY, "the founding", by=CONSOLE, at=NOON)
    with writing() as session:
        for number in range(1, 6):
            for holding in roles.standing(session, cast.who[f"committee_{number}"].id, NOON):
                holding.ends_at = NOON + 30 * DAY
                holding.interim = True
    with pytest.raises(OutOfOrder, match="Nobody but interim officers"):
        by_two(cast, nation, "let us see", at=NOON + DAY)
    assert db.session.get_one(FoundingPeriod, nation.id).ends_at == NOON + 30 * DAY


def test_why_a_body_was_set_up_changed_and_dissolved_stands_in_the_log_and_stays(cast: Cast) -> None:
    officer, spec = cast.actor("committee_1"), Spec("Fair", "It holds a fair.", 1)
    with pytest.raises(Invalid) as refusal:
        bodies.make(cast.units["Alder"], spec, " ", by=officer, at=NOON)
    assert set(refusal.value.fields) == {"reason"}
    body = bodies.make(cast.units["Alder"], spec, "the spring meeting", by=officer, at=NOON)
    with pytest.raises(Invalid):
        bodies.change(body, spec, "", by=officer, at=NOON + DAY)
    bodies.change(body, spec, "two seats were too few", by=officer, at=NOON + DAY)
    with pytest.raises(Invalid):
        bodies.dissolve(body, "", by=officer, at=NOON + 2 * DAY)
    bodies.dissolve(body, "the fair is over", by=officer, at=NOON + 2 * DAY)
    told = [(row.what, row.reason) for row in bodies.changes(body)]
    assert told == [
        ("dissolved", "the fair is over"),
        ("changed", "two seats were too few"),
        ("set up", "the spring meeting"),
    ]
    rows = list(db.session.scalars(select(AuditEvent).where(AuditEvent.subject == f"body:{body.id}")))
    found = audit_reasons.of(db.session(), rows, officer, NOON + 3 * DAY)
    assert [audit_reasons.reason_of(row, found) for row in rows] == [reason for _, reason in reversed(told)]
    with pytest.raises(IntegrityError, match="never changed"), writing() as session:
        session.get_one(BodyChange, bodies.changes(body)[0].id).reason = "another"
