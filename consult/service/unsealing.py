"""Opening the envelopes: once for all, twice over with one hash, and the papers kept without names and in no order."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.ledger import canonical, envelopes, papers
from consult.ledger.definition import Definition
from consult.ledger.papers import Group, Pattern
from consult.model.ballots import Ballot, Envelope, OpenedPaper, Question
from consult.model.boxes import BoxOpening
from consult.model.desk import ChallengedBallot
from consult.model.rolls import RollEntry
from consult.model.store import db
from consult.service import (
    ballots,
    challenges,
    open_votes,
    paper_ballots,
    polls_due,
    reconciliation,
    scheduling,
    unit_names,
)
from consult.service.act import Act, act

#: Envelopes read at a time while opening.
_BATCH = 5_000


@dataclass(frozen=True)
class Opened:
    """What one opening of the box found: the answers by question, how many envelopes gave a paper, and how many none.

    The last two are of the box itself; `challenged` are those of the challenged ballots that were admitted.
    """

    patterns: Mapping[str, Counter[Pattern]]
    opened: int
    refused: int
    challenged: tuple[int, int] = (0, 0)
    #: Papers that were entered by hand; each of them opens, for the server sealed it.
    on_paper: int = 0

    def hash(self, made: Definition) -> str:
        """One hash of all opened papers, whatever the order in which they were opened."""
        files = {
            key: canonical.sha256(papers.dumps(papers.gather(made.id, key, groups(found))))
            for key, found in self.patterns.items()
        }
        return canonical.sha256(canonical.dumps(files))


@act(Permission.ENVELOPES_OPEN, Event.ENVELOPES_OPENED)
def open_envelopes(
    ballot: Ballot,
    lot_value: str,
    *,
    progress: Callable[[int], None] = lambda opened: None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Ballot:
    """Fix the lot's seed, then open every envelope and every challenged ballot that was admitted, twice over.

    `lot_value` is the public value that was named before opening, as it has come out. The seed is fixed before the
    first envelope is opened, so that nobody can choose it to suit the papers.

    Raises:
        Invalid: without the public value.
        OutOfOrder: if the ballot is not reconciled, its poll has to be held again, a challenged ballot is not decided, or
        the two openings differ.
    """
    if ballot.level == "sealed":
        raise OutOfOrder("The envelopes of this ballot are opened off line, by those who hold shares of its key.")
    polls_due.require_none(ballot, act.session)
    act.step(ballot, "open envelopes")
    require_decided(act.session, ballot)
    silent = fix_seed(act, ballot, lot_value)
    if ballot.level == "recorded":  # nothing was sealed: the open votes themselves are counted
        ballot.opened, ballot.refused = ballot.marked, 0
        act.note(opened=ballot.opened, seed=ballot.seed, did_not_reveal=list(silent))
        return ballot
    made = ballots.definition_of(ballot)
    private = scheduling.private_key(act.session, ballot)
    first = _open(act.session, ballot, made, private, progress)
    second = _open(act.session, ballot, made, private, progress)
    keep(act, ballot, made, (first, "this server, first opening", ""), (second, "this server, second opening", ""))
    act.note(did_not_reveal=list(silent))
    return ballot


def require_decided(session: Session, ballot: Ballot) -> None:
    """Refuse to open anything while a challenged ballot waits for its decision."""
    if waiting := challenges.undecided(ballot, session):
        raise OutOfOrder(
            f"{waiting} challenged ballots are not decided yet. They are decided before the envelopes are opened, "
            "all together, and never afterwards."
        )


def fix_seed(act: Act, ballot: Ballot, lot_value: str) -> tuple[str, ...]:
    """Fix the lot's seed from the public value as it has come out; gives the ids of those who did not reveal."""
    if not lot_value.strip():
        sentence = f"Give the public value that was named before opening: {ballot.lot_words}"
        raise Invalid(sentence, {"lot_value": sentence})
    ballot.lot_value = lot_value.strip()
    ballot.seed, silent = reconciliation.seed_of(act.session, ballot, ballot.lot_value)
    return silent


def keep(
    act: Act, ballot: Ballot, made: Definition, first: tuple[Opened, str, str], second: tuple[Opened, str, str]
) -> None:
    """Put two openings (what was found, on which machine, its transcript) on the record and keep the papers.

    Raises:
        OutOfOrder: if the two do not come to the same papers, or not every envelope is accounted for.
    """
    found = first[0]
    hashes = [opened.hash(made) for opened, _, _ in (first, second)]
    if hashes[0] != hashes[1] or found != second[0]:
        raise OutOfOrder(
            "The two openings do not come to the same papers, so nothing was kept. Find out why before anybody opens again: "
            f"the first gave {hashes[0][:16]}…, the second {hashes[1][:16]}…"
        )
    in_the_box = (ballot.marked or 0) - paper_ballots.totals(ballot, act.session).returned
    if found.opened + found.refused != in_the_box:
        raise OutOfOrder(
            f"There were {in_the_box} envelopes in the box when it was reconciled, but {found.opened + found.refused} "
            "were opened. Nothing was kept."
        )
    for number, ((_, machine, transcript), hash_) in enumerate(zip((first, second), hashes, strict=True), 1):
        act.session.add(
            BoxOpening(
                ballot_id=ballot.id,
                number=number,
                machine=machine[:64],
                opened_hash=hash_,
                transcript=transcript,
                recorded_at=act.at,
                recorded_by_id=act.by.member_id,
            )
        )
    if found.on_paper != ballot.on_paper:
        raise OutOfOrder(f"{ballot.on_paper} papers were entered, but {found.on_paper} were opened. Nothing was kept.")
    ballot.opened, ballot.refused = found.opened, found.refused
    for question in ballot.questions:
        keep_papers(act.session, question, found.patterns[question.key])
    challenged, unreadable = found.challenged
    act.note(
        opened=found.opened,
        refused=found.refused,
        challenged=challenged,
        challenged_unreadable=unreadable,
        on_paper=found.on_paper,
        papers=hashes[0],
        root=ballot.envelope_root,
        seed=ballot.seed,
    )


