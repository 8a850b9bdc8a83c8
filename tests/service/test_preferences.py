"""How members hear of news: at once, in a digest, or on the pages alone; following places; stopping with one click."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import current_app
from sqlalchemy import select

from consult.domain.errors import Invalid, NotFound, Refused
from consult.domain.notices import KINDS, TOPICS, WAYS
from consult.domain.roles import Status
from consult.model.members import Member
from consult.model.notices import KeptNotice, Notice
from consult.model.store import db, writing
from consult.service import (
    consultations,
    debate,
    digests,
    following,
    notice_list,
    preferences,
    rulings,
    sending,
)
from tests.consulting import forum
from tests.factories import NOON, Cast
from tests.motions import Stage, stage

MINUTE = timedelta(minutes=1)
#: The next morning at eight in London, in winter.
MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)


def answered(scene: Stage, many: int = 1) -> None:
    """A member whose contribution is answered, as often as told."""
    motion = scene.published()
    top = debate.write(motion, "for", "Fair fares.", by=scene.actor("member"), at=NOON)
    for n in range(many):
        debate.write(motion, "against", f"Who pays? {n}", answers=top, by=scene.actor("second"), at=NOON)


def mailed(cast: Cast, at: datetime) -> list[str]:
    """The kinds that are taken to be mailed to the member now."""
    found = [due.kind_name for due in sending.claim(at, 500) if due.member_id == cast.who["member"].id]
    with writing() as session:  # as if they had gone
        session.query(Notice).filter(Notice.attempts > 0).update({"sent_at": at})
    return found


def choose(cast: Cast, **ways: str) -> None:
    preferences.choose(cast.who["member"], ways, by=cast.actor("member"), at=NOON)


def test_every_topic_has_kinds_and_ballots_and_links_have_no_topic() -> None:
    assert {kind.topic for kind in KINDS.values()} == {*TOPICS, ""}
    assert not [name for name, kind in KINDS.items() if (kind.ballot or kind.link) and kind.topic]


@pytest.mark.parametrize(
    ("way", "at", "due"),
    [
        ("day", datetime(2026, 3, 2, 7, 59, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("day", datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 3, 8, tzinfo=UTC)),
        # the clocks go forward in the night to the 29th: eight o'clock is an hour sooner
        ("day", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        ("week", datetime(2026, 3, 2, 7, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("week", datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 9, 8, tzinfo=UTC)),
        ("week", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)),
    ],
)
def test_digests_are_due_at_eight_where_the_organisation_is(cast: Cast, way: str, at: datetime, due: datetime) -> None:
    assert preferences.due_at(way, at) == due


def test_a_digest_gathers_what_was_put_by_once(cast: Cast) -> None:
    choose(cast, answers="day")
    answered(stage(cast), 3)
    assert "comment-answered" not in mailed(cast, NOON)
    assert digests.make_due(MORNING - MINUTE) == 0
    assert (digests.make_due(MORNING), digests.make_due(MORNING)) == (1, 0)
    [digest] = db.session.scalars(select(Notice).where(Notice.kind == "digest"))
    assert (digest.member_id, digest.context["many"], digest.context["period"]) == (cast.who["member"].id, 3, "day")
    assert sum(place["kinds"]["comment-answered"] for place in digest.context["places"]) == 3
    assert mailed(cast, MORNING) == ["digest"]


def test_at_once_is_what_holds_unless_somebody_chose(cast: Cast) -> None:
    answered(stage(cast))
    assert "comment-answered" in mailed(cast, NOON)


def test_who_wants_no_mail_finds_it_on_the_pages(cast: Cast) -> None:
    choose(cast, answers="never")
    answered(stage(cast))
    assert "comment-answered" not in mailed(cast, NOON)
    assert digests.make_due(NOON + timedelta(days=14)) == 0
    me = cast.who["member"].id
    found, last = notice_list.page(me, NOON + MINUTE)
    assert last == 1 and (KINDS["comment-answered"].subject, True) in [(one.subject, one.new) for one in found]
    before = notice_list.unread(me, NOON + MINUTE)
    notice_list.mark_read(cast.who["member"], by=cast.actor("member"), at=NOON + MINUTE)
    assert before > 0 and notice_list.unread(me, NOON + MINUTE) == 0
    assert not any(one.new for one in notice_list.page(me, NOON + MINUTE)[0])


def test_what_is_about_ballots_or_decisions_comes_whatever_somebody_chose(cast: Cast) -> None:
    choose(cast, **dict.fromkeys(TOPICS, "never"))
    member = cast.who["member"]
    with writing() as session:
        for kind in ("account-changed", "comment-hidden", "result-published"):
            session.add(
                Notice(
                    kind=kind, member_id=member.id, address=member.email, context={}, queued_at=NOON, send_after=NOON
                )
            )
    assert sorted(mailed(cast, NOON)) == ["account-changed", "comment-hidden", "result-published"]


def test_choices_are_ones_own_and_on_offer(cast: Cast) -> None:
    with pytest.raises(Invalid):
        choose(cast, answers="sometimes")
    with pytest.raises(Invalid):
        choose(cast, ballots="never")
    with pytest.raises(NotFound):
        preferences.choose(cast.who["second"], {"answers": "day"}, by=cast.actor("member"), at=NOON)
    choose(cast, answers="week")
    assert preferences.of_member(cast.who["member"].id) == dict.fromkeys(TOPICS, "at once") | {"answers": "week"}


def test_a_signed_link_stops_one_topic_and_a_forged_one_nothing(cast: Cast) -> None:
    me = cast.who["member"].id
    token = preferences.stop_token(me, "answers")
    assert preferences.stop(token) == preferences.stop(token) == "answers"
    assert preferences.of_member(me)["answers"] == "never"
    with pytest.raises(Refused, match="not one of ours"):
        preferences.stop(token[:-2] + "xx")
    choose(cast, events="week", own="day")
    preferences.stop(preferences.stop_token(me, preferences.DIGESTS))
    assert {way for topic, way in preferences.of_member(me).items() if topic in ("events", "own")} == {"never"}
    assert current_app.secret_key and set(WAYS) >= set(preferences.of_member(me).values())


def test_what_waits_for_a_digest_is_dropped_when_nothing_is_wanted_any_more(cast: Cast) -> None:
    choose(cast, answers="day")
    answered(stage(cast))
    mailed(cast, NOON)
    choose(cast, answers="never")
    assert digests.make_due(MORNING) == 0
    assert db.session.scalars(select(KeptNotice.way)).all() == ["never"]


def news(cast: Cast, name: str) -> list[str]:
    query = select(Notice.context).where(Notice.kind == "place-followed", Notice.member_id == cast.who[name].id)
    return [context["news"] for context in db.session.scalars(query.order_by(Notice.id))]


def test_a_consultation_and_a_unit_are_followed_and_who_follows_both_is_told_once(cast: Cast) -> None:
    scene = stage(cast)
    for place in (scene.consultation, cast.units["Alder"]):
        following.follow_place(place, True, by=cast.actor("member"), at=NOON)
        following.follow_place(place, True, by=cast.actor("member"), at=NOON)
    following.follow_place(cast.units["Alder"], True, by=cast.actor("second"), at=NOON)
    following.follow_place(cast.units["Birch"], True, by=cast.actor("mover"), at=NOON)
    scene.published()
    assert (news(cast, "member"), news(cast, "second"), news(cast, "mover")) == (
        ["a motion was published"], ["a motion was published"], [],
    )  # fmt: skip
    following.follow_place(cast.units["Alder"], False, by=cast.actor("second"), at=NOON)
    motion = scene.submitted()
    with writing() as session:
        session.get_one(Member, cast.who["member"].id).status = Status.FORMER.value
    rulings.rule(
        motion, "in order", "SO 1", "It has one subject and says what is to be done.", by=cast.actor("chair"), at=NOON
    )
    rulings.publish(motion, by=cast.actor("chair"), at=NOON)
    assert len(news(cast, "member")) == len(news(cast, "second")) == 1
    assert following.places_of(cast.who["member"].id) == [scene.consultation, cast.units["Alder"]]


def test_a_new_version_of_a_paper_is_news_and_a_new_title_is_not(cast: Cast) -> None:
    consultation = forum(cast).consultation
    following.follow_place(consultation, True, by=cast.actor("member"), at=NOON)
    assert following.follows(consultation, cast.who["member"].id) and not following.follows(consultation, None)
    for title, paper in (("Buses and homes", "# Why\n\nOne."), ("Homes, and buses", "# Why\n\nOne.")):
        spec = consultations.Spec(title, paper=paper)
        consultations.edit(consultation, spec, "resolved", by=cast.actor("committee_1"), at=NOON)
    assert news(cast, "member") == ["its paper has a new version"]


# -- single kinds of message -------------------------------------------------------------------------------------------


def test_one_kind_is_heard_of_otherwise_than_its_topic(cast: Cast) -> None:
    scene, me = stage(cast), cast.actor("member")
    preferences.choose(cast.who["member"], {"answers": "week"}, {"comment-answered": "at once"}, by=me, at=NOON)
    answered(scene)
    assert "comment-answered" in mailed(cast, NOON + MINUTE)
    preferences.choose(cast.who["member"], {"answers": "at once"}, {"comment-answered": "never"}, by=me, at=NOON)
    answered(scene)
    assert "comment-answered" not in mailed(cast, NOON + MINUTE)
    assert preferences.kinds_of_member(me.member_id or 0) == {"comment-answered": "never"}
    preferences.choose(cast.who["member"], {"answers": "at once"}, {"comment-answered": ""}, by=me, at=NOON)
    assert preferences.kinds_of_member(me.member_id or 0) == {}


@pytest.mark.parametrize("kind", ["ballot-opens", "sign-in-link", "motion-submitted", "nothing"])
def test_what_always_comes_cannot_be_chosen(cast: Cast, kind: str) -> None:
    with pytest.raises(Invalid, match="each kind of message"):
        preferences.choose(cast.who["member"], {}, {kind: "never"}, by=cast.actor("member"), at=NOON)


def test_to_stop_a_topic_ends_what_was_chosen_of_its_kinds(cast: Cast) -> None:
    me = cast.who["member"].id
    kinds = {"comment-answered": "at once", "event-reminder": "day"}
    preferences.choose(cast.who["member"], {}, kinds, by=cast.actor("member"), at=NOON)
    preferences.stop(preferences.stop_token(me, "answers"))
    db.session.rollback()
    assert preferences.kinds_of_member(me) == {"event-reminder": "day"}
    preferences.stop(preferences.stop_token(me, preferences.DIGESTS))
    db.session.rollback()
    assert preferences.kinds_of_member(me) == {"event-reminder": "never"}


def test_what_is_written_ahead_is_listed_and_counted_when_its_time_has_come(cast: Cast) -> None:
    me, opens = cast.who["member"].id, NOON + timedelta(days=5)
    with writing() as session:
        session.add(
            Notice(
                kind="ballot-opens", member_id=me, address="a@b.example", context={"ballot": 8, "title": "Treasurer"},
                queued_at=NOON, send_after=opens,
            )
        )  # fmt: skip
    notice_list.mark_read(cast.who["member"], by=cast.actor("member"), at=NOON + MINUTE)
    assert notice_list.page(me, opens - MINUTE)[0] == [] and notice_list.unread(me, opens - MINUTE) == 0
    [told] = notice_list.page(me, opens)[0]
    assert (told.at, told.new, told.path) == (opens, True, "/ballots/8") and notice_list.unread(me, opens) == 1
