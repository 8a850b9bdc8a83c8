"""Mail over a real mail server of our own on the loopback address."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from consult.job import mail, outgoing
from consult.model.notices import Notice
from consult.model.store import db, writing
from tests.factories import NOON, Cast


class Letters:
    """A server that keeps what it is given, and refuses addresses that begin with "no"."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]
        if address.startswith("no"):
            return "550 no such box"
        if address.startswith("later"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def]
        self.kept.append(envelope.content)
        return "250 kept"


@pytest.fixture
def server(app: Flask) -> Iterator[Letters]:
    """A mail server on a free port, named in the settings."""
    letters = Letters()
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    controller = Controller(letters, hostname="127.0.0.1", port=port)
    controller.start()
    app.config["CONSULT_MAIL_HOST"] = "127.0.0.1"
    app.config["CONSULT_MAIL_PORT"] = port
    app.config["CONSULT_MAIL_FROM"] = "The Test Movement <votes@movement.example>"
    yield letters
    controller.stop()


def queue(cast: Cast, address: str) -> int:
    from consult.service import clock

    with writing() as session:
        at = clock.now(session)
        notice = Notice(
            kind="account-changed",
            member_id=cast.who["member"].id,
            address=address,
            context={"change": "Your café was changed – for good."},
            queued_at=at,
            send_after=at,
        )
        session.add(notice)
        session.flush()
        return notice.id


def notice(number: int) -> Notice:
    db.session.rollback()
    return db.session.get_one(Notice, number)


def test_a_message_arrives_whole(server: Letters, cast: Cast) -> None:
    number = queue(cast, "member@members.example")
    assert outgoing.send_due() == 1
    (raw,) = server.kept
    message = message_from_bytes(raw, policy=policy.default)
    assert message["To"] == "member@members.example"
    assert message["From"] == "The Test Movement <votes@movement.example>"
    assert message["Message-ID"].endswith("@movement.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None and "Your café was changed – for good." in text.get_content()
    assert page is not None and "<p>Your café was changed – for good.</p>" in page.get_content()
    assert notice(number).sent_at is not None


def test_refused_for_good_and_refused_for_now(server: Letters, cast: Cast) -> None:
    never, later, good = (queue(cast, f"{name}@members.example") for name in ("nobody", "later", "member"))
    assert outgoing.send_due() == 1
    assert notice(never).gave_up_at is not None
    assert notice(never).fault == "The mail server refused the address (550 no such box)."
    assert notice(later).gave_up_at is None and notice(later).fault is not None
    assert notice(good).sent_at is not None


def test_a_server_that_is_gone_costs_one_batch_and_loses_nothing(app: Flask, cast: Cast, server: Letters) -> None:
    app.config["CONSULT_MAIL_PORT"] = 1
    number = queue(cast, "member@members.example")
    assert outgoing.send_due() == 0
    assert "Connection refused" in str(notice(number).fault)
    assert notice(number).gave_up_at is None


def test_a_password_is_never_sent_in_the_open(app: Flask) -> None:
    class Plain:
        def __init__(self, *args: object, **options: object) -> None:
            pass

        def ehlo(self) -> None:
            pass

        def has_extn(self, name: str) -> bool:
            return False

        def close(self) -> None:
            pass

        def login(self, *args: object) -> None:
            raise AssertionError("the password was sent")

    settings = dict(app.config) | {
        "CONSULT_MAIL_HOST": "mail.example",
        "CONSULT_MAIL_USER": "u",
        "CONSULT_MAIL_PASSWORD": "p",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail.smtplib, "SMTP", Plain)
        with pytest.raises(OSError, match="no encryption"):
            mail.Smtp(settings).send(mail._message("a@b.example", "x", "y", "<p>y</p>"))


def test_what_somebody_can_choose_carries_a_way_to_stop_it_and_nothing_else_does(server: Letters, cast: Cast) -> None:
    """RFC 8058: both headers, an address of this site, and the same address in the words."""
    queue(cast, "member@members.example")
    with writing() as session:
        kept = {"queued_at": NOON, "send_after": NOON, "member_id": cast.who["member"].id}
        told = {"motion": 7, "label": "Motion 7", "title": "Buses", "news": "published"}
        session.add(Notice(kind="motion-followed", address="follower@members.example", context=told, **kept))
        place = {
            "title": "Motion 7: Buses",
            "path": "/motions/7",
            "kinds": {"motion-followed": 2},
            "news": ["published"],
        }
        digest = {"period": "day", "many": 2, "places": [place]}
        session.add(Notice(kind="digest", address="reader@members.example", context=digest, **kept))
    assert outgoing.send_due() == 3
    found = {
        message["To"]: message for message in (message_from_bytes(raw, policy=policy.default) for raw in server.kept)
    }
    assert found["member@members.example"]["List-Unsubscribe"] is None
    for name in ("follower", "reader"):
        message = found[f"{name}@members.example"]
        address = "".join(message["List-Unsubscribe"].split()).strip("<>")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "/notices/stop/" in address and address in message.get_body(("plain",)).get_content()
    words = found["reader@members.example"].get_body(("plain",)).get_content()
    assert "- News of a motion you follow (2 times)" in words and "/motions/7" in words and "- published" in words
