"""Links to vote: no account is needed, one stands per person and ballot, and only their hashes are kept.

A link is made when its mail is sent, so that the queue cannot vote; it goes to the address frozen with the roll. Looking
at it spends nothing (mail programs look at links before people do): what is spent is the vote, and the box takes one of
each member. A newer link ends the older one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import bindparam, delete, insert, literal_column, select
from sqlalchemy.orm import Session

from consult.domain.errors import NotAllowed
from consult.model.ballots import VotingLink
from consult.model.members import Member, SignInSession
from consult.model.plain import plain
from consult.model.store import DATABASE_CLOCK, Instant, alone, db
from consult.service import clock
from consult.service.sessions import token_hash

#: The purpose of such a link, as kinds of notice name it.
VOTE = "vote"


#: Asked in the database's own words, for every page of a voter who came by a link begins with it.
_LINKED = """
SELECT voting_link.ballot_id, member.id, member.name FROM voting_link JOIN member ON member.id = voting_link.member_id
WHERE voting_link.token_hash = {hash} AND member.erased_at IS NULL
"""
_LINKED_IN = {"sqlite": _LINKED.format(hash="?"), "postgresql": _LINKED.format(hash="%s")}
_SIGNED_IN = {
    dialect: select(Member.id, Member.name, SignInSession.created_at, literal_column(told, Instant).label("now"))
    .join(Member, Member.id == SignInSession.member_id)
    .where(
        SignInSession.token_hash == bindparam("hash"),
        SignInSession.ended_at.is_(None),
        Member.erased_at.is_(None),
    )
    for dialect, told in DATABASE_CLOCK.items()
}


@dataclass(frozen=True)
class Voter:
    """Somebody at a browser who may have a vote, and how the browser shows who it is."""

    member_id: int
    name: str
    by_link: bool = False


def mint(session: Session, ballot_id: int, member_id: int, token: str) -> str:
    """Write down a link's hash inside a transaction of the caller's, ending an older one, and return its address."""
    session.execute(delete(VotingLink).where(VotingLink.ballot_id == ballot_id, VotingLink.member_id == member_id))
    session.execute(insert(VotingLink).values(ballot_id=ballot_id, member_id=member_id, token_hash=token_hash(token)))
    return f"{current_app.config['CONSULT_URL'].rstrip('/')}/vote/{token}"


def look(token: str) -> tuple[int, Voter]:
    """The ballot of a link, and whose it is; one statement, and nothing is spent.

    Raises:
        NotAllowed: if there is none, or a newer one was sent; the sentence says what to do.
    """
    engine = db.engine
    with plain(engine) as connection:
        found = connection.exec_driver_sql(_LINKED_IN[engine.dialect.name], (token_hash(token),)).fetchone()
    if found is None:
        raise NotAllowed(
            "This link to vote does not work. If you were sent a newer one, use that: only the newest works. Else copy "
            "the whole of it from your mail, or sign in to vote."
        )
    ballot_id, member_id, name = found
    return ballot_id, Voter(member_id, name, by_link=True)


def signed_in(token: str) -> Voter | None:
    """Whose browser this is by its sign-in, if that stands: one statement, roles not asked, for voting needs none."""
    with alone(db.engine) as connection:
        query = _SIGNED_IN[connection.dialect.name]
        found = connection.execute(query, {"hash": token_hash(token)}).one_or_none()
    if found is None:
        return None
    oldest = (clock.given() or found.now) - timedelta(days=current_app.config["CONSULT_SESSION_DAYS"])
    return Voter(found.id, found.name) if found.created_at > oldest else None
