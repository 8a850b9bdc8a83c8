"""How people take part in a consultation: the terms that are declared before anybody speaks, and the questions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain import consulting
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.domain.timetable import current, require_phase, why_closed, written
from consult.model.consultations import Consultation
from consult.model.consulting import ConsultationQuestion, Contribution, Participation
from consult.model.statements import Statement, StatementVote
from consult.model.store import db
from consult.service.act import Act, act

#: The phase in which the paper is discussed and submissions are sent.
PHASE = "consulting"
MOST_QUESTIONS = 30
MOST_OPTIONS = 20


@dataclass(frozen=True)
class Terms:
    """How people take part, as the form gives it."""

    publishing: str = "names to members"
    taking_part: str = "members and supporters"
    at_once: bool = True
    minimum_group: int = consulting.USUAL_GROUP
    words: int = 500
    statements: bool = True


@dataclass(frozen=True)
class Asked:
    """A question as its form gives it; `options` are the answers of a closed one."""

    kind: str
    wording: str
    help: str = ""
    options: Sequence[str] = ()
    needed: bool = False


# -- reading ---------------------------------------------------------------------------------------------------------


def terms_of(consultation: Consultation) -> Participation | None:
    """The declared terms, or None for a consultation that takes no submissions."""
    return db.session.get(Participation, consultation.id)


def questions_of(consultation_id: int, session: Session | None = None) -> list[ConsultationQuestion]:
    """The questions, in their order."""
    query = select(ConsultationQuestion).where(ConsultationQuestion.consultation_id == consultation_id)
    return list((session or db.session()).scalars(query.order_by(ConsultationQuestion.position)))


def question(question_id: int) -> ConsultationQuestion:
    """One question.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(ConsultationQuestion, question_id)
    if found is None:
        raise NotFound("There is no question of this number.")
    return found


def is_open(consultation: Consultation, at: datetime) -> bool:
    """Whether the phase in which people take part is open; a timetable without it sets no limit."""
    spans = [phase for phase in consultation.phases if phase.kind == PHASE]
    return not spans or bool(current(spans, at))


def is_over(consultation: Consultation, at: datetime) -> bool:
    """Whether that phase has closed, so that what is published only then may be read."""
    return any(phase.kind == PHASE and phase.closes_at <= at for phase in consultation.phases)


def spoken(session: Session, consultation_id: int) -> bool:
    """Whether anybody has sent a submission or answered a statement, so that what was promised holds."""
    sent = select(Contribution.id).where(
        Contribution.consultation_id == consultation_id, Contribution.version_id.is_not(None)
    )
    voted = (
        select(StatementVote.member_id)
        .join(Statement, Statement.id == StatementVote.statement_id)
        .where(Statement.consultation_id == consultation_id)
    )
    return session.scalar(sent.limit(1)) is not None or session.scalar(voted.limit(1)) is not None


def require_open(session: Session, consultation: Consultation, by: Actor, at: datetime, doing: str) -> Participation:
    """The terms of a consultation in which this person may take part now; `doing` as in "Submissions can be sent".

    Raises:
        OutOfOrder: if it takes none, or its phase is not open. NotAllowed: for somebody whom the terms leave out.
    """
    terms = session.get(Participation, consultation.id)
    if terms is None:
        raise OutOfOrder(_undeclared(consultation))
    if terms.taking_part == "members" and by.status is not Status.MEMBER:
        raise NotAllowed(_MEMBERS)
    require_phase(consultation.phases, PHASE, at, doing)
    return terms


_MEMBERS = "In this consultation members take part; supporters are asked in others."


def _undeclared(consultation: Consultation) -> str:
    return f"“{consultation.title}” takes no submissions: nobody has declared how people take part in it."


def why_not(consultation: Consultation, by: Actor, at: datetime, doing: str) -> str:
    """Why this person may not take part in a consultation now, as `require_open` would say it; "" where they may."""
    terms = terms_of(consultation)
    if terms is None:
        return _undeclared(consultation)
    if terms.taking_part == "members" and by.status is not Status.MEMBER:
        return _MEMBERS
    return why_closed(consultation.phases, PHASE, at, doing)


def closed_words(consultation: Consultation, at: datetime, session: Session | None = None) -> str:
    """Why the paper and the questions stay as they are once people were asked and the phase has closed; "" until then."""
    if not is_over(consultation, at) or (session or db.session()).get(Participation, consultation.id) is None:
        return ""
    closed = max(phase.closes_at for phase in consultation.phases if phase.kind == PHASE)
    return (
        f"People were asked until {written(closed)}, so the paper and the questions stay as they were answered. To ask "
        "people again, move the timetable first: its reason is told to everybody who took part."
    )


def require_not_over(session: Session, consultation: Consultation, at: datetime) -> None:
    """Nothing while what people are asked can still be changed.

    Raises:
        OutOfOrder: once people were asked and the phase in which they speak has closed.
    """
    if words := closed_words(consultation, at, session):
        raise OutOfOrder(words)


# -- declaring -------------------------------------------------------------------------------------------------------


