"""Entering papers: each twice, the second time without the first in sight, under a serial that leads to nobody."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.ledger.definition import Definition
from consult.ledger.envelopes import Answer, seal, write_paper
from consult.model import paper_ballots as model
from consult.model.ballots import Ballot
from consult.model.paper_ballots import PaperEntry
from consult.model.store import db
from consult.service import ballots, paper_ballots, vault
from consult.service.act import Act, act
from consult.service.casting import problems_with

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

DIFFERENT = (
    "This entry is not the same as the first one. Look at the paper again. If the first was wrong, start the paper anew: "
    "then both entries are made afresh."
)


def waiting(ballot: Ballot) -> list[str]:
    """The serials that wait for their second entry."""
    query = select(PaperEntry.serial).where(PaperEntry.ballot_id == ballot.id, PaperEntry.status == model.ONCE)
    return list(db.session.scalars(query.order_by(PaperEntry.serial)))


def new_serial(pick: Callable[[str], str] = secrets.choice) -> str:
    """A serial to write on a paper, drawn by chance: six letters and digits that are hard to misread."""
    drawn = "".join(pick(_LETTERS) for _ in range(6))
    return f"{drawn[:3]}-{drawn[3:]}"


@act(Permission.PAPER_ENTER, None)
def enter(
    ballot: Ballot, answers: Sequence[Answer], *, serial: str = "", by: Actor, at: datetime, act: Act
) -> PaperEntry:
    """Enter a paper: without a serial the first time, which gives one; with its serial the second time.

    The first entry is kept as a keyed hash only. When the second says the same, the paper is sealed to the ballot's key.

    Raises:
        Invalid: if an answer cannot be counted, or the second entry says something else than the first.
        NotFound: if no paper has this serial.
        OutOfOrder: if it is finished already, or there are as many papers as marked envelopes.
    """
    paper_ballots.require_duty(ballot, model.PAPERS, by, act.session)
    made = ballots.definition_of(ballot)
    _check(made, answers)
    if not serial:
        _require_room(act, ballot)
        entry = PaperEntry(ballot_id=ballot.id, serial=_unused(act, ballot), first_by_id=by.member_id or 0)
        entry.status, entry.first_mark, entry.reason = model.ONCE, _mark(ballot, entry.serial, made, answers), ""
        act.session.add(entry)
        return entry
    entry = _find(act, ballot, serial)
    if entry.first_mark != _mark(ballot, entry.serial, made, answers):
        raise Invalid(DIFFERENT)
    entry.sealed, entry.status, entry.first_mark = seal(made, answers), model.AGREED, None
    entry.second_by_id = by.member_id
    return entry


@act(Permission.PAPER_ENTER, None)
def start_anew(ballot: Ballot, serial: str, *, by: Actor, at: datetime, act: Act) -> str:
    """Forget a first entry that was wrong; the paper is entered twice again. Gives the serial that is free again."""
    paper_ballots.require_duty(ballot, model.PAPERS, by, act.session)
    entry = _find(act, ballot, serial)
    act.session.delete(entry)
    return entry.serial


@act(Permission.PAPER_ENTER, None)
def reject(ballot: Ballot, reason: str, *, serial: str = "", by: Actor, at: datetime, act: Act) -> PaperEntry:
    """Put a paper aside that cannot be counted (spoilt, unreadable, none in the envelope), with the reason.

    A paper that is left blank, in whole or in part, is not rejected: it is entered as blank.
    """
    paper_ballots.require_duty(ballot, model.PAPERS, by, act.session)
    if not reason.strip():
        raise Invalid("Say why the paper cannot be counted.", {"reason": "Say why the paper cannot be counted."})
    if serial:
        entry = _find(act, ballot, serial)
    else:
        _require_room(act, ballot)
        entry = PaperEntry(ballot_id=ballot.id, serial=_unused(act, ballot), first_by_id=by.member_id or 0)
        act.session.add(entry)
    entry.status, entry.first_mark, entry.reason = model.REJECTED, None, reason.strip()[:100]
    return entry


def _check(made: Definition, answers: Sequence[Answer]) -> None:
    if [answer.question for answer in answers] != [question.key for question in made.questions]:
        raise Invalid("This entry does not answer the questions of this ballot. Reload the page and enter it again.")
    for question, answer in zip(made.questions, answers, strict=True):
        if sentence := problems_with(question, answer):
            raise Invalid(sentence, {question.key: sentence})


def _mark(ballot: Ballot, serial: str, made: Definition, answers: Sequence[Answer]) -> str:
    """A hash of an entry that only the operator's key can make: a thief of the database cannot try choices against it."""
    return vault.mark(f"paper {ballot.id} {serial}", write_paper(made, answers).decode())


def _require_room(act: Act, ballot: Ballot) -> None:
    now = paper_ballots.totals(ballot, act.session)
    if now.entered_once + now.agreed + now.rejected >= now.returned:
        raise OutOfOrder(
            f"{now.returned} outer envelopes are marked, and as many papers are entered or begun. If there is another "
            "paper, its envelope has not been marked: take it back to the officer who has the envelopes."
        )


def _unused(act: Act, ballot: Ballot) -> str:
    while True:
        serial = new_serial()
        if act.session.get(PaperEntry, (ballot.id, serial)) is None:
            return serial


def _find(act: Act, ballot: Ballot, serial: str) -> PaperEntry:
    tidy = serial.strip().upper().replace(" ", "")
    tidy = f"{tidy[:3]}-{tidy[3:]}" if len(tidy) == 6 else tidy
    entry = act.session.get(PaperEntry, (ballot.id, tidy))
    if entry is None:
        raise NotFound(f"No paper of this ballot has the serial “{serial.strip()[:20]}”. Compare it with the paper.")
    if entry.status != model.ONCE:
        words = "is entered twice and sealed" if entry.status == model.AGREED else "was rejected"
        raise OutOfOrder(f"Paper {entry.serial} {words} already; nothing was changed.")
    return entry
