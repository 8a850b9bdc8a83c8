"""Consequences: suggested by the texts, confirmed or added by the committee, ended with a reason, read wherever they are printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from consult.domain import consequences as domain
from consult.domain.consequences import Edge, Kind
from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.amendments import Amendment
from consult.model.consequences import Consequence
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import Motion
from consult.model.store import db
from consult.service.act import Act, act

Subject = Motion | Amendment

#: The fewest and the most characters of a reason.
SHORTEST, LONGEST = 20, 5_000
#: States in which something can still fall, or something else by it.
OPEN_MOTION = ("in order", "published", "prioritised", "on the order paper")
OPEN_AMENDMENT = ("in order", "not accepted", "accepted by mover", "on the order paper")


@dataclass(frozen=True)
class Said:
    """A consequence for a page: the sentence, why, who recorded it, and the keys of what it is about."""

    id: int
    kind: str
    sentence: str
    reason: str
    computed: bool
    cause: str
    effect: str
    by: str
    at: datetime
    ended_at: datetime | None
    ended_because: str


# -- keys and names --------------------------------------------------------------------------------------------------


def key_of(subject: Subject) -> str:
    """The key of a motion or amendment: "motion:7", "amendment:12"."""
    return f"{'motion' if isinstance(subject, Motion) else 'amendment'}:{subject.id}"


def name_of(subject: Subject, within: int | None = None) -> str:
    """What sentences call it; an amendment of the motion with the id `within` without that motion's name."""
    if isinstance(subject, Motion):
        return subject.label
    return subject.label if subject.motion_id == within else f"{subject.label} to {subject.motion.label}"


def find(key: str, session: Session | None = None) -> Subject:
    """The motion or amendment of a key.

    Raises:
        NotFound: if there is none.
    """
    kind, _colon, number = key.partition(":")
    model = {"motion": Motion, "amendment": Amendment}.get(kind)
    found = (
        (session or db.session()).get(model, int(number)) if model and number.isdigit() and len(number) < 10 else None
    )
    if found is None:
        raise NotFound("There is no such motion or amendment.")
    return found  # type: ignore[return-value]


def motion_of(subject: Subject) -> Motion:
    """The motion itself, or the one that an amendment would change."""
    return subject if isinstance(subject, Motion) else subject.motion


# -- reading ---------------------------------------------------------------------------------------------------------


def _loaded() -> tuple[Any, ...]:
    return (
        joinedload(Consequence.by),
        joinedload(Consequence.cause_motion),
        joinedload(Consequence.cause_amendment).joinedload(Amendment.motion),
        joinedload(Consequence.effect_motion),
        joinedload(Consequence.effect_amendment).joinedload(Amendment.motion),
    )


def of_consultation(consultation_id: int, *, ended: bool = False, session: Session | None = None) -> list[Consequence]:
    """Every consequence of a consultation in the order recorded, in one statement; with `ended` those that ended too."""
    query = select(Consequence).where(Consequence.consultation_id == consultation_id).options(*_loaded())
    if not ended:
        query = query.where(Consequence.ended_at.is_(None))
    return list((session or db.session()).scalars(query.order_by(Consequence.id)))


def of_motion(motion_id: int, *, session: Session | None = None) -> list[Consequence]:
    """The standing consequences in which a motion or an amendment to it is cause or effect, in one statement."""
    return _about(motion_id, session or db.session(), ended=False)


def _about(motion_id: int, session: Session, *, ended: bool) -> list[Consequence]:
    mine = select(Amendment.id).where(Amendment.motion_id == motion_id)
    about = or_(
        Consequence.cause_motion_id == motion_id,
        Consequence.effect_motion_id == motion_id,
        Consequence.cause_amendment_id.in_(mine),
        Consequence.effect_amendment_id.in_(mine),
    )
    query = select(Consequence).where(about).options(*_loaded())
    if not ended:
        query = query.where(Consequence.ended_at.is_(None))
    return list(session.scalars(query.order_by(Consequence.id)))


def around(motion_id: int) -> list[Consequence]:
    """Every consequence about a motion or its amendments, those that ended too, in one statement."""
    return _about(motion_id, db.session(), ended=True)


def of_amendment(amendment_id: int) -> list[Consequence]:
    """The standing consequences in which one amendment is cause or effect, in one statement."""
    about = or_(Consequence.cause_amendment_id == amendment_id, Consequence.effect_amendment_id == amendment_id)
    query = select(Consequence).where(about, Consequence.ended_at.is_(None)).options(*_loaded())
    return list(db.session.scalars(query.order_by(Consequence.id)))


