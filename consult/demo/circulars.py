"""The demo's circulars: who agreed to them, those that went to the voters, those that wait to be sent, those being written."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert

from consult.demo.people import People
from consult.domain.roles import Actor
from consult.model.ballots import Ballot
from consult.model.circulars import CircularConsent
from consult.model.members import Member
from consult.model.store import db, writing
from consult.service import circulars

#: One in so many members said in the account that candidates may write.
_WILLING = 3
WORDS = 150

_ATTACKS = (
    "The second paragraph is about another candidate. A circular is about oneself: take it out, and hand it in anew."
)

_MENDED = "Of the other candidates I say nothing here."


def agree(people: People, at: datetime) -> None:
    """The named people say so themselves; what others said is put down together."""
    named = sorted(set(people.member_ids.values()))
    for number, member in enumerate(named):
        willing = number % 2 == 0
        circulars.agree(db.session.get_one(Member, member), willing, by=people.actor(member), at=at)
    others = [m for own in people.by_branch.values() for m in own if m not in named and m % _WILLING == 0]
    with writing() as session:
        session.execute(insert(CircularConsent), [{"member_id": m, "agreed": True, "at": at} for m in others])


def call(ballot: Ballot, until: datetime, *, by: Actor, at: datetime) -> None:
    """Call for them, with one length and one last moment for all."""
    circulars.call(ballot, WORDS, until, by=by, at=at)


def write(ballot: Ballot, people: People, officer: Actor, at: datetime, fates: tuple[str, ...]) -> None:
    """Each candidate in the order of the paper writes what the statement says at more length; `fates` is what came of it:
    "" for who writes nothing, "draft", "handed in", "approved", or "mended" for one that was sent back first.
    """
    for option, fate in zip(circulars.candidates_of(ballot), fates, strict=False):
        if not fate:
            continue
        candidate = people.actor(option.member_id or 0)
        text = _text(option.name, option.statement)
        own = circulars.write(option, text, hand_in=fate != "draft", revision=None, by=candidate, at=at)
        if fate == "mended":
            later = at + timedelta(hours=5)
            circulars.judge(ballot, option.id, False, _ATTACKS, revision=own.revision, by=officer, at=later)
            later += timedelta(hours=2)
            own = circulars.write(
                option, _text(option.name, option.statement, _MENDED), hand_in=True, revision=own.revision,
                by=candidate, at=later,
            )  # fmt: skip
        if fate in ("approved", "mended"):
            circulars.judge(ballot, option.id, True, "", revision=own.revision, by=officer, at=at + timedelta(hours=9))


def _text(name: str, statement: str, more: str = "If you have a question, ask it in the debate.") -> str:
    words = " ".join(statement.split()[: WORDS - 30])
    return f"Dear member,\n\n{words}\n\n{more}\n\n{name}"
