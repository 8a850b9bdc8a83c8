"""The substantive motion: what the counts make of each motion's text, and how that is carried out at publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from consult.counting.result import Count
from consult.domain.consequences import Edge, Follows, Kind, follow
from consult.domain.errors import OutOfOrder
from consult.model.amendments import Amendment as AmendmentRow
from consult.model.ballots import Ballot, Question
from consult.model.consequences import Consequence
from consult.model.motions import Motion, MotionVersion
from consult.service import consequences, falling, rehearsals, versions, wording
from consult.text import operations, provenance
from consult.text.clauses import Document
from consult.text.published import decisions_of
from consult.text.replay import Decision, Effect, Outcome, Record, Replay, run
from consult.text.weave import Weave


@dataclass(frozen=True)
class Fate:
    """What became of one amendment: "carried", "lost" or "falls", with the reason where it is not the vote alone."""

    outcome: str
    reason: str = ""


@dataclass(frozen=True)
class Replayed:
    """What the decisions of one ballot make of one motion.

    `outcome` is "carried", "carried as amended", "lost" or "falls" (by what is decided elsewhere).
    `base` and `result` are the hashes of the text as frozen and
    of the text that the carried amendments made of it; `texts` holds the canonical bytes of both, by hash.
    """

    motion_id: int
    outcome: str
    base: str
    result: str
    texts: dict[str, bytes] = field(repr=False)
    amendments: dict[int, Fate]
    decisions: dict[str, Any] = field(repr=False)
    document: dict[str, Any] = field(repr=False)
    #: Clause id → runs of [amendment's id or "", how many words], as `consult.text.provenance.to_data`.
    authors: dict[str, Any] = field(repr=False)
    #: Why the motion falls, where it does.
    reason: str = ""
    #: Amendments carried whose words the text no longer has → whether a person's ruling can still apply them.
    proposed: dict[int, bool] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Everything that `enact` needs, as the manifest's row keeps it."""
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "base": self.base,
            "result": self.result,
            "document": self.document,
            "authors": self.authors,
            "amendments": {
                str(number): {"outcome": fate.outcome, "reason": fate.reason}
                for number, fate in self.amendments.items()
            },
        }

    def to_bundle(self) -> dict[str, Any]:
        """What the published bundle holds, so that anybody can replay it."""
        return {"base": self.base, "decisions": self.decisions, "result": self.result}


# -- deciding --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """A motion on the ballot with its amendments in the order of votes; what is consequential has no question."""

    own: Question
    motion: Motion
    base: Document
    amendments: tuple[tuple[AmendmentRow, Question | None], ...]


def decide(session: Session, ballot: Ballot, counts: Mapping[int, Count]) -> list[Replayed]:
    """What each motion on the ballot comes to; `counts` by question id. Questions are taken in the order of the paper.

    An amendment whose words an earlier carried one changed falls, with the reason, unless it was ruled that its deletion
    applies to the clause as amended: nothing is applied in part. What the committee confirmed as a consequence falls, or
    is carried, with its cause, within a motion and across motions.

    Raises:
        OutOfOrder: if an amendment was not made on the text that its question decides on (nothing can be decided then).
    """
    asked = _asked(session, ballot)
    standing = consequences.of_consultation(ballot.consultation_id, session=session)
    rulings = falling.rulings(session, ballot)
    fallen: dict[str, str] = {}
    # no consequence leads back to its cause, so this ends after as many rounds as the longest chain has links
    for _round in range(len(standing) + 1):
        replays = [_replayed(each, counts, standing, fallen, rulings) for each in asked]
        found = _fallen(standing, asked, replays)
        if found == fallen:
            break
        fallen = found
    return replays


def _asked(session: Session, ballot: Ballot) -> list[_Asked]:
    by_motion: dict[int, list[Question]] = {}
    for question in ballot.questions:
        if question.motion_id is not None:
            by_motion.setdefault(question.motion_id, []).append(question)
    paper = select(AmendmentRow).where(
        AmendmentRow.motion_id.in_(by_motion), AmendmentRow.state == "on the order paper"
    )
    rows = session.scalars(paper.options(selectinload(AmendmentRow.base_version))).all()
    return [_of_motion(session, number, asked, rows) for number, asked in by_motion.items()]


def _of_motion(session: Session, motion_id: int, asked: list[Question], rows: Sequence[AmendmentRow]) -> _Asked:
    own = next((question for question in asked if question.amendment_id is None), None)
    if own is None or own.version is None:
        raise OutOfOrder("A motion's amendments are on the paper without the motion itself, so nothing can be decided.")
    questions = {question.amendment_id: question for question in asked if question.amendment_id is not None}
    mine = [row for row in rows if row.motion_id == motion_id]
    mine.sort(key=lambda row: (row.order is None, row.order or 0, row.number or 0))
    motion = session.get_one(Motion, motion_id)
    return _Asked(own, motion, versions.document_of(own.version), tuple((row, questions.get(row.id)) for row in mine))


