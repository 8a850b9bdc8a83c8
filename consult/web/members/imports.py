"""Importing members in the browser: choose a file, read the report, give the word."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _

from consult.domain.errors import Refused, Stale
from consult.domain.policy import Permission
from consult.service import clock, import_files, import_reports, imports, looking, office_ends, worker_state
from consult.service.import_rows import OUTCOMES
from consult.web import words
from consult.web.guards import actor, allowed, needs
from consult.web.members import columns, offices
from consult.web.members.forms import Confirm, Upload
from consult.web.members.views import pages
from consult.web.why import given


@pages.url_value_preprocessor
def _room_for_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Registers are larger than anything else that is sent; only those who may import may send so much."""
    if endpoint == "members.import_file" and request.method == "POST" and allowed(Permission.MEMBERS_IMPORT):
        request.max_content_length = import_files.LARGEST + (1 << 20)


@pages.route("/members/import", methods=["GET", "POST"])
@needs(Permission.MEMBERS_IMPORT)
def import_file() -> Any:
    """Choose a file; it is put down, and its columns are looked at next."""
    form, status = Upload(), 200
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                with closing(form.file.data) as sent:
                    file = import_files.receive(None, sent.stream, _options(form), by=actor())
                return redirect(url_for("members.import_columns", file_id=file.id))
        except Refused as refusal:
            form.refuse(refusal, "file")
            status = refusal.status
    return render_template("members/import.html", form=form, latest=import_files.latest()), status


def _options(form: Any) -> imports.Options:
    return imports.Options(
        shared_addresses=bool(form.shared_addresses.data),
        create_branches=bool(form.create_branches.data),
        dates=form.dates.data,
        encoding=form.encoding.data or "",
        zone=str(words.zone()),
    )


@pages.route("/members/import/<int:file_id>/columns", methods=["GET", "POST"])
@needs(Permission.MEMBERS_IMPORT)
def import_columns(file_id: int) -> Any:
    """Which column holds what: as guessed, or as the last time; the officer corrects it."""
    file = import_files.get(file_id)
    form, status = columns.form_of(file), 200
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                import_files.choose(file, columns.mapping_of(form), imports.Options(**file.options), by=actor())
                import_files.read_if_small(file)
                return redirect(url_for("members.import_report", file_id=file_id))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template("members/columns.html", form=form, file=file, **columns.told(file)), status


@pages.route("/members/import/<int:file_id>", methods=["GET", "POST"])
@needs(Permission.MEMBERS_IMPORT)
def import_report(file_id: int) -> Any:
    """How far it is; then the report, row by row; and taking the file."""
    file = import_files.get(file_id)
    if file.state != "read":
        return _on_the_way(file)
    report = imports.report_of(file)
    form, status = Confirm(), 200
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                return _taken(form, file, report)
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
            if isinstance(refusal, Stale):
                imports.note_if_out_of_date(file_id)
    form.sha256.data, form.fingerprint.data = report.sha256, report.fingerprint
    shown = _shown(report) | {"stale": imports.out_of_date(import_files.get(file_id))}
    return render_template("members/report.html", form=form, file=file, report=report, **shown), status


def _on_the_way(file: Any) -> Any:
    """The page of a file that is not read yet, is being taken, is taken, or cannot be read. It loads itself anew."""
    if file.state == "received":
        return redirect(url_for("members.import_columns", file_id=file.id))
    done = _told(file.figures["done"]) if file.state == "taken" else ""
    worker = worker_state.state(clock.now())
    answer = make_response(render_template("members/progress.html", file=file, told=done, worker=worker))
    if file.state in ("waiting", "reading", "taking"):
        answer.headers["Refresh"] = "2"
    return answer


def _taken(form: Any, file: Any, report: imports.Report) -> Any:
    """Take the file: a small one at once, a large one by the worker."""
    shown = replace(report, sha256=form.sha256.data or "", fingerprint=form.fingerprint.data or "")
    lapse, lapsing = bool(form.lapse.data), form.lapsing.data
    if report.total > import_files.MANY_ROWS:
        import_files.take_later(file, shown, given(form), lapse, lapsing, by=actor())
        import_files.tell_worker()
        return redirect(url_for("members.import_report", file_id=file.id))
    flash(_told(imports.apply(None, shown, given(form), lapse_missing=lapse, lapsing=lapsing, by=actor())), "success")
    return redirect(url_for("members.import_report", file_id=file.id))


def _shown(report: imports.Report) -> dict[str, Any]:
    """Which rows are looked at: those that are wrong first, if there are any."""
    show = request.args.get("show", "wrong" if report.counts["wrong"] else "")
    show = show if show in (*OUTCOMES, "missing") else ""
    page = request.args.get("page", 1, type=int)
    address = f"{request.path}?show={show or 'all'}&page="
    read = imports.missing_of(report, page) if show == "missing" else imports.rows_of(report, show, page)
    looking.note(actor(), read.people, "search", clock.now())  # the register is searched, by a file
    return {"show": show, "read": read, "address": address} | _ending(report)


def _ending(report: imports.Report) -> dict[str, Any]:
    """The offices that taking it would end: by its rows, and where those who are missing lapse; and whether one's own is
    among them, so that somebody else takes it.
    """
    at, me = clock.now(), actor().member_id
    named = imports.ending_of(report, at, False)
    missing = office_ends.of_missing(report.file_id, at) if report.missing else office_ends.Ending()
    return {
        "ends": offices.rows(named.offices), "lapse_ends": offices.rows(missing.offices),
        "own_ends": me in named.holders, "own_lapses": me in missing.holders,
    }  # fmt: skip


def _told(done: dict[str, int]) -> str:
    parts = [
        words.plural(done["new"], _("new member"), _("new members")),
        _("%(n)s changed", n=words.number(done["changed"])),
        _("%(n)s unchanged", n=words.number(done["unchanged"])),
    ]
    if done["lapsed"]:
        parts.append(_("%(n)s recorded as lapsed", n=words.number(done["lapsed"])))
    if done["branches"]:
        parts.append(words.plural(done["branches"], _("branch set up"), _("branches set up")))
    return _("The file is imported: %(what)s.", what=", ".join(parts))


@pages.get("/members/import/<int:file_id>/report.csv")
@needs(Permission.MEMBERS_IMPORT)
def import_download(file_id: int) -> Any:
    """The whole report as a file that spreadsheets open."""
    pieces = import_reports.download(import_files.get(file_id))
    answer = Response(stream_with_context(pieces), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="import-report.csv"'
    return answer


@pages.post("/members/import/<int:file_id>/drop")
@needs(Permission.MEMBERS_IMPORT)
def import_drop(file_id: int) -> Any:
    """Forget the file."""
    imports.drop(file_id)
    flash(_("The file is forgotten. Nothing was imported."), "success")
    return redirect(url_for("members.import_file"))
