"""Casting: one voter, one sealed envelope, one statement; and what a voter is told before and after.

Casting passes permission and the clock like every act, but writes only the envelope: no audit event, no notice and no
time of its own, because an ordered record of who voted when would lead from voters to votes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError, TimeoutError
from sqlalchemy.orm import Session

from consult.counting.methods import METHODS
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder, Refused, Unavailable
from consult.domain.timetable import written
from consult.ledger import definition as ledger_definition
from consult.ledger.definition import PUBLIC_KEY, Definition, Question
from consult.ledger.envelopes import Answer, EnvelopeRefused, check_length, public_key, read_receipt, readable, seal
from consult.model.ballots import Ballot, Envelope
from consult.model.boxes import RecordedVote
from consult.model.roll_changes import still_on
from consult.model.rolls import RollEntry
from consult.model.store import DATABASE_CLOCK, Instant, alone, db, let_go, writing
from consult.service import box, clock, replacing


def _facts_statement(dialect: str) -> Any:
    return (
        select(
            Ballot.state,
            Ballot.opens_at,
            Ballot.closes_at,
            Ballot.grace_minutes,
            Ballot.definition_hash,
            RollEntry.member_id.label("on_roll"),
            Envelope.receipt,
            Envelope.retry_key,
            Envelope.sealed_by,
            literal_column(DATABASE_CLOCK[dialect], Instant).label("now"),
        )
        .select_from(Ballot)
        .outerjoin(
            RollEntry,
            (RollEntry.roll_id == Ballot.roll_id) & (RollEntry.member_id == bindparam("member")) & still_on(),
        )
        .outerjoin(Envelope, (Envelope.ballot_id == Ballot.id) & (Envelope.member_id == bindparam("member")))
        .where(Ballot.id == bindparam("ballot"))
    )


_FACTS = {dialect: _facts_statement(dialect) for dialect in DATABASE_CLOCK}

NO_ENVELOPE = (
    "What your browser sent is not a sealed vote: it does not begin with a point of the curve P-256. Nothing was cast; open "
    "the paper and begin again."
)

#: Parsed definitions by ballot and hash: they never change.
_definitions: dict[tuple[int, str], Definition] = {}


@dataclass(frozen=True)
class Receipt:
    """What a voter keeps: the hash of the sealed envelope, as it is spoken and written."""

    ballot_id: int
    code: str
    sealed_by: str
    #: Whether this answers a form that had been sent before.
    again: bool = False

    @property
    def digest(self) -> str:
        """The same hash as 64 hexadecimal digits."""
        return read_receipt(self.code).hex()


class AlreadyVoted(Refused):
    """This member's envelope is there already, from another form."""

    status = 409


def definition(ballot_id: int, hash_: str) -> Definition:
    """The fixed definition of a ballot; read once a process while it is asked for by its hash.

    Raises:
        NotFound, OutOfOrder: if there is no such ballot, or it is still being prepared.
    """
    known = _definitions.get((ballot_id, hash_))
    if known is not None:
        return known
    let_go()
    with alone(db.engine) as connection:
        row = connection.execute(select(Ballot.definition).where(Ballot.id == ballot_id)).one_or_none()
    if row is None:
        raise NotFound("There is no ballot of this number.")
    if row.definition is None:
        raise OutOfOrder("This ballot is not open to vote in.")
    made = ledger_definition.loads(row.definition.encode())
    if len(_definitions) > 64:
        _definitions.clear()
    _definitions[ballot_id, made.hash] = made
    return made


def most_marks(question: Question) -> int | None:
    """How many options a paper may mark at most, where the rule limits the number."""
    if question.method == "block":
        return question.seats
    return question.settings.get("most") if METHODS[question.method].form == "several" else None


