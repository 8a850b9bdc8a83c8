"""Credentials of a sitting: cards and what each counts for, substitutes, proxies, and who is present."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain import hall
from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.hall import Credential, Sitting
from consult.model.members import Member
from consult.model.store import db
from consult.model.units import Unit
from consult.service import consultations, hall_minutes
from consult.service.act import Act, act


def of_sitting(sitting_id: int, session: Session | None = None) -> list[Credential]:
    """Every card of a sitting, by number."""
    query = select(Credential).where(Credential.sitting_id == sitting_id).order_by(Credential.card)
    query = query.options(joinedload(Credential.member), joinedload(Credential.unit), joinedload(Credential.replaces))
    return list((session or db.session()).scalars(query))


def get(sitting: Sitting, card: int, session: Session | None = None) -> Credential:
    """The card of a number.

    Raises:
        NotFound: if there is none.
    """
    query = select(Credential).where(Credential.sitting_id == sitting.id, Credential.card == card)
    found = (session or db.session()).scalars(query).one_or_none()
    if found is None:
        raise NotFound(f"There is no card {card} at this sitting.")
    return found


def voting(cards: list[Credential]) -> list[Credential]:
    """The cards that vote now: present, with a vote, and not taken over by a substitute."""
    gone = {card.replaces_id for card in cards}
    return [card for card in cards if card.present and card.weight and card.id not in gone]


@act(Permission.CREDENTIALS_KEEP, Event.CREDENTIAL_KEPT)
def admit(
    sitting: Sitting,
    member: Member,
    unit: Unit,
    kind: str = "delegate",
    weight: int = 1,
    *,
    replaces: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Credential:
    """Give somebody a card for a branch; `replaces` is the number of the card that a substitute takes over.

    A substitute's card counts for what the other counted for, and that one no longer votes.

    Raises:
        Invalid: for somebody who has a card, a kind or weight that there is not, or a substitute for nobody.
        OutOfOrder: once the sitting is closed.
    """
    if sitting.state == hall.CLOSED:
        raise OutOfOrder(f"{sitting.title} is closed.")
    if kind not in hall.CREDENTIALS:
        raise Invalid(f"A card is for a {', '.join(hall.CREDENTIALS)}.", {"kind": "Choose what the card is for."})
    if not 0 <= weight <= 1_000_000:
        raise Invalid("A card counts for 0 to 1,000,000 votes.", {"weight": "Give a number from 0 to 1,000,000."})
    session = act.session
    if session.scalar(
        select(Credential.id).where(Credential.sitting_id == sitting.id, Credential.member_id == member.id)
    ):
        raise Invalid(
            f"{member.name} has a card of this sitting already.", {"member": "This person has a card already."}
        )
    before = get(sitting, replaces, session) if replaces is not None else None
    if (kind == "substitute") != (before is not None):
        sentence = "A substitute takes over a card: give its number, and for others leave it empty."
        raise Invalid(sentence, {"replaces": sentence})
    last = session.scalar(select(func.max(Credential.card)).where(Credential.sitting_id == sitting.id))
    made = Credential(
        sitting_id=sitting.id,
        card=(last or 0) + 1,
        member_id=member.id,
        unit_id=before.unit_id if before else unit.id,
        kind=kind,
        weight=before.weight if before else 0 if kind == "visitor" else weight,
        replaces_id=before.id if before else None,
        present=True,
        made_at=at,
    )
    session.add(made)
    if before is not None:
        before.present = False
        hall_minutes.write(act, sitting, f"Card {made.card} was admitted as the substitute for card {before.card}.")
    session.flush()
    sitting.revision += 1
    return made


@act(Permission.CREDENTIALS_KEEP, Event.CREDENTIAL_KEPT)
def mark_present(sitting: Sitting, card: int, present: bool, *, by: Actor, at: datetime, act: Act) -> Credential:
    """Record that the holder of a card has come or gone.

    Raises:
        OutOfOrder: for a card that a substitute has taken over.
    """
    found = get(sitting, card, act.session)
    taken = act.session.scalar(select(Credential.card).where(Credential.replaces_id == found.id))
    if present and taken:
        raise OutOfOrder(f"Card {card} was taken over by card {taken}, which votes in its place.")
    found.present = present
    sitting.revision += 1
    return found


@act(Permission.CREDENTIALS_KEEP, Event.CREDENTIAL_KEPT)
def give_proxy(sitting: Sitting, card: int, to: int | None, *, by: Actor, at: datetime, act: Act) -> Credential:
    """Record that the holder of a card who is away votes by another's card, or no longer does (`to` None).

    Raises:
        OutOfOrder: where the rules know no proxies, or the holder is present.
        Invalid: for one's own card, or one that has given its own vote away.
    """
    if "proxies" not in consultations.rules_of(sitting.consultation).hall:
        raise OutOfOrder("The rules of this meeting know no proxies.")
    giver = get(sitting, card, act.session)
    holder = get(sitting, to, act.session) if to is not None else None
    if giver.present and holder is not None:
        raise OutOfOrder(f"The holder of card {card} is present and votes in person.")
    if holder is not None and (holder.id == giver.id or holder.proxy_id is not None or not holder.weight):
        raise Invalid(f"Card {to} cannot vote for another.", {"to": f"Card {to} cannot vote for another."})
    giver.proxy_id = holder.id if holder else None
    hall_minutes.write(
        act,
        sitting,
        f"Card {to} votes for card {card}, whose holder is away." if holder else f"Card {card} votes itself.",
    )
    return giver
