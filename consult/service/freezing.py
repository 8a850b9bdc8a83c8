"""Freezing a motion's text: what is written in, what goes to the vote, what falls, shown first and then done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from consult.domain.errors import Invalid, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.lifecycle import AMENDABLE
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import current, written
from consult.model.amendments import Amendment
from consult.model.members import Member
from consult.model.motions import Motion, MotionVersion
from consult.service import (
    amendments,
    carrying_over,
    composites,
    order_of_votes,
    relating,
    rulings,
    substantive,
    versions,
)
from consult.service.act import Act, act
from consult.text import provenance
from consult.text.clauses import Document
from consult.text.operations import Amendment as TextAmendment
from consult.text.operations import DoesNotApply
from consult.text.rebase import Rebasing, Status
from consult.text.weave import Weave, apply

#: States of an amendment that is in order and waits for the text to be frozen.
_STANDING = ("in order", "not accepted", "accepted by mover")


@dataclass(frozen=True)
class Placed:
    """An amendment that goes on the order paper, as the frozen text has it, and what its mover is told."""

    row: Amendment
    text: TextAmendment
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fall:
    """An amendment that no longer applies, and why; an officer confirms it before the text is frozen."""

    row: Amendment
    reason: str


@dataclass
class Plan:
    """What freezing would do."""

    base: Document
    document: Document
    authors: provenance.Authors
    written_in: list[Amendment] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    falls: list[Fall] = field(default_factory=list)
    #: What stands in the way, as sentences.
    obstacles: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether a new version is made."""
        return bool(self.written_in)


def plan(motion: Motion, to_vote: Collection[int] = (), *, at: datetime) -> Plan:
    """What freezing would do now; `to_vote` names accepted amendments that are voted on instead of written in."""
    if motion.version is None:
        raise OutOfOrder(f"{motion.label} has no text to freeze.")
    every = amendments.before(motion)
    base = versions.document_of(motion.version)
    rows = [row for row in every if row.base_version_id == motion.version_id and row.parent_id is None]
    weave = Weave(base, {str(row.id): row.label for row in rows}, substantive.authors_of(motion.version))
    found = Plan(base, base, {})
    for row in rows:
        if row.state == "accepted by mover" and row.id not in to_vote:
            _write_in(found, weave, row)
    found.document, found.authors = weave.document(), weave.authors()
    rebasing = Rebasing(base, found.document)
    settled = {row.id for row in found.written_in} | {fall.row.id for fall in found.falls}
    for row in rows:
        if row.id not in settled and row.state in _STANDING:
            _place(found, rebasing, row)
    for row in every:
        if row.base_version_id != motion.version_id and row.state in _STANDING:
            found.falls.append(Fall(row, "It was made on an earlier text, and its mover has not agreed to new words."))
        elif row.parent_id is not None and row.state in _STANDING:
            _place_child(found, row)
    found.obstacles = _obstacles(motion, every, at)
    return found


def _write_in(found: Plan, weave: Weave, row: Amendment) -> None:
    try:
        weave.apply(str(row.id), amendments.text_of(row).operations)
    except DoesNotApply as refusal:
        found.falls.append(Fall(row, str(refusal)))
    else:
        found.written_in.append(row)


def _place(found: Plan, rebasing: Rebasing, row: Amendment) -> None:
    result = rebasing.rebase(amendments.text_of(row))
    if result.amendment is not None:
        found.placed.append(Placed(row, result.amendment, result.notes))
    elif result.status is Status.MADE:
        found.falls.append(
            Fall(row, "An accepted amendment makes this change already, so there is nothing to vote on.")
        )
    else:
        found.falls.append(Fall(row, " ".join(conflict.sentence for conflict in result.conflicts)))


def _place_child(found: Plan, row: Amendment) -> None:
    """An amendment to an amendment goes on the paper before the one it amends, or to the text that took that one in."""
    text = amendments.text_of(row)
    parent = next((placed for placed in found.placed if placed.row.id == row.parent_id), None)
    if parent is not None:
        onto = apply(found.document, parent.text.operations)
    elif row.parent_id in {taken.id for taken in found.written_in}:
        onto, text = found.document, replace(text, parent="")
    else:
        found.falls.append(Fall(row, "The amendment that it amends is not voted on."))
        return
    result = Rebasing(amendments.base_of(row), onto).rebase(text)
    if result.amendment is not None:
        found.placed.append(Placed(row, result.amendment, result.notes))
    else:
        found.falls.append(Fall(row, " ".join(conflict.sentence for conflict in result.conflicts)))


