"""Sittings for tests: a conference with motions on the order paper, two chairs, two tellers and cards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from consult.domain import hall as domain
from consult.model.hall import BusinessItem, Credential, Division, Sitting
from consult.model.motions import Motion
from consult.model.store import db
from consult.service import credentials, declaring, hall, hall_questions, sittings
from consult.service.declaring import Told
from consult.service.hall_questions import Asked
from consult.service.hall_votes import Figures
from consult.service.sittings import Business, Spec
from tests.factories import Cast
from tests.motions import DAY, Stage, stage


@dataclass
class Hall:
    """A sitting and short ways to act in it; times go on by a minute with each act."""

    scene: Stage
    sitting: Sitting
    motions: list[Motion]
    at: datetime
    acts: int = field(default=0)

    def now(self) -> datetime:
        self.acts += 1
        return self.at + timedelta(minutes=self.acts)

    def by(self, name: str):  # type: ignore[no-untyped-def]
        return self.scene.actor(name)

    def go(self, act, *args, by: str = "chair", **values):  # type: ignore[no-untyped-def]
        """One act on the sitting."""
        return act(self.sitting, *args, by=self.by(by), at=self.now(), **values)

    def open(self) -> None:
        self.go(hall.open_sitting)

    @property
    def item(self) -> BusinessItem:
        found = hall_questions.before(self.sitting)
        assert found is not None
        return found

    def take(self, place: int = 0) -> BusinessItem:
        """Take an item by its place on the order of business."""
        self.go(hall.take, self.sitting.items[place])
        return self.sitting.items[place]

    def put_next(self, method: str = "hands", **values: object) -> Division:
        asked = hall_questions.next_question(db.session(), hall_questions.before(self.sitting))
        assert asked is not None
        return self.go(hall.put, asked, method, **values)

    def declare(self, division: Division, votes_for: int, votes_against: int, **values: object) -> Division:
        return self.go(declaring.declare, division, Told(Figures(votes_for, votes_against, 1)), **values)

    def vote(self, votes_for: int, votes_against: int) -> Division:
        """Put the next question and declare it."""
        return self.declare(self.put_next(), votes_for, votes_against)

    def procedure(self, key: str, votes_for: int, votes_against: int, by: str = "chair", **values: object) -> Division:
        """Put a procedural motion and declare it."""
        asked = Asked(domain.PROCEDURE, procedure=key, **values)  # type: ignore[arg-type]
        return self.declare(self.go(hall.put, asked, by=by), votes_for, votes_against, by=by)

    def replied(self) -> None:
        self.go(hall.reply, True)

    def card(self, name: str, unit: str, weight: int = 1, **values: object) -> Credential:
        """A card for somebody of the cast."""
        cast = self.scene.cast
        return self.go(credentials.admit, cast.who[name], cast.units[unit], weight=weight, by="committee_1", **values)


def assembled(cast: Cast, count: int = 1, *, amended: bool = True, quorum: int = 0, **rules: object) -> Hall:
    """A sitting that is planned, with motions on the order paper; the first has three amendments."""
    scene = stage(cast, motions_per_branch=0, **rules)
    motions = [scene.published() for _one in range(count)]
    if amended:
        scene.amended(motions[0], ("£2", "£1.50"))
        scene.amended(motions[0], ("£2", "£1"), by="third_delegate")
        scene.amended(motions[0], ("10pm", "11pm"))
    return seated(scene, [scene.frozen(motion) for motion in motions], quorum)


def seated(scene: Stage, motions: list[Motion], quorum: int = 0) -> Hall:
    """A sitting that is planned, with these motions of the order paper as its business."""
    cast = scene.cast
    at = scene.at + 15 * DAY
    spec = Spec("Saturday morning", "The Corn Hall", at, at + timedelta(hours=2), quorum)
    sitting = sittings.plan(scene.consultation, spec, by=scene.actor("committee_1"), at=at - DAY)
    made = Hall(scene, sitting, motions, at)
    made.go(sittings.set_business, [Business(20, motion_id=motion.id) for motion in motions], by="committee_1")
    for name, office in (("chair", "chair"), ("committee_2", "chair"), ("panel", "teller"), ("scrutineer", "teller")):
        made.go(sittings.appoint, cast.who[name], office, by="committee_1")
    return made
