"""Submissions to a consultation: begun, kept as drafts, sent, revised in versions until the phase closes, withdrawn, set aside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, false, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.domain import policy
from consult.domain.errors import Again, Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.consultations import Consultation
from consult.model.consulting import ConsultationQuestion, Contribution, ContributionVersion, Participation
from consult.model.store import db
from consult.model.units import Unit
from consult.service import participation
from consult.service.act import Act, act, require_revision
from consult.service.threads import checked_reason

LONGEST = 40_000
DOING = "Submissions can be sent, revised and withdrawn"

Document = dict[str, Any]


# -- reading ---------------------------------------------------------------------------------------------------------


def get(contribution_id: int) -> Contribution:
    """A submission with its versions.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(Contribution).where(Contribution.id == contribution_id)
    found = db.session.scalars(query.options(selectinload(Contribution.versions), *_BESIDE)).one_or_none()
    if found is None:
        raise NotFound("There is no submission of this number.")
    return found


#: The states of what was sent and stands; what is set aside stays readable with the reason.
STANDING = ("submitted", "set aside")
_BESIDE = (joinedload(Contribution.unit), joinedload(Contribution.author), joinedload(Contribution.version))


def sent(consultation_id: int, session: Session | None = None) -> list[Contribution]:
    """Every submission that stands, in the order in which they were first sent."""
    query = standing(consultation_id).order_by(Contribution.submitted_at, Contribution.id)
    return list((session or db.session()).scalars(query))


def standing(consultation_id: int) -> Select[Any]:
    """The submissions to a consultation that stand, with who speaks and what they say, in no order."""
    query = select(Contribution).where(
        Contribution.consultation_id == consultation_id, Contribution.state.in_(STANDING)
    )
    return query.options(*_BESIDE)


def own(consultation_id: int, by: Actor) -> list[Contribution]:
    """One's own submissions to a consultation, drafts and those for units that one wrote included."""
    if by.member_id is None:
        return []
    query = select(Contribution).where(
        Contribution.consultation_id == consultation_id, Contribution.author_id == by.member_id
    )
    return list(db.session.scalars(query.options(*_BESIDE).order_by(Contribution.id)))


def of_speakers(consultation_id: int, speakers: Iterable[str]) -> list[Contribution]:
    """What these speakers, as "member:12" or "unit:4", have sent to a consultation, withdrawn ones included."""
    query = select(Contribution).where(
        Contribution.consultation_id == consultation_id, Contribution.speaker.in_(list(speakers)),
        Contribution.version_id.is_not(None),
    )  # fmt: skip
    return list(db.session.scalars(query.options(*_BESIDE).order_by(Contribution.id)))


def keeps(contribution: Contribution, by: Actor, at: datetime) -> bool:
    """Whether it is this person's to write: one's own, or that of a unit one speaks for."""
    if contribution.kind == "person":
        return by.member_id is not None and contribution.author_id == by.member_id
    return policy.may(Permission.SUBMISSION_SPEAK_FOR, by, contribution, at=at)


def is_published(contribution: Contribution, terms: Participation, at: datetime) -> bool:
    """Whether everybody may read it, by the declared rule."""
    return contribution.state in STANDING and are_published(contribution.consultation, terms, at)


def are_published(consultation: Consultation, terms: Participation, at: datetime) -> bool:
    """Whether everybody may read the submissions to a consultation that stand, by the declared rule."""
    return terms.publishing != "figures only" and (terms.at_once or participation.is_over(consultation, at))


def require_readable(contribution: Contribution, by: Actor, at: datetime) -> Participation:
    """The terms, for somebody who may read this submission.

    Raises:
        NotFound: as if it were not there, for somebody who may not.
    """
    terms = db.session.get_one(Participation, contribution.consultation_id)
    coder = policy.may(Permission.CONSULTATION_CODE, by, contribution.consultation, at=at) and contribution.version_id
    if not (is_published(contribution, terms, at) or keeps(contribution, by, at) or coder):
        raise NotFound("There is no submission of this number that you can read.")
    return terms


def name_of(contribution: Contribution, terms: Participation, by: Actor) -> str:
    """Who speaks, as this reader may know it; "" where a person is not named. Units are always named."""
    if contribution.unit is not None:
        return contribution.unit.name
    mine = by.member_id is not None and by.member_id == contribution.author_id
    to_members = terms.publishing == "names to members" and by.member_id is not None
    agreed = contribution.named and terms.publishing in ("names to members", "agreed names")
    return contribution.author.name if mine or to_members or agreed else ""


# -- writing ---------------------------------------------------------------------------------------------------------


