"""Translations of texts: made part by part of one exact text, approved by a second person, out of date when the text changes.

The original binds, always. A ballot's approved translations are fixed with its definition, and none is made after that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.languages import LANGUAGES
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.model.amendments import Amendment
from consult.model.attestations import Attestation
from consult.model.ballots import Ballot, Question
from consult.model.consultations import Consultation
from consult.model.motions import Motion
from consult.model.store import db
from consult.model.translations import Translation
from consult.service import amendments, attestations, ballots, consultations, motions, paper_versions, versions
from consult.service.act import Act, act
from consult.text.canonical import fingerprint

Subject = Motion | Amendment | Ballot | Consultation | Attestation

#: What each kind of text is called in addresses → how one is found.
KINDS: dict[str, Callable[[int], Subject]] = {
    "motion": motions.get,
    "amendment": amendments.get,
    "ballot": ballots.get,
    "consultation": consultations.get,
    "attestation": attestations.get,
}
LONGEST = 20_000
#: The longest title of a ballot or a question, and name of an option.
LONGEST_TITLE = 300


@dataclass(frozen=True)
class Part:
    """One part of a text: its key, what people call it, and its words."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class Beside:
    """One part of a translation beside its original; `stale` says that the original has been changed since."""

    part: Part
    words: str
    stale: bool = False


def authoritative() -> str:
    """The language that texts are written in and that binds: the organisation's (setting CONSULT_LANGUAGE)."""
    return str(current_app.config["CONSULT_LANGUAGE"])


def languages() -> list[str]:
    """The languages that a text can be translated into."""
    return [tag for tag in LANGUAGES if tag != authoritative()]


def kind_of(subject: Subject) -> str:
    """The name of a text's kind in addresses, and of its column."""
    return subject.__tablename__


def parts_of(subject: Subject) -> list[Part]:
    """What of a text can be translated, in its order, with the labels that people call it by."""
    if isinstance(subject, Motion):
        if subject.version is None:
            return []
        document = versions.document_of(subject.version)
        return [Part(clause.id, document.labels[clause.id], clause.text) for clause in document.clauses]
    if isinstance(subject, Amendment):
        found = [Part(f"r{n}", f"Change {n}", str(words)) for n, words in enumerate(subject.rubric, 1)]
        return found + ([Part("reason", "Reason", subject.reason)] if subject.reason.strip() else [])
    if isinstance(subject, Ballot):
        return _of_ballot(subject)
    if isinstance(subject, Attestation):
        return [Part("title", "Short title", subject.title), Part("words", "What the member confirms", subject.words)]
    paper = paper_versions.latest(subject.id)
    headings = [part for part in (paper.paper if paper else ()) if "heading" in part]
    keys = {id(part): f"h{n}" for n, part in enumerate(headings, 1)}
    return [
        Part(part["id"], f"Paragraph {part['id'][1:]}", part["text"])
        if "text" in part
        else Part(keys[id(part)], "Heading", part["heading"])
        for part in (paper.paper if paper else ())
    ]


def _of_ballot(ballot: Ballot) -> list[Part]:
    found = [Part("title", "Title of the ballot", ballot.title), Part("explanation", "Explanation", ballot.explanation)]
    for question in ballot.questions:
        called = f"Question {question.position}"
        found += [
            Part(question.key, called, question.title),
            Part(f"{question.key}.explanation", f"{called}, explanation", question.explanation),
            *_of_options(question, called),
        ]
    return [part for part in found if part.text.strip()]


def _of_options(question: Question, called: str) -> list[Part]:
    """The choices, but for people's names, and what candidates say for themselves."""
    found = []
    for number, option in enumerate(question.options, 1):
        key, label = f"{question.key}.{option.key}", f"{called}, choice {number}"
        if option.member_id is None:
            found.append(Part(key, label, option.name))
        found.append(Part(f"{key}.statement", f"{label}, statement", option.statement))
    return found


