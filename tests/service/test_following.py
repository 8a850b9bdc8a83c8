"""Following a motion: who is told what becomes of it, and who is not."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from consult.domain.errors import NotAllowed, NotFound
from consult.domain.roles import VISITOR, Status
from consult.model.members import Member
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import disposals, following, home, rulings
from tests.factories import NOON, Cast
from tests.motions import stage

WHY = "Moved by Alder, seconded by Birch, and carried on a show of hands."


def told(cast: Cast, name: str, kind: str = "motion-followed") -> list[str]:
    query = select(Notice.context).where(Notice.kind == kind, Notice.member_id == cast.who[name].id)
    return [context.get("news", context["title"]) for context in db.session.scalars(query.order_by(Notice.id))]


def test_followers_are_told_each_thing_that_becomes_of_a_motion(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.submitted()
    following.follow(motion, True, by=cast.actor("member"), at=NOON)
    following.follow(motion, True, by=cast.actor("member"), at=NOON)
    rulings.rule(motion, "in order", "SO 1", WHY, by=cast.actor("chair"), at=scene.at)
    rulings.publish(motion, by=cast.actor("chair"), at=scene.at)
    scene.frozen(motion)
    disposals.dispose(motion, "remit", WHY, sent_to="the executive", by=cast.actor("chair"), at=scene.after_amendments)
    news = told(cast, "member")
    assert [words for words in news if "version" not in words] == ["ruled in order", "published", "frozen", "remitted"]
    assert told(cast, "second") == []
    assert "remitted" not in told(cast, "mover")  # told by a notice of the mover's own
    assert len(told(cast, "mover", "motion-disposed")) == 1


def test_a_new_version_is_told_to_followers_and_to_the_mover(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = scene.amended(motion, ("£2.", "£1."))
    following.follow(motion, True, by=cast.actor("member"), at=NOON)
    scene.answered(row, True)
    scene.frozen(motion)
    words = f"its text has changed; version {motion.version.sequence} is in force"
    assert motion.version.sequence == 2
    assert words in told(cast, "member")
    assert told(cast, "mover") == [words]


def test_who_stops_is_told_no_more_and_a_mover_can_stop(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    for name in ("member", "mover"):
        following.follow(motion, True, by=cast.actor(name), at=NOON)
        following.follow(motion, False, by=cast.actor(name), at=NOON)
    scene.frozen(motion)
    disposals.dispose(motion, "remit", WHY, sent_to="the executive", by=cast.actor("committee_1"), at=NOON)
    assert told(cast, "member") == told(cast, "mover") == told(cast, "mover", "motion-disposed") == []
    assert len(told(cast, "delegate", "motion-disposed")) == 1


def test_nobody_is_told_who_left_or_was_erased(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    following.follow(motion, True, by=cast.actor("member"), at=NOON)
    with writing() as session:
        session.get_one(Member, cast.who["member"].id).status = Status.FORMER.value
    scene.frozen(motion)
    assert told(cast, "member") == []


def test_only_who_may_read_a_motion_can_follow_it(cast: Cast) -> None:
    scene = stage(cast)
    with pytest.raises(NotFound):
        following.follow(scene.draft(), True, by=cast.actor("member"), at=NOON)
    with pytest.raises(NotAllowed):
        following.follow(scene.published(), True, by=VISITOR, at=NOON)


def test_the_front_page_lists_what_one_follows(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    me = cast.actor("member")
    assert home.page_of(me, NOON).followed == []
    following.follow(motion, True, by=me, at=NOON)
    assert [row.id for row in home.page_of(me, NOON).followed] == [motion.id]
    following.follow(motion, False, by=me, at=NOON)
    assert home.page_of(me, NOON).followed == []
