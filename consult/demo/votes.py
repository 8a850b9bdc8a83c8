"""The demo's ballots: seeded votes, cast one by one through the same service as the page's, counted, certified, published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consult.demo import faces
from consult.demo import papers as on_paper
from consult.demo.people import People
from consult.demo.post import Post
from consult.demo.shapes import Content, Election
from consult.domain.eligibility import RollRule
from consult.domain.roles import SWEEP, Actor, Status
from consult.ledger import ceremony as documents
from consult.ledger import envelopes, signatures
from consult.ledger.envelopes import Answer
from consult.model.ballots import Ballot
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import Motion as MotionRow
from consult.model.rolls import Roll
from consult.model.store import db
from consult.model.units import Unit
from consult.service import (
    ballot_questions,
    ballots,
    boards,
    candidates,
    casting,
    ceremonies,
    certificate,
    certification,
    challenges,
    complaints,
    deliveries,
    opening,
    proposed_falls,
    publication,
    reconciliation,
    recounts,
    reminding,
    rolls,
    scheduling,
    tally,
    unsealing,
)

#: Hours of a window in which nobody complains: the fewest that the rules allow.
_QUIET = 24

_TOO_QUICK = (
    "The provisional result was there four minutes after the envelopes were opened. Nobody can count seven hundred rankings in "
    "four minutes, and I ask the panel to look into it."
)
_PAID = "I changed from supporter to member in the spring and have the receipt for the subscription from our treasurer."

_METHODS = {"stv": "scottish-stv", "irv": "irv", "plurality": "plurality"}


class Booth:
    """The returning officer's side of the demo: keys, rolls, ballots and results."""

    def __init__(self, content: Content, people: People, rng: Random, keys: Path) -> None:
        self.content, self.people, self.rng, self.folder = content, people, rng, keys
        self.committee = [person.key for person in content.people if person.role == "committee"]
        self.keys: dict[str, Ed25519PrivateKey] = {}
        self.post = Post(Random(len(content.people)))  # noqa: S311 (a demonstration)

    @property
    def officer(self) -> Actor:
        """The returning officer, about to act."""
        return self.people.named(next(p.key for p in self.content.people if p.role == "returning officer"))

    @property
    def keeper(self) -> Actor:
        """The roll officer, about to act."""
        return self.people.named(next(p.key for p in self.content.people if p.role == "roll officer"))

    def make_keys(self, at: datetime) -> None:
        """A signing key for each committee member, in a file that the server does not read, as if on their own machine."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for key in self.committee:
            made = signatures.generate_key()
            self.keys[key] = made
            path = self.folder / f"{key}.pem"
            path.write_bytes(signatures.write_key(made))
            path.chmod(0o600)
            member = db.session.get_one(Member, self.people.member_ids[key])
            certification.register_key(member, signatures.public_part(made), by=self.people.named(key), at=at)

    def roll(self, title: str, at: datetime, unit: str | None = None) -> Roll:
        """Everybody who is a member by then, of one unit if given."""
        paths = (db.session.get_one(Unit, self.people.unit_ids[unit]).path,) if unit else ()
        rule = RollRule((Status.MEMBER,), joined_by=at - timedelta(days=1), unit_paths=paths)
        salt = "".join(self.rng.choice("0123456789abcdef") for _ in range(32))
        return rolls.freeze(None, title, rule, token=lambda length: salt, by=self.officer, at=at)

    def ballot(
        self,
        consultation: Consultation,
        title: str,
        opens: datetime,
        closes: datetime,
        about: str = "",
        complaint_hours: int = _QUIET,
        level: str = "operator",
        **casting: Any,
    ) -> Ballot:
        """A ballot in preparation, made a week before it opens; `casting` are further fields of its specification."""
        spec = ballots.BallotSpec(
            complaint_hours=complaint_hours,
            title=title,
            opens_at=opens,
            closes_at=closes,
            explanation=" ".join(about.split()),
            signers_needed=3,
            level=level,
            lot_words="The six numbers of the Vennerland harbour lottery drawn on the Saturday after the close, as printed",
            **casting,
        )
        return ballots.create(consultation, spec, by=self.people.named(self.committee[0]), at=opens - timedelta(days=7))

    def add_motion(self, ballot: Ballot, motion: MotionRow, preset: str = "motion") -> None:
        """Put a frozen motion on the paper."""
        at = ballot.opens_at - timedelta(days=6)
        ballot_questions.add_motion(ballot, motion, preset, by=self.people.named(self.committee[0]), at=at)

    def add_election(self, ballot: Ballot, election: Election) -> None:
        """Put an election or a choice on the paper."""
        spec = ballot_questions.QuestionSpec(
            title=election.title,
            method=_METHODS[election.method],
            seats=election.seats,
            explanation=" ".join(election.about.split()),
            options=tuple(
                ballot_questions.OptionSpec(
                    c.name, " ".join(c.statement.split()), member_id=self.people.candidates.get(c.name)
                )
                for c in election.candidates
            ),
        )
        at = ballot.opens_at - timedelta(days=6)
        ballot_questions.add_question(ballot, spec, by=self.people.named(self.committee[0]), at=at)

    def photograph(self, ballot: Ballot) -> None:
        """A drawn portrait for each candidate of the last question, given by an officer."""
        at, officer = ballot.opens_at - timedelta(days=6), self.people.named(self.committee[0])
        for option in ballot.questions[-1].options:
            spec = candidates.StatementSpec(option.statement, faces.draw(option.name))
            candidates.state(option, spec, "The portraits came after the statements.", by=officer, at=at)

    def hold_ceremony(self, ballot: Ballot) -> None:
        """The committee's key ceremony, three of five, made and rehearsed; each holder's words go into a file of its own.

        In a demonstration the words lie beside one another; in earnest each holder keeps a sheet, and no file has them.
        """
        at = ballot.opens_at - timedelta(days=6)
        ids = [self.people.member_ids[key] for key in self.committee]
        ceremonies.plan(ballot, 3, ids, by=self.officer, at=at)
        row = ceremonies.of(ballot)
        if row is None:
            raise RuntimeError("the ceremony has not been planned")
        public, words = documents.make(documents.loads(row.plan.encode()), envelopes.generate_keys())
        ceremonies.upload(ballot, public.dumps(), by=self.officer, at=at + timedelta(hours=2))
        answer = documents.rehearse(ceremonies.trial(ballot), words)
        ceremonies.rehearse(ballot, answer.dumps(), by=self.officer, at=at + timedelta(hours=3))
        for place, words_of_one in enumerate(words, 1):
            path = self.folder / f"ballot-{ballot.id}-share-{place}.txt"
            path.write_text(words_of_one + "\n", encoding="utf-8")
            path.chmod(0o600)

    def open(self, ballot: Ballot, roll: Roll) -> None:
        """Schedule it, let it open by the clock, and have the links sent."""
        self.schedule(ballot, roll)
        self.begin(ballot)

    def schedule(self, ballot: Ballot, roll: Roll) -> None:
        """Schedule it five days before it opens."""
        scheduling.schedule(ballot, roll, by=self.officer, at=ballot.opens_at - timedelta(days=5))

    def begin(self, ballot: Ballot) -> None:
        """Let it open by the clock, and have the links sent."""
        opening.open_ballot(ballot, by=SWEEP, at=ballot.opens_at + timedelta(seconds=20))
        self.post.deliver(ballot, ballot.opens_at + timedelta(minutes=4))

    def remind(self, ballot: Ballot, at: datetime) -> None:
        """Have those reminded who have not voted."""
        reminding.remind(ballot, by=self.officer, at=at)

    def cast(self, ballot: Ballot, roll: Roll, papers: Iterable[list[Answer]], until: datetime) -> int:
        """Cast these papers for voters drawn by chance, at instants spread to `until`; then what became of other links."""
        papers = list(papers)
        voters = list(rolls.entry_ids(roll.id))
        self.rng.shuffle(voters)
        bare = on_paper.elsewhere(ballot)
        voters = [voter for voter in voters if voter not in bare]
        gap = (until - ballot.opens_at) / (len(papers) + 2)
        for number, (voter, answers) in enumerate(zip(voters, papers, strict=False), 1):
            key = "".join(self.rng.choice("0123456789abcdef") for _ in range(32))
            at = ballot.opens_at + gap * number
            deliveries.opened(ballot.id, voter)
            if ballot.level == "sealed" and number % 12:  # most have scripts, so that their browsers seal
                sealed = envelopes.seal(ballots.definition_of(ballot), answers)
                casting.cast_sealed(ballot.id, voter, sealed, retry_key=key, at=at)
            else:
                casting.cast(ballot.id, voter, answers, retry_key=key, at=at)
        self.post.settle(ballot, set(voters[: len(papers)]))
        return len(papers)

    def list_votes(self, ballot: Ballot, at: datetime) -> None:
        """Put on the list of sealed votes what is due, as the worker does."""
        boards.extend(ballot, rng=self.rng, by=SWEEP, at=at)

    def finish(self, ballot: Ballot, lot: str) -> None:
        """Close, open, count, decide the complaint if the window is long enough for one, sign by three of five, publish."""
        at = ballot.last_instant + timedelta(minutes=1)
        opening.close(ballot, by=SWEEP, at=at)
        reconciliation.reconcile(ballot, by=self.officer, at=at + timedelta(days=1))
        unsealing.open_envelopes(ballot, lot, by=self.officer, at=at + timedelta(days=1, minutes=2))
        tally.count_ballot(ballot, by=self.officer, at=at + timedelta(days=1, minutes=4))
        falls = [row.amendment_id for row in proposed_falls.of(ballot.id)]
        if falls:
            proposed_falls.decide(ballot, {}, seen=falls, by=self.officer, at=at + timedelta(days=1, minutes=30))
        at = self._window(ballot) if ballot.complaint_hours > _QUIET else self._quiet(ballot)
        manifest = certification.manifest_of(ballot)
        if any(result.needed_lot for result in certification.results_of(ballot)):
            first = self.people.named(self.committee[0])
            certification.acknowledge_lot(ballot, by=first, at=at + timedelta(days=1, hours=1))
        for number, key in enumerate(self.committee[:3]):
            made = signatures.sign(manifest.content, self.keys[key])
            when = at + timedelta(days=1, hours=3 + number)
            certification.sign(ballot, made.key, made.signature, by=self.people.named(key), at=when)
        publication.publish(ballot, by=self.people.named(self.committee[1]), at=at + timedelta(days=1, hours=7))

    def _quiet(self, ballot: Ballot) -> datetime:
        """A window in which nobody complains, and the certificate drawn up when it is over."""
        until = ballot.complaints_until
        if until is None:
            raise ValueError("a ballot has no window for complaints before it is counted")
        certificate.draw_up(ballot, by=self.officer, at=until + timedelta(minutes=10))
        return until - timedelta(days=1)

    def _window(self, ballot: Ballot) -> datetime:
        """A complaint that the panel dismisses, a recount that a scrutineer asks for, and the certificate drawn up."""
        counted, until = ballot.counted_at, ballot.complaints_until
        if counted is None or until is None:
            raise ValueError("a ballot has no window for complaints before it is counted")
        self.complain(ballot, counted + timedelta(hours=3), about="count", words=_TOO_QUICK)
        words = (
            "The panel looked at the record: two counts written apart came to the same result, and a recount that a scrutineer "
            "asked for came to it again. A computer counts in seconds what took an evening by hand."
        )
        found = complaints.get(ballot.id, 1)
        recounts.ask(
            ballot,
            "It is the first election by this system.",
            by=self._holder("scrutineer"),
            at=counted + timedelta(hours=4),
        )
        recounts.make(ballot, by=self.officer, at=counted + timedelta(hours=20))
        panel = self.people.named("panel")
        complaints.decide(found, "dismissed", words, 0, by=panel, at=counted + timedelta(hours=30))
        certificate.draw_up(ballot, by=self.officer, at=until + timedelta(hours=1))
        return until - timedelta(days=1)

    def complain(self, ballot: Ballot, at: datetime, about: str, words: str) -> None:
        """A complaint by a voter of the roll."""
        voter = self.people.actor(next(iter(rolls.entry_ids(ballot.roll_id or 0))))
        complaints.make(ballot, about, words, 1, by=voter, at=at)

    def challenge(self, ballot: Ballot, answers: list[Answer], at: datetime) -> None:
        """A challenged ballot by a supporter who believes that the subscription was paid."""
        key = "".join(self.rng.choice("0123456789abcdef") for _ in range(32))
        person = min(self.people.supporters)
        challenges.cast(ballot.id, person, answers, _PAID, retry_key=key, at=at)

    def _holder(self, role: str) -> Actor:
        return self.people.named(next(p.key for p in self.content.people if p.role == role))

    # -- papers ------------------------------------------------------------------------------------------------------

    def for_against(self, key: str, lean: tuple[int, int]) -> Answer:
        """A vote on a motion that leans so: percentages for and against, the rest abstain."""
        drawn = self.rng.randint(1, 100)
        place = 0 if drawn <= lean[0] else 1 if drawn <= lean[0] + lean[1] else 2
        return Answer(key, (place,))

    def ranking(self, key: str, election: Election) -> Answer:
        """A ranking that favours the popular; some rank few."""
        left = list(range(len(election.candidates)))
        weights = [candidate.weight for candidate in election.candidates]
        most = self.rng.choice((1, 2, 3, 3, 4, 4, 5, len(left), len(left)))
        order: list[int] = []
        while left and len(order) < most:
            (place,) = self.rng.choices(left, [weights[i] for i in left])
            left.remove(place)
            order.append(place)
        return Answer(key, tuple(order))


def exact_papers(key: str, election: Election) -> list[list[Answer]]:
    """Exactly the papers that the content gives."""
    places = {candidate.key: place for place, candidate in enumerate(election.candidates)}
    return [
        [Answer(key, tuple(places[each] for each in paper.ranking))]
        for paper in election.papers
        for _ in range(paper.count)
    ]
