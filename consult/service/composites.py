"""Composites: chosen motions made into one text with the source of every clause, until their branches are asked to sign it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.lifecycle import AMENDABLE
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import require_phase
from consult.model.composites import Composite, CompositeParent, CompositeText
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import Motion
from consult.model.store import db
from consult.model.units import Unit
from consult.service import motions, versions
from consult.service.act import Act, act, require_revision
from consult.text import align, compose
from consult.text.clauses import Clause, Document, Kind
from consult.text.compose import Covered, Origin, Row, Source

#: States in which it still may become a motion.
LIVE = ("drafting", "awaiting signatures", "agreed")
#: Kinds of clauses of which nothing need be said when their words are left out: they decide nothing.
ASIDE = (Kind.HEADING, Kind.RATIONALE)
SHORTEST, LONGEST = 20, 5_000
MOST_PARENTS = 12


# -- reading ---------------------------------------------------------------------------------------------------------


def get(composite_id: int) -> Composite:
    """A composite with its parents and the texts that were signed.

    Raises:
        NotFound: if there is none of this number.
    """
    query = (
        select(Composite)
        .where(Composite.id == composite_id)
        .options(
            joinedload(Composite.consultation),
            joinedload(Composite.unit),
            selectinload(Composite.parents).options(
                joinedload(CompositeParent.motion).joinedload(Motion.unit), joinedload(CompositeParent.version)
            ),
            selectinload(Composite.texts).options(selectinload(CompositeText.answers), joinedload(CompositeText.by)),
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no composite of this number.")
    return found


def listed(consultation_id: int | None = None) -> list[Composite]:
    """Composites, newest first, with their parents: two statements."""
    query = select(Composite).options(
        joinedload(Composite.consultation), selectinload(Composite.parents).joinedload(CompositeParent.motion)
    )
    if consultation_id is not None:
        query = query.where(Composite.consultation_id == consultation_id)
    return list(db.session.scalars(query.order_by(Composite.id.desc())))


def live_of(motion_id: int, session: Session | None = None) -> Composite | None:
    """The composite that is being made of a motion, if there is one."""
    query = (
        select(Composite)
        .join(CompositeParent)
        .where(CompositeParent.motion_id == motion_id, CompositeParent.live, Composite.state.in_(LIVE))
    )
    return (session or db.session()).scalars(query).first()


def candidates(consultation: Consultation) -> list[Motion]:
    """The motions that can be composited now: published, with a text, and in no other composite."""
    taken = select(CompositeParent.motion_id).where(CompositeParent.live)
    query = select(Motion).where(
        Motion.consultation_id == consultation.id, Motion.state.in_(AMENDABLE), Motion.id.not_in(taken)
    )
    return list(
        db.session.scalars(query.options(joinedload(Motion.unit), joinedload(Motion.version)).order_by(Motion.number))
    )


def parents_of(composite: Composite) -> dict[str, Document]:
    """The parents' texts by the motion's id, in their order."""
    return {str(parent.motion_id): versions.document_of(parent.version) for parent in composite.parents}


def document_of(composite: Composite | CompositeText) -> Document:
    """The text as it is."""
    return Document.from_data(composite.document)


def sources_of(composite: Composite | CompositeText) -> dict[str, tuple[Source, ...]]:
    """Clause of the composite → the parents' clauses it comes from."""
    return {clause: tuple(Source(*pair) for pair in pairs) for clause, pairs in composite.sources.items()}


def reasons_of(composite: Composite | CompositeText) -> dict[Source, str]:
    """Why words of a parent's clause are left out."""
    return {Source(parent, clause): reason for parent, clause, reason in composite.reasons}


def rows(composite: Composite) -> tuple[Row, ...]:
    """The parents' clauses side by side."""
    return compose.rows(parents_of(composite))


def origins(composite: Composite) -> tuple[Origin, ...]:
    """Where each clause comes from, verbatim or altered."""
    return compose.origins(document_of(composite), parents_of(composite), sources_of(composite))


def coverage(composite: Composite) -> dict[str, tuple[Covered, ...]]:
    """What became of every clause of each parent, by the motion's id."""
    return compose.coverage(document_of(composite), parents_of(composite), sources_of(composite), reasons_of(composite))


def unexplained(composite: Composite) -> list[Covered]:
    """The clauses of parents of which words are left out without a reason; headings and rationales aside."""
    parents = parents_of(composite)
    return [
        entry
        for entry in compose.unexplained(coverage(composite))
        if parents[entry.source.parent].clause(entry.source.clause).kind not in ASIDE
    ]


def seal_of(composite: Composite) -> str:
    """The hash that branches would sign now."""
    return compose.seal(document_of(composite), parents_of(composite), sources_of(composite), reasons_of(composite))


def branches(composite: Composite) -> list[Unit]:
    """The contributing branches, each once, in the order of their motions."""
    return list({parent.motion.unit_id: parent.motion.unit for parent in composite.parents}.values())


def titles(composite: Composite) -> str:
    """The parents by name: "Motion 3, Motion 7 and Motion 9"."""
    names = [parent.motion.label for parent in composite.parents]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


