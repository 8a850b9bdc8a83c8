"""The key ceremony of a sealed ballot: who holds shares, the public part, the trial, and the rehearsal that proves them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotFound, OutOfOrder, Refused
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.ledger import ceremony as documents
from consult.ledger import envelopes, shape, shares
from consult.ledger.definition import KeyShares
from consult.model.ballots import Ballot
from consult.model.boxes import KeyCeremony, ShareHolder
from consult.model.members import Member, RoleHolding
from consult.model.store import db
from consult.service import ballots
from consult.service.act import Act, act

T = TypeVar("T")

#: Whose holders are offered first: people with an office of trust. Never those who keep the machine.
OFFICES = (Role.GOVERNANCE, Role.STANDING_ORDERS, Role.RETURNING_OFFICER, Role.SCRUTINEER, Role.COMPLAINTS)


def of(ballot: Ballot, session: Session | None = None) -> KeyCeremony | None:
    """The ceremony of a ballot, if it was planned."""
    return (session or db.session()).get(KeyCeremony, ballot.id)


def holders(ballot: Ballot, session: Session | None = None) -> list[ShareHolder]:
    """Who holds shares, with the members, in the order of their sheets."""
    query = select(ShareHolder).where(ShareHolder.ballot_id == ballot.id).options(joinedload(ShareHolder.member))
    return list((session or db.session()).scalars(query.order_by(ShareHolder.place)))


def able(ballot: Ballot, at: datetime) -> list[Member]:
    """Officers who can be asked to hold a share: no candidate in the ballot, nobody who keeps the machine."""
    holding = select(RoleHolding.member_id).where(
        RoleHolding.role.in_([office.value for office in OFFICES]),
        RoleHolding.starts_at <= at,
        (RoleHolding.ends_at.is_(None)) | (RoleHolding.ends_at > at),
    )
    query = select(Member).where(Member.id.in_(holding), Member.erased_at.is_(None)).order_by(Member.name, Member.id)
    kept_out = ballot.candidate_member_ids | _operators(db.session(), at)
    return [member for member in db.session.scalars(query) if member.id not in kept_out]


def _operators(session: Session, at: datetime) -> set[int]:
    return {member.id for member in ballots.holders(session, Role.OPERATOR, at)}


def _require_sealed(ballot: Ballot) -> None:
    ballots.require_preparing(ballot)
    if ballot.level != "sealed":
        raise OutOfOrder("Only a sealed ballot has a key ceremony. Choose the level “sealed” in its editor first.")


@act(Permission.KEY_CEREMONY, Event.CEREMONY_PLANNED)
def plan(
    ballot: Ballot, k: int, member_ids: Sequence[int], reason: str = "", *, by: Actor, at: datetime, act: Act
) -> Ballot:
    """Decide who holds shares and how many must come together; an earlier plan, and its key, are dropped, with a reason.

    Raises:
        Invalid: too few or too many, a candidate in the ballot, or somebody who keeps the machine.
    """
    act.because(reason, needed=of(ballot, act.session) is not None)
    _require_sealed(ballot)
    _check_plan(act.session, ballot, k, member_ids, at)
    query = select(Member).where(Member.id.in_(member_ids), Member.erased_at.is_(None))
    members = sorted(act.session.scalars(query), key=lambda member: (member.name, member.id))
    if len(members) != len(set(member_ids)):
        raise NotFound("One of the holders is not in the register any more. Choose again.")
    named = tuple(documents.Holder(member.number, member.name) for member in members)
    made = documents.Ceremony(str(ballot.id), ballot.title, k, named)
    act.session.execute(delete(ShareHolder).where(ShareHolder.ballot_id == ballot.id))
    row = of(ballot, act.session) or KeyCeremony(ballot_id=ballot.id)
    row.plan, row.planned_at = made.dumps().decode(), at
    row.public = row.uploaded_at = row.trial = row.trial_hash = row.rehearsal = row.rehearsed_at = None
    act.session.add(row)
    act.session.flush()
    for place, member in enumerate(members, 1):
        act.session.add(ShareHolder(ballot_id=ballot.id, place=place, member_id=member.id))
    act.note(k=k, holders=[member.id for member in members])
    return ballot


def _check_plan(session: Session, ballot: Ballot, k: int, member_ids: Sequence[int], at: datetime) -> None:
    n = len(set(member_ids))
    if not shares.FEWEST <= n <= shares.MOST:
        sentence = f"Choose {shares.FEWEST} to {shares.MOST} holders; you chose {n}."
        raise Invalid(sentence, {"holders": sentence})
    if not shares.FEWEST <= k <= n:
        sentence = f"Between {shares.FEWEST} and {n} of the {n} holders must come together."
        raise Invalid(sentence, {"k": sentence})
    if problem := _conflict(session, ballot, set(member_ids), at):
        raise Invalid(problem, {"holders": problem})


def _conflict(session: Session, ballot: Ballot, member_ids: set[int], at: datetime) -> str:
    """The sentence for holders who may not hold a share, or ""."""
    for kept_out, why in (
        (ballot.candidate_member_ids, "stands in this ballot"),
        (_operators(session, at), "keeps the machine, which the key must never meet"),
    ):
        if found := member_ids & kept_out:
            name = session.get_one(Member, min(found)).name
            return f"{name} {why}, and so cannot hold a share of its key."
    return ""


@act(Permission.KEY_CEREMONY, Event.KEY_UPLOADED)
def upload(
    ballot: Ballot,
    data: bytes,
    *,
    token: Callable[[int], bytes] = secrets.token_bytes,
    by: Actor,
    at: datetime,
    act: Act,
) -> Ballot:
    """Take in the public part that `consult ceremony make` wrote, and seal the trial envelope to it.

    Raises:
        Invalid: if it is not the public part of this very plan.
    """
    _require_sealed(ballot)
    row = _planned(ballot, act.session)
    public = _read(lambda: documents.loads(data, "The public part"))
    if not public.public_key:
        raise _wrong("This is the plan. Upload the public part that `consult ceremony make` wrote from it.")
    wanted = documents.loads(row.plan.encode())
    found = documents.Ceremony(
        public.ballot, public.title, public.k, tuple(documents.Holder(h.number, h.name) for h in public.holders)
    )
    if found != wanted:
        raise _wrong("This public part was made from another plan: its ballot, its holders or their number differ.")
    _read(lambda: envelopes.public_key(shape.decode(public.public_key, 65, "public_key")))
    nonce = token(documents.NONCE)
    row.public, row.uploaded_at = public.dumps().decode(), at
    row.trial, row.trial_hash = documents.make_trial(public, nonce).envelope, sha256(nonce).hexdigest()
    row.rehearsal = row.rehearsed_at = None
    act.note(key=public.fingerprint, document=public.hash)
    return ballot


@act(Permission.KEY_CEREMONY, Event.CEREMONY_REHEARSED)
def rehearse(ballot: Ballot, data: bytes, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Take in what `consult ceremony rehearse` wrote: the value in the trial envelope, which only the key gives.

    Raises:
        Invalid: if it does not answer the trial of this ballot.
    """
    _require_sealed(ballot)
    row = _planned(ballot, act.session)
    if row.trial is None or row.trial_hash is None:
        raise OutOfOrder("The public part of the key must be uploaded before it can be rehearsed.")
    rehearsal = _read(lambda: documents.read_rehearsal(data, "The rehearsal"))
    if rehearsal.ballot != str(ballot.id) or not documents.answers(row.trial, row.trial_hash, rehearsal):
        raise _wrong("This is not the answer to the trial of this ballot. Was the key made anew since? Rehearse again.")
    row.rehearsal, row.rehearsed_at = rehearsal.dumps().decode(), at
    act.note(trial=rehearsal.trial, places=list(rehearsal.places))
    return ballot


