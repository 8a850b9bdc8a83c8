"""Data protection: requests with their clocks, who looked, exports by two, a person's copy, erasure."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from consult.domain.errors import Again, Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.protection import clock, months_later
from consult.domain.purposes import EXPORT_COLUMNS
from consult.domain.roles import Actor, Role
from consult.model.audit import AuditEvent
from consult.model.ballots import Envelope
from consult.model.held import HELD, subjects_of
from consult.model.languages import LanguageChoice
from consult.model.members import Account, Member, MemberChange, MemberMerge, RoleHolding, SignInSession
from consult.model.notices import Notice
from consult.model.protection import DataCase, MemberExportPerson, MemberRead
from consult.model.results import Publication
from consult.model.rolls import Roll, RollEntry
from consult.model.store import Base, db, writing
from consult.service import (
    audit,
    bodies,
    data_cases,
    erasure,
    imports,
    looking,
    member_exports,
    members,
    merging,
    own_copy,
    protection_papers,
    seats,
)
from consult.service.actors import actor_of
from consult.service.imports import Options
from tests.desk import Desk
from tests.factories import NOON, Cast, give_role, make_member
from tests.service.test_imports import counted_statements

DAY = timedelta(days=1)
WORDS = "Because the person asked for it, and nothing stands against it."


@pytest.fixture
def officer(cast: Cast) -> Actor:
    """The data protection officer."""
    with writing():
        who = make_member(cast.units["Cedar"], "Daphne Rook", email="dpo@members.example")
        give_role(who, Role.DATA_PROTECTION)
    return actor_of(who.id, second_factor=True)


def told(kind: str) -> list[str]:
    return list(db.session.scalars(select(Notice.address).where(Notice.kind == kind).order_by(Notice.id)))


# -- requests, complaints and breaches -----------------------------------------------------------------------------------


def test_a_request_has_a_month_and_three_where_it_is_complex(cast: Cast, officer: Actor) -> None:
    case = data_cases.ask(None, "access", "Send me everything, please.", by=cast.actor("member"), at=NOON)
    assert case.due_at == months_later(NOON, 1)
    assert told("data-asked") == ["dpo@members.example"]
    data_cases.step(case, "acknowledged", "We have it, and look into it.", by=officer, at=NOON + DAY)
    with pytest.raises(OutOfOrder, match="done already"):
        data_cases.step(case, "acknowledged", "We have it, and look into it.", by=officer, at=NOON + DAY)
    with pytest.raises(OutOfOrder, match="month is over"):
        data_cases.step(case, "extended", "It is in many papers.", by=officer, at=NOON + 32 * DAY)
    data_cases.step(case, "extended", "It is in many papers.", by=officer, at=NOON + 20 * DAY)
    assert case.due_at == months_later(NOON, 3)
    data_cases.close(case, "met", WORDS, by=officer, at=NOON + 40 * DAY)
    assert told("data-answered") == ["member@members.example"] * 3
    with pytest.raises(OutOfOrder, match="decided already"):
        data_cases.close(case, "met", WORDS, by=officer, at=NOON + 41 * DAY)
    assert [step.what for step in data_cases.taken(case)] == ["acknowledged", "extended"]
    assert not audit.verify()


def test_a_request_is_one_at_a_time_and_says_something(cast: Cast, officer: Actor) -> None:
    by = cast.actor("member")
    with pytest.raises(Invalid, match="what it should say instead"):
        data_cases.ask(None, "rectification", "My name is wrong there.", by=by, at=NOON)
    with pytest.raises(Invalid, match="in a sentence or more"):
        data_cases.ask(None, "access", "please", by=by, at=NOON)
    with pytest.raises(NotFound):
        data_cases.ask(None, "breach", "I saw something strange.", by=by, at=NOON)
    data_cases.ask(None, "access", "Send me everything.", by=by, at=NOON)
    with pytest.raises(OutOfOrder, match="is open already"):
        data_cases.ask(None, "access", "Send me everything.", by=by, at=NOON)
    data_cases.ask(None, "complaint", "Nobody answered my letter.", by=by, at=NOON)


def test_only_another_data_protection_officer_decides(cast: Cast, officer: Actor) -> None:
    own = data_cases.ask(None, "access", "Send me everything.", by=officer, at=NOON)
    with pytest.raises(NotAllowed):
        data_cases.close(own, "met", WORDS, by=officer, at=NOON)
    case = data_cases.ask(None, "access", "Send me everything.", by=cast.actor("member"), at=NOON)
    for who in ("member", "roll_officer", "committee_1", "scrutineer"):
        with pytest.raises(NotAllowed):
            data_cases.close(case, "met", WORDS, by=cast.actor(who), at=NOON)
    with pytest.raises(Invalid):
        data_cases.close(case, "met", "yes", by=officer, at=NOON)
    data_cases.close(case, "met", WORDS, by=officer, at=NOON)


def test_a_breach_has_72_hours_and_its_report_is_made_or_explained(cast: Cast, officer: Actor) -> None:
    aware = NOON - timedelta(hours=5)
    with pytest.raises(Invalid, match="future"):
        data_cases.report_breach(None, "A list was left on a train.", 40, NOON + DAY, by=officer, at=NOON)
    case = data_cases.report_breach(None, "A list was left on a train.", 40, aware, by=cast.actor("moderator"), at=NOON)
    assert case.due_at == aware + timedelta(hours=72)
    assert "dpo@members.example" in told("breach-reported") and "committee_1@members.example" in told("breach-reported")
    with pytest.raises(OutOfOrder, match="Information Commissioner"):
        data_cases.close(case, "met", WORDS, by=officer, at=NOON + DAY)
    data_cases.step(case, "not reported", "It was found again at once, unopened.", by=officer, at=NOON + DAY)
    data_cases.close(case, "met", WORDS, by=officer, at=NOON + DAY)
    with pytest.raises(NotAllowed):
        data_cases.report_breach(None, "A list was left on a train.", 1, aware, by=cast.actor("member"), at=NOON)
    assert data_cases.figures(NOON + 10 * DAY) == {"open": 0, "overdue": 0, "late in the last year": 0}


def test_a_breach_reported_in_time_is_in_time_whenever_it_is_put_down_and_closed(cast: Cast, officer: Actor) -> None:
    aware = NOON - timedelta(hours=71)
    case = data_cases.report_breach(None, "A list was left on a train.", 40, aware, by=officer, at=NOON)
    later = NOON + 5 * DAY
    assert data_cases.figures(later)["overdue"] == 1
    for wrong in (aware - DAY, later + DAY):
        with pytest.raises(Invalid, match="between when this arrived"):
            data_cases.step(case, "reported", "By the Commissioner's form.", wrong, by=officer, at=later)
    data_cases.step(case, "reported", "By the Commissioner's form.", NOON, by=officer, at=later)
    assert clock(case.kind, case.due_at, case.settled_at, later) == "The 72 hours were kept."
    assert data_cases.figures(later) == {"open": 1, "overdue": 0, "late in the last year": 0}
    data_cases.close(case, "met", WORDS, by=officer, at=later + DAY)
    assert clock(case.kind, case.due_at, case.settled_at, later) == "The 72 hours were kept."
    late = data_cases.report_breach(None, "A list was left on a bus.", 4, aware, by=officer, at=NOON)
    data_cases.step(late, "reported", "By the Commissioner's form.", by=officer, at=later)
    assert clock(late.kind, late.due_at, late.settled_at, later).startswith("The 72 hours were not kept; it was due by")
    assert data_cases.figures(later)["late in the last year"] == 1


def test_what_the_person_is_sent_is_never_dated_back(cast: Cast, officer: Actor) -> None:
    case = data_cases.ask(None, "objection", WORDS, by=cast.actor("member"), at=NOON)
    with pytest.raises(Invalid, match="leave the time empty"):
        data_cases.step(case, "acknowledged", WORDS, NOON, by=officer, at=NOON + DAY)


def test_what_is_put_down_is_put_down_once_and_alike_cases_end_together(cast: Cast, officer: Actor) -> None:
    who = cast.who["mover"]
    put = partial(data_cases.put_down, who, by=officer, at=NOON)
    first = put("erasure", "She wrote to be taken out.", "", NOON - DAY)
    for words in ("She wrote to be taken out.", "She rang as well, to be taken out."):
        with pytest.raises(Again, match=f"put down already, as case {first.id}, and is open") as refusal:
            put("erasure", words, "", NOON)
        assert refusal.value.place == f"/protection/cases/{first.id}"
    letter = put("complaint", "Nobody answered her letter.", "", NOON)
    with pytest.raises(Again):
        put("complaint", " Nobody answered her letter. ", "", NOON - DAY)
    other = put("complaint", "Her name was misspelt on the roll.", "", NOON)
    with writing() as session:  # as was possible before the second press was answered
        values = {"member_id": who.id, "opened_by_id": officer.member_id, "received_at": NOON, "due_at": NOON + DAY}
        twins = [DataCase(kind=one.kind, about=about, **values) for one, about in
                 ((letter, letter.about), (first, "She came by, to be taken out."))]  # fmt: skip
        session.add_all(twins)
    data_cases.close(letter, "met", WORDS, by=officer, at=NOON)
    erasure.erase(first, WORDS, by=officer, at=NOON + DAY)
    ends = [(data_cases.get(one.id).outcome, data_cases.get(one.id).reason) for one in (*twins, other)]
    assert ends == [
        ("met", f"Decided together with case {letter.id}, which asks for the same."),
        ("met", f"Decided together with case {first.id}, which asks for the same."),
        (None, ""),
    ]
    closed = select(AuditEvent.subject).where(AuditEvent.event == "data.case_closed").order_by(AuditEvent.sequence)
    assert set(db.session.scalars(closed)) == {f"data_case:{one.id}" for one in (first, letter, *twins)}
    with pytest.raises(OutOfOrder, match="erased already"):
        put("erasure", "She wrote to be taken out.", "", NOON)
    report = partial(data_cases.report_breach, None, "A list was left on a train.", 40, NOON, by=officer, at=NOON)
    report()
    with pytest.raises(Again):
        report()
    assert not audit.verify()


def test_days_come_back_from_an_export_as_they_were(cast: Cast) -> None:
    heading = "member number,name,e-mail,joined,branch,status,paid until"
    rows = ("N1,Ada Finch,ada@post.example,2024-07-11,Alder,member,2026-08-31",
            "N2,Ben Rook,ben@post.example,2024-01-11,Alder,member,2026-12-31")  # fmt: skip
    london = Options(zone="Europe/London")
    first = imports.preview("\n".join((heading, *rows)).encode(), london, at=NOON)
    imports.apply(None, first, "resolved", by=cast.actor("roll_officer"), at=NOON)
    export = asked(cast, purpose="move", columns=list(EXPORT_COLUMNS), unit=cast.units["Alder"])
    member_exports.agree(export, by=cast.actor("committee_1"), at=NOON)
    member_exports.take(export, by=cast.actor("roll_officer"), at=NOON)
    text = "".join(member_exports.lines(export, ZoneInfo("Europe/London")))
    assert "2024-07-11,2026-08-31" in text and "2024-01-11,2026-12-31" in text
    again = imports.preview(text.encode(), london, at=NOON)
    assert (again.counts["changed"], again.counts["wrong"], again.counts["new"]) == (0, 0, 0)
    assert again.counts["unchanged"] == export.count


# -- who looked ------------------------------------------------------------------------------------------------------------


def test_looking_is_put_down_once_a_day_and_never_of_oneself(cast: Cast) -> None:
    by, ids = cast.actor("roll_officer"), [cast.who[name].id for name in ("member", "mover", "roll_officer")]
    assert looking.note(by, ids, "search", NOON) == 2
    db.session.rollback()
    with counted_statements() as statements:
        assert looking.note(by, ids, "search", NOON + timedelta(hours=2)) == 0
    assert len([one for one in statements if "member_read" in one]) == 1
    assert looking.note(by, ids[:1], "entry", NOON + DAY) == 1
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(MemberRead)) == 3
    looks = looking.at_whom(ids[0], NOON - DAY)
    assert [(look.day, look.who, look.what) for look in looks] == [
        ((NOON + DAY).date(), "Rolf Ames", "opened your entry in the register"),
        (NOON.date(), "Rolf Ames", "saw you in a search of the register"),
    ]
    assert looking.at_whom(ids[2], NOON - DAY) == []


# -- exports ---------------------------------------------------------------------------------------------------------------


def asked(cast: Cast, **other: object) -> object:
    values = {
        "purpose": "post",
        "columns": ["number", "name", "address", "branch"],
        "unit": cast.units["Southfen"],
        "statuses": ["member"],
        "reason": "The printer posts the papers and deletes the file the same day.",
    } | other
    return member_exports.ask(None, **values, by=cast.actor("roll_officer"), at=NOON)


def test_an_export_takes_two_people_and_is_taken_once(cast: Cast, officer: Actor) -> None:
    with writing():
        odd = make_member(
            cast.units["Cedar"],
            "=HYPERLINK(1)",
            address="1 Mill Lane",
            email="odd@members.example",
            phone="+44 20 7946 0018",
        )
    export = asked(cast)
    count = export.count
    roll_officer = cast.actor("roll_officer")
    with pytest.raises(OutOfOrder, match="Nobody has agreed"):
        member_exports.take(export, by=roll_officer, at=NOON)
    with pytest.raises(NotAllowed):
        member_exports.agree(export, by=roll_officer, at=NOON)
    member_exports.agree(export, by=cast.actor("committee_1"), at=NOON + DAY)
    with pytest.raises(NotAllowed, match="whoever asked"):
        member_exports.take(export, by=officer, at=NOON + DAY)
    member_exports.take(export, by=roll_officer, at=NOON + DAY)
    rows = list(
        csv.reader(io.StringIO("".join(member_exports.lines(export, ZoneInfo("Europe/London"))).lstrip("\ufeff")))
    )
    assert rows[0] == ["member number", "name", "postal address", "branch"]
    assert len(rows) == count + 1
    assert [odd.number, "'=HYPERLINK(1)", "1 Mill Lane", "Cedar"] in rows
    with pytest.raises(OutOfOrder, match="can be taken once"):
        member_exports.take(export, by=roll_officer, at=NOON + DAY)
    events = db.session.execute(select(AuditEvent.event, AuditEvent.data).order_by(AuditEvent.sequence)).all()
    assert [event for event, _ in events] == [
        "members.export_asked", "members.export_agreed", "members.export_taken",
    ]  # fmt: skip
    assert json.loads(events[2].data) == {"count": count}
    assert [look.what for look in looking.at_whom(odd.id, NOON)] == [
        "took a file with your data, to post letters or papers to members"
    ]
    assert looking.at_whom(cast.who["member"].id, NOON) == []


def test_the_same_export_is_asked_for_once_while_it_waits(cast: Cast, officer: Actor) -> None:
    export = asked(cast)
    with pytest.raises(OutOfOrder, match="asked for just this already"):
        asked(cast)
    asked(cast, columns=["number", "name", "address"])
    member_exports.agree(export, by=officer, at=NOON)
    asked(cast)


def test_an_export_has_its_time_and_its_columns(cast: Cast, officer: Actor) -> None:
    with pytest.raises(Invalid, match="does not need: e-mail"):
        asked(cast, columns=["name", "email"])
    for wrong in ({"reason": "why not"}, {"columns": []}, {"statuses": []}, {"purpose": "x"}, {"statuses": ["former"]}):
        with pytest.raises(Invalid):
            asked(cast, **wrong)
    export = asked(cast)
    with pytest.raises(OutOfOrder, match="lapsed"):
        member_exports.agree(export, by=officer, at=NOON + 15 * DAY)
    member_exports.agree(export, by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match="24 hours"):
        member_exports.take(export, by=cast.actor("roll_officer"), at=NOON + DAY)
    other = asked(cast)
    member_exports.refuse(other, "The post is sent by the system itself.", by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match="decided already"):
        member_exports.agree(other, by=cast.actor("committee_1"), at=NOON)
    assert [member_exports.state(one, NOON + DAY) for one in (export, other)] == ["not taken in time", "refused"]
    assert db.session.scalar(select(func.count()).select_from(MemberExportPerson)) == 0


# -- a person's copy -------------------------------------------------------------------------------------------------------


def voted(cast: Cast) -> Desk:
    desk = Desk(cast, keys=3, signers_needed=1)
    desk.ask("plurality")
    desk.schedule()
    desk.vote("member", 0, at=desk.during)
    return desk


def test_a_copy_holds_everything_about_one_person_and_nothing_of_others(cast: Cast, officer: Actor) -> None:
    desk = voted(cast)
    member = cast.who["member"]
    members.move(member, cast.units["Birch"], "moved house", was=member.unit_id, by=cast.actor("roll_officer"), at=NOON)
    looking.note(cast.actor("roll_officer"), [member.id], "entry", NOON)
    db.session.rollback()
    copy = own_copy.of(member, NOON)
    document = own_copy.as_json(copy)
    text = json.dumps(document)
    held = {rows.table: rows.rows for part in copy.parts for rows in part.rows}
    assert held["member"][0]["name"] == "Mabel Thorn"
    assert held["member_change"] == [
        {"at": NOON, "what": "branch", "old": "Alder", "new": "Birch", "reason": "moved house"}
    ]
    assert held["envelope"][0]["ballot_id"] == desk.ballot.title
    assert set(held["envelope"][0]) == {"ballot_id", "receipt"}
    assert "roll_entry" in held
    assert "How you voted in a secret ballot is not known" in document["secret ballots"]
    assert "Rolf Ames" in text  # who looked
    assert "Osric Vale" not in text and "mover@members.example" not in text and "password_hash" in text
    without = own_copy.of(member, NOON, votes=False)
    assert not any(rows.table == "envelope" for part in without.parts for rows in part.rows)


def test_every_table_about_people_is_in_the_copy_or_apart(cast: Cast) -> None:
    """A copy asks every table with a column that names whom it is about: those that are told in other words are named."""
    with counted_statements() as statements:
        own_copy.of(cast.who["member"], NOON)
    asked_of = {name for name in HELD if subjects_of(name) and name not in own_copy._APART}
    for name in asked_of:
        assert any(f"FROM {name}" in one or f'FROM "{name}"' in one for one in statements), name
    assert len(asked_of) > 50


# -- erasure ---------------------------------------------------------------------------------------------------------------


def state_of(*tables: str) -> dict[str, list[tuple[object, ...]]]:
    db.session.rollback()
    return {name: sorted(map(tuple, db.session.execute(select(Base.metadata.tables[name])).all())) for name in tables}


def test_an_erasure_waits_for_the_ballot_and_then_changes_no_result(cast: Cast, officer: Actor) -> None:
    desk = voted(cast)
    member = cast.who["member"]
    case = data_cases.ask(None, "erasure", "Please take me out of everything.", by=cast.actor("member"), at=desk.during)
    with pytest.raises(OutOfOrder, match="is not over, and this person is on its roll"):
        erasure.erase(case, WORDS, by=officer, at=desk.during)
    desk.publish()
    fixed = ("envelope", "opened_paper", "publication", "signature", "roll", "ballot", "question_result", "manifest")
    before, entries = state_of(*fixed), db.session.scalar(select(func.count()).select_from(RollEntry))
    at = desk.during + 30 * DAY
    erased = erasure.erase(case, WORDS, by=officer, at=at)
    assert state_of(*fixed) == before
    assert db.session.scalar(select(func.count()).select_from(RollEntry)) == entries
    assert db.session.scalar(select(func.count()).select_from(Envelope).where(Envelope.member_id == member.id)) == 1
    assert db.session.scalar(select(func.count()).select_from(Publication)) == 1
    assert not audit.verify()
    assert (erased.name, erased.email, erased.erased_at, erased.status) == ("a former member", None, at, "former")
    assert db.session.scalar(select(RollEntry.email).where(RollEntry.member_id == member.id)) is None
    assert db.session.get(Account, member.id) is None
    assert case.outcome == "met" and case.closed_by_id == officer.member_id
    assert told("erased") == ["member@members.example"]
    assert members.search("Mabel").members == []
    last = db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence.desc()).limit(2)).all()
    assert [event.event for event in last] == ["data.case_closed", "member.erased"]
    assert "Mabel" not in json.dumps([event.data for event in db.session.scalars(select(AuditEvent))])
    with pytest.raises(OutOfOrder, match="decided already"):
        erasure.erase(case, WORDS, by=officer, at=at)


def test_nothing_with_the_name_or_address_is_left_in_any_table(cast: Cast, officer: Actor) -> None:
    with writing() as session:
        one = make_member(cast.units["Alder"], "Zacharias Quill", email="quill@post.example", phone="01632 960111")
        two = make_member(cast.units["Birch"], "Zacharias Quill", email="zq@post.example", address="9 Quill Yard")
        session.add(LanguageChoice(member_id=one.id, tag="cy"))
        session.add(
            SignInSession(
                token_hash="t", member_id=one.id, second_factor=False, device="phone", created_at=NOON, seen_at=NOON
            )
        )
    merging.merge(one, two, "Both are Zacharias Quill of Quill Yard.", by=cast.actor("roll_officer"), at=NOON)
    case = data_cases.ask(None, "erasure", "Please take me out.", by=actor_of(one.id), at=NOON)
    erasure.erase(case, WORDS, by=officer, at=NOON + DAY)
    db.session.rollback()
    left = []
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)).all():
            if "quill" in str(tuple(row)).lower():
                left.append((table.name, tuple(row)))
    # the one message to the last address stays for its 90 days
    assert [name for name, _ in left] == ["notice"]
    assert {member.id for member in db.session.scalars(select(Member).where(Member.erased_at.is_not(None)))} == {
        one.id,
        two.id,
    }
    row = db.session.scalars(select(MemberMerge)).one()
    assert (row.before, row.after, row.reason) == ({}, {}, "erased")
    with pytest.raises(OutOfOrder, match="were erased since"):
        merging.part(row, "They are two people after all.", by=cast.actor("roll_officer"), at=NOON + DAY)
    assert set(db.session.scalars(select(MemberChange.reason))) == {"erased"}


def test_an_erasure_waits_for_offices_and_is_for_one_who_asked(cast: Cast, officer: Actor) -> None:
    case = data_cases.ask(None, "erasure", "Please take me out.", by=cast.actor("moderator"), at=NOON)
    with pytest.raises(OutOfOrder, match="holds the role of moderator"):
        erasure.erase(case, WORDS, by=officer, at=NOON)
    with writing() as session:
        session.execute(
            RoleHolding.__table__.update().where(RoleHolding.role == "moderator").values(ends_at=NOON - DAY)
        )
    spec = bodies.Spec("Rules panel", remit="It reads the rules.", seats=2)
    body = bodies.make(cast.units["Testland"], spec, "resolved", by=cast.actor("committee_1"), at=NOON - DAY)
    term = seats.Term("appointed", "as the rules say")
    held = seats.fill(body, cast.who["moderator"], term, by=cast.actor("committee_1"), at=NOON - DAY)
    with pytest.raises(OutOfOrder, match="holds a seat in “Rules panel”; it has to be vacated first"):
        erasure.erase(case, WORDS, by=officer, at=NOON)
    seats.resign(held, "asked to be erased", by=cast.actor("moderator"), at=NOON)
    for who in ("roll_officer", "committee_1", "member"):
        with pytest.raises(NotAllowed):
            erasure.erase(case, WORDS, by=cast.actor(who), at=NOON)
    with pytest.raises(Invalid):
        erasure.erase(case, "asked", by=officer, at=NOON)
    with pytest.raises(Invalid, match="button"):
        data_cases.close(case, "met", WORDS, by=officer, at=NOON)
    access = data_cases.ask(None, "access", "Send me everything.", by=cast.actor("member"), at=NOON)
    with pytest.raises(OutOfOrder, match="at their own request"):
        erasure.erase(access, WORDS, by=officer, at=NOON)
    erasure.erase(case, WORDS, by=officer, at=NOON)
    own = data_cases.ask(None, "erasure", "Please take me out.", by=officer, at=NOON)
    with pytest.raises(NotAllowed):
        erasure.erase(own, WORDS, by=officer, at=NOON)


def test_an_import_does_not_bring_back_who_was_erased(cast: Cast, officer: Actor) -> None:
    number = cast.who["member"].number
    case = data_cases.ask(None, "erasure", "Please take me out.", by=cast.actor("member"), at=NOON)
    erasure.erase(case, WORDS, by=officer, at=NOON)
    assert db.session.scalar(select(Member.number).where(Member.erased_at.is_not(None))) == number
    file = (
        f"member number,name,e-mail,joined,branch,status\n{number},Mabel Thorn,m@post.example,2024-01-11,Alder,member"
    )
    report = imports.preview(file.encode(), at=NOON)
    assert report.counts["erased"] == 1 and report.changes_nothing
    imports.apply(None, report, "The file of June.", by=cast.actor("roll_officer"), at=NOON)
    db.session.expire_all()
    kept = db.session.execute(select(Member.name, Member.email).where(Member.number == number)).one()
    assert "Mabel" not in kept.name and kept.email is None
    assert db.session.scalar(select(func.count()).select_from(Roll)) == 0
    assert db.session.scalar(select(DataCase.outcome).where(DataCase.id == case.id)) == "met"


# -- the two papers --------------------------------------------------------------------------------------------------------


def test_a_paper_is_finished_by_one_and_signed_by_another(cast: Cast, officer: Actor) -> None:
    paper = protection_papers.save(None, "record", {"controller": "The Test Movement"}, 0, by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match="Not everything is answered"):
        protection_papers.sign(paper, by=cast.actor("committee_1"), at=NOON)
    with pytest.raises(Invalid, match="Nothing was changed"):
        protection_papers.save(None, "record", {"controller": "The Test Movement"}, 1, by=officer, at=NOON)
    with pytest.raises(Exception, match="Somebody else has written"):
        protection_papers.save(None, "record", {"controller": "Another"}, 0, by=officer, at=NOON)
    from consult.domain.assessment import QUESTIONS

    whole = {ask.key: "As it is." for ask in QUESTIONS["record"]}
    newer = protection_papers.save(None, "record", whole, 1, by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match="newer version"):
        protection_papers.sign(paper, by=cast.actor("committee_1"), at=NOON)
    with pytest.raises(NotAllowed):
        protection_papers.sign(newer, by=officer, at=NOON)
    protection_papers.sign(newer, by=cast.actor("committee_1"), at=NOON)
    assert newer.signed_by_id == cast.who["committee_1"].id