@act(Permission.CONSULTATION_KEEP, Event.PARTICIPATION_DECLARED)
def declare(
    consultation: Consultation, terms: Terms, reason: str = "", *, by: Actor, at: datetime, act: Act
) -> Participation:
    """Declare how people take part; a change of what was declared has its reason.

    What was promised holds once somebody has spoken: later only words may be given more room.

    Raises:
        Invalid: naming what is wrong. OutOfOrder: for a change of what was promised to those who have spoken.
    """
    found = act.session.get(Participation, consultation.id)
    act.because(reason, needed=found is not None)
    _check_terms(terms)
    if found is not None and spoken(act.session, consultation.id) and not _keeps_promises(found, terms):
        raise OutOfOrder(
            "People have spoken under these terms, so the rule of publication, who takes part and the minimum group "
            "stay as they were promised; only the limit of words can be raised."
        )
    if found is None:
        # declared with the terms, so that nobody can choose the seed by what it makes of the groups
        seed = int(hashlib.sha256(f"consultation {consultation.id} {at.isoformat()}".encode()).hexdigest()[:7], 16)
        found = Participation(consultation_id=consultation.id, seed=seed, declared_at=at)
        act.session.add(found)
    for name in Terms.__dataclass_fields__:
        setattr(found, name, getattr(terms, name))
    act.note(**{name: getattr(terms, name) for name in Terms.__dataclass_fields__}, seed=found.seed)
    return found


def _check_terms(terms: Terms) -> None:
    problems = {}
    if terms.publishing not in consulting.PUBLISHING:
        problems["publishing"] = "Choose by which rule submissions are published."
    if terms.taking_part not in consulting.TAKING_PART:
        problems["taking_part"] = "Choose who takes part."
    if not consulting.LEAST_GROUP <= terms.minimum_group <= 100:
        problems["minimum_group"] = f"The minimum group is from {consulting.LEAST_GROUP} to 100 people."
    if not 50 <= terms.words <= 5000:
        problems["words"] = "The most words of an answer are from 50 to 5,000."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _keeps_promises(kept: Participation, terms: Terms) -> bool:
    same = all(getattr(kept, n) == getattr(terms, n) for n in ("publishing", "taking_part", "at_once", "minimum_group"))
    return same and terms.words >= kept.words and terms.statements >= kept.statements


@act(Permission.CONSULTATION_KEEP, Event.QUESTIONS_SET)
def ask(consultation: Consultation, asked: Asked, *, by: Actor, at: datetime, act: Act) -> ConsultationQuestion:
    """Add a question at the end. Once somebody has answered, one that must be answered cannot be added any more.

    Raises:
        Invalid: naming what is wrong, a question that is asked already among it. OutOfOrder: for a needed question after
        the first submission.
    """
    require_not_over(act.session, consultation, at)
    values = _checked(asked)
    kept = questions_of(consultation.id, act.session)
    if any(one.wording.casefold() == str(values["wording"]).casefold() for one in kept):
        sentence = "This question is asked already; it stands in the list above."
        raise Invalid(sentence, {"wording": sentence})
    if len(kept) >= MOST_QUESTIONS:
        raise OutOfOrder(f"A consultation asks at most {MOST_QUESTIONS} questions.")
    if asked.needed and spoken(act.session, consultation.id):
        raise OutOfOrder("Submissions have been sent without this question, so it cannot be one that must be answered.")
    place = max((one.position for one in kept), default=0) + 1
    made = ConsultationQuestion(consultation_id=consultation.id, position=place, **values)
    act.session.add(made)
    return made


@act(Permission.CONSULTATION_KEEP, Event.QUESTIONS_SET)
def reword(
    row: ConsultationQuestion, asked: Asked, reason: str, *, by: Actor, at: datetime, act: Act
) -> ConsultationQuestion:
    """Change a question that nobody has answered yet, with the reason."""
    act.because(reason)
    _require_unanswered(act, row)
    for name, value in _checked(asked).items():
        setattr(row, name, value)
    return row


@act(Permission.CONSULTATION_KEEP, Event.QUESTIONS_SET)
def drop(row: ConsultationQuestion, reason: str, *, by: Actor, at: datetime, act: Act) -> Consultation:
    """Take out a question that nobody has answered yet, with the reason."""
    act.because(reason)
    _require_unanswered(act, row)
    consultation = row.consultation
    act.session.delete(row)
    return consultation


@act(Permission.CONSULTATION_KEEP, Event.QUESTIONS_SET)
def move_up(row: ConsultationQuestion, *, by: Actor, at: datetime, act: Act) -> ConsultationQuestion:
    """Move a question one place up; the order may change until the close, the words only until somebody has answered."""
    require_not_over(act.session, row.consultation, at)
    above = [one for one in questions_of(row.consultation_id, act.session) if one.position < row.position]
    if above:
        row.position, above[-1].position = above[-1].position, row.position
    return row


def why_answered(row: ConsultationQuestion, session: Session | None = None) -> str:
    """Why a question stays as people read it; "" while nobody has spoken."""
    if not spoken(session or db.session(), row.consultation_id):
        return ""
    return "Submissions have been sent, so this question stays as people read it. A further one can be added."


def _require_unanswered(act: Act, row: ConsultationQuestion) -> None:
    require_not_over(act.session, row.consultation, act.at)
    if sentence := why_answered(row, act.session):
        raise OutOfOrder(sentence)


def _checked(asked: Asked) -> dict[str, object]:
    wording = " ".join(asked.wording.split())
    options = list(dict.fromkeys(" ".join(option.split()) for option in asked.options if option.strip()))
    problems = {}
    if asked.kind not in consulting.QUESTIONS:
        problems["kind"] = "Choose how the question is answered."
    if not 5 <= len(wording) <= 500:
        problems["wording"] = "Write the question (5 to 500 characters)."
    if len(asked.help) > 1000:
        problems["help"] = "The explanation is longer than 1,000 characters."
    if asked.kind in ("one", "several") and not 2 <= len(options) <= MOST_OPTIONS:
        problems["options"] = f"Give from 2 to {MOST_OPTIONS} different answers, each on a line of its own."
    if any(len(option) > 200 for option in options):
        problems["options"] = "An answer to choose has at most 200 characters."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    return {
        "kind": asked.kind, "wording": wording, "help": asked.help.strip(), "needed": asked.needed,
        "options": options if asked.kind != "open" else [],
    }  # fmt: skip
