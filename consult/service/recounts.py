"""Recounts: asked for by a candidate or scrutineer, made by the returning officer; and scrutineers' own, signed off line."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.timetable import written
from consult.ledger import canonical, papers, signatures
from consult.ledger import recounts as ledger_recounts
from consult.model.ballots import Ballot, BallotKey
from consult.model.desk import Recount, SignedRecount
from consult.model.results import QuestionResult, SigningKey
from consult.model.store import db
from consult.service import ballots, counts, polls_due, unsealing
from consult.service.act import Act, act


@act(Permission.RECOUNT_ASK, Event.RECOUNT_ASKED)
def ask(ballot: Ballot, reason: str, *, by: Actor, at: datetime, act: Act) -> Recount:
    """Ask for a recount, from the provisional result to the end of the declared window.

    Raises:
        OutOfOrder: before the count or after the window.
        Invalid: without a reason.
    """
    until = ballot.complaints_until
    if ballot.state != "counted" or until is None or at >= until:
        end = f" The window ended on {written(until)}." if until is not None else ""
        raise OutOfOrder(f"A recount can be asked for from the provisional result until the window ends.{end}")
    if len(reason.strip()) < 10:
        sentence = "Say why, in a sentence: it stands on the record."
        raise Invalid(sentence, {"reason": sentence})
    recount = Recount(ballot_id=ballot.id, asked_by_id=by.member_id, asked_at=at, reason=reason.strip())
    act.session.add(recount)
    act.note(ballot=ballot.id)
    for member in ballots.holders(act.session, Role.RETURNING_OFFICER, at):
        act.session.flush()
        once = f"recount-asked:{recount.id}:{member.id}"
        act.notify("recount-asked", member, once=once, ballot=ballot.id, title=ballot.title)
    return recount


@act(Permission.BALLOT_COUNT, Event.RECOUNT_MADE)
def make(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Make every recount that was asked for: open the envelopes once more where the server can, and count twice again.

    What it comes to is put on the record whether it agrees or not; a recount that does not agree stops the certificate.

    Raises:
        OutOfOrder: if none waits, or the poll has to be held again.
    """
    polls_due.require_none(ballot, act.session)
    waiting = [each for each in listed(ballot, act.session) if each.done_at is None]
    if not waiting or ballot.state != "counted":
        raise OutOfOrder("No recount waits to be made.")
    findings = _findings(act.session, ballot)
    agrees = all(same for same, _ in findings)
    for each in waiting:
        each.done_by_id, each.done_at, each.agrees = by.member_id, at, agrees
        each.finding = " ".join(words for _, words in findings)
    act.note(recounts=[each.id for each in waiting], agrees=agrees)
    return ballot


def _findings(session: Session, ballot: Ballot) -> list[tuple[bool, str]]:
    found = []
    first = unsealing.openings_of(ballot, session)[0]
    if session.get(BallotKey, ballot.id) is not None:
        again = unsealing.open_again(session, ballot)
        same = again == first.opened_hash
        words = "gave the same papers" if same else "GAVE OTHER PAPERS"
        found.append((same, f"The envelopes were opened once more and {words}."))
    else:
        found.append((True, "The envelopes were not opened again: their key is not on this server."))
    for each in counts.count_all(session, ballot):
        before = session.get_one(QuestionResult, each.question.id)
        same = before.hash == each.count.hash
        words = "the same result" if same else "ANOTHER RESULT"
        found.append((same, f"“{each.question.title}” was counted twice more, with {words}."))
    return found


def listed(ballot: Ballot, session: Session | None = None) -> list[Recount]:
    """The recounts asked for, in order."""
    query = select(Recount).where(Recount.ballot_id == ballot.id).options(joinedload(Recount.asked_by))
    return list((session or db.session()).scalars(query.order_by(Recount.id)))


# -- scrutineers' own ------------------------------------------------------------------------------------------------


