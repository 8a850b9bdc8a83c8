"""Priorities taken from a published ballot: the paper, the order, the line, what was added, and the order paper."""

from __future__ import annotations

import io
import json

import pytest
from sqlalchemy import select

from consult.domain.agenda import FINAL, cut_line, verdict
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.presets import BY_KEY
from consult.domain.rulebook import BallotPreset
from consult.ledger.envelopes import Answer
from consult.model.audit import AuditEvent
from consult.model.motions import Motion
from consult.model.procedure import Disposal
from consult.model.store import db
from consult.printing import format_of
from consult.service import agenda, disposals, motions, printed, priorities
from tests.desk import Desk
from tests.factories import Cast
from tests.motions import Stage, stage

WORDS = ("buses", "trains", "trams", "ferries")
RANKED = tuple(
    BallotPreset(method, f"Ranked by {method}", method, seats=2) for method in ("repeated-stv", "schulze", "points")
)
PRIMARY = next(preset for preset in BY_KEY["policy-primary"].rules.presets if preset.method == "policy-primary")
#: Motion 3, then 1, then 4, then 2: by every rule that ranks.
PAPERS = {"mover": (2, 0, 3, 1), "second": (2, 0, 3, 1), "member": (2, 0, 3), "delegate": (0, 2, 3)}


def begun(cast: Cast, **rules: object) -> tuple[Stage, Desk, list[Motion]]:
    """Four published motions and a ballot in preparation."""
    scene = stage(cast, motions_per_branch=0, **{"selection": "ballot", "presets": RANKED, **rules})
    made = [scene.published(heading=f"Motion about {word}") for word in WORDS]
    return scene, Desk(cast, consultation=scene.consultation, title="Priorities of May"), made


def ask(desk: Desk, rows: list[Motion], preset: str) -> None:
    priorities.ask(desk.ballot, rows, preset, "Which first?", by=desk.cast.actor("committee_1"), at=desk.at)


def held(cast: Cast, preset: str = "schulze") -> tuple[Stage, Desk, list[Motion]]:
    """The same, ranked by members and published."""
    scene, desk, made = begun(cast)
    ask(desk, made, preset)
    desk.schedule()
    for name, ranking in PAPERS.items():
        desk.vote(name, *ranking)
    desk.publish()
    return scene, desk, made


def take(scene: Stage, desk: Desk, line: int | None = None, words: str = "", name: str = "committee_1") -> None:
    question = desk.ballot.questions[0]
    priorities.take(scene.consultation, question.id, line, words, by=scene.actor(name), at=desk.after)


def states(rows: list[Motion]) -> list[str]:
    return [row.state for row in rows]


@pytest.mark.parametrize("preset", ["repeated-stv", "schulze", "points"])
def test_the_order_comes_from_the_result_and_names_its_ballot(cast: Cast, preset: str) -> None:
    scene, desk, made = held(cast, preset)
    take(scene, desk)
    assert states(made) == ["prioritised", "not prioritised", "prioritised", "not prioritised"]
    chosen, added = disposals.priorities(scene.consultation.id)
    assert [(row.place, row.motion_id, row.ballot_id) for row in chosen] == [
        (1, made[2].id, desk.ballot.id), (2, made[0].id, desk.ballot.id),
    ]  # fmt: skip
    assert not added and "“Priorities of May”" in chosen[0].reason
    events = db.session.scalars(select(AuditEvent.data).where(AuditEvent.event == "motion.prioritised"))
    assert {json.loads(data)["ballot"] for data in events} == {desk.ballot.id}
    with pytest.raises(OutOfOrder, match="recorded already"):
        take(scene, desk)


def test_the_committee_draws_the_line_elsewhere_with_a_reason(cast: Cast) -> None:
    scene, desk, made = held(cast)
    with pytest.raises(NotAllowed):
        take(scene, desk, name="mover")
    with pytest.raises(Invalid, match="say why") as refusal:
        take(scene, desk, 3)
    assert "words" in refusal.value.fields and states(made) == ["published"] * 4
    with pytest.raises(Invalid, match="4 motions in order"):
        take(scene, desk, 9, "There is time for nine.")
    take(scene, desk, 3, "There is time for three.")
    assert states(made) == ["prioritised", "not prioritised", "prioritised", "prioritised"]
    take(scene, desk, 1, "The hall closes at noon.")
    assert states(made) == ["not prioritised", "not prioritised", "prioritised", "not prioritised"]


