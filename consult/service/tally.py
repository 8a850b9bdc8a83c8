"""Counting a reconciled ballot: two exact counts that must agree, pyrankvote where it applies, and the manifest to sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from consult import __version__
from consult.counting import svg
from consult.counting.contest import Contest, Group
from consult.counting.count import agree, count, recount
from consult.counting.data import contest_from, papers_from
from consult.counting.result import Count
from consult.counting.second import compare
from consult.counting.words import outcome_words
from consult.domain.errors import OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.ledger import bundle, canonical, manifest, merkle, packing, papers, records
from consult.ledger.definition import Definition, contest_of
from consult.ledger.definition import Question as DefinedQuestion
from consult.model.ballots import Ballot, Question
from consult.model.results import Manifest, QuestionResult
from consult.service import ballots, reconciliation, substantive
from consult.service.act import Act, act
from consult.service.audit import to_the_second


@dataclass(frozen=True)
class Counted:
    """One question counted: the definition's question, the papers, the count, its picture and what was said of it."""

    question: Question
    defined: DefinedQuestion
    papers: papers.Papers
    count: Count
    outcome: str
    verdict: str


@act(Permission.BALLOT_COUNT, Event.BALLOT_COUNTED)
def count_ballot(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Manifest:
    """Count every question twice, compare, and make the manifest that the committee will sign.

    Raises:
        OutOfOrder: if the ballot is not reconciled, or any two counts of one rule differ: then nothing can be certified.
    """
    act.step(ballot, "count")
    made = ballots.definition_of(ballot)
    counted = [_count(act.session, question, made, ballot.seed) for question in ballot.questions]
    for each in counted:
        act.session.add(
            QuestionResult(
                question_id=each.question.id,
                count=each.count.as_json(),
                hash=each.count.hash,
                second_hash=each.count.hash,
                package_verdict=each.verdict[:300],
                needed_lot=each.count.needed_lot,
                outcome=each.outcome,
            )
        )
    replays = substantive.decide(act.session, ballot, {c.question.id: c.count for c in counted})
    files = _files(act.session, ballot, made, counted, replays)
    result = _manifest(act.session, ballot, made, counted, files)
    files[bundle.README] = bundle.readme(result, published=any(name.startswith("ballots/") for name in files))
    result = _manifest(act.session, ballot, made, counted, files)
    row = Manifest(
        ballot_id=ballot.id,
        content=result.dumps(),
        hash=canonical.sha256(result.dumps()),
        parts=packing.pack(files),
        decisions={str(replay.motion_id): replay.to_json() for replay in replays},
        created_at=at,
    )
    act.session.add(row)
    act.data = {"manifest": row.hash, "results": {c.question.key: c.count.hash for c in counted}}
    for member in ballots.holders(act.session, Role.GOVERNANCE, at):
        once = f"signature-wanted:{ballot.id}:{row.hash[:16]}:{member.id}"
        act.notify("signature-wanted", member, once=once, ballot=ballot.id, title=ballot.title)
    return row


def _count(session: Session, question: Question, made: Definition, seed: str | None) -> Counted:
    defined = made.question(question.key)
    groups = reconciliation.groups_of(session, question)
    gathered = papers.gather(made.id, question.key, groups)
    contest = contest_from(contest_of(made, defined, withdrawn_of(question)))
    votes = papers_from((tuple(group.pattern), group.votes) for group in gathered.groups)  # type: ignore[misc]
    first = count(question.method, contest, votes, seed)
    second = recount(question.method, contest, votes, seed)
    if differences := agree(first, second):
        raise OutOfOrder(
            f"The two counts of “{question.title}” differ, so nothing can be certified. Keep everything as it is and "
            f"report it: {' '.join(differences[:3])}"
        )
    verdict = _package_verdict(contest, votes, first)
    return Counted(question, defined, gathered, first, outcome_words(first), verdict)


def _package_verdict(contest: Contest, votes: list[Group], first: Count) -> str:
    """What the independent package says of an IRV count; where it applies it must agree."""
    said = compare(contest, votes, first)
    if said.stands_in_the_way:
        raise OutOfOrder(
            f"The independent package disagrees with our count, so nothing can be certified. {said.sentence}"
        )
    return said.sentence


def withdrawn_of(question: Question) -> list[str]:
    """The keys of options that withdrew during the poll."""
    return [option.key for option in question.options if option.withdrawn]


def _files(
    session: Session,
    ballot: Ballot,
    made: Definition,
    counted: list[Counted],
    replays: list[substantive.Replayed],
) -> dict[str, bytes]:
    """Every file of the bundle but README, manifest and signatures."""
    board = reconciliation.board(session, ballot)
    files = {
        bundle.DEFINITION: made.bytes,
        bundle.ROLL: _roll_summary(session, ballot),
        bundle.BOARD: records.write_board(board),
        bundle.HEADS: records.write_heads(merkle.Tree(board), [(to_the_second(ballot.last_instant), len(board))]),
    }
    for each in counted:
        files[f"rounds/{each.defined.key}.json"] = canonical.dumps(each.count.as_json())
        files[f"charts/{each.defined.key}.svg"] = svg.stage_bars(each.count, each.count.stages[-1]).encode()
        if published(ballot, each.papers):
            files[f"ballots/{each.defined.key}.json"] = papers.dumps(each.papers)
    for replay in replays:
        for digest, text in replay.texts.items():
            files[f"text/{digest}.json"] = text
        files[f"replay/motion-{replay.motion_id}.json"] = canonical.dumps(replay.to_bundle())
    return files


def published(ballot: Ballot, gathered: papers.Papers) -> bool:
    """Whether the declared rule publishes the papers of a question."""
    return ballot.publication == "all-papers" or (ballot.publication == "ten-copies" and gathered.safe)


def _roll_summary(session: Session, ballot: Ballot) -> bytes:
    roll = ballot.roll
    if roll is None:
        raise OutOfOrder("This ballot has no electoral roll.")
    words = f"{roll.title}, frozen on {to_the_second(roll.frozen_at)}"
    return records.RollSummary(words, roll.hash, roll.size, ballot.marked or 0, {}).dumps()


def _manifest(
    session: Session, ballot: Ballot, made: Definition, counted: list[Counted], files: dict[str, bytes]
) -> manifest.Manifest:
    opened, marked = ballot.opened or 0, ballot.marked or 0
    return manifest.Manifest(
        ballot=made.id,
        title=made.title,
        definition=made.hash,
        texts=tuple(sorted({question.text for question in made.questions if question.text})),
        roll=made.roll.hash,
        roll_size=made.roll.size,
        marked=marked,
        closed=to_the_second(ballot.last_instant),
        papers=manifest.Papers(opened, opened, sealed_by_server=min(ballot.sealed_by_server or 0, opened)),
        board=manifest.Board(ballot.envelope_root or "", marked, opened, refused=ballot.refused or 0),
        questions=tuple(_result(each) for each in counted),
        lot=_lot(session, ballot),
        files=bundle.hashes(files),
        software=f"consult {__version__}",
    )


def _result(each: Counted) -> manifest.QuestionResult:
    labels = each.count.labels
    return manifest.QuestionResult(
        key=each.defined.key,
        title=each.defined.title,
        method=each.defined.method,
        version=each.defined.version,
        papers=canonical.sha256(papers.dumps(each.papers)),
        result=each.count.hash,
        winners=tuple(labels[i] for i in each.count.winners),
        outcome=each.outcome,
        withdrawn=tuple(withdrawn_of(each.question)),
    )


def _lot(session: Session, ballot: Ballot) -> manifest.LotDrawn:
    shares = reconciliation.shares_of(ballot, session)
    return manifest.LotDrawn(
        seed=ballot.seed,
        value=ballot.lot_value,
        commitments={str(share.member_id): share.commitment for share in shares},
        reveals={
            str(s.member_id): {"value": s.value, "salt": s.salt}
            for s in shares
            if s.value is not None and s.salt is not None
        },
    )
