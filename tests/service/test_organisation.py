"""The founding: once, whole or not at all, with officers whose terms end on a day that everybody sees."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.roles import CONSOLE, Role, Status
from consult.model.members import Account, LoginToken, Member, RoleHolding
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.model.units import Organisation, Unit
from consult.service import organisation, sessions
from consult.service.organisation import Founded, Officer
from tests.factories import NOON, Cast

ADA = Officer("Ada Marsh", "Ada@fen.example", (Role.GOVERNANCE, Role.ROLL_OFFICER))
CLEO = Officer("Cleo Ray", "cleo@fen.example", (Role.SCRUTINEER,), Status.REPRESENTATIVE)
UNTIL = NOON + timedelta(days=365)


def found(**changes: object) -> Founded:
    given: dict[str, object] = {
        "name": "The Fen Party",
        "strapline": "",
        "nation": "Fenland",
        "officers": [ADA, CLEO],
        "founding_until": UNTIL,
    }
    return organisation.found(None, **(given | changes), by=CONSOLE, at=NOON)


def test_founding_makes_a_root_officers_and_invitations(app: Flask) -> None:
    founded = found()
    assert organisation.name() == "The Fen Party"
    assert [(u.name, u.kind, u.path) for u in db.session.scalars(select(Unit))] == [("Fenland", "nation", "1/")]
    assert [(m.name, m.status, link) for m, link in founded.officers] == [
        ("Ada Marsh", "member", ""),
        ("Cleo Ray", "representative", ""),
    ]
    assert {h.ends_at for h in db.session.scalars(select(RoleHolding))} == {UNTIL}
    assert [(n.kind, n.address) for n in db.session.scalars(select(Notice).order_by(Notice.id))] == [
        ("invitation", "Ada@fen.example"),
        ("invitation", "cleo@fen.example"),
    ]
    assert organisation.key_is_right()
    app.config["CONSULT_OPERATOR_KEY"] = "another key of more than thirty-two letters"
    assert not organisation.key_is_right()


def test_without_mail_the_links_are_given_back_and_kept_as_hashes(app: Flask) -> None:
    serial = count()
    founded = found(token=lambda: f"{next(serial):043}")
    assert [link.rpartition("/")[2] for _, link in founded.officers] == [f"{0:043}", f"{1:043}"]
    assert db.session.get(LoginToken, sessions.token_hash(f"{0:043}")) is not None
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0


def test_it_is_done_once(app: Flask) -> None:
    found()
    with pytest.raises(OutOfOrder, match="once only"):
        found(name="Another")
    assert organisation.name() == "The Fen Party"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "name"),
        ({"nation": ""}, "top"),
        ({"founding_until": NOON}, "future"),
        ({"officers": [CLEO]}, "governance committee"),
        ({"officers": []}, "governance committee"),
        ({"officers": [ADA, Officer("A", "ada@FEN.example", (Role.MODERATOR,))]}, "same address"),
        ({"officers": [Officer("A", "a@fen.example", (Role.GOVERNANCE, Role.SCRUTINEER))]}, "cannot be both"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(app: Flask, changes: dict[str, object], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        found(**changes)
    for table in (Organisation, Unit, Member, RoleHolding):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


def test_officers_do_not_found(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        organisation.found(
            None,
            name="x",
            strapline="",
            nation="y",
            officers=[ADA],
            founding_until=UNTIL,
            by=cast.actor("committee_1"),
            at=NOON,
        )


def test_sign_ins_are_named_for_a_demonstration_in_development_only(app: Flask, cast: Cast) -> None:
    with writing() as session:
        for account in session.scalars(select(Account)):
            account.password_hash = "kept"
    assert organisation.demo_sign_ins() == []
    with writing() as session:
        session.get_one(Organisation, 1).demonstration = True
    named = {one.role: one for one in organisation.demo_sign_ins()}
    assert named["member"].name == "Mabel Thorn" and not named["member"].code
    assert "candidate" not in named
    assert named["delegate"].name == "Delia Marsh" and not named["delegate"].code
    assert named["governance committee"].name == "Amina Grove" and named["governance committee"].code
    app.config["CONSULT_MODE"] = "production"
    assert organisation.demo_sign_ins() == []
