"""The demo's consultation: a paper with comments, questions, submissions, a round of statements, and events about it."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from consult.demo.people import People
from consult.domain.rulebook import Rulebook
from consult.model.consultations import Consultation
from consult.model.statements import StatementVote
from consult.model.store import db, writing
from consult.model.units import Unit
from consult.service import (
    consultations,
    gathering_records,
    gatherings,
    paragraphs,
    participation,
    statements,
    submissions,
)
from consult.service.participation import Asked, Terms

CONTENT = Path(__file__).with_name("content")
#: How many people answer the statements.
_ANSWER = 140
#: And how many supporters beside those among them.
_SUPPORTERS = 24


class Asking:
    """One consultation on its way, from its terms to what people say."""

    def __init__(
        self, content: str, people: People, officers: list[str], moderator: str, today: datetime, rng: Random
    ) -> None:
        self.people, self.officers, self.moderator, self.today, self.rng = people, officers, moderator, today, rng
        self.content: dict[str, Any] = tomllib.loads((CONTENT / f"{content}.toml").read_text(encoding="utf-8"))
        self.begins = today + timedelta(days=self.content["opens"])

    def hold(self, rules: Rulebook) -> Consultation:
        """Everything: set up, discussed, answered, grouped, with its events."""
        made = self._set_up(rules)
        comments = len(self.content["comment"])
        crowd = self._crowd(comments + len(self.content["submission"]))
        self._comments(made, crowd[:comments])
        self._submissions(made, crowd[comments:])
        self._statements(made)
        branch = next(iter(self.people.delegates))
        self._events(made, branch)
        if "held" in self.content:
            self._held(branch)
        return made

    def _set_up(self, rules: Rulebook) -> Consultation:
        officer, told = self.people.named(self.officers[0]), self.content
        spec = consultations.Spec(told["title"], " ".join(told["summary"].split()), told["paper"].strip())
        closes = self.today + timedelta(days=told["closes"])
        phases = [
            consultations.PhaseSpec(participation.PHASE, self.begins, closes),
            *(
                consultations.PhaseSpec(one["kind"], closes, closes + timedelta(days=one["days"]))
                for one in told["phases"]
            ),
        ]
        at, nation = self.begins - timedelta(days=3), db.session.get_one(Unit, self.people.unit_ids["nation"])
        made = consultations.create(nation, spec, rules, phases, by=officer, at=at)
        participation.declare(made, Terms(), by=officer, at=at)
        for one in told["question"]:
            asked = Asked(
                one["kind"], one["wording"], one.get("help", ""), one.get("options", ()), one.get("needed", False)
            )
            participation.ask(made, asked, by=officer, at=at)
        return made

    def _crowd(self, size: int) -> list[int]:
        """Members who take part, from every branch, in an order of no meaning; every so many of them a supporter."""
        able = [m for some in self.people.by_branch.values() for m in some if m not in self.people.supporters]
        found, every = self.rng.sample(able, size), self.content["every"]
        found[every - 1 :: every] = self.rng.sample(sorted(self.people.supporters), len(found[every - 1 :: every]))
        return found

    def _comments(self, made: Consultation, crowd: list[int]) -> None:
        for number, (one, member) in enumerate(zip(self.content["comment"], crowd, strict=False)):
            at = self.begins + timedelta(days=1, hours=5 * number)
            by = self.people.actor(member)
            paragraphs.write(made, one["paragraph"], one["stance"], one["text"], by=by, at=at)

    def _submissions(self, made: Consultation, crowd: list[int]) -> None:
        asked = participation.questions_of(made.id)
        for number, (one, member) in enumerate(zip(self.content["submission"], crowd, strict=False)):
            at = self.begins + timedelta(days=2, hours=9 * number)
            if one.get("branch"):
                key = next(iter(self.people.delegates))
                by = self.people.actor(self.people.delegates[key])
                unit = db.session.get_one(Unit, self.people.unit_ids[key])
                row = submissions.begin(made, "unit", unit, by=by, at=at)
            else:
                by = self.people.actor(member)
                row = submissions.begin(made, "person", by=by, at=at)
            given = (" ".join(one["text"].split()), one["first"], one["several"])
            answers = {str(question.id): answer for question, answer in zip(asked, given, strict=True)}
            submissions.save(row, {"answers": answers, "more": ""}, named=number % 3 == 0, revision=None, by=by, at=at)
            submissions.send(row, by=by, at=at)

    def _statements(self, made: Consultation) -> None:
        proposer, moderator = self.people.named(self.officers[0]), self.people.named(self.moderator)
        others = [self.people.named(key) for key in self.officers[1:]] or [proposer]
        rows = []
        for number, one in enumerate(self.content["statement"]):
            by = proposer if number < statements.EACH else others[number % len(others)]
            row = statements.propose(made, one["text"], by=by, at=self.begins + timedelta(hours=number))
            at = self.begins + timedelta(hours=number + 1)
            rows.append((statements.screen(row, True, by=moderator, at=at), one["agree"]))
        everybody = sorted(m for some in self.people.by_branch.values() for m in some)
        with writing() as session:  # as they would be answered one by one
            crowd = self.rng.sample(everybody, min(_ANSWER, len(everybody)))
            supporters = sorted(self.people.supporters - set(crowd))
            crowd += self.rng.sample(supporters, min(_SUPPORTERS, len(supporters)))
            for place, member in enumerate(crowd):
                status = "supporter" if member in self.people.supporters else "member"
                for row, agree in rows:
                    if self.rng.random() < 0.9:
                        tenths, roll = agree[(0, 1, 1, 2, 2, 0, 1)[place % 7]], self.rng.random() * 10
                        choice = 1 if roll < tenths else 0 if roll < tenths + (10 - tenths) * 0.2 else -1
                        session.add(StatementVote(statement_id=row.id, member_id=member, status=status, choice=choice))
        statements.compute(made, by=proposer, at=self.today)

    def _events(self, made: Consultation, branch: str) -> None:
        delegate = self.people.actor(self.people.delegates[branch])
        unit = db.session.get_one(Unit, self.people.unit_ids[branch])
        for one in self.content.get("event", ()):
            starts = (self.today + timedelta(days=one["day"])).replace(hour=one["hour"])
            spec = gatherings.Spec(
                one["title"], starts, starts + timedelta(hours=one["hours"]), one["kind"], one["about"], one["place"],
                one["access"], open_to="its members" if one["kind"] == "meeting" else "members and supporters",
                capacity=one.get("capacity"), quorum=one.get("quorum"),
            )  # fmt: skip
            row = gatherings.plan(unit, spec, made, by=delegate, at=self.begins)
            for member in self.people.by_branch[branch][:6]:
                if member not in self.people.supporters:
                    gatherings.answer(row, True, by=self.people.actor(member), at=self.begins + timedelta(days=1))

    def _held(self, branch: str) -> None:
        delegate, told = self.people.actor(self.people.delegates[branch]), self.content["held"]
        unit = db.session.get_one(Unit, self.people.unit_ids[branch])
        starts = (self.today + timedelta(days=told["day"])).replace(hour=19)
        spec = gatherings.Spec(
            told["title"], starts, starts + timedelta(hours=2), place=told["place"], quorum=told["quorum"]
        )
        row = gatherings.plan(unit, spec, by=delegate, at=self.begins)
        present = [m for m in self.people.by_branch[branch] if m not in self.people.supporters][:11]
        at = starts + timedelta(hours=1)
        gathering_records.attend(row, dict.fromkeys(present, "in the room"), by=delegate, at=at)
        against = min(2, len(present) - 1)
        votes = (len(present) - against, against, 0)
        gathering_records.record_vote(row, told["question"], *votes, "simple", by=delegate, at=at)
        gathering_records.publish_minutes(row, told["minutes"], by=delegate, at=starts + timedelta(hours=14))
