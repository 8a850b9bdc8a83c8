"""Passkeys: made, used, counted, renamed and removed, by a device in software that can be made to lie."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder, Refused
from consult.domain.relying_party import RelyingParty, relying_party
from consult.domain.roles import VISITOR
from consult.model.audit import AuditEvent
from consult.model.members import Account, Member, SignInSession
from consult.model.notices import Notice
from consult.model.signing_in import Passkey, SignInChallenge
from consult.model.store import db, writing
from consult.service import accounts, confirming, housekeeping, passkeys, passwords, resets, sessions
from consult.service.act import Act
from tests.authenticator import Device, b64, raw
from tests.factories import NOON, Cast

HERE = "https://vote.consult.example"
GOOD = "plough lantern ribbon otter"


@pytest.fixture(autouse=True)
def party(app: Flask) -> Iterator[None]:
    app.config["CONSULT_PASSKEYS"] = RelyingParty("consult.example", (HERE,))
    return


def account(cast: Cast, name: str = "member") -> Account:
    return accounts.get(cast.who[name].id)


def session_of(member: Member, token: str = "s" * 43, at=NOON, *, second_factor: bool = False) -> str:  # type: ignore[no-untyped-def]
    with writing() as session:
        sessions.begin(Act(session, VISITOR, at), member.id, token, second_factor=second_factor, device="computer")
    return sessions.token_hash(token)


def make(cast: Cast, device: Device, who: str = "member", *, at=NOON, **spoilt: Any) -> SignInSession:  # type: ignore[no-untyped-def]
    weak = cast.actor(who, second_factor=False)
    token = f"{b64(device.credential)} {device.count}"
    here = session_of(cast.who[who], f"old {token} {who}", at)
    options, challenge = passkeys.registration_options(
        account(cast, who), session_hash=here, network="192.0.2.1", by=weak, at=at
    )
    answer = device.make(options, **spoilt)
    about = {"token": token, "session_hash": here, "device": "computer", "by": weak, "at": at}
    return passkeys.register(account(cast, who), answer, challenge, options["user"]["id"], "My phone", **about)


def use(device: Device, *, at=NOON, **spoilt: Any) -> SignInSession:  # type: ignore[no-untyped-def]
    options, challenge = passkeys.sign_in_options(network="192.0.2.1", at=at)
    options["rp"] = options.get("rpId")
    answer = device.use(options, **spoilt)
    token = f"{b64(device.credential)} {device.count} {at}"
    return passkeys.sign_in(answer, challenge, token=token, device="phone", network="192.0.2.1", at=at)


def events() -> list[str]:
    return [e.event for e in db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence))]


def test_a_passkey_is_made_and_signs_in_with_its_second_factor(cast: Cast) -> None:
    device = Device(HERE, synced=True)
    begun = make(cast, device)
    assert begun.second_factor  # the device verified who it was
    (kept,) = passkeys.of_member(cast.who["member"].id)
    assert (kept.name, kept.synced, kept.last_used_at, kept.transports) == ("My phone", True, None, "internal")
    assert len(raw(kept.user_handle)) == 64
    later = NOON + timedelta(days=1)
    begun = use(device, at=later)
    assert (begun.member_id, begun.second_factor, begun.device) == (cast.who["member"].id, True, "phone")
    db.session.expire_all()
    assert (kept.sign_count, kept.last_used_at) == (1, later)
    assert events() == ["account.passkey_added"]
    (told,) = db.session.scalars(select(Notice))
    assert told.kind == "account-changed" and "My phone" in json.dumps(told.context)


def test_the_options_are_those_of_the_standard_and_say_nothing_of_the_person(cast: Cast) -> None:
    options, challenge = passkeys.sign_in_options(network="192.0.2.1", at=NOON)
    assert options["rpId"] == "consult.example" and not options.get("allowCredentials")
    assert options["challenge"] == challenge and len(raw(challenge)) == 32
    make(cast, Device(HERE))
    here = session_of(cast.who["member"])
    about = {"session_hash": here, "network": "192.0.2.1", "by": cast.actor("member"), "at": NOON}
    again, _ = passkeys.registration_options(account(cast), **about)
    (kept,) = passkeys.of_member(cast.who["member"].id)
    assert again["user"]["id"] == kept.user_handle
    assert [each["id"] for each in again["excludeCredentials"]] == [kept.credential_id]
    assert again["authenticatorSelection"]["residentKey"] == "required"


def test_a_device_that_does_not_verify_who_it_was_is_no_second_factor(cast: Cast) -> None:
    device = Device(HERE, verifies=False)
    assert not make(cast, device).second_factor
    assert not use(device).second_factor


@pytest.mark.parametrize(
    "spoilt",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://vote.consult.example"},
        {"type": "webauthn.create"},
        {"challenge": "AAAA"},
    ],
    ids=lambda spoilt: next(iter(spoilt)),
)
def test_an_answer_for_another_place_kind_or_challenge_is_refused(cast: Cast, spoilt: dict[str, str]) -> None:
    device = Device(HERE)
    make(cast, device)
    with pytest.raises(Invalid, match="cannot be used"):
        use(device, **spoilt)
    with pytest.raises(Invalid, match="cannot be used"):
        make(cast, Device(HERE), **(spoilt | ({"type": "webauthn.get"} if "type" in spoilt else {})))
    assert len(passkeys.of_member(cast.who["member"].id)) == 1


def test_another_key_with_a_known_name_signs_nobody_in(cast: Cast) -> None:
    device = Device(HERE)
    make(cast, device)
    thief = Device(HERE, credential=device.credential, rp_id=device.rp_id, handle=device.handle)
    with pytest.raises(Invalid, match="cannot be used"):
        use(thief)
    stranger = Device(HERE, rp_id="consult.example", handle=device.handle)
    with pytest.raises(Invalid, match="belongs to no account"):
        use(stranger)
    device.handle = b64(bytes(64))
    with pytest.raises(Invalid, match="belongs to no account"):
        use(device)


def test_a_challenge_is_answered_once_soon_and_for_what_it_was_given(cast: Cast) -> None:
    device = Device(HERE)
    make(cast, device)
    options, challenge = passkeys.sign_in_options(network="192.0.2.1", at=NOON)
    answer = device.use(options)
    about: dict[str, Any] = {"device": "phone", "network": "192.0.2.1"}
    late = NOON + timedelta(minutes=5)
    with pytest.raises(OutOfOrder, match="waited too long"):
        passkeys.sign_in(answer, challenge, token="l" * 43, at=late, **about)
    passkeys.sign_in(answer, challenge, token="a" * 43, at=NOON, **about)
    with pytest.raises(OutOfOrder, match="sent before"):
        passkeys.sign_in(answer, challenge, token="b" * 43, at=NOON, **about)
    here = session_of(cast.who["member"])
    mine = {"session_hash": here, "by": cast.actor("member"), "at": NOON}
    options, challenge = passkeys.registration_options(account(cast), network="192.0.2.1", **mine)
    with pytest.raises(OutOfOrder):  # made for a new passkey, not for signing in
        passkeys.sign_in(device.use(options), challenge, token="c" * 43, at=NOON, **about)


def test_a_wrong_answer_uses_the_challenge_up(cast: Cast) -> None:
    device = Device(HERE)
    make(cast, device)
    options, challenge = passkeys.sign_in_options(network="192.0.2.1", at=NOON)
    about: dict[str, Any] = {"device": "phone", "network": "192.0.2.1", "at": NOON}
    with pytest.raises(Invalid):
        passkeys.sign_in("{}", challenge, token="a" * 43, **about)
    with pytest.raises(OutOfOrder):
        passkeys.sign_in(device.use(options), challenge, token="b" * 43, **about)


def test_the_challenge_of_one_person_registers_nothing_for_another(cast: Cast) -> None:
    here = session_of(cast.who["member"])
    options, challenge = passkeys.registration_options(
        account(cast), session_hash=here, network="192.0.2.1", by=cast.actor("member"), at=NOON
    )
    other = session_of(cast.who["mover"], "o" * 43)
    with pytest.raises(OutOfOrder):
        passkeys.register(
            account(cast, "mover"), Device(HERE).make(options), challenge, options["user"]["id"], "x",
            token="t" * 43, session_hash=other, device="x", by=cast.actor("mover"), at=NOON,
        )  # fmt: skip


def test_a_count_that_does_not_grow_puts_the_passkey_out_of_use_and_tells_its_owner(cast: Cast) -> None:
    device = Device(HERE, count=5)
    make(cast, device)
    use(device)
    device.count = 3
    for _ in range(2):  # also the rightful device, whose count has grown by now
        with pytest.raises(NotAllowed, match="may have been copied"):
            use(device)
        device.count = 40
    (kept,) = passkeys.of_member(cast.who["member"].id)
    assert (kept.sign_count, kept.doubted_at) == (6, NOON)
    assert events() == ["account.passkey_added", "account.passkey_doubted"]
    assert "may have been copied" in json.dumps([n.context for n in db.session.scalars(select(Notice))])
    assert accounts.ways_in(account(cast)) == ["link"]


def test_a_device_that_does_not_count_goes_on_signing_in(cast: Cast) -> None:
    device = Device(HERE, step=0)
    make(cast, device)
    assert use(device).member_id == use(Device(**{**vars(device), "count": 0}), at=NOON + timedelta(1)).member_id


def test_a_session_that_is_not_fresh_makes_and_removes_nothing_until_it_is_confirmed(cast: Cast) -> None:
    make(cast, Device(HERE))
    (kept,) = passkeys.of_member(cast.who["member"].id)
    mine, later = cast.actor("member"), NOON + timedelta(minutes=15)
    old = session_of(cast.who["member"])
    with pytest.raises(NotAllowed, match="show again that it is you"):
        passkeys.registration_options(account(cast), session_hash=old, network="192.0.2.1", by=mine, at=later)
    with pytest.raises(NotAllowed, match="show again that it is you"):
        passkeys.remove(account(cast), kept.id, session_hash=old, by=mine, at=later)
    with pytest.raises(NotAllowed):
        passkeys.remove(account(cast), kept.id, session_hash=session_of(cast.who["mover"], "m" * 43), by=mine, at=NOON)
    with writing():
        account(cast).password_hash = passwords.hashed(GOOD)
    about = {"token": "n" * 43, "old_hash": old, "device": "x", "by": mine, "at": later}
    with pytest.raises(Invalid, match="not your password"):
        confirming.confirm(account(cast), "wrong", **about)
    begun = confirming.confirm(account(cast), GOOD, **about)
    assert begun.second_factor == mine.second_factor and db.session.get_one(SignInSession, old).ended_at == later
    passkeys.remove(account(cast), kept.id, session_hash=begun.token_hash, by=mine, at=later)
    assert passkeys.of_member(cast.who["member"].id) == []
    assert events()[-1] == "account.passkey_removed"


def test_the_last_way_in_is_never_removed(cast: Cast) -> None:
    with writing():
        cast.who["member"].email = cast.who["member"].email_key = None
    first, second = Device(HERE), Device(HERE)
    make(cast, first)
    make(cast, second)
    one, two = passkeys.of_member(cast.who["member"].id)
    mine, here = cast.actor("member"), session_of(cast.who["member"])
    passkeys.remove(account(cast), one.id, session_hash=here, by=mine, at=NOON)
    with pytest.raises(OutOfOrder, match="last way to sign in"):
        passkeys.remove(account(cast), two.id, session_hash=here, by=mine, at=NOON)
    with pytest.raises(Invalid):
        use(first)
    assert use(second).member_id == cast.who["member"].id


def test_a_passkey_is_renamed_by_its_owner_alone(cast: Cast) -> None:
    make(cast, Device(HERE))
    (kept,) = passkeys.of_member(cast.who["member"].id)
    passkeys.rename(kept, "  The   blue key ", by=cast.actor("member"), at=NOON)
    assert kept.name == "The blue key"
    with pytest.raises(NotAllowed):
        passkeys.rename(kept, "Mine", by=cast.actor("mover"), at=NOON)
    with pytest.raises(NotFound):
        passkeys.get(kept.id, cast.actor("mover"))
    for bad in ("", " ", "x" * 61):
        with pytest.raises(Invalid, match="at most 60 characters"):
            passkeys.rename(kept, bad, by=cast.actor("member"), at=NOON)


def test_an_officer_s_passkey_guards_the_account_and_two_officers_reset_it(cast: Cast) -> None:
    device = Device(HERE)
    assert accounts.next_step(account(cast, "chair"), cast.actor("chair", second_factor=False), NOON) == "authenticator"
    make(cast, device, "chair")
    weak = cast.actor("chair", second_factor=False)
    assert accounts.next_step(account(cast, "chair"), weak, NOON) == "passkey"
    with pytest.raises(NotAllowed, match="sign in with your passkey first"):
        accounts.require_second_factor(account(cast, "chair"), weak)
    accounts.require_second_factor(account(cast, "chair"), cast.actor("chair"))
    asked = resets.ask(cast.who["chair"], "Telephoned.", by=cast.actor("committee_1"), at=NOON)
    resets.agree(asked, by=cast.actor("committee_2"), at=NOON)
    with pytest.raises(Invalid):
        use(device)
    assert accounts.next_step(account(cast, "chair"), weak, NOON) == "authenticator"


def test_twelve_are_enough_and_one_device_is_kept_once(cast: Cast) -> None:
    device = Device(HERE)
    make(cast, device)
    device.count = 9
    with pytest.raises(Refused):
        make(cast, device, "mover")  # a credential belongs to one account
    for _ in range(passkeys.MOST - 1):
        make(cast, Device(HERE))
    with pytest.raises(OutOfOrder, match="12 passkeys"):
        make(cast, Device(HERE))


def test_where_there_is_no_domain_there_are_no_passkeys(app: Flask, cast: Cast) -> None:
    app.config["CONSULT_PASSKEYS"] = None
    with pytest.raises(NotFound, match="cannot be used here"):
        passkeys.sign_in_options(network="192.0.2.1", at=NOON)


def test_old_challenges_are_forgotten(cast: Cast) -> None:
    passkeys.sign_in_options(network="192.0.2.1", at=NOON)
    housekeeping.forget(NOON + timedelta(minutes=4))
    assert db.session.scalars(select(SignInChallenge)).all()
    housekeeping.forget(NOON + timedelta(minutes=6))
    assert not db.session.scalars(select(SignInChallenge)).all()


def test_an_erased_person_s_passkey_signs_nobody_in(cast: Cast) -> None:
    device = Device(HERE)
    make(cast, device)
    with writing():
        db.session.get_one(Member, cast.who["member"].id).erased_at = NOON
    with pytest.raises(Invalid):
        use(device)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_a_browser_sends_is_taken_or_refused_in_a_sentence(cast: Cast, data: st.DataObject) -> None:
    device = Device(HERE)
    options, challenge = passkeys.sign_in_options(network=f"2001:db8:{data.draw(st.integers(0, 9999))}::1", at=NOON)
    device.rp_id = options["rpId"]
    answer = json.loads(device.use(options))
    where = data.draw(st.sampled_from(sorted(answer["response"])))
    answer["response"][where] = data.draw(
        st.text(max_size=40) | st.binary(max_size=80).map(b64) | st.none() | st.integers()
    )
    with writing() as session:
        if db.session.scalar(select(Passkey).where(Passkey.credential_id == answer["id"])) is None:
            session.add(
                Passkey(
                    member_id=cast.who["member"].id,
                    credential_id=answer["id"],
                    user_handle="",
                    sign_count=0,
                    name="x",
                    public_key=b64(b"\xa1\x01\x02"),
                    transports="",
                    made_at=NOON,
                )
            )
    with pytest.raises(Refused):
        passkeys.sign_in(json.dumps(answer), challenge, token="t" * 43, device="x", network="192.0.2.1", at=NOON)


def test_the_relying_party_is_taken_from_the_settings_or_refused_in_words() -> None:
    assert relying_party("https://Vote.Consult.Example:443/x") == RelyingParty("vote.consult.example", (HERE,))
    assert relying_party(HERE, "consult.example") == RelyingParty("consult.example", (HERE,))
    both = relying_party("http://x", "consult.example", f"{HERE}, https://consult.example:8443")
    assert both == RelyingParty("consult.example", (HERE, "https://consult.example:8443"))
    assert relying_party("http://localhost:8000/") == RelyingParty("localhost", ("http://localhost:8000",))
    assert relying_party("http://192.0.2.7") is relying_party("http://consult.example") is None
    for bad, said in (
        ((HERE, "other.example"), "its host must be other.example or end with it"),
        ((HERE, "example"), "expected a domain"),
        ((HERE, "https://vote.consult.example"), "expected a domain"),
        (("http://192.0.2.7", "192.0.2.7"), "expected a domain"),
        ((HERE, "consult.example", "http://consult.example"), "must begin with https://"),
        ((HERE, "", "consult.example"), "is no origin"),
        ((HERE, "", "https://consult.example:x"), "is no origin"),
        ((HERE, "sult.example"), "or end with it"),
    ):
        with pytest.raises(ValueError, match=said):
            relying_party(*bad)
