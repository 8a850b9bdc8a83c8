"""The count: the provisional result of an opened ballot, and those who are told of it."""

from __future__ import annotations

from datetime import datetime

from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.timetable import written
from consult.model.ballots import Ballot
from consult.model.members import Member
from consult.model.results import QuestionResult
from consult.service import ballots, certificate, counts, polls_due, proposed_falls, substantive
from consult.service.act import Act, act


@act(Permission.BALLOT_COUNT, Event.BALLOT_COUNTED)
def count_ballot(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Count every question twice and compare: the provisional result, from which the window for complaints runs.

    Where no window was declared and nothing is waited for, the certificate is drawn up at once. An amendment that was
    carried but whose words the text no longer has is proposed to fall: that is confirmed first.

    Raises:
        OutOfOrder: if the envelopes are not opened, the poll has to be held again, or any two counts of one rule differ:
        then nothing can be certified.
    """
    polls_due.require_none(ballot, act.session)
    act.step(ballot, "count")
    ballot.counted_at = at
    counted = counts.count_all(act.session, ballot)
    for each in counted:
        act.session.add(
            QuestionResult(
                question_id=each.question.id,
                count=each.count.as_json(),
                hash=each.count.hash,
                second_hash=each.count.hash,
                package_verdict=each.verdict[:300],
                needed_lot=each.count.needed_lot,
                outcome=each.outcome,
            )
        )
    act.session.flush()
    act.note(results={each.question.key: each.count.hash for each in counted})
    if any(each.question.motion_id for each in counted):
        replays = substantive.decide(act.session, ballot, {each.question.id: each.count for each in counted})
        if falls := proposed_falls.propose(act, ballot, replays):
            act.note(falls_proposed=[row.amendment_id for row in falls])
    _tell(act, ballot)
    if not certificate.missing(ballot, at, act.session):
        data = dict(act.data)
        row = certificate.draw(act, ballot, counted, check_permission=False)
        act.data = data
        act.record(Event.RESULT_DRAWN_UP, ballot, manifest=row.hash)
    return ballot


def _tell(act: Act, ballot: Ballot) -> None:
    """Candidates and scrutineers may now ask for a recount, if a window was declared."""
    until = ballot.complaints_until
    if until is None or until <= act.at:
        return
    people = {member.id: member for member in ballots.holders(act.session, Role.SCRUTINEER, act.at)}
    for member_id in ballot.candidate_member_ids:
        people.setdefault(member_id, act.session.get_one(Member, member_id))
    for member in people.values():
        act.notify(
            "provisional-result",
            member,
            once=f"provisional-result:{ballot.id}:{member.id}",
            ballot=ballot.id,
            title=ballot.title,
            until=written(until),
        )
