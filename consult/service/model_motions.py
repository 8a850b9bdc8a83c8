"""Model motions: words of a policy as a motion for a parent party within its limit, where it was sent, what became of it there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from consult.domain.errors import Invalid, NotFound
from consult.domain.events import Event
from consult.domain.lifecycle import SENDING
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.motions import Policy
from consult.model.policies import ModelMotion, Sending, SendingNews
from consult.model.store import db
from consult.service.act import Act, act, require_revision
from consult.service.versions import document_of, stored_lines
from consult.text.clauses import Clause, Document, Kind, word_count

#: Words of a motion where the party names no other limit: what Labour-style conferences take.
WORDS = 250
FEWEST, MOST = 20, 10_000
LONGEST = 5_000


def chosen(document: Document, clauses: Collection[str], heading: str = "") -> Document:
    """The heading and these clauses of a text, in its order; an item comes with the clause that it stands under.

    Raises:
        Invalid: if nothing of it decides anything.
    """
    keep = set(clauses) | {document.parents[key] for key in clauses if key in document.parents}
    title = " ".join(heading.split())
    made: list[Clause] = []
    for clause in document.clauses:
        if clause.kind is Kind.HEADING:
            made.append(Clause(clause.id, clause.kind, title or clause.text))
        elif clause.id in keep:
            made.append(clause)
    if not any(clause.kind is Kind.RESOLVES for clause in made):
        raise _wrong("clauses", "Choose at least one clause that resolves something: without it, it is no motion.")
    return Document(tuple(made))


def of_policy(policy_id: int) -> list[ModelMotion]:
    """The model motions made of a policy with where each was sent and what was heard: newest first, four statements."""
    query = (
        select(ModelMotion)
        .where(ModelMotion.policy_id == policy_id)
        .options(joinedload(ModelMotion.by), selectinload(ModelMotion.sendings).selectinload(Sending.news))
    )
    return list(db.session.scalars(query.order_by(ModelMotion.id.desc())))


def get(model_motion_id: int) -> ModelMotion:
    """A model motion with its policy.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(ModelMotion).where(ModelMotion.id == model_motion_id).options(joinedload(ModelMotion.policy))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no model motion of this number.")
    return found


def sending(sending_id: int) -> Sending:
    """One sending with its model motion and policy.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(Sending).where(Sending.id == sending_id)
    query = query.options(joinedload(Sending.model_motion).joinedload(ModelMotion.policy))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no record of such a sending.")
    return found


@act(Permission.MODEL_MOTION_KEEP, Event.MODEL_MOTION_MADE)
def make(
    policy: Policy,
    clauses: Collection[str],
    party: str,
    word_limit: int,
    *,
    heading: str = "",
    by: Actor,
    at: datetime,
    act: Act,
) -> ModelMotion:
    """Make a model motion of clauses of a policy, as carried, within a limit of words.

    Raises:
        Invalid: over the limit (saying by how much), without a clause that decides, or without the party's name.
    """
    name = _line(party, "party", "Name the party or body that it is for")
    if not FEWEST <= word_limit <= MOST:
        raise _wrong("word_limit", f"A limit is {FEWEST} to {MOST:,} words, not {word_limit:,}.")
    text = chosen(document_of(policy.version), clauses, heading)
    words = word_count(text)
    if words > word_limit:
        sentence = f"It has {words:,} words and {name} takes {word_limit:,}: leave out {words - word_limit:,}."
        raise _wrong("clauses", sentence)
    made = ModelMotion(
        policy_id=policy.id, party=name, word_limit=word_limit, word_count=words, document=text.to_data(),
        hash=text.hash, lines=stored_lines(text), by_id=by.member_id, at=at,
    )  # fmt: skip
    act.session.add(made)
    act.note(policy=policy.id, text=text.hash, words=words)
    return made


@act(Permission.MODEL_MOTION_KEEP, Event.MODEL_MOTION_SENT)
def send(model: ModelMotion, body: str, sent_on: date, sender: str, *, by: Actor, at: datetime, act: Act) -> Sending:
    """Record that a model motion went to one body of the party: on which day, and who moves it there.

    Raises:
        Invalid: for a day to come, or without the body or the sender.
    """
    where = _line(body, "body", "Name the body that it was sent to, such as a branch or the conference")
    who = _line(sender, "sender", "Say who sent it")
    if sent_on > at.date():
        raise _wrong("sent_on", "The day on which it was sent lies in the future.")
    made = Sending(
        model_motion_id=model.id, body=where, sent_on=sent_on, sender=who, by_id=by.member_id, at=at
    )  # fmt: skip
    act.session.add(made)
    act.note(model_motion=model.id)
    return made


@act(Permission.MODEL_MOTION_KEEP, None)
def hear(
    record: Sending,
    step: str,
    heard_on: date,
    body: str,
    *,
    revision: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> SendingNews:
    """Record what became of it there: a step of its lifecycle, on which day, and what was reported back.

    Raises:
        OutOfOrder: if it cannot come to that from where it is. Invalid: for a day before it was sent or to come.
    """
    require_revision(record, revision)
    if step not in {each.name for each in SENDING.steps}:
        raise _wrong("step", "Choose what became of it.")
    if not record.sent_on <= heard_on <= at.date():
        raise _wrong("heard_on", "Choose a day from the one on which it was sent until today.")
    if len(body.strip()) > LONGEST:
        raise _wrong("body", f"The report is longer than {LONGEST:,} characters.")
    taken = act.step(record, step)
    record.revision += 1
    made = SendingNews(
        sending_id=record.id, state=taken.target, heard_on=heard_on, body=body.strip(), by_id=by.member_id, at=at
    )  # fmt: skip
    act.session.add(made)
    act.record(taken.event, record, **act.data)
    return made


def _line(text: str, field: str, ask: str) -> str:
    words = " ".join(text.split())
    if not 2 <= len(words) <= 200:
        raise _wrong(field, f"{ask}, in at most 200 characters.")
    return words


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, {field: sentence})
