"""The paper of a consultation: read whole with what was said at each paragraph, commented on, moderated."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.errors import NotFound, Refused
from consult.domain.policy import Permission
from consult.model.consultations import Consultation
from consult.service import clock, consultations, paper_versions, paragraphs, participation
from consult.web.guards import actor, needs, public, signed_in
from consult.web.paragraphs.forms import CommentForm, ReasonForm
from consult.web.trying import tried

pages = Blueprint("paragraphs", __name__)


@pages.get("/consultations/<int:consultation_id>/paper")
@public
def show(consultation_id: int) -> str:
    """The paper with its comments; an earlier version (`version`) is read without them."""
    consultation = consultations.get(consultation_id)
    kept = paper_versions.versions(consultation_id)
    wanted = request.args.get("version", "")
    paper = next((one for one in kept if str(one.sequence) == wanted), kept[-1] if kept else None)
    newest = paper is None or paper is kept[-1]
    return render_template(
        "paragraphs/show.html", consultation=consultation, terms=participation.terms_of(consultation), paper=paper,
        versions=kept, newest=newest, talk=paragraphs.talk(consultation_id, paper) if newest else None,
        open=participation.is_open(consultation, clock.now()),
    )  # fmt: skip


@pages.route("/consultations/<int:consultation_id>/paper/<paragraph>", methods=["GET", "POST"])
@signed_in
def write(consultation_id: int, paragraph: str) -> Any:
    """Comment on a paragraph."""
    consultation = consultations.get(consultation_id)
    return _comment(consultation, paragraph, None)


@pages.route("/paragraph-comments/<int:comment_id>/answer", methods=["GET", "POST"])
@signed_in
def answer(comment_id: int) -> Any:
    """Answer a comment."""
    row = paragraphs.get(comment_id)
    if row.hidden_at is not None:
        raise NotFound(_("What you want to answer is not there any more."))
    return _comment(consultations.get(row.consultation_id), row.paragraph, row)


def _comment(consultation: Consultation, paragraph: str, answers: Any) -> Any:
    paper = paper_versions.latest(consultation.id)
    text = paper_versions.texts(paper.paper).get(paragraph) if paper else None
    if text is None and answers is None:
        raise NotFound(_("The paper has no such paragraph."))
    form = CommentForm(data={"stance": "information"} if answers else None)
    done, status = tried(
        form,
        lambda: paragraphs.write(
            consultation, paragraph, form.stance.data, form.body.data or "", answers=answers, by=actor()
        ),
    )
    if done is not None:
        flash(_("It is said."), "success")
        return redirect(url_for("paragraphs.show", consultation_id=consultation.id, _anchor=f"comment-{done.id}"))
    return render_template(
        "paragraphs/write.html", form=form, consultation=consultation, text=text, answers=answers, paragraph=paragraph
    ), status


@pages.route("/paragraph-comments/<int:comment_id>/hide", methods=["GET", "POST"])
@needs(Permission.COMMENT_MODERATE)
def hide(comment_id: int) -> Any:
    """Hide a comment with a reason."""
    row, form = paragraphs.get(comment_id), ReasonForm()
    done, status = tried(form, lambda: paragraphs.hide(row, form.reason.data or "", by=actor()))
    if done is not None:
        return redirect(url_for("paragraphs.show", consultation_id=row.consultation_id, _anchor=row.paragraph))
    return render_template("paragraphs/hide.html", form=form, row=row), status


@pages.post("/paragraph-comments/<int:comment_id>/show")
@needs(Permission.COMMENT_MODERATE)
def show_again(comment_id: int) -> Response:
    """Show a hidden comment again."""
    row = paragraphs.get(comment_id)
    try:
        paragraphs.show(row, by=actor())
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("paragraphs.show", consultation_id=row.consultation_id, _anchor=row.paragraph))
