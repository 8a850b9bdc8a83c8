"""The papers of a consultation: reports, agendas and order papers as pages and as files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.agenda import KINDS, changes, cut_line, verdict
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.model.agenda import Issue
from consult.model.store import db
from consult.printing import FORMATS, Format, format_of
from consult.service import agenda, clock, consultations, printed, versions
from consult.web import downloads, words
from consult.web.agenda import forms
from consult.web.guards import actor, needs, now, public
from consult.web.kept import for_visitors
from consult.web.motions import presenters
from consult.web.trying import tried

pages = Blueprint("agenda", __name__)


@pages.get("/consultations/<int:consultation_id>/papers")
@public
@for_visitors
def index(consultation_id: int) -> str:
    """Every paper of a consultation, newest first, and which can be issued."""
    consultation = consultations.readable(consultation_id, actor(), now())
    return render_template(
        "agenda/index.html", consultation=consultation, issues=agenda.listed(consultation_id, actor()), kinds=KINDS
    )


def _get(issue_id: int) -> Issue:
    """A paper of a consultation that this person is shown."""
    found = agenda.get(issue_id, actor())
    consultations.require_readable(found.consultation, actor(), now())
    return found


@pages.get("/papers/<int:issue_id>")
@public
@for_visitors
def show(issue_id: int) -> str:
    """One paper as it was issued: what changed, every motion in a line, then each with its amendments."""
    issue = _get(issue_id)
    entries = issue.content["motions"]
    return render_template(
        "agenda/show.html", issue=issue, listed=entries, line=cut_line(entries), verdict=verdict, formats=FORMATS,
        instant_of=datetime.fromisoformat, newest=agenda.latest(db.session(), issue.consultation_id, issue.kind),
    )  # fmt: skip


@pages.get("/papers/<int:issue_id>/motions/<int:motion_id>")
@public
@for_visitors
def motion(issue_id: int, motion_id: int) -> str:
    """One motion of a paper: the text that it was issued with, whatever has become of it since."""
    issue = _get(issue_id)
    entry = next((entry for entry in issue.content["motions"] if entry["id"] == motion_id), None)
    if entry is None or not entry["sequence"]:
        raise NotFound(_("This motion is not on this paper."))
    text = request.args.get("line", "")
    return render_template(
        "agenda/motion.html", issue=issue, entry=entry, verdict=verdict, line=int(text) if text.isdecimal() and len(text) < 9 else None,
        clauses=presenters.clauses_of(versions.get(motion_id, entry["sequence"])),
    )  # fmt: skip


@pages.get("/papers/<int:issue_id>/<form>")
@public
def download(issue_id: int, form: str) -> Response:
    """One paper in one form, as a file."""
    issue, chosen = _get(issue_id), format_of(form)
    made = _pieces(issue, chosen)
    next(made)  # a form that cannot be made is refused before anything is sent
    answer = Response(made, mimetype=chosen.media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{printed.name_of(issue, chosen)}"'
    return answer


def _pieces(issue: Issue, form: Format) -> Iterator[bytes]:
    """Make the file, say so with an empty piece, then give it piece by piece."""
    with tempfile.TemporaryFile() as out:
        printed.write(issue, form, out, written=words.instant_text, tongue=downloads.tongue())
        out.seek(0)
        yield b""
        while piece := out.read(1 << 16):
            yield piece


@pages.route("/consultations/<int:consultation_id>/papers/<kind>/issue", methods=["GET", "POST"])
@needs(Permission.AGENDA_ISSUE)
def issue(consultation_id: int, kind: str) -> Any:
    """Show what the next paper of a kind would say and what has changed; issue it."""
    consultation, kind = consultations.readable(consultation_id, actor(), now()), kind.replace("-", " ")
    if kind not in KINDS:
        raise NotFound(_("There is no such kind of paper."))
    form = forms.IssueForm()
    done, status = tried(
        form,
        lambda: agenda.issue(consultation, kind, form.words.data or "", seen=form.seen.data or None, by=actor()),
    )
    if done is not None:
        flash(_("%(title)s is issued.", title=done.title), "success")
        return redirect(url_for("agenda.show", issue_id=done.id))
    found = agenda.content(db.session(), consultation, kind)
    last = agenda.latest(db.session(), consultation_id, kind)
    form.seen.data = agenda.fingerprint(found)
    return render_template(
        "agenda/issue.html", form=form, consultation=consultation, kind=kind, name=KINDS[kind][0], last=last, at=clock.now(),
        changes=changes(last.content if last else None, found), listed=found["motions"], verdict=verdict,
    ), status  # fmt: skip
