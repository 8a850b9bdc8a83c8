"""Moderation of debate: slow mode, screening, grounds and appeals, reports, corrections, and the summaries of both sides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import exc, select, update

from consult.domain.debating import EDIT_WITHIN, MOST_AN_HOUR, SCREEN_WITHIN
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, TooOften
from consult.model.moderation import Moderation
from consult.model.motions import Motion
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import (
    audit,
    corrections,
    debate,
    debate_reading,
    moderation,
    moderation_appeals,
    paragraphs,
    screening,
    threads,
)
from tests.consulting import forum
from tests.factories import NOON, Cast
from tests.motions import DAY, Stage, stage

MINUTE = timedelta(minutes=1)
WHY = "Many speak at once, and few are heard."
RUDE = "It calls a member a name."


def say(scene: Stage, motion: Any, who: str = "member", stance: str = "for", body: str = "Yes.", **more: Any) -> Any:
    return debate.write(motion, stance, body, by=scene.actor(who), at=more.pop("at", NOON), **more)


def kinds(member: Any) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.member_id == member.id).order_by(Notice.id)))


# -- slow mode and limits --------------------------------------------------------------------------------------------


def test_slow_mode_says_when_one_may_speak_again_and_counts_one_thread_only(cast: Cast) -> None:
    scene = stage(cast)
    motion, other = scene.published(), scene.published()
    say(scene, motion)
    threads.set_rule(motion, "slow", WHY, 30, by=cast.actor("moderator"), at=NOON)
    with pytest.raises(OutOfOrder, match=r"once in 30 minutes \(Many speak.*again from 2 March 2026, 12:30 UTC"):
        say(scene, motion, body="And more.", at=NOON + 29 * MINUTE)
    say(scene, other, body="And more.", at=NOON + 29 * MINUTE)
    say(scene, motion, "second", body="And more.", at=NOON + 29 * MINUTE)
    say(scene, motion, body="And more.", at=NOON + 30 * MINUTE)
    threads.end_rule(threads.rules_of(motion).slow, "resolved", by=cast.actor("moderator"), at=NOON + 30 * MINUTE)
    say(scene, motion, body="And still more.", at=NOON + 31 * MINUTE)


def test_nobody_is_told_to_come_back_some_seconds_too_soon(cast: Cast) -> None:
    scene = stage(cast)
    motion, spoken = scene.published(), NOON + timedelta(seconds=50)
    threads.set_rule(motion, "slow", WHY, 5, by=cast.actor("moderator"), at=NOON)
    say(scene, motion, at=spoken)
    rules, me = threads.rules_of(motion), cast.who["member"].id
    assert threads.when_again(motion, me, rules, spoken) == NOON + 6 * MINUTE
    assert threads.when_again(motion, cast.who["second"].id, rules, spoken) is None
    assert threads.when_again(motion, me, rules, NOON + 6 * MINUTE) is None
    with pytest.raises(OutOfOrder, match=r"again from 2 March 2026, 12:06 UTC"):
        say(scene, motion, body="And more.", at=NOON + 5 * MINUTE)
    say(scene, motion, body="And more.", at=NOON + 6 * MINUTE)


def test_only_a_moderator_slows_a_debate_once_with_a_reason_and_an_interval_on_offer(cast: Cast) -> None:
    scene = stage(cast)
    motion, by = scene.published(), cast.actor("moderator")
    with pytest.raises(NotAllowed):
        threads.set_rule(motion, "slow", WHY, 30, by=cast.actor("chair"), at=NOON)
    with pytest.raises(Invalid, match="Give the reason"):
        threads.set_rule(motion, "slow", "No.", 30, by=by, at=NOON)
    with pytest.raises(Invalid, match="5 minutes"):
        threads.set_rule(motion, "slow", WHY, 31, by=by, at=NOON)
    rule = threads.set_rule(motion, "slow", WHY, 30, by=by, at=NOON)
    with pytest.raises(OutOfOrder, match="on here already"):
        threads.set_rule(motion, "slow", WHY, 60, by=by, at=NOON)
    threads.end_rule(rule, "resolved", by=by, at=NOON)
    with pytest.raises(OutOfOrder, match="ended already"):
        threads.end_rule(rule, "resolved", by=by, at=NOON)
    threads.set_rule(motion, "slow", WHY, 60, by=by, at=NOON)


def test_the_same_words_are_not_taken_twice_and_nobody_says_everything(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    say(scene, motion)
    with pytest.raises(OutOfOrder, match="not said twice"):
        say(scene, motion, at=NOON + MINUTE)
    for n in range(1, MOST_AN_HOUR):
        say(scene, motion, body=f"{n}", at=NOON + n * MINUTE)
    with pytest.raises(TooOften, match="again from 2 March 2026, 13:00 UTC"):
        say(scene, motion, body="One more.", at=NOON + 59 * MINUTE)
    say(scene, motion, body="One more.", at=NOON + 60 * MINUTE)


# -- screening -------------------------------------------------------------------------------------------------------


def test_what_is_screened_stands_nowhere_until_somebody_else_admits_it(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    top = say(scene, motion, "second")
    threads.set_rule(motion, "screening", WHY, by=cast.actor("moderator"), at=NOON)
    post = say(scene, motion, stance="against", body="Who pays?", answers=top)
    assert debate_reading.page(motion.id)[0][0].answers == 0 and post in screening.queue()
    assert screening.mine(motion, cast.who["member"].id) == [post] and screening.mine(motion, None) == []
    with pytest.raises(NotAllowed):
        screening.admit(post, by=cast.actor("member"), at=NOON)
    assert kinds(cast.who["second"])[-1:] != ["comment-answered"]
    screening.admit(post, by=cast.actor("moderator"), at=NOON + MINUTE)
    [said], _last = debate_reading.page(motion.id)
    assert [(reply.body, reply.at) for reply in said.replies] == [("Who pays?", NOON + MINUTE)]
    assert kinds(cast.who["second"])[-1] == "comment-answered"
    with pytest.raises(OutOfOrder, match="does not wait any more"):
        screening.refuse(post, "rules", RUDE, by=cast.actor("moderator"), at=NOON)


def test_a_moderator_screens_nothing_of_their_own(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    threads.set_rule(motion, "screening", WHY, by=cast.actor("moderator"), at=NOON)
    post = say(scene, motion, "moderator")
    with pytest.raises(NotAllowed, match="another moderator"):
        screening.admit(post, by=cast.actor("moderator"), at=NOON)
    screening.withdraw(post, by=cast.actor("moderator"), at=NOON)
    assert screening.queue() == []


def test_what_nobody_looked_at_in_time_appears_by_itself(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    threads.set_rule(motion, "screening", WHY, by=cast.actor("moderator"), at=NOON)
    say(scene, motion)
    due = NOON + SCREEN_WITHIN
    assert screening.release_due(due - timedelta(seconds=1)) == 0
    assert (screening.release_due(due), screening.release_due(due)) == (1, 0)
    assert [said.body for said in debate_reading.page(motion.id)[0]] == ["Yes."]
    assert db.session.scalars(select(Moderation.decision)).all() == ["unseen"]


def test_a_refusal_leaves_a_trace_and_the_panel_can_overturn_it(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    threads.set_rule(motion, "screening", WHY, by=cast.actor("moderator"), at=NOON)
    post = say(scene, motion)
    row = screening.refuse(post, "person", RUDE, by=cast.actor("moderator"), at=NOON)
    assert (screening.refused(motion), moderation.figures().grounds) == (1, {"person": 1})
    assert kinds(cast.who["member"])[-1] == "post-refused"
    appeal = moderation_appeals.make(row, "I named nobody.", by=cast.actor("member"), at=NOON)
    moderation_appeals.decide(appeal, "overturned", "It names an office.", by=cast.actor("panel"), at=NOON + DAY)
    assert [said.body for said in debate_reading.page(motion.id)[0]] == ["Yes."]
    assert moderation.figures().appeals == {"overturned": 1}


# -- grounds, appeals, reports ---------------------------------------------------------------------------------------


def test_an_appeal_is_made_by_the_author_and_decided_by_others_once(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    comment = say(scene, motion)
    with pytest.raises(Invalid, match="Choose the ground"):
        moderation.hide(comment, RUDE, "boring", by=cast.actor("moderator"), at=NOON)
    row = moderation.hide(comment, RUDE, "person", by=cast.actor("moderator"), at=NOON)
    assert debate_reading.page(motion.id)[0][0].ground == "person"
    with pytest.raises(NotAllowed):
        moderation_appeals.make(row, "It was fair.", by=cast.actor("second"), at=NOON)
    appeal = moderation_appeals.make(row, "It was fair comment.", by=cast.actor("member"), at=NOON)
    assert kinds(cast.who["panel"]) == ["moderation-appealed"]
    with pytest.raises(OutOfOrder, match="appealed already"):
        moderation_appeals.make(row, "It was fair comment.", by=cast.actor("member"), at=NOON)
    with pytest.raises(NotAllowed):
        moderation_appeals.decide(appeal, "upheld", "It does.", by=cast.actor("moderator"), at=NOON)
    moderation_appeals.decide(appeal, "upheld", "It does call a name.", by=cast.actor("panel"), at=NOON)
    assert debate_reading.overview(motion.id).total == 0 and moderation_appeals.waiting() == []
    with pytest.raises(OutOfOrder, match="decided already"):
        moderation_appeals.decide(appeal, "overturned", "It does not.", by=cast.actor("panel"), at=NOON)
    assert kinds(cast.who["member"])[-2:] == ["comment-hidden", "moderation-appeal-decided"]
    assert audit.verify() == []


def test_an_overturned_hiding_shows_it_again_and_appeals_have_their_time(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    first, late = say(scene, motion), say(scene, motion, body="No buses.")
    rows = [moderation.hide(one, RUDE, "person", by=cast.actor("moderator"), at=NOON) for one in (first, late)]
    appeal = moderation_appeals.make(rows[0], "It was fair comment.", by=cast.actor("member"), at=NOON)
    moderation_appeals.decide(appeal, "overturned", "It is a fair comment.", by=cast.actor("panel"), at=NOON)
    assert [said.hidden for said in debate_reading.page(motion.id)[0]] == [None, RUDE]
    with pytest.raises(OutOfOrder, match="until 16 March 2026"):
        moderation_appeals.make(rows[1], "It was fair comment.", by=cast.actor("member"), at=NOON + 14 * DAY)
    with pytest.raises(exc.DBAPIError, match="never changed"), writing() as session:
        session.execute(update(Moderation).values(reason="Another."))


def test_a_comment_on_a_paragraph_is_reported_and_kept_until_it_is_reported_again(cast: Cast) -> None:
    consultation = forum(cast).consultation
    said = paragraphs.write(consultation, "p1", "for", "It is good.", by=cast.actor("member"), at=NOON)
    kind = type(said)
    moderation.report(said, "This is an advertisement.", by=cast.actor("second"), at=NOON)
    assert [(each.post.id, each.many) for each in moderation.reported(kind)] == [(said.id, 1)]
    moderation.keep(said, "It says what its author thinks.", by=cast.actor("moderator"), at=NOON + MINUTE)
    assert moderation.reported(kind) == []
    with pytest.raises(OutOfOrder, match="no report"):
        moderation.keep(said, "It says what its author thinks.", by=cast.actor("moderator"), at=NOON + MINUTE)
    moderation.report(said, "It still is an advertisement.", by=cast.actor("mover"), at=NOON + 2 * MINUTE)
    assert [each.reason for each in moderation.reported(kind)] == ["It still is an advertisement."]


def test_a_paper_is_slowed_and_screened_as_a_motion_is(cast: Cast) -> None:
    consultation = forum(cast).consultation
    threads.set_rule(consultation, "screening", WHY, by=cast.actor("moderator"), at=NOON)
    threads.set_rule(consultation, "slow", WHY, 60, by=cast.actor("moderator"), at=NOON)
    post = paragraphs.write(consultation, "p1", "for", "It is good.", by=cast.actor("member"), at=NOON)
    with pytest.raises(OutOfOrder, match="slow mode"):
        paragraphs.write(consultation, "p2", "for", "And that.", by=cast.actor("member"), at=NOON + MINUTE)
    screening.admit(post, by=cast.actor("moderator"), at=NOON)
    talk = paragraphs.talk(consultation.id, paragraphs.paper_versions.latest(consultation.id))
    assert talk.counts["p1"] == {"member": 1}


# -- corrections -----------------------------------------------------------------------------------------------------


def test_an_author_corrects_for_a_while_and_the_earlier_wording_stays(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    comment = say(scene, motion)
    with pytest.raises(NotAllowed):
        corrections.correct(comment, "for", "No.", by=cast.actor("second"), at=NOON)
    with pytest.raises(Invalid, match="says already"):
        corrections.correct(comment, "for", "Yes.", by=cast.actor("member"), at=NOON)
    corrections.correct(comment, "against", "No.", by=cast.actor("member"), at=NOON + MINUTE)
    [said], _last = debate_reading.page(motion.id)
    assert (said.body, said.stance, said.edited_at) == ("No.", "against", NOON + MINUTE)
    assert [(row.body, row.stance) for row in corrections.history(comment)] == [("Yes.", "for")]
    with pytest.raises(OutOfOrder, match="within 15 minutes"):
        corrections.correct(comment, "for", "Yes!", by=cast.actor("member"), at=NOON + EDIT_WITHIN)
    threads.set_rule(motion, "screening", WHY, by=cast.actor("moderator"), at=NOON)
    with pytest.raises(OutOfOrder, match="screened"):
        corrections.correct(comment, "for", "Yes!", by=cast.actor("member"), at=NOON + MINUTE)
    with writing() as session:
        session.execute(update(Motion).where(Motion.id == motion.id).values(state="withdrawn"))
    with pytest.raises(OutOfOrder, match="until it is decided"):
        corrections.correct(comment, "for", "Yes!", by=cast.actor("member"), at=NOON + MINUTE)


def test_a_comment_on_the_paper_is_not_corrected_after_the_close(cast: Cast) -> None:
    scene, last = forum(cast), NOON + 10 * DAY - MINUTE
    post = paragraphs.write(scene.consultation, "p1", "for", "It is good.", by=cast.actor("member"), at=last)
    assert corrections.why_not(post, last) == ""
    with pytest.raises(OutOfOrder, match="that deadline has passed"):
        corrections.correct(post, "against", "It is bad.", by=cast.actor("member"), at=last + 2 * MINUTE)
    assert post.body == "It is good." and corrections.history(post) == []


def test_the_record_leads_from_what_is_shown_again_to_the_decision_and_says_why(cast: Cast) -> None:
    scene = stage(cast)
    first, second = (say(scene, scene.published()) for _n in range(2))
    for post in (first, second):
        moderation.hide(post, RUDE, "person", by=cast.actor("moderator"), at=NOON)
    moderation.show(first, "It names nobody after all.", by=cast.actor("moderator"), at=NOON + MINUTE)
    hidden = next(row for row in moderation.record().rows if row.comment_id == second.id)
    appeal = moderation_appeals.make(hidden, "It names an office.", by=cast.actor("member"), at=NOON + MINUTE)
    moderation_appeals.decide(appeal, "overturned", "So it does.", by=cast.actor("panel"), at=NOON + 2 * MINUTE)
    rows = moderation.record().rows
    found = moderation.undone(rows)
    told = [
        (found[row.id].row.comment_id, found[row.id].on_appeal, found[row.id].reason) for row in rows if row.id in found
    ]
    assert told == [(second.id, True, "So it does."), (first.id, False, "It names nobody after all.")]
    assert {one.page for one in found.values()} == {1} and all(
        row.decision == "shown" for row in rows if row.id in found
    )
