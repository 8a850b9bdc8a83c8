"""The record of processing and the impact assessment as people finish them: versions, and the signature of a second person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.domain.assessment import QUESTIONS
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.protection import PAPERS
from consult.domain.roles import Actor
from consult.model.protection import ProtectionPaper
from consult.model.store import db
from consult.service import processing
from consult.service.act import Act, act

MOST = 20_000


def newest(kind: str) -> ProtectionPaper | None:
    """The newest version of a paper, or None where nobody has written on it.

    Raises:
        NotFound: if there is no such paper.
    """
    if kind not in PAPERS:
        raise NotFound("There is no such paper.")
    query = (
        select(ProtectionPaper)
        .where(ProtectionPaper.kind == kind)
        .options(joinedload(ProtectionPaper.saved_by), joinedload(ProtectionPaper.signed_by))
    )
    return db.session.scalars(query.order_by(ProtectionPaper.sequence.desc()).limit(1)).one_or_none()


def missing(paper: ProtectionPaper | None, kind: str) -> list[str]:
    """The questions that nobody has answered."""
    said = paper.answers if paper else {}
    return [ask.words for ask in QUESTIONS[kind] if not said.get(ask.key)]


@act(Permission.DATA_PROTECT, Event.PROTECTION_PAPER_SAVED)
def save(
    _: None, kind: str, answers: dict[str, str], after: int, *, by: Actor, at: datetime, act: Act
) -> ProtectionPaper:
    """Write on a paper: a new version, with whatever is answered by now. `after` is the version that the form showed, or 0.

    Raises:
        Stale: if somebody else wrote on it meanwhile. Invalid: if nothing was changed, or something is too long.
    """
    last = newest(kind)
    if (last.sequence if last else 0) != after:
        raise Stale(
            "Somebody else has written on this meanwhile. What you typed is below; look at the newer one first."
        )
    said = {ask.key: (answers.get(ask.key) or "").strip() for ask in QUESTIONS[kind]}
    if long := {key: f"At most {MOST:,} characters." for key, words in said.items() if len(words) > MOST}:
        raise Invalid("One of the answers is too long.", long)
    if last is not None and last.answers == said and last.facts_hash == processing.facts_hash():
        raise Invalid("Nothing was changed.")
    paper = ProtectionPaper(
        kind=kind,
        sequence=after + 1,
        answers=said,
        facts_hash=processing.facts_hash(),
        saved_by_id=by.member_id,
        saved_at=at,
    )
    act.session.add(paper)
    act.note(paper=kind, version=after + 1)
    return paper


@act(Permission.PROTECTION_SIGN, Event.PROTECTION_PAPER_SIGNED)
def sign(paper: ProtectionPaper, *, by: Actor, at: datetime, act: Act) -> ProtectionPaper:
    """Sign the newest version of a paper, as somebody else than whoever wrote it, once every question is answered.

    Raises:
        OutOfOrder: if something is missing, the program keeps something else by now, or it is signed or replaced.
        NotAllowed: to whoever wrote it.
    """
    last = newest(paper.kind)
    if last is None or last.id != paper.id:
        raise OutOfOrder("A newer version has taken the place of this one.")
    if paper.signed_at is not None:
        raise OutOfOrder("This version is signed already.")
    if paper.saved_by_id == by.member_id:
        raise NotAllowed("You wrote this version; somebody else signs it.")
    if gaps := missing(paper, paper.kind):
        raise OutOfOrder(f"Not everything is answered yet: {' '.join(gaps)}")
    if paper.facts_hash != processing.facts_hash():
        raise OutOfOrder(
            "What the program keeps has changed since this was written. The data protection officer looks it over first."
        )
    paper.signed_by_id, paper.signed_at = by.member_id, at
    act.note(paper=paper.kind, version=paper.sequence)
    return paper
