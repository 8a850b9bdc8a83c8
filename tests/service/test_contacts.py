"""How somebody is called and reached, put right by an officer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, Stale
from consult.model.notices import Notice
from consult.model.store import db
from consult.service import audit_pages, contacts, members
from tests.factories import NOON, Cast


def test_all_four_are_put_right_and_both_addresses_told(cast: Cast) -> None:
    by, mabel = cast.actor("roll_officer"), cast.who["member"]
    old, was = contacts.of(mabel).email, contacts.revision(mabel)
    new = contacts.Contact("Mabel Rook", "Mabel@post.example", "+44 20 7946 0018", "1 High St, AB1 2CD")
    contacts.correct(mabel, new, "She wrote on 3 May.", was=was, by=by, at=NOON)
    assert contacts.of(mabel) == new
    assert (mabel.email_key, mabel.phone_key) == ("mabel@post.example", "079460018"[-9:])
    assert members.search("rook").members == [mabel]
    assert members.search("thorn").members == []
    kept = {change.what: change.new for change, _officer in members.changes_of(mabel)}
    assert kept["e-mail"] == "Mabel@post.example"
    assert len(kept) == 4
    (line,) = audit_pages.read(by, subject=f"member:{mabel.id}").lines
    assert not {"Rook", "post.example", "7946", "High"} & set(line.data.replace('"', " ").split())
    assert "post.example" not in line.data
    told = db.session.scalars(select(Notice.address).where(Notice.kind == "address-changed"))
    assert sorted(told) == sorted(["Mabel@post.example", old])
    with pytest.raises(Stale):
        contacts.correct(mabel, new, "Once more.", was=was, by=by, at=NOON)


def test_what_cannot_be_is_refused_at_its_field(cast: Cast) -> None:
    by, mabel = cast.actor("roll_officer"), cast.who["member"]
    now, was = contacts.of(mabel), contacts.revision(mabel)
    for wrong, field in (
        (replace(now, name=" "), "name"),
        (replace(now, email="nobody"), "email"),
        (replace(now, email=cast.who["second"].email or ""), "email"),
        (replace(now, phone="0" * 41), "phone"),
    ):
        with pytest.raises(Invalid) as refused:
            contacts.correct(mabel, wrong, "She wrote.", was=was, by=by, at=NOON)
        assert list(refused.value.fields) == [field]
    with pytest.raises(Invalid, match="Nothing is changed"):
        contacts.correct(mabel, now, "She wrote.", was=was, by=by, at=NOON)
    with pytest.raises(NotAllowed):
        contacts.correct(mabel, replace(now, name="X"), "Mine.", was=was, by=cast.actor("member"), at=NOON)
    shared = replace(now, email=cast.who["second"].email or "")
    contacts.correct(mabel, shared, "One household.", was=was, shared=True, by=by, at=NOON)
    assert contacts.of(mabel) == shared
