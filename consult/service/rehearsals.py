"""The order of votes rehearsed: for any combination of outcomes and any order, what is put, what falls, and what text results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.domain.consequences import Kind, follow
from consult.domain.errors import NotFound
from consult.domain.rulebook import ORDERS
from consult.model.amendments import Amendment, AmendmentRelation
from consult.model.consequences import Consequence, VoteOrder
from consult.model.motions import Motion, MotionVersion
from consult.model.store import db
from consult.service import consequences, consultations, explaining, order_of_votes, versions, wording
from consult.service.consequences import Said, cause_of, edge_of, effect_of, motion_of, name_of
from consult.text import ordering, replay
from consult.text.clauses import Document
from consult.text.operations import Amendment as TextAmendment
from consult.text.operations import operations_from_data
from consult.text.rehearse import Fate, Rehearsal, rehearse

#: States of an amendment in which it is, or was, to be voted on.
VOTED = ("in order", "not accepted", "accepted by mover", "on the order paper", "carried", "lost", "falls", "remitted")


@dataclass(frozen=True)
class Elsewhere:
    """Something outside the motion on which its amendments depend: its key, its name, and how it is taken to go."""

    key: str
    name: str
    #: True carried, False not, None not decided.
    carried: bool | None
    #: Whether it is decided in truth, so that nobody chooses.
    decided: bool


@dataclass(frozen=True)
class Other:
    """Another order for the same outcomes: what it is called, and what would become of what."""

    rule: str
    order: list[int]
    same_text: bool
    #: Label, fate under the order in force, fate under this one: where they differ.
    differs: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Turned:
    """One amendment in its turn, as the page shows it."""

    row: Amendment
    asked: bool
    fate: str
    reason: str


@dataclass(frozen=True)
class Rehearsed:
    """Everything the page of the simulator shows."""

    motion: Motion
    base: Document
    turns: list[Turned]
    document: Document
    same_as_base: bool
    elsewhere: list[Elsewhere]
    #: What would follow outside the motion, as sentences.
    follows: list[str]
    others: list[Other]
    #: Each pair whose order decides something, in the order shown; with whether it decides anything for these outcomes.
    pairs: list[tuple[str, bool]]
    #: Amendments that only delete words of one clause and together would leave nothing of it.
    groups: list[str]
    order: list[int]
    in_force: VoteOrder | None
    standing: list[Said] = field(default_factory=list)
    carried: bool = True

    @property
    def proposed(self) -> bool:
        """Whether the order shown is another than the one in force."""
        return self.in_force is not None and list(self.in_force.amendments) != self.order


@dataclass(frozen=True)
class Paper:
    """A motion with what is voted on, loaded once: seven statements whatever their number."""

    motion: Motion
    version: MotionVersion
    rows: list[Amendment]
    pairs: list[AmendmentRelation]
    standing: list[Consequence]
    in_force: VoteOrder | None


def paper(motion: Motion) -> Paper:
    """The amendments that are or were voted on, on the text that they were made on.

    Raises:
        NotFound: if the motion has no text yet.
    """
    query = select(Amendment).where(
        Amendment.motion_id == motion.id, Amendment.number.is_not(None), Amendment.state.in_(VOTED)
    )
    found = list(db.session.scalars(query.options(joinedload(Amendment.unit), joinedload(Amendment.base_version))))
    placed = [row for row in found if row.order is not None]
    version = max((row.base_version for row in placed), key=lambda v: v.sequence, default=motion.version)
    if version is None:
        raise NotFound("This motion has no text yet, so there is nothing to rehearse.")
    rows = [row for row in found if _belongs(row, version, bool(placed))]
    there = {row.id for row in rows}  # an amendment to one that is not put is not put either
    rows = [row for row in rows if row.parent_id is None or row.parent_id in there]
    return Paper(
        motion, version, sorted(rows, key=lambda row: (row.order is None, row.order or 0, row.number or 0)),
        order_of_votes.pairs_among([row.id for row in rows]), consequences.of_motion(motion.id),
        order_of_votes.latest(motion.id),
    )  # fmt: skip


def _belongs(row: Amendment, version: MotionVersion, frozen: bool) -> bool:
    amends = row.parent_id
    return (row.base_version_id == version.id or amends is not None) and (not frozen or row.order is not None)


def rehearsal(
    motion: Motion,
    outcomes: Mapping[int, bool] | None = None,
    elsewhere: Mapping[str, bool] | None = None,
    order: Sequence[int] = (),
    carried: bool = True,
) -> Rehearsed:
    """The vote rehearsed: `outcomes` by amendment's id (what is left out is carried), `elsewhere` by key, in `order`.

    `carried` is whether the motion itself is carried at the end. What is decided already counts as it was decided.
    """
    found = paper(motion)
    said = {row.id: _said(row, (outcomes or {}).get(row.id)) for row in found.rows}
    outside = _elsewhere(found, elsewhere or {})
    keys = _order(found, order)
    fallen, forced = _from_outside(found, outside)
    played = _play(found, keys, said, fallen, forced)
    by_id = {row.id: row for row in found.rows}
    turns = [Turned(by_id[int(turn.key)], said[int(turn.key)], turn.fate.value, turn.reason) for turn in played.turns]
    base = versions.document_of(found.version)
    shown = [by_id[key] for key in keys]
    return Rehearsed(
        motion, base, turns, played.document, played.document == base, outside,
        _follows(found, played, carried), _others(found, keys, said, fallen, forced, played),
        _pairs(found, shown, said), _groups(found, base), keys, found.in_force,
        consequences.said(found.standing, motion.id), carried,
    )  # fmt: skip


def _said(row: Amendment, outcome: bool | None) -> bool:
    known = consequences.decided(row)
    if known is not None and row.state != "falls":
        return known
    return True if outcome is None else outcome


def _order(found: Paper, order: Sequence[int]) -> list[int]:
    """The order asked for, if it names every amendment once; else the one in force, else that of the declared rule."""
    own = [row.id for row in found.rows]
    if sorted(order) == sorted(own) and own:
        return list(order)
    if all(row.order is not None for row in found.rows):
        return own
    return by_rule(found, consultations.rules_of(found.motion.consultation).order_of_votes)


def by_rule(found: Paper, rule: str) -> list[int]:
    """The ids of the amendments on the paper in the order of a rule."""
    base = versions.document_of(found.version)
    edges = [edge_of(row) for row in found.standing]
    return [row.id for row in order_of_votes.by_rule(rule, base, found.rows, found.pairs, edges)]


def _elsewhere(found: Paper, chosen: Mapping[str, bool]) -> list[Elsewhere]:
    """What outside the motion decides something here: decided in truth, chosen by the reader, or open."""
    seen: dict[str, Elsewhere] = {}
    for row in found.standing:
        cause = cause_of(row)
        if motion_of(cause).id != found.motion.id and row.cause not in seen:
            known = consequences.decided(cause)
            taken = chosen.get(row.cause) if known is None else known
            seen[row.cause] = Elsewhere(row.cause, name_of(cause), taken, known is not None)
    return list(seen.values())


def _from_outside(found: Paper, outside: Sequence[Elsewhere]) -> tuple[dict[str, str], set[int]]:
    """Amendments that fall by what is decided elsewhere with the reason, and those carried with it."""
    decided = {entry.key: entry.carried for entry in outside if entry.carried is not None}
    sentences = {(row.cause, row.effect): row for row in found.standing}
    fallen: dict[str, str] = {}
    forced: set[int] = set()
    for key, follows in follow(map(edge_of, found.standing), decided).items():
        if not key.startswith("amendment:"):
            continue
        number = order_of_votes.number_of(key)
        if follows.falls:
            fallen[str(number)] = reason_of(sentences[follows.edge.cause, key], decided[follows.edge.cause])
        else:
            forced.add(number)
    return fallen, forced


def reason_of(row: Consequence, carried: bool) -> str:
    """Why something falls by a consequence: what happened, and the committee's reason."""
    return f"{name_of(cause_of(row))} was {'carried' if carried else 'not carried'}: {row.reason}"


