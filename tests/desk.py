"""A ballot with its committee's keys, taken step by step through the services: for tests of several storeys."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from io import BytesIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consult.domain.eligibility import RollRule
from consult.ledger import canonical, envelopes, signatures
from consult.ledger import ceremony as documents
from consult.ledger import opening as opening_files
from consult.ledger.envelopes import Answer
from consult.model.consultations import Consultation
from consult.model.motions import Motion
from consult.service import (
    ballot_questions,
    ballots,
    boxes,
    casting,
    ceremonies,
    certification,
    opening,
    publication,
    reconciliation,
    rolls,
    scheduling,
    tally,
    unsealing,
)
from tests.factories import NOON, Cast, make_consultation

DAY = timedelta(days=1)
OPENS, CLOSES = NOON + DAY, NOON + 4 * DAY
DURING, AFTER = NOON + 2 * DAY, NOON + 4 * DAY + timedelta(minutes=1)
THREE = ("Ann Ash", "Bo Birch", "Cy Cole")


def retry() -> str:
    """The key of a form, as a fresh paper has one."""
    return secrets.token_hex(16)


class Desk:
    """A ballot with its committee's keys, prepared at `at`, open from one day after it to four days after it."""

    def __init__(
        self,
        cast: Cast,
        *,
        keys: int = 5,
        consultation: Consultation | None = None,
        at: datetime = NOON,
        **spec: object,
    ) -> None:
        self.cast = cast
        self.at, self.during, self.after = at, at + (DURING - NOON), at + (AFTER - NOON)
        self.keys: dict[str, Ed25519PrivateKey] = {}
        for n in range(1, keys + 1):
            name = f"committee_{n}"
            key = signatures.generate_key()
            certification.register_key(cast.who[name], signatures.public_part(key), by=cast.actor(name), at=at)
            self.keys[name] = key
        values = {
            "title": "Policy committee",
            "opens_at": at + DAY,
            "closes_at": at + 4 * DAY,
            "lot_words": "The draw of 6 March",
            "complaint_hours": 0,
            "level": "operator",
        }
        self.officer = cast.actor("returning_officer")
        self.consultation = consultation or make_consultation(cast)
        self.ballot = ballots.create(
            self.consultation, ballots.BallotSpec(**{**values, **spec}), by=cast.actor("committee_1"), at=at
        )

    def ask(self, method: str = "irv", names: tuple[str, ...] = THREE, title: str = "Who?", **more: object) -> None:
        """Put a choice on the paper; a name may be an option with its statement and group."""
        options = tuple(ballot_questions.OptionSpec(name) if isinstance(name, str) else name for name in names)
        spec = ballot_questions.QuestionSpec(title, method, options, **more)
        ballot_questions.add_question(self.ballot, spec, by=self.cast.actor("committee_1"), at=self.at)

    def put(self, motion: Motion, preset: str = "motion") -> None:
        """Put a frozen motion with its amendments on the paper."""
        ballot_questions.add_motion(self.ballot, motion, preset, by=self.cast.actor("committee_1"), at=self.at)

    def schedule(self) -> None:
        """Freeze a roll of all members and schedule."""
        rule = RollRule(joined_by=self.at)
        self.roll = rolls.freeze(None, "Members", rule, token=secrets.token_hex, by=self.officer, at=self.at)
        scheduling.schedule(self.ballot, self.roll, by=self.officer, at=self.at)

    def hold_ceremony(self, k: int = 2, holders: tuple[str, ...] = ("panel", "chair", "scrutineer")) -> None:
        """Choose holders, make the key as `consult ceremony` does off line, upload it, and rehearse."""
        ids = [self.cast.who[name].id for name in holders]
        ceremonies.plan(self.ballot, k, ids, by=self.officer, at=self.at)
        row = ceremonies.of(self.ballot)
        assert row is not None
        public, self.word_lists = documents.make(documents.loads(row.plan.encode()), envelopes.generate_keys())
        ceremonies.upload(self.ballot, public.dumps(), by=self.officer, at=self.at)
        self.rehearse()

    def rehearse(self) -> None:
        """Prove that the holders' words work."""
        made = documents.rehearse(documents.read_trial(ceremonies.trial(self.ballot).dumps()), self.word_lists)
        ceremonies.rehearse(self.ballot, made.dumps(), by=self.officer, at=self.at)

    def freeze_box(self) -> None:
        """Fix the seed and the board of a sealed ballot."""
        boxes.freeze(self.ballot, "3 17 20 41", by=self.officer, at=self.after)

    def open_off_line(self, machine: str = "1") -> tuple[bytes, bytes]:
        """The opened papers and the transcript, as `consult open-envelopes` writes them on one machine."""
        found = opening_files.open_box(BytesIO(b"".join(boxes.box(self.ballot))), self.word_lists[:2])
        papers = found.dumps()
        said = opening_files.Transcript(
            ballot=found.ballot,
            definition=found.definition,
            root=found.root,
            envelopes=found.envelopes,
            challenged=found.challenged,
            papers=found.papers,
            opened=canonical.sha256(papers),
            holders=("1. One", "2. Two"),
            machine=machine * 64,
            at="2026-03-08T12:00:00Z",
            software="consult",
            on_paper=found.on_paper,
        )
        return papers, said.dumps()

    def open_twice(self) -> None:
        """Freeze the box and put two openings on the record."""
        self.freeze_box()
        for machine in "12":
            boxes.record(self.ballot, *self.open_off_line(machine), by=self.officer, at=self.after)

    def vote(self, name: str, *ranking: int, key: str | None = None, at: datetime | None = None) -> casting.Receipt:
        """One member's ranking in a ballot of one question."""
        return self.answer(name, Answer("q1", tuple(ranking)), key=key, at=at)

    def answer(
        self, name: str, *answers: Answer, key: str | None = None, at: datetime | None = None
    ) -> casting.Receipt:
        """One member's whole paper."""
        who = self.cast.who[name].id
        return casting.cast(self.ballot.id, who, answers, retry_key=key or retry(), at=at or self.during)

    def close(self) -> None:
        """Record the close."""
        opening.close(self.ballot, by=self.officer, at=self.after)

    def reconcile(self) -> None:
        """Compare the box with the roll."""
        reconciliation.reconcile(self.ballot, by=self.officer, at=self.after)

    def open_envelopes(self) -> None:
        """Open them, twice over."""
        unsealing.open_envelopes(self.ballot, "3 17 20 41", by=self.officer, at=self.after)

    def count(self) -> None:
        """Reconcile, open the envelopes and count; without a declared window the certificate is drawn up at once."""
        self.reconcile()
        self.open_twice() if self.ballot.level == "sealed" else self.open_envelopes()
        tally.count_ballot(self.ballot, by=self.officer, at=self.after)

    def signature(self, name: str, key: Ed25519PrivateKey | None = None) -> bytes:
        """What `consult sign` would write for one of the committee."""
        content = certification.manifest_of(self.ballot).content
        return signatures.write(content, [signatures.sign(content, key or self.keys[name])])

    def sign(self, name: str, key: Ed25519PrivateKey | None = None) -> None:
        """One signature."""
        found = certification.manifest_of(self.ballot)
        made = signatures.sign(found.content, key or self.keys[name])
        certification.sign(self.ballot, made.key, made.signature, by=self.cast.actor(name), at=self.after)

    def certify(self) -> None:
        """Close, count, acknowledge a lot if there was one, and sign as often as is needed."""
        self.close()
        self.count()
        if any(result.needed_lot for result in certification.results_of(self.ballot)):
            certification.acknowledge_lot(self.ballot, by=self.cast.actor("committee_1"), at=self.after)
        for name in list(self.keys)[: self.ballot.signers_needed]:
            self.sign(name)

    def publish(self) -> None:
        """All of that, and the result published."""
        self.certify()
        publication.publish(self.ballot, by=self.cast.actor("committee_1"), at=self.after)
