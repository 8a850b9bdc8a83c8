"""Debate: who may speak, about which words, how it is read, reported and moderated."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.model.notices import Notice
from consult.model.store import db
from consult.service import debate, debate_reading, moderation, motions
from tests.factories import NOON, Cast
from tests.motions import DAY, Stage, stage

MINUTE = timedelta(minutes=1)


def say(scene: Stage, motion: object, who: str = "member", stance: str = "for", body: str = "Yes.", **more: object):  # type: ignore[no-untyped-def]
    at = more.pop("at", NOON)
    return debate.write(motion, stance, body, by=scene.actor(who), at=at, **more)


def test_members_and_supporters_speak_and_are_told_apart(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    say(scene, motion)
    say(scene, motion, "second", "against")
    say(scene, motion, "supporter", "for")
    say(scene, motion, "supporter", "question")
    found = debate_reading.overview(motion.id)
    assert (found.total, found.balance) == (4, {"for": 2, "against": 1})
    assert found.voices["supporter"] == {"for": 1, "question": 1} and found.voices["member"] == {"for": 1, "against": 1}


@pytest.mark.parametrize(("stance", "body", "field"), [("for", "  ", "body"), ("maybe", "Yes.", "stance")])
def test_what_cannot_be_a_comment(cast: Cast, stance: str, body: str, field: str) -> None:
    scene = stage(cast)
    motion = scene.published()
    with pytest.raises(Invalid) as refusal:
        say(scene, motion, stance=stance, body=body)
    assert field in refusal.value.fields


def test_two_thousand_characters_and_not_one_more(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    say(scene, motion, body="x" * 2_000)
    with pytest.raises(Invalid, match="2,001 characters and the most is 2,000: take out 1"):
        say(scene, motion, body="x" * 2_001)


def test_only_while_the_motion_and_the_phase_are_open(cast: Cast) -> None:
    scene = stage(cast)
    with pytest.raises(OutOfOrder, match="from its publication"):
        say(scene, scene.submitted())
    motion = scene.published()
    end = NOON + 20 * DAY
    say(scene, motion, at=end - timedelta(milliseconds=1))
    with pytest.raises(OutOfOrder, match="that deadline has passed"):
        say(scene, motion, at=end)
    assert not debate.is_open(motion, end) and debate.is_open(motion, NOON)


def test_quoted_words_must_be_in_the_clause_and_the_anchor_keeps_its_version(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    document = motions.draft_of(motion)
    clause = next(clause for clause in document.clauses if "£2" in clause.text)
    comment = say(scene, motion, clause_id=clause.id, quote="a single  fare of £2")
    assert (comment.quote, comment.version_id) == ("a single fare of £2", motion.version_id)
    with pytest.raises(Invalid, match="not in that clause"):
        say(scene, motion, clause_id=clause.id, quote="a single fare of £3")
    with pytest.raises(Invalid, match="not in the text any more"):
        say(scene, motion, clause_id="c99")


def test_answers_stand_under_one_contribution_and_the_author_is_told(cast: Cast) -> None:
    scene = stage(cast)
    motion, other = scene.published(), scene.published()
    top = say(scene, motion, "member", at=NOON)
    first = say(scene, motion, "second", "against", answers=top, at=NOON + MINUTE)
    deeper = say(scene, motion, "member", answers=first, at=NOON + 2 * MINUTE)
    assert first.parent_id == deeper.parent_id == top.id
    told = db.session.scalars(select(Notice.member_id).where(Notice.kind == "comment-answered")).all()
    assert told == [cast.who["member"].id, cast.who["second"].id]
    [said], last = debate_reading.page(motion.id)
    assert ([reply.id for reply in said.replies], last) == ([first.id, deeper.id], 1)
    with pytest.raises(NotFound):
        say(scene, other, answers=top)


def test_fifty_to_a_page_and_as_many_of_each_side_on_top(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    made = [
        say(
            scene, motion, ("member", "second")[n % 2], "for" if n % 3 else "against", f"Point {n}.",
            at=NOON + 3 * n * MINUTE,
        )
        for n in range(60)
    ]  # fmt: skip
    first, last = debate_reading.page(motion.id)
    second, _last = debate_reading.page(motion.id, 2)
    assert (len(first), len(second), last) == (50, 10, 2)
    assert (debate_reading.page_of(made[49]), debate_reading.page_of(made[50])) == (1, 2)
    found = debate_reading.overview(motion.id)
    assert {side: [said.body for said in found.sides[side]] for side in ("for", "against")} == {
        "for": ["Point 59.", "Point 58."],
        "against": ["Point 57.", "Point 54."],
    }


def test_a_moderator_hides_with_a_reason_and_shows_again(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    comment = say(scene, motion)
    moderator = cast.actor("moderator")
    with pytest.raises(NotAllowed):
        moderation.hide(comment, "I disagree with every word.", by=cast.actor("second"), at=NOON)
    with pytest.raises(Invalid, match="Give the reason"):
        moderation.hide(comment, "No", by=moderator, at=NOON)
    moderation.hide(comment, "It names a member who is not here to answer.", by=moderator, at=NOON)
    assert debate_reading.page(motion.id)[0][0].hidden == "It names a member who is not here to answer."
    assert debate_reading.overview(motion.id).total == 0
    with pytest.raises(OutOfOrder, match=r"hidden already.*by Mina Cole"):
        moderation.hide(comment, "Another reason to hide it.", by=moderator, at=NOON)
    with pytest.raises(OutOfOrder, match="hidden the comment"):
        say(scene, motion, answers=comment)
    moderation.show(comment, "resolved", by=moderator, at=NOON)
    assert debate_reading.overview(motion.id).total == 1


def test_people_are_counted_once_on_each_side_answers_included(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    clause = next(clause for clause in motions.draft_of(motion).clauses if "£2" in clause.text)
    tops = [say(scene, motion, body=f"Point {n}.", clause_id=clause.id, at=NOON + n * MINUTE) for n in range(3)]
    say(scene, motion, "second", "against", answers=tops[0], at=NOON + 4 * MINUTE)
    say(scene, motion, "member", "against", answers=tops[0], at=NOON + 5 * MINUTE)
    say(scene, motion, "supporter", "against", at=NOON + 6 * MINUTE)
    found = debate_reading.overview(motion.id)
    assert (found.total, found.balance) == (4, {"for": 1, "against": 3})
    assert found.voices == {"member": {"for": 1, "against": 2}, "supporter": {"against": 1}}
    assert [said.body for said in found.sides["for"]] == ["Point 2."]
    about = debate_reading.balance(motion.id, debate_reading.Wanted(clause_id=clause.id))
    assert about == {"for": {"member": 1}, "against": {"member": 2}}
    against = debate_reading.balance(motion.id, debate_reading.Wanted(stance="against"))
    assert against == {"against": {"member": 2, "supporter": 1}}


def test_words_quoted_of_the_whole_motion_find_their_clause_or_are_refused(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    document = motions.draft_of(motion)
    clause = next(clause for clause in document.clauses if "£2" in clause.text)
    comment = say(scene, motion, quote="a single fare  of £2")
    assert (comment.clause_id, comment.quote) == (clause.id, "a single fare of £2")
    many = Counter(word for one in document.clauses if one.kind != "heading" for word in set(one.words))
    word = next(word for word, times in many.items() if times > 1)
    for words, sentence in (("a fare of nothing", "No clause has"), (word, "choose one of them")):
        with pytest.raises(Invalid, match=sentence) as refusal:
            say(scene, motion, quote=words)
        assert "quote" in refusal.value.fields
    amendment = scene.amended(motion, ("£2", "£1.50"))
    with pytest.raises(Invalid, match="choose that clause"):
        say(scene, motion, amendment=amendment, quote="a single fare of £2")


def test_nobody_reports_what_they_wrote_themselves(cast: Cast) -> None:
    scene = stage(cast)
    comment = say(scene, scene.published())
    with pytest.raises(NotAllowed, match="only what others wrote"):
        moderation.report(comment, "I should like to be noticed.", by=cast.actor("member"), at=NOON)


def test_a_report_is_made_once_by_each_and_listed_until_hidden(cast: Cast) -> None:
    scene = stage(cast)
    comment = say(scene, scene.published())
    for name in ("second", "supporter"):
        moderation.report(comment, "This is about a person, not a bus.", by=cast.actor(name), at=NOON)
    with pytest.raises(OutOfOrder, match="already"):
        moderation.report(comment, "This is about a person, not a bus.", by=cast.actor("second"), at=NOON)
    [reported] = moderation.reported()
    assert (reported.post.id, reported.many) == (comment.id, 2)
    moderation.hide(comment, "It is about a person, not a bus.", by=cast.actor("moderator"), at=NOON)
    assert moderation.reported() == []
