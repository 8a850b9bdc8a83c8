"""The organisation: its name, its founding with first officers, and how one signs in to a demonstration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from sqlalchemy import func, or_, select

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import SECOND_FACTOR_ROLES, Actor, Role, Status, clash_of
from consult.model.audit import AuditEvent
from consult.model.ballots import Option, Question
from consult.model.circulars import CircularCall
from consult.model.members import Account, Member, RoleHolding
from consult.model.store import db
from consult.model.units import FoundingPeriod, Organisation, Unit
from consult.service import clock, links, vault
from consult.service.act import Act, act

#: The one password of everybody in a demonstration, which is refused a place in production.
DEMO_PASSWORD = "four words for everybody"  # noqa: S105 (shown on the screen when the demonstration starts)


def the() -> Organisation | None:
    """The organisation, or None before it was founded."""
    return db.session.get(Organisation, 1)


def name() -> str:
    """What the organisation is called ("consult" before it was founded)."""
    found = the()
    return found.name if found else "consult"


def key_is_right() -> bool:
    """Whether the operator's key is the one that the organisation was founded with (true before the founding)."""
    query = select(AuditEvent).where(AuditEvent.event == Event.ORGANISATION_FOUNDED.value)
    founding = db.session.scalars(query.order_by(AuditEvent.sequence).limit(1)).first()
    kept = founding.details.get("operator_key") if founding else None
    return kept is None or kept == vault.fingerprint()


def require_key() -> None:
    """Nothing if the operator's key is the right one.

    Raises:
        OutOfOrder: if it is another: what it sealed could not be opened with the right one, nor the other way round.
    """
    if not key_is_right():
        raise OutOfOrder(
            "CONSULT_OPERATOR_KEY is not the key that this organisation was founded with, so nothing was started: "
            "ballots and authenticators could not be opened with it. Restore that key; `consult doctor` says where "
            "this one came from."
        )


@dataclass(frozen=True)
class Officer:
    """Somebody to be invited at the founding, with the offices held for the whole organisation."""

    name: str
    email: str
    roles: tuple[Role, ...]
    #: An outside officer (an external scrutineer) is a representative and never votes.
    status: Status = Status.MEMBER


@dataclass
class Founded:
    """What came of a founding: the organisation, and for each officer the link if it was not sent by mail."""

    organisation: Organisation
    officers: list[tuple[Member, str]] = field(default_factory=list)


