"""Mandates: a branch's and a delegate's own, giving one, and reporting back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.mandates import DEED_MEANINGS, KIND_MEANINGS, kept
from consult.domain.policy import Permission
from consult.model.mandates import Mandate
from consult.service import clock, mandates, units
from consult.web import phrases
from consult.web.guards import actor, signed_in
from consult.web.mandates import forms
from consult.web.trying import tried

pages = Blueprint("mandates", __name__)

Answer = str | Response | tuple[str, int]


@pages.get("/mandates")
@signed_in
def mine() -> str:
    """The mandates that were given to the person asking, as a delegate."""
    me = actor().member_id
    rows = mandates.of_delegate(me) if me is not None else []
    return render_template("mandates/mine.html", rows=rows, standing=mandates.standing(rows), facts=_facts(rows))


def _facts(rows: list[Mandate]) -> dict[int, mandates.Facts]:
    return {row.id: mandates.facts_of(row) for row in rows}


@pages.get("/units/<int:unit_id>/mandates")
@signed_in
def of_unit(unit_id: int) -> str:
    """The mandates that a unit gave, and what came of each."""
    unit = units.get(unit_id)
    rows = mandates.of_unit(unit)
    return render_template(
        "mandates/unit.html", unit=unit, rows=rows, standing=mandates.standing(rows), facts=_facts(rows)
    )


@pages.route("/units/<int:unit_id>/mandates/new", methods=["GET", "POST"])
@signed_in
def give(unit_id: int) -> Answer:
    """Record a mandate that a meeting of the unit gave."""
    unit, at, form = units.get(unit_id), clock.now(), forms.MandateForm()
    policy.require(Permission.MANDATE_GIVE, actor(), unit, at=at)
    form.holding.choices = [(row.id, row.member.name) for row in mandates.delegates_of(unit, at)]
    motions = [(f"motion:{row.id}", f"{phrases.label(row.label)}: {row.title}") for row in mandates.motions_open()]
    form.matter.choices = motions + [(f"ballot:{row.id}", row.title) for row in mandates.ballots_open()]
    done, status = tried(form, lambda: mandates.give(unit, form.spec(), by=actor()))
    if done is not None:
        flash(_("The mandate is recorded, and stands in the register of decisions."), "success")
        return redirect(url_for("mandates.show", mandate_id=done.id))
    return render_template("mandates/give.html", form=form, unit=unit), status


@pages.route("/mandates/<int:mandate_id>", methods=["GET", "POST"])
@signed_in
def show(mandate_id: int) -> Answer:
    """One mandate: what was decided, how the matter went, how the delegate voted where that is open, and the report back."""
    row = mandates.get(mandate_id)
    facts, form = mandates.facts_of(row), forms.ReportForm()
    form.offer(row.kind)
    done, status = tried(form, lambda: mandates.report(row, form.deed.data, form.words.data or "", by=actor()))
    if done is not None:
        flash(_("Your report is with the branch."), "success")
        return redirect(url_for("mandates.show", mandate_id=mandate_id))
    return render_template(
        "mandates/show.html", form=form, row=row, facts=facts, meanings=KIND_MEANINGS, deeds=DEED_MEANINGS,
        kept=kept(row.position, facts.votes) if row.position else None, own=row.member_id == actor().member_id,
    ), status  # fmt: skip
