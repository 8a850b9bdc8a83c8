"""Links to vote: no account is needed, one stands per person and ballot, and only their hashes are kept.

A link is made when its mail is sent, so that the queue cannot vote; it goes to the address frozen with the roll. Looking
at it spends nothing (mail programs look at links before people do): what is spent is the vote, and the box takes one of
each member. A newer link ends the older one when it is opened, and not when it is sent: anybody who knows a member's
number can ask for a new link, and must not be able to end by it the one with which that member is voting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, insert, literal_column, select, update
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
    """Write down a link's hash inside a transaction of the caller's, and return its address.

    Beside one that stands it waits to be opened, in the place of a newer one that waited.
    """
    mine = (VotingLink.ballot_id == ballot_id, VotingLink.member_id == member_id)
    waiting: Any = session.execute(
        update(VotingLink)
        .where(*mine)
        .values(newer_hash=token_hash(token))
        .execution_options(synchronize_session=False)
    )
    if not waiting.rowcount:
        session.execute(
            insert(VotingLink).values(ballot_id=ballot_id, member_id=member_id, token_hash=token_hash(token))
        )
    return f"{current_app.config['CONSULT_URL'].rstrip('/')}/vote/{token}"


def look(token: str) -> tuple[int, Voter]:
    """The ballot of a link, and whose it is; one statement, and nothing is spent. The first look at a newer link ends the
    older one.

    Raises:
        NotAllowed: if there is none, or a newer one was opened; the sentence says what to do.
    """
    hash_ = token_hash(token)
    found = _found(hash_)
    if found is None and _takes_its_place(hash_):
        found = _found(hash_)
    if found is None:
        raise NotAllowed(
            "This link to vote does not work. If you were sent a newer one, use that: only the newest works. Else copy "
            "the whole of it from your mail, or sign in to vote."
        )
    ballot_id, member_id, name = found
    return ballot_id, Voter(member_id, name, by_link=True)


def _found(hash_: str) -> Any:
    engine = db.engine
    with plain(engine) as connection:
        return connection.exec_driver_sql(_LINKED_IN[engine.dialect.name], (hash_,)).fetchone()


def _takes_its_place(hash_: str) -> bool:
    """Let a newer link stand that waited to be opened, by one statement; whether there is one. What is none writes nothing."""
    newer = VotingLink.newer_hash == hash_
    with alone(db.engine) as connection:
        if connection.execute(select(VotingLink.member_id).where(newer)).first() is None:
            return False
        connection.execute(update(VotingLink).where(newer).values(token_hash=hash_, newer_hash=None))
        return True


def signed_in(token: str) -> Voter | None:
    """Whose browser this is by its sign-in, if that stands: one statement, roles not asked, for voting needs none."""
    with alone(db.engine) as connection:
        query = _SIGNED_IN[connection.dialect.name]
        found = connection.execute(query, {"hash": token_hash(token)}).one_or_none()
    if found is None:
        return None
    oldest = (clock.given() or found.now) - timedelta(days=current_app.config["CONSULT_SESSION_DAYS"])
    return Voter(found.id, found.name) if found.created_at > oldest else None
