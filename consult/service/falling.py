"""What falls by its words alone when the decisions of a ballot are replayed, and the rulings that something does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.model.ballots import Ballot
from consult.model.proposed_falls import STANDS, ProposedFall
from consult.text.replay import Decision, Effect, Outcome, Record, Replay, run


def rulings(session: Session, ballot: Ballot) -> dict[int, str]:
    """Amendment's id → why it was ruled not to fall."""
    query = select(ProposedFall.amendment_id, ProposedFall.ruling)
    return dict(session.execute(query.where(ProposedFall.ballot_id == ballot.id, ProposedFall.outcome == STANDS)).all())


def ruled(decision: Decision, rulings: Mapping[int, str]) -> Decision:
    """A decision with the ruling on it, where it was carried and there is one."""
    ruling = rulings.get(int(decision.key), "")
    return replace(decision, ruling=ruling) if ruling and decision.outcome is Outcome.CARRIED else decision


def proposed(record: Record, replay: Replay) -> dict[int, bool]:
    """What falls by its words alone, and whether it would apply if a person ruled so."""
    return {int(step.key): _applies(record, step.key) for step in replay.steps if step.effect is Effect.PROPOSED}


def _applies(record: Record, key: str) -> bool:
    decisions = tuple(replace(each, ruling="?") if each.key == key else each for each in record.decisions)
    return any(
        step.key == key and step.effect is Effect.APPLIED for step in run(replace(record, decisions=decisions)).steps
    )
