"""Submissions: for whom one speaks, drafts, versions until the phase closes, and what is read by whom."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder, Stale
from consult.domain.roles import VISITOR
from consult.model.audit import AuditEvent
from consult.model.consulting import ContributionVersion
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import (
    affiliates,
    answers,
    consultations,
    moderation,
    paper_versions,
    paragraphs,
    participation,
    submissions,
)
from consult.service.affiliates import Named
from consult.service.consultations import PhaseSpec, Spec
from consult.service.participation import Asked, Terms
from tests.consulting import PAPER, forum
from tests.factories import NOON, Cast, make_unit
from tests.motions import DAY, stage

LATE = NOON + 11 * DAY


def test_a_submission_is_kept_as_a_draft_sent_and_revised_in_versions(cast: Cast) -> None:
    scene = forum(cast)
    member = cast.actor("member")
    row = submissions.begin(scene.consultation, "person", by=member, at=NOON)
    submissions.save(row, {"answers": {}, "more": "half a tho"}, named=False, revision=1, by=member, at=NOON)
    assert row.state == "draft" and row.draft == {"answers": {}, "more": "half a tho"}
    with pytest.raises(Invalid, match="needs an answer") as refusal:
        submissions.send(row, by=member, at=NOON)
    assert list(refusal.value.fields) == [f"q{scene.open.id}"]
    submissions.save(row, scene.document(), named=True, revision=2, by=member, at=NOON)
    submissions.send(row, by=member, at=NOON)
    submissions.save(row, scene.document("Ask the council."), named=True, revision=3, by=member, at=NOON + DAY)
    assert row.version is not None and row.version.document["answers"][str(scene.open.id)].startswith("Build")
    submissions.send(row, by=member, at=NOON + DAY)
    versions = submissions.get(row.id).versions
    assert [version.sequence for version in versions] == [1, 2] and row.submitted_at == NOON
    assert versions[1].document["answers"][str(scene.open.id)] == "Ask the council."
    events = list(db.session.scalars(select(AuditEvent.event).where(AuditEvent.event.like("submission.%"))))
    assert events.count("submission.sent") == 1 and events.count("submission.revised") == 1
    assert db.session.scalars(select(Notice.kind).where(Notice.kind == "submission-received")).all() == [
        "submission-received",
        "submission-received",
    ]


def test_what_was_sent_is_never_changed(cast: Cast) -> None:
    forum(cast).sent("member")
    with pytest.raises(DBAPIError, match="never changed"), writing() as session:
        session.execute(update(ContributionVersion).values(hash="0" * 64))


def test_two_tabs_do_not_write_over_each_other(cast: Cast) -> None:
    scene = forum(cast)
    row = submissions.begin(scene.consultation, "person", by=cast.actor("member"), at=NOON)
    submissions.save(row, {}, named=False, revision=1, by=cast.actor("member"), at=NOON)
    with pytest.raises(Stale):
        submissions.save(row, {}, named=False, revision=1, by=cast.actor("member"), at=NOON)


def test_the_phase_is_obeyed_and_named_with_its_dates(cast: Cast) -> None:
    scene = forum(cast)
    row = scene.sent("member")
    for late in (submissions.withdraw, submissions.send):
        with pytest.raises(
            OutOfOrder, match="“consulting” is from 1 March 2026, 12:00 UTC to 12 March 2026, 12:00 UTC"
        ):
            late(row, by=cast.actor("member"), at=LATE)
    with pytest.raises(OutOfOrder, match="not yet that time"):
        submissions.begin(scene.consultation, "person", by=cast.actor("mover"), at=NOON - 2 * DAY)


def test_a_consultation_without_terms_takes_no_submissions(cast: Cast) -> None:
    with pytest.raises(OutOfOrder, match="takes no submissions"):
        submissions.begin(stage(cast).consultation, "person", by=cast.actor("member"), at=NOON)


def test_each_speaks_once_and_only_for_their_own(cast: Cast) -> None:
    scene = forum(cast)
    scene.sent("delegate", "unit", "Alder")
    with pytest.raises(OutOfOrder, match="Alder has a submission"):
        submissions.begin(scene.consultation, "unit", cast.units["Alder"], by=cast.actor("second"), at=NOON)
    with pytest.raises(NotAllowed):
        submissions.begin(scene.consultation, "unit", cast.units["Birch"], by=cast.actor("delegate"), at=NOON)
    with pytest.raises(Invalid):
        submissions.begin(scene.consultation, "person", cast.units["Alder"], by=cast.actor("delegate"), at=NOON)
    mine = scene.sent("member")
    with pytest.raises(NotAllowed, match="somebody else"):
        submissions.save(mine, {}, named=True, revision=None, by=cast.actor("second"), at=NOON)
    scene.sent("delegate")


def test_a_named_representative_speaks_for_the_organisation_for_the_term(cast: Cast) -> None:
    scene, officer = forum(cast), cast.actor("committee_1")
    with writing():
        guild = make_unit("Guild of Glaziers", "organisation", cast.units["Testland"])
    named = Named(who="member@members.example")
    affiliates.name(guild, named, NOON + 5 * DAY, "Decided by its council.", by=officer, at=NOON)
    row = submissions.begin(scene.consultation, "unit", guild, by=cast.actor("member"), at=NOON)
    assert row.kind == "organisation" and submissions.keeps(row, cast.actor("member"), NOON)
    assert not submissions.keeps(row, cast.actor("member"), NOON + 5 * DAY)
    with pytest.raises(NotAllowed, match="a representative whom it has named"):
        submissions.begin(scene.consultation, "unit", guild, by=cast.actor("mover"), at=NOON)
    with pytest.raises(NotAllowed):
        submissions.begin(scene.consultation, "unit", cast.units["Birch"], by=cast.actor("member"), at=NOON)


def test_a_unit_is_written_by_whoever_speaks_for_it(cast: Cast) -> None:
    scene = forum(cast)
    row = scene.sent("delegate", "unit", "Alder")
    submissions.save(row, scene.document("Both."), named=True, revision=None, by=cast.actor("second"), at=NOON)
    submissions.send(row, by=cast.actor("second"), at=NOON)
    assert row.version is not None and row.version.created_by == cast.actor("second").reference


@pytest.mark.parametrize("kind", ["person", "unit", "meeting"])
def test_whoever_begins_twice_is_given_the_same_draft(cast: Cast, kind: str) -> None:
    scene = forum(cast)
    unit = None if kind == "person" else cast.units["Alder"]
    one, two = (submissions.begin(scene.consultation, kind, unit, by=cast.actor("second"), at=NOON) for _ in range(2))
    assert one.id == two.id and len(submissions.own(scene.consultation.id, cast.actor("second"))) == 1


def test_a_meeting_comes_with_its_minutes(cast: Cast) -> None:
    scene = forum(cast)
    with pytest.raises(Invalid) as refusal:
        scene.sent("second", "meeting", "Alder", minutes={"held_on": "2027-01-01", "present": 0, "text": "We met."})
    assert set(refusal.value.fields) == {"held_on", "present", "minutes"}
    minutes = {"held_on": "2026-02-27", "present": 14, "text": "Fourteen of us met in the library and agreed."}
    one, two = (scene.sent("second", "meeting", "Alder", minutes=minutes) for _ in range(2))
    assert one.id != two.id and one.version is not None and one.version.document["minutes"]["present"] == 14


@pytest.mark.parametrize("one", ["Perhaps", ["Yes", "No"]])
def test_only_answers_on_offer_are_taken(cast: Cast, one: str) -> None:
    with pytest.raises(Invalid, match="among the answers"):
        forum(cast).sent("member", one=one)


def test_an_answer_has_its_most_words(cast: Cast) -> None:
    with pytest.raises(Invalid, match="51 words and the most is 50: take out 1"):
        forum(cast, words=50).sent("member", text="word " * 51)


def test_what_was_promised_holds_once_somebody_has_spoken(cast: Cast) -> None:
    scene = forum(cast, publishing="without names")
    officer = cast.actor("committee_1")
    participation.declare(scene.consultation, Terms("agreed names"), "resolved", by=officer, at=NOON)
    participation.declare(scene.consultation, Terms("without names"), "resolved", by=officer, at=NOON)
    scene.sent("member")
    with pytest.raises(OutOfOrder, match="as they were promised"):
        participation.declare(scene.consultation, Terms("agreed names"), "resolved", by=officer, at=NOON)
    participation.declare(scene.consultation, Terms("without names", words=900), "resolved", by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match="stays as people read it"):
        participation.reword(scene.open, Asked("open", "Something else?"), "resolved", by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match="without this question"):
        participation.ask(scene.consultation, Asked("open", "One more?", needed=True), by=officer, at=NOON)
    later = participation.ask(scene.consultation, Asked("open", "One more?"), by=officer, at=NOON)
    with pytest.raises(Invalid, match="asked already"):  # a button pressed twice
        participation.ask(scene.consultation, Asked("open", "One  more?"), by=officer, at=NOON)
    participation.move_up(later, by=officer, at=NOON)
    assert [row.wording for row in participation.questions_of(scene.consultation.id)][2] == "One more?"


@pytest.mark.parametrize(
    ("publishing", "to_member", "to_visitor"),
    [
        ("names to members", "Mabel Thorn", ""),
        ("agreed names", "", ""),
        ("without names", "", ""),
    ],
)
def test_names_are_read_by_the_declared_rule(cast: Cast, publishing: str, to_member: str, to_visitor: str) -> None:
    scene = forum(cast, publishing=publishing)
    row, agreed = scene.sent("member"), scene.sent("mover", named=True)
    terms = submissions.require_readable(row, VISITOR, NOON)
    assert submissions.name_of(row, terms, cast.actor("delegate")) == to_member
    assert submissions.name_of(row, terms, VISITOR) == to_visitor
    assert submissions.name_of(agreed, terms, VISITOR) == ("" if publishing == "without names" else "Osric Vale")
    assert submissions.name_of(scene.sent("delegate", "unit", "Alder"), terms, VISITOR) == "Alder"


def test_what_is_not_published_is_read_by_its_author_and_the_coders(cast: Cast) -> None:
    row = forum(cast, publishing="figures only").sent("member")
    for who in ("member", "committee_1"):
        submissions.require_readable(row, cast.actor(who), LATE)
    for actor in (VISITOR, cast.actor("delegate")):
        with pytest.raises(NotFound):
            submissions.require_readable(row, actor, LATE)


def test_what_is_published_at_the_close_is_not_read_before(cast: Cast) -> None:
    row = forum(cast, at_once=False).sent("member")
    with pytest.raises(NotFound):
        submissions.require_readable(row, VISITOR, NOON)
    submissions.require_readable(row, VISITOR, LATE)


def test_figures_keep_the_voices_apart_and_withhold_small_groups(cast: Cast) -> None:
    scene = forum(cast, minimum_group=3)
    for name in ("member", "mover", "delegate"):
        scene.sent(name, one="No" if name == "mover" else "Yes")
    scene.sent("supporter")
    scene.sent("delegate", "unit", "Alder")
    rows = submissions.sent(scene.consultation.id)
    assert answers.by_voice(rows) == {"member": 3, "supporter": 1, "unit": 1}
    first, _ = answers.of_questions(participation.questions_of(scene.consultation.id), rows, 3)
    assert first.rows == [
        ("Yes", {"member": 2, "supporter": None, "unit": 1}),
        ("No", {"member": 1, "supporter": None, "unit": 0}),
    ]


def test_one_that_is_set_aside_counts_in_no_figure_and_says_why(cast: Cast) -> None:
    scene = forum(cast)
    row = scene.sent("member")
    submissions.set_aside(row, "It gives somebody's address away.", by=cast.actor("moderator"), at=NOON)
    assert answers.by_voice(submissions.sent(scene.consultation.id)) == {}
    with pytest.raises(OutOfOrder, match="set this submission aside"):
        submissions.save(row, {}, named=False, revision=None, by=cast.actor("member"), at=NOON)
    submissions.restore(row, "resolved", by=cast.actor("moderator"), at=NOON)
    assert row.state == "submitted" and row.aside_reason is None


def test_a_submission_is_withdrawn_and_sent_again(cast: Cast) -> None:
    scene = forum(cast)
    row = scene.sent("member")
    submissions.withdraw(row, by=cast.actor("member"), at=NOON)
    assert submissions.sent(scene.consultation.id) == [] and row.draft
    submissions.send(row, by=cast.actor("member"), at=NOON)
    assert row.state == "submitted"


def test_members_only_leaves_supporters_out(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="members take part"):
        forum(cast, taking_part="members").sent("supporter")


# -- the paper and its comments --------------------------------------------------------------------------------------


def test_paragraphs_keep_their_ids_through_a_new_version(cast: Cast) -> None:
    scene = forum(cast)
    text = PAPER.replace("Homes are dear.", "A new beginning of quite other words.\n\nHomes are very dear.")
    consultations.edit(scene.consultation, Spec("Homes", paper=text), "resolved", by=cast.actor("committee_1"), at=NOON)
    first, second = paper_versions.versions(scene.consultation.id)
    assert list(paper_versions.texts(first.paper)) == ["p1", "p2", "p3"]
    assert list(paper_versions.texts(second.paper)) == ["p4", "p1", "p2", "p3"]
    consultations.edit(
        scene.consultation, Spec("Homes again", paper=text), "resolved", by=cast.actor("committee_1"), at=NOON
    )
    assert len(paper_versions.versions(scene.consultation.id)) == 2


def test_comments_stay_with_their_paragraph(cast: Cast) -> None:
    scene = forum(cast)
    said = paragraphs.write(scene.consultation, "p1", "for", "So they are.", by=cast.actor("member"), at=NOON)
    paragraphs.write(
        scene.consultation, "", "question", "Where?", answers=said, by=cast.actor("supporter"), at=NOON + DAY
    )
    gone = paragraphs.write(scene.consultation, "p2", "against", "Not here.", by=cast.actor("mover"), at=NOON)
    paper = PAPER.replace("Homes are dear.", "Homes are very dear.").replace("Buses are few.\n\n", "")
    consultations.edit(
        scene.consultation, Spec("Homes", paper=paper), "resolved", by=cast.actor("committee_1"), at=NOON
    )
    talk = paragraphs.talk(scene.consultation.id, paper_versions.latest(scene.consultation.id))
    (kept,) = talk.by_paragraph["p1"]
    assert kept.earlier and [reply.row.body for reply in kept.replies] == ["Where?"]
    assert [one.row.id for one in talk.gone] == [gone.id] and talk.counts == {"p1": {"member": 1}}
    with pytest.raises(NotFound, match="no such paragraph"):
        paragraphs.write(scene.consultation, "p2", "for", "Late.", by=cast.actor("member"), at=NOON)
    assert "paragraph-answered" in db.session.scalars(select(Notice.kind)).all()


def test_a_comment_is_hidden_with_a_reason_and_the_phase_is_obeyed(cast: Cast) -> None:
    scene = forum(cast)
    said = paragraphs.write(scene.consultation, "p1", "for", "So they are.", by=cast.actor("member"), at=NOON)
    with pytest.raises(NotAllowed):
        moderation.hide(said, "It is rude to somebody.", by=cast.actor("mover"), at=NOON)
    moderation.hide(said, "It is rude to somebody.", by=cast.actor("moderator"), at=NOON)
    paper = paper_versions.latest(scene.consultation.id)
    assert paragraphs.talk(scene.consultation.id, paper).counts == {}
    moderation.show(said, "resolved", by=cast.actor("moderator"), at=NOON)
    with pytest.raises(OutOfOrder, match="that deadline has passed"):
        paragraphs.write(scene.consultation, "p1", "for", "Late.", by=cast.actor("member"), at=LATE)


def test_a_timetable_without_the_phase_sets_no_limit(cast: Cast) -> None:
    scene = forum(cast)
    phases = [PhaseSpec("drafting", NOON, NOON + DAY)]
    consultations.set_timetable(
        scene.consultation, phases, "The chair asked for it.", seen=None, by=cast.actor("chair"), at=NOON
    )
    assert participation.is_open(scene.consultation, LATE) and not participation.is_over(scene.consultation, LATE)


def test_what_people_were_asked_stays_once_the_phase_has_closed(cast: Cast) -> None:
    scene, officer, late = forum(cast), cast.actor("committee_1"), NOON + 11 * DAY
    further = participation.Asked("open", "What did we forget?")
    for change in (
        lambda: consultations.edit(scene.consultation, Spec("Other", paper="Other."), "a slip", by=officer, at=late),
        lambda: participation.ask(scene.consultation, further, by=officer, at=late),
        lambda: participation.reword(scene.open, further, "a slip", by=officer, at=late),
        lambda: participation.drop(scene.open, "a slip", by=officer, at=late),
        lambda: participation.move_up(scene.several, by=officer, at=late),
    ):
        with pytest.raises(OutOfOrder, match="so the paper and the questions stay as they were answered"):
            change()
    assert [row.id for row in participation.questions_of(scene.consultation.id)] == [
        scene.open.id, scene.one.id, scene.several.id,
    ]  # fmt: skip
    participation.ask(scene.consultation, further, by=officer, at=NOON)
