"""Accounts: passwords, links and invitations, and what happens when they are wrong, late, used twice or guessed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Refused, TooOften
from consult.domain.events import Event
from consult.domain.roles import CONSOLE, Status
from consult.model.audit import AuditEvent
from consult.model.members import Account, Attempt, LoginToken, Member, SignInSession
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import accounts, attempts, links, passwords, sessions
from tests.factories import NOON, Cast, make_member

GOOD = "plough lantern ribbon otter"
MINUTE = timedelta(minutes=1)


def give_password(member: Member, password: str = GOOD) -> None:
    kept = passwords.hashed(password)
    with writing() as session:
        accounts.ensure(session, member.id, NOON).password_hash = kept


def make_link(member: Member, purpose: str, *, token: str = "t" * 43) -> str:
    with writing() as session:
        links.mint(session, member.id, purpose, NOON, token)
    return token


def sign_in(who: str, password: str = GOOD, **more: object) -> SignInSession:
    return accounts.sign_in(
        who, password, token="s" * 43, device="computer", network=str(more.pop("network", "192.0.2.1")), at=NOON, **more
    )


def notices() -> list[Notice]:
    return list(db.session.scalars(select(Notice).order_by(Notice.id)))


def test_sign_in_by_address_in_any_case_and_by_number(cast: Cast) -> None:
    member = cast.who["member"]
    give_password(member)
    begun = sign_in("  MEMBER@members.example ")
    assert (begun.member_id, begun.second_factor) == (member.id, False)
    assert begun.token_hash == sessions.token_hash("s" * 43)
    by_number = accounts.sign_in(member.number, GOOD, token="n" * 43, device="phone", network="192.0.2.1", at=NOON)
    assert by_number.member_id == member.id


def test_the_same_refusal_for_a_wrong_password_an_unknown_address_and_no_password_yet(cast: Cast) -> None:
    give_password(cast.who["member"])
    said = set()
    for who, password in (
        ("member@members.example", "not the password"),
        ("nobody@members.example", GOOD),
        ("mover@members.example", GOOD),
        ("", GOOD),
        ("member@members.example", ""),
        ("x" * 5000, "y" * 100_000),
    ):
        with pytest.raises(Invalid) as refusal:
            sign_in(who, password)
        said.add(str(refusal.value))
    assert said == {accounts.WRONG}
    assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 0


def test_an_unknown_account_costs_one_look_at_a_hash_as_a_known_one_does(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_password(cast.who["member"])
    looked: list[str | None] = []
    monkeypatch.setattr(passwords, "matches", lambda kept, password: looked.append(kept) or False)
    for who in ("member@members.example", "mover@members.example", "nobody@members.example"):
        looked.clear()
        with pytest.raises(Invalid):
            sign_in(who)
        assert len(looked) == 1


def test_an_erased_person_cannot_sign_in(cast: Cast) -> None:
    member = cast.who["member"]
    give_password(member)
    with writing():
        db.session.get_one(Member, member.id).erased_at = NOON
    with pytest.raises(Invalid):
        sign_in("member@members.example")


def test_ten_wrong_passwords_close_the_password_door_but_not_the_link(cast: Cast) -> None:
    give_password(cast.who["member"])
    for number in range(10):
        with pytest.raises(Invalid):
            sign_in("member@members.example", f"wrong {number}", network=f"192.0.2.{number}")
    with pytest.raises(TooOften, match=r"link sent to you by e-mail instead, or try again at 12:16"):
        sign_in("member@members.example", GOOD, network="192.0.2.99")
    accounts.ask_for_link("member@members.example", network="192.0.2.99", at=NOON)
    token = make_link(cast.who["member"], links.SIGN_IN)
    accounts.sign_in_by_link(token, token="a" * 43, device="phone", network="192.0.2.99", at=NOON)
    assert sign_in("member@members.example").member_id == cast.who["member"].id  # the link cleared the count


def test_the_door_opens_again_when_the_window_is_over(cast: Cast) -> None:
    give_password(cast.who["member"])
    for number in range(10):
        with pytest.raises(Invalid):
            sign_in("member@members.example", f"wrong {number}")
    later = NOON + timedelta(minutes=15)
    begun = accounts.sign_in(
        "member@members.example", GOOD, token="l" * 43, device="phone", network="192.0.2.1", at=later
    )
    assert begun.created_at == later


def test_guessing_many_accounts_from_one_network_is_stopped_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "matches", lambda kept, password: False)
    for number in range(100):
        with pytest.raises(Invalid):
            sign_in(f"person{number}@elsewhere.example", network="2001:db8::1")
    with pytest.raises(TooOften):
        sign_in("another@elsewhere.example", network="2001:db8::ffff")
    with pytest.raises(Invalid):
        sign_in("another@elsewhere.example", network="2001:db8:1::1")


def test_successes_do_not_count_for_a_network(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    give_password(cast.who["member"])
    monkeypatch.setattr(passwords, "matches", lambda kept, password: True)
    for number in range(120):
        accounts.sign_in(
            "member@members.example", GOOD, token=f"{number:043}", device="x", network="192.0.2.1", at=NOON
        )
    kept = db.session.scalars(select(Attempt.count)).all()
    assert set(kept) == {0}


def test_attempts_keep_neither_address_nor_account(cast: Cast) -> None:
    with pytest.raises(Invalid):
        sign_in("member@members.example", "wrong")
    rows = db.session.scalars(select(Attempt)).all()
    assert len(rows) == 2
    assert all(len(row.key) == 64 and "192" not in row.key[:3] and "@" not in row.key for row in rows)


def test_two_people_with_one_address(cast: Cast) -> None:
    with writing():
        twin = make_member(cast.units["Alder"], "Tamsin Thorn", email="member@members.example")
    give_password(cast.who["member"])
    give_password(twin, "another four words entirely")
    assert sign_in("member@members.example", "another four words entirely").member_id == twin.id
    accounts.ask_for_link("member@members.example", network="192.0.2.1", at=NOON)
    assert {n.member_id for n in notices()} == {cast.who["member"].id, twin.id}
    give_password(twin)
    with pytest.raises(Invalid, match="more than one person"):
        sign_in("member@members.example")


def test_a_hash_with_older_parameters_is_made_anew(cast: Cast) -> None:
    from argon2 import PasswordHasher

    older = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    with writing():
        db.session.get_one(Account, cast.who["member"].id).password_hash = older
    sign_in("member@members.example")
    kept = db.session.get_one(Account, cast.who["member"].id).password_hash
    assert kept is not None and kept != older
    assert "m=19456,t=2,p=1" in kept
    assert passwords.matches(kept, GOOD)


def test_asking_for_a_link_says_the_same_whoever_asks_and_keeps_no_secret(cast: Cast) -> None:
    accounts.ask_for_link("member@members.example", network="192.0.2.1", next_page="/motions/7", at=NOON)
    accounts.ask_for_link("nobody@elsewhere.example", network="192.0.2.1", at=NOON)
    accounts.ask_for_link("M999999999", network="192.0.2.1", at=NOON)
    accounts.ask_for_link("<script>@x.example", network="192.0.2.1", at=NOON)
    assert [(n.kind, n.address) for n in notices()] == [
        ("sign-in-link", "member@members.example"),
        ("sign-in-unknown", "nobody@elsewhere.example"),
    ]
    assert notices()[0].context == {"next": "/motions/7"}
    assert db.session.scalar(select(func.count()).select_from(LoginToken)) == 0


@pytest.mark.parametrize("who", ["member@members.example", "nobody@elsewhere.example"])
def test_links_are_limited_alike_for_known_and_unknown(cast: Cast, who: str) -> None:
    for _ in range(5):
        accounts.ask_for_link(who, network="192.0.2.1", at=NOON)
    with pytest.raises(TooOften, match="newest link in your mail"):
        accounts.ask_for_link(who, network="192.0.2.1", at=NOON)
    accounts.ask_for_link(who, network="192.0.2.1", at=NOON + timedelta(minutes=10))
    assert len(notices()) == 6


def test_a_link_works_once_and_for_ten_minutes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from consult.service import clock

    token = make_link(cast.who["member"], links.SIGN_IN)
    monkeypatch.setattr(clock, "source", lambda session: NOON)
    assert links.look(token).member_id == cast.who["member"].id
    assert links.look(token).used_at is None
    begun = accounts.sign_in_by_link(token, token="a" * 43, device="x", network="", at=NOON + 10 * MINUTE - MINUTE / 60)
    assert begun.member_id == cast.who["member"].id
    with pytest.raises(OutOfOrder, match="works once"):
        accounts.sign_in_by_link(token, token="b" * 43, device="x", network="", at=NOON)
    late = make_link(cast.who["member"], links.SIGN_IN, token="u" * 43)
    with pytest.raises(OutOfOrder, match="ten minutes"):
        accounts.sign_in_by_link(late, token="c" * 43, device="x", network="", at=NOON + 10 * MINUTE)
    with pytest.raises(NotAllowed, match="no such link"):
        accounts.sign_in_by_link("made up", token="d" * 43, device="x", network="", at=NOON)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands at noon."""
    from consult.service import clock

    monkeypatch.setattr(clock, "source", lambda session: NOON)


