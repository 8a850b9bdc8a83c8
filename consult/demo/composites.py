"""The demo's composites: like motions of several branches, one signed by all and published, one that waits for a signature."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from typing import Any

from consult.demo.content import CONTENT
from consult.demo.people import People
from consult.demo.shapes import Content
from consult.domain.roles import Actor
from consult.model.composites import Composite
from consult.model.consultations import Consultation
from consult.model.motions import Motion
from consult.model.store import db
from consult.model.units import Unit
from consult.service import composites, compositing, consequences, motions, rulings, seconding

_SECTIONS = ("notes", "believes", "resolves")


class Compositing:
    """The motions that are composited, and what is made of them."""

    def __init__(self, content: Content, people: People, consultation: Consultation) -> None:
        self.content, self.people, self.consultation = content, people, consultation
        self.data: dict[str, Any] = tomllib.loads((CONTENT / "composites.toml").read_text(encoding="utf-8"))
        self.rows: dict[str, Motion] = {}
        self.committee = [person.key for person in content.people if person.role == "committee"]

    def _officer(self) -> Actor:
        return self.people.named(self.committee[0])

    def propose(self, at: datetime) -> None:
        """Draft, second and submit each motion for its branch."""
        for number, motion in enumerate(self.data["motions"]):
            when = at + timedelta(hours=3 * number)
            branch, people = motion["branch"], self.people
            unit = db.session.get_one(Unit, people.unit_ids[branch])
            delegate = people.actor(people.delegates[branch])
            typed = {name: motion[name] for name in _SECTIONS} | {"heading": motion["title"], "rationale": ""}
            row = motions.draft(self.consultation, unit, typed, motion["topic"], by=delegate, at=when)
            seconding.seek_support(row, by=delegate, at=when)
            others = [member for member in people.by_branch[branch] if member != delegate.member_id]
            able = [member for member in others if member not in people.supporters]
            for member in able[:4]:
                seconding.second(row, by=people.actor(member), at=when + timedelta(hours=1))
            day = when + timedelta(days=1)
            meeting = motions.Meeting(day.date(), 24, 21, 2)
            self.rows[motion["key"]] = motions.submit(row, meeting, by=delegate, at=day + timedelta(hours=2))

    def rule(self, at: datetime) -> None:
        """Each is in order, and published."""
        for number, row in enumerate(self.rows.values()):
            reason = "It has one subject, says what is to be done, and was received in time."
            when = at + timedelta(hours=number)
            rulings.rule(row, "in order", self.content.rules[0].key, reason, by=self._officer(), at=when)
            rulings.publish(row, by=self._officer(), at=when + timedelta(minutes=30))

    def composite(self, at: datetime) -> None:
        """Make each composite, explain what is left out, ask the branches, and publish the one that all signed."""
        for number, made in enumerate(self.data["composites"]):
            when = at + timedelta(days=number)
            chosen = [self.rows[key] for key in made["of"]]
            begun = composites.begin(self.consultation, chosen, made["title"], by=self._officer(), at=when)
            row = composites.get(begun.id)
            reasons = {f"{e.source.parent}:{e.source.clause}": made["reason"] for e in composites.unexplained(row)}
            composites.tag(row, {}, reasons, revision=row.revision, by=self._officer(), at=when)
            compositing.ask(composites.get(row.id), by=self._officer(), at=when + timedelta(hours=2))
            self._sign(composites.get(row.id), made, when + timedelta(days=2))

    def _sign(self, row: Composite, made: dict[str, Any], at: datetime) -> None:
        asked = [motion for motion in self.data["motions"] if motion["key"] in made["of"]]
        for motion in asked if made["published"] else asked[:1]:
            branch = motion["branch"]
            unit = db.session.get_one(Unit, self.people.unit_ids[branch])
            delegate = self.people.actor(self.people.delegates[branch])
            compositing.sign(unit, row, row.seal or "", by=delegate, at=at)
            row = composites.get(row.id)
        if not made["published"]:
            return
        done = compositing.publish(row, seal=row.seal or "", by=self._officer(), at=at + timedelta(days=1))
        falls = self.rows[made["falls"]]
        consequences.confirm(
            self.consultation, "falls if carried", f"motion:{done.motion_id}", consequences.key_of(falls),
            made["because"], by=self._officer(), at=at + timedelta(days=2),
        )  # fmt: skip
