"""A model of the ballot box beside the real one: whatever is done to both in whatever order, they hold the same.

Votes are cast, sent again, replaced, brought on paper and challenged; the close moves; the program dies at any statement
and at any commit; the database is backed up and restored. After every step each member has one envelope at the most,
what was acknowledged stands or was replaced by its voter, what is on the board stays there; at the end all totals agree.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event, select

from consult.domain.errors import NotAllowed, OutOfOrder, Unavailable
from consult.domain.roles import SWEEP
from consult.ledger import merkle
from consult.ledger.envelopes import Answer
from consult.model import paper_ballots as model
from consult.model.ballots import Ballot, Envelope, OpenedPaper
from consult.model.boxes import BoardLeaf
from consult.model.paper_ballots import Superseded
from consult.model.store import db
from consult.service import (
    backups,
    ballots,
    boards,
    casting,
    challenges,
    extensions,
    opening,
    paper_ballots,
    paper_entries,
)
from tests.databases import Postgresql, Sqlite
from tests.desk import CLOSES, DAY, OPENS, Desk, retry
from tests.factories import NOON, Cast

WHOLE = bool(os.environ.get("CONSULT_TEST_MATRIX"))
#: Examples and steps of each, for the two kinds of database.
EXAMPLES = {"sqlite": 120 if WHOLE else 10, "postgresql": 40 if WHOLE else 2}
STEPS = 40 if WHOLE else 24

VOTERS = ("member", "mover", "second")
PLEA = "My membership fee was paid in January, see the receipt."
WHY = "The hall was flooded, and the post was late."
HOUR = timedelta(hours=1)

voters, places, picks = st.sampled_from(VOTERS), st.integers(0, 2), st.integers(0, 30)


def one_of(names: Collection[str], pick: int) -> str:
    """One of some names."""
    return sorted(names)[pick % len(names)]


class Killed(BaseException):
    """The process died here."""


@dataclass
class Form:
    """A form as somebody's browser holds it, to be sent as often as they like."""

    who: str
    place: int
    key: str
    replaces: str = ""


@dataclass
class Expected:
    """What ought to be in the database."""

    #: Voter → the form whose envelope is in the box, with the receipt.
    box: dict[str, tuple[Form, str]] = field(default_factory=dict)
    #: Voter → receipts of theirs that were replaced.
    old: dict[str, list[str]] = field(default_factory=dict)
    #: Voter → number of the paper that was issued; and of them, those whose paper counts, with its place.
    issued: dict[str, int] = field(default_factory=dict)
    on_paper: dict[str, int] = field(default_factory=dict)
    challenged: dict[str, tuple[Form, str]] = field(default_factory=dict)
    closes_at: datetime = CLOSES
    board: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)


@dataclass
class Place:
    """A database with two scheduled ballots in it, which can be had again as it was."""

    app: Flask
    cast: Cast
    desks: dict[str, Desk]
    folder: Path
    again: Callable[[], None]


@pytest.fixture
def place(app: Flask, cast: Cast, database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    desks = {}
    for name, replacing in (("first", False), ("paper", True)):
        desk = Desk(cast, keys=0 if desks else 3, title=f"Ballot {name}", paper_rule=name, replacing=replacing)
        desk.ask("plurality")
        desk.schedule()
        paper_ballots.take_duty(desk.ballot, model.ENVELOPES, by=cast.actor("roll_officer"), at=NOON)
        paper_ballots.take_duty(desk.ballot, model.PAPERS, by=cast.actor("returning_officer"), at=NOON)
        desks[name] = desk
    for one in (*cast.who.values(), *(desk.ballot for desk in desks.values())):
        db.session.refresh(one)
    db.session.expunge_all()  # they are known by what was read now, in every session to come
    db.session.remove()
    db.engine.dispose()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boards, "STEP", 2)  # three voters fill a list
        maker: Sqlite | Postgresql = request.getfixturevalue(db.engine.dialect.name)
        yield Place(app, cast, desks, tmp_path, _repeater(maker, database, tmp_path))


