"""The demo's people and places as rows: units, 2,500 members, offices, and how the named ones sign in."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select

from consult.demo.arrangements import ELECTIONS
from consult.demo.shapes import Content, Person
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import SECOND_FACTOR_ROLES, Actor, Role, Status
from consult.model.members import Account, Member, RoleHolding
from consult.model.units import NetworkMembership, Organisation, Unit
from consult.service import actors, passwords, vault
from consult.service.act import Act, act
from consult.service.organisation import DEMO_PASSWORD

_ROLES: dict[str, tuple[Role, ...]] = {
    "committee": (Role.GOVERNANCE, Role.STANDING_ORDERS),
    "roll officer": (Role.ROLL_OFFICER,),
    "returning officer": (Role.RETURNING_OFFICER,),
    "moderator": (Role.MODERATOR,),
    "scrutineer": (Role.SCRUTINEER,),
    "data protection officer": (Role.DATA_PROTECTION,),
    "unit officer": (Role.UNIT_OFFICER,),
    "system operator": (Role.OPERATOR,),
    "delegate": (Role.DELEGATE,),
    "member": (),
}

#: One in so many people in the register is a supporter, who binds nothing.
_SUPPORTERS = 40

#: One in so many has no e-mail address.
_BY_POST = 61


@dataclass
class People:
    """Who and what was made: rows' ids by the keys of the content."""

    unit_ids: dict[str, int] = field(default_factory=dict)
    member_ids: dict[str, int] = field(default_factory=dict)
    #: Everybody's id by branch, those with names of their own first.
    by_branch: dict[str, list[int]] = field(default_factory=dict)
    delegates: dict[str, int] = field(default_factory=dict)
    supporters: set[int] = field(default_factory=set)
    #: Whoever stands in an election, by name: an ordinary member of the branch.
    candidates: dict[str, int] = field(default_factory=dict)

    def actor(self, member_id: int) -> Actor:
        """Somebody about to act, second factor given."""
        return actors.actor_of(member_id, second_factor=True)

    def named(self, key: str) -> Actor:
        """One of the named people about to act."""
        return self.actor(self.member_ids[key])


@act(Permission.ORGANISATION_FOUND, Event.DEMO_FURNISHED)
def settle(_: None, content: Content, rng: Random, *, by: Actor, at: datetime, act: Act) -> People:
    """Found the movement: its units, its members and its officers, all in one transaction."""
    made = People()
    session = act.session
    session.add(
        Organisation(id=1, name=content.name, strapline=_first_sentence(content), founded_at=at, demonstration=True)
    )
    nation = _unit(act, "Vennerland", "nation", None)
    made.unit_ids["nation"] = nation.id
    for region in content.regions:
        made.unit_ids[region.key] = _unit(act, region.name, "region", nation).id
    for branch in content.branches:
        parent = session.get_one(Unit, made.unit_ids[branch.region])
        made.unit_ids[branch.key] = _unit(act, branch.name, "branch", parent).id
    for network in content.networks:
        made.unit_ids[network.key] = _unit(act, network.name, "network", nation).id
    _members(act, content, rng, made)
    _networks(act, content, rng, made)
    _offices(act, content, made)
    _accounts(act, made, rng)
    act.note(units=len(made.unit_ids), members=sum(map(len, made.by_branch.values())))
    return made


def _first_sentence(content: Content) -> str:
    return "It decides its policy once a year by motions that branches move, amend and argue over."


def _unit(act: Act, name: str, kind: str, parent: Unit | None) -> Unit:
    unit = Unit(name=name, kind=kind, parent_id=parent.id if parent else None, path=f"new {name}")
    act.session.add(unit)
    act.session.flush()
    unit.path = f"{parent.path if parent else ''}{unit.id}/"
    act.session.flush()
    return unit


def _members(act: Act, content: Content, rng: Random, made: People) -> None:
    """Everybody in the register: the named people first in their branch, the rest combined from the lists of names."""
    names = _names(content, rng)
    rows: list[dict[str, Any]] = []
    number = 0
    for branch in content.branches:
        own = [person for person in content.people if person.branch == branch.key]
        made.by_branch[branch.key] = []
        for place in range(branch.members):
            number += 1
            person: Person | None = own[place] if place < len(own) else None
            name = person.name if person else next(names)
            supporter = person is None and number % _SUPPORTERS == 0
            by_post = person is None and number % _BY_POST == 0
            email = None if by_post else _address(name, number)
            rows.append(
                {
                    "id": number,
                    "number": f"LF-{number:05d}",
                    "name": name,
                    "email": email,
                    "email_key": email,
                    "status": (Status.SUPPORTER if supporter else Status.MEMBER).value,
                    "joined_at": act.at - timedelta(days=rng.randint(5, 2200), minutes=rng.randint(0, 1400)),
                    "unit_id": made.unit_ids[branch.key],
                    "created_at": act.at,
                }
            )
            made.by_branch[branch.key].append(number)
            if person:
                made.member_ids[person.key] = number
            if supporter:
                made.supporters.add(number)
    _candidates(content, rows, made)
    act.session.execute(insert(Member), rows)
    if act.session.get_bind().dialect.name == "postgresql":  # numbers given by hand do not move the sequence on
        act.session.connection().exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('member', 'id'), max(id)) FROM member"
        )


