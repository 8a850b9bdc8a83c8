"""The certificate: what is still waited for before it is drawn up, the files of the bundle, and the manifest to sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from consult import __version__
from consult.counting import svg
from consult.counting.data import contest_from, papers_from
from consult.counting.fast import pairwise
from consult.counting.methods import METHODS
from consult.domain.errors import OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.timetable import written
from consult.ledger import bundle, canonical, manifest, merkle, packing, pairs, papers, records, withholding
from consult.ledger import recounts as ledger_recounts
from consult.ledger import votes as ledger_votes
from consult.ledger.definition import Definition, contest_of
from consult.ledger.definition import Roll as DefinedRoll
from consult.model.ballots import Ballot, Envelope
from consult.model.boxes import RecordedVote
from consult.model.desk import Complaint, Recount, SignedRecount
from consult.model.proposed_falls import ProposedFall
from consult.model.results import Manifest, QuestionResult
from consult.model.rolls import RollEntry
from consult.model.store import db
from consult.service import (
    ballots,
    boards,
    boxes,
    candidates,
    challenges,
    complaints,
    counts,
    electorate,
    extensions,
    materiality,
    open_votes,
    polls_due,
    reconciliation,
    recounts,
    substantive,
    unit_names,
    unsealing,
)
from consult.service.act import Act, act
from consult.service.audit import to_the_second
from consult.service.counts import Counted
from consult.verifier import standalone


def missing(ballot: Ballot, at: datetime, session: Session | None = None) -> list[str]:
    """What a counted ballot still waits for before its certificate is drawn up, as sentences; none: it can be."""
    session = session or db.session()
    waits = []
    until = ballot.complaints_until
    if until is not None and at < until:
        waits.append(f"Complaints and requests for a recount are taken until {written(until)}.")
    open_complaints = _number(session, Complaint, ballot, Complaint.decided_at.is_(None))
    if open_complaints:
        waits.append(
            "1 complaint waits for the complaints panel."
            if open_complaints == 1
            else f"{open_complaints:,} complaints wait for the complaints panel."
        )
    if _number(session, Complaint, ballot, Complaint.outcome == "upheld: not to be certified"):
        waits.append("The complaints panel has decided that this result may not be certified: the ballot is annulled.")
    open_recounts = _number(session, Recount, ballot, Recount.done_at.is_(None))
    if open_recounts:
        waits.append(f"{open_recounts} recounts that were asked for are not made yet.")
    if _number(session, Recount, ballot, Recount.agrees.is_(False)):
        waits.append("A recount came to another result: nothing can be certified until the reason is found.")
    if _number(session, SignedRecount, ballot, SignedRecount.agrees.is_(False)):
        waits.append(
            "A scrutineer's recount came to another result: nothing can be certified until the reason is found."
        )
    signed = _number(session, SignedRecount, ballot, SignedRecount.agrees.is_(True))
    if signed < ballot.recounts_needed:
        waits.append(f"{signed} of {ballot.recounts_needed} scrutineers have signed a recount of their own.")
    falls = _number(session, ProposedFall, ballot, ProposedFall.decided_at.is_(None))
    if falls:
        waits.append(f"{falls} proposed falls of amendments are not confirmed yet.")
    return waits


def _number(session: Session, table: type, ballot: Ballot, condition: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(table).where(table.ballot_id == ballot.id, condition)  # type: ignore[attr-defined]
    return session.scalar(query) or 0


@act(Permission.RESULT_DRAW_UP, Event.RESULT_DRAWN_UP)
def draw_up(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Draw up the certificate once nothing is waited for any more; from here the committee can sign.

    Every question is counted once more, and must come to what was counted before.

    Raises:
        OutOfOrder: naming everything that is still waited for, or a count that came out otherwise.
    """
    if ballot.state == "counted" and (waits := missing(ballot, at, act.session)):
        raise OutOfOrder(f"The certificate cannot be drawn up yet. {' '.join(waits)}")
    row = draw(act, ballot, counts.count_all(act.session, ballot))
    act.note(manifest=row.hash)
    return ballot


