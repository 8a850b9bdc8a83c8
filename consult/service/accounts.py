"""Accounts: signing in by password or by link, invitations, new passwords, and signing out."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import SECOND_FACTOR_ROLES, VISITOR, Actor
from consult.model.members import Account, Member, SignInSession
from consult.model.signing_in import Identity, Passkey
from consult.model.store import db
from consult.service import actors, attempts, links, passwords, sessions
from consult.service.act import Act, act
from consult.service.attempts import Try

WRONG = "The e-mail address or member number and the password do not belong together. Check both, or ask for a link."
_SHARED = "This address and password belong to more than one person. Sign in with your member number instead."

#: An address shared by more people than this is nobody's household; the rest sign in with their number.
_HOUSEHOLD = 5


def fold(identifier: str) -> str:
    """An e-mail address or member number as it is looked up.

    >>> fold("  Ada@Members.Example ")
    'ada@members.example'
    """
    return identifier.strip().lower()


def people(identifier: str) -> list[Member]:
    """Everybody with this e-mail address or member number, with their accounts: one statement, at most a household."""
    typed = identifier.strip()[:254]
    query = (
        select(Member)
        .where(or_(Member.email_key == fold(typed), Member.number == typed), Member.erased_at.is_(None))
        .options(joinedload(Member.account))
        .order_by(Member.id)
        .limit(_HOUSEHOLD)
    )
    return list(db.session.scalars(query)) if typed else []


def get(member_id: int | None) -> Account:
    """A member's account.

    Raises:
        NotFound: if the member has none.
    """
    found = db.session.get(Account, member_id) if member_id is not None else None
    if found is None:
        raise NotFound("There is no such account.")
    return found


def ensure(session: Session, member_id: int, at: datetime) -> Account:
    """A member's account, made now if there is none, inside a transaction of the caller's."""
    found = session.get(Account, member_id)
    if found is None:
        found = Account(member_id=member_id, created_at=at)
        session.add(found)
        session.flush()
    return found


def next_step(account: Account | None, actor: Actor, at: datetime) -> str:
    """What somebody who has just signed in is led to: "code", "passkey" (to use it), "authenticator" (to set one up) or ""
    (nothing)."""
    if actor.second_factor:
        return ""
    if account is not None and account.totp_confirmed_at is not None:
        return "code"
    if not actor.roles(at) & SECOND_FACTOR_ROLES:
        return ""
    return "passkey" if account is not None and has_passkey(account.member_id) else "authenticator"


def has_passkey(member_id: int) -> bool:
    """Whether somebody has a passkey that signs in."""
    good = select(Passkey.id).where(Passkey.member_id == member_id, Passkey.doubted_at.is_(None))
    return db.session.scalar(good.limit(1)) is not None


def ways_in(account: Account, *, but_passkey: int = 0, but_identity: int = 0) -> list[str]:
    """The ways in which somebody can sign in: "password", "link", "passkey", "identity"; without one of these, if given.

    An identity counts while its provider is among those of this installation.
    """
    issuers = [each.issuer for each in current_app.config["CONSULT_OPENID"] or ()]
    linked = select(Identity.id).where(Identity.member_id == account.member_id, Identity.issuer.in_(issuers))
    others = select(Passkey.id).where(Passkey.member_id == account.member_id, Passkey.doubted_at.is_(None))
    ways = {
        "password": account.password_hash is not None,
        "link": account.member.email is not None,
        "passkey": db.session.scalar(others.where(Passkey.id != but_passkey).limit(1)) is not None,
        "identity": db.session.scalar(linked.where(Identity.id != but_identity).limit(1)) is not None,
    }
    return [way for way, there in ways.items() if there]


def sign_in(
    identifier: str, password: str, *, token: str, device: str, network: str, at: datetime | None = None
) -> SignInSession:
    """Sign in with a password and return the session, which has no second factor yet.

    Tries are counted before the password is looked at, hashing is done outside any transaction, and an unknown account
    costs as much as a known one.

    Raises:
        Invalid: if they do not belong together (whatever is wrong), or belong to two people.
        TooOften: with when to try again.
    """
    found = people(identifier)
    tries = [Try(attempts.PASSWORD, f"member:{member.id}") for member in found]
    tries = tries or [Try(attempts.PASSWORD, f"typed:{fold(identifier)}")]
    from_network = Try(attempts.PASSWORD_NETWORK, attempts.network(network))
    known = [(member.id, member.account.password_hash if member.account else None) for member in found]
    attempts.spend(*tries, from_network, at=at)
    right = [(i, kept) for i, kept in known or [(0, None)] if passwords.matches(kept, password)]
    if len(right) != 1:
        raise Invalid(_SHARED if right else WRONG)
    member_id, kept = right[0]
    newer = passwords.hashed(password) if kept and passwords.outdated(kept) else None
    begun: SignInSession = _sign_in_with_password(
        get(member_id),
        kept,
        newer,
        token=token,
        device=device,
        tries=(Try(attempts.PASSWORD, f"member:{member_id}"), from_network),
        by=VISITOR,
        at=at,
    )
    return begun


@act(Permission.SIGN_IN, None)
def _sign_in_with_password(
    account: Account,
    kept: str | None,
    newer: str | None,
    *,
    token: str,
    device: str,
    tries: tuple[Try, Try],
    by: Actor,
    at: datetime,
    act: Act,
) -> SignInSession:
    if account.password_hash != kept:
        raise Invalid(WRONG)  # it was changed while it was being checked
    if newer is not None:
        account.password_hash = newer
    of_account, from_network = tries
    attempts.forget(act.session, of_account)
    attempts.give_back(act.session, from_network)
    return sessions.begin(act, account.member_id, token, second_factor=False, device=device)


def ask_for_link(
    identifier: str,
    kind: str = "sign-in-link",
    *,
    network: str,
    next_page: str | None = None,
    at: datetime | None = None,
) -> None:
    """Have a link sent to whoever has this address or number: to each person, if several share it.

    `kind` is "sign-in-link" or "password-reset". Nothing says whether anybody has it; an address that nobody has is
    written to as well, saying so.

    Raises:
        Invalid: if nothing was typed.
        TooOften: with when to try again; counted alike for known and unknown.
    """
    if not identifier.strip():
        sentence = "Type your e-mail address or member number."
        raise Invalid(sentence, {"identifier": sentence})
    found = people(identifier)
    tries = [Try(attempts.LINK, f"{kind} member:{member.id}") for member in found]
    tries = tries or [Try(attempts.LINK, f"{kind} typed:{fold(identifier)}")]
    attempts.spend(*tries, Try(attempts.LINK_NETWORK, attempts.network(network)), at=at)
    _ask_for_link(identifier, kind, next_page, by=VISITOR, at=at)


@act(Permission.SIGN_IN, None)
def _ask_for_link(identifier: str, kind: str, next_page: str | None, *, by: Actor, at: datetime, act: Act) -> None:
    found = people(identifier)
    for member in found:
        ensure(act.session, member.id, at)
        act.notify(kind, member, next=next_page or "")
    if not found and _looks_like_address(identifier):
        act.notify("sign-in-unknown", address=identifier.strip())


def _looks_like_address(identifier: str) -> bool:
    name, at, host = identifier.strip().rpartition("@")
    return (
        bool(at and name and "." in host)
        and len(identifier) <= 254
        and identifier.strip().isprintable()
        and (not any(c in identifier.strip() for c in ' <>,;:"()[]\\'))
    )


def sign_in_by_link(link: str, *, token: str, device: str, network: str, at: datetime | None = None) -> SignInSession:
    """Spend a link made for signing in (also one sent after a reset) and return the session.

    Raises:
        NotAllowed, OutOfOrder: if the link is not good; TooOften.
    """
    attempts.spend(Try(attempts.SPENT_NETWORK, attempts.network(network)), at=at)
    purpose = links.look(link, at).purpose
    if purpose not in (links.SIGN_IN, links.RESET_SECOND_FACTOR):
        raise NotAllowed("With this link a password is chosen first.")
    begun: SignInSession = _sign_in_by_link(link, purpose, token=token, device=device, by=VISITOR, at=at)
    return begun


@act(Permission.SIGN_IN, None)
def _sign_in_by_link(
    link: str, purpose: str, *, token: str, device: str, by: Actor, at: datetime, act: Act
) -> SignInSession:
    spent = links.spend(act, link, purpose)
    ensure(act.session, spent.member_id, at)
    attempts.forget(act.session, Try(attempts.PASSWORD, f"member:{spent.member_id}"))
    return sessions.begin(act, spent.member_id, token, second_factor=False, device=device)


def choose_password_by_link(
    link: str, password: str, *, token: str, device: str, network: str, at: datetime | None = None
) -> SignInSession:
    """Take up an invitation, or choose a new password after a reset, and sign in; ends every other session.

    The second factor stays as it is.

    Raises:
        NotAllowed, OutOfOrder: if the link is not good. Invalid: if the password is not good enough. TooOften.
    """
    attempts.spend(Try(attempts.SPENT_NETWORK, attempts.network(network)), at=at)
    row = links.look(link, at)
    if row.purpose not in (links.INVITE, links.RESET_PASSWORD):
        raise NotAllowed("This link signs you in; it does not change the password.")
    member = db.session.get_one(Member, row.member_id)
    passwords.check(password, known=_known(member))
    purpose, kept = row.purpose, passwords.hashed(password)
    whose = actors.actor_of(row.member_id)
    do = _claim if purpose == links.INVITE else _reset_password
    do(member, link, kept, token=token, device=device, by=whose, at=at)
    return sessions.of_token(token)


@act(Permission.ACCOUNT_KEEP, Event.ACCOUNT_CLAIMED)
def _claim(member: Member, link: str, kept: str, *, token: str, device: str, by: Actor, at: datetime, act: Act) -> None:
    _choose(act, member, link, links.INVITE, kept, token=token, device=device)


@act(Permission.ACCOUNT_KEEP, Event.PASSWORD_SET)
def _reset_password(
    member: Member, link: str, kept: str, *, token: str, device: str, by: Actor, at: datetime, act: Act
) -> None:
    act.notify("account-changed", member, change="Your password was changed with a link sent to this address.")
    _choose(act, member, link, links.RESET_PASSWORD, kept, token=token, device=device)


def _choose(act: Act, member: Member, link: str, purpose: str, kept: str, *, token: str, device: str) -> None:
    spent = links.spend(act, link, purpose)
    if spent.member_id != member.id:
        raise NotAllowed("This link is somebody else's.")
    ensure(act.session, member.id, act.at).password_hash = kept
    sessions.end_all(act, member.id)
    attempts.forget(act.session, Try(attempts.PASSWORD, f"member:{member.id}"))
    sessions.begin(act, member.id, token, second_factor=False, device=device)


def change_password(
    account: Account,
    present: str,
    password: str,
    *,
    token: str,
    device: str,
    by: Actor,
    at: datetime | None = None,
) -> SignInSession:
    """Choose another password (the present one is asked for if there is one); ends every other session.

    Returns the session that goes on in this browser, under a new token.

    Raises:
        Invalid: naming the field that is wrong. TooOften. NotAllowed: if the second factor was not given.
    """
    require_second_factor(account, by)
    passwords.check(password, known=_known(account.member))
    one = Try(attempts.PASSWORD, f"member:{account.member_id}")
    kept, member_id = account.password_hash, account.member_id
    attempts.spend(one, at=at)
    if kept is not None and not passwords.matches(kept, present):
        sentence = "This is not your present password. If you have forgotten it, sign out and ask for a new one."
        raise Invalid(sentence, {"present": sentence})
    newer = passwords.hashed(password)
    _change_password(get(member_id), kept, newer, one, token=token, device=device, by=by, at=at)
    return sessions.of_token(token)


@act(Permission.ACCOUNT_KEEP, Event.PASSWORD_SET)
def _change_password(
    account: Account,
    kept: str | None,
    newer: str,
    one: Try,
    *,
    token: str,
    device: str,
    by: Actor,
    at: datetime,
    act: Act,
) -> None:
    if account.password_hash != kept:
        raise Invalid("Your password was changed elsewhere at this moment. Sign in again.")
    account.password_hash = newer
    attempts.forget(act.session, one)
    sessions.end_all(act, account.member_id)
    act.notify("account-changed", account.member, change="Your password was changed, and all other sessions ended.")
    sessions.begin(act, account.member_id, token, second_factor=by.second_factor, device=device)


@act(Permission.SIGN_IN, None)
def sign_out(_: None, session_hash: str, *, by: Actor, at: datetime, act: Act) -> None:
    """End the session of this browser, if it stands; who it belongs to is proved by having its token."""
    found = act.session.get(SignInSession, session_hash)
    if found is not None and found.ended_at is None:
        found.ended_at = at


@act(Permission.INVITE, Event.INVITED)
def invite(member: Member, *, token: str | None = None, by: Actor, at: datetime, act: Act) -> str:
    """Invite somebody to choose a password: by mail, or with `token` by a link that is made now and returned.

    Raises:
        Invalid: if a password was chosen already, or there is no address to write to.
    """
    account = ensure(act.session, member.id, at)
    if account.password_hash is not None:
        raise Invalid(f"{member.name} has a password already, and can ask for a new one at the sign-in page.")
    if token is not None:
        return links.mint(act.session, member.id, links.INVITE, at, token)
    if not member.email:
        raise Invalid(f"{member.name} has no e-mail address in the register, so no invitation can be sent.")
    act.notify("invitation", member, once=f"invitation {member.id} {at:%Y-%m-%dT%H:%M}")
    return ""


def require_second_factor(account: Account, by: Actor) -> None:
    """Nothing, unless the account has a second factor that this session has not been shown: an authenticator, or a passkey
    of somebody who holds an office.

    Raises:
        NotAllowed: saying so: a stolen password must not be enough to lock its owner out.
    """
    if by.second_factor:
        return
    if account.totp_confirmed_at is not None:
        raise NotAllowed("To change how you sign in, enter the code from your authenticator first.")
    if any(held.role in SECOND_FACTOR_ROLES for held in by.holdings) and has_passkey(account.member_id):
        raise NotAllowed("You hold an office. To change how you sign in, sign in with your passkey first.")


def _known(member: Member) -> tuple[str, ...]:
    words = [*member.name.split(), member.number, *(member.email or "").split("@")[:1]]
    return (*words, current_app.config["CONSULT_URL"].rpartition("/")[2])
