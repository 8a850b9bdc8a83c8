"""Mailing out the head of the audit log once a day, so that a tail cut off later is found."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import or_, select

from consult.domain.errors import OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import SWEEP, Actor, Role
from consult.model.audit import AuditHead
from consult.model.members import Member, RoleHolding
from consult.model.store import db
from consult.service import audit
from consult.service.act import Act, act

DAY = timedelta(hours=24)


def last_sent() -> AuditHead | None:
    """The newest head that was mailed out."""
    return db.session.scalars(select(AuditHead).order_by(AuditHead.sequence.desc()).limit(1)).first()


def sent(most: int = 10) -> list[AuditHead]:
    """The newest heads that were mailed out."""
    return list(db.session.scalars(select(AuditHead).order_by(AuditHead.sequence.desc()).limit(most)))


def addresses() -> list[str]:
    """The addresses of CONSULT_AUDIT_HEADS_TO."""
    return [part.strip() for part in current_app.config["CONSULT_AUDIT_HEADS_TO"].split(",") if part.strip()]


def scrutineers(at: datetime) -> list[Member]:
    """Everybody who holds the office of scrutineer at the instant `at`."""
    holds = select(RoleHolding.member_id).where(
        RoleHolding.role == Role.SCRUTINEER.value,
        RoleHolding.starts_at <= at,
        or_(RoleHolding.ends_at.is_(None), RoleHolding.ends_at > at),
    )
    return list(db.session.scalars(select(Member).where(Member.id.in_(holds), Member.erased_at.is_(None))))


def send_due(at: datetime) -> int:
    """Mail the head out if a day has passed since the last and something was logged in between; 1 or 0."""
    last, newest = last_sent(), audit.head()
    if newest is None or not (addresses() or any(member.email for member in scrutineers(at))):
        return 0
    if last is not None and (at - last.sent_at < DAY or newest.sequence <= last.sequence + 1):
        return 0  # the one event after a mailed head tells of the mailing itself
    send(by=SWEEP, at=at)
    return 1


@act(Permission.HEAD_SEND, Event.HEAD_SENT)
def send(_: None, *, by: Actor, at: datetime, act: Act) -> AuditHead:
    """Write down the present head and queue it to the named addresses and the scrutineers.

    Raises:
        OutOfOrder: if nothing was ever logged, or another worker has just done it.
    """
    newest = audit.head(act.session)
    if newest is None:
        raise OutOfOrder("The audit log is empty: it has no head to mail out.")
    if act.session.get(AuditHead, newest.sequence) is not None:
        raise OutOfOrder("This head of the audit log was mailed out already.")
    told: dict[str, Any] = {"sequence": newest.sequence, "hash": newest.hash}
    for address in addresses():
        act.notify("audit-head", address=address, once=f"audit-head {newest.sequence} {address}", **told)
    for member in scrutineers(at):
        act.notify("audit-head", member, once=f"audit-head {newest.sequence} member {member.id}", **told)
    head = AuditHead(sequence=newest.sequence, hash=newest.hash, sent_at=at, recipients=act.notices)
    act.session.add(head)
    act.note(**told, recipients=act.notices)
    return head
