"""Consultations: found, listed, and set up with their paper, their rulebook and their timetable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.domain import policy
from consult.domain import rulebook as domain
from consult.domain.errors import Again, Invalid, NotFound, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import ASKING, PHASES
from consult.model.consultations import Consultation, Phase
from consult.model.consultations import Rulebook as RulebookRow
from consult.model.motions import Motion
from consult.model.store import db
from consult.model.units import Unit
from consult.service import paper_versions, participation, phase_moves
from consult.service.act import SAVED_MEANWHILE, Act, act
from consult.service.audit import stamp


@dataclass(frozen=True)
class PhaseSpec:
    """A phase as the timetable's form gives it: open from `opens_at` up to, not including, `closes_at` (UTC)."""

    kind: str
    opens_at: datetime
    closes_at: datetime
    note: str = ""


@dataclass(frozen=True)
class Spec:
    """A consultation as its form gives it; the paper as plain text (see `paper_from`)."""

    title: str
    summary: str = ""
    paper: str = ""


#: States of a motion in which it was not sent yet, and is nobody's business but its movers'.
UNSENT = ("draft", "seeking support")


# -- reading ---------------------------------------------------------------------------------------------------------


def get(consultation_id: int) -> Consultation:
    """A consultation with its phases and rulebook.

    Raises:
        NotFound: if there is none of this number.
    """
    query = (
        select(Consultation)
        .where(Consultation.id == consultation_id)
        .options(selectinload(Consultation.phases), joinedload(Consultation.rulebook), joinedload(Consultation.unit))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no consultation of this number.")
    return found


def being_set_up(consultation: Consultation) -> bool:
    """Whether it has no timetable yet and no motion was sent to it, so that only those who set it up are shown it."""
    if consultation.phases:
        return False
    sent = (Motion.consultation_id == consultation.id) & Motion.state.not_in(UNSENT)
    return not db.session.scalar(select(exists().where(sent)))


def can_read(consultation: Consultation, by: Actor, at: datetime) -> bool:
    """Whether this person is shown it: everybody is once it has a timetable, until then those who may set it up."""
    return policy.may(Permission.CONSULTATION_KEEP, by, consultation, at=at) or not being_set_up(consultation)


def require_readable(consultation: Consultation, by: Actor, at: datetime) -> None:
    """Nothing for somebody who is shown it; every page and every answer about a consultation asks this.

    Raises:
        NotFound: for somebody else while it is being set up.
    """
    if not can_read(consultation, by, at):
        raise NotFound("This consultation is being set up: it can be read once its timetable is set.")


def readable(consultation_id: int, by: Actor, at: datetime) -> Consultation:
    """The consultation of this number, as `get` gives it, for somebody who is shown it.

    Raises:
        NotFound: if there is none of this number, or it is being set up by others.
    """
    found = get(consultation_id)
    require_readable(found, by, at)
    return found


def shown(by: Actor, at: datetime) -> list[Consultation]:
    """Those of `listed` that this person is shown: for lists and for choosing among them."""
    return [row for row in listed() if can_read(row, by, at)]


def listed() -> list[Consultation]:
    """Every consultation, those that are being set up among them, newest first."""
    query = (
        select(Consultation)
        .options(selectinload(Consultation.phases), joinedload(Consultation.unit))
        .order_by(Consultation.id.desc())
    )
    return list(db.session.scalars(query))


def named() -> list[Row[Any]]:
    """The number and title of every consultation that has its timetable, newest first: for choosing among them."""
    query = select(Consultation.id, Consultation.title).where(Consultation.phases.any())
    return list(db.session.execute(query.order_by(Consultation.id.desc())))


def rules_of(consultation: Consultation) -> domain.Rulebook:
    """The rulebook in force for a consultation."""
    return domain.Rulebook.from_json(consultation.rulebook.rules)


def rulebooks() -> list[RulebookRow]:
    """The newest version of each rulebook kept here, by name."""
    query = select(RulebookRow).order_by(RulebookRow.name, RulebookRow.version)
    return list({row.name: row for row in db.session.scalars(query)}.values())


def fingerprint(consultation: Consultation) -> str:
    """What a timetable's form carries, so that a second officer is told when it changed meanwhile."""
    parts = [f"{p.kind} {stamp(p.opens_at)} {stamp(p.closes_at)} {p.note}" for p in consultation.phases]
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:16]