def test_nothing_is_typed_in_where_members_choose(cast: Cast) -> None:
    scene, desk, made = begun(cast)
    by = scene.actor("committee_1")
    with pytest.raises(OutOfOrder, match="choose by ballot"):
        disposals.prioritise(scene.consultation, [made[0].id], "As it was in the ballot.", by=by, at=scene.at)
    with pytest.raises(Invalid, match="not chosen in it"):
        disposals.add(made[0], "As it was in the ballot.", source="ballot", by=by, at=scene.at)
    ask(desk, made, "schulze")
    desk.schedule()
    desk.vote("mover", 0)
    desk.certify()
    with pytest.raises(NotFound, match="published result"):
        take(scene, desk)
    assert priorities.available(scene.consultation.id) == [] and db.session.scalar(select(Disposal.id)) is None


def test_what_was_added_or_has_gone_is_left_as_it_is(cast: Cast) -> None:
    scene, desk, made = held(cast)
    late = scene.published(heading="Motion about canals")
    disposals.add(made[1], "The executive asks for it.", by=scene.actor("committee_1"), at=desk.after)
    motions.withdraw(made[2], by=scene.actor("mover"), at=scene.at)
    take(scene, desk)
    assert states(made) == ["prioritised", "prioritised", "withdrawn", "not prioritised"]
    assert late.state == "published"
    chosen, added = disposals.priorities(scene.consultation.id)
    assert [(row.place, row.motion_id) for row in chosen] == [(2, made[0].id)]
    assert [(row.motion_id, row.ballot_id) for row in added] == [(made[1].id, None)]


def test_the_papers_name_the_ballot_and_show_additions_apart(cast: Cast) -> None:
    scene, desk, made = held(cast)
    take(scene, desk)
    disposals.add(made[3], "The executive asks for it.", by=scene.actor("committee_1"), at=desk.after)
    paper = agenda.issue(scene.consultation, FINAL, by=scene.actor("chair"), at=desk.after)
    line = cut_line(paper.content["motions"])
    assert line.above == (f"Motion 3: {made[2].title}", f"Motion 1: {made[0].title}")
    assert line.added == (f"Motion 4: {made[3].title}",) and line.below == (f"Motion 2: {made[1].title}",)
    assert line.drawn == "The line is that of the ballot “Priorities of May”."
    said = [verdict(entry) for entry in paper.content["motions"]]
    assert said[0].endswith("Place 2 in the ballot “Priorities of May”.")
    assert said[1].endswith("Not prioritised in the ballot “Priorities of May”.")
    assert said[3].endswith("Prioritised by the committee.")
    out = io.BytesIO()
    printed.write(paper, format_of("txt"), out, written=lambda at: at.date().isoformat())
    text = " ".join(out.getvalue().decode().split())
    assert "The line is that of the ballot “Priorities of May”." in text and "Added by a committee" in text


def test_a_tie_is_not_parted_by_the_line() -> None:
    count = {"winners": ["a"], "ranking": ["a", ["b", "c"], "d"]}
    assert priorities.levels(count) == [(1, ["a"]), (2, ["b", "c"]), (4, ["d"])]
    rows = [
        priorities.Placed(place, Motion(number=n))
        for n, place in enumerate((1, 2, 2, 4), start=1)
    ]  # fmt: skip
    ranking = priorities.Ranking(None, None, tuple(rows), (), 1)  # type: ignore[arg-type]
    assert priorities._through(ranking, 2) == "Motion 2, Motion 3"
    assert [priorities._through(ranking, line) for line in (0, 1, 3, 4)] == [""] * 4


# -- the policy primary ----------------------------------------------------------------------------------------------


def test_a_policy_primary_adopts_its_first_places(cast: Cast) -> None:
    scene, desk, made = begun(cast, selection="primary", presets=(PRIMARY,), shortlist=4, places=2)
    ask(desk, made, "primary")
    assert desk.ballot.questions[0].seats == 2
    desk.schedule()
    for name, ranking in PAPERS.items():
        desk.answer(name, Answer("q1", tuple(ranking), "-+++"))
    desk.publish()
    with pytest.raises(Invalid, match="draws its own line: the first 2"):
        take(scene, desk, 3, "There is time for three.")
    take(scene, desk)
    assert states(made) == ["not prioritised", "not prioritised", "prioritised", "prioritised"]


def test_the_shortlist_holds(cast: Cast) -> None:
    scene, desk, made = begun(cast, selection="primary", presets=(PRIMARY,), shortlist=3, places=2)
    with pytest.raises(Invalid, match="at most 3 motions on the shortlist; 4"):
        ask(desk, made, "primary")
    with pytest.raises(Invalid, match="at least two"):
        ask(desk, made[:1], "primary")
    with pytest.raises(OutOfOrder, match="only published motions"):
        ask(desk, [made[0], scene.submitted()], "primary")
    ask(desk, made[:3], "primary")
    assert [option.key for option in desk.ballot.questions[0].options] == ["m1", "m2", "m3"]


def test_the_preset_shortlists_33_and_adopts_eight() -> None:
    rules = BY_KEY["policy-primary"].rules
    assert (rules.shortlist, rules.places, PRIMARY.seats) == (33, 8, 8)