def _of(subject: Subject) -> ColumnElement[bool]:
    column: InstrumentedAttribute[int | None] = getattr(Translation, f"{kind_of(subject)}_id")
    return column == subject.id


def latest(subject: Subject, language: str) -> Translation | None:
    """The newest translation of a text into a language, whatever its status."""
    return newest(kind_of(subject), subject.id, language)


def newest(kind: str, subject_id: int, language: str) -> Translation | None:
    """The same by the kind and the number of the text: one statement."""
    column = getattr(Translation, f"{kind}_id")
    query = select(Translation).where(column == subject_id, Translation.language == language)
    return db.session.scalars(query.order_by(Translation.id.desc()).limit(1)).first()


def standing(kind: str, subject_id: int, language: str) -> Translation | None:
    """The newest translation of a text that somebody approved: one statement. It may be of an earlier text."""
    column = getattr(Translation, f"{kind}_id")
    query = select(Translation).where(column == subject_id, Translation.language == language)
    query = query.where(Translation.status == "approved").order_by(Translation.id.desc()).limit(1)
    return db.session.scalars(query).first()


def approved_languages(kind: str, subject_id: int) -> list[str]:
    """The languages into which a text has an approved translation: one statement."""
    column = getattr(Translation, f"{kind}_id")
    query = select(Translation.language).where(column == subject_id, Translation.status == "approved").distinct()
    return sorted(db.session.scalars(query))


def words(kind: str, numbers: Collection[int], language: str) -> dict[int, dict[str, str]]:
    """For each of these ballots or motions: its words, each with what it is in a language, where somebody approved it.

    One statement. What has been changed since is not among the words, so that nobody is shown the translation of another text.
    """
    column = getattr(Translation, f"{kind}_id")
    query = select(column, Translation.source, Translation.words).where(
        column.in_(numbers), Translation.language == language, Translation.status == "approved"
    )
    return {
        number: {part["text"]: str(said[part["key"]]) for part in source if said.get(part["key"])}
        for number, source, said in db.session.execute(query.order_by(Translation.id))
    }


def of(subject: Subject) -> list[Translation]:
    """The newest translation of a text into each language: one statement."""
    query = select(Translation).where(_of(subject)).order_by(Translation.id)
    return list({row.language: row for row in db.session.scalars(query)}.values())


def is_stale(row: Translation, subject: Subject) -> bool:
    """Whether the text has been changed since it was translated."""
    return row.source_hash != hash_of(subject)


def approved(ballot: Ballot) -> list[Translation]:
    """The translations that are fixed with a ballot: the newest in each language, where approved and of today's paper."""
    return [row for row in of(ballot) if row.status == "approved" and not is_stale(row, ballot)]


def of_attestations(language: str) -> dict[int, Mapping[str, str]]:
    """The number of each text that members confirm → its title and words in a language, where somebody approved them."""
    query = select(Translation).where(Translation.attestation_id.is_not(None), Translation.language == language)
    found = {row.attestation_id: row for row in db.session.scalars(query.order_by(Translation.id))}
    return {number: row.words for number, row in found.items() if number and row.status == "approved"}


def beside(row: Translation | None, subject: Subject) -> list[Beside]:
    """A text part by part, each with its translation ("" where there is none)."""
    then = {part["key"]: part["text"] for part in row.source} if row else {}
    words: Mapping[str, Any] = row.words if row else {}
    return [
        Beside(part, str(words.get(part.key, "")), row is not None and then.get(part.key) != part.text)
        for part in parts_of(subject)
    ]


def hash_of(subject: Subject) -> str:
    """The hash of what of a text is translated: a form says which it was filled in beside."""
    return _hash(parts_of(subject))


def _hash(parts: Sequence[Part]) -> str:
    return fingerprint([asdict(part) for part in parts])


