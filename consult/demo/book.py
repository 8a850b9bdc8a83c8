"""The demo's policy book: last year's motions that were carried, and what became of each, through the services."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from consult.demo.people import People
from consult.demo.round import Round
from consult.demo.shapes import Content
from consult.demo.votes import Booth
from consult.domain.roles import SWEEP
from consult.ledger.envelopes import Answer
from consult.model.consultations import Consultation
from consult.model.motions import Policy
from consult.service import model_motions, policies, policy_actions, policy_steps
from consult.service.versions import document_of
from consult.text.clauses import Kind

#: How many members voted in each of the two ballots, and how they lean on every amendment.
_VOTERS, _AMENDMENTS = 180, (63, 24)


class Book:
    """Last year's carried motions on their way into the book, and after."""

    def __init__(self, content: Content, people: People, booth: Booth, year: Consultation, rng: Random) -> None:
        self.content, self.people, self.booth, self.year, self.rng = content, people, booth, year, rng

    def fill(self, begins: datetime, today: datetime) -> None:
        """Move, amend, debate and carry them in two ballots; then supersede, renew, lapse, act and send on."""
        made = [Round(self.content, self.people, self.year, motion, self.rng) for motion in self.content.policies]
        for number, one in enumerate(made):
            one.propose(begins + timedelta(days=2 + number))
        for number, one in enumerate(made):
            one.rule(begins + timedelta(days=16, hours=number))
        for number, one in enumerate(made):
            one.amend(begins + timedelta(days=21, hours=number))
            one.freeze(begins + timedelta(days=33, hours=number))
        self._carry(made[:-1], "Last year’s policies", begins + timedelta(days=46), "3 8 14 27 36 44")
        self._carry(made[-1:], "Last year’s second ballot", begins + timedelta(days=62), "5 10 22 29 31 47")
        self._after({one.motion.slug: self._policy(one) for one in made}, today)

    def _carry(self, rounds: list[Round], title: str, opens: datetime, lot: str) -> None:
        ballot = self.booth.ballot(self.year, title, opens, opens + timedelta(days=6))
        leans: list[tuple[int, int]] = []
        for one in rounds:
            self.booth.add_motion(ballot, one.moved)
            leans += [_AMENDMENTS] * (len(ballot.questions) - len(leans) - 1) + [one.motion.lean]
        roll = self.booth.roll(f"Members: {title.lower()}", opens - timedelta(days=6))
        self.booth.open(ballot, roll)
        papers: list[list[Answer]] = [
            [self.booth.for_against(f"q{place}", lean) for place, lean in enumerate(leans, 1)] for _ in range(_VOTERS)
        ]
        self.booth.cast(ballot, roll, papers, ballot.closes_at)
        self.booth.finish(ballot, lot)

    def _policy(self, one: Round) -> Policy:
        found = policies.of_motion(one.moved.id)
        if found is None:
            raise RuntimeError(f"{one.motion.title} was not carried")
        return found

    def _after(self, book: dict[str, Policy], today: datetime) -> None:
        """What became of each: one superseded, one lapsed, the others renewed; actions and a model motion."""
        chair = self.people.named(next(person.key for person in self.content.people if person.role == "committee"))
        policy_steps.supersede(
            book["water-prices"], book["water-by-need"],
            "Water priced by need says in its second resolution that it stands in the place of the freeze.",
            by=chair, at=today - timedelta(days=300),
        )  # fmt: skip
        for slug in ("one-fare", "repairs-within-a-week", "water-by-need"):
            policy_steps.renew(
                book[slug], today + timedelta(days=800),
                "Renewed for the life of the present council, which reported on it to the members.",
                by=chair, at=today - timedelta(days=90),
            )  # fmt: skip
        policy_steps.lapse(book["open-books"], by=SWEEP, at=today - timedelta(days=2))
        self._acted_on(book["repairs-within-a-week"], today)
        self._sent_on(book["repairs-within-a-week"], today)

    def _acted_on(self, policy: Policy, today: datetime) -> None:
        chair = self.people.named(next(person.key for person in self.content.people if person.role == "committee"))
        first, second, third = policy_actions.ordering(document_of(policy.version))
        at = today - timedelta(days=320)
        for clause, holder, days in (
            (first, "National council", 120), (second, "National council", 400), (third, "Tenants’ Network", 60),
        ):  # fmt: skip
            action = policy_actions.give(
                policy, clause, holder, (at + timedelta(days=days)).date(), by=chair, at=at
            )  # fmt: skip
            if holder == "Tenants’ Network":
                told = "The guide is printed and 3,100 copies have been given out; 240 people have used its letter."
                policy_actions.report(action, "done", told, by=chair, at=today - timedelta(days=150))
            elif clause == first:
                told = "All four counties have been written to. Two have answered and one has set a week as its aim."
                policy_actions.report(action, "begun", told, by=chair, at=today - timedelta(days=200))

    def _sent_on(self, policy: Policy, today: datetime) -> None:
        delegate = self.people.actor(self.people.delegates[self.content.policies[1].branch])
        wanted = [clause.id for clause in document_of(policy.version).clauses if clause.kind is not Kind.RATIONALE]
        at = today - timedelta(days=250)
        model = model_motions.make(policy, wanted[:-1], "The Harbour Party of Vennerland", 150, by=delegate, at=at)
        sent = [
            model_motions.send(
                model,
                body,
                (at + timedelta(days=3)).date(),
                "Quillhaven branch",
                by=delegate,
                at=at + timedelta(days=4),
            )
            for body in ("Quillhaven party branch", "Hallowreach regional conference", "Ossen regional conference")
        ]
        for record, step, days, told in (
            (sent[0], "carry", 30, "Carried by 31 to 4 and sent on to the region."),
            (sent[1], "take up", 60, "It is on the agenda of the spring conference."),
            (sent[1], "carry as amended", 110, "Carried with ten days in place of a week."),
            (sent[2], "refuse", 40, "Ruled out there: it came after the closing date."),
        ):
            when = at + timedelta(days=days)
            model_motions.hear(record, step, when.date(), told, by=delegate, at=when)