@act(Permission.ORGANISATION_FOUND, Event.ORGANISATION_FOUNDED)
def found(
    _: None,
    *,
    name: str,
    strapline: str,
    nation: str,
    officers: Sequence[Officer],
    founding_until: datetime,
    token: Callable[[], str] | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Founded:
    """Make an empty organisation: its root unit, and its first officers, whose terms all end at `founding_until`.

    Invitations are queued; with `token` (where there is no mail) links are made at once and returned instead.

    Raises:
        OutOfOrder: if there is an organisation already.
        Invalid: if a name is missing, nobody could give roles, or the period is over before it begins.
    """
    if the() is not None or act.session.scalar(select(func.count()).select_from(Unit)):
        raise OutOfOrder("There is an organisation in this database already; it is founded once only.")
    _check(name, nation, officers, founding_until, at)
    organisation = Organisation(id=1, name=name.strip(), strapline=strapline.strip(), founded_at=at)
    root = Unit(name=nation.strip(), kind="nation", parent_id=None, path="new")
    act.session.add_all([organisation, root])
    act.session.flush()
    root.path = f"{root.id}/"
    reason = "the founding of the organisation"
    act.session.add(FoundingPeriod(unit_id=root.id, starts_at=at, ends_at=founding_until, reason=reason))
    act.session.flush()
    result = Founded(organisation)
    for place, officer in enumerate(officers, start=1):
        member = _enrol(act, officer, f"F{place:03d}", root, founding_until)
        link = ""
        if token is not None:
            link = links.mint(act.session, member.id, links.INVITE, at, token())
        else:
            act.notify("invitation", member, once=f"invitation {member.id} founding")
        result.officers.append((member, link))
    act.note(officers=len(officers), operator_key=vault.fingerprint())
    return result


def _check(name: str, nation: str, officers: Sequence[Officer], founding_until: datetime, at: datetime) -> None:
    if not name.strip():
        raise Invalid("Give the organisation a name.", {"name": "Give the organisation a name."})
    if not nation.strip():
        raise Invalid("Give the unit at the top a name, such as the nation.", {"nation": "Give it a name."})
    if founding_until <= at:
        raise Invalid("The founding period must end in the future.", {"founding_until": "This day is over."})
    if not any(Role.GOVERNANCE in officer.roles for officer in officers):
        raise Invalid(
            f"At least one officer must belong to the {Role.GOVERNANCE.value}: nobody else can give roles to others."
        )
    addresses = [officer.email.strip().lower() for officer in officers]
    twice = {address for address in addresses if addresses.count(address) > 1}
    if twice:
        raise Invalid(f"The same address is given for two officers: {', '.join(sorted(twice))}.")
    for officer in officers:
        clash = clash_of(set(officer.roles))
        if clash:
            raise Invalid(f"{officer.name} cannot be both {clash}.")


def _enrol(act: Act, officer: Officer, number: str, root: Unit, until: datetime) -> Member:
    email = officer.email.strip()
    member = Member(
        number=number,
        name=officer.name.strip(),
        email=email,
        email_key=email.lower(),
        status=officer.status.value,
        joined_at=act.at,
        unit_id=root.id,
        created_at=act.at,
    )
    act.session.add(member)
    act.session.flush()
    act.session.add(Account(member_id=member.id, created_at=act.at))
    for role in officer.roles:
        holding = RoleHolding(
            member_id=member.id,
            role=role.value,
            starts_at=act.at,
            ends_at=until,
            reason="founding officer, for the founding period",
            given_by=act.by.reference,
            interim=True,
        )
        act.session.add(holding)
        act.session.flush()
        act.record(Event.ROLE_GIVEN, holding, role=role.value, member=member.id)
    act.record(Event.INVITED, member)
    return member


@dataclass(frozen=True)
class SignIn:
    """How one signs in to the demonstration as the holder of one role (or as a plain member)."""

    role: str
    name: str
    email: str
    password: str
    #: Whether a code from /development/codes is asked for as well.
    code: bool


def demo_sign_ins() -> list[SignIn]:
    """One plain member, one candidate and one person for each role of the demonstration; nothing anywhere else."""
    organisation = the()
    if organisation is None or not organisation.demonstration or current_app.config["CONSULT_MODE"] != "development":
        return []
    return [
        SignIn(label, member.name, member.email or member.number, DEMO_PASSWORD, label in SECOND_FACTOR_ROLES)
        for label, member in _one_each()
    ]


def _one_each() -> list[tuple[str, Member]]:
    """The first member with a password who holds no role, the first who stands in an election and can write to the voters
    now, and the first in each role, in the order of the roles."""
    able = select(Account.member_id).where(Account.password_hash.is_not(None))
    held = db.session.execute(
        select(RoleHolding.role, func.min(RoleHolding.member_id).label("first"))
        .where(RoleHolding.member_id.in_(able), or_(RoleHolding.ends_at.is_(None), RoleHolding.ends_at > clock.now()))
        .group_by(RoleHolding.role)
    ).all()
    plain = db.session.scalar(
        select(func.min(Member.id)).where(
            Member.id.in_(able),
            Member.status == Status.MEMBER.value,
            Member.id.not_in(select(RoleHolding.member_id)),
        )
    )
    writing_now = (
        select(func.min(Option.member_id))
        .join(Question, Question.id == Option.question_id)
        .join(CircularCall, CircularCall.ballot_id == Question.ballot_id)
        .where(Option.member_id.in_(able), CircularCall.until > clock.now())
    )
    by_role: dict[str, int] = {row.role: row.first for row in held}
    wanted = [("member", plain), ("candidate", db.session.scalar(writing_now))]
    wanted += [(role.value, by_role.get(role.value)) for role in Role]
    people = {
        member.id: member
        for member in db.session.scalars(select(Member).where(Member.id.in_([i for _, i in wanted if i is not None])))
    }
    return [(label, people[member_id]) for label, member_id in wanted if member_id is not None]