def _fallen(standing: Sequence[Consequence], asked: Sequence[_Asked], replays: Sequence[Replayed]) -> dict[str, str]:
    """Key → why it falls, for what follows from something outside its own motion."""
    on_ballot = {each.motion.id for each in asked}
    decided: dict[str, bool] = {}
    for replay in replays:
        decided[f"motion:{replay.motion_id}"] = replay.outcome in ("carried", "carried as amended")
        decided |= {f"amendment:{key}": fate.outcome == "carried" for key, fate in replay.amendments.items()}
    found: dict[str, str] = {}
    for row in standing:
        cause, effect = consequences.cause_of(row), consequences.effect_of(row)
        inside = consequences.motion_of(cause).id == consequences.motion_of(effect).id
        if inside or consequences.motion_of(effect).id not in on_ballot:
            continue
        known = decided.get(row.cause, consequences.decided(cause))
        if known is not None and follow([consequences.edge_of(row)], {row.cause: known}).get(row.effect, STAYS).falls:
            found.setdefault(row.effect, rehearsals.reason_of(row, known))
        elif known is None and row.kind == Kind.WITH:
            found.setdefault(row.effect, f"{consequences.name_of(cause)}, with which it goes, is not decided.")
    return found


STAYS = Follows("", False, Edge("", Kind.WITH, ""))


def _replayed(
    asked: _Asked,
    counts: Mapping[int, Count],
    standing: Sequence[Consequence],
    fallen: Mapping[str, str],
    rulings: Mapping[int, str],
) -> Replayed:
    base, rows = asked.base, [row for row, _question in asked.amendments]
    why = fallen.get(f"motion:{asked.motion.id}", "")
    record = Record(
        base,
        tuple(text_amendment(row, base.hash) for row in rows),
        tuple(
            falling.ruled(_decision(row, question, counts, fallen, why), rulings) for row, question in asked.amendments
        ),
        tuple(rehearsals.within(standing, {row.id for row in rows})),
    )
    replay = run(record)
    carried = counts[asked.own.id].outcome == "carried"
    changed = replay.document.hash != base.hash
    outcome = ("carried as amended" if changed else "carried") if carried else "lost"
    return Replayed(
        motion_id=asked.motion.id,
        outcome="falls" if why else outcome,
        reason=why,
        proposed=falling.proposed(record, replay),
        base=base.hash,
        result=replay.document.hash,
        texts={base.hash: base.canonical, replay.document.hash: replay.document.canonical},
        amendments={int(step.key): _fate(step.effect, step.outcome, step.reason) for step in replay.steps},
        decisions=decisions_of(record),
        document=replay.document.to_data(),
        authors=provenance.to_data(authors_after(asked.own.version, record, replay)),  # type: ignore[arg-type]
    )


def _decision(
    row: AmendmentRow, question: Question | None, counts: Mapping[int, Count], fallen: Mapping[str, str], motion: str
) -> Decision:
    key = str(row.id)
    if motion:
        return Decision(key, Outcome.FALLS, f"{row.motion.label} falls. {motion}")
    if f"amendment:{key}" in fallen:
        return Decision(key, Outcome.FALLS, fallen[f"amendment:{key}"])
    if question is None:  # consequential: carried, unless what it goes with was not
        return Decision(key, Outcome.CARRIED)
    count = counts[question.id]
    if count.outcome == "carried":
        return Decision(key, Outcome.CARRIED)
    why = "Too few voted: the quorum was not met." if count.outcome == "inquorate" else ""
    return Decision(key, Outcome.LOST, why)


def text_amendment(row: AmendmentRow, base_hash: str) -> operations.Amendment:
    """A stored amendment as the text engine knows it.

    Raises:
        OutOfOrder: if it was made on another text than the one of this hash.
    """
    if row.base_version.hash != base_hash:
        raise OutOfOrder(f"{row.label} was made on another text than the one put to the vote.")
    return wording.text_of(row)


def _fate(effect: Effect, outcome: Outcome, reason: str) -> Fate:
    if effect is Effect.APPLIED:
        return Fate("carried", reason)
    return Fate("lost", reason) if outcome is Outcome.LOST else Fate("falls", reason)


def authors_after(version: MotionVersion, record: Record, replay: Replay) -> provenance.Authors:
    """Who wrote each word of the result: what earlier versions say, then each carried amendment in its turn."""
    if any(amendment.parent for amendment in record.amendments):
        # what amendments to amendments wrote is theirs; the words of the base keep the authors that they had
        whole = provenance.carried(record.base, authors_of(version), replay.document, "?")
        return {
            clause: tuple(new or old.replace("?", "") for new, old in zip(replay.authors[clause], own, strict=True))
            for clause, own in whole.items()
        }
    made = {amendment.key: amendment for amendment in record.amendments}
    weave = Weave(record.base, authors=authors_of(version))
    for step in replay.steps:
        if step.effect is Effect.APPLIED:
            weave.apply(step.key, made[step.key].operations, as_amended=bool(step.reason))
    return weave.authors()


def authors_of(version: MotionVersion) -> dict[str, tuple[str, ...]]:
    """Who wrote each word of a version, by clause; "" is the motion as moved, else an amendment's id."""
    return provenance.from_data(version.provenance.get("authors", {}))