def draw(act: Act, ballot: Ballot, counted: Sequence[Counted], *, check_permission: bool = True) -> Manifest:
    """Take the step, write every file of the bundle and the manifest over them, and call those who may sign."""
    polls_due.require_none(ballot, act.session)
    act.step(ballot, "draw up", check_permission=check_permission)
    for each in counted:
        before = act.session.get_one(QuestionResult, each.question.id)
        if before.hash != each.count.hash:
            raise OutOfOrder(f"“{each.question.title}” does not come to what was counted before. Nothing was drawn up.")
    made = ballots.definition_of(ballot)
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
        created_at=act.at,
    )
    act.session.add(row)
    for member in ballots.holders(act.session, Role.GOVERNANCE, act.at):
        once = f"signature-wanted:{ballot.id}:{row.hash[:16]}:{member.id}"
        act.notify("signature-wanted", member, once=once, ballot=ballot.id, title=ballot.title)
    return row


def _files(
    session: Session,
    ballot: Ballot,
    made: Definition,
    counted: Sequence[Counted],
    replays: list[substantive.Replayed],
) -> dict[str, bytes]:
    """Every file of the bundle but README, manifest and signatures."""
    files = {bundle.DEFINITION: made.bytes, bundle.ROLL: _roll_summary(session, ballot)}
    files |= _secrecy(session, ballot, made)
    for each in counted:
        files[f"rounds/{each.defined.key}.json"] = canonical.dumps(withholding.redacted(each.count.as_json()))
        files[f"charts/{each.defined.key}.svg"] = svg.stage_bars(each.count, each.count.stages[-1]).encode()
        if published(ballot, each.papers):
            files[f"ballots/{each.defined.key}.json"] = papers.dumps(each.papers)
        elif METHODS[each.defined.method].form in ("rank", "rank-ties"):
            files[f"pairwise/{each.defined.key}.json"] = _pairwise(
                made, electorate.roll_of(ballot, made, session), each
            )
    files[bundle.MATERIALITY] = _materiality(session, ballot, counted)
    if receipts := challenges.receipts(ballot, session):
        files[bundle.CHALLENGED] = records.write_board(receipts)
    if signed := recounts.signed(ballot, session):
        files[bundle.RECOUNTS] = ledger_recounts.write(recounts.read_back(each) for each in signed)
    files |= candidates.files_of(ballot, made)
    files[bundle.VERIFIER] = standalone.source()
    for replay in replays:
        for digest, text in replay.texts.items():
            files[f"text/{digest}.json"] = text
        files[f"replay/motion-{replay.motion_id}.json"] = canonical.dumps(replay.to_bundle())
    return files


def _secrecy(session: Session, ballot: Ballot, made: Definition) -> dict[str, bytes]:
    """The files that depend on the level: the board and its heads, the transcripts of the openings, or the open votes."""
    if ballot.level == "recorded":
        votes = open_votes.all_votes(session, ballot, made)
        return {bundle.HEADS: records.write_heads(merkle.Tree(), []), bundle.VOTES: ledger_votes.dumps(made, votes)}
    leaves = boards.leaves(ballot, session)
    moments = [(to_the_second(head.at), head.size, head.signature) for head in boards.all_heads(ballot, session)]
    files = {
        bundle.BOARD: records.write_board(leaves),
        bundle.HEADS: records.write_heads(merkle.Tree(leaves), moments),
    }
    for number, transcript in enumerate(boxes.transcripts_of(ballot, session), 1):
        files[f"openings/{number}.json"] = transcript
    return files


def _pairwise(made: Definition, roll: DefinedRoll, each: Counted) -> bytes:
    """How many papers prefer each option to each other: public where the papers themselves are not."""
    contest = contest_from(contest_of(made, each.defined, counts.withdrawn_of(each.question), roll))
    votes = papers_from((tuple(group.pattern), group.votes) for group in each.papers.groups)  # type: ignore[misc]
    table, _ = pairwise.compare(contest, votes)
    return pairs.write(each.defined, table)


def published(ballot: Ballot, gathered: papers.Papers) -> bool:
    """Whether the declared rule publishes the papers of a question."""
    return ballot.publication == "all-papers" or (ballot.publication == "ten-copies" and gathered.safe)


def _roll_summary(session: Session, ballot: Ballot) -> bytes:
    roll = ballot.roll
    if roll is None:
        raise OutOfOrder("This ballot has no electoral roll.")
    words = f"{roll.title}, frozen on {to_the_second(roll.frozen_at)}"
    size = electorate.size(ballot, session)
    return records.RollSummary(words, roll.hash, size, ballot.marked or 0, _by_unit(session, ballot)).dumps()


