"""What officers decide about nominations: ruling out, declaring, drafting the ballot, seating the winners, countback."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import OutOfOrder, Refused
from consult.domain.nominations import COUNTBACK, MEANINGS
from consult.domain.officer_proposals import POLL_AGAIN
from consult.domain.policy import Permission
from consult.model.ballots import Ballot, Question
from consult.model.store import db
from consult.service import (
    agreeing,
    clock,
    consultations,
    countbacks,
    nominating,
    nominations,
    polling_again,
    seats,
    settling,
)
from consult.service.ballots import BallotSpec
from consult.web.fields import Form
from consult.web.guards import actor, needs, now, signed_in
from consult.web.nominations import forms
from consult.web.nominations.views import Answer, pages
from consult.web.phrases import said
from consult.web.results.presenters import worked_out
from consult.web.trying import tried


def _decided(call_id: int, act: Callable[[], Any], words: str) -> Response:
    try:
        act()
        flash(words, "success")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("nominations.show", call_id=call_id))


@pages.post("/nominations/<int:call_id>/declare")
@needs(Permission.NOMINATION_JUDGE)
def declare(call_id: int) -> Response:
    """Declare what came of the nominations without a poll."""
    call = nominations.get(call_id)
    return _decided(call_id, lambda: settling.declare(call, by=actor()), _("It is declared and on the record."))


@pages.post("/nominations/<int:call_id>/seat")
@needs(Permission.NOMINATION_JUDGE)
def seat(call_id: int) -> Response:
    """Seat those whom the certified result elects."""
    call = nominations.get(call_id)
    found = settling.to_be_seated(call, clock.now())
    told = _("The winners have their seats.")
    if found is not None and found.left_out:
        told = _("It is done. Not everybody who was elected has a seat: the page says who has none, and why.")
    return _decided(call_id, lambda: settling.seat_winners(call, by=actor()), told)


@pages.route("/nominations/<int:call_id>/ballot", methods=["GET", "POST"])
@needs(Permission.BALLOT_CREATE)
def draft(call_id: int) -> Answer:
    """Draft the ballot that the rules ask for."""
    call, form = nominations.get(call_id), forms.DraftForm()
    alone = (0, _("nothing: an election by itself"))
    # one without a timetable is being set up, or holds another election by itself
    there = [(row.id, row.title) for row in consultations.shown(actor(), now()) if row.phases]
    form.consultation.choices = [alone, *there]

    def send() -> Ballot:
        rules = nominations.rules_of(call)
        times: dict[str, Any] = {name: form[name].data for name in ("opens_at", "closes_at")}
        spec = BallotSpec(call.title, level=form.level.data, statement_words=rules.statement_words, **times)
        within = consultations.readable(form.consultation.data, actor(), now()) if form.consultation.data else None
        made: Ballot = settling.draft(call, within, spec, by=actor())
        return made

    done, status = tried(form, send)
    if done is not None:
        flash(_("The ballot is drafted; go on with it here."), "success")
        return redirect(url_for("ballots.show", ballot_id=done.id))
    plan = settling.plan_of(call)
    return render_template("nominations/draft.html", form=form, call=call, plan=plan), status


def _on_call(call_id: int, form: Form, act: Callable[[], Any], title: str, lede: str, words: str) -> Answer:
    call = nominations.get(call_id)
    done, status = tried(form, act)
    if done is not None:
        flash(words, "success")
        return redirect(url_for("nominations.show", call_id=call_id))
    return render_template("nominations/decide.html", form=form, call=call, heading=title, lede=lede), status


@pages.route("/nominations/<int:call_id>/cancel", methods=["GET", "POST"])
@signed_in
def cancel(call_id: int) -> Answer:
    """Cancel the call, or close the book on one whose ballot ended without a result."""
    call, form = nominations.get(call_id), forms.ReasonForm()
    policy.require(Permission.NOMINATIONS_CALL, actor(), call, at=clock.now())
    act = nominations.cancel if call.state == "announced" else settling.call_again
    return _on_call(
        call_id, form, lambda: act(call, form.reason.data or "", by=actor()), _("End this call"),
        _("Nobody is elected by it. The reason stands on its page."), _("The call is ended."),
    )  # fmt: skip


@pages.route("/nominations/<int:call_id>/again", methods=["GET", "POST"])
@signed_in
def again(call_id: int) -> Answer:
    """Poll again: end the ballot without a result and call for nominations anew, or propose it where it takes two."""
    call, at = nominations.get(call_id), clock.now()
    stands = polling_again.standing(call, at)
    if stands is not None and stands.second and stands.proposal is None:
        policy.require(Permission.RESULT_ANNUL, actor(), call.ballot, at=at)
    if stands is None or stands.proposal is not None or not polling_again.may(call, actor(), at):
        raise OutOfOrder(
            _(
                "There is no poll to be held again here, or it is proposed already. The page of the call says what follows."
            )
        )
    form = forms.AgainForm(data=asdict(polling_again.suggested(call, at)))

    def send() -> Any:
        dates, why = form.dates(), form.reason.data or ""
        if not stands.second:
            return polling_again.again(call, dates, why, by=actor())
        return agreeing.propose(call, why, what=POLL_AGAIN, terms=dates.to_json(), by=actor())

    done, status = tried(form, send)
    if done is None:
        return render_template("nominations/again.html", form=form, call=call, stands=stands), status
    if stands.second:
        flash(_("Proposed. It takes effect when another member of the committee agrees."), "success")
        return redirect(url_for("proposals.show", proposal_id=done.id))
    flash(_("Nominations are called again, and those who still stand are told."), "success")
    return redirect(url_for("nominations.show", call_id=done.id))


@pages.route("/nominations/of/<int:nomination_id>/rule-out", methods=["GET", "POST"])
@needs(Permission.NOMINATION_JUDGE)
def rule_out(nomination_id: int) -> Answer:
    """Rule a nomination out."""
    row, form = nominations.nomination(nomination_id), forms.ReasonForm()
    return _on_call(
        row.call_id, form, lambda: nominating.rule_out(row, form.reason.data or "", by=actor()),
        _("Rule out %(name)s", name=row.nominee.name), _("Name the rule. The person is told."), _("It is ruled out."),
    )  # fmt: skip


@pages.route("/nominations/of/<int:nomination_id>/gone", methods=["GET", "POST"])
@needs(Permission.NOMINATION_JUDGE)
def gone(nomination_id: int) -> Answer:
    """Record that a candidate withdrew late or died."""
    row, form = nominations.nomination(nomination_id), forms.LeaveForm()
    rule = nominations.rules_of(row.call).leaving
    return _on_call(
        row.call_id, form,
        lambda: settling.leave(row, form.what.data == "died", form.reason.data or "", by=actor()),
        _("%(name)s stands no more", name=row.nominee.name),
        _("The declared rule once the poll is prepared: %(rule)s.", rule=said(MEANINGS[rule])), _("It is recorded."),
    )  # fmt: skip


@pages.route("/seats/<int:holding_id>/countback", methods=["GET", "POST"])
@needs(Permission.NOMINATION_JUDGE)
def countback(holding_id: int) -> Answer:
    """Who fills a casual vacancy when the papers of the election are counted again, and seating that person."""
    left, at = seats.get(holding_id), clock.now()
    call = countbacks.call_behind(left)
    if call is None or nominations.rules_of(call).casual != COUNTBACK:
        raise OutOfOrder(_("The declared rule of the election is not a countback, or its papers are not kept."))
    countbacks.require_vacant(left, at)
    anybody = countbacks.offered(left.body, [left], at).get(holding_id, False)
    again = countbacks.count_again(db.session(), call, left.body, left, at) if anybody else None
    found, form = again.elected if again else None, forms.CountbackForm()
    if again is None or not again.counted.count.needed_lot:
        del form.lot_seen

    def send() -> Any:
        if found is None:
            raise OutOfOrder(
                _("Counting again elects nobody new: there has to be an election for the rest of the term.")
            )
        seen = "lot_seen" in form and form["lot_seen"].data
        return countbacks.fill(left, found.nominee, lot_seen=seen, by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("The seat is filled by the countback."), "success")
        return redirect(url_for("bodies.show", body_id=left.body_id))
    shown = {"form": form, "left": left, "call": call, "found": found, "anybody": anybody}
    if again is not None:
        counted = again.counted
        result = {"question": counted.question, "outcome": counted.outcome, "needed_lot": counted.count.needed_lot,
                  "package_verdict": counted.verdict}  # fmt: skip
        shown |= {"result": result, "worked": worked_out(counted.question.key, counted.count.as_json()),
                  "without": _labels(counted.question, again.without)}  # fmt: skip
    return render_template("nominations/countback.html", **shown), status


def _labels(question: Question, keys: Collection[str]) -> list[str]:
    return [option.name for option in question.options if option.key in keys]


@pages.get("/seats/<int:holding_id>/counted")
@signed_in
def counted_again(holding_id: int) -> str:
    """The countback that filled a seat, stage by stage."""
    kept = countbacks.kept(holding_id)
    without, worked = _labels(kept.question, kept.without), worked_out(kept.question.key, kept.count)
    return render_template("nominations/counted.html", kept=kept, result=kept, worked=worked, without=without)
