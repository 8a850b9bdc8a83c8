"""How somebody is called and reached, put right by hand: name, e-mail, telephone and postal address."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consult.domain import names
from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.members import LoginToken, Member
from consult.service import members
from consult.service.act import Act, act

#: As imports read one: something, an @, and a domain with a dot.
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(\.[^\s@<>,;:\"()\[\]\\.]+)+")
#: What is put right, as it is called in the list of corrections, and how long it may be.
FIELDS = {
    "name": ("name", 200),
    "email": ("e-mail", 254),
    "phone": ("telephone", 40),
    "address": ("postal address", 300),
}
#: As much of what it was and is as the list of corrections keeps.
_KEPT = 200


@dataclass(frozen=True)
class Contact:
    """How somebody is called and reached; "" for what there is none of."""

    name: str
    email: str = ""
    phone: str = ""
    address: str = ""


def of(member: Member) -> Contact:
    """What the register says."""
    return Contact(member.name, member.email or "", member.phone or "", member.address or "")


def revision(member: Member) -> str:
    """What changes when any of the four does: sixteen hexadecimal digits."""
    said = json.dumps([getattr(of(member), name) for name in FIELDS]).encode()
    return hashlib.sha256(said).hexdigest()[:16]


@act(Permission.MEMBER_KEEP, Event.MEMBER_CHANGED)
def correct(
    member: Member, new: Contact, reason: str, *, was: str, shared: bool = False, by: Actor, at: datetime, act: Act
) -> Member:
    """Put right how somebody is called and reached, with a reason. Rolls that are frozen keep the addresses they have.

    `was` is the `revision` that the form showed; `shared` says that another member may have the same e-mail address.
    Where the e-mail address changes, links that were sent to the old one are void, and both addresses are told.

    Raises:
        Invalid: at the field, or if nothing is changed. Stale: if it was changed meanwhile.
        OutOfOrder: for an entry that was erased or merged into another.
    """
    if member.erased_at is not None or member.merged_into_id is not None:
        raise OutOfOrder("This entry was erased or merged into another; it stays as it is.")
    members.require(act, member, revision(member) == was, reason)
    old, new = of(member), Contact(*(" ".join(getattr(new, name).split()) for name in FIELDS))
    _check(act.session, member, old, new, shared)
    changed = [name for name in FIELDS if getattr(old, name) != getattr(new, name)]
    if not changed:
        raise Invalid("Nothing is changed: the register says this already.")
    for name in changed:
        members.keep(act, member, FIELDS[name][0], _cut(getattr(old, name)), _cut(getattr(new, name)), reason)
    act.note(what=", ".join(FIELDS[name][0] for name in changed))
    member.name, member.email, member.email_key = new.name, new.email or None, new.email.lower() or None
    member.phone, member.phone_key = new.phone or None, names.phone_key(new.phone)
    member.address, member.address_key = new.address or None, names.address_key(new.address)
    if old.email.lower() != new.email.lower():
        _tell(act, member, old.email)
    return member


def _check(session: Session, member: Member, old: Contact, new: Contact, shared: bool) -> None:
    problems = {}
    for name, (called, most) in FIELDS.items():
        typed = getattr(new, name)
        if len(typed) > most:
            problems[name] = f"The {called} must have at most {most} characters."
        elif not typed.isprintable():
            problems[name] = f"The {called} has characters in it that cannot be shown."
    if not new.name:
        problems["name"] = "The name must not be empty."
    if new.email and new.email != old.email and "email" not in problems:
        if not _EMAIL.fullmatch(new.email):
            problems["email"] = f"“{new.email}” is not an e-mail address."
        elif not shared and session.scalar(
            select(Member.id).where(Member.email_key == new.email.lower(), Member.id != member.id).limit(1)
        ):
            problems["email"] = "Another member has this e-mail address. Tick the box below if they share it."
    if problems:
        raise Invalid(" ".join(problems.values()), problems)


def _cut(said: str) -> str:
    return (said if len(said) <= _KEPT else said[: _KEPT - 1] + "…") or "none"


def _tell(act: Act, member: Member, old: str) -> None:
    """Void the links that lie in the old mailbox, and tell both addresses."""
    act.session.execute(
        update(LoginToken)
        .where(LoginToken.member_id == member.id, LoginToken.used_at.is_(None))
        .values(used_at=act.at)
        .execution_options(synchronize_session=False)
    )
    act.session.flush()
    once = f"address-changed:{member.id}:{act.at.isoformat()}"
    act.notify("address-changed", member, once=f"{once}:new")
    if old:
        act.notify("address-changed", address=old, once=f"{once}:old")
