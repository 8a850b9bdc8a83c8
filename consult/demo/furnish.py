"""Furnishing a new database with the demonstration: a year of a plainly fictional movement, through the same services as the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import delete, func, select

from consult.demo import circulars, debating, hall, papers, questions, tongues
from consult.demo import content as reading
from consult.demo import round as policy_round
from consult.demo.answered import Answered
from consult.demo.arrangements import ARRANGEMENTS, TREASURER
from consult.demo.asking import Asking
from consult.demo.book import Book
from consult.demo.composites import Compositing
from consult.demo.offices import Offices
from consult.demo.people import People, settle
from consult.demo.shapes import Content
from consult.demo.votes import Booth, exact_papers
from consult.domain.agenda import FINAL, PRELIMINARY, SOC_REPORT
from consult.domain.errors import OutOfOrder
from consult.domain.roles import CONSOLE
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import Policy
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.model.units import Unit
from consult.service import agenda, consultations
from consult.service import circulars as circular_mail

_LAST_YEAR = 440


def furnish(*, today: datetime, rng: Random, keys: Path, tell: Callable[[str], None] = lambda line: None) -> None:
    """Furnish an empty database; `today` is the day around which everything happens, `keys` where signing keys go.

    Raises:
        OutOfOrder: if anybody is in the register already; nothing is written then.
    """
    if db.session.scalar(select(func.count()).select_from(Member)):
        raise OutOfOrder(
            "This database is in use; only an empty one can be furnished. Choose another with DATABASE_URL."
        )
    today = today.replace(minute=0, second=0, microsecond=0)
    content = reading.load()
    tell("Founding the movement: 4 regions, 30 branches, 3 networks, 2,500 members")
    people = settle(None, content, rng, by=CONSOLE, at=today - timedelta(days=500))
    booth = Booth(content, people, rng, keys)
    booth.make_keys(today - timedelta(days=480))
    tell("Last year's round: one motion lost, five carried, and what became of the policies")
    _last_year(content, people, booth, rng, today)
    officers = [person.key for person in content.people if person.role == "committee"]
    moderator = next(person.key for person in content.people if person.role == "moderator")
    tell("A consultation that is over: what people said, what it was answered, and what grew out of it")
    over = Answered("answered", people, officers, moderator, today, rng)
    heard = over.hold(policy_round.rulebook(content))
    over.answer(heard)
    tell("This year's round: twelve motions, their amendments and the debate")
    consultation = policy_round.set_up(content, people, today)
    rounds = _moved(content, people, consultation, rng, today)
    grown = rounds[over.content["motion"]]
    over.take_up(heard, grown.moved, grown.motion.mover)
    _this_year(rounds, content, people, consultation, today)
    tell("Bodies and their seats, nominations, and what branches bind their delegates to")
    offices = Offices(people, officers, today, Random(rng.random()))  # noqa: S311 (a demonstration)
    offices.settle()
    circulars.agree(people, today - timedelta(days=60))
    tell("Elections: the policy committee, and a delegate by lot")
    _elections(content, booth, offices, consultation, rng, today)
    tell("One ballot closed and waiting for certification, one open, one to come")
    _current(content, booth, offices, consultation, rounds, rng, today)
    _to_come(booth, consultation, today)
    tell("A sitting that was held, and the order paper of the next")
    hall.sittings_of(content, people, consultation, rounds, rng, today)
    tell("A consultation that is open: a paper, questions, statements, and events about it")
    Asking("asking", people, officers, moderator, today, rng).hold(policy_round.rulebook(content))
    with writing() as session:  # nobody is written to about what happened before the demonstration began
        session.execute(delete(Notice).where(Notice.send_after <= today))


def _last_year(content: Content, people: People, booth: Booth, rng: Random, today: datetime) -> None:
    begins = today - timedelta(days=_LAST_YEAR)
    nation = db.session.get_one(Unit, people.unit_ids["nation"])
    spec = consultations.Spec(
        "Last year’s policy round", "The round of last year: one motion was lost, the others are in the policy book."
    )
    rules = replace(policy_round.rulebook(content), lapse_years=1)
    phases = [
        consultations.PhaseSpec("drafting", begins, begins + timedelta(days=20)),
        consultations.PhaseSpec("amendments", begins + timedelta(days=20), begins + timedelta(days=30)),
        consultations.PhaseSpec("debating", begins + timedelta(days=20), begins + timedelta(days=50)),
    ]
    year = consultations.create(nation, spec, rules, phases, by=CONSOLE, at=begins - timedelta(days=2))
    made = policy_round.Round(content, people, year, content.earlier, rng)
    made.propose(begins + timedelta(days=1))
    made.rule(begins + timedelta(days=20))
    made.argue(begins + timedelta(days=23), begins + timedelta(days=30))
    made.freeze(begins + timedelta(days=32))
    opens = begins + timedelta(days=45)
    ballot = booth.ballot(year, content.earlier.title, opens, opens + timedelta(days=7))
    booth.add_motion(ballot, made.moved)
    roll = booth.roll("Members in last year’s round", opens - timedelta(days=6))
    booth.open(ballot, roll)
    voted = [[booth.for_against("q1", content.earlier.lean)] for _ in range(640)]
    booth.cast(ballot, roll, voted, ballot.closes_at)
    booth.finish(ballot, "4 11 19 23 38 41")
    Book(content, people, booth, year, rng).fill(begins, today)


def _moved(
    content: Content, people: People, consultation: Consultation, rng: Random, today: datetime
) -> dict[str, policy_round.Round]:
    made = {}
    for number, motion in enumerate(content.motions):
        one = made[motion.slug] = policy_round.Round(content, people, consultation, motion, rng)
        one.propose(today + timedelta(days=-105 + 2 * number))
    return made


def _this_year(
    made: dict[str, policy_round.Round], content: Content, people: People, consultation: Consultation, today: datetime
) -> None:
    def day(offset: float) -> datetime:
        return today + timedelta(days=offset)

    like = Compositing(content, people, consultation)
    like.propose(day(-79.5))
    for number, one in enumerate(made.values()):
        one.rule(day(-75 + number / 4))
    like.rule(day(-72))
    _issue(people, content, consultation, PRELIMINARY, day(-66))
    _issue(people, content, consultation, SOC_REPORT, day(-65), "The committee has ruled on every motion received.")
    for number, one in enumerate(made.values()):
        one.amend(day(-64 + number))
        one.argue(day(-52 + number / 6), day(-20))
    moderator = people.named(next(person.key for person in content.people if person.role == "moderator"))
    like.composite(day(-30))
    debating.moderate(people, made.values(), moderator, day(-19.9))
    for number, one in enumerate(made.values()):
        if one.motion.stage != "published":
            one.freeze(day(-19 + number / 24))
    _issue(people, content, consultation, SOC_REPORT, day(-18), "Amendments are closed and the texts are frozen.")
    _issue(people, content, consultation, FINAL, day(-18))
    speakers = [people.named(person.key) for person in content.people if person.role == "delegate"]
    debating.screen(people, [one.moved for one in made.values()], speakers, moderator, day(0))


def _issue(
    people: People, content: Content, consultation: Consultation, kind: str, at: datetime, words: str = ""
) -> None:
    """One paper of the committee, as things stand at this point of the story."""
    officer = next(person.key for person in content.people if person.role == "committee")
    agenda.issue(consultation, kind, words, by=people.named(officer), at=at)


def _elections(
    content: Content, booth: Booth, offices: Offices, consultation: Consultation, rng: Random, today: datetime
) -> None:
    by_key = {election.key: election for election in content.elections}
    committee = by_key["policy-committee"]
    opens = today - timedelta(days=40)
    closes = opens + timedelta(days=10)
    ballot = booth.ballot(
        consultation, committee.title, opens, closes, complaint_hours=48, publication="all-papers"
    )  # so that there are papers for others to count
    booth.add_election(ballot, committee)
    roll = booth.roll("All members, for the election of the policy committee", opens - timedelta(days=6))
    booth.schedule(ballot, roll)
    called = opens - timedelta(days=4, hours=20)
    circulars.call(ballot, opens - timedelta(days=1), by=booth.officer, at=called)
    fates = ("approved", "mended", "approved", "", "approved", "approved", "mended", "", "approved")
    circulars.write(ballot, booth.people, booth.officer, called + timedelta(days=2), fates)
    booth.begin(ballot)
    circular_mail.send(ballot, by=booth.officer, at=opens + timedelta(hours=3))
    offices.bind(ballot)
    booth.cast(ballot, roll, [[booth.ranking("q1", committee)] for _ in range(760)], ballot.closes_at)
    booth.finish(ballot, "2 7 16 24 30 45")
    offices.report_back(ballot.closes_at + timedelta(days=9))
    lot = next(election for election in content.elections if election.papers)
    opens = today - timedelta(days=24)
    ballot = booth.ballot(consultation, lot.title, opens, opens + timedelta(days=5))
    booth.add_election(ballot, lot)
    roll = booth.roll(lot.title, opens - timedelta(days=6), lot.electorate if lot.electorate != "all" else None)
    booth.open(ballot, roll)
    booth.cast(ballot, roll, exact_papers("q1", lot), ballot.closes_at)
    booth.finish(ballot, "9 12 21 28 33 40")


def _current(
    content: Content,
    booth: Booth,
    offices: Offices,
    consultation: Consultation,
    rounds: dict[str, policy_round.Round],
    rng: Random,
    today: datetime,
) -> None:
    closed = next(one for one in rounds.values() if one.motion.stage == "ballot closed")
    opens = today - timedelta(days=12)
    ballot = booth.ballot(consultation, closed.motion.title, opens, today - timedelta(days=1), complaint_hours=72)
    booth.add_motion(ballot, closed.moved)
    roll = booth.roll("All members, for this year’s first ballot", opens - timedelta(days=6))
    booth.open(ballot, roll)
    voted = [[booth.for_against("q1", closed.motion.lean)] for _ in range(690)]
    booth.cast(ballot, roll, voted, ballot.closes_at)
    booth.remind(ballot, ballot.closes_at - timedelta(days=2))
    booth.challenge(ballot, [booth.for_against("q1", closed.motion.lean)], ballot.closes_at - timedelta(hours=2))
    words = "The link in my message said that the ballot was closed, an hour before it closed. I voted from another machine."
    booth.complain(ballot, ballot.closes_at - timedelta(minutes=30), "could not vote", words)
    theme = next(election for election in content.elections if election.method == "irv" and not election.papers)
    running = next(one for one in rounds.values() if one.motion.stage == "ballot open")
    opens = today - timedelta(days=4)
    ballot = booth.ballot(
        consultation,
        f"{running.motion.title}; and the conference",
        opens,
        today + timedelta(days=6),
        candidate_order="random",
        replacing=True,
        paper_rule="first",
        level="sealed",
    )
    booth.add_motion(ballot, running.moved)
    running.recommend(opens - timedelta(days=5))
    booth.add_election(ballot, theme)
    booth.add_election(ballot, ARRANGEMENTS)
    questions.declare(ballot, booth.officer, opens - timedelta(days=7))
    booth.photograph(ballot)
    booth.hold_ceremony(ballot)
    for text in (running.moved, ballot):
        tongues.translate(text, booth.people, booth.committee, opens - timedelta(days=6, hours=-8), booth.officer)
    roll = booth.roll("All members, for this year’s second ballot", opens - timedelta(days=6))
    booth.schedule(ballot, roll)
    called = opens - timedelta(days=4)
    circulars.call(ballot, today - timedelta(hours=5), by=booth.officer, at=called)
    # In the order drawn from the ballot's seed: whichever comes last waits for the officer.
    fates = ("approved", "mended", "approved", "approved", "handed in")
    circulars.write(ballot, booth.people, booth.officer, called + timedelta(days=3), fates)
    booth.begin(ballot)
    asking = [booth.people.actor(m) for m in papers.may_ask(ballot, booth.people.by_branch["skerrow-head"][4:])]
    papers.issue(ballot, booth.officer, booth.keeper, asking)
    voted = [
        [
            booth.for_against("q1", running.motion.lean),
            booth.ranking("q2", theme),
            booth.ranking("q3", ARRANGEMENTS),
        ]
        for _ in range(310)
    ]
    booth.cast(ballot, roll, voted, today)
    papers.come_in(ballot, booth.officer, booth.keeper)
    booth.remind(ballot, opens + timedelta(days=3))
    booth.list_votes(ballot, today)
    askers = [booth.people.named(person.key) for person in content.people if person.role == "delegate"]
    questions.put(ballot, askers, booth.people, opens + timedelta(days=1))
    in_force = select(Policy).where(Policy.state == "in force").order_by(Policy.id).limit(1)
    questions.discuss(db.session.scalars(in_force).one(), askers, today - timedelta(days=2))
    offices.bind_on(running.moved, opens + timedelta(days=1))
    offices.beside(ballot, booth.keeper)
    booth.post.deliver(ballot, opens + timedelta(minutes=6))  # to those who were added to the roll
    offices.attest(booth.officer, booth.keeper)


def _to_come(booth: Booth, consultation: Consultation, today: datetime) -> None:
    """An election that opens in three days; its candidates can still write to the voters who agreed."""
    opens = today + timedelta(days=3)
    ballot = booth.ballot(consultation, TREASURER.title, opens, opens + timedelta(days=9), complaint_hours=72)
    booth.add_election(ballot, TREASURER)
    roll = booth.roll("All members, for the election of the treasurer", opens - timedelta(days=6))
    booth.schedule(ballot, roll)
    circulars.call(ballot, opens - timedelta(days=1), by=booth.officer, at=today - timedelta(days=1, hours=20))
    circulars.write(ballot, booth.people, booth.officer, today - timedelta(days=1), ("draft", "handed in", "approved"))
