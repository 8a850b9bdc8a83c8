"""How people take part in a consultation: the declared terms, and the questions with their order."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.errors import Refused
from consult.domain.policy import Permission
from consult.model.consultations import Consultation
from consult.service import consultations, participation
from consult.service.participation import Asked, Terms
from consult.web.guards import actor, needs, now
from consult.web.participation import forms
from consult.web.trying import instead, tried
from consult.web.why import ask_why, given

pages = Blueprint("participation", __name__)


@pages.route("/consultations/<int:consultation_id>/taking-part", methods=["GET", "POST"])
@needs(Permission.CONSULTATION_KEEP)
def terms(consultation_id: int) -> Any:
    """Declare how people take part."""
    consultation = consultations.get(consultation_id)
    declared = participation.terms_of(consultation)
    kept = declared or Terms()
    typed = {name: getattr(kept, name) for name in Terms.__dataclass_fields__}
    form = forms.TermsForm(data=typed | {"at_once": "yes" if kept.at_once else "no"})
    if declared is None:
        del form.reason
    done, status = tried(form, lambda: participation.declare(consultation, _terms(form), given(form), by=actor()))
    if done is not None:
        flash(_("It is declared how people take part."), "success")
        return redirect(url_for("participation.questions", consultation_id=consultation_id))
    return render_template("participation/terms.html", form=form, consultation=consultation), status


def _terms(form: forms.TermsForm) -> Terms:
    values = {name: form[name].data for name in Terms.__dataclass_fields__}
    return Terms(**values | {"at_once": form.at_once.data == "yes"})


@pages.route("/consultations/<int:consultation_id>/questions", methods=["GET", "POST"])
@needs(Permission.CONSULTATION_KEEP)
def questions(consultation_id: int) -> Any:
    """The questions in their order, and a form for a further one."""
    consultation, form = consultations.get(consultation_id), forms.QuestionForm()
    del form.reason
    done, status = tried(form, lambda: participation.ask(consultation, _asked(form), by=actor()))
    if done is not None:
        flash(_("The question is added."), "success")
        return redirect(url_for("participation.questions", consultation_id=consultation_id))
    rows = participation.questions_of(consultation_id)
    over = _over(consultation)
    return render_template(
        "participation/questions.html", form=form, consultation=consultation, rows=rows, over=over, closed=instead(over)
    ), status


def _over(consultation: Consultation) -> str:
    """Why what people were asked stays as it is; "" while it can be changed."""
    return participation.closed_words(consultation, now())


def _asked(form: forms.QuestionForm) -> Asked:
    options = (form.options.data or "").splitlines()
    return Asked(form.kind.data, form.wording.data or "", form.help.data or "", options, bool(form.needed.data))


@pages.route("/questions/<int:question_id>", methods=["GET", "POST"])
@needs(Permission.CONSULTATION_KEEP)
def reword(question_id: int) -> Any:
    """Change a question that nobody has answered."""
    row = participation.question(question_id)
    typed = {name: getattr(row, name) for name in ("wording", "help", "kind", "needed")}
    form = forms.QuestionForm(data=typed | {"options": "\n".join(row.options)})
    done, status = tried(form, lambda: participation.reword(row, _asked(form), given(form), by=actor()))
    if done is not None:
        return redirect(url_for("participation.questions", consultation_id=row.consultation_id))
    closed = instead(_over(row.consultation) or participation.why_answered(row))
    return render_template("participation/question.html", form=form, row=row, closed=closed), status


@pages.post("/questions/<int:question_id>/up")
@needs(Permission.CONSULTATION_KEEP)
def move_up(question_id: int) -> Response:
    """Move a question up."""
    row = participation.question(question_id)
    try:
        participation.move_up(row, by=actor())
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("participation.questions", consultation_id=row.consultation_id))


@pages.route("/questions/<int:question_id>/out", methods=["GET", "POST"])
@needs(Permission.CONSULTATION_KEEP)
def drop(question_id: int) -> Any:
    """Take a question out, with the reason."""
    row = participation.question(question_id)
    return ask_why(
        lambda reason: participation.drop(row, reason, by=actor()),
        title=_("Take a question out"),
        lede=f"“{row.wording}”",
        button=_("Take it out"),
        back=url_for("participation.questions", consultation_id=row.consultation_id),
        done=_("The question is taken out."),
        closed=_over(row.consultation) or participation.why_answered(row),
    )
