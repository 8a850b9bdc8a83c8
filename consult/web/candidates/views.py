"""A ballot's candidates on one page, the form for a statement and a photograph, and the photographs themselves."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.model.ballots import Ballot, Option
from consult.service import ballots, candidates, clock, hustings
from consult.web.candidates.forms import StatementForm
from consult.web.guards import actor, signed_in
from consult.web.trying import tried
from consult.web.voting import statements
from consult.web.why import given

pages = Blueprint("candidates", __name__)

SIZES = ("large", "small")


def _require_seen(ballot: Ballot) -> None:
    """A ballot in preparation is seen by those who prepare it and by its candidates."""
    if ballot.state == "preparing" and not candidates.standing_in(ballot, actor().member_id):
        policy.require(Permission.BALLOT_CREATE, actor(), ballot, at=clock.now())


@pages.get("/ballots/<int:ballot_id>/candidates")
@signed_in
def index(ballot_id: int) -> str:
    """Every candidate of a ballot in the order of the paper, to read and to print."""
    ballot = ballots.get(ballot_id)
    _require_seen(ballot)
    elections = [question for question in ballot.questions if question.method != "majority"]
    if not elections:
        raise NotFound("This ballot chooses among no candidates or options.")
    return render_template(
        "candidates/index.html",
        ballot=ballot,
        elections=elections,
        beside=statements.of(ballot),
        open_to_change=candidates.may_change(ballot),
        declared=hustings.of_ballot(ballot),
    )


@pages.route("/candidates/<int:option_id>", methods=["GET", "POST"])
@signed_in
def edit(option_id: int) -> Any:
    """Give a candidate's statement and photograph; until the ballot is scheduled."""
    option = candidates.get(option_id)
    ballot = option.question.ballot
    policy.require(Permission.CANDIDATE_STATE, actor(), option, at=clock.now())
    form = StatementForm(data={"statement": option.statement, "number": _number(option)})
    if _own(option):
        del form.number
    if not candidates.needs_reason(option, actor()):
        del form.reason
    done, status = tried(form, lambda: candidates.state(option, _spec(form), given(form), by=actor()))
    if done:
        flash(_("Saved. Look at it as voters will see it."), "success")
        return redirect(url_for("candidates.index", ballot_id=ballot.id, _anchor=f"candidate-{option.id}"))
    return render_template("candidates/edit.html", form=form, option=option, ballot=ballot), status


def _own(option: Option) -> bool:
    return option.member_id is not None and option.member_id == actor().member_id


def _number(option: Option) -> str:
    return candidates.number_of(option)


def _spec(form: StatementForm) -> candidates.StatementSpec:
    file = form.photograph.data
    data = file.read(candidates.MOST_BYTES + 1) if file else None
    number = form.number.data if "number" in form else None
    return candidates.StatementSpec(form.statement.data or "", data, bool(form.remove_photograph.data), number)


@pages.get("/photographs/<hash_>-<size>.jpg")
@signed_in
def photograph(hash_: str, size: str) -> Response:
    """A photograph by its hash: it never changes, so a browser keeps it for a year."""
    if size not in SIZES or len(hash_) != 64:
        raise NotFound("There is no such photograph.")
    answer = make_response()
    answer.set_etag(f"{hash_[:32]}-{size}")
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    answer.headers["Content-Disposition"] = "inline; filename=photograph.jpg"
    if request.if_none_match.contains(f"{hash_[:32]}-{size}"):
        answer.status_code = 304
        return answer
    answer.set_data(getattr(candidates.photograph(hash_), size))
    answer.content_type = "image/jpeg"
    return answer