# -- writing ---------------------------------------------------------------------------------------------------------


@act(Permission.MOTION_COMPOSITE, Event.COMPOSITE_BEGUN)
def begin(
    consultation: Consultation, chosen: Sequence[Motion], title: str, *, by: Actor, at: datetime, act: Act
) -> Composite:
    """Begin a composite of published motions: their clauses aligned, the first motion leading, every source kept.

    Raises:
        Invalid: for fewer than two motions, too many, or no title. OutOfOrder: if one is not published, or is in another.
    """
    require_phase(consultation.phases, "compositing", at, "Composites are begun")
    title = " ".join(title.split())
    if not title or len(title) > 200:
        sentence = "Give the composite a heading of at most 200 characters."
        raise Invalid(sentence, {"title": sentence})
    if not 2 <= len({motion.id for motion in chosen}) <= MOST_PARENTS:
        sentence = f"Choose at least two motions, and at most {MOST_PARENTS}."
        raise Invalid(sentence, {"motions": sentence})
    for motion in chosen:
        _require_free(act.session, consultation, motion)
    texts = {str(motion.id): versions.document_of(motion.version) for motion in chosen if motion.version}
    document, sources = _first_text(title, texts)
    last = act.session.scalar(select(func.max(Composite.number)).where(Composite.consultation_id == consultation.id))
    made = Composite(
        consultation_id=consultation.id, number=(last or 0) + 1, title=title, unit_id=chosen[0].unit_id,
        document=document.to_data(), sources=_plain(sources), reasons=[], created_at=at, created_by_id=by.member_id,
    )  # fmt: skip
    made.parents = [
        CompositeParent(motion_id=motion.id, version_id=motion.version_id, position=place)
        for place, motion in enumerate(chosen, start=1)
    ]
    act.session.add(made)
    act.session.flush()
    act.note(number=made.number, motions=[motion.id for motion in chosen])
    return made


def _require_free(session: Session, consultation: Consultation, motion: Motion) -> None:
    if motion.consultation_id != consultation.id:
        raise Invalid(f"{motion.label} belongs to another consultation.")
    if motion.state not in AMENDABLE or motion.version is None:
        raise OutOfOrder(f"{motion.label} is {motion.state}; motions are composited while they are published.")
    if (other := live_of(motion.id, session)) is not None:
        raise OutOfOrder(f"{motion.label} is in {other.label} already; it can be in one composite at a time.")


def _first_text(title: str, parents: Mapping[str, Document]) -> tuple[Document, dict[str, tuple[Source, ...]]]:
    """Of each row of like clauses the leading parent's words, section by section; rationales stay with their motions."""
    clauses = [Clause("k0", Kind.HEADING, title)]
    sources: dict[str, tuple[Source, ...]] = {"k0": ()}
    for row in _in_sections(parents):
        if row.kind in ASIDE:
            continue
        name = f"k{len(clauses)}"
        parent, own = next(iter(row.members.items()))
        clauses.append(Clause(name, row.kind, parents[parent].clause(own).text))
        sources[name] = tuple(Source(*member) for member in row.members.items())
    return Document(tuple(clauses)), sources


def _in_sections(parents: Mapping[str, Document]) -> list[Row]:
    """The rows with like sections together, each item still under the clause it stands under."""
    groups: list[list[Row]] = []
    for row in compose.rows(parents):
        if row.kind is Kind.ITEM and groups:
            groups[-1].append(row)
        else:
            groups.append([row])
    rank = {kind: number for number, kind in enumerate((Kind.PREAMBLE, Kind.NOTES, Kind.BELIEVES, Kind.RESOLVES))}
    groups.sort(key=lambda group: rank.get(group[0].kind, len(rank)))
    return [row for group in groups for row in group]


def _plain(sources: Mapping[str, Iterable[Source]]) -> dict[str, list[list[str]]]:
    return {clause: [list(source) for source in own] for clause, own in sources.items()}


@act(Permission.MOTION_COMPOSITE, Event.COMPOSITE_CHANGED)
def write(
    composite: Composite, sections: Mapping[str, str], *, revision: int | None, by: Actor, at: datetime, act: Act
) -> Composite:
    """Write the text anew by its sections; clauses keep their ids and sources, new ones are given their likest sources.

    Raises:
        Stale: if it was saved elsewhere. OutOfOrder: once it is published or came to nothing.
    """
    _require_live(composite, revision)
    base, found = document_of(composite), motions.read(sections)
    number = composite.revision + 1
    document = align.align(base, found.drafts, f"k{number}-{{}}".format)
    suggested = compose.trace(document, parents_of(composite))
    kept = sources_of(composite)
    sources = {clause: kept.get(clause, suggested.get(clause, ())) for clause in document.ids}
    composite.title = versions.title_of(document)
    _change(act, composite, document=document.to_data(), sources=_plain(sources))
    return composite


