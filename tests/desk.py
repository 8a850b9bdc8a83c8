"""A ballot with its committee's keys, taken step by step through the services: for tests of several storeys."""

from __future__ import annotations

import secrets
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consult.domain.eligibility import RollRule
from consult.ledger import signatures
from consult.ledger.envelopes import Answer
from consult.service import ballots, casting, certification, publication, reconciliation, rolls, tally
from tests.factories import NOON, Cast, make_consultation

OPENS, CLOSES = NOON + timedelta(days=1), NOON + timedelta(days=4)
DURING, AFTER = NOON + timedelta(days=2), NOON + timedelta(days=4, minutes=1)


def retry() -> str:
    return secrets.token_hex(16)


class Desk:
    """A ballot with its committee's keys, taken step by step."""

    def __init__(self, cast: Cast, *, keys: int = 5, **spec: object) -> None:
        self.cast = cast
        self.keys: dict[str, Ed25519PrivateKey] = {}
        for n in range(1, keys + 1):
            name = f"committee_{n}"
            key = signatures.generate_key()
            certification.register_key(cast.who[name], signatures.public_part(key), by=cast.actor(name), at=NOON)
            self.keys[name] = key
        values = {"title": "Policy committee", "opens_at": OPENS, "closes_at": CLOSES, "lot_words": "The draw of 6 March"}
        self.officer = cast.actor("returning_officer")
        self.consultation = make_consultation(cast)
        self.ballot = ballots.create(
            self.consultation, ballots.BallotSpec(**{**values, **spec}), by=cast.actor("committee_1"), at=NOON
        )

    def ask(self, method: str = "irv", names: tuple[str, ...] = ("Ann Ash", "Bo Birch", "Cy Cole"), **more: object) -> None:
        spec = ballots.QuestionSpec("Who?", method, tuple(ballots.OptionSpec(name) for name in names), **more)
        ballots.add_question(self.ballot, spec, by=self.cast.actor("committee_1"), at=NOON)

    def schedule(self) -> None:
        self.roll = rolls.freeze(None, "Members", RollRule(joined_by=NOON), token=secrets.token_hex, by=self.officer, at=NOON)
        ballots.schedule(self.ballot, self.roll, by=self.officer, at=NOON)

    def vote(self, name: str, *ranking: int, key: str | None = None, at: object = DURING) -> casting.Receipt:
        answers = [Answer("q1", tuple(ranking))]
        return casting.cast(self.ballot.id, self.cast.who[name].id, answers, retry_key=key or retry(), at=at)

    def close(self) -> None:
        ballots.close(self.ballot, by=self.officer, at=AFTER)

    def count(self) -> None:
        reconciliation.reconcile(self.ballot, "3 17 20 41", by=self.officer, at=AFTER)
        tally.count_ballot(self.ballot, by=self.officer, at=AFTER)

    def sign(self, name: str, key: Ed25519PrivateKey | None = None) -> None:
        found = certification.manifest_of(self.ballot)
        made = signatures.sign(found.content, key or self.keys[name])
        certification.sign(self.ballot, made.key, made.signature, by=self.cast.actor(name), at=AFTER)

    def certify(self) -> None:
        """Close, count, acknowledge a lot if there was one, and sign as often as is needed."""
        self.close()
        self.count()
        if any(result.needed_lot for result in certification.results_of(self.ballot)):
            certification.acknowledge_lot(self.ballot, by=self.cast.actor("committee_1"), at=AFTER)
        for name in list(self.keys)[: self.ballot.signers_needed]:
            self.sign(name)

    def publish(self) -> None:
        """All of that, and the result published."""
        self.certify()
        publication.publish(self.ballot, by=self.cast.actor("committee_1"), at=AFTER)
