"""What is done to a unit: described, put under another, merged, closed, and its founding period."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.officer_proposals import CLOSE, MERGE
from consult.domain.policy import Permission
from consult.model.officer_proposals import OfficerProposal
from consult.model.store import db
from consult.model.units import Unit
from consult.service import agreeing, clock, founding, reorganising, requisitions, units
from consult.service.reorganising import Office
from consult.web.guards import actor, needs, signed_in
from consult.web.trying import tried
from consult.web.units import forms
from consult.web.units.views import Answer, pages
from consult.web.why import given


def _back(unit_id: int, words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("units.show", unit_id=unit_id))


@pages.route("/units/<int:unit_id>/about", methods=["GET", "POST"])
@signed_in
def describe(unit_id: int) -> Answer:
    """What the unit says about itself, and who reads its register of decisions."""
    unit = units.get_open(unit_id)
    policy.require(Permission.UNIT_DESCRIBE, actor(), unit, at=clock.now())
    form = forms.Describe(obj=units.profile(unit))
    if not units.is_described(unit):
        del form.reason
    tell = lambda: units.describe(unit, form.about.data or "", form.readers.data, given(form), by=actor())  # noqa: E731
    done, status = tried(form, tell)
    if done is not None:
        return _back(unit_id, _("Saved."))
    return render_template("units/describe.html", form=form, unit=unit), status


def _of_kind(unit: Unit, kinds: tuple[str | None, ...]) -> list[Unit]:
    return [one for one in units.all_units() if one.kind in kinds and one.id != unit.id]


@pages.route("/units/<int:unit_id>/move", methods=["GET", "POST"])
@needs(Permission.UNIT_KEEP)
def move(unit_id: int) -> Answer:
    """Put it under another unit."""
    unit, form = units.get_open(unit_id), forms.Move()
    places = _of_kind(unit, units.PARENTS[unit.kind])
    top = [("", _("none"))] if None in units.PARENTS[unit.kind] else []
    form.parent.choices = [*top, *((str(one.id), f"{one.name} ({one.kind_words})") for one in places)]

    def send() -> Unit:
        parent = units.get(int(form.parent.data)) if form.parent.data else None
        moved: Unit = reorganising.move(unit, parent, form.reason.data or "", by=actor())
        return moved

    done, status = tried(form, send)
    if done is not None:
        return _back(unit_id, _("%(name)s stands there now.", name=done.name))
    return render_template("units/move.html", form=form, unit=unit), status


@pages.route("/units/<int:unit_id>/merge", methods=["GET", "POST"])
@needs(Permission.UNIT_KEEP)
def merge(unit_id: int) -> Answer:
    """Merge it into another unit of its kind, or propose it where others hold an office in it."""
    unit, form = units.get_open(unit_id), forms.Merge()
    others = [(str(one.id), one.name) for one in _of_kind(unit, (unit.kind,))]
    form.into.choices = [("", _("Choose one")), *others]
    ending = reorganising.offices(db.session(), unit, clock.now())

    def send() -> Unit | OfficerProposal:
        into, why = units.get(int(form.into.data)), form.reason.data or ""
        if _others(ending):
            return _proposed(unit, why, MERGE, into=into.id)
        merged: Unit = reorganising.merge(unit, into, why, by=actor())
        return merged

    done, status = tried(form, send)
    if done is not None:
        return _ended(done, _("%(name)s is merged.", name=unit.name))
    shown = {"figures": units.figures(unit), "ending": ending, "two": bool(_others(ending))}
    return render_template("units/merge.html", form=form, unit=unit, **shown), status


@pages.route("/units/<int:unit_id>/close", methods=["GET", "POST"])
@needs(Permission.UNIT_KEEP)
def close(unit_id: int) -> Answer:
    """Close it, or propose it where others hold an office in it."""
    unit, form = units.get_open(unit_id), forms.Close()
    ending = reorganising.offices(db.session(), unit, clock.now())

    def send() -> Unit | OfficerProposal:
        if _others(ending):
            return _proposed(unit, form.reason.data or "", CLOSE)
        closed: Unit = reorganising.close(unit, form.reason.data or "", by=actor())
        return closed

    done, status = tried(form, send)
    if done is not None:
        return _ended(done, _("%(name)s is closed.", name=unit.name))
    shown = {"figures": units.figures(unit), "ending": ending, "two": bool(_others(ending))}
    return render_template("units/close.html", form=form, unit=unit, **shown), status


def _others(ending: list[Office]) -> list[Office]:
    return [one for one in ending if one.member_id != actor().member_id]


def _proposed(unit: Unit, reason: str, what: str, **terms: int) -> OfficerProposal:
    made: OfficerProposal = agreeing.propose(unit, reason, what=what, terms=terms, by=actor())
    return made


def _ended(done: Unit | OfficerProposal, words: str) -> Response:
    """Back to the unit, or to the proposal that somebody else has to agree to."""
    if isinstance(done, Unit):
        return _back(done.id, words)
    flash(_("Proposed. It takes effect when another member of the committee agrees."), "success")
    return redirect(url_for("proposals.show", proposal_id=done.id))


@pages.route("/units/<int:unit_id>/founding", methods=["GET", "POST"])
@needs(Permission.ROLE_GIVE)
def found(unit_id: int) -> Answer:
    """Begin its founding period, or end the one that is running."""
    unit = units.get_open(unit_id)
    period = founding.of_unit(unit_id)
    if period is not None:
        form: forms.EndFounding | forms.Found = forms.EndFounding()
        made, status = tried(form, lambda: agreeing.propose(unit, form.reason.data or "", by=actor()))
        if made is not None:
            flash(_("Proposed. The founding period ends when another member of the committee agrees."), "success")
            return redirect(url_for("proposals.show", proposal_id=made.id))
        done = None
    else:
        form = first = forms.Found()
        done, status = tried(first, lambda: founding.begin(unit, first.ends_at(), first.reason.data or "", by=actor()))
    if done is not None:
        return _back(unit_id, _("It is on the record."))
    held = [row for row in requisitions.offices_of(unit, clock.now()) if row.interim]
    return render_template("units/founding.html", form=form, unit=unit, period=period, held=held), status
