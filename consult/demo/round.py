"""The demo's policy round: motions drafted, seconded, submitted, ruled on, amended, debated and frozen, through the services."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from consult.demo import content as reading
from consult.demo.people import People
from consult.demo.shapes import Clause, Content, Motion, Ruling
from consult.domain.roles import CONSOLE
from consult.domain.rulebook import CONFERENCE, Rulebook, StandingOrder
from consult.model.amendments import Amendment as AmendmentRow
from consult.model.consultations import Consultation
from consult.model.debate import Comment
from consult.model.motions import Motion as MotionRow
from consult.model.store import db
from consult.model.units import Unit
from consult.service import (
    amendments,
    consultations,
    debate,
    freezing,
    moderation,
    motions,
    recommendations,
    rulebooks,
    rulings,
    seconding,
    versions,
)
from consult.text import clauses as text
from consult.text import forms

#: The stages of the content's timetable by the phase that they are here.
_PHASES = {"paper": "consulting", "amendments": "amendments", "debate": "debating"}


def rulebook(content: Content) -> Rulebook:
    """The movement's own rulebook: its standing orders and limits, and the ballots of a policy conference."""
    values = {**CONFERENCE.__dict__, "name": f"Standing orders of {content.short}", "motion_words": 800}
    values |= {"amendment_words": 150, "motions_per_branch": 1, "amendments_per_branch": 0}
    values |= {"appeal_days": 7, "bar_months": 12}  # as its standing orders 6.1 and 9.4 say
    values["standing_orders"] = tuple(StandingOrder(rule.key, rule.text) for rule in content.rules)
    return Rulebook(**values)


def set_up(content: Content, people: People, today: datetime) -> Consultation:
    """This year's round with its paper and timetable."""
    nation = db.session.get_one(Unit, people.unit_ids["nation"])
    stages = {stage.key: stage for stage in content.consultation.timetable}
    days = {kind: (stages[key].opens, stages[key].closes) for key, kind in _PHASES.items()}
    days["drafting"] = days["consulting"]
    days["voting"] = (stages["first-ballot"].opens, stages["fourth-ballot"].closes)
    days["certifying"] = (stages["first-ballot"].closes, stages["results"].closes)
    phases = [
        consultations.PhaseSpec(kind, today + timedelta(days=opens), today + timedelta(days=closes))
        for kind, (opens, closes) in days.items()
    ]
    paper = "\n\n".join(
        (f"# {paragraph.heading}\n\n" if paragraph.heading else "") + " ".join(paragraph.text.split())
        for paragraph in content.consultation.paragraphs
    )
    spec = consultations.Spec(content.consultation.title, " ".join(content.consultation.summary.split()), paper)
    at = today + timedelta(days=stages["paper"].opens - 3)
    rulebooks.adopt(nation, rulebook(content), "Adopted by the annual general meeting.", by=CONSOLE, at=at)
    return consultations.create(nation, spec, rulebook(content), phases, by=CONSOLE, at=at)


def sections(title: str, clauses: tuple[Clause, ...], rationale: str) -> dict[str, str]:
    """A motion as its form's sections."""
    made = [text.Clause("heading", text.Kind.HEADING, title)]
    made += [text.Clause(clause.id, text.Kind(clause.kind), clause.text) for clause in clauses]
    if rationale:
        made.append(text.Clause("rationale", text.Kind.RATIONALE, " ".join(rationale.split())))
    return forms.to_form(text.Document(tuple(made)))


#: What the demonstration's committee advises, and why.
_ADVISED = (
    "The policy book asks for something like it in three places and says nowhere how it is to be paid for; this motion does. "
    "Two of the five of us would have left out the figures."
)
_ADVISED_ON = (
    ("against", "It takes away the sum that makes the rest of the clause possible, and names no other."),
    ("for", "It says the same in fewer words, and the branch that moved the motion told us that it would not mind."),
    (
        "no recommendation",
        "The two sides are about how fast, not about whether. We were evenly divided and leave it to members.",
    ),
)


