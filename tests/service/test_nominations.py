"""Nominations by declared rules: who nominates whom until when, accepting, withdrawing, and everything that can come of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.nominations import Rules
from consult.domain.policy import Permission, may
from consult.model.ballots import Ballot, Option
from consult.model.bodies import SeatHolding
from consult.model.mandates import Decision
from consult.model.members import Member
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.model.units import Unit
from consult.service import (
    ballots,
    bodies,
    consultations,
    countbacks,
    nominating,
    nominations,
    polls_due,
    seats,
    settling,
)
from consult.service.ballots import BallotSpec
from consult.service.candidates import StatementSpec
from consult.service.nominating import Meeting
from consult.service.seats import Term
from tests.desk import Desk
from tests.factories import NOON, Cast, by_two, make_consultation
from tests.nominations import BEGINS, CLOSES, CONSENT, DAY, ENDS, OPENS, WITHDRAW, Calling

ANYBODY = Rules(needed=2, most=9)


def spec(**values: object) -> BallotSpec:
    given = {"title": "Policy committee", "opens_at": WITHDRAW + DAY, "closes_at": WITHDRAW + 4 * DAY, "level": "operator",
             "complaint_hours": 0, "lot_words": "The draw of 6 March"}  # fmt: skip
    return BallotSpec(**(given | values))  # type: ignore[arg-type]


def test_the_rules_are_kept_from_the_opening_to_the_last_deadline(cast: Cast) -> None:
    made = Calling(cast, ANYBODY)
    who, by = cast.who["member"], cast.actor("chair")
    with pytest.raises(OutOfOrder, match="Nominations are taken from"):
        nominating.nominate(made.call, who, by=by, at=OPENS - timedelta(seconds=1))
    row = nominating.nominate(made.call, who, by=by, at=OPENS)
    assert nominations.lacking(made.call, row) == ["It needs 1 more nomination.", "The person has not accepted yet."]
    assert [n.kind for n in db.session.scalars(select(Notice))] == ["nominated"]
    with pytest.raises(OutOfOrder, match="nominated by you already"):
        nominating.nominate(made.call, who, by=by, at=OPENS)
    made.nominate("member", "moderator")
    with pytest.raises(OutOfOrder, match="Nominations are taken from"):
        nominating.nominate(made.call, who, by=cast.actor("panel"), at=CLOSES)
    row = nominations.nomination(row.id)
    with pytest.raises(NotAllowed):
        nominating.accept(row, StatementSpec("Hello."), by=cast.actor("mover"), at=CLOSES)
    with pytest.raises(Invalid, match="take out 1"):
        nominating.accept(row, StatementSpec("word " * 251), by=cast.actor("member"), at=CLOSES)
    with pytest.raises(OutOfOrder, match="were to be accepted by"):
        nominating.accept(row, StatementSpec("Hello."), by=cast.actor("member"), at=CONSENT)
    nominating.accept(row, StatementSpec("Hello."), by=cast.actor("member"), at=CONSENT - DAY)
    assert [one.nominee_id for one in nominations.standing_in(made.call)] == [who.id]
    with pytest.raises(OutOfOrder, match="Tell the returning officer"):
        nominating.withdraw(row, "", by=cast.actor("member"), at=WITHDRAW)
    assert nominating.withdraw(row, "", by=cast.actor("member"), at=WITHDRAW - DAY).state == "withdrawn"
    assert nominations.standing_in(made.call) == []


def test_who_cannot_stand_or_nominate(cast: Cast) -> None:
    made = Calling(cast, replace(ANYBODY, self_nomination=False, member_days=500, most=1))
    with pytest.raises(Invalid, match="candidates are members"):
        made.nominate("supporter", "chair")
    with pytest.raises(Invalid, match="must have been a member for 500 days"):
        made.nominate("member", "chair")
    with pytest.raises(OutOfOrder, match="nobody nominates themself"):
        made.nominate("member", "member")
    with pytest.raises(NotAllowed):
        made.nominate("member", "supporter")
    with pytest.raises(OutOfOrder, match="fixed"):
        nominations.change(made.call, made.spec(seats=1), "resolved", by=made.officer, at=OPENS)
    open_ = nominations.change(
        made.call,
        made.spec(rules=replace(ANYBODY, most=1)),
        "resolved",
        by=made.officer,
        at=OPENS - timedelta(minutes=1),
    )
    assert open_.revision == 2
    made.nominate("member", "chair")
    with pytest.raises(OutOfOrder, match="the rules allow 1"):
        made.nominate("mover", "chair")
    own = made.nominate("second", "second")
    assert own.state == "standing" and nominations.lacking(made.call, own) == ["It needs 2 more nominations."]


def test_who_holds_a_seat_within_the_term_cannot_stand_before_they_leave_it(cast: Cast) -> None:
    made = Calling(cast, ANYBODY, seats=1)
    assert nominations.lacking(made.call, made.stand("member")) == []
    until = BEGINS + 30 * DAY
    made.sits("member", 1, OPENS, until)
    call = nominations.get(made.call.id)
    assert "holds a seat in Policy committee until" in nominations.lacking(call, call.nominations[0])[-1]
    assert nominations.standing_in(call) == []
    with pytest.raises(Invalid, match="would have to leave it first"):
        made.nominate("member", "mover")
    seats.resign(seats.get(call.body.holdings[0].id), "I stand again", by=cast.actor("member"), at=OPENS + DAY)
    db.session.expire_all()
    made.nominate("member", "mover")


def test_branches_nominate_through_those_who_speak_for_them(cast: Cast) -> None:
    made = Calling(cast, replace(ANYBODY, by="branches", needed=1))
    alder, meeting = cast.units["Alder"], Meeting(date(2026, 3, 1), 12, 3)
    who = cast.who["member"]
    with pytest.raises(Invalid, match="say for which branch"):
        nominating.nominate(made.call, who, by=cast.actor("delegate"), at=OPENS)
    with pytest.raises(NotAllowed, match="Only a delegate or an officer of Alder"):
        nominating.nominate(made.call, who, unit=alder, meeting=meeting, by=cast.actor("other_delegate"), at=OPENS)
    with pytest.raises(Invalid, match="did not decide to nominate"):
        nominating.nominate(
            made.call, who, unit=alder, meeting=Meeting(date(2026, 3, 1), 3, 3), by=cast.actor("delegate"), at=OPENS
        )
    row = nominating.nominate(made.call, who, unit=alder, meeting=meeting, by=cast.actor("delegate"), at=OPENS)
    assert nominations.lacking(made.call, row) == ["The person has not accepted yet."]
    with pytest.raises(OutOfOrder, match="Alder has nominated this person"):
        nominating.nominate(made.call, who, unit=alder, meeting=meeting, by=cast.actor("delegate"), at=OPENS)


def test_what_a_call_has_to_say(cast: Cast) -> None:
    made = Calling(cast)
    for values, wrong in (
        ({"title": " "}, "title"),
        ({"seats": 3}, "seats"),
        ({"consent_by": CLOSES - DAY}, "consent_by"),
        ({"withdraw_by": CONSENT - DAY}, "withdraw_by"),
        ({"term_until": BEGINS}, "term_until"),
        ({"term_until": BEGINS + 900 * DAY}, "term_until"),
        ({}, "title"),
        ({"rules": replace(ANYBODY, method="motion")}, "method"),
        ({"rules": replace(ANYBODY, too_few="guess")}, "too_few"),
        ({"rules": Rules(needed=0, self_nomination=False)}, "needed"),
        ({"reserves": ({"group": "women", "minimum": 3, "maximum": None},)}, "reserves"),
    ):
        with pytest.raises(Invalid) as refusal:
            nominations.call(made.body, made.spec(**values), by=made.officer, at=NOON)
        assert wrong in refusal.value.fields
    with pytest.raises(NotAllowed):
        nominations.call(made.body, made.spec(), by=cast.actor("delegate"), at=NOON)
    assert nominations.cancel(made.call, "the rules changed", by=made.officer, at=NOON).state == "cancelled"


def test_no_more_candidates_than_seats_are_declared_elected_and_seated(cast: Cast) -> None:
    made = Calling(cast, ANYBODY, confers="moderator")
    made.stand("member")
    with pytest.raises(OutOfOrder, match="can still change their minds"):
        settling.declare(made.call, by=made.officer, at=WITHDRAW - DAY)
    with pytest.raises(OutOfOrder, match="No poll is needed"):
        settling.draft(made.call, make_consultation(cast), spec(), by=made.officer, at=WITHDRAW)
    done = settling.declare(made.call, by=made.officer, at=WITHDRAW)
    assert done.state == "declared" and "1 seat stays vacant" in done.outcome
    [holding] = made.body.holdings
    assert (holding.way, holding.starts_at, holding.ends_at) == ("unopposed", BEGINS, ENDS)
    assert not may(Permission.COMMENT_MODERATE, cast.actor("member"), at=BEGINS - DAY)
    assert may(Permission.COMMENT_MODERATE, cast.actor("member"), at=BEGINS)
    with pytest.raises(OutOfOrder, match="is declared"):
        settling.declare(made.call, by=made.officer, at=WITHDRAW)


def test_nobody_stands(cast: Cast) -> None:
    made = Calling(cast, ANYBODY)
    made.nominate("member", "chair")
    done = settling.declare(made.call, by=made.officer, at=WITHDRAW)
    assert done.state == "called again" and done.outcome.startswith("Nobody stands")


def test_a_candidate_decides_nothing_and_a_nomination_is_ruled_out_with_its_rule(cast: Cast) -> None:
    made = Calling(cast, ANYBODY)
    row = made.stand("member")
    made.nominate("returning_officer", "chair")
    with pytest.raises(NotAllowed, match="somebody else decides"):
        nominating.rule_out(row, "rule 4", by=made.officer, at=CLOSES)
    with pytest.raises(NotAllowed, match="somebody else decides"):
        settling.declare(made.call, by=made.officer, at=WITHDRAW)
    ruled = nominating.rule_out(row, "Rule 4: not paid up.", by=cast.actor("committee_1"), at=CLOSES)
    assert ruled.state == "ruled out"
    assert db.session.scalars(select(Notice).where(Notice.kind == "nomination-ruled-out")).one()


def contested(cast: Cast, rules: Rules = ANYBODY, **values: object) -> tuple[Calling, Desk, Ballot]:
    """Three candidates for one seat, put to a ballot that is scheduled."""
    made = Calling(cast, rules, **({"seats": 1} | values))  # type: ignore[arg-type]
    for name in ("member", "mover", "second"):
        made.stand(name, statement=f"I am {name}.")
    desk = Desk(cast, keys=3, at=WITHDRAW)
    desk.ballot = settling.draft(made.call, desk.consultation, spec(), by=cast.actor("committee_1"), at=WITHDRAW)
    return made, desk, desk.ballot


def options_of(ballot: Ballot) -> list[Option]:
    return ballots.get(ballot.id).questions[0].options


def test_a_contested_election_goes_from_the_nominations_to_the_seat(cast: Cast) -> None:
    made, desk, ballot = contested(cast)
    assert (made.call.state, ballot.state) == ("put to a ballot", "preparing")
    names = [(option.name, option.statement, option.member_id) for option in options_of(ballot)]
    assert names[0] == ("Idris Penn", "I am second.", cast.who["second"].id) and len(names) == 3
    assert made.call.outcome == "3 candidates stand for 1 seat, so there is a poll."
    with pytest.raises(OutOfOrder, match="once the result is certified"):
        settling.seat_winners(made.call, by=made.officer, at=desk.after)
    desk.schedule()
    for voter in ("delegate", "panel", "chair"):
        desk.vote(voter, 2, 1)
    desk.vote("moderator", 1)
    desk.publish()
    done = settling.seat_winners(made.call, by=made.officer, at=desk.after)
    assert done.state == "filled" and done.outcome.endswith("Elected: Osric Vale.")
    [holding] = made.body.holdings
    assert (holding.member_id, holding.way, holding.starts_at, holding.ends_at) == (
        cast.who["mover"].id, "elected", BEGINS, ENDS,
    )  # fmt: skip
    assert db.session.scalars(select(Notice).where(Notice.kind == "elected")).one()


def test_nobody_leaves_a_paper_on_which_they_are_not(cast: Cast) -> None:
    made = Calling(cast, ANYBODY)
    row = made.nominate("member", "chair", "moderator")
    for died in (True, False):
        with pytest.raises(OutOfOrder, match="not on the paper"):
            settling.leave(row, died, "On Monday.", by=made.officer, at=WITHDRAW)
    assert nominations.nomination(row.id).state == "proposed"


def test_a_candidate_dies_during_the_poll_and_each_paper_counts_for_its_next_choice(cast: Cast) -> None:
    made, desk, ballot = contested(cast)
    desk.schedule()
    for voter in ("delegate", "panel", "chair"):
        desk.vote(voter, 2, 0)
    for voter in ("moderator", "roll_officer"):
        desk.vote(voter, 1)
    row = next(row for row in made.call.nominations if row.nominee_id == cast.who["mover"].id)
    settling.leave(row, True, "The candidate died on the second day.", by=made.officer, at=desk.during)
    assert [one.state for one in polls_due.left(made.call)] == ["died"]
    gone = next(option for option in options_of(ballot) if option.withdrawn)
    assert gone.member_id == cast.who["mover"].id
    assert nominations.who_left(ballots.get(ballot.id)) == {gone.id: "died"}
    with pytest.raises(OutOfOrder):
        settling.leave(nominations.nomination(row.id), False, "again", by=made.officer, at=desk.during)
    desk.publish()
    done = settling.seat_winners(made.call, by=made.officer, at=desk.after)
    assert "Osric Vale" not in done.outcome.rpartition("Elected:")[2]


def test_a_casual_vacancy_is_filled_by_counting_the_papers_again(cast: Cast) -> None:
    made, desk, _ballot = contested(cast, replace(ANYBODY, casual="countback"))
    desk.schedule()
    for voter in ("delegate", "panel", "chair"):
        desk.vote(voter, 2, 0)
    for voter in ("moderator", "roll_officer"):
        desk.vote(voter, 1)
    desk.publish()
    settling.seat_winners(made.call, by=made.officer, at=desk.after)
    [first] = made.body.holdings
    left_at = BEGINS + 30 * DAY
    loser, runner_up = cast.who["mover"], cast.who["second"]
    winner = first.member_id
    assert winner == cast.who["member"].id or winner == runner_up.id or winner == loser.id
    by_two(cast, seats.get(first.id), "moved away", at=left_at)
    gone = seats.get(first.id)
    call = countbacks.call_behind(gone)
    assert call is not None
    again = countbacks.count_again(db.session(), call, made.body, gone, left_at)
    assert again is not None and again.elected is not None
    found = again.elected
    assert found.nominee_id != winner and len(again.without) == 1
    with pytest.raises(OutOfOrder, match="elects somebody else"):
        countbacks.fill(gone, cast.who["chair"], by=made.officer, at=left_at)
    filled = countbacks.fill(gone, found.nominee, by=made.officer, at=left_at)
    assert (filled.way, filled.seat, filled.ends_at) == ("countback", first.seat, ENDS)
    kept = countbacks.kept(filled.id)
    assert (kept.hash, kept.without) == (again.counted.count.hash, list(again.without)) and not kept.needed_lot
    assert countbacks.kept_of(made.body) == {filled.id}
    with pytest.raises(NotFound):
        countbacks.kept(first.id)
    with pytest.raises(OutOfOrder, match="not vacant"):
        countbacks.fill(gone, found.nominee, by=made.officer, at=left_at)


def test_a_countback_counts_whoever_is_left_and_says_when_nobody_is(cast: Cast) -> None:
    made, desk, _ballot = contested(cast, replace(ANYBODY, casual="countback"), seats=2)
    desk.schedule()
    for voter in ("delegate", "panel", "chair"):
        desk.vote(voter, 2, 0)
    desk.vote("moderator", 1)
    desk.publish()
    settling.seat_winners(made.call, by=made.officer, at=desk.after)
    left_at = BEGINS + 30 * DAY
    first, second = made.body.holdings
    for holding in (first, second):
        by_two(cast, seats.get(holding.id), "moved away", at=left_at)
    gone = seats.get(first.id)
    assert countbacks.offered(made.body, made.body.holdings, left_at) == {first.id: True, second.id: True}
    again = countbacks.count_again(db.session(), countbacks.call_behind(gone), made.body, gone, left_at)
    assert again is not None and again.elected is not None
    found = again.elected
    assert found.nominee_id not in (first.member_id, second.member_id)
    countbacks.fill(gone, found.nominee, by=made.officer, at=left_at)  # two places, and one left to be counted
    assert countbacks.offered(made.body, made.body.holdings, left_at) == {second.id: False}
    with pytest.raises(OutOfOrder, match="no rest of it to fill"):
        countbacks.fill(seats.get(second.id), found.nominee, by=made.officer, at=ENDS)
    with pytest.raises(OutOfOrder, match="Nobody is left to count: hold a by-election"):
        countbacks.fill(seats.get(second.id), found.nominee, by=made.officer, at=left_at)


def test_a_casual_vacancy_is_filled_by_an_election_for_the_rest_of_the_term(cast: Cast) -> None:
    made = Calling(cast, ANYBODY, seats=1)
    made.stand("member")
    settling.declare(made.call, by=made.officer, at=WITHDRAW)
    [first] = made.body.holdings
    left_at = BEGINS + 30 * DAY
    seats.resign(seats.get(first.id), "moved away", by=cast.actor("member"), at=left_at)
    assert bodies.vacancies(made.body, left_at)[0].casual
    assert countbacks.offered(made.body, made.body.holdings, left_at) == {}  # there are no papers to count
    times = {
        name: getattr(made.call, name) + 80 * DAY for name in ("opens_at", "closes_at", "consent_by", "withdraw_by")
    }
    for values, wrong in (
        ({"term_until": ENDS + DAY}, "term_until"),
        ({"body": Calling(cast, ANYBODY, seats=1, name="Audit panel", uncalled=True).body}, "casual"),
    ):
        body = values.pop("body", made.body)
        with pytest.raises(Invalid) as refusal:
            beyond = made.spec(casual=True, term_starts_at=BEGINS + 70 * DAY, **(times | values))
            nominations.call(body, beyond, by=made.officer, at=left_at)
        assert list(refusal.value.fields) == [wrong]
    again = nominations.call(
        made.body, made.spec(casual=True, term_starts_at=BEGINS + 70 * DAY, **times), by=made.officer, at=left_at
    )
    assert [(one.seat, one.left) for one in nominations.filled_by(again)] == [(1, "Mabel Thorn")]
    for name in ("chair", "moderator"):
        row = nominating.nominate(again, cast.who["mover"], by=cast.actor(name), at=times["opens_at"])
    nominating.accept(row, StatementSpec("Me."), by=cast.actor("mover"), at=times["opens_at"])
    settling.declare(nominations.get(again.id), by=made.officer, at=times["withdraw_by"])
    last = db.session.scalars(select(SeatHolding).order_by(SeatHolding.id.desc())).first()
    assert last is not None and (last.seat, last.way, last.ends_at) == (1, "by-election", ENDS)
    assert [one.seat for one in nominations.filled_by(nominations.get(again.id))] == [1]  # filled or not


@pytest.mark.parametrize("rule", ["by-election", "countback", "co-option"])
def test_a_casual_vacancy_is_filled_by_co_option_where_the_rules_of_the_election_say_so(cast: Cast, rule: str) -> None:
    made = Calling(cast, replace(ANYBODY, casual=rule), seats=1)
    made.stand("member")
    settling.declare(made.call, by=made.officer, at=WITHDRAW)
    left_at = BEGINS + 30 * DAY
    seats.resign(seats.get(made.body.holdings[0].id), "moved away", by=cast.actor("member"), at=left_at)
    term, officer = Term("co-opted", "The committee’s meeting of the first"), cast.actor("committee_1")
    if rule != "co-option":
        with pytest.raises(Invalid, match=f"by a {rule}: nobody is co-opted"):
            seats.fill(made.body, cast.who["mover"], term, by=officer, at=left_at)
        return
    seated = seats.fill(made.body, cast.who["mover"], term, by=officer, at=left_at)
    assert (seated.seat, seated.way, seated.ends_at) == (1, "co-opted", ENDS)
    told = db.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert told is not None and told.title == f"Policy committee: {cast.who['mover'].name} co-opted"


def test_a_ballot_that_ends_without_a_result_has_nominations_called_again(cast: Cast) -> None:
    made, _desk, ballot = contested(cast, replace(ANYBODY, leaving="poll again"))
    with pytest.raises(OutOfOrder, match="has not ended without a result"):
        settling.call_again(made.call, "a candidate died", by=made.officer, at=WITHDRAW)
    with writing() as session:
        session.get_one(Ballot, ballot.id).state = "cancelled"
    done = settling.call_again(made.call, "a candidate died", by=made.officer, at=WITHDRAW)
    assert (done.state, done.outcome) == ("called again", "a candidate died")


def test_no_more_nominations_can_be_needed_than_can_be_had(cast: Cast) -> None:
    made = Calling(cast, Rules(needed=2, most=9), uncalled=True)
    members = db.session.scalar(select(func.count()).select_from(Member).where(Member.status == "member")) or 0
    units = db.session.scalar(select(func.count()).select_from(Unit)) or 0
    wrong = {Rules(needed=members, most=9): f"Members in Testland: {members}",
             Rules(needed=units + 1, by="branches"): f"Those who can nominate in Testland, with what is below it: {units}"}  # fmt: skip
    for rules, said in wrong.items():
        with pytest.raises(Invalid, match=said) as refusal:
            nominations.call(made.body, made.spec(rules=rules), by=made.officer, at=NOON)
        assert list(refusal.value.fields) == ["needed"]
    call = nominations.call(made.body, made.spec(rules=Rules(needed=members - 1)), by=made.officer, at=NOON)
    with pytest.raises(Invalid, match="at most"):
        nominations.change(call, made.spec(rules=Rules(needed=members)), "Resolved", by=made.officer, at=NOON)


def test_seats_that_another_call_is_for_are_not_called_for_again(cast: Cast) -> None:
    made = Calling(cast, ANYBODY, seats=3)
    with pytest.raises(Invalid) as refusal:
        nominations.call(made.body, made.spec(title="Again", term_starts_at=BEGINS + DAY), by=made.officer, at=NOON)
    sentence = refusal.value.fields["seats"]
    assert (
        "“Election of the policy committee” (call 1) is for 3 of them; its nominations are not open yet." in sentence
        and "End the other call first." in sentence
    )
    later = made.spec(title="The term after it", term_starts_at=ENDS, term_until=ENDS + 300 * DAY)
    after = nominations.call(made.body, later, by=made.officer, at=NOON)
    with pytest.raises(Invalid, match="Left to call for in that term: 0"):
        nominations.change(after, made.spec(title="The term after it"), "resolved", by=made.officer, at=NOON)
    nominations.change(made.call, made.spec(seats=2), "resolved", by=made.officer, at=NOON)
    with pytest.raises(Invalid, match="Left to call for in that term: 1"):
        nominations.call(made.body, made.spec(title="Again", seats=2), by=made.officer, at=NOON)
    nominations.call(made.body, made.spec(title="Again", seats=1), by=made.officer, at=NOON)
    with pytest.raises(Invalid, match="Left to call for in that term: 0"):
        nominations.call(made.body, made.spec(title="Once more", seats=1), by=made.officer, at=NOON)
    seated = Term("appointed", "The meeting of March", BEGINS - DAY, BEGINS + 10 * DAY)
    held = Calling(cast, ANYBODY, seats=1, name="Audit panel", uncalled=True)
    seats.fill(held.body, cast.who["mover"], seated, by=cast.actor("committee_1"), at=NOON)
    with pytest.raises(
        Invalid, match=r"Held in that term: 1, the last of them until .* Choose a term that begins when those end"
    ):
        nominations.call(held.body, held.spec(), by=held.officer, at=NOON)


def test_a_call_is_settled_for_the_seats_that_are_free_by_then(cast: Cast) -> None:
    women = ({"group": "women", "minimum": 1, "maximum": None},)
    made = Calling(cast, ANYBODY, seats=2, reserves=women)
    for name in ("member", "mover", "second"):
        made.stand(name)
    term = Term("appointed", "The meeting of March", BEGINS - DAY, BEGINS + 10 * DAY)
    assert settling.plan_of(made.call).seats == 1 and settling.plan_of(made.call).vacant == 1  # no woman stands
    with pytest.raises(
        Invalid, match=r"called for by “Election of the policy committee” \(call \d+\), which is announced"
    ):
        seats.fill(made.body, cast.who["chair"], replace(term, group="women"), by=cast.actor("committee_1"), at=NOON)
    made.sits("chair", 1, BEGINS - DAY, BEGINS + 10 * DAY, "women")
    plan = settling.plan_of(made.call)
    assert (plan.seats, plan.vacant, plan.reserves[0]["minimum"]) == (1, 0, 0)
    assert plan.because[0].startswith("Of the 2 seats called for only 1 can be filled")
    made.sits("moderator", 2, BEGINS - DAY, BEGINS + 10 * DAY)
    assert not settling.plan_of(made.call).settles
    for act in (
        lambda: settling.declare(made.call, by=made.officer, at=WITHDRAW),
        lambda: settling.draft(made.call, make_consultation(cast), spec(), by=cast.actor("committee_1"), at=WITHDRAW),
    ):
        with pytest.raises(OutOfOrder, match=r"None of the seats called for can be filled.* End this call"):
            act()
    assert nominations.cancel(made.call, "All seats are held.", by=made.officer, at=WITHDRAW).state == "cancelled"


def test_the_first_elected_take_the_seats_that_are_free_and_the_others_are_told_why(cast: Cast) -> None:
    made = Calling(cast, ANYBODY, seats=3)
    for name in ("member", "mover", "second", "panel"):
        made.stand(name)
    desk = Desk(cast, keys=3, at=WITHDRAW)
    desk.ballot = settling.draft(made.call, desk.consultation, spec(), by=cast.actor("committee_1"), at=WITHDRAW)
    desk.schedule()
    for voter in ("delegate", "chair", "moderator"):
        desk.vote(voter, 2, 1, 0)
    desk.publish()
    first = settling.to_be_seated(made.call, desk.after)
    assert first is not None and len(first.seated) == 3 and not first.left_out
    term = Term("appointed", "The meeting of March", until=BEGINS + 10 * DAY)
    with pytest.raises(Invalid, match=r"which is put to a ballot\. Let the election fill it"):
        seats.fill(made.body, cast.who["chair"], term, by=cast.actor("committee_1"), at=desk.after)
    made.sits("chair", 1, desk.after, BEGINS + 10 * DAY)
    elected = next(name for name, row in cast.who.items() if row.id == first.seated[0].nominee_id)
    made.sits(elected, 2, desk.after, BEGINS + 10 * DAY)
    done = settling.seat_winners(made.call, by=made.officer, at=desk.after)
    names = [row.nominee.name for row in first.elected]
    assert done.state == "filled" and f"Elected: {', '.join(names)}." in done.outcome
    assert f"{names[0]} has no seat by it. The same person holds a seat in it in that term already." in done.outcome
    assert (
        f"{names[2]} has no seat by it. One of the seats of Policy committee (3) was free in that term" in done.outcome
    )
    assert [row.member_id for row in made.body.holdings if row.way == "elected"] == [first.elected[1].nominee_id]
    told = db.session.scalars(select(Notice).where(Notice.kind == "elected-no-seat")).all()
    assert {row.member_id for row in told} == {first.elected[0].nominee_id, first.elected[2].nominee_id}
    with pytest.raises(Invalid, match="All 3 seats are held"):
        seats.fill(made.body, cast.who["second"], term, by=cast.actor("committee_1"), at=BEGINS + DAY)


def test_a_seat_that_is_free_for_a_while_is_said_to_be_so(cast: Cast) -> None:
    made = Calling(cast, ANYBODY, seats=1, uncalled=True)
    term = Term("appointed", "The meeting of March", BEGINS, ENDS)
    seats.fill(made.body, cast.who["member"], term, by=cast.actor("committee_1"), at=NOON)
    long = replace(term, starts_at=NOON + DAY)
    with pytest.raises(
        Invalid, match=r"No seat is free for so long: seat 1 is until .*, when another term in it begins"
    ):
        seats.fill(made.body, cast.who["mover"], long, by=cast.actor("committee_1"), at=NOON)


def test_an_election_of_a_branch_needs_no_consultation(cast: Cast) -> None:
    made = Calling(cast, ANYBODY, seats=1)
    for name in ("member", "mover"):
        made.stand(name)
    with pytest.raises(Invalid, match="at least 24 hours for complaints"):
        settling.draft(made.call, None, spec(), by=cast.actor("committee_1"), at=WITHDRAW)
    ballot = settling.draft(made.call, None, spec(complaint_hours=24), by=cast.actor("committee_1"), at=WITHDRAW)
    within = ballots.get(ballot.id).consultation
    assert (within.title, within.unit_id) == (made.call.title, made.body.unit_id)
    assert not within.takes_motions and consultations.being_set_up(within)  # nobody is asked anything in it
    assert within.id not in [row.id for row in consultations.named()]
