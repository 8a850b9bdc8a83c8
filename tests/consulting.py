"""Consultations for tests: one that is open, with terms and questions, and short ways to take part in it."""

from __future__ import annotations

from dataclasses import dataclass

from consult.domain.roles import Role
from consult.domain.rulebook import CONFERENCE
from consult.model.consultations import Consultation
from consult.model.consulting import ConsultationQuestion, Contribution
from consult.model.store import writing
from consult.service import consultations, participation, submissions
from consult.service.consultations import PhaseSpec, Spec
from consult.service.participation import Asked, Terms
from tests.factories import NOON, Cast, give_role
from tests.motions import DAY

PAPER = "# Why\n\nHomes are dear.\n\nBuses are few.\n\n# What\n\nWe could build, or we could ask others to build."


@dataclass
class Forum:
    """A cast with an open consultation that asks three questions."""

    cast: Cast
    consultation: Consultation
    open: ConsultationQuestion
    one: ConsultationQuestion
    several: ConsultationQuestion

    def actor(self, name: str):  # type: ignore[no-untyped-def]
        return self.cast.actor(name)

    def document(self, text: str = "Build on the old market.", one: str = "Yes", **more: object) -> dict[str, object]:
        """What somebody answers."""
        answers = {str(self.open.id): text, str(self.one.id): one, str(self.several.id): ["Homes"]}
        return {"answers": answers, "more": ""} | more

    def sent(self, name: str, kind: str = "person", unit: str | None = None, **values: object) -> Contribution:
        """A submission that somebody of the cast has sent."""
        where = self.cast.units[unit] if unit else None
        row = submissions.begin(self.consultation, kind, where, by=self.actor(name), at=NOON)
        named = bool(values.pop("named", False))
        submissions.save(row, self.document(**values), named=named, revision=None, by=self.actor(name), at=NOON)  # type: ignore[arg-type]
        return submissions.send(row, by=self.actor(name), at=NOON)


def forum(cast: Cast, **terms: object) -> Forum:
    """A consultation of the whole movement that is open for ten days; "second" is an officer of Alder."""
    officer = cast.actor("committee_1")
    phases = [PhaseSpec("consulting", NOON - DAY, NOON + 10 * DAY)]
    made = consultations.create(
        cast.units["Testland"], Spec("Homes and buses", paper=PAPER), CONFERENCE, phases, by=officer, at=NOON
    )
    participation.declare(made, Terms(**terms), by=officer, at=NOON)  # type: ignore[arg-type]
    rows = [
        participation.ask(made, asked, by=officer, at=NOON)
        for asked in (
            Asked("open", "What would you do first?", needed=True),
            Asked("one", "Should the movement own homes?", options=("Yes", "No")),
            Asked("several", "What matters to you?", options=("Homes", "Buses", "Both")),
        )
    ]
    with writing():
        give_role(cast.who["second"], Role.UNIT_OFFICER, cast.units["Alder"])
    return Forum(cast, made, *rows)
