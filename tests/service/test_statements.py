"""A round of statements: proposed, screened, answered; and the groups, which the same answers always give alike."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.roles import SWEEP, Status
from consult.model.consulting import Participation
from consult.model.notices import Notice
from consult.model.statements import Statement, StatementVote
from consult.model.store import db, writing
from consult.service import grouping, statements
from consult.service.grouping import Row
from tests.consulting import Forum, forum
from tests.factories import NOON, Cast, make_member
from tests.motions import DAY

LATE = NOON + 11 * DAY


def admitted(scene: Forum, *texts: str) -> list[Statement]:
    rows = [statements.propose(scene.consultation, text, by=scene.actor("member"), at=NOON) for text in texts]
    return [statements.screen(row, True, by=scene.actor("moderator"), at=NOON) for row in rows]


def test_a_statement_is_screened_before_it_is_answered(cast: Cast) -> None:
    scene = forum(cast)
    row = statements.propose(scene.consultation, "Homes come before buses.", by=cast.actor("member"), at=NOON)
    with pytest.raises(OutOfOrder, match="not admitted"):
        statements.answer(row, "agree", by=cast.actor("mover"), at=NOON)
    with pytest.raises(NotAllowed):
        statements.screen(row, True, by=cast.actor("delegate"), at=NOON)
    with pytest.raises(Invalid, match="reason"):
        statements.screen(row, False, by=cast.actor("moderator"), at=NOON)
    statements.screen(row, True, by=cast.actor("moderator"), at=NOON)
    statements.answer(row, "agree", by=cast.actor("mover"), at=NOON)
    statements.answer(row, "disagree", by=cast.actor("mover"), at=NOON)
    assert statements.answers_of(scene.consultation.id, cast.actor("mover")) == {row.id: -1}
    statements.screen(row, False, "It says two things at once.", by=cast.actor("moderator"), at=NOON)
    assert row.state == "not admitted" and "statement-screened" in db.session.scalars(select(Notice.kind)).all()


def test_nobody_screens_their_own(cast: Cast) -> None:
    scene = forum(cast)
    row = statements.propose(scene.consultation, "Homes come before buses.", by=cast.actor("chair"), at=NOON)
    with pytest.raises(NotAllowed, match="their own"):
        statements.screen(row, True, by=cast.actor("chair"), at=NOON)


def test_moderators_are_told_once_a_day_that_statements_wait(cast: Cast) -> None:
    scene = forum(cast)
    told = select(Notice.member_id, Notice.context).where(Notice.kind == "statements-wait").order_by(Notice.id)
    for n, at in enumerate((NOON, NOON, NOON + DAY)):
        statements.propose(scene.consultation, f"Homes come before buses {n}.", by=cast.actor("member"), at=at)
    rows = db.session.execute(told).all()
    assert [row.member_id for row in rows] == [cast.who["moderator"].id] * 2
    assert [row.context["many"] for row in rows] == [1, 3]
    statements.propose(scene.consultation, "Homes come first.", by=cast.actor("moderator"), at=NOON + 2 * DAY)
    others = {row.member_id for row in db.session.execute(told).all()[2:]}
    assert others and cast.who["moderator"].id not in others  # nobody screens their own: the committee is told


def test_what_nobody_screened_before_the_close_lapses_and_its_author_is_told(cast: Cast) -> None:
    scene = forum(cast)
    first, second = (
        statements.propose(scene.consultation, text, by=cast.actor("member"), at=NOON)
        for text in ("Homes come before buses.", "Buses come before homes.")
    )
    assert statements.lapse_due(NOON) == 0
    with pytest.raises(OutOfOrder, match="still waits"):
        statements.lapse(first, by=SWEEP, at=NOON)
    with pytest.raises(OutOfOrder, match="nobody could answer this statement any more"):
        statements.screen(first, True, by=cast.actor("moderator"), at=LATE)
    statements.screen(second, False, "It says the first again.", by=cast.actor("moderator"), at=LATE)
    assert (statements.lapse_due(LATE), statements.lapse_due(LATE)) == (1, 0)
    assert (first.state, second.state) == ("lapsed", "not admitted")
    kinds = db.session.scalars(select(Notice.kind).where(Notice.member_id == cast.who["member"].id)).all()
    assert sorted(kinds) == ["statement-lapsed", "statement-screened"]
    assert statements.to_screen() == []
    with pytest.raises(OutOfOrder, match="nobody could answer"):
        statements.screen(first, True, by=cast.actor("moderator"), at=LATE)


@pytest.mark.parametrize("text", ["Short", "x" * 201])
def test_a_statement_is_one_short_sentence(cast: Cast, text: str) -> None:
    with pytest.raises(Invalid, match="short sentence"):
        statements.propose(forum(cast).consultation, text, by=cast.actor("member"), at=NOON)


def test_each_proposes_a_few_and_none_twice(cast: Cast) -> None:
    scene = forum(cast)
    admitted(scene, *(f"Statement number {n} of five." for n in range(5)))
    with pytest.raises(OutOfOrder, match="at most 5"):
        statements.propose(scene.consultation, "One more statement.", by=cast.actor("member"), at=NOON)
    with pytest.raises(Invalid, match="already"):
        statements.propose(scene.consultation, "statement  number 1 of five", by=cast.actor("mover"), at=NOON)


def test_the_round_obeys_the_phase_and_its_terms(cast: Cast) -> None:
    scene = forum(cast)
    (row,) = admitted(scene, "Homes come before buses.")
    with pytest.raises(OutOfOrder, match="The phase “consulting” is from"):
        statements.answer(row, "agree", by=cast.actor("mover"), at=LATE)
    other = forum(cast, statements=False)
    with pytest.raises(OutOfOrder, match="holds no round"):
        statements.propose(other.consultation, "Homes come before buses.", by=cast.actor("member"), at=NOON)


def test_everybody_meets_the_statements_in_an_order_of_their_own(cast: Cast) -> None:
    scene = forum(cast)
    rows = admitted(scene, *(f"Statement number {n} of five." for n in range(5)))
    terms = db.session.get_one(Participation, scene.consultation.id)
    first = {
        name: statements.next_for(rows, {}, terms, cast.actor(name))
        for name in ("mover", "second", "delegate", "chair")
    }
    assert len({row.id for row in first.values() if row}) > 1
    assert statements.next_for(rows, {row.id: 1 for row in rows}, terms, cast.actor("mover")) is None


# -- the groups ------------------------------------------------------------------------------------------------------

KEYS = list(range(1, 11))


def camps(one: int = 12, two: int = 9, supporters: int = 6) -> list[Row]:
    """Two camps that agree about statements 1 and 2, with a little noise; supporters are in the first."""
    rng, made = Random(7), []
    for number in range(one + two + supporters):
        side = -1 if one <= number < one + two else 1
        answers = {key: 1 if key < 3 else side if rng.random() < 0.9 else 0 for key in KEYS if rng.random() < 0.95}
        made.append(Row("supporter" if number >= one + two else "member", answers))
    return made


def test_two_camps_are_found_with_what_unites_and_what_divides_them() -> None:
    found = grouping.computed(camps(), KEYS, 5, 11)
    assert [group["people"] for group in found["groups"]] == [
        {"member": 12, "supporter": 6},
        {"member": 9, "supporter": 0},
    ]
    assert sorted(found["together"]) == [1, 2] and sorted(found["divide"]) == KEYS[2:] and found["against"] == []
    assert found["statements"]["1"]["groups"]["B"]["member"][0] >= 8 and found["library"].startswith("scikit-learn ")


def test_the_order_in_which_people_answered_changes_nothing() -> None:
    rows = camps()
    first = grouping.computed(rows, KEYS, 5, 11)
    for seed in range(3):
        Random(seed).shuffle(rows)
        assert grouping.computed(rows, KEYS, 5, 11) == first


def test_small_groups_and_small_voices_are_withheld() -> None:
    found = grouping.computed(camps(20, 3, 2), KEYS, 5, 11)
    assert len(found["groups"]) == 1 or min(g["people"]["member"] or 0 for g in found["groups"]) >= 5
    assert found["people"] == {"member": 23, "supporter": None}
    assert found["statements"]["1"]["all"]["supporter"] is None
    lines = grouping.matrix(camps(20, 9, 2), KEYS, 5, 11)
    told = {line[0]: set() for line in lines[1:]}
    for line in lines[1:]:
        told[line[0]].add(line[1])
    assert {"not told"} in told.values() and lines[1:] == sorted(lines[1:])


@pytest.mark.parametrize("seed", range(12))
def test_nothing_withheld_is_found_by_adding_up_what_is_told(seed: int) -> None:
    """The page's figures and the table of answers beside one another, as somebody would who wants to know the rest."""
    rng = Random(seed)
    rows = camps(rng.randint(9, 14), rng.randint(6, 12), rng.randint(5, 9))
    rows = [Row("supporter" if rng.random() < 0.3 else row.voice, row.answers) for row in rows]
    rows = [
        Row(r.voice, {k: v for k, v in r.answers.items() if rng.random() < (0.5 if n % 7 == 0 else 0.9)})
        for n, r in enumerate(rows)
    ]
    found, (heading, *lines) = grouping.computed(rows, KEYS, 5, 11), grouping.matrix(rows, KEYS, 5, 11)
    withheld = 0
    for key in KEYS:
        figures, place = found["statements"][str(key)], heading.index(str(key))
        for voice in ("member", "supporter"):
            told = {name: voices[voice] for name, voices in figures["groups"].items()}
            for name, counts in told.items():
                withheld += counts is None
                assert counts is None or sum(counts) in (0, *range(5, 99))
                if all(line[1] != "not told" for line in lines if line[0] == name):
                    given = [line[place] for line in lines if line[:2] == [name, voice] and line[place]]
                    assert given == [] if counts is None else len(given) == sum(counts), (key, voice, name)
            if figures["all"][voice] is not None:
                rest = sum(figures["all"][voice]) - sum(sum(counts) for counts in told.values() if counts is not None)
                assert rest == 0 or rest >= 5 or not any(told.values()), (key, voice, told)
        for name, voices in figures["groups"].items():  # also where no voice is told: the rest of a column is no figure
            given = sum(1 for line in lines if line[0] == name and line[place])
            assert given == sum(sum(counts) for counts in voices.values() if counts is not None), (key, name)
    assert seed or withheld, "nothing was withheld: the test is none"


