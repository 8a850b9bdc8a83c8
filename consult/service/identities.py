"""Identities at OpenID providers: signing in by one, linking it to an account, unlinking it, and signing out from there.

An identity is linked by somebody who is signed in to the account and says so, or by the register's own member number in a
claim that the operator declared for it. Never by an e-mail address: who can have one put in at a provider could be anybody.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.providers import Provider
from consult.domain.roles import VISITOR, Actor
from consult.model.members import Account, Member, SignInSession
from consult.model.signing_in import Identity, IdentitySession
from consult.model.store import db
from consult.service import accounts, claims, sessions
from consult.service.act import Act, act
from consult.service.openid import Said

_UNKNOWN = (
    "You are signed in at {label}, but this sign-in belongs to no account here yet. Sign in another way once, and link it "
    "from your account's page."
)


def of_member(member_id: int) -> list[Identity]:
    """Somebody's identities."""
    return list(db.session.scalars(select(Identity).where(Identity.member_id == member_id).order_by(Identity.id)))


def find(of: Provider, said: Said) -> Identity | None:
    """The identity of whoever signed in at a provider."""
    query = select(Identity).where(Identity.issuer == of.issuer, Identity.subject == said.subject)
    return db.session.scalars(query).one_or_none()


def sign_in(of: Provider, said: Said, *, token: str, device: str, at: datetime | None = None) -> SignInSession:
    """Sign in whoever the provider says it is; at the first time only by the register's number in a declared claim.

    Raises:
        Invalid: if nobody here is known by it. OutOfOrder: if the member of that number is linked to somebody else there.
    """
    found = find(of, said)
    member = found.member if found is not None else _by_number(of, said)
    if member is None or member.erased_at is not None:
        raise Invalid(_UNKNOWN.format(label=of.label))
    begun: SignInSession = _sign_in(member, of, said, token=token, device=device, by=VISITOR, at=at)
    return begun


def _by_number(of: Provider, said: Said) -> Member | None:
    number = said.claims.get(of.number) if of.number else None
    if not isinstance(number, str | int) or isinstance(number, bool) or not str(number).strip():
        return None
    wanted = select(Member).where(Member.number == str(number).strip(), Member.merged_into_id.is_(None))
    return db.session.scalars(wanted.where(Member.erased_at.is_(None))).one_or_none()


@act(Permission.SIGN_IN, None)
def _sign_in(
    member: Member, of: Provider, said: Said, *, token: str, device: str, by: Actor, at: datetime, act: Act
) -> SignInSession:
    account = accounts.ensure(act.session, member.id, at)
    found = find(of, said)
    if found is None:
        found = _link(act, account, of, said, "number")
    elif found.member_id != member.id:
        raise OutOfOrder("This sign-in was linked to an account at this moment. Try again.")
    found.last_used_at = at
    claims.keep_in_step(act, member, of, said)
    begun = sessions.begin(act, member.id, token, second_factor=said.second_factor, device=device)
    act.session.flush()
    act.session.add(IdentitySession(token_hash=begun.token_hash, identity_id=found.id, sid=said.sid))
    return begun


def _link(act: Act, account: Account, of: Provider, said: Said, how: str) -> Identity:
    mine = select(Identity.id).where(Identity.member_id == account.member_id, Identity.issuer == of.issuer)
    if act.session.scalar(mine) is not None:
        raise OutOfOrder(
            f"This account is linked to another sign-in at {of.label}. Sign in another way, and unlink that one first."
        )
    made = Identity(member_id=account.member_id, issuer=of.issuer, subject=said.subject, how=how, linked_at=act.at)
    act.session.add(made)
    act.session.flush()
    act.record(Event.IDENTITY_LINKED, account, identity=made.id, provider=of.name, how=how)
    act.notify("account-changed", account.member, change=f"From now on you can sign in through {of.label}.")
    return made


@act(Permission.ACCOUNT_KEEP, None)
def link(
    account: Account, of: Provider, said: Said, *, session_hash: str, by: Actor, at: datetime, act: Act
) -> Identity:
    """Link one's own account to a sign-in at a provider, after looking at whose it is.

    Raises:
        NotAllowed: if this session is not fresh, or lacks the second factor. OutOfOrder: if either is linked already.
    """
    accounts.require_second_factor(account, by)
    sessions.require_fresh(session_hash, account.member_id, at)
    if (known := find(of, said)) is not None:
        mine = known.member_id == account.member_id
        raise OutOfOrder("This is linked already." if mine else "This sign-in is linked to somebody else's account.")
    return _link(act, account, of, said, "account")


@act(Permission.ACCOUNT_KEEP, Event.IDENTITY_UNLINKED)
def unlink(account: Account, identity_id: int, *, session_hash: str, by: Actor, at: datetime, act: Act) -> None:
    """Unlink an identity, and end the sessions that were begun through it, but this one.

    Raises:
        NotFound: if it is not one's own. NotAllowed: as `link`. OutOfOrder: if it is the last way in.
    """
    accounts.require_second_factor(account, by)
    sessions.require_fresh(session_hash, account.member_id, at)
    found = act.session.get(Identity, identity_id)
    if found is None or found.member_id != account.member_id:
        raise NotFound("There is no such link of yours.")
    if not accounts.ways_in(account, but_identity=found.id):
        raise OutOfOrder("This is your last way to sign in. Choose a password or make a passkey first.")
    _end(act, IdentitySession.identity_id == found.id, but=session_hash)
    act.note(identity=found.id)
    act.notify("account-changed", account.member, change="A sign-in at another place was unlinked from your account.")
    act.session.delete(found)


def provider_of(session_hash: str, providers: tuple[Provider, ...]) -> Provider | None:
    """The provider through which a session was begun."""
    query = select(Identity.issuer).join(IdentitySession, IdentitySession.identity_id == Identity.id)
    issuer = db.session.scalar(query.where(IdentitySession.token_hash == session_hash))
    return next((each for each in providers if each.issuer == issuer), None)


@act(Permission.SIGN_IN, None)
def logged_out(
    _: None, of: Provider, subject: str | None, sid: str | None, *, by: Actor, at: datetime, act: Act
) -> int:
    """End the sessions that a provider says have ended there: of one session ("sid"), else all of the person."""
    known = select(Identity.id).where(Identity.issuer == of.issuer)
    if subject is not None:
        known = known.where(Identity.subject == subject)
    which = IdentitySession.identity_id.in_(known)
    return _end(act, which & (IdentitySession.sid == sid) if sid is not None else which)


def _end(act: Act, which: object, but: str = "") -> int:
    begun = select(IdentitySession.token_hash).where(which)  # type: ignore[arg-type]
    ended = update(SignInSession).where(
        SignInSession.token_hash.in_(begun), SignInSession.ended_at.is_(None), SignInSession.token_hash != but
    )
    done = act.session.execute(ended.values(ended_at=act.at), execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]
