"""The record of moderation, which is public, and the moderators' desk: what waits, what was reported, hiding and showing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.debating import GROUNDS
from consult.domain.policy import Permission
from consult.model.consulting import ParagraphComment
from consult.model.debate import Comment
from consult.model.moderation import WaitingPost
from consult.service import debate, moderation, paragraphs, screening, statements, threads
from consult.service.posts import Post
from consult.web.guards import actor, needs, public
from consult.web.kept import for_visitors
from consult.web.moderation.forms import GroundForm, KeepForm
from consult.web.motions.views import number
from consult.web.trying import tried
from consult.web.why import ask_why

pages = Blueprint("moderation", __name__)


def where(post: Post | WaitingPost) -> str:
    """The address of a contribution, or of the debate that it was written for."""
    if isinstance(post, Comment):
        return url_for("debate.thread", comment_id=post.id)
    if isinstance(post, ParagraphComment):
        return url_for("paragraphs.comments", consultation_id=post.consultation_id, paragraph=post.paragraph)
    return threads.path_of(threads.of_row(post))


def _post(kind: str, post_id: int) -> Post:
    return debate.get(post_id) if kind == "comments" else paragraphs.get(post_id)


def _name_of(post: Post | WaitingPost) -> str:
    """What a contribution is about."""
    label, title = threads.named(threads.of_row(post))
    return f"{label}: {title}" if label else title


@pages.get("/moderation")
@public
@for_visitors
def record() -> str:
    """Everything that moderators decided, with grounds and reasons, what became of appeals, and the figures."""
    found = moderation.record(number("page"))
    return render_template(
        "moderation/record.html", found=found, page_number=number("page"), figures=moderation.figures(),
        grounds=GROUNDS, where=where, undone=moderation.undone(found.rows),
    )  # fmt: skip


@pages.get("/reports")
@needs(Permission.COMMENT_MODERATE)
def desk() -> str:
    """What waits for a moderator: contributions to screen, the most pressing first, and reports."""
    reports = [*moderation.reported(Comment), *moderation.reported(ParagraphComment)]
    reports.sort(key=lambda each: each.first)
    return render_template(
        "moderation/desk.html",
        waiting=screening.queue(),
        statements=statements.to_screen(),
        reported=reports,
        where=where,
        name_of=_name_of,
    )


@pages.post("/waiting/<int:post_id>/admit")
@needs(Permission.COMMENT_MODERATE)
def admit(post_id: int) -> Response:
    """Let a contribution into its debate."""
    screening.admit(screening.get(post_id), by=actor())
    flash(_("It stands in the debate now."), "success")
    return redirect(url_for("moderation.desk"))


@pages.route("/waiting/<int:post_id>/refuse", methods=["GET", "POST"])
@needs(Permission.COMMENT_MODERATE)
def refuse(post_id: int) -> Any:
    """Do not admit a contribution, with a ground and a reason."""
    post, form = screening.get(post_id), GroundForm()
    done, status = tried(
        form, lambda: screening.refuse(post, form.ground.data or "", form.reason.data or "", by=actor())
    )
    if done is not None:
        flash(_("It is not admitted, and its author is told how to appeal."), "success")
        return redirect(url_for("moderation.desk"))
    return render_template("moderation/refuse.html", form=form, post=post), status


@pages.route("/<any('comments', 'paragraph-comments'):kind>/<int:comment_id>/hide", methods=["GET", "POST"])
@needs(Permission.COMMENT_MODERATE)
def hide(kind: str, comment_id: int) -> Any:
    """Hide a contribution with a ground and a reason."""
    post, form = _post(kind, comment_id), GroundForm()
    done, status = tried(form, lambda: moderation.hide(post, form.reason.data or "", form.ground.data, by=actor()))
    if done is not None:
        flash(_("The comment is hidden, and its author is told."), "success")
        return redirect(where(post))
    return render_template("moderation/hide.html", form=form, post=post, back=where(post)), status


@pages.route("/<any('comments', 'paragraph-comments'):kind>/<int:comment_id>/keep", methods=["GET", "POST"])
@needs(Permission.COMMENT_MODERATE)
def keep(kind: str, comment_id: int) -> Any:
    """Answer the reports of a contribution: it stays."""
    post, form = _post(kind, comment_id), KeepForm()
    done, status = tried(form, lambda: moderation.keep(post, form.reason.data or "", by=actor()))
    if done is not None:
        flash(_("The reports are answered: it stays."), "success")
        return redirect(url_for("moderation.desk"))
    return render_template("moderation/keep.html", form=form, post=post), status


@pages.route("/<any('comments', 'paragraph-comments'):kind>/<int:comment_id>/show", methods=["GET", "POST"])
@needs(Permission.COMMENT_MODERATE)
def show(kind: str, comment_id: int) -> Any:
    """Show a hidden contribution again, with the reason."""
    post = _post(kind, comment_id)
    return ask_why(
        lambda reason: moderation.show(post, reason, by=actor()),
        title=_("Show a comment again"),
        lede=_("The public record keeps that it was hidden, and that it is shown again."),
        button=_("Show it again"),
        back=where(post) if request.args.get("to") != "desk" else url_for("moderation.desk"),
        done=_("The comment is shown again."),
        variant=None,
    )
