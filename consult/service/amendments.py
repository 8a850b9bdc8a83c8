"""Amendments: drafted by editing the text, worked out exactly, submitted for a branch, answered by the mover."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.lifecycle import AMENDABLE
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.rulebook import Rulebook
from consult.domain.timetable import require_phase
from consult.model.amendments import Amendment
from consult.model.consultations import Consultation
from consult.model.motions import Motion, MotionVersion
from consult.model.store import db
from consult.model.units import Unit
from consult.service import consultations, disposals, limits, minutes, motions, relating
from consult.service.act import Act, act, require_revision

# what the other chapters know amendments by stands in these
from consult.service.checking import findings as findings
from consult.service.checking import preview as preview
from consult.service.minutes import Meeting
from consult.service.relating import children as children
from consult.service.relating import relate as relate
from consult.service.relating import related as related
from consult.service.relating import seen_from_other as seen_from_other
from consult.service.wording import GONE as GONE
from consult.service.wording import Worked as Worked
from consult.service.wording import base_of as base_of
from consult.service.wording import before as before
from consult.service.wording import keep as keep
from consult.service.wording import lines_for as lines_for
from consult.service.wording import marked_data as marked_data
from consult.service.wording import sections_of as sections_of
from consult.service.wording import shown as shown
from consult.service.wording import text_of as text_of
from consult.service.wording import text_with as text_with
from consult.service.wording import work_out as work_out
from consult.text.operations import operations_from_data

LONGEST_REASON = 5_000


# -- reading ---------------------------------------------------------------------------------------------------------


def get(amendment_id: int) -> Amendment:
    """An amendment, with its motion, branch, mover and base.

    Raises:
        NotFound: if there is none of this number.
    """
    query = (
        select(Amendment)
        .where(Amendment.id == amendment_id)
        .options(
            joinedload(Amendment.motion).joinedload(Motion.consultation).joinedload(Consultation.rulebook),
            joinedload(Amendment.motion).joinedload(Motion.mover),
            joinedload(Amendment.unit),
            joinedload(Amendment.mover),
            joinedload(Amendment.base_version),
            joinedload(Amendment.parent).joinedload(Amendment.base_version),
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no amendment of this number.")
    return found


def require_readable(actor: Actor, amendment: Amendment, at: datetime) -> None:
    """Nothing for somebody who may read it: a draft is its mover's and the branch's delegate's, the rest the members'.

    Raises:
        NotFound: for anybody else.
    """
    motion = amendment.motion
    motions.require_readable(actor, motion.state, motion.mover_id, motion.number)
    if actor.member_id == amendment.mover_id or actor.holds(Role.DELEGATE, at, amendment.unit_path):
        return
    unruled = amendment.state in ("submitted", "queried") and actor.member_id is None
    if amendment.number is None or unruled:
        raise NotFound("There is no amendment of this number that you can read.")


def may_be_amended(parent: Amendment, at: datetime) -> bool:
    """Whether it can itself be amended at an instant."""
    try:
        require_open(parent.motion, at)
        require_amendable(parent.motion, parent)
    except OutOfOrder:
        return False
    return True


# -- drafting --------------------------------------------------------------------------------------------------------


@act(Permission.AMENDMENT_DRAFT, Event.AMENDMENT_DRAFTED)
def draft(
    motion: Motion,
    unit: Unit,
    sections: Mapping[str, str],
    reason: str = "",
    *,
    version: int | None = None,
    parent: Amendment | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Amendment:
    """Begin an amendment to a published motion by giving its text as it should read; `version` is the base edited.

    With `parent` it amends that amendment: the text edited is then the motion with the parent carried. One level only.

    Raises:
        Invalid: if nothing is changed. OutOfOrder: if amendments are not open, or the parent cannot be amended.
    """
    require_open(motion, at, "Amendments can be drafted")
    if parent is not None:
        require_amendable(motion, parent)
    if by.member_id is None or unit.id not in {own.id for own in motions.units_of(by.member_id, act.session)}:
        raise NotAllowed(f"An amendment is drafted by one's own branch or network; {unit.name} is not one of yours.")
    base = _base(motion, version)
    row = Amendment(
        motion_id=motion.id,
        mover_id=by.member_id,
        unit_id=unit.id,
        base_version_id=base.id,
        parent_id=parent.id if parent else None,
        operations=[],
        rubric=[],
        marked=[],
        reason=_reason(reason),
        created_at=at,
    )
    act.session.add(row)
    act.session.flush()
    _rework(act, row, sections)
    return row


@act(Permission.AMENDMENT_EDIT, Event.AMENDMENT_SAVED)
def save(
    amendment: Amendment,
    sections: Mapping[str, str],
    reason: str = "",
    *,
    revision: int | None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Amendment:
    """Save a draft, or an amendment that the committee queried.

    Raises:
        Stale: if it was saved elsewhere since the form was made. OutOfOrder: once it is submitted.
    """
    require_revision(amendment, revision)
    if amendment.state not in ("draft", "queried"):
        raise OutOfOrder(f"{amendment.label} is {amendment.state}: its words can no longer be changed.")
    if amendment.motion.state not in AMENDABLE:
        raise OutOfOrder(f"{amendment.motion.label} is {amendment.motion.state}: it can no longer be amended.")
    amendment.reason = _reason(reason)
    amendment.revision += 1
    _rework(act, amendment, sections)
    return amendment


def _rework(act: Act, row: Amendment, sections: Mapping[str, str]) -> None:
    base = base_of(row)
    made = work_out(base, lines_for(row, base), sections, f"a{row.id}")
    keep(row, made)
    act.note(base=base.hash, operations=len(made.operations), added=made.added, deleted=made.deleted)


def require_amendable(motion: Motion, parent: Amendment) -> None:
    """Nothing if an amendment can itself be amended.

    Raises:
        NotFound: if it belongs to another motion. OutOfOrder: if it amends one itself, is not in order, stands on an
        earlier text, or the rules do not know amendments to amendments.
    """
    if parent.motion_id != motion.id:
        raise NotFound("This amendment belongs to another motion.")
    if not consultations.rules_of(motion.consultation).amend_amendments:
        raise OutOfOrder("Under the rules an amendment cannot be amended: amend the motion instead.")
    if parent.parent_id is not None:
        raise OutOfOrder(f"{parent.label} amends an amendment itself; that is as far as it goes.")
    if parent.state not in ("in order", "not accepted", "accepted by mover"):
        raise OutOfOrder(f"{parent.label} is {parent.state}; an amendment can be amended while it is in order.")
    if parent.base_version_id != motion.version_id:
        raise OutOfOrder(f"{motion.label} has a new text, and {parent.label} is not made on that yet.")


def _base(motion: Motion, version: int | None) -> MotionVersion:
    if motion.version is None:
        raise OutOfOrder(f"{motion.label} has no text yet that could be amended.")
    if version is not None and version != motion.version.sequence:
        raise OutOfOrder(f"{motion.label} has a new text since you began: look at it, and make your changes on it.")
    return motion.version


def require_open(motion: Motion, at: datetime, doing: str = "Amendments can be drafted") -> None:
    """Nothing while a motion can be amended.

    Raises:
        OutOfOrder: if it is not published, or outside the phase for amendments.
    """
    if motion.state not in AMENDABLE:
        raise OutOfOrder(f"{motion.label} is {motion.state}; a motion can be amended while it is published.")
    require_phase(motion.consultation.phases, "amendments", at, doing)


def _reason(text: str) -> str:
    if len(text) > LONGEST_REASON:
        sentence = f"The reason has {len(text):,} characters; the most is {LONGEST_REASON:,}."
        raise Invalid(sentence, {"reason": sentence})
    return text.strip()


# -- submitting ------------------------------------------------------------------------------------------------------


@act(Permission.AMENDMENT_SUBMIT, Event.AMENDMENT_SUBMITTED)
def submit(
    amendment: Amendment,
    *,
    meeting: Meeting | None = None,
    revision: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Amendment:
    """Submit an amendment for its branch: it gets its number, and its relations to the others are worked out.

    `meeting` is the branch's meeting that agreed to it, where the rules ask for one.

    Raises:
        Stale: if it was saved since the delegate read it. OutOfOrder: after the deadline, beyond the branch's number,
        or if its base is no longer the text. Invalid: for what bars it (too long, the rationale alone).
    """
    require_revision(amendment, revision)
    rules = consultations.rules_of(amendment.motion.consultation)
    limits.require_mover(limits.mover_kind(amendment.unit), rules.amenders, "amendments")
    _require_meeting(meeting, rules, at)
    _send(act, amendment, rules)
    if meeting is not None:
        minutes.keep(act.session, amendment, meeting, by_id=by.member_id, at=at)
    return amendment


@act(Permission.AMENDMENT_SUBMIT_OWN, Event.AMENDMENT_SUBMITTED)
def submit_as_member(
    amendment: Amendment, *, revision: int | None = None, by: Actor, at: datetime, act: Act
) -> Amendment:
    """Submit an amendment as a member, without a branch, where the rules let members amend.

    Raises:
        NotAllowed: where they do not. Otherwise as `submit`.
    """
    require_revision(amendment, revision)
    rules = consultations.rules_of(amendment.motion.consultation)
    limits.require_mover("member", rules.amenders, "amendments")
    _send(act, amendment, rules)
    return amendment


def _send(act: Act, amendment: Amendment, rules: Rulebook) -> None:
    """What both ways of submitting share: the time, the limits, the number, the relations, and telling the mover."""
    motion = amendment.motion
    if amendment.number is None:
        require_open(motion, act.at, "Amendments can be submitted")
    elif motion.state not in AMENDABLE:
        raise OutOfOrder(f"{motion.label} is {motion.state}: it can no longer be amended.")
    act.step(amendment, "submit", check_permission=False)
    _require_fit(act.session, amendment, rules)
    amendment.number = amendment.number or _next_number(act.session, motion.id)
    amendment.submitted_at, amendment.submitted_by_id = act.at, act.by.member_id
    amendment.revision += 1
    act.session.flush()
    relating.relate_one(act.session, amendment)
    act.note(number=amendment.number, base=amendment.base_version.hash, added=amendment.words_added)
    act.notify(
        "amendment-submitted", motion.mover, amendment=amendment.id, label=amendment.label, motion=motion.id,
        of=motion.label, title=motion.title, branch=amendment.unit.name, rubric=list(amendment.rubric),
    )  # fmt: skip


def _require_meeting(meeting: Meeting | None, rules: Rulebook, at: datetime) -> None:
    if meeting is not None:
        minutes.require(meeting, rules, at)
    elif rules.amendments_need_meeting:
        sentence = "Under the rules a meeting of the branch must have agreed to an amendment: give its date and votes."
        raise Invalid(sentence, {"held_on": sentence})


def _require_fit(session: Session, amendment: Amendment, rules: Rulebook) -> None:
    motion = amendment.motion
    if amendment.base_version_id != motion.version_id:
        raise OutOfOrder(f"{motion.label} has a new text: open the amendment and make its changes on that.")
    if amendment.parent is not None and amendment.number is None:
        require_amendable(motion, amendment.parent)
    base, operations = base_of(amendment), operations_from_data(amendment.operations)
    for finding in findings(motion, base, operations, amendment):
        if finding.bars:
            raise Invalid(finding.sentence)
    if rules.amendments_per_branch and amendment.number is None:
        query = select(func.count()).where(
            Amendment.motion_id.in_(select(Motion.id).where(Motion.consultation_id == motion.consultation_id)),
            Amendment.unit_id == amendment.unit_id,
            Amendment.number.is_not(None),
            Amendment.state.not_in(("withdrawn", "ruled out for good")),
        )
        if (session.scalar(query) or 0) >= rules.amendments_per_branch:
            raise OutOfOrder(
                f"{amendment.unit.name} has submitted {rules.amendments_per_branch} amendments, as many as the rules "
                "allow. One must be withdrawn before another can be submitted."
            )


def _next_number(session: Session, motion_id: int) -> int:
    return (session.scalar(select(func.max(Amendment.number)).where(Amendment.motion_id == motion_id)) or 0) + 1


# -- answering and withdrawing ---------------------------------------------------------------------------------------


@act(Permission.AMENDMENT_RESPOND, Event.AMENDMENT_ANSWERED)
def respond(
    motion: Motion, amendment: Amendment, accept: bool, response: str = "", *, by: Actor, at: datetime, act: Act
) -> Amendment:
    """The mover of the motion accepts an amendment or does not, until the text is frozen.

    Raises:
        OutOfOrder: if the amendment is not in order, or the text is frozen.
    """
    if motion.state not in AMENDABLE:
        raise OutOfOrder(f"{motion.label} is {motion.state}: its amendments can no longer be answered.")
    if amendment.motion_id != motion.id:
        raise NotFound("This amendment belongs to another motion.")
    if len(response) > LONGEST_REASON:
        sentence = f"The response has {len(response):,} characters; the most is {LONGEST_REASON:,}."
        raise Invalid(sentence, {"response": sentence})
    act.step(amendment, "accept" if accept else "not accept", check_permission=False)
    amendment.response = response.strip()
    amendment.revision += 1
    act.notify(
        "amendment-answered", amendment.mover, amendment=amendment.id, label=amendment.label, motion=motion.id,
        of=motion.label, title=motion.title, accepted=accept, response=amendment.response,
    )  # fmt: skip
    return amendment


@act(Permission.AMENDMENT_WITHDRAW, Event.AMENDMENT_WITHDRAWN)
def withdraw(amendment: Amendment, *, by: Actor, at: datetime, act: Act) -> Amendment:
    """Withdraw an amendment before the text is frozen."""
    act.step(amendment, "withdraw")
    amendment.revision += 1
    return amendment


@act(Permission.MOTION_DISPOSE, Event.AMENDMENT_WITHDRAWN)
def withdraw_by_leave(amendment: Amendment, reason: str, *, by: Actor, at: datetime, act: Act) -> Amendment:
    """Record that an amendment on the order paper was withdrawn by leave of the meeting; amendments to it fall.

    Raises:
        OutOfOrder: if it is not on the order paper, its motion is on a ballot, or the rules know no such leave.
        Invalid: without a reason.
    """
    if not 10 <= len(reason.strip()) <= 2_000:
        sentence = "Give the reason in a sentence (10 to 2,000 characters)."
        raise Invalid(sentence, {"reason": sentence})
    if "withdraw by leave" not in consultations.rules_of(amendment.motion.consultation).hall:
        raise OutOfOrder("The rules of this body do not know “withdraw by leave”.")
    if title := disposals.on_ballot(act.session, amendment.motion):
        raise OutOfOrder(f"{amendment.motion.label} is on the ballot “{title}”: take it off the paper first.")
    own = act.step(amendment, "withdraw by leave", check_permission=False)
    note = dict(act.data)
    amendment.falls_because = f"Withdrawn by leave of the meeting. {reason.strip()}"
    amendment.revision += 1
    for child in children(amendment):
        if child.state == "on the order paper":
            act.step(child, "fall", check_permission=False)
            child.falls_because = f"{amendment.label}, which it amends, was withdrawn."
            child.revision += 1
            act.record(Event.AMENDMENT_DECIDED, child, outcome="falls")
    act.data = note | {"to": own.target}
    return amendment
