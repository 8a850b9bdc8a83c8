"""Factories: a small movement with a person for each role, and the things that tests begin from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from consult.domain.roles import Actor, Role, Status
from consult.domain.rulebook import CONFERENCE
from consult.model.consultations import Consultation, Phase, Rulebook
from consult.model.members import Account, Member, RoleHolding
from consult.model.store import db, writing
from consult.model.units import Organisation, Unit
from consult.service import agreeing
from consult.service.actors import actor_of

#: The instant around which tests play: an ordinary Monday at noon.
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

#: Most tests are about something else than the certificate: one signature and no window do, where they say so.
CERTIFIED_AT_ONCE = replace(CONFERENCE, least_signatures=1, least_complaint_hours=0)

_serial = count(1)


@dataclass
class Cast:
    """The people and places of a test. `who["chair"]` is a member; `cast.actor("chair")` acts, second factor given."""

    units: dict[str, Unit]
    who: dict[str, Member]
    roles: dict[str, Role] = field(default_factory=dict)

    def actor(self, name: str, *, second_factor: bool = True) -> Actor:
        """The actor for one of the cast, read afresh."""
        return actor_of(self.who[name].id, second_factor=second_factor)


#: Name in the tests → (full name, role, unit of the role).
PEOPLE: dict[str, tuple[str, Role | None, str | None]] = {
    "member": ("Mabel Thorn", None, None),
    "mover": ("Osric Vale", None, None),
    "second": ("Idris Penn", None, None),
    "delegate": ("Delia Marsh", Role.DELEGATE, "Alder"),
    "other_delegate": ("Ewan Brook", Role.DELEGATE, "Birch"),
    "third_delegate": ("Nuala Field", Role.DELEGATE, "Cedar"),
    "chair": ("Petra Lowe", Role.STANDING_ORDERS, None),
    "committee_1": ("Amina Grove", Role.GOVERNANCE, None),
    "committee_2": ("Bevan Holt", Role.GOVERNANCE, None),
    "committee_3": ("Carys Dunn", Role.GOVERNANCE, None),
    "committee_4": ("Dov Larch", Role.GOVERNANCE, None),
    "committee_5": ("Elif Stone", Role.GOVERNANCE, None),
    "returning_officer": ("Rhona Peel", Role.RETURNING_OFFICER, None),
    "scrutineer": ("Silas Wren", Role.SCRUTINEER, None),
    "moderator": ("Mina Cole", Role.MODERATOR, None),
    "panel": ("Juno Ash", Role.COMPLAINTS, None),
    "roll_officer": ("Rolf Ames", Role.ROLL_OFFICER, None),
}


def make_unit(name: str, kind: str, parent: Unit | None = None) -> Unit:
    """A unit, inside a transaction of the caller's."""
    unit = Unit(name=name, kind=kind, parent_id=parent.id if parent else None, path=f"new-{next(_serial)}")
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{parent.path if parent else ''}{unit.id}/"
    db.session.flush()
    return unit


def make_member(unit: Unit, name: str | None = None, **values: object) -> Member:
    """A member, inside a transaction of the caller's."""
    serial = next(_serial)
    name = name or f"Member {serial}"
    email = values.pop("email", f"person{serial}@members.example")
    member = Member(
        number=values.pop("number", f"M{serial:06d}"),
        name=name,
        email=email,
        email_key=str(email).lower() if email else None,
        status=values.pop("status", Status.MEMBER.value),
        joined_at=values.pop("joined_at", NOON - timedelta(days=400)),
        unit_id=unit.id,
        created_at=values.pop("created_at", NOON - timedelta(days=400)),
        **values,
    )
    db.session.add(member)
    db.session.flush()
    return member


def give_role(member: Member, role: Role, unit: Unit | None = None, **values: object) -> RoleHolding:
    """A role, inside a transaction of the caller's; by default its term began long ago and has no end."""
    holding = RoleHolding(
        member_id=member.id,
        role=role.value,
        unit_id=unit.id if unit else None,
        starts_at=values.pop("starts_at", NOON - timedelta(days=300)),
        given_by="machine:console",
        reason="elected at the annual meeting",
        **values,
    )
    db.session.add(holding)
    db.session.flush()
    return holding


def found() -> Cast:
    """The small movement: nation › Northmoor (Alder, Birch) and Southfen (Cedar, Elder), and the cast in Alder."""
    with writing() as session:
        session.add(Organisation(id=1, name="The Test Movement", founded_at=NOON - timedelta(days=500)))
        nation = make_unit("Testland", "nation")
        north, south = make_unit("Northmoor", "region", nation), make_unit("Southfen", "region", nation)
        units = {"Testland": nation, "Northmoor": north, "Southfen": south}
        for name, region in (("Alder", north), ("Birch", north), ("Cedar", south), ("Elder", south)):
            units[name] = make_unit(name, "branch", region)
        who: dict[str, Member] = {}
        for key, (name, role, unit) in PEOPLE.items():
            home = units[unit] if unit else units["Alder"]
            who[key] = make_member(home, name, email=f"{key}@members.example")
            session.add(Account(member_id=who[key].id, created_at=NOON))
            if role is not None:
                give_role(who[key], role, units[unit] if unit else None)
        who["supporter"] = make_member(units["Birch"], "Sorrel Bright", status=Status.SUPPORTER.value)
        who["stranger"] = make_member(units["Elder"], "Una Far")
    return Cast(units, who)


def by_two(
    cast: Cast, subject: agreeing.Subject, reason: str, what: str = "", *, at: datetime = NOON, **terms: Any
) -> None:
    """Annul a ballot, end an office or whatever else takes two: proposed by one of the committee, agreed to by another."""
    made = agreeing.propose(subject, reason, what=what, terms=terms, by=cast.actor("committee_1"), at=at)
    agreeing.agree(made, by=cast.actor("committee_2"), at=at)


def make_consultation(cast: Cast, **phases: tuple[datetime, datetime]) -> Consultation:
    """A consultation of the whole movement under the conference rulebook, with the phases given (none: no limits)."""
    with writing() as session:
        rules = CERTIFIED_AT_ONCE
        found = session.scalars(select(Rulebook).where(Rulebook.name == rules.name)).first()
        rulebook = found or Rulebook(
            name=rules.name, version=1, rules=rules.to_json(), hash=rules.hash, created_at=NOON
        )
        session.add(rulebook)
        session.flush()
        consultation = Consultation(
            title="Annual conference",
            paper=[],
            unit_id=cast.units["Testland"].id,
            rulebook_id=rulebook.id,
            created_at=NOON,
            phases=[Phase(kind=kind, opens_at=opens, closes_at=closes) for kind, (opens, closes) in phases.items()],
        )
        session.add(consultation)
    return consultation