def problems_with(question: Question, answer: Answer) -> str:
    """What is wrong with one answer as a voter fills it in, as a sentence, or "" where it can be counted.

    A blank answer is allowed: the page says that it counts as blank.
    """
    places = [place for level in answer.ranking for place in (level if isinstance(level, tuple) else (level,))]
    form = METHODS[question.method].form
    if form in ("choice", "one") and len(places) > 1:
        return f"Choose one answer to “{question.title}”, not {len(places)}."
    most = most_marks(question)
    if form == "several" and most and len(places) > most:
        return f"Choose at most {most} in “{question.title}”; you chose {len(places)}."
    if form in ("rank", "adopt-and-rank") and any(isinstance(level, tuple) for level in answer.ranking):
        return f"In “{question.title}” two options have the same number. Give each a number of its own."
    if form == "adopt-and-rank" and answer.verdicts and len(answer.verdicts) != len(question.options):
        return f"In “{question.title}” say for, against or abstain for each option."
    return ""


def cast(
    ballot_id: int,
    member: Member,
    answers: Sequence[Answer],
    *,
    retry_key: str,
    replaces: str = "",
    paper: str = "",
    link: str = "",
    at: datetime | None = None,
    sealer: Callable[[Definition, Sequence[Answer]], bytes] = seal,
    sealed_by: str = "server",
) -> Receipt:
    """Seal one paper and put it in the box; gives the receipt after the commit and never before.

    `replaces` is the receipt (64 hexadecimal digits) of the voter's own envelope that this one takes the place of,
    where the ballot's definition lets a vote be replaced. `paper` is the hash of the definition that the form was made
    from, where it is known, and `link` the hash of the link by which the voter came.

    The same form sent again (`retry_key`) gives the same receipt. One statement where `paper` names a definition read
    before and nothing stands against the vote, for that statement itself asks everything: on the roll, open at the
    database's instant, this definition, no envelope yet. Whatever it does not take is asked about first: who, when and
    what is there already; then the envelope. With a `link` that statement finds the member as well.

    Raises:
        NotFound: no such ballot.
        NotAllowed: not on the roll.
        OutOfOrder: not open at the database's instant of the transaction.
        AlreadyVoted: another envelope of this member is there.
        Invalid: the paper answers other questions than the ballot's, or an answer cannot be counted.
        Unavailable: the database did not answer; nothing was taken, unless a later attempt says otherwise.
    """
    require_key(retry_key)
    how = (retry_key, sealer, sealed_by)
    try:
        straight = None if replaces else _straight(ballot_id, member, paper, answers, how, at, link)
        if straight is not None:
            return straight
        member_id = _id(member)
        row = _facts(ballot_id, member_id)
        made = definition(ballot_id, row.definition_hash)
        if row.receipt is not None and not _may_replace(row, made, retry_key, replaces):
            return _again(row, ballot_id, retry_key)  # before the clock: a retry whose reply was lost is told the truth
        require_open(row, at or clock.given() or row.now)
        envelope = _envelope(made, ballot_id, member_id, answers, how)
        if row.receipt is not None:
            return _replace(envelope, made, replaces, at)
        if not box.put(envelope, made.hash, at or clock.given()):
            return _not_taken(ballot_id, member_id, retry_key, at)
    except IntegrityError as fault:
        return _not_taken(ballot_id, _id(member), retry_key, at, fault)
    except (OperationalError, TimeoutError) as fault:
        raise Unavailable(
            "The database did not answer, so we do not know whether your vote was taken. Send the same form again: "
            "it can only count once."
        ) from fault
    return Receipt(ballot_id, _code(envelope.receipt), sealed_by)


def require_key(retry_key: str) -> None:
    """Refuse a key that no paper of ours has.

    Raises:
        Invalid: if it is not 16 to 64 letters and digits.
    """
    if not (16 <= len(retry_key) <= 64 and retry_key.isascii() and retry_key.isalnum()):
        raise Invalid("This form is not one of ours. Go back, reload the page and fill it in again.")


#: A member's number, or how to find it where it is needed.
Member = int | Callable[[], int]


def _id(member: Member) -> int:
    return member if isinstance(member, int) else member()


#: The key of the form, who seals, and the word for that.
_How = tuple[str, Callable[[Definition, Sequence[Answer]], bytes], str]