def test_a_link_of_one_purpose_does_nothing_else(cast: Cast, noon: None) -> None:
    invited = make_link(cast.who["member"], links.INVITE)
    with pytest.raises(NotAllowed):
        accounts.sign_in_by_link(invited, token="a" * 43, device="x", network="", at=NOON)
    signing = make_link(cast.who["member"], links.SIGN_IN, token="v" * 43)
    with pytest.raises(NotAllowed):
        accounts.choose_password_by_link(signing, GOOD, token="a" * 43, device="x", network="", at=NOON)
    assert links.look(invited).used_at is None and links.look(signing).used_at is None


def test_taking_up_an_invitation(cast: Cast, noon: None) -> None:
    member = cast.who["member"]
    token = make_link(member, links.INVITE)
    with pytest.raises(Invalid, match="at least 12"):
        accounts.choose_password_by_link(token, "short", token="a" * 43, device="x", network="", at=NOON)
    begun = accounts.choose_password_by_link(token, GOOD, token="a" * 43, device="x", network="", at=NOON)
    assert begun.member_id == member.id
    assert sign_in("member@members.example").member_id == member.id
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
    assert event is not None
    assert (event.event, event.actor) == (Event.ACCOUNT_CLAIMED.value, f"member:{member.id}")


def test_a_reset_ends_sessions_tells_the_person_and_keeps_the_second_factor(cast: Cast, noon: None) -> None:
    member = cast.who["chair"]
    give_password(member)
    with writing():
        account = db.session.get_one(Account, member.id)
        account.totp_sealed, account.totp_confirmed_at = "sealed", NOON
    sign_in("chair@members.example")
    token = make_link(member, links.RESET_PASSWORD)
    newer = "ten different words altogether"
    accounts.choose_password_by_link(token, newer, token="r" * 43, device="x", network="", at=NOON)
    standing = [s for s in db.session.scalars(select(SignInSession)) if s.ended_at is None]
    assert [s.token_hash for s in standing] == [sessions.token_hash("r" * 43)]
    assert standing[0].second_factor is False
    assert db.session.get_one(Account, member.id).totp_sealed == "sealed"
    assert [n.kind for n in notices()] == ["account-changed"]
    with pytest.raises(Invalid):
        accounts.sign_in("chair@members.example", GOOD, token="q" * 43, device="x", network="", at=NOON)


