"""A unit's register of decisions: read, searched, exported, and entered by hand."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.decisions import BY_HAND, KIND_MEANINGS, KINDS
from consult.domain.policy import Permission
from consult.service import clock, decisions, units
from consult.web.fields import DateField, Form, RadioField, Required, StringField, SubmitField, TextAreaField
from consult.web.guards import actor, public, signed_in
from consult.web.trying import tried

pages = Blueprint("decisions", __name__)


class DecisionForm(Form):
    """A decision that is entered by hand."""

    kind = RadioField(
        _l("Who decided it?"), [Required()], choices=[(kind, kind.capitalize()) for kind in BY_HAND],
        render_kw={"hints": KIND_MEANINGS},
    )  # fmt: skip
    title = StringField(_l("Title"), [Required()])
    words = TextAreaField(_l("What was decided"), [Required()], render_kw={"rows": 5})
    reason = TextAreaField(_l("Reason"), render_kw={"rows": 3}, description=_l("An officer’s decision needs it."))
    decided_on = DateField(_l("Day of the decision"), [Required()])
    send = SubmitField(_l("Enter it"))


@pages.get("/units/<int:unit_id>/decisions")
@public
def index(unit_id: int) -> str:
    """One page of the register."""
    unit = units.get(unit_id)
    decisions.require_reader(unit, actor(), clock.now())
    words, kind = request.args.get("q", "")[:200], request.args.get("kind", "")
    text = request.args.get("page", "1")
    page = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    rows, many = decisions.search(unit, words, kind, page)
    asked = {name: value for name, value in (("q", words), ("kind", kind)) if value}
    return render_template(
        "decisions/index.html", unit=unit, rows=rows, many=many, words=words, kind=kind, kinds=KINDS, page_now=page,
        last=max(1, -(-many // decisions.A_PAGE)), query=urlencode(asked), readers=units.profile(unit).readers,
    )  # fmt: skip


@pages.get("/units/<int:unit_id>/decisions.csv")
@public
def export(unit_id: int) -> Response:
    """The register, or what was searched for in it, as CSV."""
    unit = units.get(unit_id)
    decisions.require_reader(unit, actor(), clock.now())
    pieces = decisions.as_csv(unit, request.args.get("q", "")[:200], request.args.get("kind", ""))
    answer = Response("".join(pieces), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="decisions-{unit.id}.csv"'
    return answer


@pages.route("/units/<int:unit_id>/decisions/new", methods=["GET", "POST"])
@signed_in
def new(unit_id: int) -> str | Response | tuple[str, int]:
    """Enter a vote of a meeting or an officer's decision."""
    unit, form = units.get(unit_id), DecisionForm()
    policy.require(Permission.DECISION_ENTER, actor(), unit, at=clock.now())
    done, status = tried(
        form,
        lambda: decisions.record(
            unit, form.kind.data, form.title.data or "", form.words.data or "", form.reason.data or "",
            form.decided_on.data, by=actor(),
        ),
    )  # fmt: skip
    if done is not None:
        flash(_("It is entered as decision %(n)s.", n=done.number), "success")
        return redirect(url_for("decisions.index", unit_id=unit_id))
    return render_template("decisions/new.html", form=form, unit=unit), status
