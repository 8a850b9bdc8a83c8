"""A round of statements: one at a time to answer, proposing and screening, the groups, and the answers without names."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import Length

from consult.domain.consulting import hundredths
from consult.domain.errors import NotFound, Refused
from consult.domain.policy import Permission
from consult.model.consultations import Consultation
from consult.service import clock, consultations, participation, statements
from consult.web.fields import Form, Required, StringField, SubmitField, TextAreaField
from consult.web.guards import actor, needs, now, public, signed_in
from consult.web.trying import instead, tried

pages = Blueprint("statements", __name__)


class ProposeForm(Form):
    """One short statement."""

    text = StringField(
        _l("Your statement"), [Required(), Length(max=1000)],
        description=_l("One idea in one sentence, so that people can agree or disagree with it."),
    )  # fmt: skip
    send = SubmitField(_l("Propose it"))


class RefuseForm(Form):
    """Why a statement is not admitted."""

    reason = TextAreaField(_l("Reason"), [Required(), Length(max=1000)], render_kw={"rows": 3})
    send = SubmitField(_l("Do not admit it"))


def _round(consultation_id: int) -> tuple[Consultation, Any]:
    consultation = consultations.readable(consultation_id, actor(), now())
    terms = participation.terms_of(consultation)
    if terms is None or not terms.statements:
        raise NotFound(_("This consultation holds no round of statements."))
    return consultation, terms


@pages.get("/consultations/<int:consultation_id>/statements")
@public
def index(consultation_id: int) -> str:
    """The next statement to answer, one's own answers, and the way to propose one."""
    consultation, terms = _round(consultation_id)
    rows = statements.listed(consultation_id)
    given = statements.answers_of(consultation_id, actor()) if actor().member_id is not None else {}
    wanted = request.args.get("statement", "")
    asked = next((row for row in rows if str(row.id) == wanted), None)
    return render_template(
        "statements/index.html", consultation=consultation, terms=terms, rows=rows, given=given,
        asked=asked or statements.next_for(rows, given, terms, actor()), form=ProposeForm(),
        open=participation.is_open(consultation, clock.now()), waiting=len(statements.listed(consultation_id, "awaiting screening")),
        choices={value: key for key, value in statements.CHOICES.items()},
        people=statements.how_many_answered(consultation_id),
    )  # fmt: skip


@pages.post("/statements/<int:statement_id>/answer")
@signed_in
def answer(statement_id: int) -> Response:
    """Agree, disagree or be unsure, and go on to the next."""
    row = statements.get(statement_id)
    try:
        statements.answer(row, request.form.get("choice", ""), by=actor())
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("statements.index", consultation_id=row.consultation_id, _anchor="answer"))


@pages.route("/consultations/<int:consultation_id>/statements/propose", methods=["GET", "POST"])
@signed_in
def propose(consultation_id: int) -> Any:
    """Propose a statement."""
    consultation, _terms = _round(consultation_id)
    form = ProposeForm()
    done, status = tried(form, lambda: statements.propose(consultation, form.text.data or "", by=actor()))
    if done is not None:
        flash(_("It is proposed. Others answer it once it has been screened; you will be told."), "success")
        return redirect(url_for("statements.index", consultation_id=consultation_id))
    closed = instead(statements.why_closed(consultation, actor(), now()))
    return render_template("statements/propose.html", form=form, consultation=consultation, closed=closed), status


@pages.get("/consultations/<int:consultation_id>/statements/screen")
@needs(Permission.STATEMENT_SCREEN)
def screen(consultation_id: int) -> str:
    """Statements that wait to be screened, and those admitted."""
    consultation, terms = _round(consultation_id)
    waiting = statements.listed(consultation_id, "awaiting screening")
    return render_template(
        "statements/screen.html", consultation=consultation, terms=terms, waiting=waiting,
        admitted=statements.listed(consultation_id), refused=statements.listed(consultation_id, "not admitted"),
        lapsed=statements.listed(consultation_id, "lapsed"),
        closed=statements.CLOSED if statements.has_closed(consultation, now()) else "",
    )  # fmt: skip


@pages.post("/statements/<int:statement_id>/admit")
@needs(Permission.STATEMENT_SCREEN)
def admit(statement_id: int) -> Response:
    """Admit a statement."""
    row = statements.get(statement_id)
    try:
        statements.screen(row, True, by=actor())
        flash(_("It is admitted, and others can answer it."), "success")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("statements.screen", consultation_id=row.consultation_id))


@pages.route("/statements/<int:statement_id>/refuse", methods=["GET", "POST"])
@needs(Permission.STATEMENT_SCREEN)
def refuse(statement_id: int) -> Any:
    """Refuse a statement or take it out, with a reason."""
    row, form = statements.get(statement_id), RefuseForm()
    done, status = tried(form, lambda: statements.screen(row, False, form.reason.data or "", by=actor()))
    if done is not None:
        return redirect(url_for("statements.screen", consultation_id=row.consultation_id))
    return render_template("statements/refuse.html", form=form, row=row), status


@pages.get("/consultations/<int:consultation_id>/statements/groups")
@public
def groups(consultation_id: int) -> str:
    """What all groups agree on, what divides them, and every statement with its figures: a stored result."""
    consultation, terms = _round(consultation_id)
    return render_template(
        "statements/groups.html", consultation=consultation, terms=terms, stored=statements.result_of(consultation_id),
        texts={row.id: row.text for row in statements.listed(consultation_id)},
        over=participation.is_over(consultation, clock.now()), answered=statements.how_many_answered(consultation_id),
        hundredths=hundredths,
    )  # fmt: skip


@pages.get("/consultations/<int:consultation_id>/statements/answers.csv")
@public
def answers(consultation_id: int) -> Response:
    """The matrix of answers without identities."""
    consultation, _terms = _round(consultation_id)
    made = io.StringIO()
    csv.writer(made).writerows(statements.export(consultation, clock.now()))
    return Response(made.getvalue(), mimetype="text/csv")
