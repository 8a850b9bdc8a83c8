"""The chair's page and the tellers': one question at a time, put in its turn and declared once."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import hall as domain
from consult.domain import policy
from consult.domain.errors import NotFound, Refused
from consult.domain.policy import Permission
from consult.model.hall import BusinessItem, Division, Sitting
from consult.model.store import db
from consult.service import clock, declaring, hall, hall_questions, hall_votes, sittings
from consult.service.declaring import Told
from consult.service.hall_questions import Asked
from consult.service.hall_votes import Figures
from consult.web.fields import Form
from consult.web.guards import actor, signed_in
from consult.web.hall import forms
from consult.web.hall.views import pages, state_of
from consult.web.trying import tried

#: How a question is voted on → the form in which its result is declared.
_DECLARING: dict[str, type[Form]] = {
    "hands": forms.FiguresForm, "voice": forms.VoiceForm, "nem con": forms.PlainForm, "tellers": forms.PlainForm,
    "cards": forms.PlainForm,
}  # fmt: skip


def _sitting(sitting_id: int, permission: Permission = Permission.HALL_CHAIR) -> Sitting:
    sitting = sittings.get(sitting_id)
    policy.require(permission, actor(), sitting, at=clock.now())
    return sitting


def _seen() -> int | None:
    text = request.form.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 9 else None


def _item(sitting: Sitting) -> BusinessItem:
    text = request.form.get("item", "")
    found = next((item for item in sitting.items if str(item.id) == text), None)
    if found is None:
        raise NotFound(_("This item is not on the order of business."))
    return found


def _put(sitting: Sitting) -> Division:
    found = hall_questions.question(sitting)
    if found is None or str(found.id) != request.form.get("division", str(found.id)):
        text = request.form.get("division", "")
        found = hall_questions.division(sitting, int(text) if text.isdecimal() and len(text) < 12 else None)
    if found is None:
        raise NotFound(_("No question is before the meeting."))
    return found


def _page(sitting: Sitting, status: int = 200, **shown: Form) -> Any:
    """The chair's page, with the form that was refused as it was filled in."""
    state = state_of(sitting)
    put = state["put"]
    declare = shown.get("declare") or (_DECLARING[put.method]() if put is not None else None)
    procedure = shown.get("procedure") or forms.ProcedureForm()
    procedure.procedure.choices = [
        (one.key, f"{one.question} ({hall_questions.majority_of(sitting, state['item'], one.key)})")
        for one in hall_questions.possible(sitting)
    ]
    for form in filter(None, (declare, procedure)):
        form["revision"].data = sitting.revision
    return render_template(
        "hall/chair.html", **state, declare=declare, procedure=procedure, methods=domain.METHODS,
        due=None if put else hall_questions.next_question(db.session(), state["item"]), words_of=hall_questions.words_of,
        quorum=shown.get("quorum") or forms.QuorumForm(), finish=shown.get("finish") or forms.FinishForm(),
        form=next(iter(shown.values()), None), cards=hall_votes.cards_of(db.session(), put) if put else [],
        coming=hall_questions.coming(sitting), presiding=sitting.presiding_id == actor().member_id,
    ), status  # fmt: skip


@pages.get("/sittings/<int:sitting_id>/chair")
@signed_in
def chair(sitting_id: int) -> Any:
    """What the chair does next."""
    return _page(_sitting(sitting_id))


@pages.post("/sittings/<int:sitting_id>/chair")
@signed_in
def step(sitting_id: int) -> Response:
    """One press of a button: open, adjourn, close, take the chair, take or put back an item, the right of reply."""
    sitting, by = _sitting(sitting_id), actor()
    steps: dict[str, Any] = {
        "open": lambda: hall.open_sitting(sitting, revision=_seen(), by=by),
        "adjourn": lambda: hall.adjourn(sitting, revision=_seen(), by=by),
        "close": lambda: hall.close(sitting, revision=_seen(), by=by),
        "take chair": lambda: hall.take_chair(sitting, by=by),
        "take": lambda: hall.take(sitting, _item(sitting), revision=_seen(), by=by),
        "put back": lambda: hall.put_back(sitting, _item(sitting), revision=_seen(), by=by),
        "reply given": lambda: hall.reply(sitting, True, by=by),
        "reply waived": lambda: hall.reply(sitting, False, by=by),
        "not pressed": lambda: declaring.not_pressed(sitting, _put(sitting), revision=_seen(), by=by),
    }
    return _done(sitting_id, steps.get(request.form.get("step", "")))