def paper_fingerprint(consultation: Consultation) -> str:
    """What the form of the paper carries, as `fingerprint` is what the timetable's does."""
    parts = json.dumps([consultation.title, consultation.summary, consultation.paper], sort_keys=True)
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def paper_from(text: str) -> list[dict[str, str]]:
    """The paper of plain text: a line that begins with "# " is a heading, paragraphs are parted by empty lines.

    >>> paper_from("# Why\\n\\nHomes are\\ndear.")
    [{'heading': 'Why'}, {'text': 'Homes are dear.'}]
    """
    found: list[dict[str, str]] = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        rows = [row.strip() for row in block.split("\n") if row.strip()]
        while rows and rows[0].startswith("# "):
            found.append({"heading": rows.pop(0)[2:].strip()})
        if rows:
            found.append({"text": " ".join(rows)})
    return found


def paper_text(paper: Iterable[dict[str, str]]) -> str:
    """The plain text that `paper_from` reads back to the same paper.

    >>> paper_text([{"heading": "Why"}, {"text": "Homes are dear."}])
    '# Why\\n\\nHomes are dear.'
    """
    return "\n\n".join(f"# {part['heading']}" if "heading" in part else part["text"] for part in paper)


# -- setting up ------------------------------------------------------------------------------------------------------