def _repeater(maker: Sqlite | Postgresql, database: str, folder: Path) -> Callable[[], None]:
    """What puts the database back as it is now."""
    if isinstance(maker, Postgresql):
        name = db.engine.url.database
        kept = f"kept_{name}"
        with maker.admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {kept} TEMPLATE {name}")

        def again() -> None:
            db.engine.dispose()
            with maker.admin.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
                connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {kept}")

        return again
    file, copy = Path(database.removeprefix("sqlite:///")), folder / "kept.db"
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.engine.dispose()
    shutil.copyfile(file, copy)

    def copied() -> None:
        db.engine.dispose()
        for end in ("-wal", "-shm"):
            file.with_name(file.name + end).unlink(missing_ok=True)
        shutil.copyfile(copy, file)

    return copied


@contextmanager
def dying(moment: str) -> Iterator[None]:
    """The process dies before or after a statement that writes, or before the commit; its connections are gone."""
    engine = db.engine

    def die(*found: Any) -> None:
        statement = str(found[2]) if len(found) > 2 else "COMMIT"
        if statement == "COMMIT" or statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            raise Killed

    event.listen(engine, moment, die)
    try:
        yield
    except Killed:
        pass
    finally:
        event.remove(engine, moment, die)
        with suppress(Exception):
            db.session.remove()
        engine.dispose()


