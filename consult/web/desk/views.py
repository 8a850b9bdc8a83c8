"""The committee's page and the certification desk: from the close to the published result, as a list of tasks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import NotAllowed
from consult.domain.policy import Permission
from consult.ledger.manifest import in_words, loads
from consult.model.ballots import Ballot
from consult.model.nominations import Call
from consult.service import (
    agreeing,
    ballots,
    certificate,
    certification,
    challenges,
    clock,
    committee,
    complaints,
    electorate,
    materiality,
    members,
    office_counts,
    opening,
    polling_again,
    polls_due,
    proposed_falls,
    publication,
    reconciliation,
    recounts,
    scrutiny,
    tally,
    turnout,
    unsealing,
    waiting,
    worker_state,
)
from consult.web.ballots.forms import CancelForm
from consult.web.desk import forms, tasks
from consult.web.guards import actor, needs, signed_in
from consult.web.results.presenters import worked_out
from consult.web.trying import tried

pages = Blueprint("desk", __name__)

#: What waits and has a place of its own on the page.
ABOVE = ("posts", "complaints", "appeals")


@pages.get("/committee")
@needs(Permission.DESK_SEE)
def index() -> str:
    """What waits for the committee: rulings, texts to freeze, ballots, results; and whether the worker is alive."""
    at = clock.now()
    return render_template(
        "desk/index.html",
        waiting=committee.waiting(),
        at_desk=ballots.listed(("open", "closed", "reconciled", "opened", "counted", "drawn up", "certified")),
        preparing=ballots.listed(("preparing", "scheduled")),
        complaints=complaints.awaiting(),
        others={kind: n for kind, n in waiting.of(actor(), at).items() if kind not in ABOVE},
        worker=worker_state.state(at),
        consulting=office_counts.of_consultations(at),
    )


def _due(ballot: Ballot) -> Call | None:
    """The call whose rules ask that this poll is held again, while the ballot can still be ended without a result."""
    return polls_due.behind(ballot) if ballot.state not in (*polling_again.ENDED, "published") else None


def _ballot(ballot_id: int, permission: Permission = Permission.RESULT_SEE_PROVISIONAL) -> Ballot:
    ballot = ballots.get(ballot_id)
    policy.require(permission, actor(), ballot, at=clock.now())
    return ballot


@pages.get("/ballots/<int:ballot_id>/desk")
@signed_in
def show(ballot_id: int) -> str:
    """The desk of one ballot."""
    ballot, at = _ballot(ballot_id), clock.now()
    results = certification.results_of(ballot)
    signed = certification.signed(ballot)
    shares = reconciliation.shares_of(ballot)
    facts = tasks.Facts(
        results=results,
        signed=signed,
        record=scrutiny.record_of(ballot),
        challenged=challenges.figures(ballot),
        complained=complaints.figures(ballot),
        recounts=recounts.listed(ballot),
        missing=certificate.missing(ballot, at) if ballot.state == "counted" else (),
        falls=proposed_falls.of(ballot.id),
        due=_due(ballot),
    )
    return render_template(
        "desk/show.html",
        ballot=ballot,
        size=electorate.size(ballot),
        phase=ballot.phase(at),
        turnout=tasks.coarse(turnout.kept(ballot))
        if ballot.phase(at) in ("open", "grace")
        else ballots.turnout(ballot),
        tasks=tasks.of(ballot, facts, at, actor()),
        facts=facts,
        patterns=scrutiny.patterns_of(ballot) if ballot.opened is not None else [],
        report=materiality.of(ballot) if results else None,
        results=[(result, worked_out(result.question.key, result.count)) for result in results],
        signed=signed,
        shares=shares,
        definition=ballots.definition_of(ballot) if ballot.definition else None,
    )


@pages.post("/ballots/<int:ballot_id>/close")
@signed_in
def close(ballot_id: int) -> Response:
    """Record the close when the worker has not."""
    opening.close(ballots.get(ballot_id), by=actor())
    flash(_("The close is on the record."), "success")
    return _to_desk(ballot_id)


@pages.route("/ballots/<int:ballot_id>/reconcile", methods=["GET", "POST"])
@signed_in
def reconcile(ballot_id: int) -> Any:
    """Compare the box with the roll; nothing is opened yet."""
    ballot = _ballot(ballot_id, Permission.BALLOT_RECONCILE)
    form = forms.ReconcileForm()
    done, status = tried(form, lambda: reconciliation.reconcile(ballot, by=actor()))
    if done:
        flash(_("The box and the roll agree. Decide challenged ballots, then open the envelopes."), "success")
        return _to_desk(ballot_id)
    return render_template("desk/reconcile.html", ballot=ballot, form=form), status


@pages.route("/ballots/<int:ballot_id>/envelopes", methods=["GET", "POST"])
@signed_in
def envelopes(ballot_id: int) -> Any:
    """The public value of the lot, then the one opening of the envelopes."""
    ballot = _ballot(ballot_id, Permission.ENVELOPES_OPEN)
    form = forms.OpenForm()
    done, status = tried(form, lambda: unsealing.open_envelopes(ballot, form.lot_value.data, by=actor()))
    if done:
        flash(_("The envelopes are opened, twice with the same papers. Now count."), "success")
        return _to_desk(ballot_id)
    shown = {
        "shares": reconciliation.shares_of(ballot), "challenged": challenges.figures(ballot), "due": _due(ballot),
    }  # fmt: skip
    return render_template("desk/envelopes.html", ballot=ballot, form=form, **shown), status


@pages.post("/ballots/<int:ballot_id>/count")
@signed_in
def count(ballot_id: int) -> Response:
    """Count twice and compare."""
    tally.count_ballot(ballots.get(ballot_id), by=actor())
    flash(_("Counted. The counts agree. The result is provisional until it is certified."), "success")
    return _to_desk(ballot_id)


@pages.post("/ballots/<int:ballot_id>/acknowledge")
@signed_in
def acknowledge(ballot_id: int) -> Response:
    """Say on the record that a lot decided something."""
    certification.acknowledge_lot(ballots.get(ballot_id), by=actor())
    flash(_("The use of the lot is acknowledged."), "success")
    return _to_desk(ballot_id)


@pages.get("/ballots/<int:ballot_id>/manifest.json")
@signed_in
def manifest(ballot_id: int) -> Response:
    """The exact bytes to sign, as a file."""
    ballot = _ballot(ballot_id)
    found = certification.manifest_of(ballot)
    named = {"Content-Disposition": f'attachment; filename="manifest-{ballot_id}.json"'}
    return Response(found.content, mimetype="application/json", headers=named)


@pages.route("/ballots/<int:ballot_id>/sign", methods=["GET", "POST"])
@signed_in
def sign(ballot_id: int) -> Any:
    """Read what is signed, then send a signature made elsewhere: by `consult sign`, or by the key in this browser."""
    ballot = _ballot(ballot_id, Permission.RESULT_SIGN)
    found = certification.manifest_of(ballot)
    form = forms.SignForm()

    def add() -> Any:
        key, value = forms.signature(form.signature.data or "", form.file.data)
        return certification.sign(ballot, key, value, by=actor())

    done, status = tried(form, add)
    if done:
        flash(_("Your signature is on the result."), "success")
        return _to_desk(ballot_id)
    asked = ballots.definition_of(ballot).questions
    words = in_words(loads(found.content), {each.key: {o.key: o.name for o in each.options} for each in asked})
    keys = [key for key in certification.keys_of(actor().member_id or 0) if key.retired_at is None]
    shown = {"ballot": ballot, "form": form, "words": words, "manifest": found, "keys": keys, "due": _due(ballot)}
    return render_template("desk/sign.html", **shown), status


@pages.post("/ballots/<int:ballot_id>/publish")
@signed_in
def publish(ballot_id: int) -> Response:
    """Publish the certified result."""
    publication.publish(ballots.get(ballot_id), by=actor())
    flash(_("The result is published."), "success")
    return redirect(url_for("results.show", ballot_id=ballot_id))


@pages.route("/ballots/<int:ballot_id>/annul", methods=["GET", "POST"])
@signed_in
def annul(ballot_id: int) -> Any:
    """Propose that it is annulled, with a reason that members read."""
    ballot = _ballot(ballot_id, Permission.RESULT_ANNUL)
    form = CancelForm()
    made, status = tried(form, lambda: agreeing.propose(ballot, form.reason.data or "", by=actor()))
    if made:
        flash(_("Proposed. The ballot is annulled when another member of the committee agrees."), "success")
        return redirect(url_for("proposals.show", proposal_id=made.id))
    call = polling_again.told_of(ballot)
    return render_template("desk/annul.html", ballot=ballot, form=form, call=call), status


@pages.route("/ballots/<int:ballot_id>/lot", methods=["GET", "POST"])
@signed_in
def lot(ballot_id: int) -> Any:
    """A committee member's share of the lot: the hash before the close, the value after it."""
    ballot = _ballot(ballot_id, Permission.SEED_COMMIT)
    revealing = ballot.state in ("closed", "reconciled")
    form = forms.RevealForm() if revealing else forms.CommitForm()

    def give() -> Any:
        if isinstance(form, forms.RevealForm):
            return reconciliation.reveal_seed(ballot, form.value.data, form.salt.data, by=actor())
        return reconciliation.commit_seed(ballot, form.commitment.data, by=actor())

    done, status = tried(form, give)
    if done:
        flash(_("It is on the record."), "success")
        return _to_desk(ballot_id)
    return render_template("desk/lot.html", ballot=ballot, form=form, revealing=revealing), status


@pages.route("/committee/key", methods=["GET", "POST"])
@needs(Permission.KEY_REGISTER)
def key() -> Any:
    """One's own signing key: made off the server, or in this browser; only the public half is sent."""
    me = actor().member_id
    if me is None:
        raise NotAllowed("Sign in first.")
    form = forms.KeyForm()
    done, status = tried(
        form, lambda: certification.register_key(members.get(me), (form.public_key.data or "").strip(), by=actor())
    )
    if done:
        flash(_("Your key is registered. Ballots scheduled from now on name it."), "success")
        return redirect(url_for("desk.key"))
    return render_template("desk/key.html", form=form, keys=certification.keys_of(me)), status


def _to_desk(ballot_id: int) -> Response:
    return redirect(url_for("desk.show", ballot_id=ballot_id))