def _address(name: str, number: int) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"{'.'.join(plain.split())}.{number}@lanternfold.example"


def _candidates(content: Content, rows: list[dict[str, Any]], made: People) -> None:
    """Give each candidate's name to somebody from the middle of the branch's list who has none in the story."""
    taken = made.supporters | set(made.member_ids.values())
    for election in (*content.elections, *ELECTIONS):
        for candidate in filter(lambda each: each.branch, election.candidates):
            own = made.by_branch[candidate.branch]
            who = next(m for m in own[len(own) // 2 :] if m not in taken and rows[m - 1]["email"])
            taken.add(who)
            made.candidates[candidate.name] = who
            address = _address(candidate.name, who)
            rows[who - 1] |= {"name": candidate.name, "email": address, "email_key": address}


def _names(content: Content, rng: Random):  # type: ignore[no-untyped-def]
    """Names of nobody, each once: every first name with every surname, shuffled."""
    taken = {person.name for person in content.people}
    pairs = [(first, last) for first in content.first_names for last in content.surnames]
    rng.shuffle(pairs)
    return (f"{first} {last}" for first, last in pairs if f"{first} {last}" not in taken)


def _networks(act: Act, content: Content, rng: Random, made: People) -> None:
    everybody = [member for members in made.by_branch.values() for member in members]
    rows = [
        {"unit_id": made.unit_ids[network.key], "member_id": member}
        for network in content.networks
        for member in sorted(rng.sample(everybody, 220))
    ]
    act.session.execute(insert(NetworkMembership), rows)


def _offices(act: Act, content: Content, made: People) -> None:
    for person in content.people:
        for role in _ROLES[person.role]:
            unit = made.unit_ids[person.branch] if role in (Role.DELEGATE, Role.UNIT_OFFICER) else None
            _give(act, made.member_ids[person.key], role, unit)
            if role is Role.DELEGATE:
                made.delegates[person.branch] = made.member_ids[person.key]
    for branch in content.branches:
        if branch.key not in made.delegates:
            made.delegates[branch.key] = _last_member(made, branch.key)
            _give(act, made.delegates[branch.key], Role.DELEGATE, made.unit_ids[branch.key])
    panel = _last_member(made, "hallowreach-students", before=made.delegates["hallowreach-students"])
    _give(act, panel, Role.COMPLAINTS, None)
    made.member_ids["panel"] = panel


def _last_member(made: People, branch: str, before: int = 10**9) -> int:
    """The last member (not a supporter) of a branch, before a given one."""
    return max(m for m in made.by_branch[branch] if m not in made.supporters and m < before)


def _give(act: Act, member: int, role: Role, unit: int | None) -> None:
    act.session.add(
        RoleHolding(
            member_id=member,
            role=role.value,
            unit_id=unit,
            starts_at=act.at,
            ends_at=act.at + timedelta(days=1200),
            reason="elected at the annual general meeting",
            given_by=act.by.reference,
        )
    )


def _accounts(act: Act, made: People, rng: Random) -> None:
    """The named people and the candidates sign in with the demonstration's one password; officers with a code as well."""
    kept = passwords.hashed(DEMO_PASSWORD)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    officers = set(
        act.session.scalars(
            select(RoleHolding.member_id).where(RoleHolding.role.in_(r.value for r in SECOND_FACTOR_ROLES))
        )
    )
    for member in sorted(set(made.member_ids.values())):
        # Drawn for everybody, so that who holds an office changes nothing else that chance decides here.
        secret = "".join(rng.choice(letters) for _ in range(32))
        act.session.add(
            Account(
                member_id=member,
                password_hash=kept,
                totp_sealed=vault.seal(f"totp:{member}", secret.encode()) if member in officers else None,
                totp_confirmed_at=act.at if member in officers else None,
                created_at=act.at,
            )
        )
    for member in set(made.candidates.values()) - set(made.member_ids.values()):
        act.session.add(Account(member_id=member, password_hash=kept, created_at=act.at))