def _play(
    found: Paper, order: Sequence[int], said: Mapping[int, bool], fallen: Mapping[str, str], forced: set[int]
) -> Rehearsal:
    base = versions.document_of(found.version)
    made = text_amendments(found.rows, base)
    inner = within(found.standing, {row.id for row in found.rows})
    carried = {str(key): value or key in forced for key, value in said.items()}
    carried |= {
        str(order_of_votes.number_of(edge.effect)): True
        for edge in map(edge_of, found.standing)
        if edge.kind is Kind.WITH
    }
    return rehearse(base, made, [str(key) for key in order], carried, inner, fallen)


def text_amendments(rows: Sequence[Amendment], base: Document) -> list[TextAmendment]:
    """Stored amendments as the text engine knows them; those to amendments name the one that they amend."""
    return [
        wording.text_of(row)
        if row.parent is not None
        else TextAmendment(str(row.id), base.hash, operations_from_data(row.operations), name=row.label)
        for row in rows
    ]


def within(standing: Sequence[Consequence], ids: set[int]) -> list[replay.Consequence]:
    """The consequences among amendments of one motion as the replay applies them.

    What is consequential is put in as carried and falls unless its cause was carried; so it is carried with it.
    """
    found = []
    for row in standing:
        if row.cause_amendment_id in ids and row.effect_amendment_id in ids:
            outcome = replay.Outcome.CARRIED if row.kind == Kind.IF_CARRIED else replay.Outcome.LOST
            found.append(
                replay.Consequence(str(row.cause_amendment_id), outcome, str(row.effect_amendment_id), row.reason)
            )
    return found


