"""The key ceremony step by step, and the opening of the box: files go out to machines off line and come back."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.errors import OutOfOrder
from consult.domain.policy import Permission
from consult.ledger import transcripts
from consult.model.ballots import Ballot
from consult.service import ballots, boxes, ceremonies, challenges, clock, polls_due, reconciliation
from consult.web.ceremony import forms
from consult.web.guards import actor, signed_in
from consult.web.trying import tried
from consult.web.why import given

pages = Blueprint("ceremony", __name__)


def _ballot(ballot_id: int, permission: Permission) -> Ballot:
    ballot = ballots.get(ballot_id)
    policy.require(permission, actor(), ballot, at=clock.now())
    if ballot.level != "sealed":
        raise OutOfOrder(_("Only a sealed ballot has a key ceremony and a box that is opened off line."))
    return ballot


def _file(data: bytes, name: str) -> Response:
    return Response(
        data, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@pages.get("/ballots/<int:ballot_id>/ceremony")
@signed_in
def show(ballot_id: int) -> str:
    """The four steps, and where this ballot stands."""
    ballot = _ballot(ballot_id, Permission.RESULT_SEE_PROVISIONAL)
    return render_template(
        "ceremony/show.html",
        ballot=ballot,
        row=ceremonies.of(ballot),
        holders=ceremonies.holders(ballot),
        public=ceremonies.public_part(ballot),
        rehearsal=ceremonies.rehearsed(ballot),
    )


@pages.route("/ballots/<int:ballot_id>/ceremony/holders", methods=["GET", "POST"])
@signed_in
def plan(ballot_id: int) -> Any:
    """Choose the holders."""
    ballot = _ballot(ballot_id, Permission.KEY_CEREMONY)
    form = forms.PlanForm()
    form.holders.choices = [(member.id, member.name) for member in ceremonies.able(ballot, clock.now())]
    again = ceremonies.of(ballot)
    if again is None:
        del form.reason
    plan_it = lambda: ceremonies.plan(ballot, form.k.data, form.holders.data, given(form), by=actor())  # noqa: E731
    done, status = tried(form, plan_it)
    if done:
        flash(_("The holders are chosen. Now make the key with them, off line."), "success")
        return redirect(url_for("ceremony.show", ballot_id=ballot_id))
    return render_template("ceremony/plan.html", ballot=ballot, form=form, again=again), status


@pages.get("/ballots/<int:ballot_id>/ceremony/plan.json")
@signed_in
def plan_file(ballot_id: int) -> Response:
    """The plan, to be carried to the ceremony."""
    row = ceremonies.of(_ballot(ballot_id, Permission.KEY_CEREMONY))
    if row is None:
        raise OutOfOrder(_("Choose who holds shares first."))
    return _file(row.plan.encode(), f"ceremony-{ballot_id}.json")


@pages.get("/ballots/<int:ballot_id>/ceremony/trial.json")
@signed_in
def trial_file(ballot_id: int) -> Response:
    """The trial envelope, to be carried to the rehearsal."""
    found = ceremonies.trial(_ballot(ballot_id, Permission.KEY_CEREMONY))
    return _file(found.dumps(), f"trial-{ballot_id}.json")


@pages.route("/ballots/<int:ballot_id>/ceremony/key", methods=["GET", "POST"])
@signed_in
def upload(ballot_id: int) -> Any:
    """Take in the public part."""
    ballot = _ballot(ballot_id, Permission.KEY_CEREMONY)
    form = forms.PublicForm()
    done, status = tried(form, lambda: ceremonies.upload(ballot, forms.contents(form.file, "file"), by=actor()))
    if done:
        flash(_("The public part is here. Compare its fingerprint with the sheets; then rehearse."), "success")
        return redirect(url_for("ceremony.show", ballot_id=ballot_id))
    return render_template("ceremony/upload.html", ballot=ballot, form=form, rehearsing=False), status


@pages.route("/ballots/<int:ballot_id>/ceremony/rehearsal", methods=["GET", "POST"])
@signed_in
def rehearse(ballot_id: int) -> Any:
    """Take in the rehearsal's answer."""
    ballot = _ballot(ballot_id, Permission.KEY_CEREMONY)
    form = forms.RehearsalForm()
    done, status = tried(form, lambda: ceremonies.rehearse(ballot, forms.contents(form.file, "file"), by=actor()))
    if done:
        flash(_("The words work. The ballot can be scheduled as soon as the rest is ready."), "success")
        return redirect(url_for("ceremony.show", ballot_id=ballot_id))
    return render_template("ceremony/upload.html", ballot=ballot, form=form, rehearsing=True), status


# -- the box ---------------------------------------------------------------------------------------------------------


@pages.route("/ballots/<int:ballot_id>/box", methods=["GET", "POST"])
@signed_in
def box(ballot_id: int) -> Any:
    """Freeze the box, fetch the envelopes, and put the openings on the record."""
    ballot = _ballot(ballot_id, Permission.RESULT_SEE_PROVISIONAL)
    form = forms.FreezeForm()
    done, status = tried(form, lambda: boxes.freeze(ballot, form.lot_value.data, by=actor()))
    if done:
        flash(_("The box is frozen. Fetch the envelopes and open them off line, twice."), "success")
        return redirect(url_for("ceremony.box", ballot_id=ballot_id))
    openings = [(row, transcripts.read(row.transcript.encode())) for row in boxes.recorded(ballot)]
    return render_template(
        "ceremony/box.html",
        ballot=ballot,
        form=form,
        openings=openings,
        shares=reconciliation.shares_of(ballot),
        public=ceremonies.public_part(ballot),
        challenged=challenges.figures(ballot),
        due=polls_due.behind(ballot) if ballot.state == "reconciled" else None,
    ), status


@pages.get("/ballots/<int:ballot_id>/box/envelopes")
@signed_in
def envelopes(ballot_id: int) -> Response:
    """The file of envelopes, without names."""
    ballot = _ballot(ballot_id, Permission.ENVELOPES_OPEN)
    pieces = boxes.box(ballot)
    spooled = TemporaryFile()  # noqa: SIM115 (closed when it is sent): a large box never stands in memory whole
    for piece in pieces:
        spooled.write(piece)
    named = {"Content-Disposition": f'attachment; filename="envelopes-{ballot_id}.box"'}
    return Response(_sent(spooled), mimetype="application/octet-stream", headers=named)


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(1 << 16):
            yield piece


@pages.route("/ballots/<int:ballot_id>/box/opening", methods=["GET", "POST"])
@signed_in
def record(ballot_id: int) -> Any:
    """Put one opening on the record."""
    ballot = _ballot(ballot_id, Permission.ENVELOPES_OPEN)
    form = forms.OpeningForm()

    def put() -> Any:
        opened, said = forms.contents(form.opened, "opened"), forms.contents(form.transcript, "transcript")
        return boxes.record(ballot, opened, said, by=actor())

    done, status = tried(form, put)
    if done:
        agreed = ballot.state == "opened"
        words = _("Two openings came to the same papers. Now count.") if agreed else _("The opening is on the record.")
        flash(words, "success")
        return redirect(url_for("desk.show" if agreed else "ceremony.box", ballot_id=ballot_id))
    return render_template("ceremony/opening.html", ballot=ballot, form=form), status
