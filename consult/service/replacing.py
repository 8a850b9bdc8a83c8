"""Replacing a vote before the close, where the ballot's definition declares it; and votes that came on paper instead.

The old envelope's content is gone at once; its receipt stays, because it may be on the board already. Whose it was is
told to its voter alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from consult.domain.errors import Stale
from consult.model.ballots import Envelope
from consult.model.paper_ballots import RETURNED, PaperIssue, Superseded
from consult.model.store import db

ON_PAPER = "Your vote on paper was received. It counts, and nothing was cast from this page."


def put_in_place(session: Session, ballot_id: int, member_id: int, old: str, put: Mapping[str, Any]) -> None:
    """Put a new sealed paper into the place of the one with the receipt `old` (64 hexadecimal digits), in the caller's transaction.

    Raises:
        Stale: if the envelope in the box is another one by now.
    """
    mine = (Envelope.ballot_id == ballot_id, Envelope.member_id == member_id, Envelope.receipt == old)
    if session.execute(update(Envelope).where(*mine).values(**put)).rowcount != 1:  # type: ignore[attr-defined]
        raise Stale("Your vote was replaced from another page or tab at the same moment. Look at your receipt.")
    _keep(session, ballot_id, member_id, old)


def take_out(session: Session, ballot_id: int, member_id: int) -> bool:
    """Take a voter's envelope out of the box, for a paper that counts instead; whether there was one."""
    mine = (Envelope.ballot_id == ballot_id, Envelope.member_id == member_id)
    old = session.scalar(select(Envelope.receipt).where(*mine))
    if old is None:
        return False
    session.execute(delete(Envelope).where(*mine))
    _keep(session, ballot_id, member_id, old)
    return True


def _keep(session: Session, ballot_id: int, member_id: int, receipt: str) -> None:
    session.execute(insert(Superseded).values(ballot_id=ballot_id, receipt=receipt, member_id=member_id))


def leaves_of(session: Session, ballot_id: int) -> list[str]:
    """The receipts of replaced votes, in the order of their value, as 64 hexadecimal digits."""
    query = select(Superseded.receipt).where(Superseded.ballot_id == ballot_id).order_by(Superseded.receipt)
    return list(session.scalars(query))


def is_superseded(ballot_id: int, receipt: str, member_id: int) -> bool:
    """Whether this receipt was this member's own and was replaced; False to everybody else."""
    found = db.session.get(Superseded, (ballot_id, receipt))
    return found is not None and found.member_id == member_id


def replaced_by(ballot_id: int, member_id: int) -> list[str]:
    """The receipts that a member replaced, for that member alone."""
    query = select(Superseded.receipt).where(Superseded.ballot_id == ballot_id, Superseded.member_id == member_id)
    return list(db.session.scalars(query.order_by(Superseded.receipt)))


def paper_is_in(ballot_id: int, member_id: int, session: Session | None = None) -> bool:
    """Whether the outer envelope of this member's paper is marked: then nothing is cast online."""
    query = select(func.count()).where(
        PaperIssue.ballot_id == ballot_id, PaperIssue.member_id == member_id, PaperIssue.status == RETURNED
    )
    return bool((session or db.session()).scalar(query))
