"""The desk's list of tasks: what is done, what can be done now, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.ballots import Ballot
from consult.model.desk import Recount
from consult.model.nominations import Call
from consult.model.proposed_falls import ProposedFall
from consult.model.results import QuestionResult, Signature
from consult.service import challenges, complaints, scrutiny
from consult.web.phrases import said
from consult.web.words import instant_text

_ORDER = ("scheduled", "open", "closed", "reconciled", "opened", "counted", "drawn up", "certified", "published")


def coarse(number: int) -> str:
    """A turnout that gives away nobody: rounded down to tens, or "fewer than 10".

    >>> coarse(1234), coarse(7)
    ('about 1,230', 'fewer than 10')
    """
    return _("about %(n)s", n=f"{number // 10 * 10:,}") if number >= 10 else _("fewer than 10")


@dataclass(frozen=True)
class Facts:
    """What the list is made from, besides the ballot."""

    results: Sequence[QuestionResult]
    signed: Sequence[Signature]
    record: Sequence[scrutiny.Entry]
    challenged: challenges.Figures
    complained: complaints.Figures
    recounts: Sequence[Recount]
    #: What a counted ballot still waits for, as sentences.
    missing: Sequence[str]
    #: Amendments that fall by their words unless it is decided otherwise.
    falls: Sequence[ProposedFall] = ()
    #: The call whose rules ask that the poll is held again: nothing is opened, counted or certified.
    due: Call | None = None


class _List:
    """The tasks as they are put together: a link only where this person can do it now."""

    def __init__(self, ballot: Ballot, facts: Facts, at: datetime, actor: Actor) -> None:
        self.ballot, self.facts, self.at, self.actor = ballot, facts, at, actor
        over = ballot.phase(at) == "over"
        late = over and ballot.state == "scheduled"  # no worker recorded the opening; closing records both
        state = "open" if late else ballot.state
        self.reached = _ORDER.index(state) if state in _ORDER else -1
        self.rows: list[dict[str, Any]] = []

    def task(
        self, title: str, state: str, permission: Permission, href: str, hint: str, *,
        ready: bool = True, event: Event | None = None, done: bool | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Add one task that can be done in `state`; `event` tells who did it and when."""
        place = _ORDER.index(state)
        if done or (done is None and self.reached > place):
            row = {"title": title, "status": _("Done"), "hint": self.who_and_when(event) or hint}
        elif self.reached < place or not ready or (self.facts.due and place >= _ORDER.index("reconciled")):
            row = {"title": title, "status": _("Cannot start yet"), "colour": "grey", "hint": hint}
        else:
            able = policy.may(permission, self.actor, self.ballot, at=self.at)
            colour, status = ("blue", _("To do")) if able else ("yellow", _("Waits for an officer"))
            row = {"title": title, "status": status, "colour": colour, "hint": hint, "href": href if able else None}
        self.rows.append(row)
        return row

    def who_and_when(self, event: Event | None) -> str:
        """By whom and when it was done; "" where the record does not say."""
        found = scrutiny.last(list(self.facts.record), event) if event else None
        return _("%(who)s, %(when)s", who=found.by, when=instant_text(found.at)) if found else ""


def of(ballot: Ballot, facts: Facts, at: datetime, actor: Actor) -> list[dict[str, Any]]:
    """The tasks in order, from the close to the published result: who did each and when, or what is still missing."""
    tasks, over = _List(ballot, facts, at, actor), ballot.phase(at) == "over"
    tasks.task(
        _("Close"), "open", Permission.BALLOT_CLOSE, "#close", _("By the clock; the worker puts it on the record."),
        ready=over, event=Event.BALLOT_CLOSED,
    )  # fmt: skip
    _opening(tasks)
    tasks.task(
        _("Count twice"), "opened", Permission.BALLOT_COUNT, "#count",
        _("Two counts written apart must agree; so must the independent package where it applies."),
        event=Event.BALLOT_COUNTED,
    )  # fmt: skip
    _window(tasks)
    _signing(tasks)
    tasks.task(
        _("Publish"), "certified", Permission.RESULT_PUBLISH, "#publish",
        _("The bundle is verified once more, then kept for ever."), event=Event.RESULT_PUBLISHED,
    )  # fmt: skip
    return tasks.rows


