"""After the close: the lot's seed, then reconciling the box with the roll and opening the envelopes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, joinedload

from consult.counting import lots
from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.ledger import canonical, envelopes, merkle
from consult.ledger.definition import Definition
from consult.ledger.papers import Group, Pattern
from consult.model.ballots import Ballot, Envelope, OpenedPaper, Question
from consult.model.members import Member
from consult.model.results import SeedShare
from consult.model.rolls import RollEntry
from consult.model.store import db
from consult.model.units import Unit
from consult.service import ballots, scheduling
from consult.service.act import Act, act

#: Envelopes read at a time while opening.
_BATCH = 5_000


# -- the lot ---------------------------------------------------------------------------------------------------------


@act(Permission.SEED_COMMIT, Event.SEED_COMMITTED)
def commit_seed(ballot: Ballot, commitment: str, *, by: Actor, at: datetime, act: Act) -> SeedShare:
    """A committee member's hash for the lot, published before the close; the value stays with the member.

    Raises:
        OutOfOrder: if the lot is not made that way, or the ballot has closed, or the member has committed already.
        Invalid: if it is not a SHA-256 in hexadecimal.
    """
    if ballot.lot_rule != "commit-and-reveal":
        raise OutOfOrder("The lot of this ballot is decided by the public value alone.")
    if at >= ballot.closes_at or ballot.state not in ("scheduled", "open"):
        raise OutOfOrder("Commitments for the lot are taken from the scheduling of the ballot until it closes.")
    wanted = commitment.strip().lower()
    if len(wanted) != 64 or set(wanted) - set("0123456789abcdef"):
        sentence = (
            "A commitment is 64 letters and digits from 0 to 9 and a to f, as `consult lot-commitment` prints it."
        )
        raise Invalid(sentence, {"commitment": sentence})
    if act.session.get(SeedShare, (ballot.id, by.member_id)) is not None:
        raise OutOfOrder("You have committed already; a commitment is never changed.")
    share = SeedShare(ballot_id=ballot.id, member_id=by.member_id, commitment=wanted, committed_at=at)
    act.session.add(share)
    act.note(commitment=wanted)
    return share


@act(Permission.SEED_COMMIT, Event.SEED_REVEALED)
def reveal_seed(ballot: Ballot, value: str, salt: str, *, by: Actor, at: datetime, act: Act) -> SeedShare:
    """The value behind a commitment, after the close and before the envelopes are opened."""
    if ballot.state != "closed":
        raise OutOfOrder("Values for the lot are revealed after the close and before the envelopes are opened.")
    share = act.session.get(SeedShare, (ballot.id, by.member_id))
    if share is None:
        raise NotFound("You made no commitment for the lot of this ballot, so there is nothing to reveal.")
    if share.value is not None:
        raise OutOfOrder("You have revealed your value already.")
    if lots.commitment(value, salt) != share.commitment:
        sentence = "This value and salt do not give the hash that you committed to. Type both exactly as they were."
        raise Invalid(sentence, {"value": sentence})
    share.value, share.salt, share.revealed_at = value, salt, at
    act.note(value=value, salt=salt)
    return share


def shares_of(ballot: Ballot, session: Session | None = None) -> list[SeedShare]:
    """The members' shares of the lot with the members, in the order of their ids."""
    query = select(SeedShare).where(SeedShare.ballot_id == ballot.id).options(joinedload(SeedShare.member))
    return list((session or db.session()).scalars(query.order_by(SeedShare.member_id)))


def silent(ballot: Ballot) -> list[Member]:
    """The members who committed to the lot and did not reveal, once the time for revealing is over."""
    if ballot.seed is None:
        return []
    return [share.member for share in shares_of(ballot) if share.value is None]


def seed_of(session: Session, ballot: Ballot, public_value: str) -> tuple[str, tuple[str, ...]]:
    """The seed, and the opaque ids of members who committed and did not reveal: then the public value alone decides."""
    shares = shares_of(ballot, session)
    commitments = {str(share.member_id): share.commitment for share in shares}
    revealed = {str(s.member_id): (s.value, s.salt) for s in shares if s.value is not None and s.salt is not None}
    return lots.combine(revealed, commitments, public_value)


# -- the box ---------------------------------------------------------------------------------------------------------


