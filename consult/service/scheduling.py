"""Scheduling a ballot: what stands in the way, then its definition, its key and its signers, fixed for good."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.counting.methods import METHODS
from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.timetable import require_phase, written
from consult.ledger import beside, envelopes, shape
from consult.ledger import definition as ledger_definition
from consult.ledger.declared import REMOVED
from consult.model.ballots import Ballot, BallotKey, Option, Question
from consult.model.members import RoleHolding
from consult.model.motions import MotionVersion
from consult.model.results import SigningKey
from consult.model.roll_changes import of_the_freezing
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db
from consult.service import (
    ballot_questions,
    ballots,
    boards,
    ceremonies,
    leaves,
    open_votes,
    order_challenges,
    outbox,
    polls_due,
    translations,
    unit_names,
    vault,
)
from consult.service.act import Act, act
from consult.service.audit import to_the_second


def signing_keys(session: Session, at: datetime, role: Role = Role.GOVERNANCE) -> list[SigningKey]:
    """The newest standing key of each present holder of a role (the governance committee), in the order of their names."""
    keys = session.scalars(
        select(SigningKey)
        .join(RoleHolding, RoleHolding.member_id == SigningKey.member_id)
        .options(joinedload(SigningKey.member))
        .where(
            RoleHolding.role == role.value,
            RoleHolding.starts_at <= at,
            (RoleHolding.ends_at.is_(None)) | (RoleHolding.ends_at > at),
            SigningKey.retired_at.is_(None),
        )
        .order_by(SigningKey.id)
    )
    newest = {key.member_id: key for key in keys}
    return sorted(newest.values(), key=lambda key: (key.member.name, key.member_id))


@act(Permission.BALLOT_SCHEDULE, Event.BALLOT_SCHEDULED)
def schedule(
    ballot: Ballot,
    roll: Roll,
    *,
    make_keys: Callable[[], envelopes.Keys] = envelopes.generate_keys,
    make_seed: Callable[[int], str] = secrets.token_hex,
    removed: str = REMOVED[0],
    by: Actor,
    at: datetime,
    act: Act,
) -> Ballot:
    """Fix everything: the roll, the texts, the rules, the signers and the key; from here voters can rely on it.

    `removed` declares what becomes of the vote of somebody who is taken off the roll afterwards: it "counts", or it is
    "set aside" unopened.

    Raises:
        Invalid: naming what is missing (questions, the roll, signing keys, the public value of the lot), or if votes are
        to be set aside that cannot be found again: on paper, or published by name.
        OutOfOrder: if the opening has already passed, or a motion has left the order paper, or the ballot would open
        outside the phase for voting of a motion's consultation.
    """
    for motion in ballots.motions_of(ballot):
        require_phase(motion.consultation.phases, "voting", ballot.opens_at, f"{motion.label} is put to the vote")
    problems = readiness(ballot, roll, at, act.session)
    if problems:
        raise Invalid("The ballot cannot be scheduled yet. " + " ".join(problems))
    _check_removed(ballot, removed)
    keys = make_keys() if ballot.level == "operator" else None
    ballot.order_seed = make_seed(32) if ballot.candidate_order == "random" else None
    made = _definition(ballot, roll, keys.public if keys else None, at, act.session, removed)
    ballot.roll_id = roll.id
    ballot.public_key = made.public_key
    ballot.definition = made.bytes.decode()
    ballot.definition_hash = made.hash
    if keys is not None:
        act.session.add(BallotKey(ballot_id=ballot.id, sealed=vault.seal(_vault_name(ballot.id), keys.private)))
    if ballot.weighting == "members":
        open_votes.deal(act.session, ballot, roll, at)
    act.step(ballot, "schedule")
    for motion in ballots.motions_of(ballot):
        act.step(motion, "put")
        act.record(Event.MOTION_PUT, motion, ballot=ballot.id, text=_text_of(act.session, motion.version_id))
    act.data = {"definition": made.hash, "roll": roll.hash, "questions": len(made.questions)}
    _announce(act, ballot)
    return ballot


def _check_removed(ballot: Ballot, removed: str) -> None:
    sentence = ""
    if removed not in REMOVED:
        sentence = "Choose what becomes of the vote of somebody who is taken off the roll."
    elif removed == REMOVED[1] and ballot.level == "recorded":
        sentence = "Open votes are published by name as they come, so that a vote cast before a removal counts."
    elif removed == REMOVED[1] and ballot.paper_rule != "none":
        sentence = "A paper that came in cannot be found again, so that here a vote cast before a removal counts."
    if sentence:
        raise Invalid(sentence, {"removed": sentence})


def readiness(ballot: Ballot, roll: Roll | None, at: datetime, session: Session | None = None) -> list[str]:
    """What still stands in the way of scheduling, as sentences."""
    missing = [] if roll is not None else ["Choose a frozen electoral roll."]
    return paper_problems(ballot, at, session, roll.size if roll else None) + missing


def paper_problems(ballot: Ballot, at: datetime, session: Session | None = None, size: int | None = None) -> list[str]:
    """What still stands in the way whichever roll is chosen; `size` is that of the roll, once it is."""
    session = session or db.session()
    problems = []
    if not ballot.questions:
        problems.append("Put at least one question on the paper.")
    if due := polls_due.problem(ballot, session):
        problems.append(due)
    if ballot.opens_at <= at:
        problems.append("The opening has passed; set a later one.")
    least = ballots.floor(session, ballot.consultation, at, ballot.candidate_member_ids)
    problems += ballots.below(ballot.signers_needed, ballot.complaint_hours, least).values()
    able = len(signing_keys(session, at))
    if able < ballot.signers_needed:
        problems.append(
            f"{ballot.signers_needed} committee members must sign the result, but only {able} have registered a signing key."
        )
    recounting = len(signing_keys(session, at, Role.SCRUTINEER))
    if recounting < ballot.recounts_needed:
        problems.append(
            f"{ballot.recounts_needed} scrutineers must sign a recount, but only {recounting} have registered a key."
        )
    if not ballot.lot_words.strip():
        problems.append("Name the public value that would decide a lot.")
    if ballot.paper_rule != "none" and any(question.settings.get("by_unit") for question in ballot.questions):
        problems.append(
            "A question is counted by branch, and a paper does not say whose branch it is from: take no papers."
        )
    if ballot.level == "sealed":
        problems += ceremonies.problems(ballot, at, session)
    if ballot.level == "recorded" and ballot.paper_rule != "none":
        problems.append(
            "Open votes are published by name, and a paper has none: take no papers, or choose another level."
        )
    for question in ballot.questions:
        try:
            ballot_questions.check_question(question, size or 1_000_000)
        except Invalid as refusal:
            problems.append(str(refusal))
        if question.motion is not None and (
            question.motion.state != "on the order paper" or question.motion.version_id != question.version_id
        ):
            problems.append(
                f"{question.motion.label} has changed since it was put on the paper; remove it and add it again."
            )
    for motion in ballots.motions_of(ballot):
        problems += filter(None, (leaves.problem(session, motion), order_challenges.problem(session, motion)))
    return problems


def _vault_name(ballot_id: int) -> str:
    return f"ballot key {ballot_id}"


def private_key(session: Session, ballot: Ballot) -> bytes:
    """The private half of a ballot's key, at the operator level; only the opening of the envelopes asks for it."""
    row = session.get(BallotKey, ballot.id)
    if row is None:
        raise OutOfOrder("The server does not hold the key of this ballot.")
    return vault.open(_vault_name(ballot.id), row.sealed)