class Box(RuleBasedStateMachine):
    """What people and accidents do to one ballot."""

    place: Place

    def __init__(self) -> None:
        super().__init__()
        self.context = self.place.app.app_context()
        self.context.push()
        self.place.again()
        self.cast = self.place.cast
        self.want = Expected()
        self.saved: tuple[Path, Expected] | None = None
        self.now = OPENS
        self.closed = False

    @initialize(name=st.sampled_from(("first", "paper")), early=st.booleans())
    def choose(self, name: str, early: bool = False) -> None:
        self.now = OPENS - HOUR if early else OPENS
        self.desk = self.place.desks[name]
        self.id = self.desk.ballot.id
        self.replacing = name == "paper"

    # -- what is true -------------------------------------------------------------------------------------------------

    @property
    def ballot(self) -> Ballot:
        db.session.rollback()
        return ballots.get(self.id)

    @property
    def open(self) -> bool:
        return not self.closed and OPENS <= self.now < self.want.closes_at

    def member(self, who: str) -> int:
        return self.cast.who[who].id

    def found(self) -> dict[int, tuple[str, str]]:
        """Member → receipt and key of the envelope in the box."""
        db.session.rollback()
        query = select(Envelope.member_id, Envelope.receipt, Envelope.retry_key).where(Envelope.ballot_id == self.id)
        return {who: (receipt, key) for who, receipt, key in db.session.execute(query)}

    # -- voting -------------------------------------------------------------------------------------------------------

    def send(self, form: Form) -> casting.Receipt:
        answers = [Answer("q1", (form.place,))]
        return casting.cast(
            self.id, self.member(form.who), answers, retry_key=form.key, replaces=form.replaces, at=self.now
        )

    def outcome(self, form: Form) -> None:
        """Send a form; what comes of it must be what the model says, and the model moves on."""
        mine = self.want.box.get(form.who)
        replaces = bool(mine and self.replacing and form.replaces == mine[1] and form.key != mine[0].key)
        if mine and not replaces:
            if form.key == mine[0].key:  # before the clock, after the close, whenever: the truth
                again = self.send(form)
                assert again.again and again.digest == mine[1]
            else:
                with pytest.raises(casting.AlreadyVoted):
                    self.send(form)
        elif not self.open:
            refused = casting.AlreadyVoted if form.who in self.want.on_paper else OutOfOrder
            with pytest.raises((OutOfOrder, refused)):
                self.send(form)
        elif form.who in self.want.on_paper:
            with pytest.raises(casting.AlreadyVoted):
                self.send(form)
        else:
            self.taken(form, self.send(form).digest)

    def taken(self, form: Form, receipt: str) -> None:
        if mine := self.want.box.get(form.who):
            self.want.old.setdefault(form.who, []).append(mine[1])
        self.want.box[form.who] = (form, receipt)

    def new(self, who: str, place: int, replaces: bool) -> Form:
        mine = self.want.box.get(who)
        form = Form(who, place, retry(), mine[1] if mine and replaces else "")
        self.want.forms.append(form)
        return form

    @rule(who=voters, place=places)
    def cast_vote(self, who: str, place: int) -> None:
        self.outcome(self.new(who, place, False))

    @precondition(lambda self: self.want.box)
    @rule(pick=picks, place=places)
    def replace(self, pick: int, place: int) -> None:
        self.outcome(self.new(one_of(self.want.box, pick), place, True))

    @precondition(lambda self: self.want.forms)
    @rule(pick=picks)
    def press_again(self, pick: int) -> None:
        self.outcome(self.want.forms[-1 - pick % len(self.want.forms)])

    @rule(who=voters, place=places, replaces=st.booleans(), moment=st.sampled_from(
        ("before_cursor_execute", "after_cursor_execute", "commit")))  # fmt: skip
    def die_while_casting(self, who: str, place: int, replaces: bool, moment: str) -> None:
        """Nobody was told anything; what is in the box now is the voter's form, whole, or what was there before."""
        form, before = self.new(who, place, replaces), self.found()
        with dying(moment), suppress(Unavailable, OutOfOrder, casting.AlreadyVoted):
            self.send(form)
        after = self.found()
        others = {m: kept for m, kept in after.items() if m != self.member(who)}
        assert others == {m: kept for m, kept in before.items() if m != self.member(who)}
        now = after.get(self.member(who))
        if now != before.get(self.member(who)):
            assert now is not None and now[1] == form.key
            assert self.open and who not in self.want.on_paper
            self.taken(form, now[0])
        self.outcome(form)  # they press again

    # -- on paper, and not on the roll --------------------------------------------------------------------------------

    @rule(who=voters)
    def issue_paper(self, who: str) -> None:
        refused = (
            self.closed
            or self.now >= self.want.closes_at
            or who in self.want.on_paper
            or (not self.replacing and who in self.want.box)
            or self.want.issued.get(who) == 0
        )
        give = lambda: paper_ballots.issue(  # noqa: E731
            self.ballot, self.cast.who[who].number, "asked for one", str(self.want.issued.get(who) or ""),
            by=self.cast.actor("roll_officer"), at=self.now,
        )  # fmt: skip
        if refused:
            with pytest.raises(OutOfOrder):
                give()
        else:
            give()
            db.session.rollback()
            self.want.issued[who] = max(row.number for row in paper_ballots.issued(self.ballot))

    @precondition(lambda self: any(self.want.issued.values()))
    @rule(pick=picks, place=places, dies=st.sampled_from(("", "before_cursor_execute", "commit")))
    def mark_paper(self, pick: int, place: int, dies: str) -> None:
        who = one_of([name for name, number in self.want.issued.items() if number], pick)
        mark = lambda: paper_ballots.mark(  # noqa: E731
            self.ballot, self.want.issued[who], by=self.cast.actor("roll_officer"), at=self.now
        )
        if dies:
            with dying(dies), suppress(OutOfOrder):
                mark()  # and again, since nobody was told
        if who in self.want.on_paper or not self.open:
            with pytest.raises(OutOfOrder):
                mark()
            return
        said = mark()
        if who in self.want.box and not self.replacing:
            assert "refused" in said
            self.want.issued[who] = 0
            return
        if mine := self.want.box.pop(who, None):
            assert "superseded" in said
            self.want.old.setdefault(who, []).append(mine[1])
        self.want.on_paper[who] = place

    @rule(place=places, again=st.booleans())
    def challenge(self, place: int, again: bool) -> None:
        mine = self.want.challenged.get("supporter")
        form = mine[0] if mine and again else Form("supporter", place, retry())
        send = lambda: challenges.cast(  # noqa: E731
            self.id, self.member("supporter"), [Answer("q1", (form.place,))], PLEA, retry_key=form.key, at=self.now
        )
        if mine and again:
            assert send().digest == mine[1]
        elif mine:
            with pytest.raises(casting.AlreadyVoted):
                send()
        elif not self.open:
            with pytest.raises(OutOfOrder):
                send()
        else:
            self.want.challenged["supporter"] = (form, send().digest)
        with pytest.raises(NotAllowed):
            casting.cast(self.id, self.member("supporter"), [Answer("q1", (0,))], retry_key=retry(), at=self.now)

    # -- time, and the officers ---------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from((1, 1, 1, 30)))
    def wait(self, hours: int) -> None:
        self.now += hours * HOUR

    @precondition(lambda self: self.now > OPENS)
    @rule()
    def record_opening(self) -> None:
        with suppress(OutOfOrder):
            opening.open_ballot(self.ballot, by=SWEEP, at=self.now)

    @rule(seed=st.integers(0, 9))
    def grow_board(self, seed: int) -> None:
        with suppress(OutOfOrder):
            boards.extend(self.ballot, rng=Random(seed), by=SWEEP, at=self.now)

    @rule(dies=st.sampled_from(("", "before_cursor_execute", "commit")))
    def extend_close(self, dies: str) -> None:
        later = self.want.closes_at + DAY
        if self.closed or self.now >= self.want.closes_at:
            with pytest.raises(OutOfOrder):
                extensions.propose(self.ballot, later, WHY, by=self.desk.officer, at=self.now)
            return
        made = extensions.propose(self.ballot, later, WHY, by=self.desk.officer, at=self.now).id
        agree = lambda: extensions.agree(  # noqa: E731
            self.ballot, made, by=self.cast.actor("committee_1"), at=self.now
        )
        if dies:
            with dying(dies):
                agree()
        agree()
        self.want.closes_at = later

    @rule(dies=st.sampled_from(("", "before_cursor_execute", "commit")))
    def record_close(self, dies: str) -> None:
        close = lambda: opening.close(self.ballot, by=SWEEP, at=self.now)  # noqa: E731
        if dies:
            with dying(dies), suppress(OutOfOrder):
                close()
        if self.closed or self.now < self.want.closes_at:
            with pytest.raises(OutOfOrder):
                close()
            return
        close()
        self.closed = True

    # -- accidents ----------------------------------------------------------------------------------------------------

    @rule()
    def start_again(self) -> None:
        db.session.remove()
        db.engine.dispose()

    @rule()
    def back_up(self) -> None:
        db.session.remove()
        file = self.place.folder / "kept.backup"
        backups.backup(db.engine, file, replace=True)
        self.saved = (file, deepcopy((self.want, self.closed)))

    @precondition(lambda self: self.saved)
    @rule()
    def restore(self) -> None:
        """The disk is lost: what was acknowledged since the backup is gone, and all of what was before is there."""
        assert self.saved is not None
        file, kept = self.saved
        db.session.remove()
        backups.restore(db.engine, file, replace=True)
        lost = [form for form in self.want.forms if form not in kept[0].forms]
        self.want, self.closed = deepcopy(kept)
        self.want.forms += lost  # people still have their forms, and may send them again

    # -- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def each_has_one_envelope_and_it_is_theirs(self) -> None:
        if not hasattr(self, "id"):
            return
        wanted = {self.member(who): (receipt, form.key) for who, (form, receipt) in self.want.box.items()}
        assert self.found() == wanted
        rows = db.session.execute(
            select(Superseded.member_id, Superseded.receipt).where(Superseded.ballot_id == self.id)
        )
        replaced = sorted((self.member(who), each) for who, kept in self.want.old.items() for each in kept)
        assert sorted(map(tuple, rows)) == replaced
        assert not self.want.box.keys() & self.want.on_paper.keys()

    @invariant()
    def what_is_on_the_board_stays(self) -> None:
        if not hasattr(self, "id"):
            return
        ballot = self.ballot
        query = select(BoardLeaf.receipt).where(BoardLeaf.ballot_id == self.id).order_by(BoardLeaf.position)
        leaves = list(db.session.scalars(query))
        assert leaves[: len(self.want.board)] == self.want.board and len(set(leaves)) == len(leaves)
        known = {receipt for _, receipt in self.want.box.values()} | {r for old in self.want.old.values() for r in old}
        assert set(leaves) <= known
        self.want.board = leaves
        for head in boards.all_heads(ballot):
            assert merkle.root([bytes.fromhex(leaf) for leaf in leaves[: head.size]]).hex() == head.root

    # -- the end ------------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            if hasattr(self, "id"):
                self.certify()
        finally:
            db.session.remove()
            self.context.pop()

    def certify(self) -> None:
        """Close and count: every vote of the model is counted once, and all totals agree."""
        self.now = max(self.now, self.want.closes_at) + HOUR
        self.desk.after = self.now
        if not self.closed:
            opening.close(self.ballot, by=SWEEP, at=self.now)
        for place in self.want.on_paper.values():
            paper = [Answer("q1", (place,))]
            serial = paper_entries.enter(self.ballot, paper, by=self.desk.officer, at=self.now).serial
            paper_entries.enter(self.ballot, paper, serial=serial, by=self.desk.officer, at=self.now)
        self.desk.ballot = self.ballot
        self.desk.reconcile()
        if self.want.challenged:
            verdict = {self.member("supporter"): challenges.Verdict(True, "The receipt proves it.")}
            by = self.cast.actor("committee_1")
            challenges.decide(self.ballot, verdict, token=secrets.token_hex, by=by, at=self.now)
        self.desk.ballot = self.ballot
        self.desk.open_envelopes()
        ballot = self.ballot
        old = sum(map(len, self.want.old.values()))
        assert ballot.marked == len(self.want.box) + len(self.want.on_paper)
        assert (ballot.superseded, ballot.on_paper, ballot.refused) == (old, len(self.want.on_paper), 0)
        assert ballot.opened == len(self.want.box)
        self.what_is_on_the_board_stays()
        assert len(self.want.board) == len(self.want.box) + old
        cast = Counter(form.place for form, _ in (*self.want.box.values(), *self.want.challenged.values()))
        query = select(OpenedPaper.pattern, OpenedPaper.copies).where(OpenedPaper.question_id == ballot.questions[0].id)
        papers = {json.loads(pattern)[0][0]: copies for pattern, copies in db.session.execute(query)}
        assert papers == cast + Counter(self.want.on_paper.values())


