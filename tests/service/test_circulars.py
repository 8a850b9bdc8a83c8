"""Candidates' circulars: only to those who agreed, all alike and together, looked at by the same test, ended by a link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder, Stale
from consult.job import outgoing
from consult.model.ballots import Option
from consult.model.circulars import Circular
from consult.model.notices import DevelopmentMail, Notice
from consult.model.store import db
from consult.service import candidates, circulars, clock
from tests.desk import DURING, OPENS, Desk
from tests.factories import NOON, Cast

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
UNTIL = OPENS + HOUR
FIRST, SECOND = "member", "mover"


class Watch:
    """The clock of a test, moved by hand."""

    at = NOON


@pytest.fixture
def watch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    return made


@pytest.fixture
def desk(cast: Cast, watch: Watch) -> Desk:
    """A scheduled election in which two members stand, and circulars are called for."""
    made = Desk(cast, keys=3)
    made.ask("plurality")
    for option, name in zip(options(made), (FIRST, SECOND), strict=False):
        spec = candidates.StatementSpec("I stand.", number=cast.who[name].number)
        candidates.state(option, spec, by=cast.actor("committee_1"), at=NOON)
    made.schedule()
    circulars.call(made.ballot, 50, UNTIL, by=made.officer, at=NOON)
    return made


def options(desk: Desk) -> list[Option]:
    return [option for question in desk.ballot.questions for option in question.options]


def write(desk: Desk, place: int, text: str, **more: object) -> Circular:
    by = desk.cast.actor((FIRST, SECOND)[place])
    values = {"hand_in": True, "revision": None, "at": NOON} | more
    return circulars.write(options(desk)[place], text, by=by, **values)


def judge(desk: Desk, row: Circular, approved: bool = True, reason: str = "") -> None:
    circulars.judge(
        desk.ballot, row.option_id, approved, reason, revision=row.revision, by=desk.officer, at=NOON
    )  # fmt: skip


def agree(desk: Desk, *names: str, agreed: bool = True) -> None:
    for name in names:
        circulars.agree(desk.cast.who[name], agreed, by=desk.cast.actor(name), at=NOON)


def letters() -> list[DevelopmentMail]:
    db.session.rollback()
    query = select(DevelopmentMail).where(DevelopmentMail.subject.contains("candidates write to you"))
    return list(db.session.scalars(query.order_by(DevelopmentMail.id)))


def test_all_go_in_one_message_to_those_on_the_roll_who_agreed(desk: Desk, watch: Watch) -> None:
    agree(desk, "chair", "panel", "supporter")  # a supporter is on no roll
    agree(desk, "panel", agreed=False)
    for place in (1, 0):  # whoever writes first is not first for that
        judge(desk, write(desk, place, f"Vote for number {place}."))
    circulars.send(desk.ballot, by=desk.officer, at=UNTIL)
    watch.at = UNTIL
    outgoing.send_due()
    [letter] = letters()
    assert letter.address == desk.cast.who["chair"].email
    assert letter.body.index("Ann Ash") < letter.body.index("number 0") < letter.body.index("number 1")
    assert "supports none" in letter.body and "/circulars/stop/" in letter.body
    with pytest.raises(OutOfOrder, match="They went on"):
        circulars.send(desk.ballot, by=desk.officer, at=UNTIL + HOUR)


def test_whoever_ends_them_before_they_go_gets_none(desk: Desk, watch: Watch) -> None:
    agree(desk, "chair", "panel")
    judge(desk, write(desk, 0, "Vote for me."))
    circulars.send(desk.ballot, by=desk.officer, at=UNTIL)
    chair = desk.cast.who["chair"].id
    token = circulars.stop_address(chair).rpartition("/")[2]
    for _ in range(2):
        circulars.stop(token, at=UNTIL)
    found = circulars.consent_of(chair)
    assert found is not None and (found.agreed, found.at) == (False, UNTIL)
    watch.at = UNTIL
    outgoing.send_due()
    assert [letter.address for letter in letters()] == [desk.cast.who["panel"].email]
    other = circulars.stop_address(desk.cast.who["panel"].id).rpartition("/")[2]
    forged = f"{other.partition('-')[0]}-{token.partition('-')[2]}"
    for wrong in (forged, "x", "", "-", "ff-", f"{chair:x}-{'é' * 32}", "9" * 40):
        with pytest.raises(NotFound):
            circulars.stop(wrong, at=UNTIL)


def test_nobody_is_first_and_nobody_waits_for_more_than_the_last_moment(desk: Desk, watch: Watch) -> None:
    agree(desk, "chair")
    row = write(desk, 0, "Vote for me.")
    judge(desk, row)
    with pytest.raises(OutOfOrder, match="all together: until then every candidate may still write"):
        circulars.send(desk.ballot, by=desk.officer, at=UNTIL - HOUR)
    write(desk, 1, "And for me.", at=UNTIL - HOUR)
    with pytest.raises(OutOfOrder, match="Approve each circular"):
        circulars.send(desk.ballot, by=desk.officer, at=UNTIL)
    with pytest.raises(OutOfOrder, match="could be handed in until"):
        write(desk, 1, "And for me, too.", at=UNTIL, revision=1)
    assert db.session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == circulars.KIND)) == 0


def test_a_circular_is_as_long_as_the_call_says_and_is_sent_back_with_a_reason(desk: Desk) -> None:
    with pytest.raises(Invalid, match="has 51 words and the limit is 50: take out 1"):
        write(desk, 0, "word " * 51)
    with pytest.raises(Invalid, match="Write something"):
        write(desk, 0, " ")
    with pytest.raises(NotAllowed):
        circulars.write(
            options(desk)[0], "Mine.", hand_in=True, revision=None, by=desk.cast.actor(SECOND), at=NOON
        )  # fmt: skip
    row = write(desk, 0, "He is a fool.")
    with pytest.raises(Invalid, match="what must be mended"):
        judge(desk, row, approved=False)
    judge(desk, row, approved=False, reason="It attacks a person.")
    told = db.session.scalars(select(Notice).where(Notice.kind == "circular-sent-back")).one()
    assert told.member_id == desk.cast.who[FIRST].id and told.context["reason"] == "It attacks a person."
    with pytest.raises(OutOfOrder, match="not handed in now"):
        judge(desk, row)
    with pytest.raises(Stale):
        write(desk, 0, "I disagree with him.", revision=0)
    mended = write(desk, 0, "I disagree with him.", revision=row.revision)
    judge(desk, mended)
    assert [one.text for _, one in circulars.ready(desk.ballot)] == ["I disagree with him."]
    again = write(desk, 0, "He is a fool after all.", revision=mended.revision)
    assert again.state == "handed in" and circulars.ready(desk.ballot) == []  # what was approved is what goes


def test_the_call_is_made_once_by_who_conducts_the_ballot_and_tells_each_candidate(cast: Cast, desk: Desk) -> None:
    told = db.session.scalars(select(Notice.member_id).where(Notice.kind == "circulars-called"))
    assert set(told) == {cast.who[FIRST].id, cast.who[SECOND].id}
    with pytest.raises(OutOfOrder, match="called for already"):
        circulars.call(desk.ballot, 60, UNTIL, by=desk.officer, at=NOON)
    with pytest.raises(NotAllowed):
        circulars.call(desk.ballot, 60, UNTIL, by=cast.actor("committee_1"), at=NOON)
    other = Desk(cast, keys=0, consultation=desk.consultation)
    other.ask("plurality")
    with pytest.raises(OutOfOrder, match="once the ballot is scheduled"):
        circulars.call(other.ballot, 60, UNTIL, by=desk.officer, at=NOON)
    other.schedule()
    with pytest.raises(OutOfOrder, match="Nobody stands"):
        circulars.call(other.ballot, 60, UNTIL, by=desk.officer, at=NOON)


@pytest.mark.parametrize(
    ("words", "until", "field"), [(49, UNTIL, "words"), (60, NOON + HOUR, "until"), (60, DURING + 9 * DAY, "until")]
)
def test_a_call_that_does_not_serve_is_refused(cast: Cast, watch: Watch, words: int, until: object, field: str) -> None:
    made = Desk(cast, keys=3)
    made.ask("plurality")
    spec = candidates.StatementSpec("I stand.", number=cast.who[FIRST].number)
    candidates.state(options(made)[0], spec, by=cast.actor("committee_1"), at=NOON)
    made.schedule()
    with pytest.raises(Invalid) as refusal:
        circulars.call(made.ballot, words, until, by=made.officer, at=NOON)
    assert set(refusal.value.fields) == {field}
