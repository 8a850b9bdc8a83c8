"""Polling again: from a death or a withdrawal during a poll, or an annulled ballot, to the new call and its candidates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.nominations import Rules
from consult.domain.officer_proposals import POLL_AGAIN
from consult.model.ballots import Ballot
from consult.model.nominations import Call
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import (
    agreeing,
    ballots,
    certificate,
    certification,
    nominating,
    nominations,
    officer_proposals,
    opening,
    polling_again,
    publication,
    reruns,
    scheduling,
    settling,
    tally,
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


def there(at: datetime) -> datetime:
    """What the organisation's clock shows, which goes forward between the two calls."""
    return at.astimezone(ZoneInfo("Europe/London")).replace(tzinfo=None)


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
    lengths = [
        (there(call.closes_at) - there(call.opens_at), call.withdraw_by - call.consent_by) for call in (old, new)
    ]
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


def test_a_ballot_whose_poll_has_to_be_held_again_is_neither_opened_nor_counted_nor_certified(cast: Cast) -> None:
    made, desk = polled(cast)
    desk.vote("moderator", 1)
    desk.close()
    desk.reconcile()
    by = {"by": made.officer, "at": desk.after}
    with pytest.raises(OutOfOrder, match="the declared rule is to poll again"):
        desk.open_envelopes()
    row = next(one for one in made.call.nominations if one.nominee_id == cast.who["member"].id)
    later = {
        "opened": lambda: tally.count_ballot(desk.ballot, **by),
        "counted": lambda: certificate.draw_up(desk.ballot, **by),
        "drawn up": lambda: certification.sign(
            desk.ballot, "key", "value", by=cast.actor("committee_1"), at=desk.after
        ),
        "certified": lambda: publication.publish(desk.ballot, by=cast.actor("committee_1"), at=desk.after),
    }
    for state, step in later.items():  # where a death was put on the record while the next step was taken
        with writing() as session:
            session.get_one(Ballot, desk.ballot.id).state = state
        with pytest.raises(OutOfOrder, match="neither opened nor counted nor certified"):
            step()
    with pytest.raises(OutOfOrder, match="the declared rule is to poll again"):
        settling.seat_winners(made.call, **by)
    with writing() as session:
        session.get_one(Ballot, desk.ballot.id).state = "reconciled"
    by_two(cast, made.call, WHY, POLL_AGAIN, at=desk.after, **polling_again.suggested(made.call, desk.after).to_json())
    assert (row.state, ballots.get(desk.ballot.id).state) == ("died", "annulled")


def test_a_ballot_in_preparation_whose_candidate_is_gone_is_not_scheduled(cast: Cast) -> None:
    made, desk, _ballot = contested(cast, AGAIN)
    row = next(one for one in made.call.nominations if one.nominee_id == cast.who["member"].id)
    settling.leave(row, False, "She moved away.", by=made.officer, at=WITHDRAW)
    found = scheduling.paper_problems(ballots.get(desk.ballot.id), WITHDRAW)
    assert "the page of the call “Election of the policy committee”" in found[0]
    with pytest.raises(Invalid, match="the declared rule is to poll again"):
        desk.schedule()


def test_the_suggested_dates_keep_the_time_of_day_when_the_clocks_change(cast: Cast) -> None:
    london = ZoneInfo("Europe/London")
    opens = datetime(2026, 3, 20, 9, 30, tzinfo=london)
    made = Calling(cast, ANYBODY, uncalled=True)
    spec = made.spec(
        opens_at=opens, closes_at=opens + 3 * DAY, consent_by=opens + 4 * DAY, withdraw_by=opens + 5 * DAY,
        term_starts_at=opens + 20 * DAY,
    )  # fmt: skip
    call = nominations.call(made.body, spec, by=made.officer, at=opens - 5 * DAY)
    at = (opens + 8 * DAY).astimezone(UTC)  # the day before the clocks go forward
    dates = polling_again.suggested(call, at)
    assert dates.opens_at >= at + polling_again.LEAD_ALONE
    moments = (dates.opens_at, dates.closes_at, dates.consent_by, dates.withdraw_by)
    assert {f"{moment.astimezone(london):%H:%M %Z}" for moment in moments} == {"09:30 BST"}
    assert {moment.utcoffset() for moment in moments} == {timedelta()}