class Round:
    """One motion of the content on its way, and the rows that it became."""

    def __init__(
        self, content: Content, people: People, consultation: Consultation, motion: Motion, rng: Random
    ) -> None:
        self.content, self.people, self.consultation, self.motion, self.rng = content, people, consultation, motion, rng
        self.committee = [person.key for person in content.people if person.role == "committee"]
        self.rows: dict[str, AmendmentRow] = {}
        self.comments: dict[str, Comment] = {}
        self.row: MotionRow | None = None

    @property
    def moved(self) -> MotionRow:
        """The motion's row."""
        if self.row is None:
            raise RuntimeError("the motion has not been drafted")
        return self.row

    def delegate(self, branch: str):  # type: ignore[no-untyped-def]
        """The delegate of a branch, about to act."""
        return self.people.actor(self.people.delegates[branch])

    def propose(self, at: datetime) -> MotionRow:
        """Draft, second by members of the supporting branches, and submit for the branch."""
        motion, people = self.motion, self.people
        unit = db.session.get_one(Unit, people.unit_ids[motion.branch])
        typed = sections(motion.title, motion.clauses, motion.rationale)
        mover = people.named(motion.mover)
        self.row = motions.draft(self.consultation, unit, typed, motion.topic, by=mover, at=at)
        seconding.seek_support(self.moved, by=mover, at=at + timedelta(hours=3))
        able = [m for branch in motion.supporters for m in people.by_branch[branch] if m != mover.member_id]
        for number, member in enumerate(sorted(self.rng.sample(able, 5 + self.rng.randint(0, 9)))):
            seconding.second(self.moved, by=people.actor(member), at=at + timedelta(days=1, hours=number))
        here = len(people.by_branch[motion.branch])
        present = max(9, here // 4)
        against = self.rng.randint(0, present // 5)
        day = at + timedelta(days=4)
        meeting = motions.Meeting(day.date(), present, present - against - 1, against)
        return motions.submit(self.moved, meeting, by=self.delegate(motion.branch), at=day + timedelta(hours=2))

    def rule(self, at: datetime) -> None:
        """The committee's rulings on the motion, in the order of the content; then it is published."""
        own = [ruling for ruling in self.motion.rulings if ruling.of == "motion"]
        self._settle(self.moved, own, at)
        rulings.publish(self.moved, by=self._officer(0), at=at + timedelta(days=2, minutes=30))

    def _officer(self, place: int):  # type: ignore[no-untyped-def]
        """A committee member who did not move this."""
        able = [key for key in self.committee if self.people.member_ids[key] != self.moved.mover_id]
        return self.people.named(able[place % len(able)])

    def _settle(self, subject: MotionRow | AmendmentRow, made: list[Ruling], at: datetime) -> None:
        if not made or made[0].ruling == "in order":
            made = made[:1] or [
                Ruling(
                    "",
                    "in order",
                    self.content.rules[0].key,
                    "It is within the rules and was received in time.",
                    self.committee[0],
                )
            ]
        for number, ruling in enumerate(made):
            when = at + timedelta(hours=7 * number)
            officer = self.people.named(ruling.by)
            if officer.member_id == subject.mover_id:
                officer = self._officer(number)
            kept = rulings.rule(
                subject, ruling.ruling, ruling.rule, " ".join(ruling.reason.split()), by=officer, at=when
            )
            if ruling.appeal:
                who = self.people.actor(subject.mover_id)
                rulings.appeal(subject, kept, " ".join(ruling.appeal.split()), by=who, at=when + timedelta(days=1))

    def amend(self, at: datetime) -> None:
        """Every amendment: drafted by editing the text, submitted by its branch, ruled on, and answered by the mover."""
        for number, amendment in enumerate(self.motion.amendments):
            when = at + timedelta(hours=9 * number)
            unit = db.session.get_one(Unit, self.people.unit_ids[amendment.branch])
            new = reading.amended(reading.base_of(self.motion, amendment), amendment.edits)
            delegate = self.delegate(amendment.branch)
            typed = sections(self.motion.title, new, self.motion.rationale)
            row = amendments.draft(self.moved, unit, typed, " ".join(amendment.reason.split()), by=delegate, at=when)
            amendments.submit(row, by=delegate, at=when + timedelta(hours=1))
            self.rows[amendment.key] = row
            own = [ruling for ruling in self.motion.rulings if ruling.of == amendment.key]
            self._settle(row, own, when + timedelta(days=1))
            if row.state == "in order" and amendment.mover_response:
                mover = self.people.actor(self.moved.mover_id)
                accept = amendment.mover_response == "accepted"
                words = " ".join(amendment.response_reason.split())
                amendments.respond(self.moved, row, accept, words, by=mover, at=when + timedelta(days=3))

    def argue(self, at: datetime, until: datetime) -> None:
        """The debate, in the order of the content, spread over the time until `until`."""
        own = {clause.id: place for place, clause in enumerate(self.motion.clauses)}
        version = self.moved.version
        if version is None:
            raise RuntimeError("a motion is debated once it has a text")
        document = versions.document_of(version)
        ids = [c.id for c in document.clauses if c.kind not in (text.Kind.HEADING, text.Kind.RATIONALE)]
        gap = (until - at) / (len(self.motion.comments) + 1)
        moderator = self.people.named(next(p.key for p in self.content.people if p.role == "moderator"))
        for number, said in enumerate(self.motion.comments, 1):
            when = at + gap * number
            comment = debate.write(
                self.moved,
                said.stance,
                " ".join(said.text.split()),
                amendment=self.rows.get(said.amendment),
                clause_id=ids[own[said.clause]] if said.clause and not said.amendment else "",
                quote=said.quote if said.clause and not said.amendment else "",
                answers=self.comments.get(said.reply_to),
                by=self.people.named(said.by),
                at=when,
            )
            if not isinstance(comment, Comment):
                raise RuntimeError("nothing in the demonstration is screened before this")
            self.comments[said.key] = comment
            if said.moderated:
                moderation.hide(
                    comment,
                    f"{said.moderated_rule}: {' '.join(said.moderated.split())}",
                    "person" if "person" in said.moderated.lower() else "rules",
                    by=moderator,
                    at=when + gap / 2,
                )

    def freeze(self, at: datetime) -> None:
        """Freeze the text with what was accepted, unless something stands in the way."""
        plan = freezing.plan(self.moved, at=at)
        if plan.obstacles:
            return
        falls = [fall.row.id for fall in plan.falls]
        freezing.freeze(self.moved, (), falls, by=self._officer(1), at=at)

    def recommend(self, at: datetime) -> None:
        """What the committee advises on the motion and on the amendments that are still to be voted on."""
        recommendations.recommend(self.moved, "for", _ADVISED, by=self._officer(0), at=at)
        waiting = [row for row in self.rows.values() if row.state == "on the order paper"]
        for number, row in enumerate(waiting):
            advice, reason = _ADVISED_ON[number % len(_ADVISED_ON)]
            recommendations.recommend(row, advice, reason, by=self._officer(number + 1), at=at + timedelta(hours=1))
