"""Standing texts as everybody reads them, entering one, and saying what a motion would change in one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.policy import Permission
from consult.service import clock, motions, standing, units
from consult.text.clauses import Document
from consult.web.guards import actor, needs, public, signed_in
from consult.web.kept import for_visitors
from consult.web.motions import presenters
from consult.web.standing import forms
from consult.web.trying import tried

pages = Blueprint("standing", __name__)


@pages.get("/standing-texts")
@public
@for_visitors
def index() -> str:
    """Every constitution and rule book."""
    return render_template("standing/index.html", rows=standing.listed())


@pages.get("/standing-texts/<int:text_id>")
@public
@for_visitors
def show(text_id: int) -> str:
    """One standing text as it now stands, and the motions that made it so."""
    found = standing.get(text_id)
    line = request.args.get("line", "")
    return render_template(
        "standing/show.html", found=found, clauses=presenters.clauses_of(found.version) if found.version else [],
        line=int(line) if line.isdecimal() and len(line) < 9 else None,
    )  # fmt: skip


@pages.route("/standing-texts/new", methods=["GET", "POST"])
@needs(Permission.SITTING_KEEP)
def new() -> Any:
    """Enter a constitution or rule book."""
    form = forms.EnterForm()
    form.unit.choices = [(unit.id, unit.name) for unit in units.all_units()]
    done, status = tried(
        form,
        lambda: standing.enter(units.get(form.unit.data), form.title.data or "", form.text.data or "", by=actor()),
    )
    if done is not None:
        flash(_("Entered. From now on it is amended by motions alone."), "success")
        return redirect(url_for("standing.show", text_id=done.id))
    return render_template("standing/new.html", form=form), status


@pages.get("/motions/<int:motion_id>/changes-rules")
@public
@for_visitors
def changes(motion_id: int) -> str:
    """What a motion would change in a standing text."""
    motion = motions.get(motion_id)
    motions.require_readable(actor(), motion.state, motion.mover_id, motion.number)
    return render_template(
        "standing/changes.html", motion=motion, change=standing.change_of(motion_id), texts=standing.listed(),
        stored=presenters.stored_marks, mine=actor().member_id == motion.mover_id,
    )  # fmt: skip


@pages.route("/motions/<int:motion_id>/changes-rules/<int:text_id>", methods=["GET", "POST"])
@signed_in
def propose(motion_id: int, text_id: int) -> Any:
    """Edit a standing text as the motion would have it read."""
    motion, text = motions.get(motion_id), standing.get(text_id)
    policy.require(Permission.MOTION_EDIT, actor(), motion, at=clock.now())
    now = standing.typed(Document.from_data(text.version.document)) if text.version else ""
    form = forms.ChangeForm(data={"text": now})
    done, status = tried(form, lambda: standing.propose(motion, text, form.text.data or "", by=actor()))
    if done is not None:
        flash(_("Saved."), "success")
        return redirect(url_for("standing.changes", motion_id=motion_id))
    return render_template("standing/propose.html", form=form, motion=motion, text=text), status
