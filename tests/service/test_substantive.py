"""The substantive motion: carried, lost and fallen amendments, the text they make, and the policy book."""

from __future__ import annotations

from typing import cast as typed

import pytest
from sqlalchemy import select

from consult.counting.lots import combine as lots_combine
from consult.counting.lots import commitment, seed_of
from consult.counting.result import Count
from consult.domain.errors import OutOfOrder
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.ledger import canonical
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot, Question
from consult.model.motions import Motion, Policy
from consult.model.store import db, writing
from consult.service import enacting, motions, policies, substantive
from consult.service.act import Act, act
from consult.service.versions import document_of
from consult.text.published import replayed_hash
from tests.factories import NOON, Cast
from tests.motions import DAY, Stage, stage


class Said:
    """A count of which only the outcome is asked."""

    def __init__(self, outcome: str) -> None:
        self.outcome = outcome


def put(motion: Motion) -> Ballot:
    """The motion on a ballot with its amendments in their order, as put to the vote."""
    with writing() as session:
        motion = session.get_one(Motion, motion.id)
        motion.state = "put to the vote"
        ballot = Ballot(
            consultation_id=motion.consultation_id, title="The votes", opens_at=NOON + DAY, closes_at=NOON + 2 * DAY,
            created_at=NOON, created_by_id=motion.mover_id,
        )  # fmt: skip
        session.add(ballot)
        paper = select(Amendment).where(Amendment.motion_id == motion.id, Amendment.state == "on the order paper")
        rows = [*session.scalars(paper.order_by(Amendment.order)), None]
        for place, row in enumerate(rows, start=1):
            ballot.questions.append(
                Question(
                    position=place,
                    title="?",
                    method="majority",
                    settings={},
                    reserves=[],
                    motion_id=motion.id,
                    amendment_id=row.id if row else None,
                    version_id=motion.version_id,
                )
            )
        session.flush()
        return ballot


def outcomes(ballot: Ballot, *said: str) -> dict[int, Count]:
    return {q.id: typed(Count, Said(outcome)) for q, outcome in zip(ballot.questions, said, strict=True)}


@act(Permission.RESULT_PUBLISH, None)
def publish(ballot: Ballot, decisions: dict[int, dict], *, by: Actor, at: object, act: Act) -> Ballot:
    """What the service of publication does with what was decided."""
    for motion_id, decision in decisions.items():
        enacting.enact(act, ballot, motion_id, decision)
    return ballot


def frozen_with_rivals(scene: Stage) -> Motion:
    motion = scene.published()
    scene.amended(motion, ("£2", "£1.50"))
    scene.amended(motion, ("£2", "£1"), by="third_delegate")
    scene.amended(motion, ("10pm", "11pm"))
    return scene.frozen(motion)


def test_the_first_carried_alternative_stands_and_the_second_falls_with_its_reason(cast: Cast) -> None:
    motion = frozen_with_rivals(stage(cast))
    late, one, two = sorted(motion.amendments, key=lambda row: row.order or 0)
    assert [late.number, one.number, two.number] == [3, 1, 2]
    ballot = put(motion)
    found = substantive.decide(db.session(), ballot, outcomes(ballot, "carried", "carried", "carried", "carried"))[0]
    assert found.outcome == "carried as amended"
    assert [fate.outcome for fate in found.amendments.values()] == ["carried", "carried", "falls"]
    assert "Amendment 1 changed the words ‘£2’" in found.amendments[two.id].reason
    assert set(found.texts) == {found.base, found.result}
    assert all(canonical.sha256(text) == digest for digest, text in found.texts.items())
    assert replayed_hash(found.texts[found.base], found.to_bundle()["decisions"]) == found.result
    assert set(found.to_bundle()) == {"base", "decisions", "result"}


@pytest.mark.parametrize(
    ("said", "outcome", "fates"),
    [
        (("lost", "lost", "lost", "carried"), "carried", ["lost", "lost", "lost"]),
        (("carried", "lost", "inquorate", "lost"), "lost", ["carried", "lost", "lost"]),
        (("lost", "inquorate", "carried", "inquorate"), "lost", ["lost", "lost", "carried"]),
    ],
)
def test_what_a_motion_comes_to(cast: Cast, said: tuple[str, ...], outcome: str, fates: list[str]) -> None:
    ballot = put(frozen_with_rivals(stage(cast)))
    found = substantive.decide(db.session(), ballot, outcomes(ballot, *said))[0]
    assert (found.outcome, [fate.outcome for fate in found.amendments.values()]) == (outcome, fates)
    assert (found.result == found.base) == ("carried" not in said[:3])


def test_carrying_out_makes_the_version_and_the_policy_with_every_word_s_author(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    accepted = scene.answered(scene.amended(motion, ("no bus.", "no bus at all.")), True)
    scene.amended(motion, ("£2", "£1.50"))
    scene.frozen(motion)
    ballot = put(motion)
    replays = substantive.decide(db.session(), ballot, outcomes(ballot, "carried", "carried"))
    decisions = {r.motion_id: canonical.loads(canonical.dumps(r.to_json()), "decisions") for r in replays}
    publish(ballot, decisions, by=cast.actor("committee_1"), at=NOON + 3 * DAY)
    motion = motions.get(motion.id)
    assert motion.state == "carried as amended"
    version = motion.version
    assert version is not None and (version.cause, version.hash) == ("carried amendments", replays[0].result)
    policy = policies.of_motion(motion.id)
    assert policy is not None and policy.version_id == version.id
    assert policy.lapses_at is not None and policy.lapses_at.year == 2031
    document = document_of(version)
    writers = {author for runs in policy.provenance.values() for author, _ in runs}
    voted = next(row for row in motion.amendments if row.id != accepted.id)
    assert writers == {"", str(accepted.id), str(voted.id)}
    fare = next(clause for clause in document.clauses if "£1.50" in clause.text)
    assert [author for author, _ in policy.provenance[fare.id]] == ["", str(voted.id), ""]
    assert set(policies.writers(policy)) == {accepted.id, voted.id}
    assert voted.state == "carried" and accepted.state == "incorporated"


def test_a_lost_motion_makes_no_policy(cast: Cast) -> None:
    motion = frozen_with_rivals(stage(cast))
    ballot = put(motion)
    replays = substantive.decide(db.session(), ballot, outcomes(ballot, "carried", "lost", "lost", "lost"))
    publish(ballot, {r.motion_id: r.to_json() for r in replays}, by=cast.actor("committee_1"), at=NOON + 3 * DAY)
    assert motions.get(motion.id).state == "lost"
    assert db.session.scalars(select(Policy)).all() == []
    with pytest.raises(OutOfOrder):
        publish(ballot, {r.motion_id: r.to_json() for r in replays}, by=cast.actor("committee_1"), at=NOON + 3 * DAY)


def test_the_seed_is_the_same_by_either_form() -> None:
    reveals = {"7": {"value": "heather", "salt": "a1"}}
    commitments = {"7": commitment("heather", "a1")}
    expected, _silent = lots_combine({"7": ("heather", "a1")}, commitments, "draw")
    assert seed_of(reveals, commitments, "draw") == expected


def test_twenty_nine_february() -> None:
    assert enacting.years_after(NOON.replace(year=2028, month=2, day=29), 5).day == 28
