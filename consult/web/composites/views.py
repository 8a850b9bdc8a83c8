"""Composites: the list, each with its sources and signatures, and the committee's workbench."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.errors import Refused
from consult.domain.policy import Permission
from consult.model.composites import Composite
from consult.service import amendments, carrying_over, composites, compositing, consultations
from consult.web import phrases
from consult.web.composites import forms, presenters
from consult.web.guards import actor, needs, now, signed_in
from consult.web.trying import tried

pages = Blueprint("composites", __name__)


@pages.get("/composites")
@signed_in
def index() -> str:
    """Every composite, and where one can be begun."""
    return render_template(
        "composites/index.html", rows=composites.listed(), consultations=consultations.shown(actor(), now())
    )


@pages.route("/consultations/<int:consultation_id>/composites/new", methods=["GET", "POST"])
@needs(Permission.MOTION_COMPOSITE)
def new(consultation_id: int) -> Any:
    """Choose the motions of a composite."""
    consultation = consultations.readable(consultation_id, actor(), now())
    form, found = forms.BeginForm(), composites.candidates(consultation)
    presenters.offer(form, found)
    known = {row.id: row for row in found}

    def send() -> Composite:
        chosen = [known[number] for number in form.motions.data or ()]
        return composites.begin(consultation, chosen, form.title.data or "", by=actor())

    done, status = (None, 200) if form.narrow and form.narrow.data else tried(form, send)
    if done is not None:
        return redirect(url_for("composites.workbench", composite_id=done.id))
    return render_template("composites/new.html", form=form, consultation=consultation, found=found), status


@pages.get("/composites/<int:composite_id>")
@signed_in
def show(composite_id: int) -> str:
    """The text with the source of every clause, what became of each motion, who signed, and the record."""
    composite = composites.get(composite_id)
    return render_template(
        "composites/show.html", composite=composite, clauses=presenters.clauses(composite),
        covered=presenters.covered(composite), signatures=presenters.signatures(composite),
        missing=composites.unexplained(composite), carried=carrying_over.of_composite(composite_id),
    )  # fmt: skip


@pages.get("/composites/<int:composite_id>/workbench")
@needs(Permission.MOTION_COMPOSITE)
def workbench(composite_id: int) -> str:
    """The motions' clauses side by side, each beside what the composite says."""
    composite = composites.get(composite_id)
    return render_template(
        "composites/workbench.html", composite=composite, rows=presenters.rows(composite),
        added=presenters.added(composite), missing=composites.unexplained(composite),
    )  # fmt: skip


@pages.post("/composites/<int:composite_id>/clause")
@needs(Permission.MOTION_COMPOSITE)
def clause(composite_id: int) -> Response:
    """Take a clause word for word, or leave one out."""
    composite, sent = composites.get(composite_id), request.form
    revision = (
        int(sent.get("revision", "0"))
        if len(sent.get("revision", "0")) < 10 and sent.get("revision", "0").isdecimal()
        else 0
    )
    try:
        if sent.get("take"):
            parent, _colon, own = sent["take"].partition(":")
            composites.take(composite, (parent, own), sent.get("target", ""), revision=revision, by=actor())
        else:
            composites.drop(composite, sent.get("drop", ""), revision=revision, by=actor())
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("composites.workbench", composite_id=composite_id) + f"#row-{sent.get('row', '')}")


@pages.route("/composites/<int:composite_id>/text", methods=["GET", "POST"])
@needs(Permission.MOTION_COMPOSITE)
def text(composite_id: int) -> Any:
    """Write the composite's text by its sections."""
    composite = composites.get(composite_id)
    sections = amendments.sections_of(composites.document_of(composite))
    form = forms.TextForm(data=sections | {"revision": composite.revision})
    done, status = tried(
        form, lambda: composites.write(composite, form.sections, revision=int(form.revision.data or 0), by=actor())
    )
    if done is not None:
        flash(_("The text is saved. Look at where its clauses come from."), "success")
        return redirect(url_for("composites.tags", composite_id=composite_id))
    if status == 409:
        form.revision.data = str(composite.revision)
    return render_template("composites/text.html", form=form, composite=composite), status


@pages.route("/composites/<int:composite_id>/sources", methods=["GET", "POST"])
@needs(Permission.MOTION_COMPOSITE)
def tags(composite_id: int) -> Any:
    """Say where each clause comes from, why words are left out, and which branch moves the composite."""
    composite = composites.get(composite_id)
    status, problem = 200, ""
    if request.method == "POST":
        try:
            composites.tag(composite, **presenters.tagged(request.form), by=actor())
        except Refused as refusal:
            status, problem = refusal.status, phrases.said(str(refusal))
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("composites.tags", composite_id=composite_id))
    return render_template(
        "composites/tags.html", composite=composite, clauses=presenters.clauses(composite), problem=problem,
        missing=presenters.missing(composite, request.form), branches=composites.branches(composite),
        choices=presenters.choices(composite),
    ), status  # fmt: skip


@pages.post("/composites/<int:composite_id>/ask")
@needs(Permission.MOTION_COMPOSITE)
def ask(composite_id: int) -> Response:
    """Put the text to its branches."""
    try:
        compositing.ask(composites.get(composite_id), by=actor())
        flash(_("The branches are asked to sign this text. Any change from here asks them again."), "success")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("composites.show", composite_id=composite_id))
