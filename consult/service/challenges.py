"""Challenged ballots: sealed papers of people refused from the roll, decided in batches before the one opening.

A challenged ballot is sealed like every other and opened together with every other. Whoever decides sees who asks and
why, and nothing of the vote; nothing is decided after the opening, so that no decision can follow from a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import case, func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Refused, Unavailable
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.ledger.definition import Definition
from consult.ledger.envelopes import Answer, readable, seal
from consult.model.ballots import Ballot, Envelope
from consult.model.desk import ChallengeBatch, ChallengedBallot
from consult.model.members import Member
from consult.model.store import db, writing
from consult.service import ballots, casting, clock, replacing, roll_standing, rolls
from consult.service.act import LONGEST_REASON, Act, act

#: The fewest and the most characters that a person may write about why the roll should have had them.
LEAST, MOST = 10, 2_000


@dataclass(frozen=True)
class Verdict:
    """What is decided of one challenged ballot, and why."""

    admitted: bool
    reason: str


@dataclass(frozen=True)
class Figures:
    """How many challenged ballots were cast, admitted and refused; the rest wait."""

    cast: int
    admitted: int
    refused: int

    @property
    def undecided(self) -> int:
        """Those that wait for a decision."""
        return self.cast - self.admitted - self.refused


def cast(
    ballot_id: int,
    member_id: int,
    answers: Sequence[Answer],
    statement: str,
    *,
    retry_key: str,
    at: datetime | None = None,
    sealer: Callable[[Definition, Sequence[Answer]], bytes] = seal,
    sealed_by: str = "server",
) -> casting.Receipt:
    """Seal the paper of somebody who is not on the roll, and put it beside the box, with why the roll should have had them.

    Like casting it leaves no event of its own and no time; the same form sent again gives the same receipt.

    Raises:
        NotAllowed: for somebody who is on the roll, whose paper goes into the box.
        OutOfOrder: if the ballot is not open.
        Invalid: without a statement, for a form that is not ours, or for a paper that cannot be counted.
        AlreadyVoted: if this person has cast a challenged ballot from another form.
        Refused: if this very envelope is there already, in the box or beside it.
        Unavailable: if the database did not answer.
    """
    wanted = check_statement(statement)
    casting.require_key(retry_key)
    try:
        with writing() as session:
            ballot = ballots.get(ballot_id)
            made = ballots.definition_of(ballot)
            refused_by = _standing(ballot, member_id)
            held = session.get(ChallengedBallot, (ballot_id, member_id))
            if held is not None:
                return _again(held, retry_key)
            if ballot.phase(at or clock.now(session)) not in ("open", "grace"):
                raise OutOfOrder("This ballot is not open: your challenged ballot was not taken.")
            if sealed_by == "server":
                casting.check_answers(made, answers)
            sealed = sealer(made, answers)
            receipt = sha256(sealed).hexdigest()
            _require_new(session, ballot_id, receipt)
            member = session.get_one(Member, member_id)
            row = {
                "ballot_id": ballot_id,
                "member_id": member_id,
                "sealed": sealed,
                "receipt": receipt,
                "retry_key": retry_key,
                "sealed_by": sealed_by,
                "unit_id": member.unit_id,
                "refused_by": refused_by,
                "statement": wanted,
                "reason": "",
            }
            session.execute(insert(ChallengedBallot).values(row))
    except IntegrityError as fault:
        held = db.session.get(ChallengedBallot, (ballot_id, member_id))
        if held is None:
            raise OutOfOrder("This ballot closed while your form was on its way. Nothing was taken.") from fault
        return _again(held, retry_key)
    except OperationalError as fault:
        raise Unavailable("The database did not answer. Send the same form again: it can only count once.") from fault
    return casting.Receipt(ballot_id, readable(bytes.fromhex(receipt)), sealed_by)


def cast_sealed(
    ballot_id: int, member_id: int, envelope: bytes, statement: str, *, retry_key: str, at: datetime | None = None
) -> casting.Receipt:
    """Put an envelope beside the box that the person's own browser sealed; otherwise as `cast`.

    What can be seen from outside is checked, as of every envelope; what is inside is judged at the opening.

    Raises:
        EnvelopeRefused: another length, or no envelope.
    """

    def as_it_is(made: Definition, answers: Sequence[Answer]) -> bytes:
        return casting.seen_from_outside(made, envelope)

    return cast(ballot_id, member_id, (), statement, retry_key=retry_key, at=at, sealer=as_it_is, sealed_by="browser")


def _require_new(session: Session, ballot_id: int, receipt: str) -> None:
    """Nothing, unless this envelope is in the box or beside it: opened with the rest, it would count twice."""
    for kept in (Envelope, ChallengedBallot):
        query = select(kept.receipt).where(kept.ballot_id == ballot_id, kept.receipt == receipt)
        if session.scalar(query) is not None:
            raise Refused("This very envelope was handed in before, so it was not taken again. Fill in the paper anew.")


def check_statement(statement: str) -> str:
    """The statement without spaces around it; `Invalid` where it says too little or too much."""
    wanted = statement.strip()
    if not LEAST <= len(wanted) <= MOST:
        sentence = f"Say in a sentence or two why you should be on the roll ({LEAST} to {MOST:,} characters)."
        raise Invalid(sentence, {"statement": sentence})
    return wanted


def require_refused(ballot: Ballot, member_id: int) -> int:
    """Nothing stands in the way of a challenged ballot but that the ballot may not be open; the number of the roll.

    Raises:
        OutOfOrder: if the ballot has no roll, or its votes are open. NotAllowed: for whoever is on it, or has voted in it.
    """
    if ballot.roll_id is None:
        raise OutOfOrder("This ballot has no electoral roll yet.")
    if ballot.level == "recorded":
        raise OutOfOrder(
            "Votes in this ballot are open and published by name, so that none can be sealed until it is decided."
        )
    if rolls.is_on(ballot.roll_id, member_id):
        raise NotAllowed("You are on the electoral roll of this ballot: vote in the ordinary way.")
    if has_voted(ballot, member_id):
        raise NotAllowed("Your vote in this ballot was taken before you were taken off its roll. It stands.")
    return ballot.roll_id


def has_voted(ballot: Ballot, member_id: int) -> bool:
    """Whether a vote of this person is in the box, on paper or not; to be told to that person alone."""
    return casting.receipt_of(ballot.id, member_id) is not None or replacing.paper_is_in(ballot.id, member_id)


def _standing(ballot: Ballot, member_id: int) -> str:
    """The rule that keeps the person off the roll; refuses as `require_refused`."""
    roll = rolls.get(require_refused(ballot, member_id))
    return " ".join(roll_standing.standing(roll, member_id).against)


def _again(held: ChallengedBallot, retry_key: str) -> casting.Receipt:
    if held.retry_key != retry_key:
        raise casting.AlreadyVoted(
            "You have cast a challenged ballot already, from another page or tab. That one stands; this form changed nothing."
        )
    return casting.Receipt(held.ballot_id, readable(bytes.fromhex(held.receipt)), held.sealed_by, again=True)


# -- reading ---------------------------------------------------------------------------------------------------------


def of(ballot_id: int, member_id: int) -> ChallengedBallot | None:
    """A person's own challenged ballot, with the decision once there is one."""
    return db.session.get(ChallengedBallot, (ballot_id, member_id))