def papers_file(ballot: Ballot, key: str) -> bytes:
    """The full file of the papers of a question, as scrutineers hold it: the bytes whose hash the certificate names.

    Raises:
        NotFound: before the opening, or for a question that is not on the paper.
    """
    question = next((each for each in ballot.questions if each.key == key), None)
    if question is None or ballot.opened is None:
        raise NotFound("There are no opened papers of this question.")
    made = ballots.definition_of(ballot)
    return papers.dumps(papers.gather(made.id, key, unsealing.groups_of(db.session(), question)))


def _expected(ballot: Ballot, session: Session) -> list[ledger_recounts.Question]:
    query = select(QuestionResult).where(QuestionResult.question_id.in_([q.id for q in ballot.questions]))
    results = {result.question_id: result for result in session.scalars(query)}
    made = ballots.definition_of(ballot)
    listed = []
    for question in ballot.questions:
        gathered = papers.gather(made.id, question.key, unsealing.groups_of(session, question))
        digest = canonical.sha256(papers.dumps(gathered))
        listed.append(ledger_recounts.Question(question.key, digest, results[question.id].hash))
    return listed


@act(Permission.RECOUNT_SIGN, Event.RECOUNT_SIGNED)
def sign(ballot: Ballot, data: bytes, *, by: Actor, at: datetime, act: Act) -> SignedRecount:
    """Take a scrutineer's recount, made and signed away from this server (`consult recount`).

    It goes into the bundle. One that comes to something else is taken as well: it stops the certificate.

    Raises:
        OutOfOrder: unless the result is provisional, or one's recount is there already.
        Invalid: if it cannot be read, is of another ballot, or its signature does not hold.
        NotAllowed: if the key is not one that the definition names for a scrutineer, or not one's own.
    """
    if ballot.state != "counted":
        raise OutOfOrder("Recounts are signed while the result is provisional, before the certificate is drawn up.")
    if act.session.get(SignedRecount, (ballot.id, by.member_id)) is not None:
        raise OutOfOrder("You have signed a recount of this ballot already.")
    read = ledger_recounts.read(data)
    made = ballots.definition_of(ballot)
    registered = act.session.scalars(select(SigningKey).where(SigningKey.public_key == read.key)).one_or_none()
    if registered is None or registered.member_id != by.member_id:
        raise Invalid("This recount is signed with a key that is not registered as yours.", {"file": "Not your key."})
    if read.key not in {each.key for each in made.scrutineers}:
        raise NotAllowed("Your key was not among the scrutineers' keys named before this ballot opened.")
    if not read.holds:
        sentence = "The signature does not fit the recount: the file was altered after it was signed."
        raise Invalid(sentence, {"file": sentence})
    if (read.recounted.ballot, read.recounted.definition) != (made.id, made.hash):
        sentence = "This recount is of another ballot."
        raise Invalid(sentence, {"file": sentence})
    agrees = list(read.recounted.questions) == _expected(ballot, act.session)
    signed = SignedRecount(
        ballot_id=ballot.id,
        member_id=by.member_id,
        key_id=registered.id,
        content=read.content,
        value=read.signature,
        agrees=agrees,
        at=at,
    )
    act.session.add(signed)
    act.note(agrees=agrees, fingerprint=signatures.fingerprint(read.key))
    return signed


def signed(ballot: Ballot, session: Session | None = None) -> list[SignedRecount]:
    """The scrutineers' recounts, in the order of their keys."""
    query = (
        select(SignedRecount)
        .where(SignedRecount.ballot_id == ballot.id)
        .join(SigningKey, SigningKey.id == SignedRecount.key_id)
        .options(joinedload(SignedRecount.member), joinedload(SignedRecount.key))
        .order_by(SigningKey.public_key)
    )
    return list((session or db.session()).scalars(query))


def read_back(row: SignedRecount) -> ledger_recounts.Signed:
    """A scrutineer's recount as the bundle holds it."""
    return ledger_recounts.signed_of(row.content, row.key.public_key, row.value)
