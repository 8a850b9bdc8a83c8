"""Candidates: their statements and photographs, given until the ballot is scheduled, and their order on a paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.counting.methods import METHODS
from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.ledger import beside
from consult.ledger.definition import FORMAT, Definition
from consult.ledger.definition import Option as DefinedOption
from consult.ledger.definition import Question as DefinedQuestion
from consult.model.ballots import Ballot, Option, Photograph, Question
from consult.model.members import Member
from consult.model.store import db
from consult.service import photographs, vault
from consult.service.act import Act, act
from consult.service.photographs import MOST_BYTES as MOST_BYTES


@dataclass(frozen=True)
class StatementSpec:
    """What a candidate's form gives: `photograph` is the file's bytes, or None to leave the present one as it is.

    `number` is the member number of the candidate in the register, as an officer gives it; None leaves it.
    """

    statement: str
    photograph: bytes | None = None
    remove_photograph: bool = False
    number: str | None = None


def get(option_id: int) -> Option:
    """A candidate with question and ballot.

    Raises:
        NotFound: if there is none of this number.
    """
    query = (
        select(Option).where(Option.id == option_id).options(joinedload(Option.question).joinedload(Question.ballot))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such candidate.")
    return found


def standing_in(ballot: Ballot, member_id: int | None) -> list[Option]:
    """The options of a ballot that are this member."""
    return [o for q in ballot.questions for o in q.options if member_id is not None and o.member_id == member_id]


def number_of(option: Option) -> str:
    """The member number of a candidate who is in the register, else ""."""
    found = db.session.get(Member, option.member_id) if option.member_id is not None else None
    return found.number if found else ""


def may_change(ballot: Ballot) -> bool:
    """Whether statements can still be changed: until the ballot is scheduled, for its definition binds them."""
    return ballot.state == "preparing"


def needs_reason(option: Option, by: Actor) -> bool:
    """Whether somebody else's words or picture would be changed, and not set for the first time."""
    return by.member_id != option.member_id and bool(option.statement or option.photograph_hash)


@act(Permission.CANDIDATE_STATE, Event.STATEMENT_SET)
def state(option: Option, spec: StatementSpec, reason: str = "", *, by: Actor, at: datetime, act: Act) -> Option:
    """Set a candidate's statement and photograph, until the ballot is scheduled: from then on they are the same for all.

    Who changes what somebody else has said of themselves gives the reason.

    Raises:
        OutOfOrder: once the ballot is scheduled.
        Invalid: if there is no reason, the statement is too long, the picture cannot be read, or nobody has the member number.
    """
    ballot = option.question.ballot
    act.because(reason, needed=needs_reason(option, by))
    if not may_change(ballot):
        raise OutOfOrder(
            "The ballot is scheduled, so what stands beside the choices is not changed any more: every paper shows the same."
        )
    text = spec.statement.strip()
    count = len(text.split())
    if count > ballot.statement_words:
        sentence = (
            f"The statement has {count} words and the limit is {ballot.statement_words}: "
            f"take out {count - ballot.statement_words}."
        )
        raise Invalid(sentence, {"statement": sentence})
    if spec.number is not None and by.member_id != option.member_id:
        option.member_id = _member(act, spec.number)
    option.statement = text
    if spec.photograph is not None:
        option.photograph_hash = keep_photograph(act, spec.photograph)
    elif spec.remove_photograph:
        option.photograph_hash = None
    act.note(ballot=ballot.id, words=count, photograph=option.photograph_hash)
    return option


def _member(act: Act, number: str) -> int | None:
    if not number.strip():
        return None
    found = act.session.scalar(select(Member.id).where(Member.number == number.strip()))
    if found is None:
        sentence = f"Nobody in the register has the member number “{number.strip()[:40]}”."
        raise Invalid(sentence, {"number": sentence})
    return int(found)


def keep_photograph(act: Act, data: bytes) -> str:
    """Make a photograph anew and keep it; its hash. Only acts call it, inside their transaction."""
    made = photographs.portrait(data)
    if act.session.get(Photograph, made.hash) is None:
        act.session.add(Photograph(hash=made.hash, large=made.large, small=made.small))
        act.session.flush()
    return made.hash


def photograph(hash_: str) -> Photograph:
    """A photograph by its hash.

    Raises:
        NotFound: if there is none.
    """
    found = db.session.get(Photograph, hash_)
    if found is None or sha256(found.large).hexdigest() != hash_:  # a picture put in its place is shown to nobody
        raise NotFound("There is no such photograph.")
    return found


# -- what the definition binds ----------------------------------------------------------------------------------------


def altered(made: Definition, question: Question, option: Option) -> bool:
    """Whether a statement or a photograph is another than the definition binds; older definitions bind neither."""
    if made.format != FORMAT:
        return False
    bound = next(each for each in made.question(question.key).options if each.key == option.key)
    return (bound.statement, bound.photograph) != (beside.hash_of(option.statement), option.photograph_hash)


def files_of(ballot: Ballot, made: Definition) -> dict[str, bytes]:
    """The statements and photographs of a ballot as files of its bundle, where its definition binds them."""
    options = [option for question in ballot.questions for option in question.options] if made.format == FORMAT else []
    said = {beside.hash_of(o.statement) or "": o.statement.encode("utf-8") for o in options if o.statement}
    shown = {o.photograph_hash: photograph(o.photograph_hash).large for o in options if o.photograph_hash}
    return beside.files(said, shown)


# -- the order on the paper ------------------------------------------------------------------------------------------


def in_order(made: Definition, question: DefinedQuestion, whose: str) -> Sequence[DefinedOption]:
    """The options of a question as one paper shows them; `whose` names the voter, or one printed copy.

    Where the definition declares a random order, candidates are sorted by a keyed hash of the declared seed, the
    question, the voter and the candidate, under a key that only the server has: a reload shows the same order, nothing
    is stored, the seed was drawn before anybody could be favoured, and nobody who copies the database can work out in
    which order somebody saw the candidates. “Re-open nominations” stays last; answers such as for and against stay as
    they are.
    """
    if made.casting.order != "random" or METHODS[question.method].form == "choice":
        return question.options
    context = f"candidate order {made.hash} {made.casting.seed} {question.key}"

    def place(option: DefinedOption) -> tuple[bool, str]:
        return option.key == question.ron, vault.mark(context, f"{whose} {option.key}")

    return sorted(question.options, key=place)