def waiting_of(member_id: int) -> list[Ballot]:
    """The ballots in which a challenged ballot of this person waits for its decision."""
    query = select(Ballot).join(ChallengedBallot, ChallengedBallot.ballot_id == Ballot.id)
    mine = (ChallengedBallot.member_id == member_id, ChallengedBallot.admitted.is_(None))
    return list(db.session.scalars(query.where(*mine, Ballot.state != "annulled").order_by(Ballot.id)))


def listed(ballot: Ballot, session: Session | None = None) -> list[ChallengedBallot]:
    """Every challenged ballot with the person, by name; nothing in it says when it was cast."""
    query = (
        select(ChallengedBallot)
        .where(ChallengedBallot.ballot_id == ballot.id)
        .join(Member, Member.id == ChallengedBallot.member_id)
        .options(joinedload(ChallengedBallot.member), joinedload(ChallengedBallot.unit))
        .order_by(Member.name, Member.id)
    )
    return list((session or db.session()).scalars(query))


def told_by_now(ballot: Ballot, challenged: Sequence[ChallengedBallot]) -> dict[int, tuple[bool, str]]:
    """Member id → whether they are on the roll by now, and what the roll tells them, where that is no longer what it told
    them when they cast: of those who wait for a decision, who may have been restored or added since."""
    found: dict[int, tuple[bool, str]] = {}
    if ballot.roll_id is None:
        return found
    waiting = [each for each in challenged if each.admitted is None]
    standings = roll_standing.standings(rolls.get(ballot.roll_id), [each.member_id for each in waiting])
    for each in waiting:
        now = standings[each.member_id]
        told = " ".join([one.sentence for one in (*now.events, *now.then)] if now.on_roll else now.against)
        if now.on_roll or told != each.refused_by:
            found[each.member_id] = (now.on_roll, told)
    return found


def figures(ballot: Ballot, session: Session | None = None) -> Figures:
    """How many were cast, admitted and refused, in one statement."""
    admitted = func.coalesce(func.sum(case((ChallengedBallot.admitted.is_(True), 1), else_=0)), 0)
    refused = func.coalesce(func.sum(case((ChallengedBallot.admitted.is_(False), 1), else_=0)), 0)
    query = select(func.count(), admitted, refused).where(ChallengedBallot.ballot_id == ballot.id)
    cast, let_in, kept_out = (session or db.session()).execute(query).one()
    return Figures(int(cast), int(let_in), int(kept_out))


def undecided(ballot: Ballot, session: Session | None = None) -> int:
    """How many wait for a decision."""
    return figures(ballot, session).undecided


