"""The demo's sittings: one that was held, with cards, divisions and minutes, and one to come with its order paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from consult.demo.people import People
from consult.demo.round import Round
from consult.demo.shapes import Content
from consult.domain import hall as domain
from consult.domain.agenda import ORDER_PAPER, SOC_REPORT
from consult.model.consultations import Consultation
from consult.model.hall import Sitting
from consult.model.members import Member
from consult.model.store import db
from consult.model.units import Unit
from consult.service import agenda, credentials, declaring, hall, hall_questions, hall_votes, sittings
from consult.service.declaring import Told
from consult.service.hall_questions import Asked
from consult.service.hall_votes import Figures
from consult.service.sittings import Business, Spec

#: Motions that were taken at the sitting that was held: how many, from the end of those on the order paper.
_TAKEN = 2
_CARDS = 18


class Meeting:
    """The sitting that was held; its clock goes on by three minutes with each act."""

    def __init__(self, people: People, content: Content, sitting: Sitting, rng: Random) -> None:
        self.people, self.sitting, self.rng = people, sitting, rng
        officers = [person.key for person in content.people if person.role == "committee"]
        self.keeper, self.chair = people.named(officers[0]), people.named(officers[1])
        self.at = sitting.starts_at

    def do(self, act: Any, *args: Any, by: Any = None, **values: Any) -> Any:
        """One act at the sitting."""
        self.at += timedelta(minutes=3)
        return act(self.sitting, *args, by=by or self.chair, at=self.at, **values)

    def prepare(self) -> None:
        """Appoint the chair, and give the delegates their cards: one vote for every ten members of the branch."""
        self.do(sittings.appoint, db.session.get_one(Member, self.chair.member_id), domain.CHAIR, by=self.keeper)
        for branch, member_id in list(self.people.delegates.items())[:_CARDS]:
            if member_id == self.chair.member_id:
                continue
            unit = db.session.get_one(Unit, self.people.unit_ids[branch])
            weight = max(1, len(self.people.by_branch[branch]) // 10)
            member = db.session.get_one(Member, member_id)
            self.do(credentials.admit, member, unit, "delegate", weight, by=self.keeper)

    def hold(self) -> None:
        """From the opening to the close: the report adopted, a motion decided by card vote, one remitted."""
        self.do(hall.open_sitting)
        self.do(hall.call_quorum, _CARDS - 1)
        first, report, decided, remitted = self.sitting.items
        self.do(hall.take, first)
        self.do(hall.finish, first, "The chair welcomed the delegates; the tellers were agreed.")
        self.do(hall.take, report)
        self._hands(Asked(domain.PROCEDURE, procedure="adopt report"), 14, 2)
        self.do(hall.take, decided)
        while (asked := hall_questions.next_question(db.session(), hall_questions.before(self.sitting))) is not None:
            if asked.kind == domain.MOTION:
                self.do(hall.reply, True)
                self._cards(asked)
                break
            self._hands(asked, 6 + self.rng.randint(0, 6), 4 + self.rng.randint(0, 1))
        self.do(hall.take, remitted)
        self._hands(Asked(domain.PROCEDURE, procedure="remit"), 11, 5)
        self.do(hall.close)

    def _hands(self, asked: Asked, votes_for: int, votes_against: int) -> None:
        put = self.do(hall.put, asked, "hands")
        self.do(declaring.declare, put, Told(Figures(votes_for, votes_against)))

    def _cards(self, asked: Asked) -> None:
        put = self.do(hall.put, asked, "cards")
        for number, card in enumerate(credentials.voting(credentials.of_sitting(self.sitting.id))):
            choice = "against" if number % 4 == 3 else "abstain" if number % 9 == 8 else "for"
            hall_votes.cast_card(self.sitting, put, card.card, choice, by=self.chair, at=self.at)
        self.do(declaring.declare, put, Told())


def sittings_of(
    content: Content,
    people: People,
    consultation: Consultation,
    rounds: Mapping[str, Round],
    rng: Random,
    today: datetime,
) -> None:
    """Plan both sittings, hold the first, and issue the order paper of the second."""
    ready = [one.moved for one in rounds.values() if one.motion.stage == "order paper"]
    officer = people.named(next(person.key for person in content.people if person.role == "committee"))
    taken, left = ready[-_TAKEN:], ready[:-_TAKEN]
    report = agenda.latest(db.session(), consultation.id, SOC_REPORT)
    begins = (today - timedelta(days=9)).replace(hour=10)
    spec = Spec("Opening session", "The Corn Hall, Hallowreach", begins, begins + timedelta(hours=3), 12)
    held = sittings.plan(consultation, spec, by=officer, at=begins - timedelta(days=3))
    business = [Business(10, "Opening"), Business(15, issue_id=report.id if report else None, title="Report")]
    business += [Business(40, motion_id=motion.id) for motion in taken]
    sittings.set_business(held, business, by=officer, at=begins - timedelta(days=2))
    meeting = Meeting(people, content, held, rng)
    meeting.prepare()
    meeting.hold()
    begins = (today + timedelta(days=12)).replace(hour=10)
    spec = Spec("Saturday morning", "The Corn Hall, Hallowreach", begins, begins + timedelta(hours=3), 12)
    coming = sittings.plan(consultation, spec, by=officer, at=today - timedelta(days=2))
    business = [Business(10, "Opening"), *(Business(30, motion_id=motion.id) for motion in left)]
    sittings.set_business(coming, business, by=officer, at=today - timedelta(days=2))
    words = (
        "The sitting ends at 1pm. What is marked as taken if time allows is first on the afternoon’s order of business."
    )
    agenda.issue(consultation, ORDER_PAPER, words, by=officer, at=today - timedelta(days=1))
