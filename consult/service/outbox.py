"""The outbox: notices queued in the same transaction as what they tell of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain.notices import KINDS
from consult.model.members import Member
from consult.model.notices import Notice


def queue(
    session: Session,
    kind: str,
    member: Member | None,
    *,
    at: datetime,
    context: dict[str, Any],
    address: str = "",
    once: str | None = None,
    after: datetime | None = None,
) -> int:
    """Queue one notice and return 1, or 0 where there is no address or the same was queued before (`once`).

    Only the gate calls it. Nothing secret goes into `context`: links that sign in are made when the mail is sent.
    """
    if kind not in KINDS:
        raise KeyError(f"no notice is called {kind!r}")
    address = address or (member.email if member and member.email else "")
    if not address:
        return 0
    if once is not None and session.scalar(select(Notice.id).where(Notice.once == once)):
        return 0
    session.add(
        Notice(
            kind=kind,
            member_id=member.id if member else None,
            address=address,
            context=context,
            once=once,
            queued_at=at,
            send_after=after or at,
        )
    )
    return 1
