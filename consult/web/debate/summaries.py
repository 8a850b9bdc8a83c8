"""The summaries of both sides: those that stand, drafts, and the approval of one's own side."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.debating import SUMMARY_WORDS
from consult.service import debate, debate_reading, motions, reading, summaries
from consult.web.debate import forms
from consult.web.debate.views import pages
from consult.web.guards import actor, now, public, signed_in
from consult.web.trying import tried


@pages.get("/motions/<int:motion_id>/summaries")
@public
def summaries_of(motion_id: int) -> str:
    """What each side says in short, and what waits for its approval."""
    text, motion = reading.text(motion_id, actor()), motions.get(motion_id)
    own = {side: actor().member_id in summaries.speakers(motion_id, side) for side in summaries.SIDES}
    return render_template(
        "debate/summaries.html", motion=text, debate=debate_reading.overview(motion_id),
        listed=summaries.listed(motion_id, actor().member_id), own=own, words=SUMMARY_WORDS,
        open=debate.is_open(motion, now()),
    )  # fmt: skip


@pages.route("/motions/<int:motion_id>/summaries/<any('for', 'against'):side>", methods=["GET", "POST"])
@signed_in
def summarise(motion_id: int, side: str) -> Any:
    """Draft a summary of one's own side."""
    text, motion = reading.text(motion_id, actor()), motions.get(motion_id)
    form = forms.SummaryForm()
    done, status = tried(form, lambda: summaries.draft(motion, side, form.body.data or "", by=actor()))
    if done is not None:
        flash(_("Your draft is there. Others who spoke on your side can approve it now."), "success")
        return redirect(url_for("debate.summaries_of", motion_id=motion_id))
    return render_template("debate/summarise.html", form=form, motion=text, side=side, words=SUMMARY_WORDS), status


@pages.post("/summaries/<int:summary_id>/approve")
@signed_in
def approve_summary(summary_id: int) -> Response:
    """Approve a summary of one's own side."""
    summary = summaries.get(summary_id)
    reading.text(summary.motion_id, actor())
    summary = summaries.approve(summary, by=actor())
    stands = summary.approved_at is not None
    flash(_("The summary stands above the debate now.") if stands else _("Your approval is counted."), "success")
    return redirect(url_for("debate.summaries_of", motion_id=summary.motion_id))
