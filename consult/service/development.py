"""What is readable in development alone: mail that was kept, and the present codes of a demonstration's people."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from consult.domain.errors import NotFound
from consult.model.members import Account, Member
from consult.model.notices import DevelopmentMail
from consult.model.store import db
from consult.service import organisation, second_factor

PER_PAGE = 50


def mail(page: int = 1, address: str = "") -> tuple[list[DevelopmentMail], int]:
    """A page of kept mail, newest first, to one address if asked; and how many pages there are."""
    query = select(DevelopmentMail)
    if address:
        query = query.where(func.lower(DevelopmentMail.address) == address.strip().lower())
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    last = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), last)
    found = db.session.scalars(query.order_by(DevelopmentMail.id.desc()).offset((page - 1) * PER_PAGE).limit(PER_PAGE))
    return list(found), last


def message(mail_id: int) -> DevelopmentMail:
    """One kept message.

    Raises:
        NotFound: if it is not there (any more).
    """
    found = db.session.get(DevelopmentMail, mail_id)
    if found is None:
        raise NotFound("There is no such message; old ones are deleted after thirty days.")
    return found


@dataclass(frozen=True)
class Code:
    """Somebody of the demonstration, the offices held, and the code that the authenticator shows now."""

    name: str
    email: str
    roles: str
    code: str


def codes() -> list[Code]:
    """The present codes of everybody in the demonstration who has an authenticator.

    Raises:
        NotFound: if this is not a demonstration: nobody else's codes are ever shown.
    """
    the = organisation.the()
    if the is None or not the.demonstration:
        raise NotFound("Codes are shown for the demonstration's people only, and this is not a demonstration.")
    query = (
        select(Account)
        .join(Account.member)
        .where(Account.totp_confirmed_at.is_not(None))
        .options(joinedload(Account.member).options(selectinload(Member.holdings)))
        .order_by(Member.name)
        .limit(200)
    )
    return [
        Code(
            account.member.name,
            account.member.email or account.member.number,
            ", ".join(sorted({holding.role for holding in account.member.holdings})),
            second_factor.present_code(account) or "",
        )
        for account in db.session.scalars(query)
    ]
