"""Suspending somebody's membership for a time, and lifting it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from consult.domain.policy import Permission
from consult.domain.roles import Status
from consult.service import members, office_ends, suspensions
from consult.web.guards import actor, needs, now
from consult.web.members import offices
from consult.web.members.forms import Lift, Suspend
from consult.web.members.views import pages
from consult.web.trying import tried


@pages.route("/members/<int:member_id>/suspension", methods=["GET", "POST"])
@needs(Permission.MEMBER_KEEP)
def suspend(member_id: int) -> Any:
    """Suspend a membership, or lift the suspension that holds it."""
    member = members.get(member_id)
    held = suspensions.standing(member.id, now())
    form: Any = Lift() if held else Suspend()

    def do() -> Any:
        if held:
            return suspensions.lift(member, form.reason.data, by=actor())
        return suspensions.suspend(member, form.until.data, form.reason.data, by=actor())

    done, status = tried(form, do)
    if done:
        words = _("The suspension is lifted.") if held else _("The membership is suspended, and the person is told.")
        flash(words, "success")
        return redirect(url_for("members.show", member_id=member.id))
    title = _("Lift the suspension") if held else _("Suspend the membership")
    rests = "" if held else offices.listed(office_ends.of(member, Status.FORMER, now()).offices)
    page = render_template("members/correct.html", member=member, form=form, page_title=title, rests=rests)
    return page, status
