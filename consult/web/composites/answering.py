"""A composite's last pages: a branch signs or refuses, the committee publishes or gives up, movers answer about amendments."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.model.composites import Composite
from consult.model.units import Unit
from consult.service import amendments, carrying_over, clock, composites, compositing, motions
from consult.web.composites import forms, presenters
from consult.web.composites.views import pages
from consult.web.guards import actor, needs, signed_in
from consult.web.trying import tried


@pages.route("/composites/<int:composite_id>/branches/<int:unit_id>", methods=["GET", "POST"])
@signed_in
def answer(composite_id: int, unit_id: int) -> Any:
    """Sign or refuse for a contributing branch, after reading exactly what is signed."""
    composite = composites.get(composite_id)
    unit = next((own for own in composites.branches(composite) if own.id == unit_id), None)
    if unit is None:
        raise NotFound("This branch has no motion in the composite.")
    policy.require(Permission.COMPOSITE_SIGN, actor(), unit, at=clock.now())
    form = forms.AnswerForm(data={"seal": composite.seal or ""})
    done, status = tried(form, lambda: _answer(form, unit, composite))
    if done is not None:
        flash(_("The answer of %(branch)s is on the record.", branch=unit.name), "success")
        return redirect(url_for("composites.show", composite_id=composite_id))
    if status == 409:
        form.seal.data = composite.seal or ""
    return render_template(
        "composites/answer.html", form=form, composite=composite, unit=unit, clauses=presenters.clauses(composite),
        covered=[each for each in presenters.covered(composite) if each["motion"].unit_id == unit_id],
    ), status  # fmt: skip


def _answer(form: forms.AnswerForm, unit: Unit, composite: Composite) -> Composite:
    seal = form.seal.data or ""
    if form.answer.data == "sign":
        return compositing.sign(unit, composite, seal, by=actor())
    return compositing.refuse(unit, composite, seal, form.reason.data or "", by=actor())


@pages.route("/composites/<int:composite_id>/publish", methods=["GET", "POST"])
@needs(Permission.MOTION_COMPOSITE)
def publish(composite_id: int) -> Any:
    """Say what becomes of the motions and their amendments; ask; do it."""
    composite = composites.get(composite_id)
    form = forms.PublishForm(data={"seal": composite.seal or ""})
    done, status = tried(form, lambda: compositing.publish(composite, seal=form.seal.data or "", by=actor()))
    if done is not None:
        flash(_("%(label)s is published as a motion of its own.", label=done.label), "success")
        return redirect(url_for("motions.show", motion_id=done.motion_id))
    fates = carrying_over.fates(composite)
    return render_template("composites/publish.html", form=form, composite=composite, fates=fates), status


@pages.route("/composites/<int:composite_id>/give-up", methods=["GET", "POST"])
@needs(Permission.MOTION_COMPOSITE)
def give_up(composite_id: int) -> Any:
    """Give a composite up, with a reason."""
    composite = composites.get(composite_id)
    form = forms.GiveUpForm()
    done, status = tried(form, lambda: compositing.give_up(composite, form.reason.data, by=actor()))
    if done is not None:
        flash(_("It is given up. Its motions stand on the agenda as they were."), "success")
        return redirect(url_for("composites.show", composite_id=composite_id))
    return render_template("composites/give_up.html", form=form, composite=composite), status


# -- amendments to the motions ---------------------------------------------------------------------------------------


@pages.get("/composites/<int:composite_id>/amendments")
@signed_in
def carried(composite_id: int) -> str:
    """What became of every amendment to the motions of a composite."""
    composite = composites.get(composite_id)
    return render_template(
        "composites/amendments.html", composite=composite, rows=carrying_over.of_composite(composite_id)
    )


@pages.route("/amendments/<int:amendment_id>/composite", methods=["GET", "POST"])
@signed_in
def anew(amendment_id: int) -> Any:
    """The mover's answer: move the amendment anew on the composite's words, or let it go."""
    row = amendments.get(amendment_id)
    policy.require(Permission.AMENDMENT_WITHDRAW, actor(), row, at=clock.now())
    kept = carrying_over.of_amendment(amendment_id)
    if kept is None or kept.composite.motion_id is None:
        raise NotFound("Nobody asked about this amendment.")
    motion = motions.get(kept.composite.motion_id)
    form = forms.AnewForm(data=amendments.sections_of(motions.draft_of(motion)))
    going = "let_go" in request.form
    done, status = tried(form, lambda: carrying_over.answer(row, not going, form.sections, by=actor()))
    if done is not None:
        flash(
            _("It is let go.") if going else _("It is a draft to the composite now; your delegate submits it."),
            "success",
        )
        target = row.id if done.became_id is None else done.became_id
        return redirect(url_for("amendments.show", amendment_id=target))
    return render_template("composites/anew.html", form=form, amendment=row, kept=kept, motion=motion), status
