"""Coding: the code book, what two coders found and how well they agree; analysis, response, you said – we did, motions."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from consult.domain.coding import cohen_kappa, krippendorff_alpha
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Stale
from consult.domain.roles import VISITOR, Role
from consult.domain.rulebook import CONFERENCE
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import coding, consultations, outcomes, participation, submissions
from consult.service.consultations import PhaseSpec, Spec
from consult.service.outcomes import Row
from consult.service.participation import Terms
from tests.consulting import Forum, forum
from tests.factories import NOON, Cast, give_role
from tests.motions import DAY, stage

LATE = NOON + 11 * DAY


def coded(cast: Cast) -> Forum:
    """Three submissions, coded by two officers who differ about one answer."""
    scene = forum(cast, minimum_group=3)
    rows = [scene.sent(name, text=text) for name, text in
            (("member", "Build homes on the old market."), ("mover", "More buses."), ("delegate", "Homes, and buses."))]  # fmt: skip
    one, two = cast.actor("committee_1"), cast.actor("committee_2")
    homes = coding.add_code(scene.consultation, "Homes", "Asks that homes be built.", by=one, at=LATE)
    buses = coding.add_code(scene.consultation, "Buses", "Asks for more buses.", by=one, at=LATE)
    part = str(scene.open.id)
    found = {one: ([homes], [buses], [homes, buses]), two: ([homes], [buses], [buses])}
    for coder, by_row in found.items():
        for row, codes in zip(rows, by_row, strict=True):
            coding.finish(row, [(part, code.id, "") for code in codes], by=coder, at=LATE)
    return scene


def test_agreement_is_exact_and_equals_the_oracle(cast: Cast) -> None:
    from sklearn.metrics import cohen_kappa_score

    scene = coded(cast)
    made = coding.Figures(scene.consultation.id, 3)
    assert (made.coded, made.twice) == (3, 3)
    by_code = {one.code.name: one for one in made.agreements()}
    assert by_code["Buses"].kappa == 1 and by_code["Homes"].kappa == Fraction(2, 5)
    assert (by_code["Homes"].items, by_code["Homes"].alike) == (3, 2)
    oracle = cohen_kappa_score([1, 0, 1], [1, 0, 0])
    assert float(by_code["Homes"].kappa or 0) == pytest.approx(oracle)
    assert made.alpha() == krippendorff_alpha([(1, 1), (0, 0), (0, 0), (1, 1), (1, 0), (1, 1)])
    assert [(one.code.name, one.counts) for one in made.how_often()] == [
        ("Buses", {"member": 2}),
        ("Homes", {"member": 2}),
    ]


def test_a_code_that_joins_later_counts_only_where_it_was_read_for(cast: Cast) -> None:
    """Computed by hand: alpha = 1 - (n - 1) * o_01 / (n_0 * n_1) for two coders (Krippendorff 2011, section B, binary data)."""
    scene = coded(cast)
    one, two, book = cast.actor("committee_1"), cast.actor("committee_2"), scene.consultation
    part, rows = str(scene.open.id), submissions.sent(book.id)
    made = coding.Figures(book.id, 3)
    # Homes 11 00 10, Buses 00 11 11: twelve values, seven of them "found", one unit unlike
    assert made.alpha() == 1 - Fraction(11 * 1, 5 * 7) == Fraction(24, 35)
    late = coding.add_code(book, "Trams", "Asks for trams on rails.", by=one, at=LATE + DAY)
    made = coding.Figures(book.id, 3)
    assert made.alpha() == Fraction(24, 35)  # 60/77 if the six unread values counted as "not found"
    assert [one.code.name for one in made.agreements()] == ["Buses", "Homes"] and made.twice_for(late) == 0
    assert [code.name for code in made.to_read(rows[0].version_id, one.member_id)] == ["Trams"]
    kept = coding.own(rows[0].version_id or 0, one)[part]
    coding.finish(rows[0], [(part, c, q) for c, q in kept.items()] + [(part, late.id, "")], by=one, at=LATE + 2 * DAY)
    made = coding.Figures(book.id, 3)
    found = {row.code.name: (row.counts, row.read) for row in made.how_often()}
    assert found["Trams"] == ({"member": None}, {"member": 1})  # fewer than three were read for it
    assert made.alpha() == Fraction(24, 35) and not made.to_read(rows[0].version_id, one.member_id)
    for row in rows[1:]:
        kept = coding.own(row.version_id or 0, one)[part]
        coding.finish(row, [(part, c, q) for c, q in kept.items()], by=one, at=LATE + 2 * DAY)
    kept = coding.own(rows[0].version_id or 0, two)[part]
    coding.finish(rows[0], [(part, c, q) for c, q in kept.items()], by=two, at=LATE + 2 * DAY)
    made = coding.Figures(book.id, 3)
    trams = next(row for row in made.agreements() if row.code.name == "Trams")
    assert (trams.items, trams.alike, trams.kappa) == (1, 0, 0)  # p_o = 0, p_e = 1 * 0 + 0 * 1 = 0
    # one more unit, 10: fourteen values, eight of them "found", two units unlike
    assert made.alpha() == 1 - Fraction(13 * 2, 6 * 8) == Fraction(11, 24)
    found = {row.code.name: (row.counts, row.read) for row in made.how_often()}
    assert found["Trams"] == ({"member": 1}, {"member": 3}) and (made.coded, made.twice) == (3, 3)
    assert {tuple(row["coders"]) for row in outcomes.figures_of(book.id, 3)["kappas"]} == {(1, 2)}
    coding.finish(rows[0], [], by=cast.actor("committee_3"), at=LATE + 3 * DAY)
    told = [row["coders"] for row in outcomes.figures_of(book.id, 3)["kappas"] if row["code"] == "Homes"]
    assert told == [(1, 2), (1, 3), (2, 3)]  # each two that have read the same answer


def test_a_closed_code_is_not_read_for_and_a_form_from_before_a_code_joined_is_stale(cast: Cast) -> None:
    scene, officer = forum(cast), cast.actor("committee_1")
    row = scene.sent("member")
    homes = coding.add_code(scene.consultation, "Homes", "Asks that homes be built.", by=officer, at=LATE)
    coding.retire(homes, "too wide", by=officer, at=LATE)
    coding.finish(row, [], seen=[], by=officer, at=LATE)
    assert coding.Figures(scene.consultation.id, 3).coded == 0
    coding.retire(homes, "needed after all", by=officer, at=LATE)
    assert coding.Figures(scene.consultation.id, 3).to_read(row.version_id, officer.member_id) == [homes]
    with pytest.raises(Stale, match="“Homes” joined the code book"):
        coding.finish(row, [], seen=[], by=officer, at=LATE)
    coding.finish(row, [], seen=[homes.id], by=officer, at=LATE)
    assert coding.Figures(scene.consultation.id, 3).coded == 1


def test_what_a_published_analysis_rests_on_is_not_coded_again_and_later_readings_are_told(cast: Cast) -> None:
    scene, one = coded(cast), cast.actor("committee_1")
    draft = outcomes.save(scene.consultation, "analysis", "Homes.", revision=None, by=one, at=LATE)
    outcomes.publish(draft, by=one, at=LATE + DAY)
    assert json.loads(draft.figures)["since"] is None
    row, part = submissions.sent(scene.consultation.id)[0], str(scene.open.id)
    before = coding.own(row.version_id or 0, one)
    with pytest.raises(OutOfOrder, match="rests on what was found here"):
        coding.finish(row, [], by=one, at=LATE + 2 * DAY)
    late = coding.add_code(scene.consultation, "Trams", "Asks for trams on rails.", by=one, at=LATE + 2 * DAY)
    coding.finish(row, [(part, late.id, "")], by=one, at=LATE + 3 * DAY)  # for the new code alone
    assert coding.own(row.version_id or 0, one)[part] == before[part] | {late.id: ""}
    coding.finish(row, [], by=one, at=LATE + 4 * DAY)  # of which no analysis tells yet
    assert coding.own(row.version_id or 0, one) == before
    second = outcomes.save(scene.consultation, "analysis", "Trams.", revision=None, by=one, at=LATE + 4 * DAY)
    outcomes.publish(second, by=one, at=LATE + 5 * DAY)
    told = json.loads(second.figures)
    assert told["since"]["readings"] == 1 and told["since"]["published_at"].startswith("2026")
    assert told["alpha"] == "24/35" and {code["name"]: code["twice"] for code in told["codes"]}["Trams"] == 0
    with pytest.raises(OutOfOrder, match="rests on what was found here"):
        coding.finish(row, [], by=one, at=LATE + 6 * DAY)


def test_no_third_officer_reads_what_two_agreed_on_in_a_published_analysis(cast: Cast) -> None:
    scene, one, two = coded(cast), cast.actor("committee_1"), cast.actor("committee_2")
    part, third = str(scene.open.id), cast.actor("committee_3")
    alone = scene.sent("other_delegate", text="Homes!")
    homes, buses = sorted(coding.codes_of(scene.consultation.id), key=lambda row: row.id)
    coding.finish(alone, [(part, homes.id, "")], by=one, at=LATE)
    draft = outcomes.save(scene.consultation, "analysis", "Homes.", revision=None, by=one, at=LATE)
    outcomes.publish(draft, by=one, at=LATE + DAY)
    row, late = submissions.sent(scene.consultation.id)[0], LATE + 2 * DAY
    with pytest.raises(OutOfOrder, match="rests on what was found here"):
        coding.finish(row, [(part, buses.id, "")], by=third, at=late)
    made = coding.Figures(scene.consultation.id, 3)
    assert made.to_read(row.version_id, third.member_id) == [] and made.to_read(alone.version_id, two.member_id)
    before = made.alpha()
    # what one officer alone had read is read by a second, who sees nothing of the first: no agreement was published of it
    coding.finish(alone, [(part, homes.id, "")], by=two, at=late)
    assert coding.Figures(scene.consultation.id, 3).alpha() != before
    with pytest.raises(OutOfOrder, match="rests on"):
        coding.finish(alone, [], by=one, at=late)
    coding.retire(homes, "It is two things.", by=one, at=late)
    coding.retire(homes, "It is one after all.", by=one, at=late)
    with pytest.raises(OutOfOrder, match="rests on"):  # a code that is closed and opened again frees nothing
        coding.finish(row, [], by=one, at=late)
    trams = coding.add_code(scene.consultation, "Trams", "Asks for trams on rails.", by=one, at=late)
    coding.finish(row, [(part, trams.id, ""), (part, homes.id, "")], by=third, at=late)
    assert coding.own(row.version_id or 0, third) == {part: {trams.id: ""}}  # for the new code alone


def test_the_example_of_the_alpha_paper() -> None:
    """Krippendorff (2011), section A: ten units, two coders, binary data; alpha is 0.095."""
    one, two = (0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0)
    alpha = krippendorff_alpha([(bool(a), bool(b)) for a, b in zip(one, two, strict=True)])
    assert alpha is not None and round(float(alpha), 3) == 0.095
    assert krippendorff_alpha([(True,), (True, True)]) is None and cohen_kappa([]) is None


def test_words_are_marked_as_they_stand_and_only_by_coders(cast: Cast) -> None:
    scene = forum(cast)
    row, part = scene.sent("member"), str(scene.open.id)
    code = coding.add_code(scene.consultation, "Homes", "Asks that homes be built.", by=cast.actor("chair"), at=LATE)
    with pytest.raises(NotAllowed):
        coding.finish(row, [], by=cast.actor("mover"), at=LATE)
    with pytest.raises(Invalid, match="not in this answer"):
        coding.finish(row, [(part, code.id, "Build on the new market")], by=cast.actor("chair"), at=LATE)
    coding.finish(row, [(part, code.id, "old market")], by=cast.actor("chair"), at=LATE)
    assert row.version_id and coding.own(row.version_id, cast.actor("chair")) == {part: {code.id: "old market"}}
    coding.finish(row, [], by=cast.actor("chair"), at=LATE)
    assert coding.own(row.version_id, cast.actor("chair")) == {}
    coding.retire(code, "resolved", by=cast.actor("chair"), at=LATE)
    with pytest.raises(Invalid, match="closed to further use"):
        coding.finish(row, [(part, code.id, "")], by=cast.actor("chair"), at=LATE)
    with pytest.raises(Invalid, match="already"):
        coding.add_code(scene.consultation, "homes", "Asks that homes be built.", by=cast.actor("chair"), at=LATE)


def test_nobody_codes_what_they_wrote_or_sent_for_others(cast: Cast) -> None:
    scene = forum(cast)
    with writing():
        give_role(cast.who["committee_1"], Role.UNIT_OFFICER, cast.units["Alder"])
    mine, theirs = scene.sent("committee_1"), scene.sent("second", "unit", "Alder")
    submissions.save(
        theirs, scene.document("Ours."), named=False, revision=None, by=scene.actor("committee_1"), at=NOON
    )
    submissions.send(theirs, by=scene.actor("committee_1"), at=NOON)
    for row in (mine, theirs):
        with pytest.raises(NotAllowed, match="two other officers"):
            coding.finish(row, [], by=scene.actor("committee_1"), at=LATE)
        coding.finish(row, [], by=scene.actor("committee_2"), at=LATE)
    assert coding.own_of(scene.consultation.id, scene.actor("committee_1")) == {mine.id, theirs.id}
    assert coding.own_of(scene.consultation.id, scene.actor("committee_2")) == set()


def test_an_analysis_keeps_its_figures_and_is_never_changed(cast: Cast) -> None:
    scene, officer = coded(cast), cast.actor("committee_1")
    draft = outcomes.save(scene.consultation, "analysis", "# What\n\nHomes.", revision=None, by=officer, at=LATE)
    with pytest.raises(OutOfOrder, match="can still speak"):
        outcomes.publish(draft, by=officer, at=NOON)
    with pytest.raises(Stale):
        outcomes.save(scene.consultation, "analysis", "Other.", revision=7, by=officer, at=LATE)
    outcomes.publish(draft, by=officer, at=LATE)
    figures = json.loads(draft.figures)
    assert figures["twice"] == 3 and {one["kappa"] for one in figures["kappas"]} == {"1", "2/5"}
    with pytest.raises(DBAPIError, match="never changed"), writing() as session:
        session.get_one(outcomes.ConsultationReport, draft.id).body = "Something else"
    told = db.session.scalars(select(Notice.member_id).where(Notice.kind == "consultation-reported")).all()
    assert len(told) == 3
    second = outcomes.save(scene.consultation, "analysis", "Corrected.", revision=None, by=officer, at=LATE)
    outcomes.publish(second, by=officer, at=LATE)
    assert second.sequence == 2 and outcomes.published(scene.consultation.id, "analysis") is second


def test_a_response_follows_an_analysis(cast: Cast) -> None:
    scene, officer = forum(cast), cast.actor("committee_1")
    draft = outcomes.save(scene.consultation, "response", "We shall.", revision=None, by=officer, at=LATE)
    with pytest.raises(OutOfOrder, match="publish the analysis first"):
        outcomes.publish(draft, by=officer, at=LATE)
    with pytest.raises(NotAllowed):
        outcomes.publish(draft, by=cast.actor("member"), at=LATE)


def test_a_motion_grew_out_of_what_was_asked_before_it_was_sent_and_says_so_before_its_text_is_frozen(
    cast: Cast,
) -> None:
    scene, officer, phases = stage(cast), cast.actor("committee_1"), [PhaseSpec("consulting", NOON + DAY, LATE)]
    later = consultations.create(cast.units["Testland"], Spec("Trams"), CONFERENCE, phases, by=officer, at=NOON)
    participation.declare(later, Terms(), by=officer, at=NOON)
    motion = scene.published()
    with pytest.raises(OutOfOrder, match="asked nobody"):
        outcomes.link(motion, later, "What most asked for.", by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match="began when this motion had been sent"):
        outcomes.link(motion, later, "What most asked for.", by=officer, at=LATE)
    scene.frozen(motion)
    with pytest.raises(OutOfOrder, match="before its text is frozen"):
        outcomes.link(motion, forum(cast).consultation, "What most asked for.", by=officer, at=LATE + 2 * DAY)
    assert outcomes.sources_of(motion.id) == []


def test_a_motion_that_grew_out_of_a_consultation_is_linked_and_answers_a_row(cast: Cast) -> None:
    scene, officer = forum(cast), cast.actor("committee_1")
    motion = stage(cast).published()
    with pytest.raises(NotAllowed, match="mover"):
        outcomes.link(motion, scene.consultation, "What most asked for.", by=cast.actor("delegate"), at=LATE)
    outcomes.link(motion, scene.consultation, "What most asked for.", by=cast.actor("mover"), at=LATE)
    with pytest.raises(OutOfOrder, match="linked to that consultation already"):
        outcomes.link(motion, scene.consultation, "What most asked for.", by=officer, at=LATE)
    assert [one.consultation_id for one in outcomes.sources_of(motion.id)] == [scene.consultation.id]
    assert [one.motion_id for one in outcomes.motions_of(scene.consultation.id)] == [motion.id]
    wanted = Row("Build homes.", "It is moved.", "under way", motion_number=motion.id)
    row = outcomes.set_row(scene.consultation, None, wanted, by=officer, at=LATE)
    outcomes.set_row(scene.consultation, row, Row("Build homes.", "It was built.", "done"), by=officer, at=LATE)
    assert [(one.did, one.state) for one in outcomes.said_and_done(scene.consultation.id)] == [
        ("It was built.", "done")
    ]
    change = Row("Build homes.", "It is being built.", "under way")
    with pytest.raises(Stale, match="saved in another tab"):
        outcomes.set_row(scene.consultation, row, change, seen="an earlier instant", by=officer, at=LATE)
    again = Row("Build homes.", "It was built.", "done")  # a button pressed twice
    outcomes.set_row(scene.consultation, row, again, seen="an earlier instant", by=officer, at=LATE)
    outcomes.set_row(scene.consultation, row, again, seen=outcomes.mark_of(row), by=officer, at=LATE)
    with pytest.raises(OutOfOrder, match="in the table already"):
        outcomes.set_row(scene.consultation, None, Row("Build homes.", "It was built.", "done"), by=officer, at=LATE)
    with pytest.raises(Invalid, match="how far"):
        outcomes.set_row(scene.consultation, None, Row("Build homes.", "It was built.", "perhaps"), by=officer, at=LATE)


def test_coders_read_what_is_not_published(cast: Cast) -> None:
    scene = forum(cast, publishing="figures only")
    row = scene.sent("member")
    assert submissions.require_readable(row, cast.actor("committee_2"), NOON)
    with pytest.raises(Exception, match="no submission"):
        submissions.require_readable(row, VISITOR, NOON)
