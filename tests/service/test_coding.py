"""Coding: the code book, what two coders found and how well they agree; analysis, response, you said – we did, motions."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from consult.domain.coding import cohen_kappa, krippendorff_alpha
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Stale
from consult.domain.roles import VISITOR
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import coding, outcomes, submissions
from consult.service.outcomes import Row
from tests.consulting import Forum, forum
from tests.factories import NOON, Cast
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
    with pytest.raises(OutOfOrder, match="in the table already"):  # a button pressed twice
        outcomes.set_row(scene.consultation, None, Row("Build homes.", "It was built.", "done"), by=officer, at=LATE)
    with pytest.raises(Invalid, match="how far"):
        outcomes.set_row(scene.consultation, None, Row("Build homes.", "It was built.", "perhaps"), by=officer, at=LATE)


def test_coders_read_what_is_not_published(cast: Cast) -> None:
    scene = forum(cast, publishing="figures only")
    row = scene.sent("member")
    assert submissions.require_readable(row, cast.actor("committee_2"), NOON)
    with pytest.raises(Exception, match="no submission"):
        submissions.require_readable(row, VISITOR, NOON)
