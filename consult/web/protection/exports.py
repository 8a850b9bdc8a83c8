"""Exports of members' data: asked for, decided by a second person, taken once."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, stream_with_context, url_for
from flask_babel import gettext as _

from consult.domain.policy import Permission
from consult.domain.protection import EXPORT_LIFE
from consult.domain.purposes import EXPORT_COLUMNS, EXPORTS
from consult.service import member_exports, units
from consult.web import words
from consult.web.guards import actor, allowed, needs, now
from consult.web.protection import forms
from consult.web.protection.own import pages
from consult.web.trying import tried


@pages.get("/protection/exports")
@needs(Permission.PROTECTION_READ)
def exports() -> str:
    """Every export that was asked for, and what became of it."""
    return render_template(
        "protection/exports.html",
        exports=member_exports.listed(),
        purposes=EXPORTS,
        state=lambda export: member_exports.state(export, now()),
    )


@pages.route("/protection/exports/ask", methods=["GET", "POST"])
@needs(Permission.MEMBERS_EXPORT_ASK)
def ask_export() -> Any:
    """Ask for an export."""
    form = forms.Export()
    form.offer(units.all_units())

    def do() -> Any:
        unit = units.get(int(form.unit.data)) if form.unit.data else None
        chosen = form.purpose.data, form.columns.data or [], unit, form.statuses.data or [], form.reason.data
        return member_exports.ask(None, *chosen, by=actor())

    export, status = tried(form, do)
    if export:
        flash(_("It is asked for. Somebody else decides; then you can take it once, for 24 hours."), "success")
        return redirect(url_for("protection.export", export_id=export.id))
    needed = [(kind.words, ", ".join(EXPORT_COLUMNS[name] for name in kind.columns)) for kind in EXPORTS.values()]
    return render_template("protection/ask_export.html", form=form, needed=needed), status


@pages.route("/protection/exports/<int:export_id>", methods=["GET", "POST"])
@needs(Permission.PROTECTION_READ)
def export(export_id: int) -> Any:
    """One export; sending the form refuses it."""
    found, form = member_exports.get(export_id), forms.Refuse()
    done, status = tried(form, lambda: member_exports.refuse(found, form.reason.data, by=actor()))
    if done:
        flash(_("The export is refused."), "success")
        return redirect(url_for("protection.export", export_id=export_id))
    state = member_exports.state(found, now())
    mine = found.asked_by_id == actor().member_id
    return render_template(
        "protection/export.html",
        export=found,
        form=form,
        state=state,
        purpose=EXPORTS[found.purpose].words,
        columns=", ".join(EXPORT_COLUMNS[name] for name in found.columns),
        decides=state.startswith("waits") and not mine and allowed(Permission.MEMBERS_EXPORT_AGREE),
        takes=state == "can be taken" and mine,
        hours=int(EXPORT_LIFE.total_seconds() // 3600),
    ), status


@pages.post("/protection/exports/<int:export_id>/agree")
@needs(Permission.MEMBERS_EXPORT_AGREE)
def agree_export(export_id: int) -> Any:
    """Agree, as the second person."""
    member_exports.agree(member_exports.get(export_id), by=actor())
    flash(_("You have agreed. Whoever asked can take the file once, within 24 hours."), "success")
    return redirect(url_for("protection.export", export_id=export_id))


@pages.post("/protection/exports/<int:export_id>/members.csv")
@needs(Permission.MEMBERS_EXPORT_ASK)
def take_export(export_id: int) -> Response:
    """The file, once."""
    found = member_exports.take(member_exports.get(export_id), by=actor())
    answer = Response(stream_with_context(member_exports.lines(found, words.zone())), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="members-{found.id}.csv"'
    return answer
