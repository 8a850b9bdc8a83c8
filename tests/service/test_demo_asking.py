"""The demonstration's consultation is held by the services, on a register of any size."""

from __future__ import annotations

import json
from random import Random

from consult.demo.answered import Answered
from consult.demo.asking import Asking
from consult.demo.people import People
from consult.domain.roles import Status
from consult.domain.rulebook import CONFERENCE
from consult.model.store import writing
from consult.service import gatherings, outcomes, participation, statements, submissions
from tests.factories import NOON, Cast, make_member


def _people(cast: Cast, supporters: int) -> People:
    with writing():
        more = [make_member(cast.units["Alder"]).id for _ in range(30)]
        some = {make_member(cast.units["Birch"], status=Status.SUPPORTER.value).id for _ in range(supporters)}
    return People(
        unit_ids={"nation": cast.units["Testland"].id, "alder": cast.units["Alder"].id},
        member_ids={name: cast.who[name].id for name in ("committee_1", "committee_2", "moderator")},
        by_branch={"alder": more, "birch": sorted(some)},
        delegates={"alder": cast.who["delegate"].id},
        supporters=some,
    )


def test_the_consultation_of_the_demonstration_is_held(cast: Cast) -> None:
    people = _people(cast, 6)
    made = Asking("asking", people, ["committee_1", "committee_2"], "moderator", NOON, Random(5)).hold(CONFERENCE)
    assert len(submissions.sent(made.id)) == 8 and len(participation.questions_of(made.id)) == 3
    stored = statements.result_of(made.id)
    assert stored is not None and stored.result["people"]["member"] == 30
    assert len(gatherings.listed(NOON)) == 2 and len(gatherings.listed(NOON, past=True)) == 1


def test_the_consultation_that_is_over_has_its_analysis_its_response_and_what_was_done(cast: Cast) -> None:
    people = _people(cast, 9)
    over = Answered("answered", people, ["committee_1", "committee_2"], "moderator", NOON, Random(5))
    made = over.hold(CONFERENCE)
    over.answer(made)
    figures = json.loads(outcomes.published(made.id, "analysis").figures)
    assert (
        figures["submissions"] == figures["twice"] == 16
        and figures["codes"][0]["name"] == "The last bus leaves too early"
    )
    assert outcomes.published(made.id, "response") is not None
    assert {row.state for row in outcomes.said_and_done(made.id)} == {"done", "under way", "not done"}
