"""The one gate: permission, lifecycle step, the work itself, its audit event and notices, and one commit."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from consult.domain import policy
from consult.domain.errors import Invalid, OutOfOrder, Refused, Stale, Unavailable
from consult.domain.events import SENTENCES, Event
from consult.domain.interfaces import TOLD
from consult.domain.lifecycle import (
    AMENDMENT,
    BALLOT,
    CALL,
    COMPOSITE,
    EVENT,
    MOTION,
    NOMINATION,
    POLICY,
    REPORT,
    SENDING,
    STATEMENT,
    SUBMISSION,
    Lifecycle,
    Step,
)
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot
from consult.model.coding import ConsultationReport
from consult.model.composites import Composite
from consult.model.consulting import Contribution
from consult.model.gatherings import Gathering
from consult.model.members import Member
from consult.model.motions import Motion, Policy
from consult.model.nominations import Call, Nomination
from consult.model.policies import Sending
from consult.model.statements import Statement
from consult.model.store import Base, writing
from consult.service import actors, audit, clock, happenings, outbox

P = ParamSpec("P")
R = TypeVar("R")

_LIFECYCLES: dict[type[Base], Lifecycle] = {
    Motion: MOTION,
    Amendment: AMENDMENT,
    Composite: COMPOSITE,
    Policy: POLICY,
    Sending: SENDING,
    Ballot: BALLOT,
    Contribution: SUBMISSION,
    Statement: STATEMENT,
    ConsultationReport: REPORT,
    Gathering: EVENT,
    Call: CALL,
    Nomination: NOMINATION,
}
_inside: ContextVar[bool] = ContextVar("inside an act", default=False)

#: The most characters of the reason of an act, and what somebody is told who gives none.
LONGEST_REASON = 1_000
NO_REASON = "Say why, in a few words: it stands in the audit log, where members can read it."

#: Called after each commit that queued notices, so that the worker looks at once; set by the application.
after_notices: list[Callable[[], None]] = []


class Act:
    """What an act may do beside changing rows: take steps, record events, queue notices."""

    def __init__(
        self,
        session: Session,
        by: Actor,
        at: datetime,
        own: bool = True,
        salt: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.session = session
        self.by = by
        self.at = at
        #: Whether the gate records an event of the act's own; else the reason stands with the first that it records.
        self._own = own
        self._salt = salt
        #: Why it is done, if the act says so; it stands with the act's own event.
        self.reason = ""
        #: Goes into the act's own event.
        self.data: dict[str, Any] = {}
        self.notices = 0

    def because(self, reason: str, *, needed: bool = True) -> None:
        """Put down why it is done: beside the act's own event in the log, which commits to the words.

        The first thing that an act does, so that nothing is written without it; where none is needed (what is set up
        for the first time speaks for itself), one that is given is put down all the same.

        Raises:
            Invalid: naming the field "reason", for none, or one of more than 1,000 characters.
        """
        self.reason = checked_why(reason, needed=needed)

    def step(self, subject: Any, name: str, *, check_permission: bool = True) -> Step:
        """Take a legal step of the subject's lifecycle: asks the policy for the step's own permission, moves the state.

        Raises:
            OutOfOrder: if the table knows no such step from here; the sentence also says who changed it last.
            NotAllowed: if the person may not take it.
        """
        lifecycle = _LIFECYCLES[type(subject)]
        try:
            step = lifecycle.step(name, subject.state)
        except OutOfOrder as refusal:
            raise OutOfOrder(f"{refusal} {self.what_changed(subject)}".strip()) from None
        if check_permission:
            policy.require(step.permission, self.by, subject, at=self.at)
        self.data |= {"step": name, "from": subject.state, "to": step.target}
        subject.state = step.target
        if isinstance(subject, Motion) and subject.id is not None:
            self.notices += outbox.queue_followers(self.session, subject, name, lifecycle.participles[name], at=self.at)
        return step

    def note(self, **data: Any) -> None:
        """Add to the data of the act's own event: ids, hashes, counts and commitments, never personal text."""
        self.data |= data

    def record(self, event: Event, subject: Any, **data: Any) -> None:
        """Record a further event in the same transaction."""
        self._append(event, subject, data, because=not self._own)

    def close(self, event: Event, subject: Any) -> None:
        """Record the act's own event, with what was noted and why it was done; the gate alone calls it."""
        self._append(event, subject, self.data, because=True)

    def _append(self, event: Event, subject: Any, data: dict[str, Any], because: bool) -> None:
        why = None
        if because and self.reason:
            why, self.reason = audit.Why(self.reason, self._salt(32)), ""
        number = audit.append(
            self.session, event, at=self.at, actor=self.by.reference, subject=subject, data=data, why=why
        )
        if event in TOLD:
            self.notices += happenings.queue(self.session, event, subject, number, at=self.at)

    def notify(
        self,
        kind: str,
        member: Member | None = None,
        *,
        address: str = "",
        once: str | None = None,
        after: datetime | None = None,
        **context: Any,
    ) -> None:
        """Queue one notice in the same transaction; a member without an address gets none."""
        self.notices += outbox.queue(
            self.session, kind, member, address=address, once=once, at=self.at, after=after, context=context
        )

    def tell_followers(
        self, news: str, title: str, path: str, *, consultation_id: int | None = None, unit_id: int | None = None
    ) -> None:
        """Queue to whoever follows a consultation or a unit that there is news at a path of this site."""
        self.notices += outbox.queue_place(
            self.session, news, title=title, path=path, at=self.at, consultation_id=consultation_id, unit_id=unit_id
        )

    def what_changed(self, subject: Any) -> str:
        """The sentence that says when a subject was last changed, how and by whom; "" if it never was."""
        last = audit.last_change(self.session, subject)
        if last is None:
            return ""
        when = f"{last.at:%H:%M} UTC on {last.at.day} {last.at:%B %Y}"
        return f"The last change was at {when}: {SENTENCES[Event(last.event)].lower()}{_by(self.session, last.actor)}."


