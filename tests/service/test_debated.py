"""Debate on policies and composites: on the same services as that on motions, anchored, balanced, moderated, summarised."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.model.debate import Comment
from consult.model.store import db, writing
from consult.service import (
    composites,
    compositing,
    debate,
    debate_reading,
    moderation,
    policy_steps,
    summaries,
    threads,
)
from tests.factories import NOON, Cast
from tests.motions import DAY, in_short, stage
from tests.service.test_composites import asked, begun
from tests.service.test_policies import policy

LATER = NOON + 9 * DAY
WHY = "It names a member who is not here."


def test_a_policy_is_debated_while_it_is_in_force(cast: Cast) -> None:
    scene = stage(cast)
    book = policy(scene)
    clause = next(clause for clause in debate.text_of(book).clauses if "£" in clause.text)
    words = " ".join(clause.text.split()[:4])
    said = debate.write(book, "for", "It works.", quote=words, by=cast.actor("member"), at=LATER)
    assert (said.thread, said.clause_id, said.version_id) == (("policy_id", book.id), clause.id, book.version_id)
    debate.write(book, "against", "It does not.", answers=said, by=cast.actor("second"), at=LATER)
    found = debate_reading.overview(book.id, of="policy_id")
    assert (found.total, found.balance) == (1, {"for": 1, "against": 1})
    assert debate_reading.overview(book.motion_id).total == 0
    other = scene.published(heading="Trams")
    with pytest.raises(NotFound, match="another debate"):
        debate.write(other, "for", "Yes.", answers=said, by=cast.actor("member"), at=NOON)
    moderation.hide(said, WHY, "person", by=cast.actor("moderator"), at=LATER)
    policy_steps.rescind(book, "Conference rescinded it.", by=cast.actor("committee_1"), at=LATER)
    with pytest.raises(OutOfOrder, match="not in force any more"):
        debate.write(book, "for", "It worked.", by=cast.actor("member"), at=LATER + timedelta(hours=1))


def test_a_composite_is_debated_from_when_its_branches_are_asked(cast: Cast) -> None:
    scene = stage(cast)
    made = begun(scene)
    with pytest.raises(OutOfOrder, match="first put to the branches"):
        debate.write(made, "for", "Yes.", by=cast.actor("member"), at=NOON)


def test_what_is_said_of_a_composite_keeps_the_text_that_it_was_about(cast: Cast) -> None:
    scene = stage(cast)
    made = asked(scene)
    first = made.texts[-1]
    clause = next(clause for clause in debate.text_of(made).clauses if "day of action" in clause.text)
    said = debate.write(
        made, "for", "In June!", clause_id=clause.id, quote="day of action", by=cast.actor("member"), at=NOON
    )
    assert said.composite_text_id == first.id and said.version_id is None
    [listed], _last = debate_reading.page(made.id, of="composite_id")
    assert debate_reading.texts_of(made, [listed]) == {first.id: composites.document_of(first)}
    with pytest.raises(Invalid, match="not in that clause"):
        debate.write(made, "for", "Yes.", clause_id=clause.id, quote="July", by=cast.actor("member"), at=NOON)
    compositing.give_up(made, "The branches could not agree.", by=cast.actor("chair"), at=NOON)
    with pytest.raises(OutOfOrder, match="came to nothing"):
        debate.write(made, "for", "A pity.", by=cast.actor("member"), at=NOON)


def test_the_sides_of_a_policy_summarise_themselves(cast: Cast) -> None:
    book = policy(stage(cast))
    for name in ("member", "second"):
        debate.write(book, "for", "Yes.", by=cast.actor(name), at=LATER)
    row = summaries.draft(book, "for", in_short("It works."), by=cast.actor("member"), at=LATER)
    with pytest.raises(NotAllowed):
        summaries.approve(row, by=cast.actor("mover"), at=LATER)
    summaries.approve(row, by=cast.actor("second"), at=LATER)
    assert row.approved_at == LATER and debate_reading.overview(book.id, of="policy_id").summaries == {}
    assert summaries.listed(book.motion_id, None)["for"] == []


def test_slow_mode_of_a_policy_is_its_own(cast: Cast) -> None:
    scene = stage(cast)
    book = policy(scene)
    threads.set_rule(book, "slow", "Many speak at once.", 30, by=cast.actor("moderator"), at=LATER)
    debate.write(book, "for", "Yes.", by=cast.actor("member"), at=LATER)
    with pytest.raises(OutOfOrder, match="once in 30 minutes"):
        debate.write(book, "for", "And yes.", by=cast.actor("member"), at=LATER + timedelta(minutes=1))
    assert threads.rules_of(book.motion).slow is None


def test_a_comment_belongs_to_exactly_one_debate(cast: Cast) -> None:
    scene = stage(cast)
    motion, book = scene.published(), policy(stage(cast), heading="Trams")
    both = {"motion_id": motion.id, "policy_id": book.id}
    for thread in (both, {}):
        with pytest.raises(IntegrityError), writing() as session:
            session.add(Comment(**thread, author_id=1, author_status="member", stance="for", body="Yes.", at=NOON))
            session.flush()
    db.session.rollback()