@pytest.mark.parametrize("rows", [[], [Row("member", {1: 1})], [Row("member", dict.fromkeys(KEYS, 1))] * 30])
def test_where_there_is_nothing_to_divide_there_is_one_group(rows: list[Row]) -> None:
    found = grouping.computed(rows, KEYS, 5, 11)
    assert len(found["groups"]) <= 1 and found["divide"] == []


def test_the_worker_computes_what_changed_and_pages_read_what_is_stored(cast: Cast) -> None:
    scene = forum(cast)
    rows = admitted(scene, "Homes come before buses.", "Buses come before homes.")
    assert statements.compute_due(NOON) == 0
    statements.answer(rows[0], "agree", by=cast.actor("mover"), at=NOON)
    assert statements.compute_due(NOON) == 1
    kept = statements.result_of(scene.consultation.id)
    assert kept is not None and kept.result["method"] == grouping.METHOD
    statements.answer(rows[0], "unsure", by=cast.actor("second"), at=NOON)
    assert statements.compute_due(NOON + DAY / 1440) == 0
    assert statements.compute_due(NOON + DAY) == 1 and statements.compute_due(NOON + 2 * DAY) == 0


def test_answers_are_given_out_without_names_once_enough_have_answered(cast: Cast) -> None:
    scene = forum(cast, minimum_group=3)
    rows = admitted(scene, "Homes come before buses.", "Buses come before homes.")
    with pytest.raises(OutOfOrder, match="once the phase has closed"):
        statements.export(scene.consultation, NOON)
    with pytest.raises(OutOfOrder, match="Fewer than 6"):
        statements.export(scene.consultation, LATE)
    with writing() as session:
        for number in range(8):
            who = make_member(cast.units["Cedar"], status=Status.MEMBER.value)
            choice = 1 if number % 2 else -1
            session.add(StatementVote(statement_id=rows[0].id, member_id=who.id, status="member", choice=choice))
            session.add(StatementVote(statement_id=rows[1].id, member_id=who.id, status="member", choice=-choice))
    lines = statements.export(scene.consultation, LATE)
    assert len(lines) == 9 and lines[0][:2] == ["group", "voice"] and {line[0] for line in lines[1:]} == {"A", "B"}
