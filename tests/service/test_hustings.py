"""Hustings: declared for a ballot, questions to one candidate or all, answers of the candidates alone, moderated, and ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.model.notices import Notice
from consult.model.store import db
from consult.service import candidates, debate_reading, hustings, moderation, scheduling, screening, threads
from tests.desk import Desk
from tests.factories import NOON, Cast

MINUTE = timedelta(minutes=1)
WHY = "It calls a candidate a name."


def election(cast: Cast, until: str = "opening", *, scheduled: bool = True) -> tuple[Desk, Any]:
    """An election in which `mover` stands with an account, and two others without."""
    desk = Desk(cast, keys=3)
    desk.ask("irv")
    question = desk.ballot.questions[0]
    spec = candidates.StatementSpec("I ride the bus.", number=cast.who["mover"].number)
    candidates.state(question.options[0], spec, by=cast.actor("committee_1"), at=NOON)
    hustings.declare(desk.ballot, until, by=desk.officer, at=NOON)
    if scheduled:
        desk.schedule()
        return desk, hustings.get(question.id)
    return desk, question


def told(cast: Cast, name: str) -> list[str]:
    query = select(Notice.kind).where(Notice.member_id == cast.who[name].id).order_by(Notice.id)
    return list(db.session.scalars(query))


def test_members_ask_and_only_the_candidate_answers(cast: Cast) -> None:
    _desk, found = election(cast)
    asked = hustings.ask(found, "Will buses run on Sundays?", by=cast.actor("member"), at=NOON)
    assert (asked.thread, asked.option_id, asked.stance) == (("question_id", found.id), None, "question")
    assert "candidate-asked" in told(cast, "mover")
    with pytest.raises(NotAllowed, match="put one of your own"):
        hustings.answer(asked, "They will.", by=cast.actor("second"), at=NOON)
    with pytest.raises(NotAllowed, match="candidates answer, and put no questions"):
        hustings.ask(found, "Am I not the best?", by=cast.actor("mover"), at=NOON)
    hustings.answer(asked, "They will.", by=cast.actor("mover"), at=NOON)
    [said], _last = debate_reading.page(found.id, of="question_id")
    assert [reply.body for reply in said.replies] == ["They will."] and "comment-answered" in told(cast, "member")


def test_a_question_to_one_is_answered_by_that_one_and_found_with_what_is_put_to_all(cast: Cast) -> None:
    _desk, found = election(cast)
    mover, other = found.options[0], found.options[1]
    to_other = hustings.ask(found, "To you alone.", candidate=other, by=cast.actor("member"), at=NOON)
    hustings.ask(found, "To everybody.", by=cast.actor("member"), at=NOON + MINUTE)
    with pytest.raises(NotAllowed):
        hustings.answer(to_other, "I answer for them.", by=cast.actor("mover"), at=NOON)
    wanted = debate_reading.Wanted(option_id=mover.id)
    assert [said.body for said in debate_reading.page(found.id, wanted=wanted, of="question_id")[0]] == [
        "To everybody."
    ]
    wanted = debate_reading.Wanted(option_id=other.id)
    assert len(debate_reading.page(found.id, wanted=wanted, of="question_id")[0]) == 2


@pytest.mark.parametrize("until", ["opening", "closing"])
def test_questions_end_when_the_ballot_says(cast: Cast, until: str) -> None:
    desk, found = election(cast, until)
    end = desk.ballot.opens_at if until == "opening" else desk.ballot.closes_at
    asked = hustings.ask(found, "In time?", by=cast.actor("member"), at=end - MINUTE)
    with pytest.raises(OutOfOrder, match="Questions and answers ended when voting"):
        hustings.ask(found, "Too late?", by=cast.actor("member"), at=end)
    with pytest.raises(OutOfOrder, match="What was said stays readable"):
        hustings.answer(asked, "Too late.", by=cast.actor("mover"), at=end)


def test_what_is_declared_by_whom_and_until_when(cast: Cast) -> None:
    desk, question = election(cast, scheduled=False)
    with pytest.raises(NotFound, match="no election"):
        hustings.get(question.id)
    with pytest.raises(Invalid, match="Choose whether"):
        hustings.declare(desk.ballot, "never", "A trial.", by=desk.officer, at=NOON)
    with pytest.raises(NotAllowed):
        hustings.declare(desk.ballot, "closing", by=cast.actor("member"), at=NOON)
    assert hustings.declare(desk.ballot, "closing", "They asked.", by=desk.officer, at=NOON).until == "closing"
    desk.schedule()
    with pytest.raises(OutOfOrder, match="not changed any more"):
        hustings.declare(desk.ballot, "opening", "resolved", by=desk.officer, at=NOON)
    plain = Desk(cast, keys=0, title="Another", consultation=desk.consultation)
    plain.ask("irv")
    scheduling.schedule(plain.ballot, desk.roll, by=plain.officer, at=NOON)
    with pytest.raises(OutOfOrder, match="No questions to candidates are declared"):
        hustings.ask(hustings.get(plain.ballot.questions[0].id), "May I?", by=cast.actor("member"), at=NOON)
    hustings.declare(plain.ballot, "opening", by=plain.officer, at=NOON)
    hustings.ask(hustings.get(plain.ballot.questions[0].id), "May I?", by=cast.actor("member"), at=NOON)


def test_questions_are_moderated_as_every_debate_and_by_nobody_who_stands(cast: Cast) -> None:
    _desk, found = election(cast)
    asked = hustings.ask(found, "Why are you a turnip?", by=cast.actor("member"), at=NOON)
    moderation.report(asked, WHY, by=cast.actor("second"), at=NOON)
    moderation.hide(asked, WHY, "person", by=cast.actor("moderator"), at=NOON)
    assert debate_reading.page(found.id, of="question_id")[0][0].hidden == WHY
    with pytest.raises(OutOfOrder, match="has hidden the question"):
        hustings.answer(asked, "I am not.", by=cast.actor("mover"), at=NOON)
    threads.set_rule(found, "slow", "Many ask at once.", 30, by=cast.actor("moderator"), at=NOON)
    with pytest.raises(OutOfOrder, match="once in 30 minutes"):
        hustings.ask(found, "And you?", by=cast.actor("member"), at=NOON + MINUTE)
    threads.set_rule(found, "screening", "Names are called.", by=cast.actor("moderator"), at=NOON)
    waits = hustings.ask(found, "What of trams?", by=cast.actor("second"), at=NOON + MINUTE)
    assert [post.id for post in screening.queue()] == [waits.id] and told(cast, "mover").count("candidate-asked") == 1
    screening.admit(waits, by=cast.actor("moderator"), at=NOON + MINUTE)
    assert (
        told(cast, "mover").count("candidate-asked") == 2
        and len(debate_reading.page(found.id, of="question_id")[0]) == 2
    )


def test_a_moderator_who_stands_decides_nothing(cast: Cast) -> None:
    desk, question = election(cast, scheduled=False)
    spec = candidates.StatementSpec("", number=cast.who["moderator"].number)
    candidates.state(question.options[1], spec, by=cast.actor("committee_1"), at=NOON)
    desk.schedule()
    asked = hustings.ask(hustings.get(question.id), "Why?", by=cast.actor("member"), at=NOON)
    with pytest.raises(NotAllowed, match="You stand in this ballot"):
        moderation.hide(asked, WHY, "person", by=cast.actor("moderator"), at=NOON)