def open_again(session: Session, ballot: Ballot) -> str:
    """Open the whole box once more for a recount, where the server keeps the key; gives the hash of the papers."""
    made = ballots.definition_of(ballot)
    again = _open(session, ballot, made, scheduling.private_key(session, ballot), lambda opened: None)
    return again.hash(made)


def unreadable_challenges(session: Session, ballot: Ballot) -> int:
    """How many challenged ballots that were admitted gave no paper: those admitted less the papers of neither box nor desk."""
    if not ballot.questions or ballot.opened is None or ballot.level == "recorded":
        return 0
    query = select(func.coalesce(func.sum(OpenedPaper.copies), 0))
    kept = session.scalar(query.where(OpenedPaper.question_id == ballot.questions[0].id)) or 0
    beside = int(kept) - ballot.opened - (ballot.on_paper or 0)
    return challenges.figures(ballot, session).admitted - beside


def openings_of(ballot: Ballot, session: Session | None = None) -> list[BoxOpening]:
    """The two openings of the box, once they are made."""
    query = select(BoxOpening).where(BoxOpening.ballot_id == ballot.id).order_by(BoxOpening.number)
    return list((session or db.session()).scalars(query))


def in_box(session: Session, ballot: Ballot) -> Iterator[tuple[bytes, str]]:
    """The envelopes in the box with the branch's name on the frozen roll, in the order of the receipts, which is random."""
    query = (
        select(Envelope.sealed, RollEntry.unit_id)
        .join(RollEntry, (RollEntry.member_id == Envelope.member_id) & (RollEntry.roll_id == ballot.roll_id))
        .where(Envelope.ballot_id == ballot.id)
        .order_by(Envelope.receipt)
    )
    names = _names(session, ballot)
    for row in session.execute(query.execution_options(yield_per=_BATCH)):
        yield row.sealed, names[row.unit_id]


def _names(session: Session, ballot: Ballot) -> dict[int, str]:
    return unit_names.at_instant(session, ballot.roll.frozen_at if ballot.roll is not None else None)


def admitted(session: Session, ballot: Ballot) -> Iterator[tuple[bytes, str]]:
    """The challenged ballots that were admitted, likewise."""
    query = (
        select(ChallengedBallot.sealed, ChallengedBallot.unit_id)
        .where(ChallengedBallot.ballot_id == ballot.id, ChallengedBallot.admitted.is_(True))
        .order_by(ChallengedBallot.receipt)
    )
    names = _names(session, ballot)
    for row in session.execute(query):
        yield row.sealed or b"", names[row.unit_id]


def _open(
    session: Session, ballot: Ballot, made: Definition, private: bytes, progress: Callable[[int], None]
) -> Opened:
    """Open the whole box once: the answers by question.

    The voter's branch goes with an answer only where the declared rule counts by branch.
    """
    open_one = envelopes.opener(made, private)
    found: dict[str, Counter[Pattern]] = {question.key: Counter() for question in made.questions}
    by_unit = {question.key for question in made.questions if question.settings.get("by_unit")}

    def empty(sealed_ones: Iterator[tuple[bytes, str]]) -> tuple[int, int]:
        opened = refused = 0
        for sealed, unit in sealed_ones:
            try:
                paper = open_one(sealed)
            except envelopes.EnvelopeRefused:
                refused += 1
                continue
            opened += 1
            for answer in paper:
                pattern = Pattern(answer.ranking, answer.verdicts, unit if answer.question in by_unit else "")
                found[answer.question][pattern] += 1
            if opened % _BATCH == 0:
                progress(opened)
        return opened, refused

    opened, refused = empty(in_box(session, ballot))
    challenged = empty(admitted(session, ballot))
    return Opened(found, opened, refused, challenged, empty(paper_ballots.sealed(session, ballot))[0])


def groups(patterns: Mapping[Pattern, int]) -> list[Group]:
    """Counted patterns as groups of like papers."""
    return [Group(pattern, copies) for pattern, copies in patterns.items()]


def keep_papers(session: Session, question: Question, patterns: Counter[Pattern]) -> None:
    """Keep the opened papers of a question, like ones together."""
    rows = []
    for pattern, copies in patterns.items():
        text = canonical.dumps([pattern.ranking, pattern.verdicts, pattern.unit])
        rows.append(
            {
                "question_id": question.id,
                "hash": canonical.sha256(text),
                "pattern": text.decode(),
                "copies": copies,
            }
        )
    if rows:
        session.execute(insert(OpenedPaper), sorted(rows, key=lambda row: str(row["hash"])))


def groups_of(session: Session, question: Question) -> list[Group]:
    """The papers of a question, in groups: those opened, or the open votes with the votes on their cards."""
    if question.ballot.level == "recorded":
        return open_votes.groups_of(session, question)
    query = select(OpenedPaper.pattern, OpenedPaper.copies).where(OpenedPaper.question_id == question.id)
    return [Group(_pattern(json.loads(text)), copies) for text, copies in session.execute(query)]


def _pattern(data: list[Any]) -> Pattern:
    ranking, verdicts, unit = data
    return Pattern(tuple(tuple(x) if isinstance(x, list) else x for x in ranking), verdicts, unit)
