"""The demonstration's consultation is held by the services, on a register of any size."""

from __future__ import annotations

from random import Random

from consult.demo.asking import Asking
from consult.demo.people import People
from consult.domain.roles import Status
from consult.domain.rulebook import CONFERENCE
from consult.model.store import writing
from consult.service import gatherings, participation, statements, submissions
from tests.factories import NOON, Cast, make_member


def test_the_consultation_of_the_demonstration_is_held(cast: Cast) -> None:
    with writing():
        more = [make_member(cast.units["Alder"]).id for _ in range(30)]
        supporters = {make_member(cast.units["Birch"], status=Status.SUPPORTER.value).id for _ in range(6)}
    people = People(
        unit_ids={"nation": cast.units["Testland"].id, "alder": cast.units["Alder"].id},
        member_ids={name: cast.who[name].id for name in ("committee_1", "committee_2", "moderator")},
        by_branch={"alder": more, "birch": sorted(supporters)},
        delegates={"alder": cast.who["delegate"].id},
        supporters=supporters,
    )
    made = Asking(people, ["committee_1", "committee_2"], "moderator", NOON, Random(5)).hold(CONFERENCE)
    assert len(submissions.sent(made.id)) == 8 and len(participation.questions_of(made.id)) == 3
    stored = statements.result_of(made.id)
    assert stored is not None and stored.result["people"]["member"] == 30
    assert len(gatherings.listed(NOON)) == 2 and len(gatherings.listed(NOON, past=True)) == 1
