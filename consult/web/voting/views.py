"""Voting: the paper, the answers to check, casting, and the receipt."""

from __future__ import annotations

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from consult.domain.errors import NotAllowed, OutOfOrder
from consult.ledger.definition import Definition
from consult.model.ballots import Ballot
from consult.service import ballots, casting, clock, rolls
from consult.web.guards import actor, signed_in
from consult.web.voting import paper, statements

pages = Blueprint("voting", __name__)


def _open_to_me(ballot_id: int) -> tuple[Ballot, Definition]:
    """The ballot and its definition, for somebody who may vote in it now."""
    ballot = ballots.get(ballot_id)
    made = ballots.definition_of(ballot)
    phase = ballot.phase(clock.now())
    if phase not in ("open", "grace"):
        raise OutOfOrder("This ballot is not open now. Its page says when it opens and closes.")
    if ballot.roll_id is None or not rolls.is_on(ballot.roll_id, actor().member_id or 0):
        raise NotAllowed("You are not on the electoral roll of this ballot. Its page says why, and what you can do.")
    return ballot, made


def _paper(ballot: Ballot, sheet: paper.Sheet, status: int = 200) -> tuple[str, int]:
    shown = statements.of(ballot)
    return render_template("voting/paper.html", ballot=ballot, sheet=sheet, statements=shown), status


def _already(ballot: Ballot) -> tuple[str, int]:
    return render_template("voting/already.html", ballot=ballot), casting.AlreadyVoted.status


@pages.get("/ballots/<int:ballot_id>/vote")
@signed_in
def vote(ballot_id: int) -> tuple[str, int] | Response:
    """The paper; somebody who has voted sees the receipt instead."""
    ballot, made = _open_to_me(ballot_id)
    if casting.receipt_of(ballot_id, actor().member_id or 0):
        return redirect(url_for("voting.receipt", ballot_id=ballot_id))
    return _paper(ballot, paper.empty(made, secrets.token_hex(16)))


@pages.post("/ballots/<int:ballot_id>/vote")
@signed_in
def check(ballot_id: int) -> tuple[str, int]:
    """Check your answers: the choices travel in the form, and are kept nowhere else. Move buttons and changes end here too."""
    ballot, made = _open_to_me(ballot_id)
    sheet = paper.read(made, request.form)
    if casting.receipt_of(ballot_id, actor().member_id or 0):
        return _already(ballot)
    if "move" in request.form:
        return _paper(ballot, paper.move(sheet, request.form["move"]))
    if request.form.get("step") == "change":
        return _paper(ballot, sheet)
    if not sheet.right:
        return _paper(ballot, sheet, 422)
    return render_template("voting/check.html", ballot=ballot, sheet=sheet, in_words=paper.in_words), 200


@pages.post("/ballots/<int:ballot_id>/cast")
@signed_in
def cast(ballot_id: int) -> tuple[str, int] | Response:
    """Seal the paper and put it in the box."""
    ballot = ballots.get(ballot_id)
    sheet = paper.read(ballots.definition_of(ballot), request.form)
    if not sheet.right:
        return _paper(ballot, sheet, 422)
    try:
        casting.cast(ballot_id, actor().member_id or 0, sheet.answers, retry_key=sheet.retry_key)
    except casting.AlreadyVoted:
        return _already(ballots.get(ballot_id))
    return redirect(url_for("voting.receipt", ballot_id=ballot_id), 303)


@pages.get("/ballots/<int:ballot_id>/receipt")
@signed_in
def receipt(ballot_id: int) -> str | Response:
    """What a voter keeps: that the vote is in the box, and nothing of what it says."""
    found = casting.receipt_of(ballot_id, actor().member_id or 0)
    if found is None:
        return redirect(url_for("ballots.show", ballot_id=ballot_id))
    return render_template("voting/receipt.html", ballot=ballots.get(ballot_id), receipt=found)
