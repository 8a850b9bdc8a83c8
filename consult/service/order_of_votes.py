"""The order of votes: worked out by the body's declared rule, set by the committee with its explanation, kept for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain.consequences import Edge, Kind, in_order
from consult.domain.errors import Invalid, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.rulebook import ORDERS
from consult.model.amendments import Amendment, AmendmentRelation
from consult.model.ballots import Ballot, Question
from consult.model.consequences import VoteOrder
from consult.model.motions import Motion
from consult.model.store import db
from consult.service import consequences, consultations, explaining, versions
from consult.service.act import Act, act
from consult.text.clauses import Document
from consult.text.operations import operations_from_data
from consult.text.ordering import Matter, furthest_first, place

SHORTEST, LONGEST = 20, 5_000


# -- reading ---------------------------------------------------------------------------------------------------------


def on_paper(motion: Motion, session: Session | None = None) -> list[Amendment]:
    """The amendments that will be voted on, in the order of votes."""
    query = select(Amendment).where(Amendment.motion_id == motion.id, Amendment.state == "on the order paper")
    found = (session or db.session()).scalars(
        query.order_by(Amendment.order.is_(None), Amendment.order, Amendment.number)
    )
    return list(found)


def pairs_among(ids: Iterable[int], session: Session | None = None) -> list[AmendmentRelation]:
    """The stored relations among some amendments, in one statement."""
    wanted = list(ids)
    query = (
        select(AmendmentRelation)
        .where(AmendmentRelation.amendment_id.in_(wanted), AmendmentRelation.other_id.in_(wanted))
        .order_by(AmendmentRelation.amendment_id, AmendmentRelation.other_id)
    )
    return list((session or db.session()).scalars(query))


def history(motion_id: int) -> list[VoteOrder]:
    """Every order that was set for a motion, newest first; the first is in force."""
    query = select(VoteOrder).where(VoteOrder.motion_id == motion_id).options(joinedload(VoteOrder.by))
    return list(db.session.scalars(query.order_by(VoteOrder.id.desc())))


def latest(motion_id: int, session: Session | None = None) -> VoteOrder | None:
    """The order in force, with its explanation."""
    query = select(VoteOrder).where(VoteOrder.motion_id == motion_id).options(joinedload(VoteOrder.by))
    return (session or db.session()).scalars(query.order_by(VoteOrder.id.desc()).limit(1)).first()


# -- working out -----------------------------------------------------------------------------------------------------


def by_rule(
    rule: str,
    document: Document,
    rows: Sequence[Amendment],
    pairs: Iterable[AmendmentRelation] = (),
    edges: Iterable[Edge] = (),
) -> list[Amendment]:
    """Amendments in the order of a rule (see `consult.domain.rulebook.ORDERS`; the committee's own begins by clause).

    Whatever the rule, what decides is put before what follows from it, and an amendment to an amendment before that.
    """
    known = {row.id: row for row in rows}
    touched = {row.id: place(document, operations_from_data(row.operations)) for row in rows}
    if rule == "order received":
        keys = sorted(known, key=lambda key: (known[key].number or 0, key))
    else:
        keys = sorted(known, key=lambda key: (*touched[key], known[key].number or 0, key))
    if rule == "furthest first":
        reach = {str(row.id): row.words_added + row.words_deleted for row in rows}
        rivals = [(str(p.amendment_id), str(p.other_id)) for p in pairs if p.matter in (Matter.ONE_STANDS, Matter.SAME)]
        keys = [int(key) for key in furthest_first([str(key) for key in keys], rivals, reach)]
    return [known[key] for key in obeying(keys, rows, edges)]


def obeying(keys: Sequence[int], rows: Sequence[Amendment], edges: Iterable[Edge]) -> list[int]:
    """The order changed no more than it must be, so that causes and amendments to amendments are put first."""
    first = [*edges, *parents(rows)]
    return [number_of(key) for key in in_order([f"amendment:{key}" for key in keys], first)]


def parents(rows: Iterable[Amendment]) -> list[Edge]:
    """An amendment to an amendment is decided before the one it amends."""
    found = []
    for row in rows:
        amends = row.parent_id
        if amends is not None:
            found.append(Edge(f"amendment:{row.id}", Kind.IF_CARRIED, f"amendment:{amends}"))
    return found


def number_of(key: str) -> int:
    """The id in a key.

    >>> number_of("amendment:12")
    12
    """
    return int(key.partition(":")[2])


def moved(order: Sequence[int], amendment_id: int, up: bool) -> list[int]:
    """The order with one amendment a place further up or down; at the end it stays.

    >>> moved([1, 2, 3], 3, True), moved([1, 2, 3], 3, False)
    ([1, 3, 2], [1, 2, 3])
    """
    found = list(order)
    if amendment_id not in found:
        return found
    place = found.index(amendment_id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found


# -- setting ---------------------------------------------------------------------------------------------------------


def begin(act: Act, motion: Motion) -> None:
    """Inside the act of freezing: put the amendments in the order of the declared rule, and keep why."""
    assert motion.version is not None  # noqa: S101 (its text has just been frozen)
    rule = consultations.rules_of(motion.consultation).order_of_votes
    rows = on_paper(motion, act.session)
    pairs = pairs_among([row.id for row in rows], act.session)
    edges = [consequences.edge_of(row) for row in consequences.of_motion(motion.id, session=act.session)]
    ordered = by_rule(rule, versions.document_of(motion.version), rows, pairs, edges)
    _keep(act, motion, ordered, pairs, rule, "")


@act(Permission.ORDER_SET, Event.ORDER_SET)
def set_order(
    motion: Motion,
    order: Sequence[int],
    reason: str = "",
    *,
    seen: Sequence[int] | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Motion:
    """Set the order in which the amendments of a frozen motion are voted on; `order` holds each amendment's id once.

    `seen` is the order in force that the page showed, `reason` the committee's own words, which must be given where the
    rulebook declares another order.

    Raises:
        OutOfOrder: if the text is not frozen, or the motion is on a ballot. Stale: if somebody changed the order since.
        Invalid: if an amendment is missing, or one is put before what decides it, or a reason is wanted.
    """
    if seen is not None and list(seen) != [row.id for row in on_paper(motion, act.session)]:
        raise Stale(f"The order of votes was changed since you opened the page. {act.what_changed(motion)}".strip())
    replace(act, motion, order, reason)
    act.note(order=list(order))
    return motion


def replace(act: Act, motion: Motion, order: Sequence[int], reason: str) -> VoteOrder:
    """Inside an act: put another order in the place of the one in force; see `set_order` for what is refused."""
    if motion.state != "on the order paper":
        raise OutOfOrder(f"{motion.label} is {motion.state}; the order of votes is set while it is on the order paper.")
    require_no_ballot(act.session, motion)
    rows = {row.id: row for row in on_paper(motion, act.session)}
    if sorted(order) != sorted(rows):
        raise Invalid("The order must name each amendment on the order paper once; look at the page again.")
    pairs = pairs_among(rows, act.session)
    edges = [consequences.edge_of(row) for row in consequences.of_motion(motion.id, session=act.session)]
    _require_causes_first(order, rows, edges)
    rule = consultations.rules_of(motion.consultation).order_of_votes
    _require_reason(motion, list(order), list(rows.values()), pairs, edges, rule, reason.strip())
    return _keep(act, motion, [rows[key] for key in order], pairs, rule, reason.strip())


def require_no_ballot(session: Session, motion: Motion) -> None:
    """Nothing unless the motion is on a ballot that is not over: its order is part of the paper."""
    live = (
        select(Ballot.title)
        .join(Question)
        .where(Question.motion_id == motion.id, Ballot.state.not_in(("cancelled", "annulled", "published")))
    )
    if title := session.scalar(live.limit(1)):
        raise OutOfOrder(f"{motion.label} is on the ballot “{title}”: take it off the paper before changing its order.")


def _require_causes_first(order: Sequence[int], rows: Mapping[int, Amendment], edges: Sequence[Edge]) -> None:
    rank = {f"amendment:{key}": number for number, key in enumerate(order)}
    for edge in edges:
        if edge.cause in rank and edge.effect in rank and rank[edge.effect] < rank[edge.cause]:
            cause, effect = (rows[number_of(key)].label for key in (edge.cause, edge.effect))
            raise Invalid(f"{effect} follows from {cause}, so {cause} is put first. End that consequence to part them.")
    for edge in parents(rows.values()):
        if edge.effect in rank and edge.cause in rank and rank[edge.effect] < rank[edge.cause]:
            child, parent = (rows[number_of(key)].label for key in (edge.cause, edge.effect))
            raise Invalid(f"{child} amends {parent}, so it is put before {parent}, which is then put as amended.")


def _require_reason(
    motion: Motion,
    order: list[int],
    rows: Sequence[Amendment],
    pairs: Sequence[AmendmentRelation],
    edges: Sequence[Edge],
    rule: str,
    reason: str,
) -> None:
    if len(reason) > LONGEST:
        sentence = f"The explanation has {len(reason):,} characters; the most is {LONGEST:,}."
        raise Invalid(sentence, {"reason": sentence})
    if rule == "committee order" or motion.version is None or len(reason) >= SHORTEST:
        return
    declared = by_rule(rule, versions.document_of(motion.version), rows, pairs, edges)
    if order != [row.id for row in declared]:
        sentence = (
            f"The rulebook has amendments put {ORDERS.get(rule, rule)}. Say in a sentence or more why this order departs "
            "from it; members read that."
        )
        raise Invalid(sentence, {"reason": sentence})


def _keep(
    act: Act, motion: Motion, ordered: Sequence[Amendment], pairs: Sequence[AmendmentRelation], rule: str, reason: str
) -> VoteOrder:
    for number, row in enumerate(ordered, start=1):
        row.order = number
    standing = consequences.said(consequences.of_motion(motion.id, session=act.session), motion.id)
    kept = VoteOrder(
        motion_id=motion.id,
        rule=rule,
        amendments=[row.id for row in ordered],
        sentences=explaining.sentences(rule, ordered, pairs, standing),
        reason=reason,
        by_id=act.by.member_id,
        at=act.at,
    )
    act.session.add(kept)
    act.session.flush()
    return kept
