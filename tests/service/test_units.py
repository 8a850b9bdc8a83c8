"""Units: where each kind may stand, names that are taken, and the tree with its offices."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from consult.domain.errors import Invalid, NotAllowed, NotFound, Stale
from consult.model.store import db
from consult.service import units
from tests.factories import NOON, Cast, make_unit


def test_making_a_branch(cast: Cast) -> None:
    region = cast.units["Northmoor"]
    made = units.make_unit(region, "  Rowan   Hill ", "branch", "resolved", by=cast.actor("roll_officer"), at=NOON)
    assert (made.name, made.kind, made.parent_id) == ("Rowan Hill", "branch", region.id)
    assert made.path == f"{region.path}{made.id}/"


@pytest.mark.parametrize(
    ("parent", "kind", "field"),
    [
        (None, "branch", "parent"),
        ("Alder", "branch", "parent"),
        ("Northmoor", "region", "parent"),
        ("Testland", "nation", "parent"),
        ("Testland", "choir", "kind"),
    ],
)
def test_where_a_unit_cannot_stand(cast: Cast, parent: str | None, kind: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        units.make_unit(
            cast.units[parent] if parent else None, "Rowan", kind, "resolved", by=cast.actor("committee_1"), at=NOON
        )
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "Alder", " Alder ", "aLDER", "\u200b", "–"])
def test_names_that_are_refused(cast: Cast, name: str) -> None:
    with pytest.raises(Invalid):
        units.make_unit(cast.units["Northmoor"], name, "branch", "resolved", by=cast.actor("committee_1"), at=NOON)


def test_a_network_stands_beside_the_tree(cast: Cast) -> None:
    made = units.make_unit(None, "Health", "network", "resolved", by=cast.actor("committee_1"), at=NOON)
    assert made.path == f"{made.id}/"


def test_renaming(cast: Cast) -> None:
    alder = cast.units["Alder"]
    by = cast.actor("committee_1")
    units.rename(alder, "Alder and Ash", "resolved", was="Alder", by=by, at=NOON)
    with pytest.raises(Stale, match="Alder and Ash"):
        units.rename(alder, "Elm", "resolved", was="Alder", by=cast.actor("committee_2"), at=NOON)
    with pytest.raises(Invalid, match="already"):
        units.rename(alder, "Birch", "resolved", was="Alder and Ash", by=by, at=NOON)
    units.rename(alder, "Alder and Ash", "resolved", was="Alder and Ash", by=by, at=NOON)


def test_members_do_not_set_up_units(cast: Cast) -> None:
    for who in ("member", "delegate", "scrutineer"):
        with pytest.raises(NotAllowed):
            units.make_unit(cast.units["Northmoor"], "Rowan", "branch", "resolved", by=cast.actor(who), at=NOON)
    with pytest.raises(NotFound):
        units.get(999_999)


def test_the_tree_with_its_offices(cast: Cast) -> None:
    roots = units.tree(units.offices(NOON))
    assert [place.unit.name for place in roots] == ["Testland"]
    north, south = roots[0].below
    assert [place.unit.name for place in north.below] == ["Alder", "Birch"]
    assert [holding.member.name for holding in north.below[0].offices] == ["Delia Marsh"]
    assert (south.depth, south.below[0].depth) == (1, 2)


def test_offices_that_are_over_are_not_listed(cast: Cast) -> None:
    before = len(units.offices(NOON))
    holding = units.offices(NOON)[0]
    holding.ends_at = NOON
    db.session.flush()
    assert len(units.offices(NOON)) == before - 1
    assert len(units.offices(NOON - timedelta(days=1))) == before
    db.session.rollback()


def test_the_tree_takes_two_statements_however_large_it_is(cast: Cast) -> None:
    for number in range(20):
        make_unit(f"Branch {number}", "branch", cast.units["Northmoor"])
    db.session.expire_all()
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    roots = units.tree(units.offices(NOON))
    assert sum(len(p.below) for p in roots[0].below) == 24
    assert len(asked) <= 2
    db.session.rollback()
