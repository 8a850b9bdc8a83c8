"""Appeals against moderators: made by the author, decided by the complaints panel."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.debating import GROUNDS
from consult.domain.policy import Permission
from consult.service import moderation, moderation_appeals
from consult.web.guards import actor, needs, now, signed_in
from consult.web.moderation.forms import AppealForm, DecideForm
from consult.web.moderation.views import pages, where
from consult.web.trying import tried


@pages.route("/moderation/<int:moderation_id>/appeal", methods=["GET", "POST"])
@signed_in
def appeal(moderation_id: int) -> Any:
    """Appeal against the hiding or refusal of what one wrote."""
    row = moderation.get(moderation_id)
    policy.require(Permission.COMMENT_APPEAL, actor(), row, at=now())
    form = AppealForm()
    done, status = tried(form, lambda: moderation_appeals.make(row, form.words.data or "", by=actor()))
    if done is not None:
        flash(_("The complaints panel has your appeal and decides it within seven days."), "success")
        return redirect(url_for("moderation.appeal", moderation_id=moderation_id))
    return render_template(
        "moderation/appeal.html", form=form, row=row, grounds=GROUNDS, why_not=moderation_appeals.why_not(row, now())
    ), status


@pages.get("/moderation/appeals")
@needs(Permission.COMMENT_APPEAL_DECIDE)
def appeals() -> str:
    """Appeals that wait for the panel."""
    found = [(row, moderation_appeals.due_at(row)) for row in moderation_appeals.waiting()]
    return render_template("moderation/appeals.html", found=found)


@pages.route("/moderation/<int:moderation_id>/decide", methods=["GET", "POST"])
@needs(Permission.COMMENT_APPEAL_DECIDE)
def decide(moderation_id: int) -> Any:
    """Decide an appeal."""
    row = moderation_appeals.get(moderation_id)
    form = DecideForm()
    done, status = tried(
        form, lambda: moderation_appeals.decide(row, form.outcome.data or "", form.answer.data or "", by=actor())
    )
    if done is not None:
        flash(_("The appeal is decided, and its author is told."), "success")
        return redirect(url_for("moderation.appeals"))
    about = row.moderation.about
    return render_template(
        "moderation/decide.html", form=form, row=row, post=about, where=where(about), grounds=GROUNDS
    ), status
