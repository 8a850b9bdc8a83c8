"""Who a person is to the organisation at one instant: status, home unit and the roles held, with units and terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """What a person is to the organisation; only members vote."""

    MEMBER = "member"
    SUPPORTER = "supporter"
    #: Acts for an affiliated organisation, or holds an office from outside (an external scrutineer); never a member.
    REPRESENTATIVE = "representative"
    LAPSED = "lapsed"
    FORMER = "former"


class Role(StrEnum):
    """An office with a unit and a term. Nobody has powers by being the machine's operator."""

    DELEGATE = "delegate"
    UNIT_OFFICER = "unit officer"
    MODERATOR = "moderator"
    STANDING_ORDERS = "standing orders committee"
    GOVERNANCE = "governance committee"
    RETURNING_OFFICER = "returning officer"
    SCRUTINEER = "scrutineer"
    COMPLAINTS = "complaints panel"
    ROLL_OFFICER = "roll officer"
    DATA_PROTECTION = "data protection officer"
    OPERATOR = "system operator"


#: Roles whose holders must sign in with a second factor (a code from an authenticator).
SECOND_FACTOR_ROLES = frozenset(Role) - {Role.DELEGATE}

ROLE_MEANINGS: dict[Role, str] = {
    Role.DELEGATE: "submits motions and amendments for a branch and reports back",
    Role.UNIT_OFFICER: "runs a branch, region or network: its page, its delegates and its decisions",
    Role.MODERATOR: "hides comments that break the rules of debate, each with a reason members can read",
    Role.STANDING_ORDERS: "rules on what is in order and sets the order of votes",
    Role.GOVERNANCE: "freezes texts, sets the timetable and the ballots, signs the results",
    Role.RETURNING_OFFICER: "conducts a ballot: freezes the roll, opens, closes, reconciles and counts",
    Role.SCRUTINEER: "sees everything of a ballot and changes nothing",
    Role.COMPLAINTS: "hears complaints about ballots and appeals against rulings",
    Role.ROLL_OFFICER: "keeps the register of members and imports it",
    Role.DATA_PROTECTION: "watches over what is kept about people and for how long",
    Role.OPERATOR: "keeps the machine running; has no power over motions, rolls or ballots",
}

#: Pairs of offices that one person never holds at once: who watches or judges a ballot does not conduct it.
INCOMPATIBLE: tuple[frozenset[Role], ...] = (
    frozenset({Role.COMPLAINTS, Role.RETURNING_OFFICER}),
    frozenset({Role.SCRUTINEER, Role.RETURNING_OFFICER}),
    frozenset({Role.SCRUTINEER, Role.GOVERNANCE}),
    frozenset({Role.OPERATOR, Role.RETURNING_OFFICER}),
    frozenset({Role.OPERATOR, Role.GOVERNANCE}),
    frozenset({Role.OPERATOR, Role.ROLL_OFFICER}),
    frozenset({Role.OPERATOR, Role.SCRUTINEER}),
)


#: Offices that somebody can hold from outside, as an employee or an independent person: they conduct, watch and keep, and
#: decide nothing. All others are for members.
OUTSIDE = frozenset({Role.RETURNING_OFFICER, Role.SCRUTINEER, Role.ROLL_OFFICER, Role.DATA_PROTECTION, Role.OPERATOR})


def may_hold(status: Status, role: Role) -> bool:
    """Whether somebody of this status may hold an office: members any, representatives those held from outside, others none.

    >>> [may_hold(status, Role.SCRUTINEER) for status in (Status.MEMBER, Status.REPRESENTATIVE, Status.LAPSED)]
    [True, True, False]
    >>> may_hold(Status.REPRESENTATIVE, Role.GOVERNANCE), may_hold(Status.SUPPORTER, Role.DELEGATE)
    (False, False)
    """
    return status is Status.MEMBER or (status is Status.REPRESENTATIVE and role in OUTSIDE)


def clash_of(roles: set[Role]) -> str:
    """Two offices among these that one person may not hold at once, or "" if there are none.

    >>> clash_of({Role.SCRUTINEER, Role.RETURNING_OFFICER}), clash_of({Role.DELEGATE, Role.MODERATOR})
    ('returning officer and scrutineer', '')
    """
    return next((" and ".join(sorted(role.value for role in pair)) for pair in INCOMPATIBLE if pair <= roles), "")


@dataclass(frozen=True)
class Holding:
    """One role held: where (a unit's path such as "1/4/9/", or "" for the whole organisation) and for how long."""

    role: Role
    unit_path: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    #: The last suspension of the holder's membership, in which the office rests; no end: until it is lifted.
    suspended_from: datetime | None = None
    suspended_until: datetime | None = None

    def active(self, at: datetime) -> bool:
        """Whether the term includes `at` (from its start, up to but not including its end), and the office does not rest."""
        running = (self.starts_at is None or self.starts_at <= at) and (self.ends_at is None or at < self.ends_at)
        return running and not self.rests(at)

    def rests(self, at: datetime) -> bool:
        """Whether the holder's membership is suspended at `at`."""
        since, until = self.suspended_from, self.suspended_until
        return since is not None and since <= at and (until is None or at < until)

    def covers(self, unit_path: str) -> bool:
        """Whether the holding reaches a unit: its own or one below it.

        >>> Holding(Role.DELEGATE, "1/4/").covers("1/4/9/"), Holding(Role.DELEGATE, "1/4/").covers("1/5/")
        (True, False)
        """
        return unit_path.startswith(self.unit_path)


@dataclass(frozen=True)
class Actor:
    """The person (or the clock, or the operator at the console) that acts; what the policy is asked about."""

    member_id: int | None
    name: str
    status: Status | None = None
    home_path: str | None = None
    home_unit_id: int | None = None
    holdings: tuple[Holding, ...] = field(default=())
    #: Signed in with a second factor in this session.
    second_factor: bool = False
    #: "sweep" for the timetable's own steps, "console" for the operator's commands.
    machine: str = ""

    @property
    def reference(self) -> str:
        """The opaque name that the audit log keeps.

        >>> Actor(12, "Ada Marsh").reference, Actor(None, "", machine="sweep").reference
        ('member:12', 'machine:sweep')
        """
        if self.machine:
            return f"machine:{self.machine}"
        return f"member:{self.member_id}" if self.member_id is not None else "visitor"

    def holds(self, role: Role, at: datetime, unit_path: str | None = None) -> bool:
        """Whether the person holds `role` at the instant `at`, and over `unit_path` if one is given."""
        return any(
            h.role is role and h.active(at) and (unit_path is None or h.covers(unit_path)) for h in self.holdings
        )

    def roles(self, at: datetime) -> set[Role]:
        """The roles held at the instant `at`, wherever they are held."""
        return {h.role for h in self.holdings if h.active(at)}


VISITOR = Actor(None, "a visitor")
#: The timetable: opens, closes and sends what is due. It can take only steps whose time has come.
SWEEP = Actor(None, "the timetable", machine="sweep")
#: The operator's own commands (`consult init`, `consult demo`): sets up, never decides.
CONSOLE = Actor(None, "the operator's console", machine="console")