def _by_unit(session: Session, ballot: Ballot) -> dict[str, tuple[int, int]]:
    """Unit → (on the roll, marked), without the small, the unanimous and what could be found by subtraction."""
    kept = RecordedVote if ballot.level == "recorded" else Envelope
    voted = (kept.ballot_id == ballot.id) & (kept.member_id == RollEntry.member_id)
    query = (
        select(RollEntry.unit_id, func.count(), func.count(kept.member_id))
        .select_from(RollEntry)
        .outerjoin(kept, voted)
        .where(RollEntry.roll_id == ballot.roll_id, RollEntry.member_id.not_in(electorate.outside(ballot, session)))
        .group_by(RollEntry.unit_id)
    )
    names = unit_names.at_instant(session, ballot.roll.frozen_at if ballot.roll is not None else None)
    found = {names[unit_id]: (int(size), int(marked)) for unit_id, size, marked in session.execute(query)}
    everybody = {name for name, (size, marked) in found.items() if size == marked}
    hidden = withholding.withheld({name: (marked,) for name, (_, marked) in found.items()}, everybody, unanimous=False)
    return {name: figures for name, figures in found.items() if name not in hidden}


def _materiality(session: Session, ballot: Ballot, counted: Sequence[Counted]) -> bytes:
    return materiality.measure(ballot, [(each.question, each.count) for each in counted], session).dumps()


def _manifest(
    session: Session, ballot: Ballot, made: Definition, counted: Sequence[Counted], files: dict[str, bytes]
) -> manifest.Manifest:
    challenged = _challenged(session, ballot)
    opened, marked, on_paper = ballot.opened or 0, ballot.marked or 0, ballot.on_paper or 0
    read = opened + on_paper + challenged.admitted - challenged.unreadable
    by_server = (ballot.sealed_by_server or 0) + challenges.sealed_by_server(ballot, session)
    by_server = min(by_server, read - on_paper)
    votes = counted[0].papers.votes if made.level == "recorded" else read
    return manifest.Manifest(
        ballot=made.id,
        title=made.title,
        level=made.level,
        definition=made.hash,
        texts=tuple(sorted({question.text for question in made.questions if question.text})),
        roll=made.roll.hash,
        roll_size=made.roll.size,
        marked=marked,
        closed=to_the_second(ballot.last_instant),
        papers=manifest.Papers(read, votes, sealed_by_server=by_server, on_paper=on_paper),
        board=_board(session, ballot),
        questions=tuple(_result(each) for each in counted),
        lot=_lot(session, ballot),
        files=bundle.hashes(files),
        software=f"consult {__version__}",
        challenged=challenged,
        desk=_desk(session, ballot),
        rerun_of=made.rerun_of,
        changes=tuple(electorate.changes_of(ballot, session)),
        format=manifest.OF_BALLOT[made.format],
    )


def _challenged(session: Session, ballot: Ballot) -> manifest.Challenged:
    figures = challenges.figures(ballot, session)
    return manifest.Challenged(
        cast=figures.cast,
        admitted=figures.admitted,
        refused=figures.refused,
        unreadable=unsealing.unreadable_challenges(session, ballot),
        root=merkle.root(challenges.receipts(ballot, session)).hex(),
        rolls=tuple(batch.hash for batch in challenges.batches(ballot, session)),
    )


def _desk(session: Session, ballot: Ballot) -> manifest.Desk:
    complained, asked = complaints.figures(ballot, session), recounts.listed(ballot, session)
    return manifest.Desk(
        complaints=complained.made,
        upheld=complained.upheld,
        undecided=complained.undecided,
        affected=complained.affected,
        recounts_asked=len(asked),
        recounts_made=sum(each.done_at is not None for each in asked),
        turned_away=sum(materiality.turned_away(ballot, session).values()),
        extended=tuple(to_the_second(each.closes_at) for each in extensions.of(ballot, session) if each.agreed_at),
        provisional=to_the_second(ballot.counted_at) if ballot.counted_at else None,
    )


def _board(session: Session, ballot: Ballot) -> manifest.Board | None:
    """The board at the close: receipts of envelopes that their voters replaced stand on it as well."""
    if ballot.envelope_root is None:
        return None
    opened, superseded, refused = ballot.opened or 0, ballot.superseded or 0, ballot.refused or 0
    last = boards.newest(ballot, session)
    leaves = last.size if last is not None else 0
    return manifest.Board(ballot.envelope_root, leaves, opened, superseded=superseded, refused=refused)


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
        withdrawn=tuple(counts.withdrawn_of(each.question)),
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