def said(rows: Iterable[Consequence], within: int | None = None) -> list[Said]:
    """Consequences as pages print them; `within` is the motion on whose page they stand."""
    return [_said(row, within) for row in rows]


def _said(row: Consequence, within: int | None) -> Said:
    cause, effect = cause_of(row), effect_of(row)
    sentence = domain.sentence(Kind(row.kind), name_of(cause, within), name_of(effect, within))
    return Said(
        row.id, row.kind, sentence, row.reason, row.computed, row.cause, row.effect, row.by.name, row.at, row.ended_at,
        row.ended_because,
    )  # fmt: skip


def by_key(rows: Iterable[Consequence], within: int | None = None) -> dict[str, list[Said]]:
    """The same by the key of everything that they are about, cause and effect alike."""
    found: dict[str, list[Said]] = {}
    for entry in said(rows, within):
        for key in (entry.cause, entry.effect):
            found.setdefault(key, []).append(entry)
    return found


def cause_of(row: Consequence) -> Subject:
    """What decides."""
    found = row.cause_motion or row.cause_amendment
    assert found is not None  # noqa: S101 (the database holds it to one of the two)
    return found


def effect_of(row: Consequence) -> Subject:
    """What follows."""
    found = row.effect_motion or row.effect_amendment
    assert found is not None  # noqa: S101 (the database holds it to one of the two)
    return found


def edge_of(row: Consequence) -> Edge:
    """A consequence as the rules of `consult.domain.consequences` know it."""
    return Edge(row.cause, Kind(row.kind), row.effect)


def choices(motion: Motion) -> list[tuple[str, str]]:
    """What a consequence around a motion can be about: its amendments first, then every open motion and amendment of
    the consultation, as (key, name); two statements."""
    open_motions = select(Motion).where(
        Motion.consultation_id == motion.consultation_id, Motion.number.is_not(None), Motion.state.in_(OPEN_MOTION)
    )
    rows = list(db.session.scalars(open_motions.order_by(Motion.number)))
    query = select(Amendment).where(
        Amendment.motion_id.in_([row.id for row in rows]), Amendment.state.in_(OPEN_AMENDMENT)
    )
    amendments = list(db.session.scalars(query.options(joinedload(Amendment.motion)).order_by(Amendment.number)))
    found: list[tuple[str, str]] = []
    for row in sorted(rows, key=lambda each: (each.id != motion.id, each.number or 0)):
        found.append((key_of(row), f"{row.label}: {row.title}"))
        found += [(key_of(each), name_of(each)) for each in amendments if each.motion_id == row.id]
    return found


def not_asked(motion: Motion, session: Session | None = None) -> set[int]:
    """The ids of a motion's amendments that are consequential on something, so that nobody votes on them."""
    return {
        row.effect_amendment_id
        for row in of_motion(motion.id, session=session)
        if row.kind == Kind.WITH and row.effect_amendment_id is not None and motion_of(effect_of(row)).id == motion.id
    }