def test_changing_a_password(cast: Cast) -> None:
    member = cast.who["member"]
    give_password(member)
    sign_in("member@members.example")
    account, by = accounts.get(member.id), cast.actor("member", second_factor=False)
    newer = "ten different words altogether"
    with pytest.raises(Invalid, match="not your present password") as refusal:
        accounts.change_password(account, "wrong", newer, token="c" * 43, device="x", by=by, at=NOON)
    assert list(refusal.value.fields) == ["present"]
    begun = accounts.change_password(account, GOOD, newer, token="c" * 43, device="x", by=by, at=NOON)
    ended = db.session.get_one(SignInSession, sessions.token_hash("s" * 43)).ended_at
    assert ended == NOON and begun.ended_at is None
    assert passwords.matches(accounts.get(member.id).password_hash, newer)


def test_nobody_changes_somebody_elses_password(cast: Cast) -> None:
    account = accounts.get(cast.who["member"].id)
    with pytest.raises(NotAllowed, match="person concerned"):
        accounts.change_password(account, "", GOOD, token="c" * 43, device="x", by=cast.actor("stranger"), at=NOON)


def test_with_an_authenticator_a_password_alone_changes_nothing(cast: Cast) -> None:
    member = cast.who["chair"]
    with writing():
        account = db.session.get_one(Account, member.id)
        account.totp_sealed, account.totp_confirmed_at = "sealed", NOON
    weak = cast.actor("chair", second_factor=False)
    with pytest.raises(NotAllowed, match="authenticator"):
        accounts.change_password(accounts.get(member.id), "", GOOD, token="c" * 43, device="x", by=weak, at=NOON)


