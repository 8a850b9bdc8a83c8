"""The summaries of both sides: those that stand, drafts, and the approval of one's own side."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.debating import FEWEST_SUMMARY_WORDS, SUMMARY_WAITS, SUMMARY_WORDS
from consult.service import composites, debate, debate_reading, policies, summaries, threads
from consult.web.debate import forms, places
from consult.web.debate.places import Place
from consult.web.debate.views import pages
from consult.web.guards import actor, now, public, signed_in
from consult.web.kept import for_visitors
from consult.web.trying import tried


@pages.get("/motions/<int:motion_id>/summaries")
@public
@for_visitors
def summaries_of(motion_id: int) -> str:
    """What each side says in short about a motion, and what waits for its approval."""
    return _page(places.of_motion(None, motion_id))


@pages.get("/policy/<int:policy_id>/summaries")
@public
@for_visitors
def summaries_of_policy(policy_id: int) -> str:
    """The same about a policy."""
    return _page(places.of(policies.get(policy_id)))


@pages.get("/composites/<int:composite_id>/summaries")
@signed_in
def summaries_of_composite(composite_id: int) -> str:
    """The same about a composite."""
    return _page(places.of(composites.get(composite_id)))


def _page(place: Place) -> str:
    who, column = actor().member_id, place.column
    own = {
        side: who in summaries.speakers(place.id, side, of=column) and summaries.may_write(place.thread, side, now())
        for side in summaries.SIDES
    }
    return render_template(
        "debate/summaries.html", place=place, debate=debate_reading.overview(place.id, of=column),
        listed=summaries.listed(place.id, who, column), own=own, fewest=FEWEST_SUMMARY_WORDS, most=SUMMARY_WORDS,
        days=SUMMARY_WAITS.days, open=debate.is_open(place.thread, now()), own_address=_address,
    )  # fmt: skip


def _address(place: Place, side: str = "") -> str:
    """The page of the summaries of a debate, or the form for one of them."""
    endpoint = place.summaries.replace("summaries_of", "summarise") if side else place.summaries
    args: dict[str, Any] = {place.key: place.id} | ({"side": side} if side else {})
    return url_for(endpoint, **args)


@pages.route("/motions/<int:motion_id>/summaries/<any('for', 'against'):side>", methods=["GET", "POST"])
@signed_in
def summarise(motion_id: int, side: str) -> Any:
    """Draft a summary of one's own side of the debate on a motion."""
    return _summarise(places.of_motion(None, motion_id), side)


@pages.route("/policy/<int:policy_id>/summaries/<any('for', 'against'):side>", methods=["GET", "POST"])
@signed_in
def summarise_policy(policy_id: int, side: str) -> Any:
    """The same of the debate on a policy."""
    return _summarise(places.of(policies.get(policy_id)), side)


@pages.route("/composites/<int:composite_id>/summaries/<any('for', 'against'):side>", methods=["GET", "POST"])
@signed_in
def summarise_composite(composite_id: int, side: str) -> Any:
    """The same of the debate on a composite."""
    return _summarise(places.of(composites.get(composite_id)), side)


def _summarise(place: Place, side: str) -> Any:
    form, thread = forms.SummaryForm(), place.thread
    summaries.require_side(thread, side, actor())  # type: ignore[arg-type]  # the two sides are of no other
    done, status = tried(form, lambda: summaries.draft(thread, side, form.body.data or "", by=actor()))
    if done is not None:
        flash(_("Your draft is there. Others who spoke on your side can approve it now."), "success")
        return redirect(_address(place))
    return render_template(
        "debate/summarise.html", form=form, place=place, side=side, back=_address(place),
        others=summaries.words_of(thread, summaries.other_side(side)), days=SUMMARY_WAITS.days,
        open=summaries.may_write(thread, side, now()),
    ), status  # fmt: skip


@pages.post("/summaries/<int:summary_id>/withdraw")
@signed_in
def withdraw_summary(summary_id: int) -> Response:
    """Take back one's draft of a summary."""
    summary = summaries.withdraw(summaries.get(summary_id), by=actor())
    flash(_("Your draft is withdrawn."), "success")
    return redirect(_address(places.of(threads.of_row(summary))))


@pages.post("/summaries/<int:summary_id>/approve")
@signed_in
def approve_summary(summary_id: int) -> Response:
    """Approve a summary of one's own side."""
    summary = summaries.get(summary_id)
    place = places.of(threads.of_row(summary))
    summary = summaries.approve(summary, by=actor())
    if summary.approved_at is None:
        flash(_("Your approval is counted."), "success")
    elif debate_reading.overview(place.id, of=place.column).summaries:
        flash(_("The summary stands above the debate now."), "success")
    else:
        flash(_("Your side has approved it. It waits for the other side’s, beside which it will stand."), "success")
    return redirect(_address(place))
