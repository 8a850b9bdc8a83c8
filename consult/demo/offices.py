"""The demo's units and bodies, who sits in them, nominations, mandates with what came of them, and what came to the rolls."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, select

from consult.demo.people import People
from consult.domain import bodies as ways
from consult.domain.eligibility import Class, RollRule
from consult.domain.nominations import Rules
from consult.domain.roles import Actor, Role, Status
from consult.model.attestations import Attested
from consult.model.ballots import Ballot
from consult.model.bodies import Body
from consult.model.mandates import Mandate
from consult.model.members import Member, RoleHolding
from consult.model.motions import Motion
from consult.model.store import db, writing
from consult.model.units import Unit
from consult.service import (
    agreeing,
    attestations,
    bodies,
    inspections,
    mandates,
    members,
    nominating,
    nominations,
    removals,
    roll_changes,
    rolls,
    seats,
    settling,
    suspensions,
    translations,
    units,
)
from consult.service.candidates import StatementSpec
from consult.service.nominations import CallSpec

CONTENT = Path(__file__).with_name("content") / "offices.toml"
#: One in so many members has not confirmed what the roll asks.
_SILENT = 4


class Offices:
    """What stands beside motions and ballots: who holds which seat, who is bound by what, who came to a roll and left it."""

    def __init__(self, people: People, officers: list[str], today: datetime, rng: Random) -> None:
        self.people, self.officers, self.today, self.rng = people, officers, today, rng
        self.content: dict[str, Any] = tomllib.loads(CONTENT.read_text(encoding="utf-8"))
        self.bodies: dict[str, Body] = {}
        self.given: list[tuple[Mandate, dict[str, Any]]] = []

    @property
    def officer(self) -> Actor:
        """Somebody of the governance committee."""
        return self.people.named(self.officers[0])

    def _other(self, key: str) -> Actor:
        """Another officer where it is about the first: nobody seats themself."""
        return self.people.named(next(each for each in self.officers if each != key))

    def _days(self, days: float) -> datetime:
        return self.today + timedelta(days=days)

    def _unit(self, key: str) -> Unit:
        return db.session.get_one(Unit, self.people.unit_ids[key])

    def _member(self, key: str) -> Member:
        return db.session.get_one(Member, self.people.member_ids[key])

    def _quiet(self, branch: str, place: int) -> Member:
        """A member of a branch who has no name in the story."""
        known = set(self.people.member_ids.values()) | set(self.people.delegates.values())
        plain = [m for m in self.people.by_branch[branch] if m not in known and m not in self.people.supporters]
        return db.session.get_one(Member, plain[place])

    # -- units, bodies and seats ---------------------------------------------------------------------------------------

    def settle(self) -> None:
        """What units say of themselves, their bodies, and who holds which seat since when."""
        for told in self.content["unit"]:
            units.describe(
                self._unit(told["key"]), told["about"], told["readers"], by=self.officer, at=self._days(-300)
            )
        for told in self.content["body"]:
            self._body(told)
        self._nominate()
        self._declared()

    def _body(self, told: dict[str, Any]) -> None:
        spec = bodies.Spec(
            told["name"],
            told["remit"],
            told["seats"],
            told["months"],
            tuple({**each, "maximum": None} for each in told.get("reserves", ())),
        )
        made = bodies.make(self._unit(told["unit"]), spec, told["reason"], by=self.officer, at=self._days(-200))
        self.bodies[made.name] = made
        for key in told["held"]:
            term = seats.Term(
                ways.ELECTED, "Elected at the annual general meeting.", starts_at=self._days(-190),
                until=self._days(-190 + 30 * told["months"]), group=told.get("places", {}).get(key, ""),
            )  # fmt: skip
            held = seats.fill(made, self._member(key), term, by=self._other(key), at=self._days(-190))
            if told.get("left", {}).get("who") == key:
                leaving = agreeing.propose(held, told["left"]["because"], by=self.officer, at=self._days(-21))
                agreeing.agree(leaving, by=self.people.named(self.officers[1]), at=self._days(-20))

    # -- nominations ---------------------------------------------------------------------------------------------------

    def _call(self, title: str, body: str, seats_: int, opens: float, rules: Rules) -> Any:
        spec = CallSpec(
            title, seats_, self._days(opens), self._days(opens + 14), self._days(opens + 16), self._days(opens + 18),
            self._days(opens + 40), self._days(opens + 400), rules,
        )  # fmt: skip
        return nominations.call(self.bodies[body], spec, by=self.officer, at=self._days(opens - 5))

    def _nominate(self) -> None:
        """A call that is open: some stand with a statement, one has not answered yet."""
        told = self.content["call"]
        call = self._call(told["title"], told["body"], told["seats"], -6, Rules(needed=2, member_days=30, ron=True))
        for place, each in enumerate(told["nominated"]):
            self._put_up(call, each, -5 + place)

    def _put_up(self, call: Any, told: dict[str, Any], day: float) -> None:
        who = self._quiet(told["branch"], told["who"])
        for hour, key in enumerate(told["by"]):
            at = self._days(day + hour / 24)
            made = nominating.nominate(nominations.get(call.id), who, by=self.people.named(key), at=at)
        if "statement" in told:
            spec = StatementSpec(told["statement"])
            nominating.accept(made, spec, by=self.people.actor(who.id), at=self._days(day + 0.5))

    def _declared(self) -> None:
        """A call with one candidate for one place, declared without a poll."""
        told = self.content["settled"]
        call = self._call(told["title"], told["body"], 1, -60, Rules(needed=2, member_days=30))
        self._put_up(call, told, -58)
        settling.declare(nominations.get(call.id), by=self.officer, at=self._days(-40))

    # -- mandates ------------------------------------------------------------------------------------------------------

    def bind(self, ballot: Ballot) -> None:
        """Branches give their delegates mandates about a ballot that is open."""
        for told in self.content["mandate"]:
            self.given.append((self._mandate(told, ballot.opens_at, ballot_id=ballot.id), told))

    def _mandate(self, told: dict[str, Any], at: datetime, **matter: Any) -> Mandate:
        unit, delegate = self._unit(told["branch"]), self.people.delegates[told["branch"]]
        query = select(RoleHolding.id).where(
            RoleHolding.member_id == delegate, RoleHolding.role == Role.DELEGATE.value, RoleHolding.unit_id == unit.id
        )
        spec = mandates.Spec(
            db.session.scalars(query).one(), told["kind"], told["words"], _day(at - timedelta(days=2)),
            told["present"], told["for"], told["against"], told["minute"], told.get("position", ""), **matter,
        )  # fmt: skip
        return mandates.give(unit, spec, by=self.people.actor(delegate), at=at + timedelta(hours=3))

    def report_back(self, at: datetime) -> None:
        """Each delegate says what became of it, once it is decided."""
        for mandate, told in self.given:
            delegate = self.people.actor(self.people.delegates[told["branch"]])
            mandates.report(mandates.get(mandate.id), told["deed"], told["report"], by=delegate, at=at)

    def bind_on(self, motion: Motion, at: datetime) -> None:
        """Mandates on a motion that is before the members now."""
        for told in self.content["standing_mandate"]:
            self._mandate(told, at, motion_id=motion.id)

    # -- rolls ---------------------------------------------------------------------------------------------------------

    def attest(self, returning_officer: Actor, keeper: Actor) -> None:
        """A text that members confirm, most of them did, and the roll that asks for it."""
        told = self.content["attestation"]
        text = attestations.declare(None, told["title"], told["words"], by=keeper, at=self._days(-30))
        welsh = translations.translate(text, "cy", told["welsh"], by=keeper, at=self._days(-30))
        translations.approve(welsh, by=returning_officer, at=self._days(-29.5))
        everybody = [m for own in self.people.by_branch.values() for m in own if m not in self.people.supporters]
        rows = [
            {
                "attestation_id": text.id,
                "member_id": member,
                "made_at": self._days(-29) + timedelta(minutes=self.rng.randrange(28_800)),
            }
            for member in everybody
            if self.rng.randrange(_SILENT)
        ]
        with writing() as session:
            session.execute(insert(Attested), rows)
        held = self.content["suspended"]
        who = self._quiet(held["branch"], 4)
        suspensions.suspend(who, self._days(50), held["reason"], by=keeper, at=self._days(-10))
        rule = RollRule(joined_by=self._days(-9), attestations=(text.id,), without=(Class.SUSPENDED,))
        title = self.content["roll"]["title"]
        rolls.freeze(None, title, rule, token=self._token, by=returning_officer, at=self._days(-2))

    def _token(self, length: int) -> str:
        return "".join(self.rng.choice("0123456789abcdef") for _ in range(2 * length))

    def beside(self, ballot: Ballot, keeper: Actor) -> None:
        """What came to the roll of the ballot that is open: a batch, two removals with appeals, a request to inspect it."""
        roll, panel = rolls.get(ballot.roll_id or 0), self.people.actor(self.people.member_ids["panel"])
        reason, opened = self.content["added"]["reason"], ballot.opens_at
        late = list(self._late(opened - timedelta(hours=6), keeper))
        roll_changes.add(roll, late, reason, token=self._token, by=keeper, at=opened - timedelta(hours=5))
        for name, hours in (("restored", 6), ("waiting", 30)):
            told = self.content[name]
            who, at = self._quiet(told["branch"], 2), opened + timedelta(hours=hours)
            made = removals.remove(roll, who.number, told["reason"], token=self._token, by=keeper, at=at)
            at += timedelta(hours=9)
            removals.appeal(made, told["appeal"], by=self.people.actor(who.id), at=at)
            if "answer" in told:
                at += timedelta(hours=20)
                removals.decide(made, True, told["answer"], token=self._token, by=panel, at=at)
        told = self.content["inspection"]
        member = self.people.actor(self._quiet(told["branch"], 6).id)
        inspections.ask(roll, told["purpose"], by=member, at=self._days(-1))

    def _late(self, at: datetime, keeper: Actor) -> Iterator[str]:
        """Supporters whose forms to become members had come in time, and were found too late for the roll."""
        for number in sorted(self.people.supporters)[: self.content["added"]["people"]]:
            who, told = db.session.get_one(Member, number), self.content["added"]["changed"]
            members.change_status(who, Status.MEMBER, told, was=who.status, by=keeper, at=at)
            yield who.number


def _day(at: datetime) -> date:
    return at.date()