@pytest.mark.parametrize("name", ["first", "paper"])
def test_each_thing_that_can_happen_happens_once(place: Place, name: str) -> None:
    """One long day, so that no rule of the model rests on chance alone to be tried."""

    class Here(Box):
        pass

    Here.place = place
    box = Here()
    box.choose(name, early=True)
    day: list[Callable[[], None]] = [
        lambda: box.cast_vote("member", 0),  # too early
        lambda: box.wait(1),
        lambda: box.press_again(0),
        lambda: box.record_opening(),
        lambda: box.issue_paper("second"),
        lambda: box.issue_paper("mover"),
        lambda: box.cast_vote("mover", 1),
        lambda: box.cast_vote("member", 1),  # a second form
        lambda: box.press_again(0),
        lambda: box.grow_board(1),
        lambda: box.replace(0, 2),
        lambda: box.mark_paper(0, 2, "commit"),  # of one who has voted
        lambda: box.back_up(),
        lambda: box.mark_paper(1, 0, "before_cursor_execute"),  # of one who has not
        lambda: box.cast_vote("second", 1),
        lambda: box.challenge(1, False),
        lambda: box.challenge(2, False),
        lambda: box.challenge(0, True),
        lambda: box.restore(),
        lambda: box.press_again(0),
        lambda: box.challenge(2, False),
        lambda: box.start_again(),
        *(
            lambda who=who, moment=moment: box.die_while_casting(who, 1, True, moment)  # type: ignore[misc]
            for who, moment in zip(VOTERS, ("before_cursor_execute", "after_cursor_execute", "commit"), strict=True)
        ),
        lambda: box.extend_close("commit"),
        lambda: box.wait(30),
        lambda: box.grow_board(2),
        lambda: box.wait(70),
        lambda: box.press_again(1),
        lambda: box.extend_close(""),
        lambda: box.record_close("commit"),
        lambda: box.cast_vote("second", 0),
        lambda: box.press_again(3),
    ]
    try:
        for happens in day:
            happens()
            box.each_has_one_envelope_and_it_is_theirs()
            box.what_is_on_the_board_stays()
        assert box.closed and box.want.challenged and box.want.board
        assert bool(box.want.on_paper and box.want.old) == (name == "paper")
    finally:
        box.teardown()


def test_the_box_does_what_the_model_says(place: Place) -> None:
    class Here(Box):
        pass

    Here.place = place
    many = settings(
        max_examples=EXAMPLES[db.engine.dialect.name],
        stateful_step_count=STEPS,
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    run_state_machine_as_test(Here, settings=many)
