"""What comes to a frozen roll afterwards: batches, removals, and the appeals against them."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from consult.domain.errors import NotAllowed
from consult.domain.policy import Permission
from consult.model.roll_changes import RESTORED, RollRemoval
from consult.service import removals, roll_changes, roll_standing, rolls
from consult.web.guards import actor, allowed, needs, signed_in
from consult.web.rolls import presenters
from consult.web.rolls.forms import AddForm, AppealDecisionForm, AppealForm, RemoveForm
from consult.web.rolls.views import pages
from consult.web.trying import tried


@pages.route("/rolls/<int:roll_id>/add", methods=["GET", "POST"])
@needs(Permission.ROLL_CHANGE)
def add(roll_id: int) -> Any:
    """Who is added and why; then whom the rule would not let in; then the batch."""
    roll, form = rolls.get(roll_id), AddForm()
    numbers = roll_changes.read_numbers(form.numbers.data or "")
    if "add" not in request.form:
        looked = "change" not in request.form and form.is_submitted()
        found, status = (
            tried(form, lambda: roll_changes.look(roll, numbers, form.reason.data or "")) if looked else (None, 200)
        )
        template = "rolls/add_confirm.html" if found else "rolls/add.html"
        typed = presenters.typed(request.form)
        return render_template(template, roll=roll, form=form, found=_with_reasons(roll, found), typed=typed), status
    token = secrets.token_hex
    done, status = tried(form, lambda: roll_changes.add(roll, numbers, form.reason.data, token=token, by=actor()))
    if done:
        flash(
            ngettext("%(num)s person is added to the roll.", "%(num)s people are added to the roll.", done.people),
            "success",
        )
        return redirect(url_for("rolls.show", roll_id=roll.id))
    return render_template("rolls/add.html", roll=roll, form=form), status


def _with_reasons(roll: Any, found: Any) -> list[Any]:
    """Each member of a batch with what the register of today says against the rule, said of them to the officer."""
    said = roll_standing.by_the_rule(roll, found or ())
    return [
        (member, [presenters.against(each, member) for each in said[member.id] if not each.holds])
        for member in found or ()
    ]


@pages.route("/rolls/<int:roll_id>/remove", methods=["GET", "POST"])
@needs(Permission.ROLL_CHANGE)
def remove(roll_id: int) -> Any:
    """Take somebody off, with a reason."""
    roll, form = rolls.get(roll_id), RemoveForm(number=request.args.get("number", ""))
    do = lambda: removals.remove(roll, form.number.data, form.reason.data, token=secrets.token_hex, by=actor())  # noqa: E731
    done, status = tried(form, do)
    if done:
        flash(_("%(name)s is off the roll, and is told.", name=done.member.name), "success")
        return redirect(url_for("rolls.show", roll_id=roll.id))
    return render_template("rolls/remove.html", roll=roll, form=form), status


@pages.route("/rolls/removals/<int:change_id>", methods=["GET", "POST"])
@signed_in
def removal(change_id: int) -> Any:
    """One removal: the person appeals, the panel decides, roll officers read."""
    found = _readable(change_id)
    appeals = found.appeal is None and allowed(Permission.ROLL_APPEAL, found)
    judges = found.appeal is not None and allowed(Permission.ROLL_APPEAL_DECIDE, found)
    decides = judges and found.outcome is None
    form: Any = AppealDecisionForm() if judges else AppealForm()
    done, status = tried(form, lambda: _answered(found, form, judges))
    if done:
        flash(
            _("The appeal is decided, and the person is told.")
            if judges
            else _("Your appeal is with the complaints panel."),
            "success",
        )
        return redirect(url_for("rolls.removal", change_id=change_id))
    return render_template("rolls/removal.html", removal=found, form=form, appeals=appeals, decides=decides), status


def _answered(found: RollRemoval, form: Any, judges: bool) -> RollRemoval:
    if not judges:
        return removals.appeal(found, form.appeal.data, by=actor())
    restored = form.outcome.data == RESTORED
    return removals.decide(found, restored, form.answer.data, token=secrets.token_hex, by=actor())


def _readable(change_id: int) -> RollRemoval:
    found = removals.get(change_id)
    theirs = found.member_id == actor().member_id
    if not (theirs or allowed(Permission.ROLL_CHANGE) or allowed(Permission.ROLL_APPEAL_DECIDE)):
        raise NotAllowed("A removal is read by the person, the roll officers and the complaints panel.")
    return found