@act(Permission.TEXT_TRANSLATE, Event.TRANSLATION_MADE)
def translate(
    subject: Subject,
    language: str,
    words: Mapping[str, str],
    *,
    made_of: str = "",
    by: Actor,
    at: datetime,
    act: Act,
) -> Translation:
    """Make a translation of the whole of a text; it awaits review, and an earlier one stays on the record.

    `words` are by the keys of the parts; `made_of` is the hash of the parts that the form showed ("" to leave it out).

    Raises:
        NotFound: for a language that there are no pages in. Invalid: naming each part that has no words, or too many.
        OutOfOrder: if the text has changed in the meantime, is not fixed yet, or the ballot's paper is fixed already.
    """
    if language not in languages():
        raise NotFound("There are no pages in that language.")
    parts = _translatable(act.session, subject)
    if made_of and made_of != _hash(parts):
        raise OutOfOrder("The text has changed since you opened the page. Look at it again; what you typed is below.")
    typed = {part.key: words.get(part.key, "").strip() for part in parts}
    wrong = {part.key: sentence for part in parts if (sentence := _problem(part, typed[part.key], subject))}
    if wrong:
        raise Invalid(next(iter(wrong.values())), wrong)
    row = Translation(
        **{f"{kind_of(subject)}_id": subject.id},
        language=language, authoritative=authoritative(), source=[asdict(part) for part in parts],
        source_hash=_hash(parts), words=typed, status="awaiting review",
        made_by_id=by.member_id, made_as=_capacity(by, subject, at), made_at=at,
    )  # fmt: skip
    act.session.add(row)
    act.note(language=language, source=row.source_hash, words=fingerprint(typed))
    return row


def _translatable(session: Session, subject: Subject) -> list[Part]:
    if isinstance(subject, Ballot) and subject.state != "preparing":
        raise OutOfOrder("The paper of this ballot is fixed, in every language: nobody can change what voters read.")
    session.flush()
    parts = parts_of(subject)
    if not parts:
        raise OutOfOrder("There is no text to translate yet.")
    return parts


def _problem(part: Part, typed: str, subject: Subject) -> str:
    if not typed:
        return f"“{part.label}” has no words yet: a translation is made of the whole text."
    most = LONGEST
    if isinstance(subject, Ballot) and not part.key.endswith(("statement", "explanation")):
        most = LONGEST_TITLE
    elif isinstance(subject, Attestation):
        most = attestations.LONGEST_TITLE if part.key == "title" else attestations.LONGEST_WORDS
    return f"“{part.label}” has {len(typed):,} characters; the most is {most:,}." if len(typed) > most else ""


def _capacity(by: Actor, subject: Subject, at: datetime) -> str:
    """What a person is to the text, as pages name the translator: never by name."""
    if by.member_id is not None and getattr(subject, "mover_id", None) == by.member_id:
        return "its mover"
    for role in (Role.STANDING_ORDERS, Role.GOVERNANCE, Role.RETURNING_OFFICER, Role.ROLL_OFFICER, Role.DELEGATE):
        if by.holds(role, at):
            return role.value
    return "somebody else"


@act(Permission.TRANSLATION_APPROVE, Event.TRANSLATION_APPROVED)
def approve(row: Translation, *, by: Actor, at: datetime, act: Act) -> Translation:
    """Approve a translation that one has read beside the original; whoever made it does not.

    Raises:
        OutOfOrder: if it is approved already, is not the newest, is out of date, or the ballot's paper is fixed.
    """
    subject = row.subject
    if row.status == "approved":
        raise OutOfOrder("This translation is approved already.")
    _translatable(act.session, subject)
    newest = latest(subject, row.language)
    if newest is not None and newest.id != row.id:
        raise OutOfOrder("There is a newer translation: read and approve that one.")
    if is_stale(row, subject):
        raise OutOfOrder("The text has changed since it was translated: the translation is brought up to date first.")
    row.status, row.approved_at = "approved", at
    row.approved_by_id, row.approved_as = by.member_id, _capacity(by, subject, at)
    act.note(language=row.language, source=row.source_hash)
    return row
