"""Consequences: suggested by the texts, confirmed by the committee, never lost, applied when results come in."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.model.amendments import Amendment
from consult.model.consequences import Consequence
from consult.model.motions import Motion
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import ballot_questions, ballots, consequences, motions, substantive, suggestions
from consult.service.consequences import key_of
from consult.text.published import replayed_hash
from tests.factories import NOON, Cast
from tests.motions import DAY, Stage, stage
from tests.service.test_substantive import outcomes, publish, put

WHY = "The two cannot both be carried out: there is money for one."


def confirmed(scene: Stage, kind: str, cause: Motion | Amendment, effect: Motion | Amendment) -> Consequence:
    """A consequence that the committee adds."""
    return consequences.confirm(
        scene.consultation, kind, key_of(cause), key_of(effect), WHY, by=scene.actor("chair"), at=NOON
    )


def another(scene: Stage, **sections: str) -> Motion:
    """A second motion, published."""
    return scene.published(heading="Trams after dark", **sections)


def test_what_the_texts_suggest_within_a_motion(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    one = scene.amended(motion, ("£2", "£1.50"))
    two = scene.amended(motion, ("£2", "£1"), by="third_delegate")
    scene.amended(motion, ("10pm", "11pm"))
    found = suggestions.of_motion(motion, [])
    assert [entry.sentence for entry in found] == ["If Amendment 1 is carried, Amendment 2 falls."]
    kept = consequences.confirm(
        scene.consultation, found[0].kind, found[0].cause, found[0].effect, found[0].reason, computed=True,
        by=scene.actor("chair"), at=NOON,
    )  # fmt: skip
    assert kept.computed and (kept.cause_amendment_id, kept.effect_amendment_id) == (one.id, two.id)
    assert suggestions.of_motion(motion, consequences.of_motion(motion.id)) == []


def test_what_the_texts_suggest_across_motions(cast: Cast) -> None:
    scene = stage(cast)
    first = scene.published()
    second = another(scene, resolves="1. To ask the council for a single fare of £1.50.\n2. To sing.")
    for motion in (first, second):
        found = suggestions.of_motion(motion, [])
        assert [entry.sentence for entry in found] == ["If Motion 1 is carried, Motion 2 falls."]
        assert "‘To ask the council for a single fare of £2.’" in found[0].reason
    confirmed(scene, "falls if carried", first, second)
    assert suggestions.of_motion(second, consequences.of_motion(second.id)) == []


@pytest.mark.parametrize(
    ("kind", "cause", "effect", "reason", "words"),
    [
        ("falls if carried", "one", "two", "No.", "Give the reason"),
        ("falls", "one", "two", WHY, "Choose what follows"),
        ("falls if carried", "one", "one", WHY, "a consequence of itself"),
        ("falls if carried", "motion", "one", WHY, "is voted on before Motion 1, which it amends"),
        ("falls if lost", "one", "motion", WHY, "does not fall by its own amendments"),
        ("consequential on", "one", "other", WHY, "Only an amendment can be consequential"),
    ],
)
def test_what_makes_no_sense_is_refused(
    cast: Cast, kind: str, cause: str, effect: str, reason: str, words: str
) -> None:
    scene = stage(cast)
    motion = scene.published()
    there = {"motion": motion, "other": another(scene)}
    there |= {"one": scene.amended(motion, ("£2", "£1")), "two": scene.amended(motion, ("10pm", "11pm"))}
    with pytest.raises(Invalid, match=words):
        consequences.confirm(
            scene.consultation,
            kind,
            key_of(there[cause]),
            key_of(there[effect]),
            reason,
            by=cast.actor("chair"),
            at=NOON,
        )
    assert db.session.scalars(select(Consequence)).all() == []


def test_circles_and_contradictions_are_refused_with_the_names(cast: Cast) -> None:
    scene = stage(cast)
    motion, other = scene.published(), another(scene)
    one, two = scene.amended(motion, ("£2", "£1")), scene.amended(other, ("10pm", "11pm"))
    confirmed(scene, "falls if carried", one, two)
    with pytest.raises(Invalid, match="Amendment 1 to Motion 2 follows from Amendment 1 to Motion 1"):
        confirmed(scene, "falls if lost", two, one)
    with pytest.raises(Invalid, match="would fall whatever becomes of Amendment 1 to Motion 1"):
        confirmed(scene, "falls if lost", one, two)
    with pytest.raises(NotFound):
        consequences.confirm(
            scene.consultation, "falls if lost", "motion:99", "x:1", WHY, by=cast.actor("chair"), at=NOON
        )
    for name in ("member", "mover", "delegate", "panel"):
        with pytest.raises(NotAllowed):
            consequences.confirm(
                scene.consultation, "falls if lost", key_of(other), key_of(one), WHY, by=cast.actor(name), at=NOON
            )


def test_a_consequence_is_told_ended_with_a_reason_and_never_lost(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    one, two = scene.amended(motion, ("£2", "£1")), scene.amended(motion, ("10pm", "11pm"), by="third_delegate")
    row = confirmed(scene, "falls if carried", one, two)
    told = db.session.scalars(select(Notice.member_id).where(Notice.kind == "consequence-confirmed")).all()
    assert told == [cast.who["third_delegate"].id]
    with pytest.raises(Invalid, match="Give the reason"):
        consequences.end(row, "No.", by=cast.actor("chair"), at=NOON)
    consequences.end(row, "The branches agree that both can stand.", by=cast.actor("committee_1"), at=NOON)
    assert consequences.of_motion(motion.id) == [] and consequences.of_amendment(two.id) == []
    kept = consequences.of_consultation(scene.consultation.id, ended=True)
    assert [entry.ended_because for entry in consequences.said(kept)] == ["The branches agree that both can stand."]
    with pytest.raises(OutOfOrder, match="ended already"):
        consequences.end(row, "Because it was ended already.", by=cast.actor("chair"), at=NOON)
    confirmed(scene, "falls if lost", one, two)
    with pytest.raises(IntegrityError, match="never changed"), writing() as session:
        session.execute(delete(Consequence))
    with pytest.raises(IntegrityError, match="never changed"), writing() as session:
        session.get_one(Consequence, row.id).reason = "Another reason."


def test_no_two_stand_between_the_same_things_even_if_the_program_errs(cast: Cast) -> None:
    scene = stage(cast)
    motion, other = scene.published(), another(scene)
    row = confirmed(scene, "falls if carried", motion, other)
    values = {
        "consultation_id": row.consultation_id, "cause": row.cause, "effect": row.effect, "cause_motion_id": motion.id,
        "effect_motion_id": other.id, "computed": False, "reason": WHY, "by_id": row.by_id, "at": NOON,
    }  # fmt: skip
    with pytest.raises(IntegrityError), writing() as session:
        session.add(Consequence(kind="falls if lost", **values))


# -- applied -----------------------------------------------------------------------------------------------------------


def both(scene: Stage) -> tuple[Motion, Motion, Amendment, Amendment]:
    """Two published motions, each with an amendment."""
    motion, other = scene.published(), another(scene)
    return motion, other, scene.amended(motion, ("£2", "£1")), scene.amended(other, ("10pm", "11pm"))


@pytest.mark.parametrize(
    ("said", "fates"),
    [
        (("carried", "carried"), {"one": "carried", "two": "falls"}),
        (("carried", "lost"), {"one": "carried", "two": "lost"}),
        (("lost", "carried"), {"one": "lost", "two": "carried"}),
        (("inquorate", "carried"), {"one": "lost", "two": "carried"}),
    ],
)
def test_a_confirmed_consequence_within_a_motion_is_applied(
    cast: Cast, said: tuple[str, str], fates: dict[str, str]
) -> None:
    scene = stage(cast)
    motion = scene.published()
    two, one = scene.amended(motion, ("10pm", "11pm")), scene.amended(motion, ("£2", "£1"))
    confirmed(scene, "falls if carried", one, two)
    scene.frozen(motion)
    assert (one.order, two.order) == (1, 2)  # what decides is put first, though it stands later in the text
    ballot = put(motion)
    found = substantive.decide(db.session(), ballot, outcomes(ballot, *said, "carried"))[0]
    assert {name: found.amendments[row.id].outcome for name, row in (("one", one), ("two", two))} == fates
    assert replayed_hash(found.texts[found.base], found.to_bundle()["decisions"]) == found.result


@pytest.mark.parametrize(("said", "fate"), [("carried", "carried"), ("lost", "falls")])
def test_what_is_consequential_is_not_asked_and_goes_with_its_cause(cast: Cast, said: str, fate: str) -> None:
    scene = stage(cast)
    motion = scene.published()
    with_it, one = scene.amended(motion, ("10pm", "11pm")), scene.amended(motion, ("£2", "£1"))
    confirmed(scene, "consequential on", one, with_it)
    scene.frozen(motion)
    spec = ballots.BallotSpec("The votes", NOON + 30 * DAY, NOON + 31 * DAY)
    ballot = ballots.create(scene.consultation, spec, by=cast.actor("committee_1"), at=NOON)
    ballot_questions.add_motion(ballot, motion, "motion", by=cast.actor("committee_1"), at=NOON)
    assert [question.amendment_id for question in ballot.questions] == [one.id, None]
    counted = outcomes(ballot, said, "carried")
    found = substantive.decide(db.session(), ballot, counted)[0]
    assert found.amendments[with_it.id].outcome == fate


def test_across_motions_of_one_ballot(cast: Cast) -> None:
    scene = stage(cast)
    motion, other, one, two = both(scene)
    confirmed(scene, "falls if carried", one, two)
    for row in (motion, other):
        scene.frozen(row)
    ballot = put(motion)
    more = put(other)
    with writing() as session:
        for question in list(more.questions):
            question.position += 10
            question.ballot_id = ballot.id
        session.flush()
        session.expire_all()
    counted = outcomes(ballot, "carried", "lost", "carried", "carried")
    first, second = substantive.decide(db.session(), ballot, counted)
    assert first.amendments[one.id].outcome == "carried" and first.outcome == "lost"
    assert (second.amendments[two.id].outcome, second.outcome) == ("falls", "carried")
    assert second.amendments[two.id].reason == f"Amendment 1 to Motion 1 was carried: {WHY}"
    assert replayed_hash(second.texts[second.base], second.to_bundle()["decisions"]) == second.result
    with writing() as session:
        row = session.scalars(select(Consequence)).one()
        row.ended_at, row.ended_because = NOON, "Both can stand after all."
    confirmed_again = Consequence(
        consultation_id=row.consultation_id, kind="falls if lost", cause=key_of(motion), effect=key_of(other),
        cause_motion_id=motion.id, effect_motion_id=other.id, computed=False, reason=WHY, by_id=row.by_id, at=NOON,
    )  # fmt: skip
    with writing() as session:
        session.add(confirmed_again)
    first, second = substantive.decide(db.session(), ballot, counted)
    assert (first.outcome, second.outcome) == ("lost", "falls") and WHY in second.reason
    assert second.amendments[two.id].outcome == "falls" and second.result == second.base


@pytest.mark.parametrize(("outcome", "state"), [("carried", "falls"), ("lost", "on the order paper")])
def test_what_falls_by_a_published_result_falls_with_its_reason(cast: Cast, outcome: str, state: str) -> None:
    scene = stage(cast)
    motion, other, _one, two = both(scene)
    confirmed(scene, "falls if carried", motion, two)
    for row in (motion, other):
        scene.frozen(row)
    ballot = put(motion)
    replays = substantive.decide(db.session(), ballot, outcomes(ballot, "lost", outcome))
    publish(ballot, {r.motion_id: r.to_json() for r in replays}, by=cast.actor("committee_1"), at=NOON + 3 * DAY)
    after = db.session.get_one(Amendment, two.id)
    assert after.state == state and (WHY in after.falls_because) == (state == "falls")
    assert motions.get(other.id).state == "on the order paper"
