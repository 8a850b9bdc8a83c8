"""The scrutineer's page: everything of one ballot and nothing to press but the hand-in of a recount of one's own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import Invalid
from consult.domain.policy import Permission
from consult.model.ballots import Ballot
from consult.service import (
    ballots,
    certification,
    challenges,
    clock,
    complaints,
    electorate,
    extensions,
    materiality,
    reconciliation,
    recounts,
    scrutiny,
    unsealing,
)
from consult.web.fields import FileField, Form, SubmitField
from consult.web.guards import actor, signed_in
from consult.web.trying import tried

pages = Blueprint("scrutiny", __name__)


class RecountFile(Form):
    """The file that `consult recount` printed."""

    file = FileField(_l("The file that `consult recount` wrote"))
    hand_in = SubmitField(_l("Hand in my recount"))


def _ballot(ballot_id: int, permission: Permission) -> Ballot:
    ballot = ballots.get(ballot_id)
    policy.require(permission, actor(), ballot, at=clock.now())
    return ballot


@pages.get("/ballots/<int:ballot_id>/scrutiny")
@signed_in
def show(ballot_id: int) -> str:
    """The report, made from the record as it stands now; it prints as it is."""
    ballot = _ballot(ballot_id, Permission.SCRUTINY)
    counted = ballot.counted_at is not None
    return render_template(
        "scrutiny/show.html",
        ballot=ballot,
        size=electorate.size(ballot),
        at=clock.now(),
        definition=ballots.definition_of(ballot) if ballot.definition else None,
        record=scrutiny.record_of(ballot),
        challenged=challenges.figures(ballot),
        batches=challenges.batches(ballot),
        complaints=complaints.listed(ballot),
        extensions=extensions.of(ballot),
        openings=unsealing.openings_of(ballot),
        patterns=scrutiny.patterns_of(ballot) if ballot.opened is not None else [],
        results=certification.results_of(ballot),
        recounts=recounts.listed(ballot),
        signed_recounts=recounts.signed(ballot),
        shares=reconciliation.shares_of(ballot),
        signed=certification.signed(ballot),
        report=materiality.of(ballot) if counted else None,
        doubts=materiality.doubts_about(ballot) if ballot.definition else None,
    )


@pages.get("/ballots/<int:ballot_id>/scrutiny/papers/<key>.json")
@signed_in
def papers(ballot_id: int, key: str) -> Response:
    """The full file of a question's papers, for a scrutineer's own recount."""
    data = recounts.papers_file(_ballot(ballot_id, Permission.SCRUTINY), key)
    named = {"Content-Disposition": f'attachment; filename="papers-{ballot_id}-{key}.json"'}
    return Response(data, mimetype="application/json", headers=named)


@pages.route("/ballots/<int:ballot_id>/scrutiny/recount", methods=["GET", "POST"])
@signed_in
def recount(ballot_id: int) -> Any:
    """How to count again off line, and the hand-in of what it came to."""
    ballot, form = _ballot(ballot_id, Permission.RECOUNT_SIGN), RecountFile()

    def hand_in() -> Any:
        data = form.file.data.read(1 << 20) if form.file.data else b""
        if not data.strip():
            words = _("Choose the file that `consult recount` wrote.")
            raise Invalid(words, {"file": words})
        return recounts.sign(ballot, data, by=actor())

    done, status = tried(form, hand_in)
    if done:
        agrees = (
            _("It comes to the same result.")
            if done.agrees
            else _("IT COMES TO ANOTHER RESULT: nothing can be certified.")
        )
        flash(_("Your recount is on the record.") + " " + agrees, "success" if done.agrees else "error")
        return redirect(url_for("scrutiny.show", ballot_id=ballot_id))
    changed = bool(electorate.changes_of(ballot))
    return render_template("scrutiny/recount.html", ballot=ballot, form=form, changed=changed), status
