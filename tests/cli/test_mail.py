"""`consult mail bounces`: a pipe, a file, an mbox and a Maildir; and the Maildir that the worker watches."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from consult.cli import main
from consult.domain.errors import Invalid
from consult.job import outgoing, returned
from consult.model.deliveries import Bounce
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import bounces, clock
from tests.factories import Cast
from tests.mail import report


@pytest.fixture
def mark(cast: Cast) -> str:
    """The mark of a notice that was sent to a member."""
    with writing() as session:
        at, member = clock.now(session), cast.who["member"]
        notice = Notice(
            kind="account-changed", member_id=member.id, address=member.email, context={"change": "A line."},
            queued_at=at, send_after=at,
        )  # fmt: skip
        session.add(notice)
        session.flush()
        number = notice.id
    assert outgoing.send_due() == 1
    return bounces.mark_of(number, 1)


def kept() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Bounce.id)).all())


def test_a_mailbox_of_many_is_read_and_left_as_it_is(app: Flask, mark: str, tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for data in (report(envelope=mark), report(), b"Subject: I am away\n\nUntil Monday.\n"):
        box.add(data)
    box.close()
    before = (tmp_path / "box").read_bytes()
    found = returned.take_place(tmp_path / "box")
    assert {outcome.value: count for outcome, count in found.items()} == {
        "bounced": 1, "without a mark of ours": 1, "no report": 1,
    }  # fmt: skip
    assert (tmp_path / "box").read_bytes() == before and kept() == 1
    single = tmp_path / "one.eml"
    single.write_bytes(report(to=f"<b+{mark}@movement.example>"))
    assert [outcome.value for outcome in returned.take_place(single)] == ["bounced"]
    with pytest.raises(Invalid, match="no Maildir"):
        returned.take_place(tmp_path)
    with pytest.raises(Invalid, match="cannot be read"):
        returned.take_place(tmp_path / "nothing")


def test_the_worker_reads_what_is_new_in_a_maildir_once(app: Flask, mark: str, tmp_path: Path) -> None:
    assert returned.watch() == 0  # none is named
    app.config["CONSULT_MAIL_BOUNCES_MAILDIR"] = str(tmp_path / "box")
    assert returned.watch() == 0  # it is not there yet
    box = mailbox.Maildir(tmp_path / "box")
    box.add(report(envelope=mark))
    box.add(b"Subject: hello\n\nno report\n")
    assert returned.watch() == 2 and kept() == 1
    assert returned.watch() == 0
    assert sorted(place.name.rpartition(":")[2] for place in (tmp_path / "box" / "cur").iterdir()) == ["2,S", "2,S"]


def test_a_mail_servers_pipe(console: Path) -> None:
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0
    told = CliRunner().invoke(main, ["mail", "bounces", "-"], input=b"From x@y Mon\n" + report())
    assert told.exception is None, told.exception
    assert (told.exit_code, told.output.split(maxsplit=1)) == (0, ["1", "without a mark of ours\n"])
