"""Inspecting a roll: asking, deciding, and the pages that are shown while the time runs."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import NotAllowed
from consult.domain.policy import Permission
from consult.model.roll_changes import GRANTED, RollInspection
from consult.service import inspections, looking, rolls
from consult.web.guards import actor, allowed, now, signed_in
from consult.web.rolls.forms import InspectDecisionForm, InspectForm
from consult.web.rolls.views import pages
from consult.web.trying import tried
from consult.web.why import ask_why


@pages.route("/rolls/<int:roll_id>/inspections", methods=["GET", "POST"])
@signed_in
def inspect(roll_id: int) -> Any:
    """Ask to inspect a roll; one's own requests, or every request for those who decide them."""
    roll, form = rolls.get(roll_id), InspectForm()
    done, status = tried(form, lambda: inspections.ask(roll, form.purpose.data, by=actor()))
    if done:
        flash(_("Your request is with the roll officers. You are told what they decide."), "success")
        return redirect(url_for("rolls.inspection", inspection_id=done.id))
    listed = inspections.of_roll(roll.id, None if _decides() else actor().member_id)
    return render_template("rolls/inspect.html", roll=roll, form=form, inspections=listed), status


def _decides(found: RollInspection | None = None) -> bool:
    return allowed(Permission.ROLL_INSPECT_DECIDE, found)


@pages.route("/rolls/inspections/<int:inspection_id>", methods=["GET", "POST"])
@signed_in
def inspection(inspection_id: int) -> Any:
    """One request: decided by an officer, and what was shown."""
    found, form = _readable(inspection_id), InspectDecisionForm()
    done, status = tried(form, lambda: _decided(found, form))
    if done:
        flash(_("It is decided, and the member is told."), "success")
        return redirect(url_for("rolls.inspection", inspection_id=inspection_id))
    return render_template(
        "rolls/inspection.html",
        inspection=found,
        form=form,
        decides=_decides(found),
        running=inspections.running(found, now()),
        ahead=found.ends_at is not None and found.ends_at > now(),
        shown=inspections.shown(found),
    ), status


def _decided(found: RollInspection, form: Any) -> RollInspection:
    granted = form.outcome.data == GRANTED
    return inspections.decide(found, granted, form.reason.data, form.starts_at.data, form.hours.data or 0, by=actor())


def _readable(inspection_id: int) -> RollInspection:
    found = inspections.get(inspection_id)
    if found.member_id != actor().member_id and not _decides(found):
        raise NotAllowed("A request is read by whoever made it and the officers who decide it.")
    return found


@pages.route("/rolls/inspections/<int:inspection_id>/end", methods=["GET", "POST"])
@signed_in
def end_inspection(inspection_id: int) -> Any:
    """End an inspection before its time, with the reason."""
    found = _readable(inspection_id)
    policy.require(Permission.ROLL_INSPECT_DECIDE, actor(), found, at=now())
    return ask_why(
        lambda reason: inspections.end(found, reason, by=actor()),
        title=_("End an inspection"),
        lede=_("Nothing of the roll is shown from now on."),
        button=_("End the inspection"),
        back=url_for("rolls.inspection", inspection_id=inspection_id),
        done=_("The inspection is ended."),
    )


@pages.post("/rolls/inspections/<int:inspection_id>/look")
@signed_in
def look(inspection_id: int) -> Response:
    """A page of the roll, while the time runs; that it was shown is kept, so each page is asked for by a form."""
    found = _readable(inspection_id)
    shown = inspections.look(found, request.form.get("page", 1, type=int), by=actor())
    looking.note(actor(), [entry.member_id for entry in shown.entries], "roll", now())
    answer = make_response(render_template("rolls/look.html", inspection=found, shown=shown))
    answer.headers["Cache-Control"] = "no-store"
    return answer
