"""The paper of a consultation: read whole with what was said at each paragraph, commented on, moderated."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.debating import APPEAL_WITHIN, EDIT_WITHIN
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.model.consultations import Consultation
from consult.model.consulting import ParagraphComment
from consult.service import (
    consultations,
    corrections,
    moderation,
    paper_versions,
    paragraphs,
    participation,
    screening,
    threads,
)
from consult.web.debate.presenters import balance, removed
from consult.web.guards import actor, now, public, signed_in
from consult.web.motions.views import number
from consult.web.paragraphs.forms import CommentForm, ReportForm
from consult.web.trying import instead, tried
from consult.web.versions_asked import version_asked

pages = Blueprint("paragraphs", __name__)


@pages.get("/consultations/<int:consultation_id>/paper")
@public
def show(consultation_id: int) -> str:
    """The paper with its comments; an earlier version (`version`) is read without them."""
    consultation = consultations.readable(consultation_id, actor(), now())
    kept = paper_versions.versions(consultation_id)
    paper = version_asked(kept, kept[-1] if kept else None)
    newest = paper is None or paper is kept[-1]
    return render_template(
        "paragraphs/show.html", consultation=consultation, terms=participation.terms_of(consultation), paper=paper,
        versions=kept, newest=newest, talk=paragraphs.talk(consultation_id, paper) if newest else None,
        open=participation.is_open(consultation, now()), rules=threads.rules_of(consultation),
        now=now(), removed=removed, edit_within=EDIT_WITHIN, appeal_within=APPEAL_WITHIN,
        waiting=screening.mine(consultation, actor().member_id), refused=screening.refused(consultation),
    )  # fmt: skip


@pages.route("/consultations/<int:consultation_id>/paper/<paragraph>", methods=["GET", "POST"])
@signed_in
def write(consultation_id: int, paragraph: str) -> Any:
    """Comment on a paragraph."""
    consultation = consultations.readable(consultation_id, actor(), now())
    return _comment(consultation, paragraph, None)


@pages.route("/paragraph-comments/<int:comment_id>/answer", methods=["GET", "POST"])
@signed_in
def answer(comment_id: int) -> Any:
    """Answer a comment."""
    row = paragraphs.get(comment_id)
    if row.hidden_at is not None:
        raise NotFound(_("What you want to answer is not there any more."))
    return _comment(consultations.readable(row.consultation_id, actor(), now()), row.paragraph, row)


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
    if isinstance(done, ParagraphComment):
        flash(_("It is said."), "success")
        return _to(done)
    if done is not None:
        flash(
            _(
                "A moderator looks at what you wrote before it appears; if nobody does within 24 hours it appears by itself."
            )
        )
        return redirect(url_for("paragraphs.show", consultation_id=consultation.id, _anchor="waiting"))
    return render_template(
        "paragraphs/write.html", form=form, consultation=consultation, text=text, answers=answers, paragraph=paragraph,
        rules=threads.rules_of(consultation),
        closed=instead(participation.why_not(consultation, actor(), now(), paragraphs.DOING)),
    ), status  # fmt: skip


@pages.get("/consultations/<int:consultation_id>/paper/<paragraph>/comments")
@public
def comments(consultation_id: int, paragraph: str) -> str:
    """Everything that was said about a paragraph, in pages."""
    consultation = consultations.readable(consultation_id, actor(), now())
    paper = paper_versions.latest(consultation_id)
    found, last = paragraphs.page(consultation_id, paragraph, paper, number("page"))
    return render_template(
        "paragraphs/comments.html", consultation=consultation, terms=participation.terms_of(consultation),
        paragraph=paragraph, text=paper_versions.texts(paper.paper).get(paragraph) if paper else None,
        said_here=found, last=last, page_number=number("page"), open=participation.is_open(consultation, now()),
        balance=balance(paragraphs.counts_of(consultation_id, paragraph)), now=now(), removed=removed,
        edit_within=EDIT_WITHIN, appeal_within=APPEAL_WITHIN,
    )  # fmt: skip


@pages.route("/paragraph-comments/<int:comment_id>/correct", methods=["GET", "POST"])
@signed_in
def correct(comment_id: int) -> Any:
    """Correct what one wrote a moment ago."""
    row = paragraphs.get(comment_id)
    policy.require(Permission.COMMENT_CORRECT, actor(), row, at=now())
    form = CommentForm(data={"stance": row.stance, "body": row.body})
    done, status = tried(form, lambda: corrections.correct(row, form.stance.data, form.body.data or "", by=actor()))
    if done is not None:
        return _to(row)
    closed = instead(corrections.why_not(row, now()))
    return render_template("paragraphs/correct.html", form=form, row=row, closed=closed), status


@pages.get("/paragraph-comments/<int:comment_id>/earlier")
@public
def earlier(comment_id: int) -> str:
    """How a comment read before its author corrected it."""
    row = _shown(comment_id)
    return render_template("paragraphs/earlier.html", row=row, rows=corrections.history(row))


@pages.route("/paragraph-comments/<int:comment_id>/report", methods=["GET", "POST"])
@signed_in
def report(comment_id: int) -> Any:
    """Report a comment to the moderators."""
    row, form = _shown(comment_id), ReportForm()
    moderation.require_others(row, actor())
    done, status = tried(form, lambda: moderation.report(row, form.reason.data or "", by=actor()))
    if done is not None:
        flash(_("The moderators have your report."), "success")
        return _to(row)
    return render_template("paragraphs/report.html", form=form, row=row), status


def _shown(comment_id: int) -> ParagraphComment:
    row = paragraphs.get(comment_id)
    if row.hidden_at is not None:
        raise NotFound(_("A moderator has hidden this comment; the reason stands in its place."))
    return row


def _to(row: ParagraphComment) -> Response:
    """Where a comment stands: on the paper, or among all of its paragraph."""
    page = paragraphs.page_of(row)
    if page is None:
        return redirect(url_for("paragraphs.show", consultation_id=row.consultation_id, _anchor=f"comment-{row.id}"))
    return redirect(
        url_for(
            "paragraphs.comments", consultation_id=row.consultation_id, paragraph=row.paragraph, page=page,
            _anchor=f"comment-{row.id}",
        )
    )  # fmt: skip
