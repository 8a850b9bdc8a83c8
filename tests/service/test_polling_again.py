"""Polling again: from a death or a withdrawal during a poll, or an annulled ballot, to the new call and its candidates."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.nominations import Rules
from consult.domain.officer_proposals import POLL_AGAIN
from consult.model.nominations import Call
from consult.model.notices import Notice
from consult.model.store import db
from consult.service import (
    agreeing,
    ballots,
    nominating,
    nominations,
    officer_proposals,
    opening,
    polling_again,
    reruns,
    settling,
)
from consult.service.candidates import StatementSpec
from tests.desk import Desk
from tests.factories import Cast, by_two
from tests.nominations import DAY, WITHDRAW, Calling
from tests.service.test_nominations import ANYBODY, contested

AGAIN = replace(ANYBODY, leaving="poll again")
WHY = "A candidate died on the second day of the poll."


def polled(cast: Cast, rules: Rules = AGAIN) -> tuple[Calling, Desk]:
    """Three candidates for one seat, of whom one dies while the ballot is open."""
    made, desk, _ballot = contested(cast, rules)
    desk.schedule()
    row = next(one for one in made.call.nominations if one.nominee_id == cast.who["member"].id)
    settling.leave(row, True, "On Monday.", by=made.officer, at=desk.during)
    return made, desk


def terms(made: Calling, desk: Desk) -> dict[str, str]:
    return polling_again.suggested(made.call, desk.during).to_json()


def kinds(kind: str) -> set[int | None]:
    return {row.member_id for row in db.session.scalars(select(Notice).where(Notice.kind == kind))}


def test_two_members_of_the_committee_end_the_poll_and_call_again_in_one(cast: Cast) -> None:
    made, desk = polled(cast)
    assert kinds("poll-again-due") == {cast.who[f"committee_{n}"].id for n in range(1, 6)}
    stands = polling_again.standing(made.call, desk.during)
    assert stands is not None and stands.due and stands.second and stands.proposal is None
    assert not polling_again.may(made.call, made.officer, desk.during)
    assert polling_again.may(made.call, cast.actor("committee_1"), desk.during)
    with pytest.raises(OutOfOrder, match="takes two members of the committee"):
        polling_again.again(
            made.call,
            polling_again.suggested(made.call, desk.during),
            WHY,
            by=cast.actor("committee_1"),
            at=desk.during,
        )
    with pytest.raises(NotAllowed):
        agreeing.propose(made.call, WHY, what=POLL_AGAIN, terms=terms(made, desk), by=made.officer, at=desk.during)
    by_two(cast, made.call, WHY, POLL_AGAIN, at=desk.during, **terms(made, desk))
    old, new = made.call, polling_again.followed_by(made.call)
    assert new is not None and (old.state, old.outcome) == ("called again", WHY)
    assert ballots.get(desk.ballot.id).state == "annulled" and new.state == "announced"
    for name in ("title", "body_id", "seats", "reserves", "rules", "casual", "term_until"):
        assert getattr(new, name) == getattr(old, name)
    lengths = [(call.closes_at - call.opens_at, call.withdraw_by - call.consent_by) for call in (old, new)]
    assert lengths[0] == lengths[1] and new.opens_at >= desk.during + polling_again.LEAD
    new = nominations.get(new.id)
    alive = {cast.who["mover"].id, cast.who["second"].id}
    assert {row.nominee_id for row in new.nominations} == alive == kinds("stand-again")
    assert {row.state for row in new.nominations} == {"proposed"}
    row = next(one for one in new.nominations if one.nominee_id == cast.who["mover"].id)
    assert row.statement == "I am mover." and nominations.lacking(new, row) == ["The person has not accepted yet."]
    nominating.accept(row, StatementSpec(row.statement), by=cast.actor("mover"), at=new.opens_at)
    assert [one.nominee_id for one in nominations.standing_in(nominations.get(new.id))] == [cast.who["mover"].id]


def test_what_is_refused(cast: Cast) -> None:
    made, desk = polled(cast)
    late = terms(made, desk) | {"opens_at": desk.during.isoformat()}
    with pytest.raises(Invalid) as refusal:
        by_two(cast, made.call, WHY, POLL_AGAIN, at=desk.during, **late)
    assert list(refusal.value.fields) == ["opens_at"]
    made_one = agreeing.propose(
        made.call, WHY, what=POLL_AGAIN, terms=terms(made, desk), by=cast.actor("committee_1"), at=desk.during
    )
    with pytest.raises(NotAllowed, match="yourself"):
        agreeing.agree(made_one, by=cast.actor("committee_1"), at=desk.during)
    by_two(
        cast, desk.ballot, "The roll left out a whole branch of the party.", at=desk.during
    )  # another way to its end
    call = polling_again.again(
        made.call, polling_again.suggested(made.call, desk.during), "So decided.", by=made.officer, at=desk.during
    )
    assert call.again_of_id == made.call_id
    assert officer_proposals.get(made_one.id).ended == "overtaken"
    with pytest.raises(OutOfOrder, match="nominations are called again"):
        reruns.put_again(
            ballots.get(desk.ballot.id), desk.during + DAY, desk.during + 2 * DAY, by=made.officer, at=desk.during
        )


def test_where_the_rules_count_without_there_is_no_other_poll(cast: Cast) -> None:
    made, desk = polled(cast, ANYBODY)
    assert polling_again.standing(made.call, desk.during) is None and not kinds("poll-again-due")
    with pytest.raises(OutOfOrder, match="do not ask for another poll"):
        by_two(cast, made.call, WHY, POLL_AGAIN, at=desk.during, **terms(made, desk))


def test_a_ballot_that_has_not_opened_is_cancelled_by_it(cast: Cast) -> None:
    made, desk, _ballot = contested(cast, AGAIN)
    row = next(one for one in made.call.nominations if one.nominee_id == cast.who["member"].id)
    settling.leave(row, False, "She moved away.", by=made.officer, at=WITHDRAW)
    dates = polling_again.suggested(made.call, WITHDRAW)
    new = polling_again.again(made.call, dates, "She moved away.", by=made.officer, at=WITHDRAW)
    assert ballots.get(desk.ballot.id).state == "cancelled" and new.again_of_id == made.call_id
    assert db.session.scalars(select(Call.state).order_by(Call.id)).all() == ["called again", "announced"]


def test_an_annulled_ballot_of_an_election_put_again_goes_on_with_its_call(cast: Cast) -> None:
    made, desk = polled(cast, ANYBODY)
    by_two(cast, desk.ballot, "The roll left out a whole branch of the party.", at=desk.during)
    again = reruns.put_again(
        ballots.get(desk.ballot.id),
        desk.during + DAY,
        desk.during + 4 * DAY,
        by=cast.actor("committee_1"),
        at=desk.during,
    )
    assert (made.call.ballot_id, made.call.question_id) == (again.id, again.questions[0].id)
    assert len(again.questions[0].options) == 2  # who died is not on it
    opening.cancel(ballots.get(again.id), "Not needed after all.", by=cast.actor("committee_1"), at=desk.during)
    stands = polling_again.standing(made.call, desk.during)
    assert stands is not None and stands.ended and not stands.second
