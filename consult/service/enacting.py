"""What a decision is in the record: motions and amendments decided, the text amended, the policy book entered, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from consult.domain.consequences import follow
from consult.domain.decisions import MOTION
from consult.domain.errors import OutOfOrder
from consult.domain.events import Event
from consult.domain.rulebook import Rulebook
from consult.model.amendments import Amendment as AmendmentRow
from consult.model.ballots import Ballot
from consult.model.motions import Motion, Policy
from consult.service import consequences, registering, rehearsals, rule_changes, substantive, versions
from consult.service.act import Act
from consult.text import provenance
from consult.text.clauses import Document


def enact(act: Act, ballot: Ballot, motion_id: int, decision: Mapping[str, Any]) -> None:
    """Inside the act of publishing: decide the amendments and the motion; what was carried enters the policy book.

    `decision` is `Replayed.to_json()` as the manifest kept it.

    Raises:
        OutOfOrder: if the motion is not before the vote any more, or its text is not the one that was decided.
    """
    motion = act.session.get_one(Motion, motion_id)
    if motion.version is None or motion.version.hash != decision["base"]:
        raise OutOfOrder(f"{motion.label} no longer has the text that was put to the vote.")
    for amendment_id, fate in decision["amendments"].items():
        _settle(act, act.session.get_one(AmendmentRow, int(amendment_id)), fate)
    conclude(act, motion, decision, ballot=ballot.id)


def conclude(
    act: Act, motion: Motion, decision: Mapping[str, Any], *, ballot: int | None = None, division: int | None = None
) -> None:
    """Decide the motion itself, by a ballot or by a division in the hall; the amendments have been decided by then.

    Raises:
        OutOfOrder: if the motion's text is not the one that was decided.
    """
    if motion.version is None or motion.version.hash != decision["base"]:
        raise OutOfOrder(f"{motion.label} no longer has the text that was put to the vote.")
    source = {"ballot": ballot} if ballot is not None else {"division": division}
    act.step(motion, _STEPS[decision["outcome"]], check_permission=False)
    act.record(
        Event.MOTION_DECIDED, motion, **source, outcome=decision["outcome"], base=decision["base"],
        result=decision["result"],
    )  # fmt: skip
    registering.enter(
        act, motion.consultation.unit_id, MOTION, f"{motion.label}: {motion.title}",
        f"{decision['outcome'].capitalize()}{' by a ballot' if ballot is not None else ' at a sitting'}.",
        place=f"/motions/{motion.id}",
    )  # fmt: skip
    if decision["outcome"] in ("carried", "carried as amended"):
        if decision["outcome"] == "carried as amended":
            _amend(act, source, motion, decision)
        _adopt(act, source, motion, decision)
        rule_changes.enact(act, motion)
    follow_on(act, motion)


def adopt(act: Act, motion: Motion, ballot_id: int) -> Policy:
    """Inside an act: what a policy primary adopted is carried as it stands, and enters the policy book from that ballot.

    Raises:
        OutOfOrder: if it has no text.
    """
    if motion.version is None:
        raise OutOfOrder(f"{motion.label} has no text.")
    act.step(motion, "adopt", check_permission=False)
    motion.revision += 1
    text = motion.version.hash
    act.record(Event.MOTION_DECIDED, motion, ballot=ballot_id, outcome="carried", base=text, result=text)
    document = versions.document_of(motion.version)
    written = provenance.to_data(provenance.carried(document, substantive.authors_of(motion.version), document, ""))
    made = _adopt(act, {"ballot": ballot_id}, motion, {"authors": written, "result": text})
    rule_changes.enact(act, motion)
    follow_on(act, motion)
    return made


#: What a motion comes to → the step that it is.
_STEPS = {"carried": "carry", "carried as amended": "carry as amended", "lost": "lose", "falls": "fall"}


def follow_on(act: Act, motion: Motion) -> None:
    """What the committee confirmed falls with this motion or its amendments, where no vote on it is under way."""
    act.session.flush()
    for row in consequences.of_motion(motion.id, session=act.session):
        cause, effect = consequences.cause_of(row), consequences.effect_of(row)
        known = consequences.decided(cause)
        if (
            consequences.motion_of(cause).id != motion.id
            or consequences.motion_of(effect).id == motion.id
            or known is None
        ):
            continue
        falls = follow([consequences.edge_of(row)], {row.cause: known}).get(row.effect, substantive.STAYS).falls
        if falls and consequences.motion_of(effect).state != "put to the vote" and consequences.still_open(effect):
            _fell(act, effect, rehearsals.reason_of(row, known))


def _fell(act: Act, effect: Motion | AmendmentRow, reason: str) -> None:
    act.step(effect, "fall", check_permission=False)
    effect.revision += 1
    if isinstance(effect, Motion):
        act.record(Event.MOTION_DECIDED, effect, outcome="falls")
    else:
        effect.falls_because = reason
        act.record(Event.AMENDMENT_DECIDED, effect, outcome="falls")


def _settle(act: Act, amendment: AmendmentRow, fate: Mapping[str, str]) -> None:
    step = {"carried": "carry", "lost": "lose", "falls": "fall"}[fate["outcome"]]
    act.step(amendment, step, check_permission=False)
    if fate["outcome"] == "falls":
        amendment.falls_because = fate["reason"]
    act.record(Event.AMENDMENT_DECIDED, amendment, outcome=fate["outcome"])


def _amend(act: Act, source: Mapping[str, Any], motion: Motion, decision: Mapping[str, Any]) -> None:
    document = Document.from_data(decision["document"])
    if document.hash != decision["result"]:
        raise OutOfOrder(f"The text that {motion.label} was found to have does not bear its own hash.")
    carried = [int(key) for key, fate in decision["amendments"].items() if fate["outcome"] == "carried"]
    versions.add(
        act.session,
        motion,
        document,
        cause="carried amendments",
        provenance={
            "parents": [decision["base"]],
            "amendments": carried,
            **source,
            "authors": decision["authors"],
        },
        by=act.by.reference,
        at=act.at,
    )


def _adopt(act: Act, source: Mapping[str, Any], motion: Motion, decision: Mapping[str, Any]) -> Policy:
    years = Rulebook.from_json(motion.consultation.rulebook.rules).lapse_years
    values = {
        "version_id": motion.version_id,
        "ballot_id": source.get("ballot"),
        "division_id": source.get("division"),
        "title": motion.title,
        "adopted_at": act.at,
        "lapses_at": years_after(act.at, years) if years else None,
        "provenance": dict(decision["authors"]),
    }
    policy = act.session.scalars(select(Policy).where(Policy.motion_id == motion.id)).one_or_none()
    if policy is None:
        policy = Policy(motion_id=motion.id, **values)
        act.session.add(policy)
    else:  # adopted by an earlier ballot that was set aside
        act.step(policy, "adopt again", check_permission=False)
        for name, value in values.items():
            setattr(policy, name, value)
    act.session.flush()
    act.record(Event.POLICY_ADOPTED, policy, motion=motion.id, text=decision["result"])
    return policy


def years_after(at: datetime, years: int) -> datetime:
    """The same day and time so many years later; 29 February becomes 28 February where there is none.

    >>> from datetime import UTC
    >>> years_after(datetime(2024, 2, 29, tzinfo=UTC), 5).date().isoformat()
    '2029-02-28'
    """
    try:
        return at.replace(year=at.year + years)
    except ValueError:
        return at.replace(year=at.year + years, day=28)