def get(consequence_id: int) -> Consequence:
    """One consequence.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(Consequence).where(Consequence.id == consequence_id).options(*_loaded())
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no consequence of this number.")
    return found


def still_open(subject: Subject) -> bool:
    """Whether something is before the conference and not decided."""
    return subject.state in (OPEN_MOTION if isinstance(subject, Motion) else OPEN_AMENDMENT)


def decided(row: Subject) -> bool | None:
    """Whether something was carried, or None while it is not decided; what fell or was withdrawn was not carried."""
    if row.state in ("carried", "carried as amended", "incorporated", "drafting change"):
        return True
    if row.state in ("lost", "falls", "withdrawn", "withdrawn by leave", "ruled out for good", "not put", "remitted"):
        return False
    return None


# -- confirming, adding and ending -----------------------------------------------------------------------------------


@act(Permission.CONSEQUENCE_KEEP, Event.CONSEQUENCE_CONFIRMED)
def confirm(
    consultation: Consultation,
    kind: str,
    cause: str,
    effect: str,
    reason: str,
    *,
    computed: bool = False,
    by: Actor,
    at: datetime,
    act: Act,
) -> Consequence:
    """Confirm a consequence that the texts suggest (`computed`) or add one; `cause` and `effect` are keys.

    Raises:
        Invalid: for one that makes no sense beside the others, or without a reason. OutOfOrder: once what it is about is
        decided or put to the vote.
    """
    row = _checked(act.session, consultation, kind, find(cause, act.session), find(effect, act.session), reason)
    row.computed, row.by_id, row.at = computed, by.member_id or 0, at
    act.session.add(row)
    act.session.flush()
    act.note(consequence=row.id, kind=kind, cause=cause, effect=effect)
    _tell(act, row)
    return row


def _checked(
    session: Session, consultation: Consultation, kind: str, cause: Subject, effect: Subject, reason: str
) -> Consequence:
    problems: dict[str, str] = {}
    if kind not in set(Kind):
        problems["kind"] = "Choose what follows from what."
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        problems["reason"] = f"Give the reason in a sentence or more ({SHORTEST} to {LONGEST:,} characters)."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    _require_fit(consultation, Kind(kind), cause, effect)
    standing = of_consultation(consultation.id, session=session)
    names = {key_of(subject): name_of(subject) for row in standing for subject in (cause_of(row), effect_of(row))}
    names |= {key_of(subject): name_of(subject) for subject in (cause, effect)}
    edge = Edge(key_of(cause), Kind(kind), key_of(effect))
    domain.require_sense(map(edge_of, standing), edge, names)
    _require_order(cause, effect)
    return Consequence(
        consultation_id=consultation.id,
        kind=kind,
        cause=edge.cause,
        effect=edge.effect,
        cause_motion_id=cause.id if isinstance(cause, Motion) else None,
        cause_amendment_id=None if isinstance(cause, Motion) else cause.id,
        effect_motion_id=effect.id if isinstance(effect, Motion) else None,
        effect_amendment_id=None if isinstance(effect, Motion) else effect.id,
        reason=reason.strip(),
    )


def _require_fit(consultation: Consultation, kind: Kind, cause: Subject, effect: Subject) -> None:
    for subject in (cause, effect):
        if motion_of(subject).consultation_id != consultation.id:
            raise Invalid(f"{name_of(subject)} belongs to another consultation.")
        if not still_open(subject):
            raise OutOfOrder(f"{name_of(subject)} is {subject.state}: nothing new can follow from it or for it now.")
        if motion_of(subject).state == "put to the vote":
            raise OutOfOrder(f"{motion_of(subject).label} is put to the vote: what follows from it is fixed.")
    if kind is Kind.WITH and isinstance(effect, Motion):
        raise Invalid("Only an amendment can be consequential; a motion may fall with something else.")
    if isinstance(cause, Motion) and motion_of(effect).id == cause.id:
        raise Invalid(f"{name_of(effect)} is voted on before {cause.label}, which it amends; it cannot follow from it.")
    if isinstance(effect, Motion) and motion_of(cause).id == effect.id:
        raise Invalid(f"{effect.label} does not fall by its own amendments: members vote on it as amended.")


def _require_order(cause: Subject, effect: Subject) -> None:
    """Among the amendments of one motion, what decides is put first."""
    if isinstance(cause, Motion) or isinstance(effect, Motion) or cause.motion_id != effect.motion_id:
        return
    if cause.order is not None and effect.order is not None and effect.order < cause.order:
        raise OutOfOrder(
            f"{effect.label} is put to the vote before {cause.label}. Change the order of votes first, so that "
            f"{cause.label} is decided before what follows from it."
        )


def _tell(act: Act, row: Consequence) -> None:
    """To those who moved what may fall: the sentence, the reason, and what they can do."""
    cause, effect = find(row.cause, act.session), find(row.effect, act.session)
    sentence = domain.sentence(Kind(row.kind), name_of(cause), name_of(effect))
    for number in dict.fromkeys(filter(None, (effect.mover_id, effect.submitted_by_id))):
        act.notify(
            "consequence-confirmed", act.session.get_one(Member, number), once=f"consequence:{row.id}:{number}",
            motion=motion_of(effect).id, label=name_of(effect), sentence=sentence, reason=row.reason,
        )  # fmt: skip


@act(Permission.CONSEQUENCE_KEEP, Event.CONSEQUENCE_ENDED)
def end(consequence: Consequence, reason: str, *, by: Actor, at: datetime, act: Act) -> Consequence:
    """End a consequence that should not stand; it stays in the record with the reason.

    Raises:
        OutOfOrder: if it ended already, or what it is about is put to the vote. Invalid: without a reason.
    """
    if consequence.ended_at is not None:
        raise OutOfOrder("This consequence was ended already.")
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        sentence = f"Give the reason in a sentence or more ({SHORTEST} to {LONGEST:,} characters)."
        raise Invalid(sentence, {"reason": sentence})
    for subject in (cause_of(consequence), effect_of(consequence)):
        if motion_of(subject).state == "put to the vote":
            raise OutOfOrder(f"{motion_of(subject).label} is put to the vote: what follows from it is fixed.")
    consequence.ended_at, consequence.ended_by_id, consequence.ended_because = at, by.member_id, reason.strip()
    act.note(consequence=consequence.id)
    return consequence
