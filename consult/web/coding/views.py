"""What is made of a consultation: the code book, coding one submission, the analysis, the response, you said – we did."""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain import policy
from consult.domain.coding import DONE_STATES, REPORTS
from consult.domain.consulting import USUAL_GROUP, VOICES
from consult.domain.errors import NotAllowed, NotFound, Refused
from consult.domain.policy import Permission
from consult.model.consultations import Consultation
from consult.service import clock, coding, consultations, motions, outcomes, participation, phase_moves, submissions
from consult.web import markdown
from consult.web.fields import (
    Form,
    HiddenField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from consult.web.guards import actor, now, public, signed_in
from consult.web.kept import for_visitors
from consult.web.trying import revision_of, tried
from consult.web.versions_asked import version_asked
from consult.web.why import ask_why

pages = Blueprint("coding", __name__)


class CodeForm(Form):
    """A code of the code book."""

    name = StringField(_l("Name"), [Required(), Length(max=80)])
    meaning = TextAreaField(
        _l("What it stands for"), [Required(), Length(max=500)], render_kw={"rows": 2},
        description=_l("When to use it and when not, so that two coders use it alike."),
    )  # fmt: skip
    send = SubmitField(_l("Add it"))


class ReportForm(Form):
    """An analysis or a response."""

    revision = HiddenField()
    body = TextAreaField(
        _l("Text"), [Required(), Length(max=outcomes.LONGEST)], render_kw={"rows": 20},
        description=_l("Headings begin with ##, list items with a hyphen."),
    )  # fmt: skip
    save = SubmitField(_l("Keep the draft"))
    publish = SubmitField(_l("Look at it and publish it"), render_kw={"classes": "govuk-button--secondary"})


class PublishForm(Form):
    """Publishing the text that was looked at."""

    revision = HiddenField()
    send = SubmitField(_l("Publish it"))


class RowForm(Form):
    """A row of “you said, we did”."""

    seen = HiddenField()
    said = TextAreaField(_l("You said"), [Required(), Length(max=1000)], render_kw={"rows": 3})
    did = TextAreaField(_l("We did, will do, or why not"), [Required(), Length(max=2000)], render_kw={"rows": 4})
    state = RadioField(_l("How far it is"), [Required()], choices=[(one, one.capitalize()) for one in DONE_STATES])
    motion = SelectField(_l("A motion that grew out of it"), coerce=int, default=0)
    send = SubmitField(_l("Save the row"))


class LinkForm(Form):
    """What a motion grew out of."""

    consultation = SelectField(_l("Consultation"), [Required()], coerce=int)
    why = TextAreaField(_l("What in it"), [Required(), Length(max=500)], render_kw={"rows": 3})
    send = SubmitField(_l("Link them"))


def _require(permission: Permission, consultation: Consultation) -> None:
    policy.require(permission, actor(), consultation, at=clock.now())


@pages.get("/consultations/<int:consultation_id>/outcome")
@public
@for_visitors
def outcome(consultation_id: int) -> str:
    """What came of it: analysis, response, you said – we did, and motions."""
    consultation = consultations.readable(consultation_id, actor(), now())
    return render_template(
        "coding/outcome.html", consultation=consultation, terms=participation.terms_of(consultation),
        analysis=outcomes.published(consultation_id, "analysis"), response=outcomes.published(consultation_id, "response"),
        rows=outcomes.said_and_done(consultation_id), sources=outcomes.motions_of(consultation_id),
        asked_again=phase_moves.asked_again_at(consultation_id),
    )  # fmt: skip


@pages.get("/consultations/<int:consultation_id>/<any(analysis, response):kind>")
@public
@for_visitors
def report(consultation_id: int, kind: str) -> str:
    """The newest published analysis or response, or an earlier one (`version`)."""
    consultation = consultations.readable(consultation_id, actor(), now())
    rows = [row for row in outcomes.reports(consultation_id, kind) if row.state == "published"]
    row = version_asked(rows, rows[0] if rows else None)
    if row is None:
        raise NotFound(_("It is not published yet."))
    figures = json.loads(row.figures) if row.figures else None
    return render_template(
        "coding/report.html", consultation=consultation, terms=participation.terms_of(consultation), row=row, rows=rows,
        kind=kind, figures=figures, voices=VOICES, fraction=Fraction, moment=datetime.fromisoformat,
        body=markdown.shown(row.body),
        asked_again=phase_moves.asked_again_at(consultation_id),
    )  # fmt: skip


@pages.route("/consultations/<int:consultation_id>/<any(analysis, response):kind>/write", methods=["GET", "POST"])
@signed_in
def write(consultation_id: int, kind: str) -> Any:
    """Write the analysis or the response; if it was saved elsewhere meanwhile, both texts are shown."""
    consultation = consultations.readable(consultation_id, actor(), now())
    _require(Permission.CONSULTATION_REPORT, consultation)
    draft, last = outcomes.draft_of(consultation_id, kind), outcomes.published(consultation_id, kind)
    kept = draft or last
    form = ReportForm(data={"body": kept.body if kept else "", "revision": draft.revision if draft else ""})
    done, status = tried(
        form, lambda: outcomes.save(consultation, kind, form.body.data or "", revision=revision_of(form), by=actor())
    )
    if done is not None and form["publish"].data:
        return redirect(url_for("coding.publish", consultation_id=consultation_id, kind=kind))
    if done is not None:
        flash(_("The draft is kept."), "success")
        return redirect(url_for("coding.write", consultation_id=consultation_id, kind=kind))
    newer = markdown.shown(draft.body) if draft and status == 409 else None
    if newer and draft:
        form["revision"].data = str(draft.revision)
    return render_template(
        "coding/write.html", form=form, consultation=consultation, kind=kind, newer=newer, meaning=REPORTS[kind]
    ), status


@pages.route("/consultations/<int:consultation_id>/<any(analysis, response):kind>/publish", methods=["GET", "POST"])
@signed_in
def publish(consultation_id: int, kind: str) -> Any:
    """The draft as everybody will read it, and publishing it."""
    consultation, draft = (
        consultations.readable(consultation_id, actor(), now()),
        outcomes.draft_of(consultation_id, kind),
    )
    _require(Permission.CONSULTATION_REPORT, consultation)
    if draft is None and outcomes.published(consultation_id, kind) is None:
        raise NotFound(_("There is no draft to publish."))
    if draft is None:
        flash(_("It is published already; a newer version begins as a new draft."), "success")
        return redirect(url_for("coding.report", consultation_id=consultation_id, kind=kind))
    form = PublishForm(data={"revision": draft.revision})
    done, status = tried(form, lambda: outcomes.publish(draft, revision=revision_of(form), by=actor()))
    if done is not None:
        flash(_("It is published."), "success")
        return redirect(url_for("coding.report", consultation_id=consultation_id, kind=kind))
    form["revision"].data = str(draft.revision)
    terms = participation.terms_of(consultation)
    figures = outcomes.figures_of(consultation_id, terms.minimum_group) if terms and kind == "analysis" else None
    return render_template(
        "coding/publish.html", form=form, consultation=consultation, kind=kind, figures=figures, voices=VOICES,
        fraction=Fraction, moment=datetime.fromisoformat, body=markdown.shown(draft.body), terms=terms,
    ), status  # fmt: skip


@pages.route("/consultations/<int:consultation_id>/coding", methods=["GET", "POST"])
@signed_in
def index(consultation_id: int) -> Any:
    """The coders' desk: the code book, who has read what, and how well they agree."""
    consultation, form = consultations.readable(consultation_id, actor(), now()), CodeForm()
    _require(Permission.CONSULTATION_CODE, consultation)
    done, status = tried(
        form, lambda: coding.add_code(consultation, form.name.data or "", form.meaning.data or "", by=actor())
    )
    if done is not None:
        return redirect(url_for("coding.index", consultation_id=consultation_id))
    terms = participation.terms_of(consultation)
    figures = coding.Figures(consultation_id, terms.minimum_group if terms else USUAL_GROUP)
    return render_template(
        "coding/index.html", form=form, consultation=consultation, terms=terms, voices=VOICES, figures=figures,
        own=coding.own_of(consultation_id, actor()),
    ), status  # fmt: skip


@pages.route("/codes/<int:code_id>/retire", methods=["GET", "POST"])
@signed_in
def retire(code_id: int) -> Any:
    """Close a code to further use, or open it again, with the reason."""
    row = coding.code(code_id)
    _require(Permission.CONSULTATION_CODE, row.consultation)
    return ask_why(
        lambda reason: coding.retire(row, reason, by=actor()),
        title=_("Open the code “%(name)s” again", name=row.name) if row.retired else _("Close the code “%(name)s”", name=row.name),
        lede=_("What was coded with it stands."),
        button=_("Open it again") if row.retired else _("Close it"),
        back=url_for("coding.index", consultation_id=row.consultation_id),
        done=_("The code is open again.") if row.retired else _("The code is closed to further use."),
        variant=None,
    )  # fmt: skip


@pages.route("/submissions/<int:contribution_id>/code", methods=["GET", "POST"])
@signed_in
def code(contribution_id: int) -> Any:
    """Code one submission: tick what each answer speaks of, and copy the words that it rests on."""
    row = submissions.get(contribution_id)
    _require(Permission.CONSULTATION_CODE, row.consultation)
    if row.version is None:
        raise NotFound(_("There is no submission of this number that can be coded."))
    if contribution_id in coding.own_of(row.consultation_id, actor()):
        raise NotAllowed(coding.OTHERS_CODE)
    parts = coding.parts_of(row.version.document, coding.asked_openly(row.consultation_id))
    codes = coding.codes_of(row.consultation_id)
    form, status = Form(), 200
    typed = {part: {c.id: request.form.get(f"{part}-{c.id}-quote", "") for c in codes if request.form.get(f"{part}-{c.id}")}
             for part in parts}  # fmt: skip
    if form.validate_on_submit():
        try:
            found = [(p, c, q) for p, some in typed.items() for c, q in some.items()]
            coding.finish(row, found, seen=request.form.getlist("seen", type=int), by=actor())
            flash(_("It is coded."), "success")
            return redirect(url_for("coding.index", consultation_id=row.consultation_id))
        except Refused as refused:
            status = refused.status if refused.status == 409 else 422
            form.refuse(str(refused))
    wording = {str(question.id): question.wording for question in participation.questions_of(row.consultation_id)}
    marked = typed if request.method == "POST" else coding.own(row.version.id, actor())
    reading, (_first, published_at) = coding.reading_of(row.version.id, actor()), coding.analyses(row.consultation_id)
    fixed = coding.fixed(row.version.id, actor(), published_at)
    return render_template(
        "coding/code.html", form=form, row=row, parts=parts, codes=codes, marked=marked, wording=wording, reading=reading,
        fixed=fixed, published_at=published_at,
    ), status  # fmt: skip


@pages.route("/consultations/<int:consultation_id>/said-and-done/new", methods=["GET", "POST"])
@signed_in
def new_row(consultation_id: int) -> Any:
    """Enter a row."""
    return _row(consultations.readable(consultation_id, actor(), now()), None)


@pages.route("/said-and-done/<int:row_id>", methods=["GET", "POST"])
@signed_in
def change_row(row_id: int) -> Any:
    """Change a row."""
    kept = outcomes.row(row_id)
    return _row(kept.consultation, kept)


def _row(consultation: Consultation, kept: Any) -> Any:
    _require(Permission.CONSULTATION_REPORT, consultation)
    typed = {name: getattr(kept, name) for name in ("said", "did", "state")} if kept else {}
    form = RowForm(data=typed | {"motion": kept.motion_id or 0, "seen": outcomes.mark_of(kept)} if kept else None)
    grown = [(one.motion_id, f"{one.motion.label}: {one.motion.title}") for one in outcomes.motions_of(consultation.id)]
    form.motion.choices = [(0, _("None")), *grown]

    def save() -> Any:
        values = (form.said.data or "", form.did.data or "", form.state.data, kept.code_id if kept else None)
        row = outcomes.Row(*values, motion_number=form.motion.data or None)
        return outcomes.set_row(consultation, kept, row, seen=form.seen.data, by=actor())

    done, status = tried(form, save)
    if done is not None:
        return redirect(url_for("coding.outcome", consultation_id=consultation.id, _anchor="done"))
    return render_template("coding/row.html", form=form, consultation=consultation), status


@pages.route("/motions/<int:motion_id>/grew-out-of", methods=["GET", "POST"])
@signed_in
def link(motion_id: int) -> Any:
    """Say what consultation a motion grew out of."""
    motion, form = motions.get(motion_id), LinkForm()
    outcomes.require_linker(motion, actor(), now())
    able = [row for row in consultations.shown(actor(), now()) if participation.terms_of(row) is not None]
    form.consultation.choices = [(row.id, row.title) for row in able]
    done, status = tried(
        form,
        lambda: outcomes.link(
            motion, consultations.readable(form.consultation.data, actor(), now()), form.why.data or "", by=actor()
        ),
    )
    if done is not None:
        return redirect(url_for("motions.show", motion_id=motion_id))
    return render_template("coding/link.html", form=form, motion=motion), status
