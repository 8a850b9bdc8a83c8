"""Rulebooks: presets to begin from, versions adopted by each body, and which version applied to what."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.policy import Permission
from consult.domain.presets import PRESETS
from consult.domain.rulebook import Rulebook
from consult.service import clock, consultations, rulebooks, units
from consult.web.guards import actor, needs, now, public
from consult.web.kept import for_visitors
from consult.web.rulebooks import forms, presenters
from consult.web.trying import tried

pages = Blueprint("rulebooks", __name__)


@pages.get("/rulebooks")
@public
@for_visitors
def index() -> str:
    """What bodies adopted, newest first, every version kept, and the presets."""
    return render_template(
        "rulebooks/index.html", adoptions=rulebooks.adoptions(), kept=rulebooks.kept(), presets=PRESETS
    )


@pages.get("/rulebooks/<int:rulebook_id>")
@public
@for_visitors
def show(rulebook_id: int) -> str:
    """One version: its rules in sentences, who adopted it and why, what it changed, and what it applied to."""
    row = rulebooks.get(rulebook_id)
    rules = rulebooks.rules_in(row)
    earlier = next(
        (other for other in rulebooks.kept() if other.name == row.name and other.version < row.version), None
    )
    changes = rulebooks.differences(rulebooks.rules_in(earlier), rules) if earlier else []
    return render_template(
        "rulebooks/show.html", row=row, rules=rules, adoption=rulebooks.adoption_of(row), earlier=earlier,
        sentences=presenters.sentences(rules), hall=presenters.hall(rules),
        majorities=presenters.majorities(rules), demands=presenters.demands(rules), applied=rulebooks.applied_to(row),
        changes=[presenters.change(*change) for change in changes],
    )  # fmt: skip


@pages.get("/rulebooks/presets/<key>")
@public
@for_visitors
def preset(key: str) -> str:
    """What a preset says, before it is adopted."""
    found = rulebooks.preset(key)
    return render_template(
        "rulebooks/preset.html", preset=found, rules=found.rules, sentences=presenters.sentences(found.rules),
        hall=presenters.hall(found.rules), majorities=presenters.majorities(found.rules),
        demands=presenters.demands(found.rules),
    )  # fmt: skip


@pages.route("/rulebooks/new", methods=["GET", "POST"])
@needs(Permission.RULEBOOK_KEEP)
def new() -> Any:
    """Adopt a preset, or a version there is, with the values as they are typed."""
    key, before = request.args.get("preset", ""), request.args.get("from", "")
    if before.isdecimal() and len(before) < 9:
        start = rulebooks.rules_in(rulebooks.get(int(before)))
        key = ""
    else:
        start = rulebooks.preset(key or "conference").rules
    return _editor(start, key)


def _editor(start: Rulebook, key: str) -> Any:
    form = forms.RulesForm(data=forms.data_of(start))
    form.unit.choices = [(unit.id, unit.name) for unit in units.all_units()]

    def adopt() -> Any:
        made = rulebooks.changed(start, form.values)
        return rulebooks.adopt(units.get(form.unit.data), made, form.reason.data or "", preset=key, by=actor())

    done, status = tried(form, adopt)
    if done is not None:
        flash(
            _("Adopted. The version before it is kept; put the new one in force for a consultation below."), "success"
        )
        return redirect(url_for("rulebooks.show", rulebook_id=done.rulebook_id))
    return render_template("rulebooks/edit.html", form=form, sections=forms.SECTIONS, start=start), status


@pages.route("/consultations/<int:consultation_id>/rules", methods=["GET", "POST"])
@needs(Permission.RULEBOOK_KEEP)
def apply(consultation_id: int) -> Any:
    """Put another version in force for a consultation."""
    consultation = consultations.readable(consultation_id, actor(), now())
    policy.require(Permission.RULEBOOK_KEEP, actor(), consultation, at=clock.now())
    kept = {row.id: row for row in rulebooks.kept()}
    form = forms.ApplyForm(data={"rulebook": consultation.rulebook_id})
    form.rulebook.choices = [
        (row.id, _("%(name)s, version %(n)s", name=row.name, n=row.version)) for row in kept.values()
    ]
    done, status = tried(
        form,
        lambda: rulebooks.put_in_force(consultation, kept[form.rulebook.data], form.reason.data or "", by=actor()),
    )
    if done is not None:
        flash(_("These rules are in force for it."), "success")
        return redirect(url_for("consultations.show", consultation_id=consultation_id))
    return render_template("rulebooks/apply.html", form=form, consultation=consultation), status
