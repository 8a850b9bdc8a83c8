"""A passkey's name is changed by its owner alone, and what was typed is kept where it does not serve."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.model.signing_in import Passkey
from consult.model.store import db, writing
from consult.service import audit_pages, passkeys
from tests.factories import NOON, Cast
from tests.web.signing_in import browser_of


@pytest.fixture
def kept(cast: Cast) -> int:
    """The number of a passkey of a member."""
    made = Passkey(
        member_id=cast.who["member"].id, credential_id="a" * 22, user_handle="b" * 86, public_key="c", sign_count=0,
        name="The old phone", transports="internal", made_at=NOON,
    )  # fmt: skip
    with writing() as session:
        session.add(made)
        session.flush()
        return made.id


def test_a_passkey_is_renamed_by_its_owner(app: Flask, cast: Cast, kept: int) -> None:
    mine = browser_of(app, cast.who["member"])
    page = mine.open(f"/account/passkeys/{kept}/name")
    assert page.find(name="name").get("value") == "The old phone"
    page = page.fill("Name of the passkey", "The  green   phone").press("Save")
    assert page.notices == ["The passkey has its new name."] and "The green phone" in page.main
    db.session.rollback()
    line = audit_pages.read(cast.actor("member")).lines[0]
    assert (line.event, "phone" in line.data) == ("account.passkey_renamed", False)


@pytest.mark.parametrize("name", ["", "   ", "x" * (passkeys.LONGEST_NAME + 1)])
def test_a_name_that_does_not_serve_is_said_at_the_field(app: Flask, cast: Cast, kept: int, name: str) -> None:
    page = browser_of(app, cast.who["member"]).open(f"/account/passkeys/{kept}/name")
    told = page.fill("Name of the passkey", name).press("Save", 422)
    assert len(told.errors) == 1
    assert told.find(name="name").get("value", "").strip() == name.strip()
    db.session.rollback()
    assert db.session.get(Passkey, kept).name == "The old phone"  # type: ignore[union-attr]


def test_nobody_renames_what_is_somebody_elses(app: Flask, cast: Cast, kept: int) -> None:
    for who in ("mover", "committee_1"):
        told = browser_of(app, cast.who[who]).open(f"/account/passkeys/{kept}/name", 404)
        assert "The old phone" not in told.html