@act(Permission.BALLOT_RECONCILE, Event.BALLOT_RECONCILED)
def reconcile(
    ballot: Ballot,
    lot_value: str,
    *,
    progress: Callable[[int], None] = lambda opened: None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Ballot:
    """Fix the lot's seed, check the box against the roll, open every envelope, and keep the papers without names.

    `lot_value` is the public value that was named before opening, as it has come out. The seed is fixed before the
    first envelope is opened, so that nobody can choose it to suit the papers.

    Raises:
        Invalid: without the public value.
        OutOfOrder: if the ballot is not closed, or the box and the roll cannot both be right.
    """
    act.step(ballot, "reconcile")
    if not lot_value.strip():
        sentence = f"Give the public value that was named before opening: {ballot.lot_words}"
        raise Invalid(sentence, {"lot_value": sentence})
    ballot.lot_value = lot_value.strip()
    ballot.seed, silent = seed_of(act.session, ballot, ballot.lot_value)
    made = ballots.definition_of(ballot)
    marked = _marked(act.session, ballot)
    if marked > made.roll.size:
        raise OutOfOrder(f"There are {marked} envelopes but only {made.roll.size} on the roll. Nothing was opened.")
    leaves = _leaves(act.session, ballot)
    ballot.marked = marked
    ballot.envelope_root = merkle.root(leaves).hex()
    patterns, refused = _open(act.session, ballot, made, progress)
    ballot.opened, ballot.refused = marked - refused, refused
    ballot.sealed_by_server = _sealed_by_server(act.session, ballot)
    for question in ballot.questions:
        _keep(act.session, question, patterns[question.key])
    act.data = {
        "marked": marked,
        "opened": ballot.opened,
        "refused": refused,
        "root": ballot.envelope_root,
        "seed": ballot.seed,
        "did_not_reveal": list(silent),
    }
    return ballot


def _marked(session: Session, ballot: Ballot) -> int:
    """Envelopes in the box; every one of them must belong to somebody on the roll."""
    count = session.scalar(select(func.count()).select_from(Envelope).where(Envelope.ballot_id == ballot.id)) or 0
    known = session.scalar(
        select(func.count())
        .select_from(Envelope)
        .join(RollEntry, (RollEntry.member_id == Envelope.member_id) & (RollEntry.roll_id == ballot.roll_id))
        .where(Envelope.ballot_id == ballot.id)
    )
    if count != known:
        raise OutOfOrder(f"{count - (known or 0)} envelopes belong to nobody on the roll. Nothing was opened.")
    return count


def _leaves(session: Session, ballot: Ballot) -> list[bytes]:
    """The board at the close: the receipts in the order of their value, which says nothing of who or when."""
    query = select(Envelope.receipt).where(Envelope.ballot_id == ballot.id).order_by(Envelope.receipt)
    return [bytes.fromhex(receipt) for receipt in session.scalars(query)]


def board(session: Session, ballot: Ballot) -> list[bytes]:
    """The leaves of the board of a reconciled ballot, for the bundle."""
    return _leaves(session, ballot)


def _sealed_by_server(session: Session, ballot: Ballot) -> int:
    query = select(func.count()).select_from(Envelope)
    return session.scalar(query.where(Envelope.ballot_id == ballot.id, Envelope.sealed_by == "server")) or 0


def _open(
    session: Session, ballot: Ballot, made: Definition, progress: Callable[[int], None]
) -> tuple[dict[str, Counter[Pattern]], int]:
    """Open the whole box, in the order of the receipts, which is random: answers by question, and how many were refused.

    The voter's branch goes with an answer only where the declared rule counts by branch.
    """
    open_one = envelopes.opener(made, scheduling.private_key(session, ballot))
    found: dict[str, Counter[Pattern]] = {question.key: Counter() for question in made.questions}
    by_unit = {question.key for question in made.questions if question.settings.get("by_unit")}
    query = (
        select(Envelope.sealed, Unit.name)
        .join(RollEntry, (RollEntry.member_id == Envelope.member_id) & (RollEntry.roll_id == ballot.roll_id))
        .join(Unit, Unit.id == RollEntry.unit_id)
        .where(Envelope.ballot_id == ballot.id)
        .order_by(Envelope.receipt)
    )
    refused = 0
    for number, (sealed, unit) in enumerate(session.execute(query.execution_options(yield_per=_BATCH)), 1):
        try:
            paper = open_one(sealed)
        except envelopes.EnvelopeRefused:
            refused += 1
            continue
        for answer in paper:
            pattern = Pattern(answer.ranking, answer.verdicts, unit if answer.question in by_unit else "")
            found[answer.question][pattern] += 1
        if number % _BATCH == 0:
            progress(number)
    return found, refused


def _keep(session: Session, question: Question, patterns: Counter[Pattern]) -> None:
    rows = []
    for pattern, copies in patterns.items():
        text = canonical.dumps([pattern.ranking, pattern.verdicts, pattern.unit])
        rows.append(
            {
                "question_id": question.id,
                "hash": canonical.sha256(text),
                "pattern": text.decode(),
                "copies": copies,
            }
        )
    if rows:
        session.execute(insert(OpenedPaper), sorted(rows, key=lambda row: str(row["hash"])))


def groups_of(session: Session, question: Question) -> list[Group]:
    """The opened papers of a question, in groups."""
    query = select(OpenedPaper.pattern, OpenedPaper.copies).where(OpenedPaper.question_id == question.id)
    return [Group(_pattern(json.loads(text)), copies) for text, copies in session.execute(query)]


def _pattern(data: list[Any]) -> Pattern:
    ranking, verdicts, unit = data
    return Pattern(tuple(tuple(x) if isinstance(x, list) else x for x in ranking), verdicts, unit)