def _opening(tasks: _List) -> None:
    ballot, challenged = tasks.ballot, tasks.facts.challenged
    tasks.task(
        _("Reconcile the box with the roll"), "closed", Permission.BALLOT_RECONCILE,
        url_for("desk.reconcile", ballot_id=ballot.id),
        _("Every envelope belongs to somebody on the roll, and nobody has two."), event=Event.BALLOT_RECONCILED,
    )  # fmt: skip
    if challenged.cast:
        figures = _(
            "%(n)s cast: %(a)s admitted, %(r)s refused. They are decided together, before the opening and never after.",
            n=challenged.cast, a=challenged.admitted, r=challenged.refused,
        )  # fmt: skip
        tasks.task(
            _("Decide challenged ballots"), "reconciled", Permission.CHALLENGES_DECIDE,
            url_for("challenges.index", ballot_id=ballot.id), figures,
            done=not challenged.undecided or None, event=None,
        )  # fmt: skip
    title, address, hint = _way_out(ballot)
    tasks.task(
        title, "reconciled", Permission.ENVELOPES_OPEN, address, hint,
        ready=not challenged.undecided, event=Event.ENVELOPES_OPENED,
    )  # fmt: skip


def _way_out(ballot: Ballot) -> tuple[str, str, str]:
    """How the papers come out of the box: here, off line by those who hold shares, or, for open votes, not at all."""
    title, address = _("Open the envelopes, twice"), url_for("desk.envelopes", ballot_id=ballot.id)
    hint = _("The returning officer gives the public value of the lot first.")
    if ballot.level == "sealed":
        title, address = _("Open the sealed votes off line, twice"), url_for("ceremony.box", ballot_id=ballot.id)
        hint = _("The box is frozen; then those who hold shares of its key open it together.")
    elif ballot.level == "recorded":
        title = _("Give the public value of the lot")
    return title, address, hint


def _window(tasks: _List) -> None:
    """Recounts, complaints and the certificate; not shown where no window was declared and nothing came in."""
    ballot, facts = tasks.ballot, tasks.facts
    waiting = [each for each in facts.recounts if each.done_at is None]
    if facts.recounts:
        tasks.task(
            _("Make the recounts asked for"), "counted", Permission.BALLOT_COUNT, "#recounts",
            _("%(n)s asked for, %(m)s made.", n=len(facts.recounts), m=len(facts.recounts) - len(waiting)),
            done=not waiting or None,
        )  # fmt: skip
    if facts.complained.made:
        made, left = facts.complained.made, facts.complained.undecided
        tasks.task(
            _("Decide the complaints"), "counted", Permission.COMPLAINT_DECIDE,
            url_for("casework.complain", ballot_id=ballot.id),
            _("%(n)s made; still to be decided by the complaints panel: %(m)s.", n=made, m=left), done=not left or None,
        )  # fmt: skip
    if facts.falls:
        left = sum(each.outcome is None for each in facts.falls)
        tasks.task(
            _("Confirm what falls"), "counted", Permission.FALLS_DECIDE, url_for("desk.falls", ballot_id=ballot.id),
            _("%(n)s amendments no longer fit the text, %(m)s to confirm.", n=len(facts.falls), m=left),
            done=not left or None, event=Event.FALLS_DECIDED,
        )  # fmt: skip
    hint = " ".join(map(said, facts.missing)) if ballot.state == "counted" and facts.missing else ""
    tasks.task(
        _("Draw up the certificate"), "counted", Permission.RESULT_DRAW_UP, "#draw-up",
        hint or _("Once the window for complaints is over and nothing is waited for."),
        ready=not facts.missing, event=Event.RESULT_DRAWN_UP,
    )  # fmt: skip


def _signing(tasks: _List) -> None:
    ballot, signed = tasks.ballot, tasks.facts.signed
    lots = [result for result in tasks.facts.results if result.needed_lot]
    acknowledged = all(result.lot_acknowledged_by_id for result in lots)
    if lots:
        tasks.task(
            _("Acknowledge the lot"), "drawn up", Permission.RESULT_SIGN, "#acknowledge",
            _("A tie was broken by lot. Say on the record that you know before anybody signs."),
            done=acknowledged or None, event=Event.LOT_ACKNOWLEDGED,
        )  # fmt: skip
    names = ", ".join(f"{each.member.name} ({instant_text(each.signed_at)})" for each in signed)
    said = _("%(n)s of %(k)s signatures.", n=len(signed), k=ballot.signers_needed)
    row = tasks.task(
        _("Sign the result"), "drawn up", Permission.RESULT_SIGN, url_for("desk.sign", ballot_id=ballot.id),
        f"{said} {names}".strip(), ready=acknowledged,
    )  # fmt: skip
    if row.get("href") and any(signature.member_id == tasks.actor.member_id for signature in signed):
        row |= {"status": _("You have signed"), "colour": "green", "href": None}