def _by(session: Session, reference: str) -> str:
    if not reference.startswith("member:"):
        return ""
    member = session.get(Member, int(reference.removeprefix("member:")))
    return f", by {member.name}" if member else ""


def checked_why(reason: str, *, needed: bool = True) -> str:
    """The reason of an act, without blanks at its ends.

    Raises:
        Invalid: naming the field "reason", for none where one is needed, or one of more than 1,000 characters.
    """
    words = reason.strip()
    if needed and not any(letter.isalnum() for letter in words):
        raise Invalid(NO_REASON, {"reason": NO_REASON})
    if len(words) > LONGEST_REASON:
        sentence = f"The reason has {len(words):,} characters and the most is {LONGEST_REASON:,}: make it shorter."
        raise Invalid(sentence, {"reason": sentence})
    return words


def act(permission: Permission, event: Event | None) -> Callable[[Callable[P, R]], Callable[..., R]]:
    """Make a function the one way to do something.

    The function's first argument is what the policy is asked about. It is called with `by` (the actor) and, in tests,
    `at`; it is given `by`, `at` and `act` (an `Act`) as keywords. Its event's subject is the row it returns, else its
    first argument. Everything it does is committed together with the event and the notices, or not at all.

    Raises:
        NotAllowed, OutOfOrder, Invalid, Stale …: whatever the function or the gate refuses, always with nothing written.
        Unavailable: if the database cannot be reached.
    """

    def decorate(function: Callable[P, R]) -> Callable[..., R]:
        @functools.wraps(function)
        def gate(subject: Any = None, *args: Any, by: Actor, at: datetime | None = None, **kwargs: Any) -> R:
            if _inside.get():
                raise RuntimeError(
                    f"{function.__name__} was called inside another act; one use case is one transaction."
                )
            token = _inside.set(True)
            try:
                return _go(subject, args, by, at, kwargs)
            except IntegrityError as fault:
                raise _collision(fault) from fault
            except OperationalError as fault:
                raise Unavailable("The database did not answer. Nothing was changed; please try again soon.") from fault
            finally:
                _inside.reset(token)

        def _go(subject: Any, args: Any, by: Actor, at: datetime | None, kwargs: Any) -> R:
            with writing() as session:
                _lock(session, subject)
                moment = at or clock.now(session)
                current = actors.refreshed(by, session)
                policy.require(permission, current, subject, at=moment)
                gate_act = Act(session, current, moment, own=event is not None)
                result = function(subject, *args, by=current, at=moment, act=gate_act, **kwargs)  # type: ignore[arg-type]
                session.flush()
                if event is not None:
                    about = result if isinstance(result, Base) else subject
                    gate_act.close(event, about)
                if gate_act.reason:
                    raise RuntimeError(f"{function.__name__} gave a reason, and recorded no event to hold it")
            if gate_act.notices:
                for tell in after_notices:
                    tell()
            return result

        gate.permission = permission  # type: ignore[attr-defined]
        gate.event = event  # type: ignore[attr-defined]
        return gate

    return decorate


def _lock(session: Session, subject: Any) -> None:
    """Read the subject again under a row lock (PostgreSQL; SQLite's one writer needs none)."""
    if isinstance(subject, Base) and inspect(subject).persistent:
        # of this row alone: what was loaded beside it through outer joins cannot be locked with it
        session.refresh(subject, with_for_update={"of": type(subject)})


def _collision(fault: IntegrityError) -> Refused:
    """The sentence for a constraint: the database's own fences speak for themselves, two at once are told so."""
    words = str(fault.orig).split("\n")[0]
    if words.endswith(".") and "constraint" not in words.lower():
        return OutOfOrder(words)
    return Stale("Somebody else did this at the same moment, so nothing was changed. Look at the page again.")


#: What is said where a text was saved since the page with its form was made.
SAVED_MEANWHILE = (
    "This was saved in another tab or by somebody else since you opened the page. What you typed is below; look at the "
    "newer text before you save it again."
)


def require_revision(subject: Any, revision: int | None) -> None:
    """Nothing if the form was made from the present revision.

    Raises:
        Stale: if it was saved by somebody else, or in another tab, in the meantime.
    """
    if revision is not None and revision != subject.revision:
        raise Stale(SAVED_MEANWHILE)
