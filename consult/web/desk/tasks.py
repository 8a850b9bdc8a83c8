"""The desk's list of tasks: what is done, what can be done now, and by whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.ballots import Ballot
from consult.model.results import QuestionResult, Signature

_ORDER = ("scheduled", "open", "closed", "reconciled", "opened", "counted", "drawn up", "certified", "published")


def coarse(number: int) -> str:
    """A turnout that gives away nobody: rounded down to tens, or "fewer than 10".

    >>> coarse(1234), coarse(7)
    ('about 1,230', 'fewer than 10')
    """
    return _("about %(n)s", n=f"{number // 10 * 10:,}") if number >= 10 else _("fewer than 10")


def of(
    ballot: Ballot, results: list[QuestionResult], signed: list[Signature], at: datetime, actor: Actor
) -> list[dict[str, Any]]:
    """The tasks in order, for the task list: a link only where this person can do it now."""
    over = ballot.phase(at) == "over"
    late = over and ballot.state == "scheduled"  # no worker recorded the opening; closing records both
    reached = _ORDER.index("open" if late else ballot.state) if ballot.state in _ORDER else -1

    def task(
        title: str, state: str, permission: Permission, href: str, hint: str, ready: bool = True
    ) -> dict[str, Any]:
        place = _ORDER.index(state)
        if reached > place:
            return {"title": title, "status": _("Done"), "hint": hint}
        if reached < place or not ready:
            return {"title": title, "status": _("Cannot start yet"), "colour": "grey", "hint": hint}
        able = policy.may(permission, actor, ballot, at=at)
        colour, status = ("blue", _("To do")) if able else ("yellow", _("Waits for an officer"))
        return {"title": title, "status": status, "colour": colour, "hint": hint, "href": href if able else None}

    lots = [result for result in results if result.needed_lot]
    acknowledged = all(result.lot_acknowledged_by_id for result in lots)
    steps = [
        task(_("Close"), "open", Permission.BALLOT_CLOSE, "#close", _("By the clock; the worker puts it on the record."), over),
        task(
            _("Reconcile the box with the roll"),
            "closed",
            Permission.BALLOT_RECONCILE,
            url_for("desk.reconcile", ballot_id=ballot.id),
            _("Every envelope belongs to somebody on the roll, and nobody has two."),
        ),
        task(
            _("Open the envelopes, twice"),
            "reconciled",
            Permission.ENVELOPES_OPEN,
            url_for("desk.envelopes", ballot_id=ballot.id),
            _("The returning officer gives the public value of the lot first."),
        ),
        task(
            _("Count twice"), "opened", Permission.BALLOT_COUNT, "#count",
            _("Two counts written apart must agree; so must the independent package where it applies."),
        ),
    ]  # fmt: skip
    if lots:
        steps.append(
            {"title": _("Acknowledge the lot"), "status": _("Done")}
            if acknowledged
            else task(
                _("Acknowledge the lot"),
                "drawn up",
                Permission.RESULT_SIGN,
                "#acknowledge",
                _("A tie was broken by lot. Say on the record that you know before anybody signs."),
            )
        )
    signing = task(
        _("Sign the result"),
        "drawn up",
        Permission.RESULT_SIGN,
        url_for("desk.sign", ballot_id=ballot.id),
        _("%(n)s of %(k)s signatures.", n=len(signed), k=ballot.signers_needed),
        acknowledged,
    )
    if signing.get("href") and any(signature.member_id == actor.member_id for signature in signed):
        signing |= {"status": _("You have signed"), "colour": "green", "href": None}
    return [
        *steps,
        signing,
        task(
            _("Publish"),
            "certified",
            Permission.RESULT_PUBLISH,
            "#publish",
            _("The bundle is verified once more, then kept for ever."),
        ),
    ]
