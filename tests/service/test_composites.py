"""Composites: clauses aligned and traced, what is left out explained, signed on one hash, refused, published, amendments kept."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Stale
from consult.model.amendments import Amendment
from consult.model.composites import Composite, CompositeAnswer
from consult.model.motions import Motion
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import carrying_over, composites, compositing, freezing, motions, rulings, seconding
from consult.service.amendments import sections_of
from consult.service.surroundings import around
from consult.service.versions import document_of
from tests.factories import NOON, Cast
from tests.motions import MEETING, REASON, Stage, stage

WHY = "The two figures cannot both stand; the branches chose one."


def of_birch(scene: Stage, **sections: str) -> Motion:
    """A published motion of Birch about the same buses."""
    typed = {
        "heading": "Sunday buses at a fair price",
        "notes": "1. A single fare is £4.20.\n2. Nobody under 25 can pay that.",
        "believes": "",
        "resolves": "1. To ask the council for a single fare of £1.50.\n2. To hold a day of action in June.",
    }
    motion = scene.draft("other_delegate", "Birch", **(typed | sections))
    seconding.seek_support(motion, by=scene.actor("other_delegate"), at=NOON)
    for name in ("second", "member"):
        seconding.second(motion, by=scene.actor(name), at=NOON)
    motions.submit(motion, MEETING, by=scene.actor("other_delegate"), at=NOON)
    rulings.rule(motion, "in order", "SO 1", REASON, by=scene.actor("chair"), at=NOON)
    return rulings.publish(motion, by=scene.actor("chair"), at=NOON)


def begun(scene: Stage) -> Composite:
    """A composite of Alder's motion and Birch's."""
    chosen = [scene.published(), of_birch(scene)]
    made = composites.begin(scene.consultation, chosen, "Sunday buses", by=scene.actor("chair"), at=NOON)
    return composites.get(made.id)


def explained(scene: Stage, composite: Composite) -> Composite:
    """With a reason for everything that is left out."""
    reasons = {f"{e.source.parent}:{e.source.clause}": WHY for e in composites.unexplained(composite)}
    composites.tag(composite, {}, reasons, revision=composite.revision, by=scene.actor("chair"), at=NOON)
    return composites.get(composite.id)


def asked(scene: Stage) -> Composite:
    """Put to the branches."""
    composite = explained(scene, begun(scene))
    compositing.ask(composite, revision=composite.revision, by=scene.actor("chair"), at=NOON)
    return composites.get(composite.id)


def signed(scene: Stage, composite: Composite, *branches: str) -> Composite:
    """Signed by the delegates of branches."""
    for branch in branches:
        name = {"Alder": "delegate", "Birch": "other_delegate", "Cedar": "third_delegate"}[branch]
        unit = scene.cast.units[branch]
        compositing.sign(unit, composite, composite.seal or "", by=scene.actor(name), at=NOON)
    return composites.get(composite.id)


def test_the_clauses_are_aligned_and_every_one_is_traced(cast: Cast) -> None:
    composite = begun(stage(cast))
    document = composites.document_of(composite)
    texts = [clause.text for clause in document.clauses]
    assert texts[0] == "Sunday buses" and "To hold a day of action in June." in texts
    assert texts.count("A single fare is £4.20.") == 1
    origins = {origin.label: origin for origin in composites.origins(composite)}
    fare = next(o for o in origins.values() if document.clause(o.clause).text.startswith("To ask the council"))
    assert {source.parent for source in fare.sources} == {str(p.motion_id) for p in composite.parents} and fare.verbatim
    missing = composites.unexplained(composite)
    assert [entry.dropped for entry in missing] == [("£1.50",)]
    assert [unit.name for unit in composites.branches(composite)] == ["Alder", "Birch"]


def test_what_can_be_composited(cast: Cast) -> None:
    scene = stage(cast)
    one, two = scene.published(), of_birch(scene)
    chair = scene.actor("chair")
    for chosen, title, refused in (([one], "A", Invalid), ([one, two], " ", Invalid), ([one, one], "A", Invalid)):
        with pytest.raises(refused):
            composites.begin(scene.consultation, chosen, title, by=chair, at=NOON)
    with pytest.raises(OutOfOrder, match="is in order; motions are composited while they are published"):
        late = scene.submitted(heading="Trams")
        rulings.rule(late, "in order", "SO 1", REASON, by=chair, at=NOON)
        composites.begin(scene.consultation, [one, late], "A", by=chair, at=NOON)
    with pytest.raises(NotAllowed):
        composites.begin(scene.consultation, [one, two], "A", by=scene.actor("delegate"), at=NOON)
    composites.begin(scene.consultation, [one, two], "A", by=chair, at=NOON)
    assert composites.candidates(scene.consultation) == []
    with pytest.raises(OutOfOrder, match="Motion 1 is in Composite 1 already"):
        composites.begin(scene.consultation, [one, two], "B", by=chair, at=NOON)
    assert any("Composite 1 is being made of it" in o for o in freezing.plan(one, at=scene.after_amendments).obstacles)


def test_writing_keeps_ids_and_sources(cast: Cast) -> None:
    scene = stage(cast)
    composite = begun(scene)
    before = {c.text: c.id for c in composites.document_of(composite).clauses}
    sections = sections_of(composites.document_of(composite))
    sections["resolves"] = sections["resolves"].replace("single fare of £2", "single fare of £1.80") + "\nTo sing."
    composites.write(composite, sections, revision=composite.revision, by=scene.actor("chair"), at=NOON)
    composite = composites.get(composite.id)
    document = composites.document_of(composite)
    fare = next(c for c in document.clauses if "£1.80" in c.text)
    assert fare.id == before["To ask the council for a single fare of £2."]
    origins = {origin.clause: origin for origin in composites.origins(composite)}
    assert len(origins[fare.id].sources) == 2 and not origins[fare.id].verbatim
    new = next(c for c in document.clauses if c.text == "To sing.")
    assert origins[new.id].sources == ()
    with pytest.raises(Stale):
        composites.write(composite, sections, revision=1, by=scene.actor("chair"), at=NOON)


def test_a_clause_is_taken_word_for_word_or_left_out(cast: Cast) -> None:
    scene = stage(cast)
    composite = begun(scene)
    birch = composite.parents[1]
    fare = next(c for c in document_of(birch.version).clauses if "£1.50" in c.text)
    target = next(c.id for c in composites.document_of(composite).clauses if "single fare of £2" in c.text)
    pick = (str(birch.motion_id), fare.id)
    chair = scene.actor("chair")
    composites.take(composite, pick, target, revision=composite.revision, by=chair, at=NOON)
    composite = composites.get(composite.id)
    assert composites.document_of(composite).clause(target).text == fare.text
    composites.drop(composite, target, revision=composite.revision, by=chair, at=NOON)
    composite = composites.get(composite.id)
    assert {e.source.clause for e in composites.unexplained(composite)} >= {fare.id}
    composites.take(composite, pick, "", revision=composite.revision, by=chair, at=NOON)
    composite = composites.get(composite.id)
    assert composites.document_of(composite).clauses[-1].text == fare.text
    with pytest.raises(Invalid, match="heading stays"):
        composites.drop(composite, "k0", revision=composite.revision, by=chair, at=NOON)


def test_nothing_is_put_to_the_branches_before_it_is_explained(cast: Cast) -> None:
    scene = stage(cast)
    composite = begun(scene)
    with pytest.raises(Invalid, match=r"why words are left out of Resolves 1 of Motion 2"):
        compositing.ask(composite, by=scene.actor("chair"), at=NOON)
    composite = explained(scene, composites.get(composite.id))
    compositing.ask(composite, by=scene.actor("chair"), at=NOON)
    told = set(db.session.scalars(select(Notice.member_id).where(Notice.kind == "composite-asked")))
    assert told == {cast.who[name].id for name in ("mover", "delegate", "other_delegate")}


def test_every_branch_signs_the_exact_hash_and_any_change_asks_again(cast: Cast) -> None:
    scene = stage(cast)
    composite = signed(scene, asked(scene), "Alder")
    seal = composite.seal or ""
    assert composite.state == "awaiting signatures"
    with pytest.raises(OutOfOrder, match="has signed this text already"):
        signed(scene, composite, "Alder")
    with pytest.raises(NotAllowed, match="has no motion in Composite 1"):
        signed(scene, composite, "Cedar")
    with pytest.raises(NotAllowed):
        compositing.sign(cast.units["Birch"], composite, seal, by=scene.actor("delegate"), at=NOON)
    with pytest.raises(Stale, match="was changed since"):
        compositing.sign(cast.units["Birch"], composite, "0" * 64, by=scene.actor("other_delegate"), at=NOON)
    composite = signed(scene, composites.get(composite.id), "Birch")
    assert composite.state == "agreed"
    chair = scene.actor("chair")
    reason = {f"{p}:{c}": r + " So be it." for (p, c), r in composites.reasons_of(composite).items()}
    composites.tag(composite, {}, reason, revision=composite.revision, by=chair, at=NOON)
    composite = composites.get(composite.id)
    assert (composite.state, composite.seal) == ("drafting", None)
    assert db.session.scalars(select(Notice).where(Notice.kind == "composite-changed")).first() is not None
    with pytest.raises(OutOfOrder, match="nobody is asked to sign"):
        signed(scene, composite, "Alder")
    compositing.ask(composite, by=chair, at=NOON)
    composite = composites.get(composite.id)
    assert composite.state == "awaiting signatures" and composite.seal != seal and composite.text.answers == []
    old = {key: text.removesuffix(" So be it.") for key, text in reason.items()}
    composites.tag(composite, {}, old, revision=composite.revision, by=chair, at=NOON)
    compositing.ask(composites.get(composite.id), by=chair, at=NOON)
    composite = composites.get(composite.id)  # the very text that both signed: their signatures are for it
    assert (composite.seal, composite.state, len(composite.texts)) == (seal, "agreed", 2)
    with pytest.raises(IntegrityError, match="asked about anew"), writing() as session:
        session.execute(delete(CompositeAnswer))


def test_a_refusal_returns_the_motions_with_a_record(cast: Cast) -> None:
    scene = stage(cast)
    composite = signed(scene, asked(scene), "Alder")
    birch = cast.units["Birch"]
    refusing = scene.actor("other_delegate")
    with pytest.raises(Invalid, match="Give the reason"):
        compositing.refuse(birch, composite, composite.seal or "", "No.", by=refusing, at=NOON)
    compositing.refuse(birch, composites.get(composite.id), composite.seal or "", WHY, by=refusing, at=NOON)
    composite = composites.get(composite.id)
    assert composite.state == "refused" and WHY in composite.ended_because
    assert [answer.reason for answer in composite.text.answers if not answer.agrees] == [WHY]
    assert [motion.number for motion in composites.candidates(scene.consultation)] == [1, 2]
    assert {parent.motion.state for parent in composite.parents} == {"published"}
    kinds = db.session.scalars(select(Notice.kind)).all()
    assert kinds.count("composite-ended") == 3
    again = composites.begin(
        scene.consultation, [p.motion for p in composite.parents], "Again", by=scene.actor("chair"), at=NOON
    )
    compositing.give_up(composites.get(again.id), WHY, by=scene.actor("chair"), at=NOON)
    assert composites.get(again.id).state == "given up" and len(around(composite.parents[0].motion_id).composites) == 2


def test_publishing_makes_a_motion_and_keeps_the_parents(cast: Cast) -> None:
    scene = stage(cast)
    first, second = scene.published(), of_birch(scene)
    carried = scene.amended(first, ("10pm", "11pm"), by="third_delegate")
    lost = scene.amended(second, ("£1.50", "£1"), by="third_delegate")
    made = composites.begin(scene.consultation, [first, second], "Sunday buses", by=scene.actor("chair"), at=NOON)
    composite = explained(scene, composites.get(made.id))
    assert [fate.operations is not None for fate in carrying_over.fates(composite)] == [True, False]
    with pytest.raises(OutOfOrder, match="must be agreed first"):
        compositing.publish(composite, seal="", by=scene.actor("chair"), at=NOON)
    compositing.ask(composite, by=scene.actor("chair"), at=NOON)
    composite = signed(scene, composites.get(made.id), "Alder", "Birch")
    compositing.publish(composite, seal=composite.seal or "", by=scene.actor("chair"), at=NOON)
    composite = composites.get(made.id)
    motion = motions.get(composite.motion_id or 0)
    assert (motion.state, motion.number, motion.title, composite.state) == ("published", 3, "Sunday buses", "published")
    assert motion.version is not None and motion.version.cause == "composite"
    assert document_of(motion.version).hash == composites.document_of(composite).hash
    assert {motions.get(row.id).state for row in (first, second)} == {"composited"}
    became = db.session.scalars(select(Amendment).where(Amendment.motion_id == motion.id)).one()
    assert (became.state, became.mover_id, became.number) == ("in order", carried.mover_id, 1)
    assert "11pm" in " ".join(became.rubric)
    kept = {row.amendment_id: row for row in carrying_over.of_composite(composite.id)}
    assert (kept[carried.id].outcome, kept[carried.id].became_id) == ("carried over", became.id)
    assert kept[lost.id].outcome == "asked" and "£1.50" in " ".join(kept[lost.id].notes)
    assert [row.id for row in carrying_over.unanswered(motion.id)] == [lost.id]
    assert any("has not answered" in o for o in freezing.plan(motion, at=scene.after_amendments).obstacles)
    sections = scene.edited(motion, ("single fare of £2", "single fare of £1"))
    mover = scene.actor("third_delegate")
    done = carrying_over.answer(lost, True, sections, by=mover, at=NOON)
    assert done.outcome == "moved anew" and db.session.get_one(Amendment, done.became_id).state == "draft"
    with pytest.raises(OutOfOrder, match="moved anew"):
        carrying_over.answer(lost, False, by=mover, at=NOON)


def test_a_withdrawn_composite_gives_its_motions_back(cast: Cast) -> None:
    scene = stage(cast)
    composite = signed(scene, asked(scene), "Alder", "Birch")
    compositing.publish(composite, seal=composite.seal or "", by=scene.actor("chair"), at=NOON)
    motion = motions.get(composites.get(composite.id).motion_id or 0)
    motions.withdraw(motion, by=scene.actor("mover"), at=NOON)
    assert {motions.get(p.motion_id).state for p in composites.get(composite.id).parents} == {"published"}
