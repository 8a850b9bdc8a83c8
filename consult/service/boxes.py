"""The box of a sealed ballot, reconciled and frozen, carried off line without names, and opened twice to one hash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from heapq import merge

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, OutOfOrder, Refused
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.ledger import canonical, envelopes, opening, transcripts
from consult.ledger.definition import Definition
from consult.ledger.opening import CHALLENGED, Header, Opened, Transcript
from consult.model.ballots import Ballot, Envelope
from consult.model.boxes import BoxOpening
from consult.model.rolls import RollEntry
from consult.model.store import db
from consult.service import ballots, ceremonies, challenges, paper_ballots, polls_due, unit_names, unsealing
from consult.service.act import Act, act


@act(Permission.ENVELOPES_OPEN, Event.BOX_FROZEN)
def freeze(ballot: Ballot, lot_value: str, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Fix the lot's seed before anybody opens anything; from here the file of envelopes can be fetched.

    The ballot stays reconciled until two openings have come to one hash.

    Raises:
        Invalid: without the public value.
        OutOfOrder: if the ballot is not sealed and reconciled, is frozen already, its poll has to be held again, or a
        challenged ballot is not decided.
    """
    _require_sealed(ballot)
    polls_due.require_none(ballot, act.session)
    if ballot.seed is not None:
        raise OutOfOrder("The box is frozen already; the file of envelopes can be fetched.")
    unsealing.require_decided(act.session, ballot)
    silent = unsealing.fix_seed(act, ballot, lot_value)
    act.note(marked=ballot.marked, root=ballot.envelope_root, seed=ballot.seed, did_not_reveal=list(silent))
    return ballot


def _require_sealed(ballot: Ballot) -> None:
    if ballot.level != "sealed":
        raise OutOfOrder("The envelopes of this ballot are opened on this server, not off line.")
    if ballot.state != "reconciled":
        raise OutOfOrder(
            f"This ballot is {ballot.state}: its box is frozen and opened after it is reconciled, before the count."
        )


def _require_frozen(ballot: Ballot) -> None:
    _require_sealed(ballot)
    if ballot.seed is None:
        raise OutOfOrder("The box must be frozen first: the seed of the lot is fixed before anybody opens anything.")


def box(ballot: Ballot) -> Iterator[bytes]:
    """The file of envelopes, piece by piece: without names, in the order of their hashes, those from paper among the rest.

    Raises:
        OutOfOrder: before the box is frozen, once the papers are opened, and where the poll has to be held again.
    """
    _require_frozen(ballot)
    session, made = db.session(), ballots.definition_of(ballot)
    polls_due.require_none(ballot, session)
    top = header(session, ballot, made)
    places = {name: number for number, name in enumerate(top.units, 1)}
    plain = ((sealed, places.get(unit, 0)) for sealed, unit in unsealing.in_box(session, ballot))
    challenged = ((sealed, places.get(unit, 0) | CHALLENGED) for sealed, unit in unsealing.admitted(session, ballot))
    on_paper = ((sealed, 0) for sealed in _on_paper(session, ballot))
    records = merge(plain, challenged, on_paper, key=lambda record: envelopes.leaf(record[0]))
    return opening.write(top, ((unit, sealed) for sealed, unit in records))


def header(session: Session, ballot: Ballot, made: Definition) -> Header:
    """The first line of the file of envelopes."""
    public = ceremonies.public_part(ballot, session)
    if public is None:
        raise OutOfOrder("This ballot has no key ceremony.")
    by_unit = any(question.settings.get("by_unit") for question in made.questions)
    admitted = len(challenges.receipts(ballot, session))
    units = _units(session, ballot) if by_unit else ()
    papers = len(_on_paper(session, ballot))
    whole = _in_box(session, ballot) + admitted + papers
    return Header(public, made, whole, _root(session, ballot), units, admitted, papers)


def _in_box(session: Session, ballot: Ballot) -> int:
    query = select(func.count()).select_from(Envelope).where(Envelope.ballot_id == ballot.id)
    return session.scalar(query) or 0


def _root(session: Session, ballot: Ballot) -> str:
    plain = (envelopes.leaf(sealed) for sealed, _ in unsealing.in_box(session, ballot))
    on_paper = (envelopes.leaf(sealed) for sealed in _on_paper(session, ballot))
    return opening.root(merge(plain, challenges.receipts(ballot, session), on_paper))


def _on_paper(session: Session, ballot: Ballot) -> list[bytes]:
    """The sealed papers that were entered, in the order of their hashes: their serials say no more of who they are."""
    return sorted((sealed for sealed, _ in paper_ballots.sealed(session, ballot)), key=envelopes.leaf)