def batches(ballot: Ballot, session: Session | None = None) -> list[ChallengeBatch]:
    """The supplementary rolls, in order."""
    query = select(ChallengeBatch).where(ChallengeBatch.ballot_id == ballot.id).order_by(ChallengeBatch.id)
    return list((session or db.session()).scalars(query))


def sealed_by_server(ballot: Ballot, session: Session | None = None) -> int:
    """How many of those admitted the server sealed."""
    query = select(func.count()).select_from(ChallengedBallot)
    mine = (ChallengedBallot.ballot_id == ballot.id) & (ChallengedBallot.sealed_by == "server")
    return (session or db.session()).scalar(query.where(mine, ChallengedBallot.admitted.is_(True))) or 0


def receipts(ballot: Ballot, session: Session | None = None) -> list[bytes]:
    """The receipts of those admitted, in the order of their value."""
    query = (
        select(ChallengedBallot.receipt)
        .where(ChallengedBallot.ballot_id == ballot.id, ChallengedBallot.admitted.is_(True))
        .order_by(ChallengedBallot.receipt)
    )
    return [bytes.fromhex(receipt) for receipt in (session or db.session()).scalars(query)]


# -- deciding --------------------------------------------------------------------------------------------------------


@act(Permission.CHALLENGES_DECIDE, Event.CHALLENGES_DECIDED)
def decide(
    ballot: Ballot,
    verdicts: Mapping[int, Verdict],
    *,
    token: Callable[[int], str],
    by: Actor,
    at: datetime,
    act: Act,
) -> ChallengeBatch:
    """Decide every challenged ballot that waits, as one batch: a supplementary roll of those admitted.

    `verdicts` says for each member's id what is decided and why; `token` gives random hexadecimal, for the salt.

    Raises:
        OutOfOrder: unless the box is reconciled and not opened.
        Invalid: if one is left out, or a reason is missing: then none is decided.
    """
    if ballot.state != "reconciled":
        raise OutOfOrder(
            f"Challenged ballots are decided after the box is reconciled and before it is opened; this ballot is {ballot.state}."
        )
    waiting = [each for each in listed(ballot, act.session) if each.admitted is None]
    _check_verdicts(waiting, verdicts)
    act.because(_in_the_log(verdicts[each.member_id] for each in waiting))
    _require_one_vote(act.session, ballot, [e for e in waiting if verdicts[e.member_id].admitted])
    admitted = sorted(each.member_id for each in waiting if verdicts[each.member_id].admitted)
    salt = token(16)
    batch = ChallengeBatch(
        ballot_id=ballot.id,
        decided_by_id=by.member_id,
        decided_at=at,
        admitted=len(admitted),
        refused=len(waiting) - len(admitted),
        salt=salt,
        hash=rolls.roll_hash(salt, admitted),
    )
    act.session.add(batch)
    act.session.flush()
    for each in waiting:
        verdict = verdicts[each.member_id]
        each.batch_id, each.admitted, each.reason = batch.id, verdict.admitted, verdict.reason.strip()
        once = f"challenge-decided:{ballot.id}:{each.member_id}"
        act.notify("challenge-decided", each.member, once=once, ballot=ballot.id, title=ballot.title)
    act.note(admitted=batch.admitted, refused=batch.refused, roll=batch.hash)
    return batch


def _in_the_log(verdicts: Iterable[Verdict]) -> str:
    """The reasons of a batch, each once and of nobody in particular."""
    said = dict.fromkeys(f"{'Admitted' if one.admitted else 'Refused'}: {one.reason.strip()}" for one in verdicts)
    words = " | ".join(said)
    return words if len(words) <= LONGEST_REASON else words[: LONGEST_REASON - 1] + "…"


def _require_one_vote(session: Session, ballot: Ballot, admitted: Sequence[ChallengedBallot]) -> None:
    """Whoever came to the roll afterwards and voted in the ordinary way has had their one vote."""
    query = select(Envelope.member_id).where(
        Envelope.ballot_id == ballot.id, Envelope.member_id.in_([each.member_id for each in admitted])
    )
    voted = set(session.scalars(query))
    problems = {
        f"verdict-{each.member_id}": f"{each.member.name} came to the roll and voted in the ordinary way: refuse this one."
        for each in admitted
        if each.member_id in voted or replacing.paper_is_in(ballot.id, each.member_id, session)
    }
    if problems:
        raise Invalid("Somebody would have two votes. Nothing was decided yet.", problems)


def _check_verdicts(waiting: Sequence[ChallengedBallot], verdicts: Mapping[int, Verdict]) -> None:
    if not waiting:
        raise OutOfOrder("No challenged ballot waits for a decision.")
    problems: dict[str, str] = {}
    for each in waiting:
        verdict = verdicts.get(each.member_id)
        if verdict is None:
            problems[f"verdict-{each.member_id}"] = f"Admit or refuse the ballot of {each.member.name}."
        elif len(verdict.reason.strip()) < 10:
            problems[f"reason-{each.member_id}"] = f"Give {each.member.name} the reason, in a sentence."
    if problems:
        sentence = "Challenged ballots are decided all together, each with its reason. Nothing was decided yet."
        raise Invalid(sentence, problems)