def _obstacles(motion: Motion, rows: list[Amendment], at: datetime) -> list[str]:
    sentences = []
    waiting = [row.label for row in rows if row.state in ("submitted", "queried")]
    if waiting:
        sentences.append(f"The committee has not ruled yet on {', '.join(waiting)}.")
    for row in motion.amendments:
        newest = rulings.latest(row) if row.state == "ruled out" else None
        if newest is not None and newest.appeal is not None and newest.appeal.outcome is None:
            sentences.append(f"The appeal about {row.label} is not decided yet.")
    if (made := composites.live_of(motion.id)) is not None:
        sentences.append(f"{made.label} is being made of it: publish that or give it up first.")
    for row in carrying_over.unanswered(motion.id):
        sentences.append(f"The mover of {row.label} to {row.motion.label} has not answered what becomes of it.")
    phase = next((phase for phase in motion.consultation.phases if phase.kind == "amendments"), None)
    if phase is not None and at < phase.closes_at:
        sentences.append(f"Amendments can still be submitted until {written(phase.closes_at)}.")
    if phase is not None and not current([phase], at) and at < phase.opens_at:
        sentences.append("Amendments have not been open yet.")
    return sentences


@act(Permission.TEXT_FREEZE, Event.TEXT_FROZEN)
def freeze(
    motion: Motion,
    to_vote: Collection[int] = (),
    falls: Collection[int] = (),
    *,
    seen: str | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Motion:
    """Freeze the text: write in what was accepted, put the other amendments on the order paper in their order.

    `to_vote` names accepted amendments to be voted on all the same, `falls` those whose fall the officer confirms,
    `seen` is the `fingerprint` of the plan that the page showed.

    Raises:
        OutOfOrder: while something stands in the way. Stale: if the plan is another by now.
        Invalid: if a fall is not confirmed.
    """
    found = plan(motion, to_vote, at=at)
    if found.obstacles and motion.state in AMENDABLE:
        raise OutOfOrder(" ".join(found.obstacles))
    if seen is not None and seen != fingerprint(found):
        raise Stale(
            f"What freezing would do has changed since you opened this page. {act.what_changed(motion)}".strip()
        )
    if open_falls := [fall.row.label for fall in found.falls if fall.row.id not in falls]:
        raise Invalid(f"Confirm that {' and '.join(open_falls)} falls, or choose otherwise, before freezing.")
    act.step(motion, "freeze")
    version = _new_version(act, motion, found)
    for row in found.written_in:
        _settle(act, row, "incorporate", "")
    for fall in found.falls:
        fall.row.falls_because = fall.reason
        _settle(act, fall.row, "fall", fall.reason)
    for placed in found.placed:
        _put(act, placed, version)
    act.session.flush()
    relating.relate(act.session, motion, version)
    order_of_votes.begin(act, motion)
    motion.revision += 1
    act.data = {
        "text": version.hash,
        "written_in": [row.id for row in found.written_in],
        "on_the_order_paper": [placed.row.id for placed in found.placed],
        "falls": [fall.row.id for fall in found.falls],
    }
    return motion


def fingerprint(found: Plan) -> str:
    """What the confirming form carries: which amendments the plan names, where, and the text they lead to."""
    parts = ("w", *(row.id for row in found.written_in), "p", *(placed.row.id for placed in found.placed))
    return "-".join(map(str, (*parts, "f", *(fall.row.id for fall in found.falls), found.document.hash[:16])))


def _new_version(act: Act, motion: Motion, found: Plan) -> MotionVersion:
    """The frozen text: a new version where something was written in, else the one there is."""
    assert motion.version is not None  # noqa: S101 (plan() refused otherwise)
    if not found.changed:
        return motion.version
    return versions.add(
        act.session,
        motion,
        found.document,
        cause="accepted amendments",
        provenance={
            "parents": [found.base.hash],
            "amendments": [row.id for row in found.written_in],
            "authors": provenance.to_data(found.authors),
        },
        by=act.by.reference,
        at=act.at,
    )


def _put(act: Act, placed: Placed, version: MotionVersion) -> None:
    row = placed.row
    if row.base_version_id != version.id or (row.parent_id is not None and not placed.text.parent):
        row.base_version = version
        if not placed.text.parent:
            row.parent = None
        base = amendments.base_of(row)
        amendments.keep(row, amendments.shown(base, amendments.lines_for(row, base), placed.text.operations))
    act.session.flush()
    _settle(act, row, "place on the order paper", " ".join(placed.notes))


def _settle(act: Act, row: Amendment, step: str, note: str) -> None:
    taken = act.step(row, step, check_permission=False)
    row.revision += 1
    act.record(Event.AMENDMENT_DECIDED, row, outcome=taken.target)
    for number in dict.fromkeys(filter(None, (row.mover_id, row.submitted_by_id))):
        act.notify(
            "amendment-placed", act.session.get_one(Member, number), once=f"amendment-placed:{row.id}:{number}",
            amendment=row.id, label=row.label, motion=row.motion_id, of=row.motion.label, title=row.motion.title,
            outcome=taken.target, note=note,
        )  # fmt: skip
