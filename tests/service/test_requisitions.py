"""Requisitions: the number is fixed, members sign once and in time, the meeting is in time, a recall ends the office."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.domain import hall as domain
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.presets import BY_KEY
from consult.domain.requisitions import TERMS, Terms
from consult.domain.roles import Role
from consult.model.members import RoleHolding
from consult.model.store import db
from consult.service import requisitions, rulebooks, sittings
from consult.service.requisitions import Spec
from consult.service.sittings import Spec as Times
from tests.factories import NOON, Cast
from tests.hall import Hall, assembled

WHY = "The accounts of the branch have not been shown to anybody for two years."


def holding(cast: Cast, role: Role) -> RoleHolding:
    return db.session.scalars(select(RoleHolding).where(RoleHolding.role == role.value)).first()


def begun(cast: Cast, kind: str = "meeting", **values: object):  # type: ignore[no-untyped-def]
    spec = Spec(kind, "The accounts of Alder", WHY, **values)  # type: ignore[arg-type]
    return requisitions.begin(cast.units["Alder"], spec, by=cast.actor("member"), at=NOON)


def test_enough_members_sign_once_and_the_deadlines_are_set(cast: Cast) -> None:
    found = begun(cast)
    assert (found.needed, found.state) == (1, "met") and found.members >= 14
    assert found.hold_by == NOON + timedelta(days=42)
    recall = begun(cast, "recall", holding_id=holding(cast, Role.DELEGATE).id)
    assert (recall.needed, recall.state) == (2, "open")
    with pytest.raises(OutOfOrder, match="signed this requisition already"):
        requisitions.sign(recall, by=cast.actor("member"), at=NOON)
    for name in ("supporter", "stranger"):
        with pytest.raises(NotAllowed):
            requisitions.sign(recall, by=cast.actor(name), at=NOON)
    requisitions.unsign(recall, by=cast.actor("member"), at=NOON)
    with pytest.raises(OutOfOrder, match="lapsed"):
        requisitions.sign(recall, by=cast.actor("mover"), at=recall.closes_at)
    requisitions.sign(recall, by=cast.actor("mover"), at=NOON)
    assert requisitions.sign(recall, by=cast.actor("second"), at=NOON).state == "met"
    with pytest.raises(OutOfOrder, match="is met"):
        requisitions.sign(recall, by=cast.actor("member"), at=NOON)


def test_what_is_missing_is_named(cast: Cast) -> None:
    for spec, field in (
        (Spec("party", "A title", WHY), "kind"),
        (Spec("meeting", " ", WHY), "title"),
        (Spec("meeting", "A title", "Because."), "purpose"),
        (Spec("recall", "A title", WHY), "holding"),
        (Spec("recall", "A title", WHY, 9_999), "holding"),
    ):
        with pytest.raises(Invalid) as refusal:
            requisitions.begin(cast.units["Alder"], spec, by=cast.actor("member"), at=NOON)
        assert field in refusal.value.fields


def recall_at(made: Hall, cast: Cast):  # type: ignore[no-untyped-def]
    found = begun(cast, "recall", holding_id=holding(cast, Role.DELEGATE).id)
    requisitions.sign(found, by=cast.actor("mover"), at=NOON)
    return requisitions.call(found, made.sitting, by=cast.actor("committee_1"), at=NOON)


def test_a_recall_ends_the_office_by_two_thirds(cast: Cast) -> None:
    made = assembled(cast)
    found = recall_at(made, cast)
    made.open()
    assert made.procedure("recall", 19, 10).outcome == "lost"
    done = made.procedure("recall", 20, 10)
    assert done.effects == ["The office of delegate ends now."]
    held = holding(cast, Role.DELEGATE)
    assert held.ends_at is not None and "recalled by the meeting" in held.reason
    assert requisitions.get(found.id).state == "decided"
    with pytest.raises(OutOfOrder, match="cannot be moved now"):
        made.procedure("recall", 20, 10)


def test_a_meeting_is_called_in_time_or_not_at_all(cast: Cast) -> None:
    made = assembled(cast)
    made.open()
    with pytest.raises(OutOfOrder, match="cannot be moved now"):
        made.procedure("recall", 20, 10)
    found = begun(cast)
    with pytest.raises(OutOfOrder, match="begins by"):
        requisitions.call(found, made.sitting, by=cast.actor("committee_1"), at=NOON)
    late = NOON + timedelta(days=60)
    sitting = sittings.plan(
        made.scene.consultation,
        Times("Too late", "", late, late + timedelta(hours=1)),
        by=cast.actor("committee_1"),
        at=NOON,
    )
    with pytest.raises(OutOfOrder, match="begins by"):
        requisitions.call(found, sitting, by=cast.actor("committee_1"), at=NOON)
    assert sitting.state == domain.PLANNED


def test_the_terms_are_those_of_the_rules_that_the_unit_goes_by(cast: Cast) -> None:
    rules = replace(BY_KEY["branch"].rules, special_meeting=Terms("1/2", 7, 10))
    rulebooks.adopt(cast.units["Testland"], rules, "So it was decided.", by=cast.actor("committee_1"), at=NOON)
    found = begun(cast)
    assert found.needed == -(-found.members // 2) and found.closes_at == NOON + timedelta(days=7)
    assert requisitions.terms_of(db.session(), cast.units["Testland"], "recall") == TERMS["recall"]
