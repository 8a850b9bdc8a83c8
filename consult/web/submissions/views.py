"""Submissions: what was said with its figures, one submission in all its versions, and writing one's own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.consulting import PUBLISHING, VOICES, voice_of
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.model.consulting import Contribution
from consult.service import answers, clock, consultations, participation, submissions, units
from consult.web.fields import Form
from consult.web.guards import actor, needs, now, public, signed_in
from consult.web.paragraphs.forms import ReasonForm
from consult.web.submissions import forms
from consult.web.trying import instead, revision_of, tried
from consult.web.versions_asked import version_asked
from consult.web.why import ask_why

pages = Blueprint("submissions", __name__)


@pages.get("/consultations/<int:consultation_id>/submissions")
@public
def index(consultation_id: int) -> str:
    """What was said, the figures of each closed question, and one's own."""
    consultation, at = consultations.readable(consultation_id, actor(), now()), clock.now()
    terms = participation.terms_of(consultation)
    if terms is None:
        raise NotFound(_("This consultation takes no submissions."))
    questions, rows = participation.questions_of(consultation_id), submissions.sent(consultation_id)
    voice = request.args.get("voice", "") if request.args.get("voice") in VOICES else ""
    shown = [row for row in rows if submissions.is_published(row, terms, at)]
    figured = terms.at_once or participation.is_over(consultation, at)
    return render_template(
        "submissions/index.html", consultation=consultation, terms=terms, questions=questions, voices=VOICES,
        counts=answers.by_voice(rows), figures=answers.of_questions(questions, rows, terms.minimum_group)
        if figured else [], figured=figured, promise=PUBLISHING[terms.publishing], voice=voice,
        rows=[(row, submissions.name_of(row, terms, actor()), voice_of(row.kind, row.author_status)) for row in shown
              if voice in ("", voice_of(row.kind, row.author_status))],
        own=submissions.own(consultation_id, actor()), open=participation.is_open(consultation, at),
    )  # fmt: skip


@pages.get("/submissions/<int:contribution_id>")
@public
def show(contribution_id: int) -> str:
    """One submission, in its newest version or an earlier one (`version`)."""
    row, at = submissions.get(contribution_id), clock.now()
    terms = submissions.require_readable(row, actor(), at)
    version = version_asked(row.versions, row.version)
    document = version.document if version else row.draft or {}
    minutes = document.get("minutes") or {}
    return render_template(
        "submissions/show.html", row=row, terms=terms, consultation=row.consultation, version=version,
        document=document, questions=participation.questions_of(row.consultation_id), minutes=minutes,
        held_on=date.fromisoformat(minutes["held_on"]) if minutes.get("held_on") else None,
        name=submissions.name_of(row, terms, actor()), voice=VOICES[voice_of(row.kind, row.author_status)],
        mine=submissions.keeps(row, actor(), at), open=participation.is_open(row.consultation, at),
    )  # fmt: skip


@pages.route("/consultations/<int:consultation_id>/submissions/new", methods=["GET", "POST"])
@signed_in
def new(consultation_id: int) -> Any:
    """Choose for whom one speaks, and begin."""
    consultation, speakers = consultations.readable(consultation_id, actor(), now()), _speakers()
    myself = f"member:{actor().member_id}"
    kept = submissions.of_speakers(consultation_id, [myself, *(key for key, _name in speakers)])
    spoken = {row.speaker if row.unit_id else "person" for row in kept}
    speakers = [choice for choice in speakers if choice[0] not in spoken]
    form = forms.ForWhomForm(data={"speaker": speakers[0][0] if len(speakers) == 1 else None})  # nothing to choose
    form.speaker.choices = speakers

    def begin() -> Contribution:
        kind, _sep, number = form.speaker.data.partition(":")
        unit = units.get(int(number)) if number else None
        return submissions.begin(consultation, kind, unit, by=actor())

    done, status = tried(form, begin)
    if done is not None:
        return redirect(url_for("submissions.write", contribution_id=done.id))
    terms = participation.terms_of(consultation)
    promise = PUBLISHING[terms.publishing] if terms else ""
    at = clock.now()
    return render_template(
        "submissions/new.html", form=form, consultation=consultation, terms=terms, promise=promise,
        open=participation.is_open(consultation, at), over=participation.is_over(consultation, at), kept=kept,
    ), status  # fmt: skip


def _speakers() -> list[tuple[str, str]]:
    """Oneself, and each unit that one speaks for: as a unit and for a meeting of it."""
    found, at = [("person", _("Myself"))], clock.now()
    for unit in units.all_units():
        if policy.may(Permission.SUBMISSION_SPEAK_FOR, actor(), unit, at=at):
            found.append((f"unit:{unit.id}", unit.name))
            found.append((f"meeting:{unit.id}", _("A meeting of %(unit)s, with its minutes", unit=unit.name)))
    return found


