"""What takes two officers: proposed by one, agreed to by another; alone only where nobody else could, and in public first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.events import Event
from consult.domain.officer_proposals import LIFE, WAIT
from consult.domain.policy import Permission, may
from consult.domain.roles import CONSOLE, Role
from consult.model.audit import AuditEvent
from consult.model.members import Member, RoleHolding
from consult.model.notices import Notice
from consult.model.officer_proposals import OfficerProposal
from consult.model.results import Annulment
from consult.model.rolls import RollEntry
from consult.model.store import db, writing
from consult.service import agreeing, bodies, certification, founding, officer_proposals, opening, roles, seats, waiting
from consult.service.ballot_questions import OptionSpec
from consult.service.bodies import Spec
from consult.service.seats import Term
from tests.desk import DAY, DURING, Desk
from tests.factories import NOON, Cast, by_two

WHY = "A branch had no letters, and 40 members could not vote."
HOUR = timedelta(hours=1)


def held(cast: Cast, name: str) -> RoleHolding:
    return db.session.scalars(select(RoleHolding).where(RoleHolding.member_id == cast.who[name].id)).one()


def told(cast: Cast, name: str) -> list[str]:
    query = select(Notice.kind, Notice.context).where(Notice.member_id == cast.who[name].id).order_by(Notice.id)
    return [f"{kind}:{context['news']}" if "news" in context else kind for kind, context in db.session.execute(query)]


def events() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.event).order_by(AuditEvent.sequence)))


def only(cast: Cast, *names: str) -> None:
    """Leave only these members in the committee."""
    with writing() as session:
        gone = [cast.who[f"committee_{n}"].id for n in range(1, 6) if f"committee_{n}" not in names]
        session.execute(
            update(RoleHolding)
            .where(RoleHolding.member_id.in_(gone))
            .values(ends_at=NOON - DAY, starts_at=NOON - 2 * DAY)
        )


@pytest.fixture
def desk(cast: Cast) -> Desk:
    made = Desk(cast, signers_needed=2)
    made.ask()
    made.schedule()
    opening.open_ballot(made.ballot, by=made.officer, at=made.at + DAY)
    return made


def test_a_ballot_is_annulled_by_two_and_the_record_names_both(cast: Cast, desk: Desk) -> None:
    made = agreeing.propose(desk.ballot, WHY, by=cast.actor("committee_1"), at=DURING)
    assert desk.ballot.state == "open" and certification.annulment_of(desk.ballot) is None
    desk.vote("member", 0)
    assert told(cast, "committee_2").count("agreement-wanted") == 1 and "agreement-wanted" not in told(
        cast, "committee_1"
    )
    assert waiting.of(cast.actor("committee_2"), DURING)["proposals"] == 1
    assert waiting.of(cast.actor("committee_1"), DURING)["proposals"] == 0
    with pytest.raises(NotAllowed, match="yourself"):
        agreeing.agree(made, by=cast.actor("committee_1"), at=DURING)
    with pytest.raises(NotAllowed, match="annul a ballot"):
        agreeing.agree(made, by=desk.officer, at=DURING)
    agreeing.agree(made, by=cast.actor("committee_2"), at=DURING + HOUR)
    assert desk.ballot.state == "annulled"
    told_of = list(db.session.scalars(select(Notice).where(Notice.kind == "ballot-annulled")))
    on_roll = select(RollEntry.member_id).where(RollEntry.roll_id == desk.roll.id, RollEntry.email.is_not(None))
    assert sorted(row.member_id for row in told_of) == sorted(db.session.scalars(on_roll))
    assert {row.context["ballot"] for row in told_of} == {desk.ballot.id} and WHY not in str(told_of[0].context)
    found = db.session.get_one(Annulment, desk.ballot.id)
    assert (found.reason, found.by_id) == (WHY, cast.who["committee_2"].id)
    done = officer_proposals.done("annul ballot", desk.ballot.id)
    assert done is not None and done.agreed_by is not None
    assert (done.proposed_by.name, done.agreed_by.name) == ("Amina Grove", "Bevan Holt")
    assert [e for e in events() if e.startswith(("proposal.", "result."))] == [
        "proposal.made", "result.annulled", "proposal.agreed",
    ]  # fmt: skip
    with pytest.raises(OutOfOrder, match="carried out already"):
        agreeing.agree(made, by=cast.actor("committee_3"), at=DURING + HOUR)
    with pytest.raises(OutOfOrder, match="carried out already"):
        agreeing.withdraw(made, by=cast.actor("committee_1"), at=DURING + HOUR)


def test_a_proposal_is_made_once_and_can_be_withdrawn(cast: Cast, desk: Desk) -> None:
    first = agreeing.propose(desk.ballot, WHY, by=cast.actor("committee_1"), at=DURING)
    with pytest.raises(OutOfOrder, match="You proposed this already"):
        agreeing.propose(desk.ballot, WHY, by=cast.actor("committee_1"), at=DURING)
    with pytest.raises(OutOfOrder, match="Amina Grove proposed this already"):
        agreeing.propose(desk.ballot, WHY, by=cast.actor("committee_2"), at=DURING)
    with pytest.raises(NotAllowed, match="by whoever made it"):
        agreeing.withdraw(first, by=cast.actor("committee_2"), at=DURING)
    agreeing.withdraw(first, by=cast.actor("committee_1"), at=DURING)
    for late in (agreeing.agree, agreeing.carry_out):
        with pytest.raises(OutOfOrder, match="was withdrawn"):
            late(first, by=cast.actor("committee_2"), at=DURING)
    second = agreeing.propose(desk.ballot, WHY, by=cast.actor("committee_2"), at=DURING)
    assert officer_proposals.standing("annul ballot", desk.ballot.id, DURING).id == second.id


def test_a_proposal_that_nobody_agrees_to_lapses_and_can_be_made_again(cast: Cast) -> None:
    holding, late = held(cast, "moderator"), NOON + LIFE
    made = agreeing.propose(holding, "moved away", by=cast.actor("committee_1"), at=NOON)
    with pytest.raises(OutOfOrder, match="has lapsed"):
        agreeing.agree(made, by=cast.actor("committee_2"), at=late)
    again = agreeing.propose(holding, "moved away", by=cast.actor("committee_2"), at=late)
    assert [(row.id, row.ended) for row in officer_proposals.listed()] == [(again.id, None), (made.id, "lapsed")]
    agreeing.agree(again, by=cast.actor("committee_1"), at=late + HOUR)
    assert holding.ends_at == late + HOUR


@pytest.mark.parametrize(("reason", "wrong"), [("short", "20 to 2,000"), ("x" * 2001, "20 to 2,000")])
def test_a_reason_is_demanded(cast: Cast, desk: Desk, reason: str, wrong: str) -> None:
    with pytest.raises(Invalid, match=wrong):
        agreeing.propose(desk.ballot, reason, by=cast.actor("committee_1"), at=DURING)


def test_a_ballot_that_has_not_opened_is_not_annulled_and_a_candidate_has_no_say(cast: Cast) -> None:
    from consult.service.ballot_questions import OptionSpec

    desk = Desk(cast, signers_needed=1)
    desk.ask(names=("Ann Ash", OptionSpec("Bevan Holt", member_id=cast.who["committee_2"].id)))
    desk.schedule()
    with pytest.raises(OutOfOrder, match="must be open"):
        agreeing.propose(desk.ballot, WHY, by=cast.actor("committee_1"), at=NOON)
    made = agreeing.propose(desk.ballot, WHY, by=cast.actor("committee_1"), at=DURING)  # no worker recorded the opening
    assert cast.who["committee_2"].id not in {m.id for m in agreeing.seconds(made, desk.ballot, DURING)}
    with pytest.raises(NotAllowed, match="candidate"):
        agreeing.agree(made, by=cast.actor("committee_2"), at=DURING)


def test_whose_office_it_is_is_told_at_every_step_and_does_not_agree(cast: Cast) -> None:
    holding = held(cast, "committee_2")
    made = agreeing.propose(holding, "never came to a meeting", by=cast.actor("committee_1"), at=NOON)
    assert told(cast, "committee_2") == ["office-ending:proposed"]
    with pytest.raises(NotAllowed, match="your own office"):
        agreeing.agree(made, by=cast.actor("committee_2"), at=NOON)
    agreeing.withdraw(made, by=cast.actor("committee_1"), at=NOON)
    assert told(cast, "committee_2")[-1] == "office-ending:withdrawn"
    again = agreeing.propose(holding, "never came to a meeting", by=cast.actor("committee_1"), at=NOON)
    agreeing.agree(again, by=cast.actor("committee_3"), at=NOON + HOUR)
    assert told(cast, "committee_2")[-2:] == ["office-ending:proposed", "office-ending:done"]
    assert not may(Permission.ROLE_GIVE, cast.actor("committee_2"), at=NOON + HOUR)
    assert events()[-2:] == ["role.ended", "proposal.agreed"]
    with pytest.raises(Invalid, match="your own"):
        agreeing.propose(held(cast, "committee_1"), "tired of it", by=cast.actor("committee_1"), at=NOON)


def test_what_is_laid_down_meanwhile_overtakes_the_proposal(cast: Cast) -> None:
    holding = held(cast, "moderator")
    made = agreeing.propose(holding, "moved away", by=cast.actor("committee_1"), at=NOON)
    roles.resign(holding, "moved away indeed", by=cast.actor("moderator"), at=NOON + HOUR)
    with pytest.raises(OutOfOrder, match="in another way"):
        agreeing.agree(made, by=cast.actor("committee_2"), at=NOON + 2 * HOUR)


def test_nobody_brings_in_the_second(cast: Cast) -> None:
    by = cast.actor("committee_1")
    made = agreeing.propose(held(cast, "moderator"), "moved away", by=by, at=NOON)
    roles.give(cast.who["member"], Role.GOVERNANCE, reason="co-opted", by=by, at=NOON)
    with pytest.raises(NotAllowed, match="less than 72 hours ago"):
        agreeing.agree(made, by=cast.actor("member"), at=NOON + WAIT - HOUR)
    agreeing.agree(made, by=cast.actor("member"), at=NOON + WAIT)


def test_who_is_alone_in_the_committee_waits_in_public(cast: Cast) -> None:
    only(cast, "committee_1")
    by, holding = cast.actor("committee_1"), held(cast, "moderator")
    made = agreeing.propose(holding, "moved away", by=by, at=NOON)
    with pytest.raises(OutOfOrder, match="stays public until"):
        agreeing.carry_out(made, by=by, at=NOON + WAIT - HOUR)
    with pytest.raises(NotAllowed):
        agreeing.carry_out(made, by=cast.actor("chair"), at=NOON + WAIT)
    agreeing.carry_out(made, by=by, at=NOON + WAIT)
    assert (made.ended, made.agreed_by_id, holding.ends_at) == ("done alone", None, NOON + WAIT)
    assert told(cast, "moderator") == ["office-ending:proposed", "office-ending:done"]
    assert events()[-2:] == ["role.ended", Event.PROPOSAL_CARRIED_OUT.value]


def test_nobody_is_alone_while_another_could_agree(cast: Cast) -> None:
    only(cast, "committee_1", "committee_2")
    made = agreeing.propose(held(cast, "moderator"), "moved away", by=cast.actor("committee_1"), at=NOON)
    with pytest.raises(OutOfOrder, match="Bevan Holt can agree"):
        agreeing.carry_out(made, by=cast.actor("committee_1"), at=NOON + WAIT)


def test_of_two_neither_ends_the_others_office_alone(cast: Cast) -> None:
    only(cast, "committee_1", "committee_2")
    by = cast.actor("committee_1")
    made = agreeing.propose(held(cast, "committee_2"), "never came", by=by, at=NOON)
    with pytest.raises(OutOfOrder, match="the one whose office it is"):
        agreeing.carry_out(made, by=by, at=NOON + WAIT)
    roles.give(cast.who["member"], Role.GOVERNANCE, reason="elected", by=CONSOLE, at=NOON + WAIT)
    agreeing.agree(made, by=cast.actor("member"), at=NOON + WAIT)


def test_a_seat_of_a_branch_is_vacated_by_two_of_those_who_fill_it(cast: Cast) -> None:
    alder = cast.units["Alder"]
    for name, unit in (("mover", alder), ("second", cast.units["Birch"])):
        roles.give(cast.who[name], Role.UNIT_OFFICER, unit=unit, reason="elected", by=CONSOLE, at=NOON)
    officer = cast.actor("mover")
    body = bodies.make(alder, Spec("Executive", "It runs the branch.", 3), "the founding meeting", by=officer, at=NOON)
    row = seats.fill(body, cast.who["member"], Term("appointed", "the founding meeting"), by=officer, at=NOON)
    made = agreeing.propose(row, "moved away", by=officer, at=NOON + DAY)
    able = {member.id for member in agreeing.seconds(made, row, NOON + DAY)}
    assert cast.who["returning_officer"].id in able and cast.who["committee_1"].id in able
    assert cast.who["second"].id not in able and cast.who["mover"].id not in able
    with pytest.raises(NotAllowed):
        agreeing.agree(made, by=cast.actor("second"), at=NOON + DAY)
    agreeing.agree(made, by=cast.actor("returning_officer"), at=NOON + 2 * DAY)
    assert (row.ends_at, row.left_because) == (NOON + 2 * DAY, "moved away")
    assert events()[-2:] == ["seat.vacated", "proposal.agreed"]


def test_a_founding_period_is_ended_by_two(cast: Cast) -> None:
    alder = cast.units["Alder"]
    founding.begin(alder, NOON + 30 * DAY, "a new branch", by=cast.actor("committee_1"), at=NOON)
    given = roles.give(
        cast.who["member"],
        Role.UNIT_OFFICER,
        unit=alder,
        interim=True,
        reason="founding",
        by=cast.actor("committee_1"),
        at=NOON,
    )
    by_two(cast, alder, "elections were held", at=NOON + DAY)
    assert given.ends_at == NOON + DAY and founding.of_unit(alder.id).ends_at == NOON + DAY
    with pytest.raises(OutOfOrder, match="No founding period"):
        by_two(cast, alder, "elections were held", at=NOON + 2 * DAY)


def test_the_database_lets_nobody_agree_alone_or_change_what_was_proposed(cast: Cast) -> None:
    made = agreeing.propose(held(cast, "moderator"), "moved away", by=cast.actor("committee_1"), at=NOON)
    one, whose = cast.who["committee_1"].id, cast.who["moderator"].id
    for values, sentence in (
        ({"reason": "another"}, "never changed"),
        ({"agreed_by_id": one, "ended": "done", "ended_at": NOON}, "two_people"),
        ({"agreed_by_id": whose, "ended": "done", "ended_at": NOON}, "not_own"),
        ({"ended": "done", "ended_at": NOON}, "agreed"),
    ):
        with pytest.raises(IntegrityError, match=sentence), writing() as session:
            session.execute(update(OfficerProposal).where(OfficerProposal.id == made.id).values(**values))
    with pytest.raises(IntegrityError, match="stays on the record"), writing() as session:
        session.delete(session.get_one(OfficerProposal, made.id))


def test_an_erased_person_is_no_second(cast: Cast) -> None:
    only(cast, "committee_1", "committee_2")
    with writing() as session:
        session.get_one(Member, cast.who["committee_2"].id).erased_at = NOON
    made = agreeing.propose(held(cast, "moderator"), "moved away", by=cast.actor("committee_1"), at=NOON)
    assert agreeing.seconds(made, held(cast, "moderator"), NOON) == []


def test_candidates_are_told_of_an_annulment_once_on_the_roll_or_not(cast: Cast) -> None:
    desk = Desk(cast)
    on, off = cast.who["mover"], cast.who["supporter"]
    desk.ask("irv", (OptionSpec("On the roll", member_id=on.id), OptionSpec("Off it", member_id=off.id)))
    desk.schedule()
    made = agreeing.propose(desk.ballot, WHY, by=cast.actor("committee_1"), at=DURING)
    agreeing.agree(made, by=cast.actor("committee_2"), at=DURING)
    told = list(db.session.scalars(select(Notice.member_id).where(Notice.kind == "ballot-annulled")))
    assert told.count(on.id) == told.count(off.id) == 1
