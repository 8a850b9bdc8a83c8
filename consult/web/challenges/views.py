"""Casting a challenged ballot, as somebody refused from the roll; and deciding all of them in one batch."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import Invalid, OutOfOrder, Refused
from consult.domain.policy import Permission
from consult.ledger.definition import Definition
from consult.ledger.envelopes import readable
from consult.model.ballots import Ballot
from consult.service import ballots, candidates, casting, challenges, clock, materiality, roll_standing
from consult.service.challenges import Verdict
from consult.web import words
from consult.web.guards import actor, signed_in
from consult.web.rolls.presenters import attested_titles
from consult.web.voting import paper, sealing, statements
from consult.web.voting.views import Annulled, to_its_page

pages = Blueprint("challenges", __name__)
pages.register_error_handler(Annulled, to_its_page)


@pages.after_request
def narrow(response: Response) -> Response:
    """As on every page where a vote is filled in: our own scripts of this version, and no connection at all."""
    response.headers["Content-Security-Policy"] = sealing.policy()
    return response


def _open_to_me(ballot_id: int) -> tuple[Ballot, Definition]:
    """The ballot and its definition, for somebody who is not on its roll while it is open."""
    ballot = ballots.get(ballot_id)
    if ballot.state == "annulled":
        raise Annulled(ballot_id)
    made, me = ballots.definition_of(ballot), actor().member_id or 0
    challenges.require_refused(ballot, me)
    if ballot.phase(clock.now()) not in ("open", "grace"):
        raise OutOfOrder("This ballot is not open now, so that no challenged ballot can be cast in it.")
    return ballot, made


def _page(ballot: Ballot, sheet: paper.Sheet, status: int = 200, problem: str = "") -> tuple[str, int]:
    made, me = ballots.definition_of(ballot), actor().member_id or 0
    standing = roll_standing.standing(ballot.roll, me, words.instant_text, attested_titles) if ballot.roll else None
    shown = {"ballot": ballot, "sheet": sheet, "statements": statements.of(ballot), "standing": standing}
    shown["orders"] = {part.key: candidates.in_order(made, part.question, str(me)) for part in sheet.parts}
    shown["sealing"] = sealing.facts(made, sheet) if ballot.level == "sealed" else None
    shown |= {"said": request.form.get("statement", ""), "least": challenges.LEAST, "most": challenges.MOST}
    return render_template("challenges/paper.html", **shown, problem=problem), status


@pages.get("/ballots/<int:ballot_id>/challenge")
@signed_in
def challenge(ballot_id: int) -> Any:
    """One's own challenged ballot, with the decision once there is one; else the page to cast it."""
    found = challenges.of(ballot_id, actor().member_id or 0)
    if found is not None:
        code = readable(bytes.fromhex(found.receipt))
        return render_template("challenges/own.html", ballot=ballots.get(ballot_id), challenge=found, code=code)
    ballot, made = _open_to_me(ballot_id)
    materiality.note_turned_away(ballot_id, actor().member_id or 0, "not on the roll")
    return _page(ballot, paper.empty(made, secrets.token_hex(16)))


@pages.post("/ballots/<int:ballot_id>/challenge")
@signed_in
def check(ballot_id: int) -> Any:
    """Check what was typed: nothing is cast until it is confirmed on the next page."""
    ballot, made = _open_to_me(ballot_id)
    sheet = paper.read(made, request.form)
    if "move" in request.form:
        return _page(ballot, paper.move(sheet, request.form["move"]))
    if request.form.get("step") == "change":
        return _page(ballot, sheet)
    try:
        challenges.check_statement(request.form.get("statement", ""))
    except Invalid as refusal:
        return _page(ballot, sheet, 422, str(refusal))
    if not sheet.right:
        return _page(ballot, sheet, 422)
    shown = {"ballot": ballot, "sheet": sheet, "in_words": paper.in_words, "said": request.form["statement"]}
    return render_template("challenges/check.html", **shown)


@pages.post("/ballots/<int:ballot_id>/challenge/cast")
@signed_in
def cast(ballot_id: int) -> Any:
    """Put the paper beside the box: an envelope sealed in the browser, or a paper that is sealed here."""
    ballot, me = ballots.get(ballot_id), actor().member_id or 0
    if ballot.state == "annulled":
        raise Annulled(ballot_id)
    made, closed, said = ballots.definition_of(ballot), request.form.get("sealed"), request.form.get("statement", "")
    sheet = paper.read(made, request.form)
    try:
        if closed and made.level == "sealed":
            challenges.cast_sealed(ballot_id, me, sealing.envelope(closed, made), said, retry_key=sheet.retry_key)
        elif not sheet.right:
            return _page(ballot, sheet, 422)
        else:
            challenges.cast(ballot_id, me, sheet.answers, said, retry_key=sheet.retry_key)
    except Invalid as refusal:
        return _page(ballot, sheet, 422, str(refusal))
    except casting.AlreadyVoted:
        flash(_("You had cast a challenged ballot already. That one stands; this form changed nothing."), "message")
    return redirect(url_for("challenges.challenge", ballot_id=ballot_id), 303)


@pages.get("/ballots/<int:ballot_id>/challenges")
@signed_in
def index(ballot_id: int) -> str:
    """Every challenged ballot with the rule that refused it, the statement, and the decision or the form for it."""
    ballot = ballots.get(ballot_id)
    policy.require(Permission.ROLL_SEE, actor(), ballot, at=clock.now())
    return _batch(ballot)


def _batch(ballot: Ballot, problems: dict[str, str] | None = None) -> str:
    challenged = challenges.listed(ballot)
    shown = {"ballot": ballot, "challenged": challenged, "batches": challenges.batches(ballot)}
    shown["by_now"] = challenges.told_by_now(ballot, challenged)
    return render_template("challenges/index.html", **shown, problems=problems or {}, typed=request.form)


@pages.post("/ballots/<int:ballot_id>/challenges")
@signed_in
def decide(ballot_id: int) -> tuple[str, int] | Response:
    """Decide all that wait as one batch."""
    ballot, sent = ballots.get(ballot_id), request.form
    verdicts = {
        each.member_id: Verdict(sent[f"verdict-{each.member_id}"] == "admit", sent.get(f"reason-{each.member_id}", ""))
        for each in challenges.listed(ballot)
        if sent.get(f"verdict-{each.member_id}") in ("admit", "refuse")
    }
    try:
        batch = challenges.decide(ballot, verdicts, token=secrets.token_hex, by=actor())
    except Refused as refusal:
        problems = refusal.fields if isinstance(refusal, Invalid) else {}
        if not problems:
            raise
        return _batch(ballot, problems), refusal.status
    flash(
        _("%(a)s admitted, %(r)s refused. The envelopes can be opened now.", a=batch.admitted, r=batch.refused),
        "success",
    )
    return redirect(url_for("desk.show", ballot_id=ballot_id))