@pages.route("/submissions/<int:contribution_id>/write", methods=["GET", "POST"])
@signed_in
def write(contribution_id: int) -> Any:
    """Write a submission: kept as a draft, or sent; if it was saved elsewhere meanwhile, both texts are shown."""
    row, at = submissions.get(contribution_id), clock.now()
    if not submissions.keeps(row, actor(), at):
        raise NotFound(_("There is no submission of this number that you can write."))
    terms = submissions.require_readable(row, actor(), at)
    questions = participation.questions_of(row.consultation_id)
    kept = _newest(row)
    form: Any = forms.writing(questions, row.kind, terms)(
        data=_typed(kept) | {"revision": row.revision, "named": row.named}
    )

    if request.method == "GET" and not participation.is_open(row.consultation, at):
        return _closed(row, kept, questions, at)

    def keep() -> Contribution:
        named = "named" in form and bool(form.named.data)
        document = forms.document_of(form, questions)
        if form["send"].data and submissions.is_sent(row, document, named):
            return row
        saved = submissions.save(row, document, named=named, revision=revision_of(form), by=actor())
        form["revision"].data = str(saved.revision)
        return submissions.send(saved, by=actor()) if form["send"].data else saved

    done, status = tried(form, keep)
    if done is not None:
        flash(
            _("It is sent. Thank you.") if form["send"].data else _("It is kept as a draft; nobody else reads it."),
            "success",
        )
        return redirect(url_for("submissions.show", contribution_id=contribution_id))
    if status == 409:
        form["revision"].data = str(row.revision)
    return render_template(
        "submissions/write.html", form=form, row=row, consultation=row.consultation, promise=PUBLISHING[terms.publishing],
        questions=questions, newer=_newest(row) if status == 409 else None,
    ), status  # fmt: skip


def _newest(row: Contribution) -> dict[str, Any]:
    """What is kept of a submission now: its draft, else what was sent."""
    return row.draft if row.draft is not None else row.version.document if row.version else {}


def _closed(row: Contribution, document: dict[str, Any], questions: Any, at: datetime) -> str:
    """Instead of the form, while nothing can be sent: what was written, to be read."""
    return render_template(
        "submissions/closed.html", row=row, consultation=row.consultation, document=document, questions=questions,
        over=participation.is_over(row.consultation, at), unsent=row.draft is not None,
    )  # fmt: skip


def _typed(document: dict[str, Any]) -> dict[str, Any]:
    found = forms.typed(document)
    found["held_on"] = date.fromisoformat(found["held_on"]) if found.get("held_on") else None
    return found


@pages.route("/submissions/<int:contribution_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(contribution_id: int) -> Any:
    """Say what withdrawing does, and withdraw one's own."""
    row, at = submissions.get(contribution_id), clock.now()
    if not submissions.keeps(row, actor(), at):
        raise NotFound(_("There is no submission of this number that you can withdraw."))
    if row.state != "submitted":
        return redirect(url_for("submissions.show", contribution_id=contribution_id))
    form = Form()
    done, status = tried(form, lambda: submissions.withdraw(row, by=actor()))
    if done is not None:
        flash(_("It is withdrawn, and counts no more. What you wrote is kept for you as a draft."), "success")
        return redirect(url_for("submissions.show", contribution_id=contribution_id))
    closed = instead(submissions.why_closed(row.consultation, actor(), at))
    return render_template(
        "submissions/withdraw.html", form=form, row=row, consultation=row.consultation, closed=closed
    ), status


@pages.route("/submissions/<int:contribution_id>/restore", methods=["GET", "POST"])
@needs(Permission.COMMENT_MODERATE)
def restore(contribution_id: int) -> Any:
    """Take one up again that was set aside, with the reason."""
    row = submissions.get(contribution_id)
    return ask_why(
        lambda reason: submissions.restore(row, reason, by=actor()),
        title=_("Take a submission up again"),
        lede=_("Everybody reads it again, and it counts in the figures."),
        button=_("Take it up again"),
        back=url_for("submissions.show", contribution_id=contribution_id),
        done=_("The submission is taken up again."),
        variant=None,
    )


@pages.route("/submissions/<int:contribution_id>/set-aside", methods=["GET", "POST"])
@needs(Permission.COMMENT_MODERATE)
def set_aside(contribution_id: int) -> Any:
    """Set a submission aside, with a reason."""
    row, form = submissions.get(contribution_id), ReasonForm()
    done, status = tried(form, lambda: submissions.set_aside(row, form.reason.data or "", by=actor()))
    if done is not None:
        return redirect(url_for("submissions.show", contribution_id=contribution_id))
    return render_template("submissions/set_aside.html", form=form, row=row), status
