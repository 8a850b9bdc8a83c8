"""Motions for tests: a consultation with its timetable, and a motion brought to any stage by the services."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from consult.domain.rulebook import Lateness
from consult.model.amendments import Amendment
from consult.model.consultations import Consultation
from consult.model.motions import Motion
from consult.service import amendments, consultations, freezing, motions, rulings, seconding
from consult.service.amendments import sections_of
from consult.service.consultations import PhaseSpec, Spec
from consult.service.limits import Sending
from consult.service.versions import document_of
from tests.factories import CERTIFIED_AT_ONCE, NOON, Cast

SECTIONS = {
    "heading": "Buses that run on Sundays",
    "notes": "1. The last Sunday bus from Alder leaves at 4pm.\n2. A single fare is £4.20.",
    "believes": "1. A bus that does not run is no bus.",
    "resolves": (
        "1. To campaign for an hourly bus on Sundays until 10pm.\n2. To ask the council for a single fare of £2.\n"
        "3. To write to every member about:\n   (a) the timetable;\n   (b) the fares."
    ),
    "rationale": "Half of us cannot drive.",
}
MEETING = motions.Meeting(date(2026, 2, 20), 31, 26, 4)
DAY = timedelta(days=1)
WHY_LATE = "The council decided on Tuesday to end all Sunday buses."
REASON = "It has one subject and says what is to be done."


@dataclass
class Stage:
    """A cast with a consultation, and short ways to bring a motion on."""

    cast: Cast
    consultation: Consultation
    at: datetime = NOON
    made: list[Motion] = field(default_factory=list)

    def actor(self, name: str):  # type: ignore[no-untyped-def]
        return self.cast.actor(name)

    def draft(self, mover: str = "mover", unit: str = "Alder", **sections: str) -> Motion:
        """A draft by somebody of the cast."""
        typed = SECTIONS | sections
        return motions.draft(
            self.consultation, self.cast.units[unit], typed, "Transport", by=self.actor(mover), at=self.at
        )

    def seconded(self, mover: str = "mover", unit: str = "Alder", **sections: str) -> Motion:
        """A motion that has its two seconders."""
        motion = self.draft(mover, unit, **sections)
        seconding.seek_support(motion, by=self.actor(mover), at=self.at)
        for name in ("second", "member"):
            seconding.second(motion, by=self.actor(name), at=self.at)
        return motion

    def submitted(self, **sections: str) -> Motion:
        """A motion that the branch's delegate submitted."""
        return motions.submit(self.seconded(**sections), MEETING, by=self.actor("delegate"), at=self.at)

    def published(self, **sections: str) -> Motion:
        """A motion that is in order and published."""
        motion = self.submitted(**sections)
        rulings.rule(motion, "in order", "SO 1", REASON, by=self.actor("chair"), at=self.at)
        return rulings.publish(motion, by=self.actor("chair"), at=self.at)

    def edited(self, motion: Motion, *changes: tuple[str, str]) -> dict[str, str]:
        """The sections of a motion's text with words exchanged; each must be there."""
        assert motion.version is not None
        sections = sections_of(document_of(motion.version))
        for old, new in changes:
            assert any(old in text for text in sections.values()), old
            sections = {name: text.replace(old, new) for name, text in sections.items()}
        return sections

    def drafted_amendment(self, motion: Motion, *changes: tuple[str, str], by: str = "other_delegate") -> Amendment:
        """A draft amendment by somebody, for the branch they belong to."""
        unit = self.cast.who[by].unit
        return amendments.draft(
            motion, unit, self.edited(motion, *changes), "It is clearer.", by=self.actor(by), at=self.at
        )

    def amended(
        self, motion: Motion, *changes: tuple[str, str], by: str = "other_delegate", ruled: bool = True
    ) -> Amendment:
        """An amendment that the delegate submitted and, unless told, the committee ruled in order."""
        row = self.drafted_amendment(motion, *changes, by=by)
        amendments.submit(row, by=self.actor(by), at=self.at)
        if ruled:
            rulings.rule(row, "in order", "SO 7", REASON, by=self.actor("chair"), at=self.at)
        return row

    def answered(self, row: Amendment, accept: bool) -> Amendment:
        """The mover of the motion accepts an amendment or does not."""
        return amendments.respond(row.motion, row, accept, "So be it.", by=self.actor("mover"), at=self.at)

    def frozen(self, motion: Motion, **choices: object) -> Motion:
        """The motion with its text frozen."""
        return freezing.freeze(motion, by=self.actor("committee_1"), at=self.after_amendments, **choices)

    @property
    def after_amendments(self) -> datetime:
        """An instant at which amendments are closed and debate is not."""
        return self.at + 12 * DAY


def sent_late(cast: Cast, kind: str = "late", **rules: object) -> tuple[Stage, Motion]:
    """A motion that came after the closing date, is published and has one amendment; amendments close on the 13th day."""
    scene = stage(cast, **{"late": Lateness(), "emergency": Lateness(leave="1/2")} | rules)
    close = NOON + 10 * DAY
    phases = [PhaseSpec("drafting", NOON - DAY, close), PhaseSpec("amendments", NOON - DAY, close + 3 * DAY)]
    phases += [PhaseSpec(f"{word} motions", close, close + 4 * DAY) for word in ("late", "emergency")]
    consultations.set_timetable(
        scene.consultation, phases, "More time was asked for.", seen=None, by=cast.actor("committee_1"), at=NOON
    )
    motion = scene.seconded()
    sending = Sending(kind, WHY_LATE, date(2026, 3, 12) if kind == "emergency" else None)
    scene.at = NOON + 11 * DAY
    motions.submit(motion, MEETING, sending=sending, by=cast.actor("delegate"), at=scene.at)
    rulings.rule(motion, "in order", "SO 1", REASON, by=cast.actor("chair"), at=scene.at)
    rulings.publish(motion, by=cast.actor("chair"), at=scene.at)
    scene.amended(motion, ("£2", "£1.50"))
    return scene, scene.frozen(motion)


def stage(cast: Cast, **rules: object) -> Stage:
    """A consultation of the whole movement: drafting and amendments close in ten days, debate in twenty."""
    phases = [
        PhaseSpec("drafting", NOON - DAY, NOON + 10 * DAY),
        PhaseSpec("amendments", NOON - DAY, NOON + 10 * DAY),
        PhaseSpec("debating", NOON - DAY, NOON + 20 * DAY),
    ]
    spec = Spec("The spring conference", "What shall we stand for?", "# Why\n\nBecause.\n\nAnd why not.")
    made = consultations.create(
        cast.units["Testland"], spec, replace(CERTIFIED_AT_ONCE, **rules), phases, by=cast.actor("committee_1"), at=NOON
    )
    return Stage(cast, made)


def in_short(opening: str, words: int = 95) -> str:
    """A summary of one side, of so many words, that begins with an opening."""
    begun = opening.split()
    return " ".join([*begun, *["and"] * (words - len(begun))])