@act(Permission.CONSULTATION_KEEP, Event.CONSULTATION_MADE)
def create(
    unit: Unit,
    spec: Spec,
    rules: domain.Rulebook,
    phases: Iterable[PhaseSpec] = (),
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> Consultation:
    """Set up a consultation of a unit, under a rulebook of which the version is kept for good.

    Raises:
        Invalid: if the title is missing or a phase does not close after it opens. Again: if one of this title is set
        up already and waits for its timetable.
    """
    columns = _columns(spec)
    same = select(Consultation.id).where(
        Consultation.unit_id == unit.id, Consultation.title == columns["title"], ~Consultation.phases.any()
    )
    if (stands := act.session.scalar(same.limit(1))) is not None:
        raise Again(
            f"“{columns['title']}” of {unit.name} is set up already, and has no timetable yet: open it in the list of "
            "consultations and set its timetable.",
            f"/consultations/{stands}",
        )
    row = keep_rulebook(act.session, rules, at)
    timetable = _phases(list(phases), rules)
    made = Consultation(**columns, unit_id=unit.id, rulebook_id=row.id, created_at=at, phases=timetable)
    act.session.add(made)
    act.note(rulebook=row.hash)
    paper_versions.keep(act, made)
    return made


@act(Permission.CONSULTATION_KEEP, Event.TIMETABLE_SET)
def set_timetable(
    consultation: Consultation,
    phases: Iterable[PhaseSpec],
    reason: str = "",
    *,
    seen: str | None,
    again: bool = False,
    by: Actor,
    at: datetime,
    act: Act,
) -> Consultation:
    """Set the timetable anew; `seen` is the `fingerprint` that the form was made from.

    Where a phase that has begun is changed, or a close is brought forward, a `reason` is asked for, shown and told.
    `again` says that people are to be asked again although an analysis of what they said is published.

    Raises:
        Stale: if somebody else set it in the meantime. Invalid: without any phase, for one that does not close after it opens, that is
        cut short while people take part, that opens again after its analysis and nobody said so, or a move without its
        reason.
    """
    if seen is not None and seen != fingerprint(consultation):
        raise Stale(f"The timetable was changed since you opened this page. {act.what_changed(consultation)}".strip())
    wanted = {phase.kind: phase for phase in _phases(list(phases), rules_of(consultation))}
    if not wanted:
        raise Invalid(
            "No dates are given, so nothing is set. Give one phase at least, with the day and the time at which it opens and closes."
        )
    kept = {phase.kind: phase for phase in consultation.phases}
    phase_moves.require_meant(act, consultation, wanted, again)
    phase_moves.keep(act, consultation, phase_moves.found(consultation.phases, wanted, at), reason)
    for kind in kept.keys() - wanted.keys():
        consultation.phases.remove(kept[kind])
        act.session.delete(kept[kind])
    for kind, phase in wanted.items():
        if kind not in kept:
            consultation.phases.append(phase)
            continue
        kept[kind].opens_at, kept[kind].closes_at, kept[kind].note = phase.opens_at, phase.closes_at, phase.note
    act.note(phases={kind: [stamp(phase.opens_at), stamp(phase.closes_at)] for kind, phase in sorted(wanted.items())})
    return consultation


@act(Permission.CONSULTATION_KEEP, Event.CONSULTATION_EDITED)
def edit(
    consultation: Consultation,
    spec: Spec,
    reason: str,
    *,
    seen: str | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Consultation:
    """Change the title, the summary and the paper, which gets a new version, with the reason; rulebook and motions stay.

    `seen` is the `paper_fingerprint` that the form was made from.

    Raises:
        Stale: if somebody else saved it in the meantime. Invalid: for a wrong title or summary, or where a paper that is
        discussed would be emptied. OutOfOrder: once people were asked and the phase in which they speak has closed.
    """
    act.because(reason)
    participation.require_not_over(act.session, consultation, at)
    if seen is not None and seen != paper_fingerprint(consultation):
        raise Stale(SAVED_MEANWHILE)
    columns = _columns(spec)
    if consultation.paper and not columns["paper"] and any(phase.opens_at <= at for phase in consultation.phases):
        sentence = "The paper would be left empty while it is discussed: keep its text, or write what takes its place."
        raise Invalid(sentence, {"paper": sentence})
    for name, value in columns.items():
        setattr(consultation, name, value)
    before = paper_versions.latest(consultation.id)
    if paper_versions.keep(act, consultation) is not before and before is not None:
        path = f"/consultations/{consultation.id}/paper"
        act.tell_followers("its paper has a new version", consultation.title, path, consultation_id=consultation.id)
    return consultation


def keep_rulebook(session: Session, rules: domain.Rulebook, at: datetime) -> RulebookRow:
    """The kept version of these rules, made if it is new; versions of one name are numbered from 1."""
    known = session.scalars(select(RulebookRow).where(RulebookRow.name == rules.name, RulebookRow.hash == rules.hash))
    if row := known.first():
        return row
    last = session.scalar(select(func.max(RulebookRow.version)).where(RulebookRow.name == rules.name))
    made = RulebookRow(name=rules.name, version=(last or 0) + 1, rules=rules.to_json(), hash=rules.hash, created_at=at)
    session.add(made)
    session.flush()
    return made


def _columns(spec: Spec) -> dict[str, object]:
    title = " ".join(spec.title.split())
    if not title or len(title) > 200:
        sentence = "Give the consultation a title of at most 200 characters."
        raise Invalid(sentence, {"title": sentence})
    if len(spec.summary) > 1000:
        sentence = "The summary is longer than 1,000 characters."
        raise Invalid(sentence, {"summary": sentence})
    return {"title": title, "summary": spec.summary.strip(), "paper": paper_from(spec.paper)}


def phases_of(rules: domain.Rulebook) -> dict[str, str]:
    """The phases that a timetable under these rules can have, each with what it is for."""
    return {kind: meaning for kind, meaning in PHASES.items() if rules.takes_motions or kind in ASKING}


def _phases(specs: list[PhaseSpec], rules: domain.Rulebook) -> list[Phase]:
    able = phases_of(rules)
    for spec in specs:
        if spec.kind not in PHASES:
            raise Invalid(f"There is no phase called “{spec.kind}”.")
        if spec.kind not in able:
            raise Invalid(f"The phase “{spec.kind}” is for motions, and this consultation takes none: it only asks.")
        if spec.closes_at <= spec.opens_at:
            sentence = f"The phase “{spec.kind}” must close after it opens."
            raise Invalid(sentence, {f"{spec.kind.replace(' ', '_')}_closes": sentence})
    return [Phase(kind=s.kind, opens_at=s.opens_at, closes_at=s.closes_at, note=s.note.strip()) for s in specs]
