"""A call for nominations for tests: a body of the whole movement, a call with its rules, and candidates who stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from consult.domain.nominations import Rules
from consult.model.bodies import Body, SeatHolding
from consult.model.nominations import Call, Nomination
from consult.model.store import db, writing
from consult.service import bodies, nominating, nominations
from consult.service.bodies import Spec
from consult.service.candidates import StatementSpec
from consult.service.nominations import CallSpec
from tests.factories import NOON, Cast

DAY = timedelta(days=1)
OPENS, CLOSES, CONSENT, WITHDRAW = NOON + DAY, NOON + 10 * DAY, NOON + 12 * DAY, NOON + 13 * DAY
BEGINS, ENDS = NOON + 40 * DAY, NOON + 400 * DAY


@dataclass
class Calling:
    """A cast with a call for nominations."""

    cast: Cast
    rules: Rules = field(default_factory=Rules)
    seats: int = 2
    reserves: tuple[dict[str, Any], ...] = ()
    confers: str = ""
    name: str = "Policy committee"
    #: Whether there is a body only, and nothing is called for yet.
    uncalled: bool = False

    def __post_init__(self) -> None:
        self.officer = self.cast.actor("returning_officer")
        spec = Spec(self.name, "It prepares policy.", self.seats, reserves=self.reserves, confers=self.confers)
        body = bodies.make(self.cast.units["Testland"], spec, "resolved", by=self.cast.actor("committee_1"), at=NOON)
        self.body_id = body.id
        self.call_id = 0 if self.uncalled else nominations.call(body, self.spec(), by=self.officer, at=NOON).id

    def spec(self, **values: Any) -> CallSpec:
        """The call as its form gives it."""
        given = {
            "title": "Election of the policy committee", "seats": self.seats, "opens_at": OPENS, "closes_at": CLOSES,
            "consent_by": CONSENT, "withdraw_by": WITHDRAW, "term_starts_at": BEGINS, "term_until": ENDS,
            "rules": self.rules, "reserves": self.reserves,
        }  # fmt: skip
        return CallSpec(**(given | values))

    @property
    def call(self) -> Call:
        """The call, read again."""
        return nominations.get(self.call_id)

    @property
    def body(self) -> Body:
        """The body, read again."""
        return bodies.get(self.body_id)

    def sits(self, who: str, seat: int, starts_at: datetime, until: datetime, group: str = "") -> SeatHolding:
        """Somebody in a seat although it is called for, as could be before a call kept its seats."""
        with writing() as session:
            row = SeatHolding(
                body_id=self.body_id, seat=seat, member_id=self.cast.who[who].id, group=group, way="appointed",
                starts_at=starts_at, ends_at=until, term_until=until, reason="The meeting of March", filled_by="console",
            )  # fmt: skip
            session.add(row)
        db.session.expire_all()
        return row

    def nominate(self, nominee: str, *by: str) -> Nomination:
        """Somebody nominated by each of these members."""
        for name in by:
            made = nominating.nominate(self.call, self.cast.who[nominee], by=self.cast.actor(name), at=OPENS)
        return made

    def stand(self, nominee: str, group: str = "", statement: str = "I shall listen.") -> Nomination:
        """Somebody nominated by two others, who accepts."""
        row = self.nominate(nominee, "chair", "moderator")
        return nominating.accept(row, StatementSpec(statement), group, by=self.cast.actor(nominee), at=CLOSES)
