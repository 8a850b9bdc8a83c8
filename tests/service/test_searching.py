"""Searching: whatever is written can be found in the same commit, by those who may see it, on both databases alike."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, event, insert, text, update

from consult.domain import searching as kinds
from consult.domain.roles import VISITOR, Actor, Role, Status
from consult.model.debate import Comment
from consult.model.search import SearchDocument
from consult.model.store import db, writing
from consult.service import (
    amendments,
    bodies,
    consultations,
    debate,
    decisions,
    gathering_records,
    gatherings,
    moderation,
    motions,
    paragraphs,
    participation,
    search,
    search_keeping,
    seconding,
    units,
)
from consult.service.search import DATE, Wanted
from tests.consulting import forum
from tests.domain.test_searching import ODD
from tests.factories import NOON, Cast, give_role
from tests.motions import DAY, stage


def found(words: str, actor: Actor = VISITOR, at=NOON, **more: object) -> list[tuple[str, int]]:  # type: ignore[no-untyped-def]
    """What somebody finds, as (kind, number)."""
    db.session.rollback()
    return [(row.kind, row.subject_id) for row in search.find(Wanted(words, **more), actor, at).rows]  # type: ignore[arg-type]


def agrees() -> None:
    db.session.rollback()
    assert search_keeping.disagreements() == []


def test_a_motion_is_found_by_those_who_may_read_it_at_each_stage(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.draft()
    mover, member, former = cast.actor("mover"), cast.actor("second"), cast.actor("stranger")
    former = Actor(former.member_id, former.name, Status.FORMER)
    one = [(kinds.MOTION, motion.id)]
    assert (found("sunday", mover), found("sunday", member), found("sunday")) == (one, [], [])
    seconding.seek_support(motion, by=mover, at=NOON)
    assert (found("sunday", member), found("sunday", former), found("sunday")) == (one, [], [])
    motion = scene.published(heading="Trams for everybody")
    assert found("trams") == found("everyb", former) == [(kinds.MOTION, motion.id)]
    assert found(f"motion {motion.number}") == [(kinds.MOTION, motion.id)]
    motions.withdraw(motion, by=mover, at=NOON)
    assert (found("trams"), found("trams", member)) == ([], [(kinds.MOTION, motion.id)])
    agrees()


def test_amendments_and_debate_go_with_their_motion(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    member = cast.actor("member")
    draft = scene.drafted_amendment(motion, ("£2", "£1.50"))
    draft.reason  # noqa: B018 (loaded)
    amend = {"kind": kinds.AMENDMENT}
    assert found("clearer", cast.actor("other_delegate"), **amend) == [(kinds.AMENDMENT, draft.id)]
    assert found("clearer", member, **amend) == []
    amendments.submit(draft, by=cast.actor("other_delegate"), at=NOON)
    assert (found("clearer", member, **amend), found("clearer", **amend)) == ([(kinds.AMENDMENT, draft.id)], [])
    said = debate.write(motion, "for", "My grandmother cannot reach the hospital.", by=member, at=NOON)
    assert found("grandmother hospital") == [(kinds.COMMENT, said.id)]
    moderation.hide(said, "It names somebody.", by=cast.actor("moderator"), at=NOON)
    assert found("grandmother") == found("grandmother", member) == []
    moderation.show(said, "resolved", by=cast.actor("moderator"), at=NOON)
    assert found("grandmother", state="for") == [(kinds.COMMENT, said.id)]
    motions.withdraw(motion, by=cast.actor("mover"), at=NOON)
    assert (found("grandmother"), found("grandmother", member)) == ([], [(kinds.COMMENT, said.id)])
    agrees()


def test_a_motion_stands_above_all_that_belongs_to_it(cast: Cast) -> None:
    scene = stage(cast)
    long = "Buses run on Sundays. " * 40
    motion = scene.published(heading="Trams for everybody", resolves=f"{long} Fares are £2.")
    rows = [scene.drafted_amendment(motion, ("£2", f"£{pounds}")) for pounds in (1, 3)]
    for row in rows:
        amendments.submit(row, by=cast.actor("other_delegate"), at=NOON)
    debate.write(motion, "for", "Trams for everybody! " * 40, by=cast.actor("member"), at=NOON)
    officer = cast.actor("committee_1")
    one = (kinds.MOTION, motion.id)
    asked = ("trams", "trams everybody", '"trams for everybody"', "motion 1 trams", "motion 1", "1")
    assert [found(typed, officer)[0] for typed in asked] == [one] * len(asked)
    assert {(kinds.AMENDMENT, row.id) for row in rows} <= set(found("trams", officer))
    numbers = [db.session.merge(row).number for row in rows]
    assert numbers == [1, 2]
    asked = ("amendment 2", "Amendment no. 2 to motion 1", "gwelliant 2 i gynnig 1", "motion 1 amendment 2", "2")
    assert [found(typed, officer)[0] for typed in asked] == [(kinds.AMENDMENT, rows[1].id)] * len(asked)
    agrees()


def test_submissions_are_found_once_they_are_published(cast: Cast) -> None:
    scene = forum(cast, at_once=False)
    sent = scene.sent("member", text="Repair the viaduct.")
    own, one = cast.actor("member"), [(kinds.SUBMISSION, sent.id)]
    assert (found("viaduct", own), found("viaduct"), found("viaduct", at=NOON + 11 * DAY)) == (one, [], one)
    phase = consultations.PhaseSpec("consulting", NOON - DAY, NOON + DAY)
    consultations.set_timetable(
        scene.consultation, [phase], "The hall is taken.", seen=None, by=cast.actor("committee_1"), at=NOON
    )
    assert found("viaduct", at=NOON + 2 * DAY) == one
    assert found("dear homes")[0] == (kinds.CONSULTATION, scene.consultation.id)
    paragraphs.write(scene.consultation, "p1", "question", "How dear exactly, in guineas?", by=own, at=NOON)
    assert [kind for kind, _ in found("guineas")] == [kinds.PARAGRAPH]
    agrees()


def test_nobody_else_finds_submissions_that_only_make_figures(cast: Cast) -> None:
    scene = forum(cast, publishing="figures only", at_once=True)
    sent = scene.sent("member", text="Repair the viaduct.")
    assert found("viaduct", at=NOON + 30 * DAY) == found("viaduct", cast.actor("moderator")) == []
    assert found("viaduct", cast.actor("member")) == [(kinds.SUBMISSION, sent.id)]


def test_registers_of_decisions_are_found_by_their_readers(cast: Cast) -> None:
    alder = cast.units["Alder"]
    with writing():
        give_role(cast.who["second"], Role.UNIT_OFFICER, alder)
        give_role(cast.who["stranger"], Role.UNIT_OFFICER, cast.units["Northmoor"])
    officer = cast.actor("second")
    row = decisions.record(
        alder, "officer", "Hire of the hall", "The piano is sold.", "It is mute.", NOON.date(), by=officer, at=NOON
    )
    one = [(kinds.DECISION, row.id)]
    assert (found("piano"), found("piano", cast.actor("supporter"))) == ([], one)
    units.describe(alder, "We meet on Mondays.", "unit", by=officer, at=NOON)
    assert [found("piano", cast.actor(name)) for name in ("supporter", "third_delegate", "member", "committee_1")] == [
        [],
        [],
        one,
        one,
    ]
    assert found("piano", cast.actor("stranger")) == one  # officer of the region
    units.describe(alder, "We meet on Mondays.", "everyone", "voted", by=officer, at=NOON)
    assert found("piano") == one
    assert found("mondays") == [(kinds.UNIT, alder.id)]
    agrees()


def test_meetings_minutes_and_bodies(cast: Cast) -> None:
    with writing():
        give_role(cast.who["second"], Role.UNIT_OFFICER, cast.units["Alder"])
    officer = cast.actor("second")
    spec = gatherings.Spec(
        "Spring supper", NOON + DAY, NOON + DAY + timedelta(hours=2), about="Bring a casserole.", place="The mill"
    )
    held = gatherings.plan(cast.units["Alder"], spec, None, by=officer, at=NOON)
    assert found("casserole supper") == [(kinds.EVENT, held.id)]
    gathering_records.publish_minutes(held, "We thanked the organist.", by=officer, at=NOON + 2 * DAY)
    gathering_records.publish_minutes(held, "We thanked the violinist.", by=officer, at=NOON + 2 * DAY)
    assert found("organist") == []
    assert found("violinist") == [(kinds.MINUTES, 2 * held.id)]
    bodies.make(
        cast.units["Alder"], bodies.Spec("Allotment panel", "It lets plots.", 3), "resolved", by=officer, at=NOON
    )
    assert [kind for kind, _ in found("allotment plots")] == [kinds.BODY]
    agrees()


def many(cast: Cast, number: int = 50) -> int:
    """A published motion with comments written past the session, and the index made anew."""
    motion = stage(cast).published()
    rows = [
        {"motion_id": motion.id, "author_id": motion.mover_id, "author_status": "member", "stance": "for",
         "body": f"Trolley number {n}. " + "Trolley! " * (n % 7), "at": NOON + timedelta(minutes=n)}
        for n in range(number)
    ]  # fmt: skip
    with writing() as session:
        session.execute(insert(Comment), rows)
    assert search_keeping.disagreements() == [
        f"{number} of {number} documents of the kind “comment” are missing or out of date."
    ]
    assert search_keeping.rebuild() > number
    agrees()
    return motion.id


@pytest.mark.parametrize("order", search.ORDERS)
def test_pages_follow_one_another_without_a_gap(cast: Cast, order: str) -> None:
    many(cast)
    seen: list[int] = []
    after = ""
    for _ in range(3):
        page = search.find(Wanted("trolley", order=order, after=after), VISITOR, NOON)
        seen += [row.subject_id for row in page.rows]
        after = page.after
    assert after == "" and len(seen) == len(set(seen)) == 50
    if order == DATE:
        assert seen == sorted(seen, reverse=True)
    odd = ["~", "x~1", "nan~1", "inf~2", "1~" + "9" * 40, "0001-01-01T00:00+14:00~1", "2026-03-02~1", "1~²"]
    for place in odd:
        search.find(Wanted("trolley", order=order, after=place), VISITOR, NOON)


def test_what_is_asked_takes_one_statement_whatever_is_found(cast: Cast) -> None:
    many(cast)
    asked: list[str] = []
    actor = cast.actor("committee_1")
    db.session.rollback()

    def listen(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", listen)
    unit = cast.units["Testland"].id
    for wanted in (
        Wanted("trolley"),
        Wanted("trolley sunday -x", kind="motion", unit_id=unit, order=DATE),
        Wanted("", kind="comment"),
        Wanted(),
        Wanted("***"),
    ):
        asked.clear()
        search.find(wanted, actor, NOON)
        assert len([one for one in asked if "search_document" in one]) == bool(wanted.kind or wanted.words == "trolley")
    event.remove(db.engine, "before_cursor_execute", listen)


def test_narrowing_down(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    debate.write(motion, "against", "Sunday is for rest.", by=cast.actor("member"), at=NOON + DAY)
    alder, cedar = cast.units["Alder"].id, cast.units["Cedar"].id
    both = {kinds.MOTION, kinds.COMMENT}
    assert {kind for kind, _ in found("sunday", unit_id=cast.units["Northmoor"].id)} == both
    assert found("sunday", unit_id=cedar) == []
    assert {kind for kind, _ in found("sunday", unit_id=alder, consultation_id=scene.consultation.id)} == both
    assert found("sunday", consultation_id=scene.consultation.id + 99) == []
    assert [kind for kind, _ in found("sunday", since=NOON + DAY)] == [kinds.COMMENT]
    assert [kind for kind, _ in found("sunday", until=NOON + DAY)] == [kinds.MOTION]
    assert [kind for kind, _ in found("sunday", order=DATE)] == [kinds.COMMENT, kinds.MOTION]
    assert [kind for kind, _ in found("", kind=kinds.COMMENT)] == [kinds.COMMENT]
    assert found("") == found("  ") == found("***", kind=kinds.COMMENT) == []


def test_both_databases_understand_words_alike(cast: Cast) -> None:
    motion = stage(cast).published()
    said = {
        debate.write(motion, "for", words, by=cast.actor("member"), at=NOON).id: words
        for words in ("Cŵn a gŵydd yn Llanelli", "Fair fares fairly shared", "The bus on Sunday, not on Monday",
                      "1e5 0x1f 3a ½ http a.b")
    }  # fmt: skip

    def heard(typed: str) -> list[str]:
        return sorted(said[number][:3] for _kind, number in found(typed, kind=kinds.COMMENT))

    expected = {
        "cwn": ["Cŵn"], "CŴN llan": ["Cŵn"], "gwy": ["Cŵn"], "fares": ["Fai"], "fare": ["Fai"], "far*": ["Fai"],
        '"bus on"': ["The"], '"bus sunday"': [], "bus -monday": [], "fair OR bus": ["Fai", "The"],
        "fair OR bus -sunday": ["Fai"], "on monday": ["The"], "0x1f": ["1e5"], "1e5 3a": ["1e5"], "a.b": ["1e5"],
        "no": [], "no*": ["The"], "-bus": [], '"sunday not on monday"': ["The"],
    }  # fmt: skip
    assert {typed: heard(typed) for typed in expected} == expected
    for odd in ODD:
        found(odd)
        found(f"bus {odd}", order=DATE)


def test_the_check_tells_what_is_out_of_step(cast: Cast) -> None:
    motion_id = many(cast, 3)
    with writing() as session:
        session.execute(
            update(Comment).where(Comment.motion_id == motion_id).values(body="Gone."),
            execution_options={"synchronize_session": False},
        )
        session.execute(delete(SearchDocument).where(SearchDocument.kind == kinds.UNIT))
        session.execute(text("UPDATE search_document SET kind = 'body' WHERE kind = 'motion'"))
    told = search_keeping.disagreements()
    assert [sentence.split("kind ")[1] for sentence in told] == [
        "“motion” are missing or out of date.", "“comment” are missing or out of date.", "“unit” are missing or out of date.",
        "“body” and should be 0.",
    ]  # fmt: skip
    assert search_keeping.rebuild() > 0
    agrees()
    if db.engine.dialect.name == "sqlite":
        with writing() as session:
            session.execute(text("INSERT INTO search_index (search_index) VALUES ('delete-all')"))
        assert search_keeping.disagreements() == ["The index does not hold the words of the documents."]


def test_what_is_rolled_back_is_not_found(cast: Cast) -> None:
    motion = stage(cast).published()
    with pytest.raises(RuntimeError), writing() as session:
        session.add(
            Comment(
                motion_id=motion.id,
                author_id=motion.mover_id,
                author_status="member",
                stance="for",
                body="Kazoo",
                at=NOON,
            )
        )
        session.flush()
        raise RuntimeError
    with writing() as session:
        session.add(
            Comment(
                motion_id=motion.id,
                author_id=motion.mover_id,
                author_status="member",
                stance="for",
                body="Banjo",
                at=NOON,
            )
        )
    assert (found("kazoo"), len(found("banjo"))) == ([], 1)
    agrees()


def test_terms_declared_later_change_who_finds(cast: Cast) -> None:
    scene = forum(cast, at_once=True)
    sent = scene.sent("member", text="Repair the viaduct.")
    assert found("viaduct") == [(kinds.SUBMISSION, sent.id)]
    terms = participation.terms_of(scene.consultation)
    assert terms is not None
    with writing() as session:
        session.merge(terms).at_once = False
    assert found("viaduct") == []
    agrees()