@act(Permission.MOTION_COMPOSITE, Event.COMPOSITE_CHANGED)
def take(
    composite: Composite,
    source: tuple[str, str],
    target: str,
    *,
    revision: int | None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Composite:
    """Take a parent's clause word for word: in place of the clause `target`, or as a new one at the end of its section.

    Raises:
        NotFound: if there is no such clause.
    """
    _require_live(composite, revision)
    document, parents, origin = document_of(composite), parents_of(composite), Source(*source)
    if origin.parent not in parents or origin.clause not in parents[origin.parent]:
        raise NotFound("There is no such clause in the motions of this composite.")
    own = parents[origin.parent].clause(origin.clause)
    sources = sources_of(composite)
    if target in document:
        clauses = [Clause(c.id, c.kind, own.text) if c.id == target else c for c in document.clauses]
        sources[target] = tuple(dict.fromkeys((*sources.get(target, ()), origin)))
    else:
        name = f"k{composite.revision + 1}-1"
        place = max(
            (n for n, c in enumerate(document.clauses) if c.kind in (own.kind, Kind.ITEM)),
            default=len(document.clauses) - 1,
        )
        clauses = [*document.clauses[: place + 1], Clause(name, own.kind, own.text), *document.clauses[place + 1 :]]
        sources[name] = (origin,)
    _change(act, composite, document=Document(tuple(clauses)).to_data(), sources=_plain(sources))
    return composite


@act(Permission.MOTION_COMPOSITE, Event.COMPOSITE_CHANGED)
def drop(composite: Composite, clause: str, *, revision: int | None, by: Actor, at: datetime, act: Act) -> Composite:
    """Leave a clause of the composite out; what it held of the parents will need a reason.

    Raises:
        Invalid: for the heading, the last clause, or one with items under it.
    """
    _require_live(composite, revision)
    document = document_of(composite)
    if clause not in document or document.clause(clause).kind is Kind.HEADING:
        raise Invalid("There is no such clause to leave out; the heading stays.")
    left = [each for each in document.clauses if each.id != clause]
    if all(each.kind in ASIDE for each in left):
        raise Invalid("A composite keeps at least one clause.")
    sources = {name: own for name, own in sources_of(composite).items() if name != clause}
    _change(act, composite, document=Document(tuple(left)).to_data(), sources=_plain(sources))
    return composite


@act(Permission.MOTION_COMPOSITE, Event.COMPOSITE_CHANGED)
def tag(
    composite: Composite,
    sources: Mapping[str, Sequence[str]],
    reasons: Mapping[str, str],
    unit_id: int | None = None,
    *,
    revision: int | None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Composite:
    """Say where each clause comes from and why words are left out; keys of parents' clauses are "motion's id:clause".

    `unit_id` is the contributing branch that moves the composite.

    Raises:
        Invalid: for a clause that is not there, or a reason that is far too long.
    """
    _require_live(composite, revision)
    document, parents = document_of(composite), parents_of(composite)
    made = {
        clause: tuple(_source(key, parents) for key in keys) for clause, keys in sources.items() if clause in document
    }
    said = [[*_source(key, parents), text.strip()] for key, text in reasons.items() if text.strip()]
    for _parent, _clause, text in said:
        if len(text) > LONGEST:
            raise Invalid(f"A reason has {len(text):,} characters; the most is {LONGEST:,}.")
    if unit_id is not None:
        if unit_id not in {unit.id for unit in branches(composite)}:
            raise Invalid("A composite is moved by one of its contributing branches.", {"unit": "Choose one of them."})
        composite.unit_id = unit_id
    _change(act, composite, sources=_plain(sources_of(composite) | made), reasons=sorted(said))
    return composite


def _source(key: str, parents: Mapping[str, Document]) -> Source:
    parent, _colon, clause = key.partition(":")
    if parent not in parents or clause not in parents[parent]:
        raise Invalid("There is no such clause in the motions of this composite; look at the page again.")
    return Source(parent, clause)


def _require_live(composite: Composite, revision: int | None) -> None:
    require_revision(composite, revision)
    if composite.state not in LIVE:
        raise OutOfOrder(f"{composite.label} is {composite.state}: its text can no longer be changed.")


def _change(act: Act, composite: Composite, **values: Any) -> None:
    """Any change makes what was signed another text: the branches that were asked are told, and will be asked again."""
    for name, value in values.items():
        setattr(composite, name, value)
    composite.revision += 1
    if composite.state == "drafting":
        act.note(revision=composite.revision, text=document_of(composite).hash)
        return
    act.step(composite, "change")
    composite.seal = None
    for parent in composite.parents:
        for number in dict.fromkeys(filter(None, (parent.motion.mover_id, parent.motion.submitted_by_id))):
            tell(
                act,
                "composite-changed",
                composite,
                number,
                once=f"composite-changed:{composite.id}:{composite.revision}:{number}",
            )


def tell(act: Act, kind: str, composite: Composite, member_id: int, *, once: str, **context: Any) -> None:
    """One notice about a composite."""
    act.notify(
        kind, act.session.get_one(Member, member_id), once=once, composite=composite.id, label=composite.label,
        title=composite.title, motions=titles(composite), **context,
    )  # fmt: skip