def _text_of(session: Session, version_id: int | None) -> str | None:
    return session.scalar(select(MotionVersion.hash).where(MotionVersion.id == version_id)) if version_id else None


def _definition(
    ballot: Ballot, roll: Roll, public: bytes | None, at: datetime, session: Session, removed: str
) -> ledger_definition.Definition:
    """The definition; `public` is the key made here at the operator level, else the ceremony's, or none is needed."""
    part = ceremonies.public_part(ballot, session) if ballot.level == "sealed" else None
    key = part.public_key if part else shape.encode(public) if public else None
    by_unit = any(question.settings.get("by_unit") for question in ballot.questions)
    return ledger_definition.Definition(
        id=str(ballot.id),
        title=ballot.title,
        level=ballot.level,
        questions=tuple(_question(question, session) for question in ballot.questions),
        opens=to_the_second(ballot.opens_at),
        closes=to_the_second(ballot.closes_at),
        grace=ballot.grace_minutes * 60,
        roll=ledger_definition.Roll(roll.hash, roll.size, unit_sizes(session, roll) if by_unit else {}),
        public_key=key,
        publication=ballot.publication,
        lot=ledger_definition.Lot(ballot.lot_rule, ballot.lot_words),
        k=ballot.signers_needed,
        signers=tuple(ledger_definition.Signer(key.member.name, key.public_key) for key in signing_keys(session, at)),
        complaint_hours=ballot.complaint_hours,
        recounts=ballot.recounts_needed,
        scrutineers=tuple(
            ledger_definition.Signer(key.member.name, key.public_key)
            for key in signing_keys(session, at, Role.SCRUTINEER)
            if key.member_id not in ballot.candidate_member_ids
        ),
        rerun_of=str(ballot.rerun_of_id) if ballot.rerun_of_id is not None else None,
        casting=ledger_definition.Casting(
            ballot.candidate_order, ballot.order_seed or "", ballot.replacing, ballot.paper_rule, removed
        ),
        shares=ceremonies.key_shares(part) if part else None,
        board_key=boards.public_key(session) if ballot.level != "recorded" else None,
        weighting=ballot.weighting,
        translations=tuple(
            ledger_definition.Translation(row.language, row.authoritative, dict(row.words))
            for row in translations.approved(ballot)
        ),
    )