def _planned(ballot: Ballot, session: Session) -> KeyCeremony:
    row = of(ballot, session)
    if row is None:
        raise OutOfOrder("The key ceremony of this ballot has not been planned yet: choose who holds shares first.")
    return row


def _read(attempt: Callable[[], T]) -> T:
    try:
        return attempt()
    except Refused as refusal:
        raise _wrong(str(refusal)) from refusal


def _wrong(sentence: str) -> Invalid:
    return Invalid(sentence, {"file": sentence})


def public_part(ballot: Ballot, session: Session | None = None) -> documents.Ceremony | None:
    """The public part of the key, once it is uploaded."""
    row = of(ballot, session)
    return documents.loads(row.public.encode()) if row is not None and row.public is not None else None


def trial(ballot: Ballot) -> documents.Trial:
    """The trial for the rehearsal off line."""
    row, public = of(ballot), public_part(ballot)
    if row is None or public is None or row.trial is None:
        raise OutOfOrder("The public part of the key must be uploaded before it can be rehearsed.")
    return documents.Trial(public, row.trial)


def rehearsed(ballot: Ballot) -> documents.Rehearsal | None:
    """What the rehearsal gave, once it was held."""
    row = of(ballot)
    return documents.read_rehearsal(row.rehearsal.encode()) if row is not None and row.rehearsal else None


def problems(ballot: Ballot, at: datetime, session: Session) -> list[str]:
    """What of the ceremony stands in the way of scheduling a sealed ballot."""
    row = of(ballot, session)
    if row is None or row.public is None:
        return ["Hold the key ceremony: the votes are sealed to a key that its holders make off line."]
    if row.rehearsed_at is None:
        return ["Rehearse the opening: prove that the holders' words work before anybody votes."]
    conflict = _conflict(session, ballot, {holder.member_id for holder in holders(ballot, session)}, at)
    return [conflict] if conflict else []


def key_shares(public: documents.Ceremony) -> KeyShares:
    """What the ballot's definition says of the shares."""
    return KeyShares(public.k, tuple(holder.name for holder in public.holders), public.hash)
