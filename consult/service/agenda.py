"""Agendas: what the papers of a consultation say now, and issuing them, numbered and for good."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain.agenda import (
    AMENDMENT_WORDS,
    FINAL,
    FORMAT,
    KINDS,
    MOTION_WORDS,
    ORDER_PAPER,
    PRELIMINARY,
    SOC_REPORT,
    changes,
)
from consult.domain.debating import alike
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.motion_states import DISPOSED, STANDING
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import written
from consult.ledger import canonical
from consult.model.agenda import Issue
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot
from consult.model.composites import Composite, CompositeParent
from consult.model.consultations import Consultation
from consult.model.motions import Appeal, Motion, MotionVersion, Ruling
from consult.model.procedure import Disposal
from consult.model.store import db
from consult.model.units import Unit
from consult.service import consequences, consultations, sittings, summaries
from consult.service.act import Act, act
from consult.text import tokens

LONGEST = 5_000
#: States in which a motion is on no paper: nobody has submitted it yet.
_UNHEARD = ("draft", "seeking support")

#: Kind of paper → the states of the motions on it; None: all that were submitted.
_ON: dict[str, tuple[str, ...] | None] = {
    SOC_REPORT: None,
    PRELIMINARY: STANDING,
    FINAL: (*STANDING, "not prioritised", *DISPOSED),
    ORDER_PAPER: ("on the order paper", "put to the vote", "not prioritised", *DISPOSED),
}


# -- reading ---------------------------------------------------------------------------------------------------------


def listed(consultation_id: int, actor: Actor) -> list[Issue]:
    """The papers of a consultation that this person may read, newest first."""
    query = (
        select(Issue).where(Issue.consultation_id == consultation_id).order_by(Issue.issued_at.desc(), Issue.id.desc())
    )
    return [issue for issue in db.session.scalars(query) if may_read(issue, actor)]


def get(issue_id: int, actor: Actor) -> Issue:
    """One paper.

    Raises:
        NotFound: if there is none of this number. NotAllowed: if it is for members and nobody has signed in.
    """
    query = select(Issue).where(Issue.id == issue_id)
    query = query.options(joinedload(Issue.consultation).joinedload(Consultation.unit), joinedload(Issue.issued_by))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no paper of this number.")
    if not may_read(found, actor):
        raise NotAllowed("Reports of the standing orders committee are for members: sign in to read this one.")
    return found


def may_read(issue: Issue, actor: Actor) -> bool:
    """Reports name rulings, which are for members; agendas are for everybody."""
    return actor.member_id is not None or bool(actor.machine) or not KINDS[issue.kind][1]


def latest(session: Session, consultation_id: int, kind: str) -> Issue | None:
    """The newest paper of a kind."""
    query = select(Issue).where(Issue.consultation_id == consultation_id, Issue.kind == kind)
    return session.scalars(query.order_by(Issue.number.desc()).limit(1)).first()


@dataclass(frozen=True)
class _Around:
    """What stands around motions and amendments: their rulings, what they follow from, and whether they are taken."""

    rulings: dict[tuple[str, int], dict[str, Any]]
    follows: dict[str, list[str]]
    priorities: dict[int, dict[str, Any]]
    #: Motion → the composite that it joins.
    composites: dict[int, str]
    #: Motion → what both sides of its debate say in short, where both approved theirs.
    summaries: dict[int, dict[str, str]]


# -- what a paper says -------------------------------------------------------------------------------------------------


def content(session: Session, consultation: Consultation, kind: str) -> dict[str, Any]:
    """What a paper of this kind says now, in a fixed number of statements whatever its size."""
    order = {"sittings": sittings.order(session, consultation.id)} if kind == ORDER_PAPER else {}
    rows = _motions(session, consultation.id, _ON[kind], _taken(order))
    ids = [row.id for row in rows]
    amended = _amendments(session, ids, reports=kind == SOC_REPORT)
    around = _Around(
        _rulings(session, consultation, ids, [row.id for found in amended.values() for row in found]),
        _follows(session, consultation.id),
        _priorities(session, ids),
        _composites(session, ids),
        {
            number: both
            for number, both in summaries.standing(ids, session).items()
            if len(both) == len(summaries.SIDES) and alike(*map(tokens.total, both.values()))
        },
    )
    return {
        "format": FORMAT,
        "kind": kind,
        "consultation": consultation.title,
        "motions": [_motion(row, amended.get(row.id, []), around) for row in rows],
        **order,
    }


def _taken(order: Mapping[str, list[dict[str, Any]]]) -> list[int]:
    """The motions that an order of business names."""
    return [
        item["motion"]
        for sitting in order.get("sittings", ())
        for item in sitting["items"]
        if item["motion"] is not None
    ]


def _motions(
    session: Session, consultation_id: int, states: tuple[str, ...] | None, taken: Iterable[int] = ()
) -> list[Any]:
    """The motions in the states, and those standing that an order of business names: what is to be taken can be read."""
    query = (
        select(
            Motion.id, Motion.number, Motion.title, Motion.topic, Motion.state, Unit.name.label("branch"),
            MotionVersion.id.label("version"), MotionVersion.sequence, MotionVersion.hash, MotionVersion.word_count,
        )
        .join(Unit, Unit.id == Motion.unit_id)
        .outerjoin(MotionVersion, MotionVersion.id == Motion.version_id)
        .where(Motion.consultation_id == consultation_id, Motion.number.is_not(None))
        .order_by(Motion.number)
    )  # fmt: skip
    if states is None:
        query = query.where(Motion.state.not_in(_UNHEARD))
    else:
        query = query.where(Motion.state.in_(states) | (Motion.id.in_(taken) & Motion.state.in_(STANDING)))
    return list(session.execute(query))


def _amendments(session: Session, ids: list[int], *, reports: bool) -> dict[int, list[Any]]:
    query = (
        select(
            Amendment.id, Amendment.motion_id, Amendment.number, Amendment.state, Amendment.order, Amendment.rubric,
            Amendment.falls_because, Unit.name.label("branch"),
        )
        .join(Unit, Unit.id == Amendment.unit_id)
        .where(Amendment.motion_id.in_(ids), Amendment.number.is_not(None))
        .order_by(Amendment.order.is_(None), Amendment.order, Amendment.number)
    )  # fmt: skip
    if not reports:  # what is not before the conference is in the committee's report alone
        query = query.where(
            Amendment.state.not_in(("submitted", "queried", "ruled out", "ruled out for good", "withdrawn"))
        )
    found: dict[int, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.motion_id, []).append(row)
    return found


def _rulings(
    session: Session, consultation: Consultation, motion_ids: list[int], amendment_ids: list[int]
) -> dict[tuple[str, int], dict[str, Any]]:
    """What the newest ruling says of each that is ruled out or queried: the rule, the reason and the appeal."""
    query = (
        select(
            Ruling.motion_id,
            Ruling.amendment_id,
            Ruling.rule,
            Ruling.reason,
            Ruling.decision,
            Ruling.at.label("ruled_at"),
            Appeal.at,
            Appeal.outcome,
        )
        .outerjoin(Appeal, Appeal.ruling_id == Ruling.id)
        .where(Ruling.motion_id.in_(motion_ids) | Ruling.amendment_id.in_(amendment_ids))
        .order_by(Ruling.id)
    )
    days = consultations.rules_of(consultation).appeal_days
    found = {}
    for row in session.execute(query):
        key = ("motion", row.motion_id) if row.motion_id is not None else ("amendment", row.amendment_id)
        found[key] = {"rule": row.rule, "reason": row.reason, "appeal": _appeal(row, days)}
    return found


def _appeal(row: Any, days: int) -> str:
    if row.decision != "ruled out":
        return ""
    if row.at is None and days:
        return f"Appeal by {written(row.ruled_at + timedelta(days=days))}, to the complaints panel."
    if row.at is None:
        return "Its mover or delegate can appeal to the complaints panel."
    return f"The appeal was {row.outcome}." if row.outcome else "An appeal was made and is not decided yet."


def _follows(session: Session, consultation_id: int) -> dict[str, list[str]]:
    """Key of a motion or amendment → the sentences of what it follows from: "If Motion 3 is carried, Motion 7 falls."."""
    found: dict[str, list[str]] = {}
    for one in consequences.said(consequences.of_consultation(consultation_id, session=session)):
        found.setdefault(one.effect, []).append(one.sentence)
    return found


def _priorities(session: Session, ids: list[int]) -> dict[int, dict[str, Any]]:
    """What was decided about taking each motion: a sentence, by whom, its place, and the ballot that it follows from."""
    query = (
        select(Disposal.motion_id, Disposal.decision, Disposal.place, Disposal.source, Ballot.id, Ballot.title)
        .outerjoin(Ballot, Ballot.id == Disposal.ballot_id)
        .where(Disposal.motion_id.in_(ids), Disposal.decision.in_(("prioritised", "not prioritised")))
        .order_by(Disposal.id)
    )
    return {
        row.motion_id: {
            "priority": _priority(row),
            "taken": {"source": row.source, "place": row.place, "ballot": row.id, "by": row.title or ""},
        }
        for row in session.execute(query)
    }


def _priority(row: Any) -> str:
    by = {"ballot": "by the priorities ballot", "committee": "by the committee", "meeting": "by the meeting"}
    named = f"in the ballot “{row.title}”" if row.title else by[row.source]
    if row.place:
        return f"Place {row.place} {named}." if row.title else f"Place {row.place}, {named}."
    return f"{row.decision.capitalize()} {named}."


def _composites(session: Session, ids: list[int]) -> dict[int, str]:
    query = select(CompositeParent.motion_id, Composite.number).join(Composite)
    found = session.execute(query.where(CompositeParent.motion_id.in_(ids), CompositeParent.live.is_(True)))
    return {row.motion_id: f"Composite {row.number}" for row in found}


def _motion(row: Any, amended: Iterable[Any], found: _Around) -> dict[str, Any]:
    entry = {
        "id": row.id, "label": f"Motion {row.number}", "number": row.number, "title": row.title, "topic": row.topic,
        "branch": row.branch, "status": MOTION_WORDS.get(row.state, row.state), "version": row.version,
        "sequence": row.sequence, "hash": row.hash, "words": row.word_count,
        "priority": "", **found.priorities.get(row.id, {}), "follows": found.follows.get(f"motion:{row.id}", []),
        "amendments": [_amendment(one, found) for one in amended],
    }  # fmt: skip
    if row.state == "composited" and row.id in found.composites:
        entry["composite"] = found.composites[row.id]
    if row.id in found.summaries:
        entry["summaries"] = found.summaries[row.id]
    return entry | _ruled(row.state, found.rulings.get(("motion", row.id)))


def _amendment(row: Any, found: _Around) -> dict[str, Any]:
    entry = {
        "id": row.id, "label": f"Amendment {row.number}", "branch": row.branch, "rubric": list(row.rubric),
        "status": AMENDMENT_WORDS.get(row.state, row.state), "because": row.falls_because,
        "follows": found.follows.get(f"amendment:{row.id}", []),
    }  # fmt: skip
    return entry | _ruled(row.state, found.rulings.get(("amendment", row.id)))


def _ruled(state: str, ruling: dict[str, Any] | None) -> dict[str, Any]:
    return dict(ruling) if ruling and state in ("ruled out", "ruled out for good", "queried") else {}


# -- issuing ---------------------------------------------------------------------------------------------------------


def fingerprint(found: Mapping[str, Any]) -> str:
    """What the confirming form carries: the hash of what the page showed."""
    return hashlib.sha256(canonical.dumps(found)).hexdigest()[:32]


@act(Permission.AGENDA_ISSUE, Event.AGENDA_ISSUED)
def issue(
    consultation: Consultation,
    kind: str,
    words: str = "",
    *,
    seen: str | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Issue:
    """Issue the next paper of a kind as things stand now, with what changed since the last.

    `seen` is the `fingerprint` of what the page showed.

    Raises:
        Invalid: for a kind that there is not, or too many words. OutOfOrder: if nothing would be on it.
        Stale: if something has changed since the page was opened.
    """
    if kind not in KINDS:
        raise Invalid("Choose which paper to issue.", {"kind": "Choose which paper to issue."})
    if len(words) > LONGEST:
        sentence = f"Say it in at most {LONGEST:,} characters."
        raise Invalid(sentence, {"words": sentence})
    found = content(act.session, consultation, kind)
    if not found["motions"]:
        raise OutOfOrder(
            f"No motion would be on this paper yet, so there is nothing to issue as {KINDS[kind][0].lower()}."
        )
    if seen is not None and seen != fingerprint(found):
        raise Stale("Something on this paper has changed since you opened the page. Look at it again, then issue it.")
    last = latest(act.session, consultation.id, kind)
    whole = canonical.dumps({"words": words.strip(), "content": found})
    made = Issue(
        consultation_id=consultation.id,
        kind=kind,
        number=(last.number if last else 0) + 1,
        words=words.strip(),
        content=found,
        changes=changes(last.content if last else None, found),
        hash=hashlib.sha256(whole).hexdigest(),
        issued_at=at,
        issued_by_id=by.member_id,
    )
    act.session.add(made)
    act.session.flush()
    act.note(kind=kind, number=made.number, hash=made.hash)
    return made