def _follows(found: Paper, played: Rehearsal, carried: bool) -> list[str]:
    """What would follow outside the motion, if it and its amendments go so."""
    decided = {f"amendment:{key}": fate is Fate.CARRIED for key, fate in played.fates.items()}
    decided[f"motion:{found.motion.id}"] = carried
    said = []
    for row in found.standing:
        if row.cause in decided and motion_of(effect_of(row)).id != found.motion.id:
            follows = follow([edge_of(row)], decided).get(row.effect)
            if follows is not None:
                said.append(
                    f"{name_of(effect_of(row))} {'falls' if follows.falls else 'is carried with it'}. {row.reason}"
                )
    return said


def _others(
    found: Paper,
    order: Sequence[int],
    said: Mapping[int, bool],
    fallen: Mapping[str, str],
    forced: set[int],
    played: Rehearsal,
) -> list[Other]:
    """The order in force and that of each rule, for the same outcomes; each order once."""
    tried: dict[tuple[int, ...], str] = {}
    if found.in_force is not None:
        tried.setdefault(tuple(found.in_force.amendments), "in force")
    for rule in ORDERS:
        if rule != "committee order":
            tried.setdefault(tuple(by_rule(found, rule)), rule)
    names = {str(row.id): row.label for row in found.rows}
    others = []
    for keys, rule in tried.items():
        if list(keys) == list(order) or sorted(keys) != sorted(order):
            continue
        other = _play(found, keys, said, fallen, forced)
        fates = played.fates
        differs = [
            (names[key], fates[key].value, fate.value) for key, fate in other.fates.items() if fates[key] is not fate
        ]
        others.append(Other(rule, list(keys), other.document == played.document, differs))
    return others


def _pairs(found: Paper, shown: Sequence[Amendment], said: Mapping[int, bool]) -> list[tuple[str, bool]]:
    rank = {row.id: number for number, row in enumerate(shown)}
    made = []
    for pair in found.pairs:
        if pair.amendment_id in rank and pair.other_id in rank:
            first, second = sorted((pair.amendment_id, pair.other_id), key=rank.__getitem__)
            sentence = explaining.pair_sentence(pair, shown[rank[first]].label, shown[rank[second]].label, first)
            if sentence:
                made.append(((rank[first], rank[second]), sentence, said[first] and said[second]))
    return [(sentence, now) for _place, sentence, now in sorted(made)]


def _groups(found: Paper, base: Document) -> list[str]:
    names = {str(row.id): row.label for row in found.rows}
    direct = [made for made in text_amendments(found.rows, base) if not made.parent]
    return [
        f"{', '.join(names[key] for key in group[:-1])} and {names[group[-1]]} together delete all the words of one "
        "clause: the last of them that is put may fall."
        for group in ordering.emptied_together(base, direct)
    ]
