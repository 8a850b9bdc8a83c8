"""Bringing a motion in from a file or pasted text, with a preview that its mover corrects before anything is kept."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.errors import Refused
from consult.domain.policy import Permission
from consult.domain.rulebook import Rulebook
from consult.model.consultations import Consultation
from consult.service import clock, consultations, importing, motions
from consult.service.importing import Row
from consult.text import importers
from consult.text.clauses import Document, Kind, Mark, word_count
from consult.web import phrases
from consult.web.guards import actor, now, signed_in
from consult.web.motions import forms
from consult.web.motions.views import pages
from consult.web.trying import tried


@pages.route("/consultations/<int:consultation_id>/motions/import", methods=["GET", "POST"])
@signed_in
def bring_in(consultation_id: int) -> Any:
    """Choose a file or paste the text; what was read is shown, and nothing is kept yet."""
    consultation = consultations.readable(consultation_id, actor(), now())
    policy.require(Permission.MOTION_DRAFT, actor(), consultation, at=clock.now())
    motions.require_taken(consultation)
    form = forms.ImportForm(data={"style": "text"})

    def read() -> Any:
        name = getattr(form.file.data, "filename", "") or ""
        if name:
            found = importing.read_file(name, form.file.data.stream.read(importers.LARGEST_FILE + 1))
        else:
            found = importing.read_text(form.text.data or "", form.style.data or "text")
        return importing.rows_of(found), [*found.issues, *found.guesses]

    done, status = tried(form, read)
    if done is not None:
        return _preview(consultation, _preview_form(), done[0], done[1], 200)
    return render_template("motions/import.html", form=form, consultation=consultation), status


@pages.post("/consultations/<int:consultation_id>/motions/import/preview")
@signed_in
def correct(consultation_id: int) -> Any:
    """Correct what was read: kinds, words, splitting, joining, leaving out; then keep it as a draft."""
    consultation = consultations.readable(consultation_id, actor(), now())
    policy.require(Permission.MOTION_DRAFT, actor(), consultation, at=clock.now())
    rows, form = _rows(), _preview_form()
    verb, _colon, place = request.form.get("do", "").partition(":")
    number = int(place) if place.isdecimal() and len(place) < 4 else -1
    changes = {"split": importing.split, "merge": importing.merge, "drop": importing.dropped}
    if verb in changes:
        return _preview(consultation, form, changes[verb](rows, number), [], 200)
    if verb == "add":
        return _preview(consultation, form, [*rows, Row(Kind.RESOLVES, "")], [], 200)
    units = {unit.id: unit for unit in motions.units_of(actor().member_id or 0)}

    def keep() -> Any:
        document = importing.document_of(rows)
        return motions.draft_document(consultation, units[form.unit.data], document, form.topic.data or "", by=actor())

    done, status = tried(form, keep) if verb == "keep" else (None, 200)
    if done is not None:
        flash(_("The draft is saved."), "success")
        return redirect(url_for("motions.show", motion_id=done.id))
    return _preview(consultation, form, rows, [], status)


def _preview_form() -> forms.PreviewForm:
    form = forms.PreviewForm()
    units = motions.units_of(actor().member_id or 0)
    form.unit.choices = [(unit.id, unit.name) for unit in units]
    form.unit.data = form.unit.data or units[0].id
    return form


def _rows() -> list[Row]:
    """The rows as the page sent them; marks are kept where the words are those that were read."""
    found = []
    for number in range(importing.MOST_ROWS):
        if f"text-{number}" not in request.form:
            break
        text = request.form[f"text-{number}"].replace("\r\n", "\n").strip()
        same = text == request.form.get(f"was-{number}", "")
        marks = _marks(request.form.get(f"marks-{number}", "")) if same else ()
        kind = request.form.get(f"kind-{number}", "")
        found.append(Row(Kind(kind) if kind in set(importing.KINDS) else Kind.RESOLVES, text, marks))
    return found


def _marks(text: str) -> tuple[Mark, ...]:
    """The marks of a row; anything that is none is left out."""
    try:
        return tuple(
            Mark(str(m["kind"]), int(m["start"]), int(m["end"]), str(m.get("href", ""))) for m in json.loads(text)
        )
    except (ValueError, KeyError, TypeError, AttributeError, Refused):
        return ()


def _preview(consultation: Consultation, form: forms.PreviewForm, rows: list[Row], told: list[str], status: int) -> Any:
    document: Document | None = None
    try:
        document = importing.document_of(rows)
    except Refused as refusal:
        told = [*told, phrases.said(str(refusal))]
    shown = [(row, json.dumps([mark.to_data() for mark in row.marks])) for row in rows]
    return render_template(
        "motions/import_preview.html", form=form, consultation=consultation, rows=shown, told=told,
        kinds=importing.KINDS, words=word_count(document) if document else None,
        rules=Rulebook.from_json(consultation.rulebook.rules),
    ), status  # fmt: skip
