"""Signing in for page tests: give somebody a password or an authenticator, or a browser that is signed in at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
from flask import Flask

from consult.domain.roles import VISITOR
from consult.model.members import Member
from consult.model.store import db, writing
from consult.service import accounts, clock, passwords, sessions, vault
from consult.service.act import Act
from consult.web.guards import TOKEN
from tests.web.pages import Browser

PASSWORD = "plough lantern ribbon otter"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_password(member: Member, password: str = PASSWORD) -> None:
    """Let a member sign in with a password."""
    kept = passwords.hashed(password)
    with writing() as session:
        accounts.ensure(session, member.id, clock.now(session)).password_hash = kept


def give_authenticator(member: Member) -> None:
    """Give a member an authenticator with the secret above."""
    with writing() as session:
        account = accounts.ensure(session, member.id, clock.now(session))
        account.totp_sealed = vault.seal(f"totp:{member.id}", SECRET.encode())
        account.totp_confirmed_at = clock.now(session)


def code(at: datetime | None = None, *, later: int = 0) -> str:
    """The code that the authenticator shows now, or some steps later."""
    moment = (at or clock.now()) + later * timedelta(seconds=30)
    return pyotp.TOTP(SECRET).at(moment)


def browser_of(app: Flask, member: Member, *, second_factor: bool = True) -> Browser:
    """A browser in which the member is signed in already."""
    token = f"{member.id:043}"
    with writing() as session:
        act = Act(session, VISITOR, clock.now(session))
        if db.session.get(sessions.SignInSession, sessions.token_hash(token)) is None:
            sessions.begin(act, member.id, token, second_factor=second_factor, device="computer")
    browser = Browser(app)
    with browser.client.session_transaction() as cookie:
        cookie[TOKEN] = token
        cookie["_user_id"] = str(member.id)
    return browser
