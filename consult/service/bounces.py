"""Mail that comes back: a report is believed only where it carries a mark that this server put on the message."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.deliveries import Bounce
from consult.model.members import Member
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import clock, deliveries, delivery_reports, vault
from consult.service.act import Act, act
from consult.service.delivery_reports import Mark, Report

#: Where another server gave up for now (a full box, a host that did not answer), the notice is sent again after this,
#: until it was tried so often.
AGAIN, TRIES = timedelta(hours=4), 3


class Outcome(StrEnum):
    """What came of one message that was read as a report."""

    BOUNCED = "bounced"
    AGAIN = "to be sent again"
    DELAYED = "late"
    FINE = "delivered after all"
    KNOWN = "read before"
    STRANGE = "without a mark of ours"
    NONE = "no report"


def mark_of(notice_id: int, attempt: int) -> str:
    """The mark of one attempt to send a notice: it goes into the envelope's sender, its name and the message's identifier.

    Its twenty hexadecimal digits (80 bits of an HMAC under the operator's key) cannot be made by anybody who was not
    sent the message, so that nobody reports the mail of others as undeliverable.
    """
    digits = vault.mark("bounce", f"{notice_id} {attempt}")[:20]
    return f"n{notice_id:x}-{attempt:x}-{digits}"


def _genuine(mark: Mark) -> bool:
    return hmac.compare_digest(mark_of(mark.notice, mark.attempt).rpartition("-")[2], mark.digits)


def take(data: bytes, at: datetime | None = None) -> Outcome:
    """Read one message as a report and write down what it says; the same one read again changes nothing."""
    report = delivery_reports.read(data)
    if report is None:
        return Outcome.NONE
    digest = hashlib.sha256(data).hexdigest()
    mark = next((mark for mark in report.marks if _genuine(mark)), None)
    with writing() as session:
        notice = session.get(Notice, mark.notice, with_for_update=True) if mark else None
        if notice is None or notice.member_id is None:
            return Outcome.STRANGE
        if session.scalar(select(Bounce.id).where(Bounce.report == digest)) is not None:
            return Outcome.KNOWN
        return _apply(session, notice, report, digest, at or clock.now(session))


def _apply(session: Session, notice: Notice, report: Report, digest: str, at: datetime) -> Outcome:
    said = report.words if report.status in report.words.split() else f"{report.status} {report.words}".strip()
    if report.action == "delayed":
        _remark(session, notice, "", said)
        return Outcome.DELAYED
    if report.action != "failed":
        return Outcome.FINE
    bounce = Bounce(
        report=digest, member_id=notice.member_id, address=notice.address, at=at, status=report.status,
        words=report.words, permanent=report.permanent,
    )  # fmt: skip
    session.add(bounce)
    if not report.permanent and notice.attempts < TRIES and notice.gave_up_at is None:
        notice.sent_at, notice.send_after, notice.fault = None, at + AGAIN, f"It came back for now: {said}"[:500]
        _remark(session, notice, "queued", said)
        return Outcome.AGAIN
    _remark(session, notice, "bounced", said)
    return Outcome.BOUNCED


def _remark(session: Session, notice: Notice, state: str, said: str) -> None:
    """What it means for the ledger of a ballot, if the notice carried a link to vote; `state` "" leaves what it is."""
    ballot_id = notice.context.get("ballot")  # emptied by the retention clock in time
    if notice.kind in deliveries.LINKED and notice.member_id is not None and ballot_id is not None:
        deliveries.put(session, ballot_id, notice.member_id, state, said)


# -- for the member ---------------------------------------------------------------------------------------------------


def standing(member_id: int | None) -> Bounce | None:
    """The newest report that mail to the member's present address came back for good, unless the member has answered it."""
    if member_id is None:
        return None
    query = (
        select(Bounce)
        .join(Member, (Member.id == Bounce.member_id) & (Member.email == Bounce.address))
        .where(Bounce.member_id == member_id, Bounce.permanent, Bounce.settled_at.is_(None))
        .order_by(Bounce.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


@act(Permission.ACCOUNT_KEEP, None)
def settle(member: Member, *, by: Actor, at: datetime, act: Act) -> Member:
    """Put down that the member's address works again, and write to it, so that the member sees whether it does.

    Raises:
        NotFound: if no mail came back.
    """
    query = select(Bounce).where(
        Bounce.member_id == member.id, Bounce.address == member.email, Bounce.settled_at.is_(None)
    )
    found = list(act.session.scalars(query))
    if not found:
        raise NotFound("No mail to your address came back.")
    for bounce in found:
        bounce.settled_at = at
    act.notify("address-tried", member)
    return member