@act(Permission.SUBMISSION_WRITE, Event.SUBMISSION_SAVED)
def begin(
    consultation: Consultation, kind: str, unit: Unit | None = None, *, by: Actor, at: datetime, act: Act
) -> Contribution:
    """Begin a submission; its draft is kept until it is sent, and given again to whoever begins once more before that.

    Raises:
        OutOfOrder: if the phase is not open. Again: if whoever speaks has a submission already.
        NotAllowed: for a unit that one does not speak for. Invalid: for a kind that does not go with the unit.
    """
    participation.require_open(act.session, consultation, by, at, DOING)
    if (kind == "person") != (unit is None) or (kind == "organisation" and unit and unit.kind != "organisation"):
        raise Invalid("Choose for whom you speak: for yourself, or for a unit, organisation or meeting that you name.")
    if unit is not None:
        if kind == "unit" and unit.kind == "organisation":
            kind = "organisation"
        policy.require(Permission.SUBMISSION_SPEAK_FOR, by, unit, at=at)
    speaker = None if kind == "meeting" else f"unit:{unit.id}" if unit else f"member:{by.member_id}"
    about = select(Contribution).where(Contribution.consultation_id == consultation.id)
    if speaker is not None:
        kept = act.session.scalars(about.where(Contribution.speaker == speaker)).first()
    else:  # the one just begun for a meeting of this unit, with nothing in it yet
        begun = about.where(Contribution.kind == kind, Contribution.unit_id == unit.id if unit else false())
        begun = begun.where(Contribution.author_id == by.member_id, Contribution.revision == 1)
        kept = act.session.scalars(begun.where(Contribution.version_id.is_(None))).first()
    if kept is not None and kept.version_id is None and kept.state == "draft":
        return kept
    if kept is not None:
        whose = f"{kept.unit.name} has" if kept.unit else "You have"
        raise Again(
            f"{whose} a submission to this consultation already: open it and revise it.", f"/submissions/{kept.id}"
        )
    made = Contribution(
        consultation_id=consultation.id, kind=kind, speaker=speaker, unit_id=unit.id if unit else None,
        author_id=by.member_id, author_status=by.status.value if by.status else "", draft={}, created_at=at,
    )  # fmt: skip
    act.session.add(made)
    return made


@act(Permission.SUBMISSION_WRITE, Event.SUBMISSION_SAVED)
def save(
    contribution: Contribution,
    document: Document,
    *,
    named: bool,
    revision: int | None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Contribution:
    """Keep what is being written, whole or not; what was sent before stands until it is sent again.

    Raises:
        Stale: if it was saved in another tab. OutOfOrder: if the phase is not open.
    """
    _writes(act, contribution, by, at)
    require_revision(contribution, revision)
    if len(json.dumps(document, ensure_ascii=False)) > LONGEST:
        raise Invalid(f"This is longer than a submission can be ({LONGEST:,} characters).")
    contribution.draft, contribution.named = document, named
    contribution.revision += 1
    return contribution


def is_sent(contribution: Contribution, document: Document, named: bool) -> bool:
    """Whether just this was sent already, as when a button is pressed twice."""
    if contribution.state != "submitted" or contribution.draft is not None or contribution.version is None:
        return False
    return named == contribution.named and _stripped(document) == _stripped(contribution.version.document)


def _stripped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: kept for key, part in value.items() if (kept := _stripped(part))}
    return value.strip() if isinstance(value, str) else value


@act(Permission.SUBMISSION_WRITE, None)
def send(contribution: Contribution, *, by: Actor, at: datetime, act: Act) -> Contribution:
    """Send the draft: the first time as the submission, later as a revision that is a version of its own.

    Raises:
        Invalid: naming each answer that is missing, too long or not among those on offer. OutOfOrder: out of its phase.
    """
    terms = _writes(act, contribution, by, at)
    if contribution.draft is None:
        raise OutOfOrder("Nothing was changed since it was sent.")
    document = checked(
        contribution.draft, participation.questions_of(contribution.consultation_id, act.session), terms.words,
        at.date() if contribution.kind == "meeting" else None,
    )  # fmt: skip
    first = contribution.state != "submitted"
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    version = ContributionVersion(
        contribution_id=contribution.id, sequence=len(contribution.versions) + 1, document=document,
        hash=hashlib.sha256(text.encode()).hexdigest(), created_at=at, created_by=by.reference,
    )  # fmt: skip
    act.session.add(version)
    act.session.flush()
    contribution.version_id, contribution.draft = version.id, None
    contribution.submitted_at = contribution.submitted_at or at
    step = act.step(contribution, "send" if first else "revise")
    act.record(step.event, contribution, version=version.sequence, hash=version.hash, kind=contribution.kind)
    title = contribution.consultation.title
    act.notify("submission-received", contribution.author, submission=contribution.id, title=title, first=first)
    act.session.expire(contribution, ["versions"])
    return contribution