def unit_sizes(session: Session, roll: Roll) -> dict[str, int]:
    """How many the frozen roll has from each branch, by the name it had then; what came afterwards is in the chain beside it."""
    query = (
        select(RollEntry.unit_id, func.count())
        .where(RollEntry.roll_id == roll.id, of_the_freezing())
        .group_by(RollEntry.unit_id)
    )
    names = unit_names.at_instant(session, roll.frozen_at)
    return {names[unit_id]: count for unit_id, count in session.execute(query)}


def _question(question: Question, session: Session) -> ledger_definition.Question:
    return ledger_definition.Question(
        key=question.key,
        title=question.title,
        method=question.method,
        version=METHODS[question.method].version,
        settings=dict(question.settings),
        options=tuple(_option(option) for option in question.options),
        seats=question.seats,
        reserves=tuple(ledger_definition.Reserve(**reserve) for reserve in question.reserves),
        ron=question.ron,
        text=_text_of(session, question.version_id),
    )


def _option(option: Option) -> ledger_definition.Option:
    """What stands beside the choice is bound too: from here on every voter sees the same."""
    groups = (option.group,) if option.group else ()
    said = beside.hash_of(option.statement)
    return ledger_definition.Option(option.key, option.name, groups, said, option.photograph_hash)


def _announce(act: Act, ballot: Ballot) -> None:
    """Queue the notice of the opening to everyone on the roll, to be sent when it opens: one statement, no rows loaded."""
    act.notices += outbox.queue_roll(
        act.session,
        "ballot-opens",
        ballot.roll_id or 0,
        ballot.id,
        at=act.at,
        after=ballot.opens_at,
        title=ballot.title,
        closes=written(ballot.closes_at),
    )