def _straight(
    ballot_id: int, member: Member, paper: str, answers: Sequence[Answer], how: _How, at: datetime | None, link: str
) -> Receipt | None:
    """Put the envelope in at once; None where the box did not take it, and nothing was changed."""
    made = _definitions.get((ballot_id, paper))
    if made is None:
        return None
    try:
        envelope = _envelope(made, ballot_id, 0 if link else _id(member), answers, how)
    except Refused:
        return None  # a voter who has voted is told that first
    if not box.put(envelope, made.hash, at or clock.given(), link=link):
        return None
    return Receipt(ballot_id, _code(envelope.receipt), envelope.sealed_by)


def _envelope(made: Definition, ballot_id: int, member_id: int, answers: Sequence[Answer], how: _How) -> box.Sealed:
    retry_key, sealer, sealed_by = how
    if sealed_by == "server":
        check_answers(made, answers)
    sealed = sealer(made, answers)
    return box.Sealed(ballot_id, member_id, sealed, sha256(sealed).hexdigest(), retry_key, sealed_by)


def _may_replace(row: Any, made: Definition, retry_key: str, replaces: str) -> bool:
    return bool(made.casting.replacing and row.receipt == replaces and row.retry_key != retry_key)


def _replace(envelope: box.Sealed, made: Definition, replaces: str, at: datetime | None) -> Receipt:
    """Put an envelope in the place of the voter's own: what stands there and the clock are asked again under the lock."""
    ballot_id, member_id = envelope.ballot_id, envelope.member_id
    with writing() as session:
        row = _row(session.connection(), ballot_id, member_id)
        if not _may_replace(row, made, envelope.retry_key, replaces):
            return _again(row, ballot_id, envelope.retry_key)
        require_open(row, at or clock.given() or row.now)
        put = {name: getattr(envelope, name) for name in ("sealed", "receipt", "retry_key", "sealed_by")}
        replacing.put_in_place(session, ballot_id, member_id, replaces, put)
    return Receipt(ballot_id, _code(envelope.receipt), envelope.sealed_by)


def check_answers(made: Definition, answers: Sequence[Answer]) -> None:
    """Refuse a paper that answers other questions, or an answer that cannot be counted."""
    if [answer.question for answer in answers] != [question.key for question in made.questions]:
        raise Invalid("This paper does not answer the questions of this ballot. Reload the page and fill it in again.")
    for question, answer in zip(made.questions, answers, strict=True):
        if sentence := problems_with(question, answer):
            raise Invalid(sentence, {question.key: sentence})


def facts(session: Session, ballot_id: int, member_id: int) -> Any:
    """The ballot, whether the member is on its roll, what is in the box for the member, and the clock: one statement.

    Raises:
        NotFound, OutOfOrder, NotAllowed: where there is nothing to vote in, or not for this member.
    """
    return _row(session.connection(), ballot_id, member_id)


def _facts(ballot_id: int, member_id: int) -> Any:
    """`facts` outside a transaction: one round trip."""
    let_go()
    with alone(db.engine) as connection:
        return _row(connection, ballot_id, member_id)


def _row(connection: Connection, ballot_id: int, member_id: int) -> Any:
    query = _FACTS[connection.dialect.name]
    row = connection.execute(query, {"ballot": ballot_id, "member": member_id}).one_or_none()
    if row is None:
        raise NotFound("There is no ballot of this number.")
    if row.definition_hash is None or row.state in ("preparing", "cancelled"):
        raise OutOfOrder("This ballot is not open to vote in.")
    if row.on_roll is None:
        raise NotAllowed("You are not on the electoral roll of this ballot. Its page says why, and what you can do.")
    return row