def test_what_somebody_is_led_to_after_signing_in(cast: Cast) -> None:
    def led(name: str, **given: bool) -> str:
        return accounts.next_step(accounts.get(cast.who[name].id), cast.actor(name, **given), NOON)

    assert led("member", second_factor=False) == ""
    assert led("delegate", second_factor=False) == ""
    assert led("chair", second_factor=False) == "authenticator"
    with writing():
        db.session.get_one(Account, cast.who["chair"].id).totp_confirmed_at = NOON
    assert led("chair", second_factor=False) == "code"
    assert led("chair", second_factor=True) == ""


def test_inviting(cast: Cast) -> None:
    member = cast.who["member"]
    link = accounts.invite(member, token="i" * 43, by=CONSOLE, at=NOON)
    assert link.endswith("/link/" + "i" * 43)
    assert accounts.invite(member, by=cast.actor("roll_officer"), at=NOON) == ""
    assert [n.kind for n in notices()] == ["invitation"]
    with pytest.raises(NotAllowed):
        accounts.invite(member, by=cast.actor("chair"), at=NOON)
    give_password(member)
    with pytest.raises(Invalid, match="password already"):
        accounts.invite(member, by=CONSOLE, at=NOON)


def test_inviting_somebody_without_an_address(cast: Cast) -> None:
    with writing():
        nobody = make_member(cast.units["Alder"], email=None, status=Status.MEMBER.value)
    with pytest.raises(Invalid, match="no e-mail address"):
        accounts.invite(nobody, by=CONSOLE, at=NOON)


def test_signing_out_ends_the_session(cast: Cast) -> None:
    give_password(cast.who["member"])
    begun = sign_in("member@members.example")
    accounts.sign_out(None, begun.token_hash, by=cast.actor("member"), at=NOON)
    assert db.session.get_one(SignInSession, begun.token_hash).ended_at == NOON
    accounts.sign_out(None, "no such session", by=cast.actor("member"), at=NOON)


@pytest.mark.parametrize(
    "password",
    ["", "elevenchars", "x" * 201, "aaaaaaaaaaaaaaaa", "password1234", "mabelthorn123", "Member12345!"],
)
def test_passwords_that_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        passwords.check(password, known=("Mabel", "Thorn", "member"))
    assert list(refusal.value.fields) == ["password"]


@pytest.mark.parametrize("password", [GOOD, "Tr0ub4dor&3xyz", "мои четыре слова тут", "password otter ribbon lamp"])
def test_passwords_that_are_good_enough(password: str) -> None:
    passwords.check(password, known=("Mabel", "Thorn"))


def test_one_password_typed_on_two_keyboards() -> None:
    composed, decomposed = "caf\u00e9 lantern ribbon", "cafe\u0301 lantern ribbon"
    assert passwords.matches(passwords.hashed(composed), decomposed)


def test_only_so_many_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(passwords, "_room", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "_SECONDS_IN_LINE", 0)
    with passwords._Room(), pytest.raises(Refused, match="Very many people"):
        passwords.hashed(GOOD)


def test_the_database_counts_two_first_tries_at_once(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    one = attempts.Try(attempts.CODE, "member:1")
    attempts.spend(one, at=NOON)
    attempts.spend(one, at=NOON)
    assert db.session.scalar(select(Attempt.count)) == 2
