"""Attestations: sentences that the roll officer declares and members confirm, dated, because a roll's rule asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.attestations import Attestation, Attested
from consult.model.store import db
from consult.service.act import Act, act

LONGEST_TITLE, LONGEST_WORDS = 100, 2_000


@dataclass(frozen=True)
class Mine:
    """A declared text, and what one person said to it: the confirmation that stands, if any."""

    attestation: Attestation
    standing: Attested | None


def get(attestation_id: int) -> Attestation:
    """A declared text.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(Attestation, attestation_id)
    if found is None:
        raise NotFound("There is no declared text of this number.")
    return found


def standing() -> list[Attestation]:
    """The texts that rolls can ask for, by title."""
    query = select(Attestation).where(Attestation.retired_at.is_(None))
    return list(db.session.scalars(query.order_by(Attestation.title, Attestation.id)))


def figures() -> Sequence[tuple[Attestation, int]]:
    """Every declared text, those in use first, with how many stand by it."""
    counted = (
        select(Attested.attestation_id, func.count().label("people"))
        .where(Attested.ended_at.is_(None))
        .group_by(Attested.attestation_id)
        .subquery()
    )
    query = select(Attestation, func.coalesce(counted.c.people, 0)).outerjoin(
        counted, counted.c.attestation_id == Attestation.id
    )
    ordered = query.order_by(Attestation.retired_at.is_not(None), Attestation.title, Attestation.id)
    return [(row, people) for row, people in db.session.execute(ordered)]


def of_member(member_id: int) -> list[Mine]:
    """What one person can confirm, and what they have confirmed."""
    query = select(Attested).where(Attested.member_id == member_id, Attested.ended_at.is_(None))
    mine = {row.attestation_id: row for row in db.session.scalars(query)}
    return [Mine(each, mine.get(each.id)) for each in standing()]


@act(Permission.ATTESTATION_KEEP, Event.ATTESTATION_DECLARED)
def declare(subject: None, title: str, words: str, *, by: Actor, at: datetime, act: Act) -> Attestation:
    """Declare a text that members can confirm and rolls can ask for.

    Raises:
        Invalid: without a title, or without a sentence of ten characters.
    """
    problems = {}
    if not title.strip():
        problems["title"] = "Give it a short title, such as “No other party”."
    if not 10 <= len(words.strip()) <= LONGEST_WORDS:
        problems["words"] = "Write what the member confirms, in a sentence that begins with “I confirm”."
    if problems:
        raise Invalid(" ".join(problems.values()), problems)
    made = Attestation(title=title.strip()[:LONGEST_TITLE], words=words.strip(), made_at=at, made_by_id=by.member_id)
    act.session.add(made)
    return made


@act(Permission.ATTESTATION_KEEP, Event.ATTESTATION_RETIRED)
def retire(attestation: Attestation, reason: str, *, by: Actor, at: datetime, act: Act) -> Attestation:
    """Ask for a text no more, with the reason; rolls that are frozen keep what they asked."""
    act.because(reason)
    if attestation.retired_at is not None:
        raise OutOfOrder("This text was retired already.")
    attestation.retired_at = at
    return attestation


@act(Permission.ATTEST, None)
def confirm(attestation: Attestation, *, by: Actor, at: datetime, act: Act) -> Attestation:
    """Confirm a text, from now on. Like joining a network it leaves no line in the log that members read.

    Raises:
        OutOfOrder: if it was retired. Pressing twice confirms once.
    """
    if attestation.retired_at is not None:
        raise OutOfOrder("This text is not asked for any more, so there is nothing to confirm.")
    if _mine(act, attestation, by) is None:
        act.session.add(Attested(attestation_id=attestation.id, member_id=by.member_id, made_at=at))
    return attestation


@act(Permission.ATTEST, None)
def take_back(attestation: Attestation, *, by: Actor, at: datetime, act: Act) -> Attestation:
    """Take one's confirmation back, from now on; rolls that are frozen stay as they are."""
    mine = _mine(act, attestation, by)
    if mine is None:
        raise OutOfOrder("You have not confirmed this, so there is nothing to take back.")
    mine.ended_at = at
    return attestation


def _mine(act: Act, attestation: Attestation, by: Actor) -> Attested | None:
    query = select(Attested).where(
        Attested.attestation_id == attestation.id, Attested.member_id == by.member_id, Attested.ended_at.is_(None)
    )
    return act.session.scalars(query).one_or_none()