@act(Permission.SUBMISSION_WRITE, Event.SUBMISSION_WITHDRAWN)
def withdraw(contribution: Contribution, *, by: Actor, at: datetime, act: Act) -> Contribution:
    """Withdraw a submission while the phase is open; it can be written and sent again until then."""
    _writes(act, contribution, by, at)
    act.step(contribution, "withdraw")
    if contribution.draft is None and contribution.version is not None:
        contribution.draft = contribution.version.document
    return contribution


@act(Permission.COMMENT_MODERATE, Event.SUBMISSION_SET_ASIDE)
def set_aside(contribution: Contribution, reason: str, *, by: Actor, at: datetime, act: Act) -> Contribution:
    """Set a submission aside with a reason that is read in its place; it counts in no figure."""
    words = checked_reason(reason)
    contribution.aside_reason = words
    act.step(contribution, "set aside")
    act.notify("submission-set-aside", contribution.author, submission=contribution.id, reason=words)
    return contribution


@act(Permission.COMMENT_MODERATE, Event.SUBMISSION_RESTORED)
def restore(contribution: Contribution, reason: str, *, by: Actor, at: datetime, act: Act) -> Contribution:
    """Take a submission up again that was set aside, with the reason."""
    act.because(reason)
    contribution.aside_reason = None
    act.step(contribution, "restore")
    return contribution


def why_closed(consultation: Consultation, by: Actor, at: datetime) -> str:
    """Why this person sends and changes no submission now; "" where they may."""
    return participation.why_not(consultation, by, at, DOING)


def _writes(act: Act, contribution: Contribution, by: Actor, at: datetime) -> Participation:
    """The terms, for somebody whose submission it is, while it can be written."""
    terms = participation.require_open(act.session, contribution.consultation, by, at, DOING)
    if not keeps(contribution, by, at):
        raise NotAllowed("This submission is somebody else's to write.")
    if contribution.state == "set aside":
        raise OutOfOrder("A moderator has set this submission aside; it cannot be changed until it is restored.")
    return terms


# -- checking --------------------------------------------------------------------------------------------------------


def checked(
    document: Mapping[str, Any], questions: Sequence[ConsultationQuestion], words: int, meeting: date | None
) -> Document:
    """The document as it is kept: answers to the questions there are, what else was said, and a meeting's minutes.

    `words` is the most for an open answer; `meeting` is today where minutes are needed.

    Raises:
        Invalid: naming each field that is wrong (`q7`, `more`, `held_on`, `present`, `minutes`).
    """
    problems: dict[str, str] = {}
    answers: dict[str, Any] = {}
    given = document.get("answers", {})
    for row in questions:
        answer, wrong = _answer(row, given.get(str(row.id)), words)
        if wrong:
            problems[f"q{row.id}"] = wrong
        elif answer:
            answers[str(row.id)] = answer
    more = str(document.get("more", "")).strip()
    if len(more.split()) > words:
        problems["more"] = _too_long(more, words)
    minutes = _minutes(document.get("minutes", {}), meeting, problems) if meeting else None
    if not problems and not answers and not more:
        problems["more"] = "Nothing is answered yet: answer a question or write something before you send it."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    return {"answers": answers, "more": more} | ({"minutes": minutes} if minutes else {})


def _too_long(text: str, words: int) -> str:
    count = len(text.split())
    return f"This has {count:,} words and the most is {words:,}: take out {count - words:,}."


def _answer(row: ConsultationQuestion, given: Any, words: int) -> tuple[Any, str]:
    """The answer as kept, and what is wrong with it."""
    if row.kind == "open":
        text = str(given or "").strip()
        if len(text.split()) > words:
            return None, _too_long(text, words)
        return text, f"This question needs an answer: {row.wording}" if row.needed and not text else ""
    chosen = [given] if isinstance(given, str) and given else [] if given is None or given == "" else list(given)
    if any(option not in row.options for option in chosen) or (row.kind == "one" and len(chosen) > 1):
        return None, f"Choose among the answers on offer: {row.wording}"
    if row.needed and not chosen:
        return None, f"This question needs an answer: {row.wording}"
    return (chosen[0] if chosen else "") if row.kind == "one" else chosen, ""


def _minutes(given: Mapping[str, Any], today: date, problems: dict[str, str]) -> Document:
    try:
        held_on = date.fromisoformat(str(given.get("held_on") or ""))
        if held_on > today:
            problems["held_on"] = "The meeting is held before its submission is sent: this day is still to come."
    except ValueError:
        problems["held_on"] = "Give the day on which the meeting was held."
    present = given.get("present")
    if not isinstance(present, int) or not 1 <= present <= 100_000:
        problems["present"] = "Say how many people were present."
    text = str(given.get("text", "")).strip()
    if not 20 <= len(text) <= 20_000:
        problems["minutes"] = "Give the minutes of what was discussed and agreed (20 to 20,000 characters)."
    place = " ".join(str(given.get("place", "")).split())[:300]
    return {"held_on": str(given.get("held_on") or ""), "place": place, "present": present, "text": text}