@pages.post("/sittings/<int:sitting_id>/put")
@signed_in
def put(sitting_id: int) -> Response:
    """Put the next question."""
    sitting = _sitting(sitting_id)
    method = request.form.get("method", "hands")

    def next_one() -> Division:
        asked = hall_questions.next_question(db.session(), hall_questions.before(sitting)) or Asked(domain.MOTION)
        return hall.put(sitting, asked, method, revision=_seen(), by=actor())

    return _done(sitting_id, next_one)


def _done(sitting_id: int, act: Any) -> Response:
    """Do it and come back; a refusal is said at the top of the page as it is now."""
    try:
        if act is None:
            raise NotFound(_("There is no such step."))
        act()
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("hall.chair", sitting_id=sitting_id))


@pages.post("/sittings/<int:sitting_id>/procedure")
@signed_in
def procedure(sitting_id: int) -> Any:
    """Put a procedural motion."""
    sitting = _sitting(sitting_id)
    form = forms.ProcedureForm()
    form.procedure.choices = [(one.key, one.question) for one in domain.PROCEDURES]

    def send() -> Division:
        asked = Asked(
            domain.PROCEDURE, procedure=form.procedure.data, words=form.words.data or "", parts=form.parts.data or ""
        )
        return hall.put(sitting, asked, form.method.data, revision=_seen(), by=actor())

    done, status = tried(form, send)
    return redirect(url_for("hall.chair", sitting_id=sitting_id)) if done else _page(sitting, status, procedure=form)


@pages.post("/sittings/<int:sitting_id>/declare")
@signed_in
def declare(sitting_id: int) -> Any:
    """Declare what the meeting decided."""
    sitting = _sitting(sitting_id)
    division = _put(sitting)
    form = _DECLARING[division.method]()

    def send() -> Division:
        return declaring.declare(sitting, division, _told(form), revision=_seen(), by=actor())

    done, status = tried(form, send)
    if done is None:
        return _page(sittings.get(sitting_id), status, declare=form)
    flash(" ".join([declaring.sentence(done), *(done.effects or [])]), "success")
    return redirect(url_for("hall.chair", sitting_id=sitting_id))


def _told(form: Any) -> Told:
    if isinstance(form, forms.VoiceForm):
        return Told(side=form.side.data)
    figures = _figures(form) if isinstance(form, forms.FiguresForm) else None
    return Told(figures, casting=form.casting.data or "")


def _figures(form: Any) -> Figures:
    return Figures(form.votes_for.data, form.votes_against.data, form.abstained.data or 0)


@pages.post("/sittings/<int:sitting_id>/quorum")
@signed_in
def quorum(sitting_id: int) -> Any:
    """Record a call of the quorum."""
    sitting = _sitting(sitting_id)
    form = forms.QuorumForm()
    done, status = tried(form, lambda: hall.call_quorum(sitting, form.present.data, by=actor()))
    return redirect(url_for("hall.chair", sitting_id=sitting_id)) if done else _page(sitting, status, quorum=form)


@pages.post("/sittings/<int:sitting_id>/finish")
@signed_in
def finish(sitting_id: int) -> Any:
    """Finish an item that nobody votes on."""
    sitting = _sitting(sitting_id)
    item = hall_questions.before(sitting)
    if item is None:
        raise NotFound(_("Nothing is before the meeting."))
    form = forms.FinishForm()
    done, status = tried(form, lambda: hall.finish(sitting, item, form.outcome.data, revision=_seen(), by=actor()))
    return redirect(url_for("hall.chair", sitting_id=sitting_id)) if done else _page(sitting, status, finish=form)


# -- tellers ---------------------------------------------------------------------------------------------------------


@pages.route("/sittings/<int:sitting_id>/count", methods=["GET", "POST"])
@signed_in
def count(sitting_id: int) -> Any:
    """Where tellers report what they counted, and cards are entered."""
    sitting = _sitting(sitting_id, Permission.VOTES_COUNT)
    division = hall_questions.question(sitting)
    form: Any = forms.CardVoteForm() if division is not None and division.method == "cards" else forms.TellerForm()

    def send() -> Any:
        if division is None:
            raise NotFound(_("No question is before the meeting."))
        if division.method == "cards":
            return hall_votes.cast_card(sitting, division, form.card.data, form.choice.data, by=actor())
        return hall_votes.report(sitting, division, _figures(form), by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("Entered."), "success")
        return redirect(url_for("hall.count", sitting_id=sitting_id))
    cards = hall_votes.cards_of(db.session(), division) if division else []
    return render_template("hall/count.html", sitting=sitting, put=division, form=form, cards=cards), status