def _units(session: Session, ballot: Ballot) -> tuple[str, ...]:
    called = unit_names.at_instant(session, ballot.roll.frozen_at if ballot.roll is not None else None)
    on_roll = select(RollEntry.unit_id).where(RollEntry.roll_id == ballot.roll_id).distinct()
    names = {called[unit_id] for unit_id in session.scalars(on_roll)}
    return tuple(sorted(names | {unit for _, unit in unsealing.admitted(session, ballot)}))


@act(Permission.ENVELOPES_OPEN, Event.BOX_OPENED)
def record(ballot: Ballot, papers: bytes, transcript: bytes, *, by: Actor, at: datetime, act: Act) -> BoxOpening:
    """Put an opening on the record; when two, on two machines, have come to one hash, the papers are taken in.

    Openings that differ stand on the record side by side, and nothing is counted until two agree.

    Raises:
        Invalid: a file that cannot be read, or is of another box, or a transcript that is of other papers.
        OutOfOrder: the same opening twice, a box that is not frozen, or a poll that has to be held again.
    """
    _require_frozen(ballot)
    polls_due.require_none(ballot, act.session)
    opened, said = _read(act.session, ballot, papers, transcript)
    earlier = recorded(ballot, act.session)
    if any(row.machine == said.machine for row in earlier):
        raise OutOfOrder("This very opening is on the record already. Open the box again, on another machine.")
    row = BoxOpening(
        ballot_id=ballot.id,
        number=len(earlier) + 1,
        machine=said.machine,
        opened_hash=canonical.sha256(papers),
        transcript=transcript.decode(),
        recorded_at=at,
        recorded_by_id=by.member_id,
    )
    act.session.add(row)
    act.note(machine=said.machine[:16], opened=row.opened_hash, number=row.number)
    if any(other.opened_hash == row.opened_hash for other in earlier):
        _take_in(act, ballot, opened, row.opened_hash)
    return row


def _read(session: Session, ballot: Ballot, papers: bytes, transcript: bytes) -> tuple[Opened, Transcript]:
    """Both files, checked against each other and against the box."""
    made = ballots.definition_of(ballot)
    try:
        said = transcripts.read(transcript)
    except Refused as refusal:
        raise Invalid(str(refusal), {"transcript": str(refusal)}) from refusal
    try:
        opened = opening.read_opened(papers, made)
    except Refused as refusal:
        raise Invalid(str(refusal), {"opened": str(refusal)}) from refusal
    top = header(session, ballot, made)
    same = ("envelopes", "challenged", "on_paper", "root")
    if any(getattr(opened, name) != getattr(top, name) for name in same):
        sentence = (
            "These papers came out of another box: the number of its envelopes or their root is not that of this one."
        )
        raise Invalid(sentence, {"opened": sentence})
    if differ := opening.differences(said, opened, papers):
        raise Invalid(differ[0], {"transcript": differ[0]})
    return opened, said


def _take_in(act: Act, ballot: Ballot, opened: Opened, papers: str) -> None:
    """The papers that two openings agree on become those that are counted.

    Nothing tells a vote that came on paper from another in the box; each was sealed here from two entries alike, so that
    what does not open is laid to the envelopes.
    """
    act.step(ballot, "open envelopes")
    if opened.on_paper != (ballot.on_paper or 0):
        raise OutOfOrder(
            f"{ballot.on_paper or 0} papers were entered when the box was reconciled, but {opened.on_paper} are in it now. "
            "Nothing was kept."
        )
    of_challenged = sum(number for kind, number in opened.refused.items() if kind.startswith("challenged: "))
    ballot.refused = sum(opened.refused.values()) - of_challenged
    ballot.opened = opened.envelopes - opened.challenged - opened.on_paper - ballot.refused
    for question, found in zip(ballot.questions, opened.questions, strict=True):
        unsealing.keep_papers(act.session, question, Counter({group.pattern: group.papers for group in found.groups}))
    act.record(
        Event.ENVELOPES_OPENED,
        ballot,
        opened=ballot.opened,
        refused=ballot.refused,
        challenged=opened.challenged - of_challenged,
        challenged_unreadable=of_challenged,
        on_paper=opened.on_paper,
        papers=papers,
        root=ballot.envelope_root,
        seed=ballot.seed,
    )


def recorded(ballot: Ballot, session: Session | None = None) -> list[BoxOpening]:
    """The openings on the record, in their order."""
    query = select(BoxOpening).where(BoxOpening.ballot_id == ballot.id).order_by(BoxOpening.number)
    return list((session or db.session()).scalars(query))


def transcripts_of(ballot: Ballot, session: Session) -> list[bytes]:
    """The transcripts of openings off line, byte for byte, for the bundle."""
    return [row.transcript.encode() for row in recorded(ballot, session) if row.transcript]