def require_open(row: Any, at: datetime) -> None:
    """By the database's clock: from the opening, up to but not including the close and its declared grace."""
    if row.state not in ("scheduled", "open"):
        raise OutOfOrder(f"This ballot is {row.state}: no more votes are taken. Yours was not cast by this form.")
    if at < row.opens_at:
        raise OutOfOrder(f"This ballot opens on {written(row.opens_at)}. Your vote was not cast.")
    if at >= row.closes_at + timedelta(minutes=row.grace_minutes):
        raise OutOfOrder(
            f"This ballot closed on {written(row.closes_at)}, before this form arrived. Your vote was not cast."
        )


def _code(receipt: str) -> str:
    return readable(bytes.fromhex(receipt))


def _again(row: Any, ballot_id: int, retry_key: str) -> Receipt:
    if row.retry_key != retry_key:
        raise AlreadyVoted(
            "You have already voted in this ballot, from another page or tab. That vote stands; this form changed nothing."
        )
    return Receipt(ballot_id, _code(row.receipt), row.sealed_by, again=True)


def _not_taken(
    ballot_id: int, member_id: int, retry_key: str, at: datetime | None, fault: Exception | None = None
) -> Receipt:
    """What to tell where no envelope was taken: two forms of one voter at the same moment, or a close in between."""
    row = _facts(ballot_id, member_id)
    if row.receipt is not None:
        return _again(row, ballot_id, retry_key)
    if replacing.paper_is_in(ballot_id, member_id):
        raise AlreadyVoted(replacing.ON_PAPER) from fault
    require_open(row, at or clock.given() or row.now)
    if fault is None:
        raise Refused("This very envelope is in the box already, so it was not taken again. Fill in the paper anew.")
    raise OutOfOrder("This ballot closed while your form was on its way. Your vote was not cast.") from fault


def cast_sealed(
    ballot_id: int,
    member: Member,
    envelope: bytes,
    *,
    retry_key: str,
    replaces: str = "",
    paper: str = "",
    link: str = "",
    at: datetime | None = None,
) -> Receipt:
    """Put an envelope in the box that the voter's own browser sealed; the server cannot look into it.

    Only what can be seen from outside is checked: the length, and that its first part is a point of the curve. What is
    inside is judged at the opening. Otherwise as `cast`.

    Raises:
        EnvelopeRefused: another length, or no envelope.
        AlreadyVoted: also where this very envelope is in the box under another name.
    """

    def as_it_is(made: Definition, answers: Sequence[Answer]) -> bytes:
        return seen_from_outside(made, envelope)

    kept = {"retry_key": retry_key, "replaces": replaces, "paper": paper, "link": link}
    return cast(ballot_id, member, (), **kept, at=at, sealer=as_it_is, sealed_by="browser")


def seen_from_outside(made: Definition, envelope: bytes) -> bytes:
    """The envelope, if it has the one length of its ballot and begins with a point of the curve; else `EnvelopeRefused`."""
    check_length(made, envelope)
    try:
        public_key(envelope[:PUBLIC_KEY])
    except Refused as fault:
        raise EnvelopeRefused("sealed otherwise", NO_ENVELOPE) from fault
    return envelope


def receipt_of(ballot_id: int, member_id: int) -> Receipt | None:
    """The receipt of a member's envelope, for that member alone; None before voting. An open vote has no code."""
    row = db.session.execute(
        select(Envelope.receipt, Envelope.sealed_by).where(
            Envelope.ballot_id == ballot_id, Envelope.member_id == member_id
        )
    ).one_or_none()
    if row is None and db.session.get(RecordedVote, (ballot_id, member_id)) is not None:
        return Receipt(ballot_id, "", "recorded")
    return Receipt(ballot_id, _code(row.receipt), row.sealed_by) if row else None


def voted_in(member_id: int, ballot_ids: Sequence[int]) -> set[int]:
    """Of these ballots, those in which the member has voted."""
    query = select(Envelope.ballot_id).where(Envelope.member_id == member_id, Envelope.ballot_id.in_(ballot_ids))
    named = select(RecordedVote.ballot_id).where(
        RecordedVote.member_id == member_id, RecordedVote.ballot_id.in_(ballot_ids)
    )
    return set(db.session.scalars(query.union_all(named)))
